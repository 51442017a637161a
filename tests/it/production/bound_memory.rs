//! A chat with too many notes.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use routeguide::proto::RouteNote;
use testkit::Lab;
use testkit::guide::{Guide, RUNTIME, Replies};
use testkit::outside::check;
use tokio::sync::Notify;
use tonic::Status;

use super::{Server, assert_named, python_servers, servers_are_named};

const LESSON: &str = "bound-memory";

const MOST: usize = 2_000;

fn too_many() -> Status {
    Status::resource_exhausted("a chat may have 2000 notes")
}

/// The notes of a chat, place by place.
#[derive(Default)]
struct Kept {
    count: usize,
    by_place: HashMap<(i32, i32), Vec<RouteNote>>,
}

impl Kept {
    fn place(note: &RouteNote) -> (i32, i32) {
        let place = note.location.unwrap_or_default();
        (place.latitude, place.longitude)
    }

    /// The earlier notes at the place of one.
    fn earlier(&self, note: &RouteNote) -> Vec<RouteNote> {
        let here = self.by_place.get(&Kept::place(note));
        here.cloned().unwrap_or_default()
    }

    fn push(&mut self, note: RouteNote) {
        self.count += 1;
        self.by_place
            .entry(Kept::place(&note))
            .or_default()
            .push(note);
    }
}

/// What a server does with the next note: it is told the notes that it has kept, and how many replies it has sent.
enum Next {
    /// It answers the note, and keeps it.
    Take,
    /// It answers the note, and forgets it.
    Forget,
    /// It says this, and ends the chat with this status, or with OK.
    End(Vec<RouteNote>, Option<Status>),
    /// It reads on to the half-close, and ends the chat.
    EndLate,
}

/// A server that does this with each note.
fn does(next: impl Fn(&Kept, usize, &RouteNote) -> Next + Send + Sync + 'static) -> Guide {
    let next = Arc::new(next);
    Guide::chats(move |mut notes| {
        let next = Arc::clone(&next);
        Box::pin(async move {
            let replies = async_stream::try_stream! {
                let mut kept = Kept::default();
                let mut sent = 0;
                while let Some(note) = notes.message().await? {
                    match next(&kept, sent, &note) {
                        Next::End(said, status) => {
                            for note in said {
                                yield note;
                            }
                            if let Some(status) = status {
                                Err(status)?;
                            }
                            return;
                        }
                        Next::EndLate => {
                            while notes.message().await?.is_some() {}
                            Err(too_many())?;
                        }
                        taken => {
                            for old in kept.earlier(&note) {
                                sent += 1;
                                yield old;
                            }
                            if matches!(taken, Next::Take) {
                                kept.push(note);
                            }
                        }
                    }
                }
            };
            Ok(Box::pin(replies) as Replies<RouteNote>)
        })
    })
}

/// A server that ends a chat with this status once this says so of the notes before and the replies.
fn ends(
    is_full: impl Fn(usize, usize) -> bool + Send + Sync + 'static,
    status: fn() -> Status,
) -> Guide {
    does(move |kept, sent, _| match is_full(kept.count, sent) {
        true => Next::End(Vec::new(), Some(status())),
        false => Next::Take,
    })
}

/// A server that counts the notes of all chats in one place. They may be given back at the end of a chat.
fn counts_together(gives_back: bool) -> Guide {
    /// Gives back what a chat has used.
    struct Share(Arc<AtomicUsize>, usize, bool);
    impl Drop for Share {
        fn drop(&mut self) {
            if self.2 {
                self.0.fetch_sub(self.1, Ordering::SeqCst);
            }
        }
    }
    let used = Arc::new(AtomicUsize::new(0));
    Guide::chats(move |mut notes| {
        let mut share = Share(Arc::clone(&used), 0, gives_back);
        Box::pin(async move {
            let replies = async_stream::try_stream! {
                let mut kept = Kept::default();
                while let Some(note) = notes.message().await? {
                    if share.0.load(Ordering::SeqCst) >= MOST {
                        Err(too_many())?;
                    }
                    share.0.fetch_add(1, Ordering::SeqCst);
                    share.1 += 1;
                    for old in kept.earlier(&note) {
                        yield old;
                    }
                    kept.push(note);
                }
            };
            Ok(Box::pin(replies) as Replies<RouteNote>)
        })
    })
}

