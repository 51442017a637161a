//! Servers that do what no server should: each check of one ends soon, with the right sentence, in bounded
//! memory.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it cannot test"
)]

mod support;

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use routeguide::features::Features;
use routeguide::proto::{Feature, Point, RouteNote};
use serde_json::Value;
use support::frames::{
    CONTINUATION, Call, DATA, GRPC, HEADERS, INITIAL_WINDOW_SIZE, MAX_CONCURRENT_STREAMS, PING,
    SETTINGS, Wire, accepting, block, framed, http2,
};
use support::guide::{FEATURES, Guide, Replies};
use support::outside::{LOOPBACK, host, lab};
use support::{Run, run};
use tonic::Status;

/// What the checks are told, in seconds.
const TIME_OUT: &str = "2";

/// How long a check may take. It should take no longer than the time-out and two seconds; a machine that
/// does much else at the same time is slower.
const MOST_TIME: Duration = Duration::from_secs(40);

/// How much memory a check may take, in KiB.
const MOST_MEMORY: usize = 400 << 10;

/// Checks a server, with bounds.
fn check(addr: SocketAddr, words: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let addr = addr.to_string();
    let time_out = match words.contains(&"--timeout") {
        true => vec![],
        false => vec!["--timeout", TIME_OUT],
    };
    let words = [&["check", "--addr", &addr], &time_out[..], words].concat();
    let mut command = lab(folder.path(), &words);
    if cfg!(target_os = "linux") {
        command = bounded(&command, folder.path());
    }
    let started = Instant::now();
    let run = run(&mut command);
    let time = started.elapsed();
    eprintln!("{:?} after {time:.1?}", run.code);
    assert!(time < MOST_TIME, "after {time:?}:\n{}", run.stdout);
    // No escape sequence of anybody else's comes through, and the lab makes none where no terminal is.
    let harmful = |c: char| c.is_control() && c != '\n';
    for output in [&run.stdout, &run.stderr] {
        assert!(!output.contains(harmful), "{output:?}");
    }
    run
}

/// The same command with a limit to its memory: what asks for more is ended.
fn bounded(command: &Command, folder: &std::path::Path) -> Command {
    let mut limited = Command::new("sh");
    limited
        .args([
            "-c",
            &format!("ulimit -d {MOST_MEMORY} && exec \"$0\" \"$@\""),
        ])
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(folder)
        .stdin(std::process::Stdio::null());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited
}

/// Asserts what is found in the first lesson, and returns the report.
#[track_caller]
fn found(addr: SocketAddr, id: &str, words: &str) -> Value {
    found_in(addr, &[], id, words)
}

/// The same where one call breaks the connection, and with it any others that are under way.
#[track_caller]
fn found_alone(addr: SocketAddr, id: &str, words: &str) -> Value {
    found_in(addr, &["list-features"], id, words)
}

/// The same of the lessons that are named.
#[track_caller]
fn found_in(addr: SocketAddr, lessons: &[&str], id: &str, words: &str) -> Value {
    let run = check(addr, &[lessons, &["--format", "json"]].concat()).exits(1);
    let report = run.json();
    let diagnosis = &report["lessons"][0]["diagnosis"];
    let message = diagnosis["message"].as_str().unwrap();
    assert!(message.contains(words), "no {words:?} in {message:?}");
    let ids: Vec<&str> = id.split_whitespace().collect();
    assert_eq!(diagnosis["mistakes"], serde_json::json!(ids), "{message}");
    // Nothing is left in the words of the libraries.
    let cases = report["lessons"].as_array().unwrap().iter();
    let cases = cases.flat_map(|lesson| lesson["cases"].as_array().unwrap());
    for case in cases {
        let message = case["message"].as_str().unwrap_or_default();
        assert!(!message.contains("the connection failed"), "{message}");
    }
    for raw in [
        "h2 ",
        "hyper",
        "tonic",
        "transport error",
        "RST_STREAM",
        "body",
    ] {
        assert!(!message.contains(raw), "{message}");
    }
    report
}

fn feature(name: &str) -> Feature {
    Feature {
        name: name.to_string(),
        location: Some(Point {
            latitude: 1,
            longitude: 2,
        }),
    }
}

/// A message for ever, with a pause before each.
fn endless<T: Clone + Send + Sync + 'static>(message: T, pause: Duration) -> Replies<T> {
    Box::pin(async_stream::stream! {
        loop {
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            yield Ok(message.clone());
        }
    })
}

