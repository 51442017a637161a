//! Clients that do what no client should. The figures of the server show what reached it and how it ended; the server
//! goes on, its memory stays in bounds, and another client that talks to it meanwhile notices nothing.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use routeguide::proto::{Point, RouteNote};
use tokio::task::JoinSet;

use super::bystander::{BYSTANDER, beside_another, blocking};
use super::raw::{INITIAL_WINDOW_SIZE, Raw};
use testkit::frames::{
    CONTINUATION, DATA, END_HEADERS, HEADERS, PING, RST_STREAM, SETTINGS, block, framed,
};
use testkit::reference::{Chat, Figures, Server, note};

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_vanish() {
    beside_another(async |server, figures| {
        for _ in 0..20 {
            let mut all = JoinSet::new();
            for _ in 0..10 {
                let client = server.client().await;
                all.spawn(async move {
                    let mut chat = Chat::open(client.clone()).await;
                    chat.talk().await;
                    // A second call, in the middle of a route.
                    let mut client = client;
                    let points = tokio_stream::pending::<Point>();
                    let route = client.record_route(points);
                    tokio::time::timeout(Duration::from_millis(1), route)
                        .await
                        .ok();
                });
            }
            // Their connections are dropped with all that was open.
            while let Some(done) = all.join_next().await {
                done.unwrap();
            }
        }
        figures.wait("200 chats are given up, and nothing else is", |figures| {
            figures.ended("RouteChat", "CANCELLED") == 200 && figures.open("RecordRoute") == 0
        });
        assert_eq!(figures.started("RouteChat"), 200 + BYSTANDER);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_break_off_in_the_middle_of_a_frame() {
    beside_another(async |server, figures| {
        let work = |addr: String, figures: Figures| {
            for n in 0..200 {
                let mut raw = Raw::connect(&addr, &[]);
                raw.call(1, "RouteChat");
                // A call that breaks off before it is taken up is none.
                raw.reads_headers();
                let message = framed(b"\x12\x05hello");
                let mut frame = vec![0, 0, 12, DATA, 0, 0, 0, 0, 1];
                frame.extend(&message);
                raw.wire.raw(&frame[..n % frame.len()]).unwrap();
                raw.wire.close().unwrap();
            }
            figures.wait("each of the calls has failed", |figures| {
                figures.failed("RouteChat") == 200
            });
            // No message was whole.
            assert_eq!(figures.ended("RouteChat", "OK"), 0);
        };
        blocking(work, server, figures).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_never_read() {
    beside_another(async |server, figures| {
        let work = |addr: String, figures: Figures| {
            let all: Vec<Raw> = (0..50)
                .map(|_| {
                    let mut raw = Raw::connect(&addr, &[(INITIAL_WINDOW_SIZE, 0)]);
                    for n in 0..50 {
                        raw.list_everything(2 * n + 1);
                    }
                    raw.reads_headers();
                    raw
                })
                .collect();
            figures.wait("no call can end whose answer is not read", |figures| {
                figures.open("ListFeatures") == 50 * 50
            });
            // As much window as there can be, and nobody who reads what comes: until the sockets are full.
            let wide: Vec<Raw> = (0..20)
                .map(|_| {
                    let raw = Raw::connect(&addr, &[(INITIAL_WINDOW_SIZE, i32::MAX as u32)]);
                    for n in 0..100 {
                        raw.list_everything(2 * n + 1);
                    }
                    raw
                })
                .collect();
            figures.wait("more calls have begun", |figures| {
                figures.started("ListFeatures") >= 50 * 50 + 20
            });
            assert!(figures.open("ListFeatures") >= 50 * 50);
            drop((all, wide));
        };
        blocking(work, server, figures).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_stall() {
    beside_another(async |server, figures| {
        let work = |addr: String, figures: Figures| {
            let silent: Vec<TcpStream> = (0..100)
                .map(|_| TcpStream::connect(&addr).unwrap())
                .collect();
            let half: Vec<TcpStream> = (0..100)
                .map(|n| {
                    let mut stream = TcpStream::connect(&addr).unwrap();
                    let preface = &b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..1 + n % 24];
                    stream.write_all(preface).unwrap();
                    stream
                })
                .collect();
            let waiting: Vec<Raw> = (0..20)
                .map(|_| {
                    let mut raw = Raw::connect(&addr, &[]);
                    for n in 0..50 {
                        raw.call(2 * n + 1, "RouteChat");
                    }
                    raw.reads_headers();
                    raw
                })
                .collect();
            figures.wait("1,000 chats wait", |figures| {
                figures.open("RouteChat") == 20 * 50 + BYSTANDER
            });
            // Those that stall before they call anything are no calls.
            assert_eq!(figures.started("RouteChat"), 20 * 50 + BYSTANDER);
            drop((silent, half, waiting));
        };
        blocking(work, server, figures).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_that_are_malformed() {
    beside_another(async |server, figures| {
        let work = |addr: String, figures: Figures| {
            type Deed = fn(&Raw) -> std::io::Result<()>;
            let deeds: &[Deed] = &[
                // On a stream that was never opened.
                |raw| raw.wire.frame(DATA, 0, 1, b"hello"),
                |raw| raw.wire.frame(RST_STREAM, 0, 1, &[0; 4]),
                // Of a wrong length.
                |raw| raw.wire.frame(PING, 0, 0, b"short"),
                |raw| raw.wire.frame(SETTINGS, 0, 0, b"short"),
                |raw| raw.wire.frame(RST_STREAM, 0, 1, b""),
                // Longer than was agreed.
                |raw| raw.wire.raw(&[0xff, 0xff, 0xff, DATA, 0, 0, 0, 0, 1]),
                // Where they do not belong.
                |raw| raw.wire.frame(CONTINUATION, END_HEADERS, 1, b""),
                |raw| {
                    raw.wire
                        .frame(HEADERS, END_HEADERS, 2, &block(&[(":method", "POST")]))
                },
                // Headers that are none.
                |raw| raw.wire.frame(HEADERS, END_HEADERS, 1, &[0xff; 100]),
                // A window that grows by nothing, and one that grows beyond all bounds.
                |raw| raw.wire.frame(8, 0, 0, &[0; 4]),
                |raw| raw.wire.frame(8, 0, 0, &[0x7f, 0xff, 0xff, 0xff]),
                // A dependency on itself is out of date, and no reason to fail.
                |raw| raw.wire.frame(SETTINGS, 0, 0, &[0, 5, 0, 0, 0, 1]),
            ];
            for deed in deeds {
                let mut raw = Raw::connect(&addr, &[]);
                deed(&raw).unwrap();
                // Some get an answer, some do not; nobody holds the connection for ever.
                raw.wire.close().unwrap();
                raw.is_closed();
            }
            // Messages that are none, in frames that are right.
            let messages: &[&[u8]] = &[
                &[0, 0, 0, 0, 5, 0xff, 0xff, 0xff, 0xff, 0xff],
                &[7, 0, 0, 0, 1, 0],
                &[1, 0, 0, 0, 1, 0],
                &[0, 0xff, 0xff, 0xff, 0xff, 1],
                &[0, 0, 0],
            ];
            for (n, message) in messages.iter().enumerate() {
                for method in ["ListFeatures", "RecordRoute", "RouteChat", "Nothing", ""] {
                    let mut raw = Raw::connect(&addr, &[]);
                    raw.call(1, method);
                    raw.wire.frame(DATA, 1, 1, message).unwrap();
                    // Each call ends with a status of its own.
                    let mut ended = false;
                    while !ended {
                        let frame = raw.read().unwrap_or_else(|| panic!("{method} {n}: closed"));
                        ended =
                            frame.stream == 1 && frame.flags & 1 != 0 || frame.kind == RST_STREAM;
                    }
                }
            }
            let calls = messages.len() as u64;
            figures.wait("none of the messages was taken for one", |figures| {
                let methods = ["ListFeatures", "RecordRoute", "RouteChat"];
                let failed = |method: &&str| figures.failed(method) == calls;
                methods.iter().all(failed) && figures.ended("unknown", "UNIMPLEMENTED") == 2 * calls
            });
        };
        blocking(work, server, figures).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage() {
    beside_another(async |server, figures| {
        let work = |addr: String, figures: Figures| {
            let mut random = 7_u32;
            for n in 0..200 {
                let mut stream = TcpStream::connect(&addr).unwrap();
                if n % 2 == 0 {
                    stream
                        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                        .unwrap();
                }
                let bytes: Vec<u8> = (0..1000)
                    .map(|_| {
                        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                        random.to_be_bytes()[0]
                    })
                    .collect();
                // The server may have hung up by now.
                stream.write_all(&bytes).ok();
            }
            // None of it is a call.
            assert_eq!(figures.started("RouteChat"), BYSTANDER);
            for method in ["ListFeatures", "RecordRoute", "unknown"] {
                assert_eq!(figures.started(method), 0, "{method}");
            }
        };
        blocking(work, server, figures).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn floods_of_headers() {
    beside_another(async |server, figures| {
        let work = |addr: String, figures: Figures| {
            // One header that never ends.
            let mut raw = Raw::connect(&addr, &[]);
            let mut sent = raw.wire.frame(HEADERS, 0, 1, &[]);
            for _ in 0..10_000 {
                if sent.is_err() {
                    break;
                }
                let piece = block(&[("x-flood", &"x".repeat(1_000))]);
                sent = raw.wire.frame(CONTINUATION, 0, 1, &piece);
            }
            raw.is_closed();
            // Calls with more headers than anybody needs.
            let kept = Raw::connect(&addr, &[]);
            let long = "x".repeat(12_000);
            // The flood before was no call.
            assert_eq!(figures.started("RouteChat"), BYSTANDER);
            for n in 0..200 {
                let more = [("x-flood", long.as_str())];
                kept.call_with(2 * n + 1, "RouteChat", &more).unwrap();
            }
            figures.wait("200 calls are open", |figures| {
                figures.open("RouteChat") == 200 + BYSTANDER
            });
            // Calls that are opened and reset, opened and reset.
            let raw = Raw::connect(&addr, &[]);
            for n in 0..20_000 {
                let stream = 2 * n + 1;
                let opened = raw.call_with(stream, "RouteChat", &[]);
                let reset = raw.wire.frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes());
                if opened.and(reset).is_err() {
                    break;
                }
            }
            figures.wait("what was reset is over", |figures| {
                figures.open("RouteChat") == 200 + BYSTANDER
            });
            assert_eq!(figures.ended("RouteChat", "OK"), 0);
            drop(kept);
        };
        blocking(work, server, figures).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_are_far_too_long() {
    beside_another(async |server, figures| {
        let work = |addr: String, figures: Figures| {
            for _ in 0..20 {
                let mut raw = Raw::connect(&addr, &[]);
                raw.call(1, "RouteChat");
                raw.reads_headers();
                // It announces 4 GiB, and begins to send, whatever the server says to that.
                raw.wire
                    .frame(DATA, 0, 1, &[0, 0xff, 0xff, 0xff, 0xff])
                    .unwrap();
                raw.reads_headers();
                for _ in 0..50 {
                    if raw.wire.frame(DATA, 0, 1, &[0; 16_000]).is_err() {
                        break;
                    }
                }
                raw.wire.close().ok();
                raw.is_closed();
            }
            figures.wait("each is refused for its length", |figures| {
                figures.ended("RouteChat", "OUT_OF_RANGE") == 20
            });
        };
        blocking(work, server, figures).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn points_in_a_hurry() {
    // h2 takes a flood of small frames for an attack, unless it is told otherwise.
    beside_another(async |server, figures| {
        let mut client = server.client().await;
        let points = (0..100_000).map(|n| Point {
            latitude: n,
            longitude: n,
        });
        let points = futures_util::stream::iter(points.collect::<Vec<_>>());
        let summary = client.record_route(points).await.unwrap().into_inner();
        assert_eq!(summary.point_count, 100_000);
        assert_eq!(figures.received("RecordRoute"), 100_000);
    })
    .await;
    beside_another(async |server, figures| {
        let work = |addr: String, figures: Figures| {
            // One frame for each point, and no waiting: all together are less than the window of the stream, which
            // counts from the acknowledgement of the server's settings on.
            let mut raw = Raw::connect(&addr, &[]);
            raw.begin();
            raw.call(1, "RecordRoute");
            raw.burst(1, 50_000);
            raw.message(1, &[], true).unwrap();
            raw.reads_headers();
            // The last message, which is empty, is a point too.
            figures.wait("all points have come", |figures| {
                figures.received("RecordRoute") == 50_000 + 1
                    && figures.ended("RecordRoute", "OK") == 1
            });
        };
        blocking(work, server, figures).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_chats_over_one_connection() {
    beside_another(async |server, figures| {
        let client = server.client().await;
        let mut chats = JoinSet::new();
        for _ in 0..1_000 {
            chats.spawn(Chat::open(client.clone()));
        }
        let mut open = chats.join_all().await;
        assert_eq!(figures.open("RouteChat"), 1_000 + BYSTANDER);
        // All at once, several times.
        for _ in 0..3 {
            let mut talks = JoinSet::new();
            for mut chat in open {
                talks.spawn(async move {
                    chat.talk().await;
                    chat
                });
            }
            open = talks.join_all().await;
        }
        for chat in open {
            assert_eq!(chat.close().await.unwrap(), None);
        }
        figures.wait("they have ended well", |figures| {
            figures.ended("RouteChat", "OK") == 1_000
        });
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_that_nobody_takes() {
    beside_another(async |server, figures| {
        let work = |addr: String, figures: Figures| {
            use prost::Message as _;
            // Each note calls for all those before it, and no window is ever opened for them.
            let all: Vec<Raw> = (0..10)
                .map(|_| {
                    let raw = Raw::connect(&addr, &[(INITIAL_WINDOW_SIZE, 0)]);
                    raw.call(1, "RouteChat");
                    let text = note(1, &"x".repeat(1_000)).encode_to_vec();
                    for _ in 0..50 {
                        raw.message(1, &text, false).unwrap();
                    }
                    raw
                })
                .collect();
            figures.wait("the chats are open, and notes have come", |figures| {
                figures.open("RouteChat") == 10 + BYSTANDER
            });
            // None of them can have ended: their replies have not been taken.
            assert_eq!(figures.started("RouteChat"), 10 + BYSTANDER);
            drop(all);
        };
        blocking(work, server, figures).await;
    })
    .await;
}

/// Sends notes until the call ends, and returns how many were taken and how it ended. Replies are read, but for those
/// that come after the end.
async fn sends_notes(
    server: &Server,
    notes: impl Iterator<Item = RouteNote> + Send + 'static,
) -> (usize, tonic::Status) {
    let taken = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&taken);
    let notes = notes.inspect(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let mut client = server.client().await;
    let replies = client.route_chat(futures_util::stream::iter(notes)).await;
    let mut replies = replies.unwrap().into_inner();
    loop {
        match replies.message().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("all notes were taken"),
            Err(status) => return (taken.load(Ordering::Relaxed), status),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_million_notes_at_one_place() {
    beside_another(async |server, figures| {
        let notes = (0..1_000_000).map(|_| note(1, "again"));
        let (taken, status) = sends_notes(server, notes).await;
        assert_eq!(status.code(), tonic::Code::ResourceExhausted, "{status}");
        assert!((1_000..1_000_000).contains(&taken), "{taken}");
        assert_eq!(figures.ended("RouteChat", "RESOURCE_EXHAUSTED"), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_at_more_places_than_memory_holds() {
    beside_another(async |server, figures| {
        let notes = (0..i32::MAX).map(|place| note(place, "here"));
        let (taken, status) = sends_notes(server, notes).await;
        assert_eq!(status.code(), tonic::Code::ResourceExhausted, "{status}");
        assert!(taken > 100_000, "{taken}");
        // Long ones, which are fewer.
        let notes = (0..i32::MAX).map(|place| note(place, &"x".repeat(1_000)));
        let (_, status) = sends_notes(server, notes).await;
        assert_eq!(status.code(), tonic::Code::ResourceExhausted, "{status}");
        assert_eq!(figures.ended("RouteChat", "RESOURCE_EXHAUSTED"), 2);
    })
    .await;
}