#[test]
fn right_servers_pass() {
    let rows = vec![Guide::default(), ends(|notes, _| notes == MOST, too_many)];
    testkit::parallel(rows, |guide| {
        let addr = guide.serve().to_string();
        let run = check(&["--addr", &addr, LESSON]);
        assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    });
}

#[test]
fn every_wrong_rule() {
    let rows: Vec<Server> = vec![
        (
            "memory-unlimited",
            ends(|_, _| false, too_many),
            "and so is a far longer one",
        ),
        (
            "limit-off-by-one",
            ends(|notes, _| notes == MOST - 1, too_many),
            "exactly 2,000 notes is ended",
        ),
        (
            "limit-off-by-one",
            ends(|notes, _| notes > MOST, too_many),
            "2,001 notes is taken",
        ),
        (
            "limit-too-high",
            ends(|notes, _| notes == 2_500, too_many),
            "only a far longer one",
        ),
        (
            "limit-too-low",
            ends(|notes, _| notes == 1_990, too_many),
            "1,999 notes is ended",
        ),
        (
            "limit-per-server",
            counts_together(true),
            "all open chats together",
        ),
        ("not-given-back", counts_together(false), "still count"),
        (
            "replies-counted",
            ends(|notes, replies| notes + replies >= MOST, too_many),
            "what the server sends",
        ),
    ];
    servers_are_named(LESSON, rows);
}

#[test]
fn every_wrong_end() {
    let is_full = |notes: usize, _: usize| notes == MOST;
    let rows: Vec<Server> = vec![
        (
            "wrong-code",
            ends(is_full, || Status::invalid_argument("too many notes")),
            "INVALID_ARGUMENT",
        ),
        (
            "wrong-code",
            ends(is_full, || Status::unavailable("too many notes")),
            "UNAVAILABLE",
        ),
        (
            "breaks-off",
            ends(is_full, || panic!("on purpose")),
            "without a status",
        ),
        (
            "ok-for-error",
            does(|kept, _, _| match kept.count == MOST {
                true => Next::End(Vec::new(), None),
                false => Next::Take,
            }),
            "with OK",
        ),
        (
            "ok-for-error",
            does(|kept, _, note| match kept.count == MOST {
                true => {
                    let message = "That is enough.".to_string();
                    let said = RouteNote {
                        message,
                        ..note.clone()
                    };
                    Next::End(vec![said], None)
                }
                false => Next::Take,
            }),
            "That is enough.",
        ),
        (
            "notes-forgotten",
            does(|kept, _, _| match kept.count == MOST {
                true => Next::Forget,
                false => Next::Take,
            }),
            "forgotten",
        ),
        (
            "status-after-half-close",
            does(|kept, _, _| match kept.count == MOST {
                true => Next::EndLate,
                false => Next::Take,
            }),
            "only once the client has half-closed",
        ),
        (
            "refused-note-answered",
            does(|kept, _, note| match kept.count == MOST {
                true => Next::End(kept.earlier(note), Some(too_many())),
                false => Next::Take,
            }),
            "before the status",
        ),
        ("due-replies-lost", loses_replies(), "did not come"),
        ("ends-other-calls", ends_all(), "it ended as well"),
    ];
    servers_are_named(LESSON, rows);
}

/// A server that sends replies in bunches of fifty, and those that are left at the half-close.
fn loses_replies() -> Guide {
    Guide::chats(|mut notes| {
        Box::pin(async move {
            let replies = async_stream::try_stream! {
                let mut kept = Kept::default();
                let mut bunch = Vec::new();
                while let Some(note) = notes.message().await? {
                    if kept.count == MOST {
                        Err(too_many())?;
                    }
                    bunch.extend(kept.earlier(&note));
                    kept.push(note);
                    // What the lab waits for comes at once: that replies are late is another lesson's.
                    let is_last = [3, 64, 1_200, 1_201, 1_999].contains(&kept.count);
                    if bunch.len() >= 50 && kept.count < 1_990 || is_last {
                        for reply in bunch.drain(..) {
                            yield reply;
                        }
                    }
                }
                for reply in bunch {
                    yield reply;
                }
            };
            Ok(Box::pin(replies) as Replies<RouteNote>)
        })
    })
}