const SOON: Duration = Duration::from_millis(50);

mod floods {
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

    #[test]
    fn of_pings() {
        let addr = http2(&[], |call| {
            loop {
                call.wire.frame(PING, 0, 0, &[0; 8])?;
            }
        });
        found(addr, "hangs", "does not come");
    }

    #[test]
    fn of_settings() {
        let addr = http2(&[], |call| {
            loop {
                call.wire.frame(SETTINGS, 0, 0, &[])?;
            }
        });
        found(addr, "hangs", "does not come");
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
}

mod endless_streams {
    use super::*;

    #[test]
    fn of_what_is_in_the_database() {
        let guide =
            Guide::streams_features(|_| Box::pin(async { Ok(endless(FEATURES[0].clone(), SOON)) }));
        found_in(guide.serve(), &["list-features"], "floods", "does not end");
    }

    #[test]
    fn of_what_was_asked_for_and_then_more() {
        let guide = Guide::streams_features(|rectangle| {
            let all = FEATURES.clone();
            Box::pin(async move {
                let (lo, hi) = (
                    rectangle.lo.unwrap_or_default(),
                    rectangle.hi.unwrap_or_default(),
                );
                let between = |a: i32, b: i32, x: i32| a.min(b) <= x && x <= a.max(b);
                let inside = all.into_iter().filter(move |feature| {
                    let point = feature.location.unwrap_or_default();
                    between(lo.latitude, hi.latitude, point.latitude)
                        && between(lo.longitude, hi.longitude, point.longitude)
                });
                let first = tokio_stream::iter(inside.map(Ok));
                let stream = tokio_stream::StreamExt::chain(first, endless(feature("more"), SOON));
                Ok(Box::pin(stream) as Replies<Feature>)
            })
        });
        found_in(guide.serve(), &["list-features"], "floods", "does not end");
    }

    #[test]
    fn of_replies() {
        let guide = Guide::chats(|_| {
            let note = RouteNote {
                location: None,
                message: "x".into(),
            };
            Box::pin(async { Ok(endless(note, SOON)) })
        });
        found_in(guide.serve(), &["route-chat"], "floods", "does not end");
    }

    /// After a wrong message, few others, and each in time.
    #[test]
    fn of_a_wrong_reply_and_slow_ones() {
        let guide = Guide::chats(|_| {
            let note = |message: &str| RouteNote {
                location: None,
                message: message.into(),
            };
            let first = tokio_stream::iter([Ok(note("wrong"))]);
            let rest = endless(note("slow"), Duration::from_millis(1_400));
            let replies = tokio_stream::StreamExt::chain(first, rest);
            Box::pin(async { Ok(Box::pin(replies) as Replies<RouteNote>) })
        });
        found_in(
            guide.serve(),
            &["route-chat"],
            "",
            "\"wrong\" at (no location) came",
        );
    }

    #[test]
    fn of_headers_that_say_nothing() {
        let addr = http2(&[], |call| {
            loop {
                call.headers(&[(":status", "103")])?;
                std::thread::sleep(SOON);
            }
        });
        found(addr, "hangs", "does not come");
    }
}

mod strangers {
    use super::*;

    /// What answers with these bytes.
    fn says(bytes: &[u8]) -> SocketAddr {
        let bytes = bytes.to_vec();
        accepting(move |mut stream| {
            stream.read_exact(&mut [0; 24]).ok();
            stream.write_all(&bytes).ok();
            // Until the other side hangs up.
            io::copy(&mut stream, &mut io::sink()).ok();
        })
    }

    #[test]
    fn garbage() {
        found(says(&[0xee; 4096]), "not-http2", "in a language of its own");
    }

    #[test]
    fn endless_garbage() {
        let addr = accepting(|mut stream| while stream.write_all(&[0xee; 4096]).is_ok() {});
        found(addr, "not-http2", "in a language of its own");
    }

    #[test]
    fn http1() {
        let addr = says(b"HTTP/1.1 505 HTTP Version Not Supported\r\n\r\n");
        found(addr, "not-http2", "it answers in HTTP/1");
        // Shorter than the header of a frame, and then nothing.
        found(says(b"HTTP/1"), "not-http2", "it answers in HTTP/1");
    }

