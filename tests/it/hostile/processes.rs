//! What only a process can do.

use std::net::TcpStream;

use super::*;

#[test]
fn text_that_is_no_text_on_both_outputs() {
    let binary = env!("CARGO_BIN_EXE_routeguide-lab");
    let port = testkit::outside::free_port();
    let addr: SocketAddr = (LOOPBACK, port).into();
    let command = format!(
        r"printf '\377\376\033[2J\n'; printf '\377\376\033[2J\n' >&2; exec '{binary}' run-reference --addr {addr}"
    );
    check(addr, &["--server", &command, "--timeout", PATIENT]).exits(0);
    assert!(TcpStream::connect(addr).is_err(), "it still listens");
}