/// A server that ends all chats when one has too many notes.
fn ends_all() -> Guide {
    let end = Arc::new(Notify::new());
    Guide::chats(move |mut notes| {
        let end = Arc::clone(&end);
        Box::pin(async move {
            let replies = async_stream::try_stream! {
                let mut kept = Kept::default();
                loop {
                    let note = tokio::select! {
                        note = notes.message() => note,
                        () = end.notified() => Err(Status::unavailable("the server restarts")),
                    };
                    let Some(note) = note? else { break };
                    if kept.count == MOST {
                        end.notify_waiters();
                        Err(too_many())?;
                    }
                    for old in kept.earlier(&note) {
                        yield old;
                    }
                    kept.push(note);
                }
            };
            Ok(Box::pin(replies) as Replies<RouteNote>)
        })
    })
}

/// A server that closes the connection of a chat that has too many notes: it is behind a proxy, which does that.
#[test]
fn a_limit_that_closes_the_connection() {
    let close = Arc::new(Notify::new());
    let is_closing = Arc::clone(&close);
    let server = does(move |kept, _, _| {
        if kept.count < MOST {
            return Next::Take;
        }
        is_closing.notify_waiters();
        Next::EndLate
    });
    let server = server.serve();
    let listener = RUNTIME
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    let addr = listener.local_addr().unwrap().to_string();
    RUNTIME.spawn(async move {
        loop {
            let (mut one, _) = listener.accept().await.unwrap();
            let mut other = tokio::net::TcpStream::connect(server).await.unwrap();
            let close = Arc::clone(&close);
            tokio::spawn(async move {
                tokio::select! {
                    _ = tokio::io::copy_bidirectional(&mut one, &mut other) => {}
                    () = close.notified() => {}
                }
            });
        }
    });
    let run = check(&["--addr", &addr, LESSON, "--format", "json"]);
    assert_named(LESSON, &run, "breaks-off", "without a status");
}

/// tonic's own window, which only the server's program can raise.
#[test]
fn a_burst_is_no_attack() {
    let guide = || ends(|notes, _| notes == MOST, too_many);
    let small = guide().serve_with(|server| server);
    let run = check(&["--addr", &small.to_string(), LESSON, "--format", "json"]);
    assert_named(LESSON, &run, "burst-refused", "1,500 notes each");

    let lab = Lab::new("burst");
    let lessons = testkit::course::LESSONS.iter();
    for lesson in lessons.filter(|lesson| !lesson.solution.is_empty()) {
        lab.solve(&lesson.id);
    }
    lab.edit("start_here/src/server.rs", |text| {
        text.replace(".initial_connection_window_size(64 << 20)", "")
    });
    let run = lab.run(["check", LESSON, "--format", "json"]);
    assert_named(LESSON, &run, "burst-refused", "1,500 notes each");
    let shown = lab.run(["check", LESSON]).exits(1).stdout;
    let (_, rest) = shown.split_once("start_here/src/server.rs:").unwrap();
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let line: usize = digits.parse().unwrap();
    let server = std::fs::read_to_string(lab.path("start_here/src/server.rs")).unwrap();
    let lines: Vec<&str> = server.lines().collect();
    let serve = lines
        .iter()
        .position(|line| line.starts_with("pub async fn serve"));
    assert!(line > serve.unwrap(), "{line}");
}

#[test]
fn it_is_asked_for_only_by_name() {
    let addr = ends(|_, _| false, too_many).serve().to_string();
    let run = check(&["--addr", &addr, "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(!run.stdout.contains(LESSON));
}

#[test]
fn in_python() {
    python_servers(
        LESSON,
        vec![
            ("counts-notes", None),
            ("right", Some("memory-unlimited")),
            ("counts-on-the-service", Some("not-given-back")),
            ("keeps-the-newest", Some("notes-forgotten")),
            ("raises-memory-error", Some("wrong-code")),
        ],
    );
}