    #[test]
    fn tls() {
        let server_hello = [0x16, 3, 3, 0, 0x7a, 2, 0, 0, 0x76, 3, 3];
        found(says(&server_hello), "not-http2", "(TLS)");
        let alert = [0x15, 3, 3, 0, 2, 2, 70];
        found(says(&alert), "not-http2", "(TLS)");
    }

    #[test]
    fn silence() {
        found(says(&[]), "not-http2", "says nothing");
    }

    #[test]
    fn silence_after_one_hello() {
        let connections = std::sync::atomic::AtomicUsize::new(0);
        let addr = accepting(move |mut stream| {
            // One to see whether somebody is there, and one to hear what is spoken.
            if connections.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < 2 {
                stream.write_all(b"\0\0\0\x04\0\0\0\0\0").ok();
            }
            io::copy(&mut stream, &mut io::sink()).ok();
        });
        found(addr, "not-http2", "says nothing");
    }

    #[test]
    fn a_byte_a_second() {
        let addr = accepting(|mut stream| {
            for byte in b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64" {
                if stream.write_all(&[*byte]).is_err() {
                    return;
                }
                std::thread::sleep(Duration::from_secs(1));
            }
        });
        found(addr, "not-http2", "less than the first frame");
    }

    #[test]
    fn one_connection_and_no_more() {
        let listener = TcpListener::bind((LOOPBACK, 0)).unwrap();
        let addr = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let one = listener.accept().unwrap();
            drop(listener);
            one
        });
        // Whoever connects before the listener is closed is hung up on, and others are refused.
        let run = check(addr, &["list-features"]).exits(1);
        let seen = [
            "and then no other one",
            "closes the connection without a word",
        ];
        let words = run
            .stdout
            .split_whitespace()
            .collect::<Vec<&str>>()
            .join(" ");
        assert!(seen.iter().any(|seen| words.contains(seen)), "{words}");
    }

    #[test]
    fn one_connection_served_and_the_others_kept_waiting() {
        let listener = TcpListener::bind((LOOPBACK, 0)).unwrap();
        let addr = listener.local_addr().unwrap();
        let one = std::thread::spawn(move || (listener.accept().unwrap(), listener));
        found(addr, "not-http2", "says nothing");
        drop(one.join().unwrap());
    }
}

