//! Settings that leave no room for a call.

use super::*;

#[test]
fn that_forbid_calls() {
    let addr = http2(&[(MAX_CONCURRENT_STREAMS, 0)], |_| Ok(()));
    found(addr, "hangs", "allows no calls");
}

#[test]
fn that_forbid_bytes() {
    let addr = http2(&[(INITIAL_WINDOW_SIZE, 0)], |_| Ok(()));
    found(addr, "hangs", "does not come");
}

#[test]
fn that_allow_one_call_at_a_time() {
    let addr = Guide::default().serve_with(|server| server.max_concurrent_streams(1));
    check(addr, &["--timeout", PATIENT]).exits(0);
}

#[test]
fn that_allow_a_few_bytes_at_a_time() {
    let addr = Guide::default().serve_with(|server| server.initial_stream_window_size(16));
    check(addr, &["--timeout", PATIENT]).exits(0);
}
