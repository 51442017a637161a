//! More of everything than can be right.

use super::*;

#[test]
fn of_features() {
    let guide = Guide::streams_features(|_| {
        Box::pin(async { Ok(endless(FEATURES[0].clone(), Duration::ZERO)) })
    });
    let report = found_in(guide.serve(), &["list-features"], "floods", "was cut off");
    // Three such calls tell enough.
    assert!(report["lessons"][0]["cases"].as_array().unwrap().len() <= 3);
}

#[test]
fn of_replies() {
    let guide = Guide::chats(|_| {
        let note = RouteNote {
            location: None,
            message: "x".into(),
        };
        Box::pin(async { Ok(endless(note, Duration::ZERO)) })
    });
    found_in(guide.serve(), &["route-chat"], "floods", "was cut off");
}

#[test]
fn of_large_features() {
    let guide = Guide::streams_features(|_| {
        let large = feature(&"x".repeat(3 << 20));
        Box::pin(async { Ok(endless(large, Duration::ZERO)) })
    });
    found_in(guide.serve(), &["list-features"], "floods", "was cut off");
}

#[test]
fn of_summaries() {
    let summaries = |call: &Call| {
        call.headers(&GRPC)?;
        loop {
            call.data(&framed(&[]))?;
        }
    };
    let addr = http2(&[], summaries);
    found_in(addr, &["record-route"], "floods", "was cut off");
}

/// It takes no notice of how much the client has asked for.
#[test]
fn without_leave() {
    let addr = http2(&[], |call| {
        call.headers(&GRPC)?;
        loop {
            call.data(&[0; 16_384])?;
        }
    });
    found_alone(addr, "floods", "was cut off");
}

/// The flood lasts as long as the check, and takes a processor.
const QUICKLY: [&str; 3] = ["list-features", "--timeout", "1"];

#[test]
fn of_pings() {
    let addr = http2(&[], |call| {
        loop {
            call.wire.frame(PING, 0, 0, &[0; 8])?;
        }
    });
    found_in(addr, &QUICKLY, "hangs", "does not come");
}

#[test]
fn of_settings() {
    let addr = http2(&[], |call| {
        loop {
            call.wire.frame(SETTINGS, 0, 0, &[])?;
        }
    });
    found_in(addr, &QUICKLY, "hangs", "does not come");
}

#[test]
fn of_empty_frames() {
    let addr = http2(&[], |call| {
        call.headers(&GRPC)?;
        loop {
            call.data(&[])?;
        }
    });
    found_alone(addr, "floods", "far more headers");
}