mod broken_frames {
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
        let addr = accepting(|mut stream| {
            let start = b"\0\0\0\x04\0\0\0\0\0";
            stream.read_exact(&mut [0; 24]).ok();
            stream.write_all(start).ok();
            // The call comes in the same breath as the settings, or later.
            let mut seen = [0; 4096];
            while matches!(stream.peek(&mut seen), Ok(length) if length > 0 && length < 100) {
                std::thread::yield_now();
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
        support::parallel(codes.to_vec(), |(code, name)| {
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
            call.go_away(0)?;
            call.wire.close()
        });
        found_alone(addr, "", "");
        let addr = http2(&[], |call| call.go_away(11));
        found_alone(addr, "", "(GOAWAY) with the code ENHANCE_YOUR_CALM");
    }
}

mod no_grpc {
    use super::*;

    /// It answers each call with such headers, such a body and such trailers.
    fn answers(
        headers: &'static [(&str, &str)],
        body: &'static [u8],
        trailers: &'static [(&str, &str)],
    ) -> SocketAddr {
        http2(&[], move |call| {
            call.headers(headers)?;
            call.data(body)?;
            call.trailers(trailers)
        })
    }

    const OK: [(&str, &str); 1] = [("grpc-status", "0")];

    #[test]
    fn a_length_of_three_gibibytes() {
        let addr = answers(&GRPC, &[0, 0xc0, 0, 0, 0, 1, 2, 3], &OK);
        found(
            addr,
            "huge-message",
            "a message of 3221225472 bytes is announced",
        );
    }

    #[test]
    fn no_status() {
        let words = "trailers hold no grpc-status";
        found(answers(&GRPC, &[], &[("x-other", "0")]), "not-grpc", words);
        let addr = http2(&[], |call| {
            call.headers(&GRPC)?;
            call.frame(DATA, 1, &[])
        });
        found(addr, "", "ended without trailers");
    }

    #[test]
    fn a_status_that_is_no_number() {
        let bad = answers(&GRPC, &[], &[("grpc-status", "OK")]);
        found(bad, "not-grpc", "its grpc-status is `OK`");
        let alone = http2(&[], |call| {
            call.trailers(&[(":status", "200"), GRPC[1], ("grpc-status", "17")])
        });
        found(alone, "not-grpc", "its grpc-status is `17`");
    }

    #[test]
    fn a_status_with_details_that_are_no_base64() {
        let trailers = &[("grpc-status", "9"), ("grpc-status-details-bin", "!!!")];
        found(
            answers(&GRPC, &[], trailers),
            "error-before-data",
            "FAILED_PRECONDITION",
        );
    }

    #[test]
    fn a_web_page() {
        let html = &[(":status", "200"), ("content-type", "text/html")];
        let addr = answers(html, b"<html>", &[("x-end", "1")]);
        found(addr, "not-grpc", "its content-type is `text/html`");
        let bare = answers(&[(":status", "200")], b"<html>", &[("x-end", "1")]);
        found(bare, "not-grpc", "it has no content-type");
        let lies = answers(&GRPC, b"<html>", &[("x-end", "1")]);
        found(lies, "not-grpc", "begins with the byte 60");
    }

    #[test]
    fn an_http_error() {
        let not_found = &[(":status", "404"), ("content-type", "text/html")];
        let addr = answers(not_found, b"gone", &[("x-end", "1")]);
        found(addr, "not-grpc", "its HTTP status is 404 (Not Found)");
        let addr = http2(&[], |call| call.trailers(&[(":status", "502")]));
        found(addr, "not-grpc", "its HTTP status is 502 (Bad Gateway)");
    }

    #[test]
    fn a_compressed_message() {
        let bytes = &[1, 0, 0, 0, 2, 0x1f, 0x8b];
        let zstd = &[GRPC[0], GRPC[1], ("grpc-encoding", "zstd")];
        let words = "a message is compressed (grpc-encoding: zstd)";
        found(answers(zstd, bytes, &OK), "", words);
        found(answers(&GRPC, bytes, &OK), "", "without a grpc-encoding");
        let gzip = &[GRPC[0], GRPC[1], ("grpc-encoding", "gzip")];
        found(
            answers(gzip, bytes, &OK),
            "",
            "marked as compressed with gzip, and is not",
        );
    }

    /// A message that becomes a thousand times as long once it is unpacked.
    #[test]
    fn a_bomb() {
        let mut packed = Vec::new();
        let zeros = io::repeat(0).take(1 << 30);
        let mut packing = flate2::read::GzEncoder::new(zeros, flate2::Compression::best());
        packing.read_to_end(&mut packed).unwrap();
        let length = u32::try_from(packed.len()).unwrap();
        let message = [&[1], &length.to_be_bytes()[..], &packed].concat();
        let addr = http2(&[], move |call| {
            call.headers(&[GRPC[0], GRPC[1], ("grpc-encoding", "gzip")])?;
            message.chunks(16_000).try_for_each(|part| call.data(part))
        });
        found(addr, "huge-message", "once it is unpacked");
    }

    #[test]
    fn messages_of_another_type() {
        // Field 1 as a float (wire type 5) where a Feature has its name.
        let addr = http2(&[], |call| {
            call.messages(&[&[0x0d, 0, 0, 0x80, 0x3f]])?;
            call.trailers(&OK)
        });
        let words = "does not decode as the contract's type";
        found(addr, "field-type", words);
        // Field 1 of a location, its latitude, as a float where an int32 travels as a varint.
        let addr = http2(&[], |call| {
            call.messages(&[&[0x12, 5, 0x0d, 0, 0, 0x80, 0x3f]])?;
            call.trailers(&OK)
        });
        found(
            addr,
            "field-type",
            "as a float travels (expected Varint, as an int32 travels)",
        );
        // Text that is no UTF-8.
        let addr = http2(&[], |call| {
            call.messages(&[b"\x0a\x03a\xff\xfe"])?;
            call.trailers(&OK)
        });
        found(addr, "", "data is not UTF-8 encoded");
    }
}

mod settings {
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
        check(addr, &[]).exits(0);
    }

    #[test]
    fn that_allow_a_few_bytes_at_a_time() {
        let addr = Guide::default().serve_with(|server| server.initial_stream_window_size(16));
        check(addr, &[]).exits(0);
    }
}

mod text {
    use super::*;

    const NASTY: &str = "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}31m \u{202e}gnp.exe\u{2066} ::error::x";

