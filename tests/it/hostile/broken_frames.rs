//! Valid HTTP/2 up to a point, and then not: frames that break off, that cannot stand where they come, and
//! connections that go.

use std::io::Read;

use super::*;

#[test]
fn garbage_after_a_valid_start() {
    let addr = http2(&[], |call| call.wire.raw(&[0xee; 4096]));
    found_alone(addr, "not-http2", "no valid HTTP/2");
    let addr = http2(&[], |call| {
        call.messages(&[])?;
        call.wire.raw(&[0xee; 4096])
    });
    found_alone(addr, "not-http2", "no valid HTTP/2");
}

#[test]
fn frames_that_cannot_stand_where_they_come() {
    // Settings of a stream, and data of a stream that nobody has opened.
    found_alone(
        http2(&[], |call| call.frame(SETTINGS, 0, &[])),
        "not-http2",
        "no valid HTTP/2",
    );
    let addr = http2(&[], |call| call.wire.frame(DATA, 0, 77, b"x"));
    found_alone(addr, "not-http2", "no valid HTTP/2");
}

#[test]
fn headers_that_cannot_be_read() {
    let addr = http2(&[], |call| call.frame(HEADERS, 4, &[0xff; 64]));
    found_alone(addr, "not-http2", "no valid HTTP/2");
}

#[test]
fn a_huge_header_block() {
    let addr = http2(&[], |call| {
        let value = "x".repeat(10_000);
        call.frame(HEADERS, 0, &block(&GRPC))?;
        loop {
            call.frame(CONTINUATION, 0, &block(&[("x-more", &value)]))?;
        }
    });
    found_alone(addr, "floods", "far more headers");
    // One that does end.
    let addr = http2(&[], |call| {
        let value = "x".repeat(16_000);
        call.frame(HEADERS, 0, &block(&GRPC))?;
        for _ in 0..17 {
            call.frame(CONTINUATION, 0, &block(&[("x-more", &value)]))?;
        }
        call.frame(CONTINUATION, 4, &[])?;
        call.trailers(&[("grpc-status", "0")])
    });
    found_alone(addr, "not-http2", "far too long headers");
}

#[test]
fn a_connection_that_goes_in_the_middle_of_a_message() {
    let addr = http2(&[], |call| {
        call.headers(&GRPC)?;
        call.data(&framed(b"half of it")[..8])?;
        call.wire.close()
    });
    found_alone(
        addr,
        "",
        "the server closed the connection, in the middle of a message: 3 of its 10 bytes",
    );
}

#[test]
fn a_connection_that_is_reset_in_the_middle_of_a_message() {
    let addr = accepting(|mut stream, _| {
        let start = b"\0\0\0\x04\0\0\0\0\0";
        stream.read_exact(&mut [0; 24]).ok();
        stream.write_all(start).ok();
        // Everything is read up to the head of the frame that begins the call.
        let mut head = [0; 9];
        while stream.read_exact(&mut head).is_ok() && head[3] != HEADERS {
            let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
            let mut rest = Read::by_ref(&mut stream).take(length.into());
            io::copy(&mut rest, &mut io::sink()).ok();
        }
        let wire = Wire::of(stream.try_clone().unwrap());
        let half = &framed(b"half of it")[..8];
        wire.frame(HEADERS, 4, 1, &block(&GRPC)).ok();
        wire.frame(DATA, 0, 1, half).ok();
        // What is left unread makes a reset of the close.
    });
    found_alone(addr, "", "the server closed the connection");
}

#[test]
fn an_end_in_the_middle_of_a_message() {
    let addr = http2(&[], |call| {
        call.headers(&GRPC)?;
        call.data(&framed(b"half of it")[..8])?;
        call.trailers(&[("grpc-status", "0")])
    });
    found(addr, "", "the stream ended inside a message");
}

#[test]
fn a_byte_a_second_inside_a_message() {
    let addr = http2(&[], |call| {
        call.headers(&GRPC)?;
        framed(&[0; 100]).iter().try_for_each(|byte| {
            std::thread::sleep(Duration::from_secs(1));
            call.data(&[*byte])
        })
    });
    found(addr, "hangs", "the rest of a message");
}

#[test]
fn every_code_of_a_reset() {
    let codes = [
        (0, "NO_ERROR"),
        (1, "PROTOCOL_ERROR"),
        (2, "INTERNAL_ERROR"),
        (3, "FLOW_CONTROL_ERROR"),
        (4, "SETTINGS_TIMEOUT"),
        (5, "STREAM_CLOSED"),
        (6, "FRAME_SIZE_ERROR"),
        (7, "REFUSED_STREAM"),
        (8, "CANCEL"),
        (9, "COMPRESSION_ERROR"),
        (10, "CONNECT_ERROR"),
        (11, "ENHANCE_YOUR_CALM"),
        (12, "INADEQUATE_SECURITY"),
        (13, "HTTP_1_1_REQUIRED"),
        (99, "code 99"),
    ];
    testkit::parallel(codes.to_vec(), |(code, name)| {
        let at_once = http2(&[], move |call| call.reset(code));
        found(at_once, "", name);
        let later = http2(&[], move |call| {
            call.messages(&[b""])?;
            call.reset(code)
        });
        // Of these two the library may make an end like any other.
        let name = match code {
            0 | 8 => "The call broke off after 1 message",
            _ => name,
        };
        found(later, "", name);
    });
}

#[test]
fn go_away_in_the_middle_of_a_call() {
    let addr = http2(&[], |call| {
        call.messages(&[])?;
        call.go_away(0, "")?;
        call.wire.close()
    });
    found_alone(addr, "", "");
    let addr = http2(&[], |call| call.go_away(11, "too_many_pings"));
    found_alone(addr, "", "(GOAWAY) with the code ENHANCE_YOUR_CALM");
    // The limit of h2, on which tonic is built: no fault of the method's.
    let addr = http2(&[], |call| call.go_away(11, "too_many_data_frames"));
    let report = found_alone(addr, "", "many small messages waited");
    let hint = report["lessons"][0]["diagnosis"]["hint"].as_str().unwrap();
    assert!(
        hint.contains("initial_connection_window_size(64 << 20)"),
        "{hint}"
    );
}