    /// What each form of output holds, without anything that moves a cursor or turns a line around.
    fn is_harmless(addr: SocketAddr, words: &str) {
        for format in ["human", "json", "junit", "github"] {
            let run = check(addr, &["--format", format]).exits(1);
            let output = run.stdout;
            assert!(output.contains(words), "{output}");
            for c in ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}', '\u{2066}'] {
                assert!(!output.contains(c), "{format}: {c:?} in {output}");
            }
        }
    }

    #[test]
    fn in_names_and_notes() {
        let guide = Guide::lists(|_| Ok(vec![feature(NASTY)])).and(Guide::replies(|_, note| {
            vec![RouteNote {
                message: NASTY.into(),
                ..note.clone()
            }]
        }));
        is_harmless(guide.serve(), "gnp.exe");
    }

    #[test]
    fn in_the_message_of_a_status() {
        let guide = Guide::lists(|_| Err(Status::internal(NASTY))).and(Guide::chats(|_| {
            Box::pin(async { Err(Status::internal(NASTY)) })
        }));
        is_harmless(guide.serve(), "gnp.exe");
    }

    #[test]
    fn in_headers() {
        let addr = http2(&[], |call| {
            call.trailers(&[(":status", "200"), ("content-type", "text/\u{202e}html")])
        });
        is_harmless(addr, "not in gRPC");
    }

    #[test]
    fn of_a_hundred_thousand_bytes() {
        let guide = Guide::lists(|_| {
            let name = |feature: &Feature| Feature {
                name: feature.name.repeat(100_000 / feature.name.len().max(1)),
                ..feature.clone()
            };
            Ok(FEATURES.iter().map(name).collect())
        });
        let addr = guide.serve();
        found_in(addr, &["list-features"], "floods", "was cut off");
        let shown = check(addr, &["list-features"]).exits(1).stdout;
        assert!(shown.len() < 20_000, "{} bytes", shown.len());
        let guide = Guide::lists(|_| Ok(vec![feature(&"y".repeat(100_000))]));
        let addr = guide.serve();
        found_in(addr, &["list-features"], "", "not in the database");
        let shown = check(addr, &["list-features"]).exits(1).stdout;
        assert!(shown.len() < 20_000, "{} bytes", shown.len());
    }
}

mod many {
    use super::*;

    /// A file of so many features, each at a place of its own, and the features.
    fn features(count: i32, folder: &std::path::Path) -> (String, Features) {
        let place = |n: i32| {
            format!(
                r#"{{"location":{{"latitude":{},"longitude":{}}},"name":"Place {n}"}}"#,
                n * 7_000,
                -n * 3_000
            )
        };
        let places: Vec<String> = (0..count).map(place).collect();
        let file = folder.join("many.json");
        std::fs::write(&file, format!("[{}]", places.join(","))).unwrap();
        let features = Features::from_file(&file).unwrap();
        (file.to_str().unwrap().to_string(), features)
    }

    #[test]
    fn features_of_a_right_server() {
        let folder = tempfile::tempdir().unwrap();
        let (file, features) = features(200_000, folder.path());
        let server = host(LOOPBACK, features);
        check(server.addr, &["--db", &file]).exits(0);
    }

    #[test]
    fn features_of_a_server_that_sends_all() {
        let folder = tempfile::tempdir().unwrap();
        for count in [20_000, 100_000] {
            let (file, features) = features(count, folder.path());
            let all: Vec<Feature> = features.iter().cloned().collect();
            let addr = Guide::lists(move |_| Ok(all.clone())).serve();
            // To send so much takes longer than the time-out of the other checks.
            let words = ["list-features", "--db", &file, "--timeout", "20"];
            found_in(addr, &words, "no-filter", "");
        }
    }
}

/// What only a process can do.
#[cfg(unix)]
mod processes {
    use super::*;

    #[test]
    fn text_that_is_no_text_on_both_outputs() {
        let binary = env!("CARGO_BIN_EXE_routeguide-lab");
        let port = support::outside::free_port();
        let addr: SocketAddr = (LOOPBACK, port).into();
        let command = format!(
            r"printf '\377\376\033[2J\n'; printf '\377\376\033[2J\n' >&2; exec '{binary}' run-reference --addr {addr}"
        );
        check(addr, &["--server", &command]).exits(0);
        assert!(TcpStream::connect(addr).is_err(), "it still listens");
    }
}
