//! A chat with a note that is too long.

use std::sync::Arc;

use routeguide::proto::RouteNote;
use testkit::guide::{Guide, Replies};
use testkit::outside::check;
use tokio::sync::Notify;
use tonic::Status;

use super::{Server, python_servers, servers_are_named};

const LESSON: &str = "return-status";

pub fn characters(note: &RouteNote) -> usize {
    note.message.chars().count()
}

fn too_long() -> Status {
    Status::invalid_argument("message: at most 1000 characters are allowed")
}

/// The earlier notes at the place of one.
fn earlier(before: &[RouteNote], note: &RouteNote) -> Vec<RouteNote> {
    let place = |note: &RouteNote| note.location.unwrap_or_default();
    let here = before.iter().filter(|old| place(old) == place(note));
    here.cloned().collect()
}

/// A server that looks at each note with this, before it answers: it may refuse the note, change it or leave it out.
pub fn looks(
    look: impl Fn(&[RouteNote], RouteNote) -> Result<Option<RouteNote>, Status> + Send + Sync + 'static,
) -> Guide {
    let look = Arc::new(look);
    Guide::chats(move |mut notes| {
        let look = Arc::clone(&look);
        Box::pin(async move {
            let replies = async_stream::try_stream! {
                let mut before: Vec<RouteNote> = Vec::new();
                while let Some(note) = notes.message().await? {
                    let Some(note) = look(&before, note)? else { continue };
                    for old in earlier(&before, &note) {
                        yield old;
                    }
                    before.push(note);
                }
            };
            Ok(Box::pin(replies) as Replies<RouteNote>)
        })
    })
}

/// A server that refuses a note as it should, if this says so of it and the notes before it.
fn refuses(is_refused: impl Fn(&[RouteNote], &RouteNote) -> bool + Send + Sync + 'static) -> Guide {
    looks(move |before, note| match is_refused(before, &note) {
        true => Err(too_long()),
        false => Ok(Some(note)),
    })
}

/// A server that ends a chat with this status.
fn ends_with(status: fn() -> Status) -> Guide {
    looks(move |_, note| match characters(&note) > 1_000 {
        true => Err(status()),
        false => Ok(Some(note)),
    })
}

/// What a server makes of the notes so far and one that is too long: what it says, and the status.
type End = fn(&[RouteNote], &RouteNote) -> (Vec<RouteNote>, Option<Status>);

/// A server that does this once a note is too long: it may read on to the half-close before the status, and keep all replies
/// until the end.
fn streams(end: End, waits: bool, keeps_replies: bool) -> Guide {
    Guide::chats(move |mut notes| {
        Box::pin(async move {
            let replies = async_stream::try_stream! {
                let mut before: Vec<RouteNote> = Vec::new();
                let mut held: Vec<RouteNote> = Vec::new();
                while let Some(note) = notes.message().await? {
                    if characters(&note) > 1_000 {
                        let (said, status) = end(&before, &note);
                        for note in said {
                            yield note;
                        }
                        while waits && notes.message().await?.is_some() {}
                        if let Some(status) = status {
                            Err(status)?;
                        }
                        return;
                    }
                    for old in earlier(&before, &note) {
                        if keeps_replies {
                            held.push(old);
                        } else {
                            yield old;
                        }
                    }
                    before.push(note);
                }
                for old in held {
                    yield old;
                }
            };
            Ok(Box::pin(replies) as Replies<RouteNote>)
        })
    })
}

#[test]
fn right_servers_pass() {
    for guide in [
        Guide::default(),
        refuses(|_, note| characters(note) > 1_000),
        ends_with(|| Status::invalid_argument("The field `message` of a RouteNote is too long")),
    ] {
        let addr = guide.serve().to_string();
        let run = check(&["--addr", &addr, LESSON]);
        assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    }
}

#[test]
fn every_wrong_rule() {
    let rows: Vec<Server> = vec![
        (
            "limit-missing",
            refuses(|_, _| false),
            "is taken like any other",
        ),
        (
            "limit-off-by-one",
            refuses(|_, note| characters(note) >= 1_000),
            "exactly 1,000 characters is refused",
        ),
        (
            "limit-off-by-one",
            refuses(|_, note| characters(note) > 1_001),
            "1,001 characters is taken",
        ),
        (
            "bytes-for-characters",
            refuses(|_, note| note.message.len() > 1_000),
            "You count bytes",
        ),
        (
            "utf16-for-characters",
            refuses(|_, note| note.message.encode_utf16().count() > 1_000),
            "units of UTF-16",
        ),
        (
            "first-note-only",
            refuses(|before, note| before.is_empty() && characters(note) > 1_000),
            "Only the first note",
        ),
        (
            "first-note-unchecked",
            refuses(|before, note| !before.is_empty() && characters(note) > 1_000),
            "The first note of a chat is not looked at",
        ),
        (
            "limit-for-all-notes",
            refuses(|before, note| {
                before.iter().map(characters).sum::<usize>() + characters(note) > 1_000
            }),
            "You add up",
        ),
        (
            "limit-too-high",
            refuses(|_, note| characters(note) > 4_096),
            "only a far longer one",
        ),
        (
            "limit-too-low",
            refuses(|_, note| characters(note) > 400),
            "500 characters is refused",
        ),
    ];
    servers_are_named(LESSON, rows);
}

#[test]
fn every_wrong_end() {
    let none = |_: &[RouteNote], _: &RouteNote| (Vec::new(), None);
    let right = |_: &[RouteNote], _: &RouteNote| (Vec::new(), Some(too_long()));
    let rows: Vec<Server> = vec![
        (
            "wrong-code",
            ends_with(|| Status::unknown("message is too long")),
            "UNKNOWN",
        ),
        (
            "wrong-code",
            ends_with(|| Status::internal("message is too long")),
            "INTERNAL",
        ),
        (
            "wrong-code",
            ends_with(|| Status::resource_exhausted("message is too long")),
            "RESOURCE_EXHAUSTED",
        ),
        (
            "field-not-named",
            ends_with(|| Status::invalid_argument("note too long")),
            "\"note too long\"",
        ),
        (
            "field-not-named",
            ends_with(|| Status::invalid_argument("")),
            "which field",
        ),
        ("ok-for-error", streams(none, false, false), "with OK"),
        (
            "ok-for-error",
            streams(
                |_, note| {
                    let message = "Sorry: that was too long.".to_string();
                    (
                        vec![RouteNote {
                            message,
                            ..note.clone()
                        }],
                        None,
                    )
                },
                true,
                false,
            ),
            "Sorry: that was too long.",
        ),
        (
            "note-cut",
            looks(|_, note| {
                let message = note.message.chars().take(1_000).collect();
                Ok(Some(RouteNote { message, ..note }))
            }),
            "first 1000 characters",
        ),
        (
            "note-dropped",
            looks(|_, note| Ok((characters(&note) <= 1_000).then_some(note))),
            "passed over in silence",
        ),
        (
            "status-after-half-close",
            streams(right, true, false),
            "only once the client has half-closed",
        ),
        (
            "refused-note-answered",
            streams(
                |before, note| (earlier(before, note), Some(too_long())),
                false,
                false,
            ),
            "before the status",
        ),
        (
            "due-replies-lost",
            // The replies wait for the end, and so get lost where there is none. That they are late is another lesson's.
            lossy(),
            "did not come",
        ),
    ];
    servers_are_named(LESSON, rows);
}

/// A server that sends replies once no note has come for a while, and forgets them when it refuses one.
fn lossy() -> Guide {
    Guide::chats(move |mut notes| {
        Box::pin(async move {
            let (sender, receiver) = tokio::sync::mpsc::unbounded_channel::<RouteNote>();
            let mut receiver = receiver;
            let replies = async_stream::try_stream! {
                let mut before: Vec<RouteNote> = Vec::new();
                loop {
                    let quiet = tokio::time::sleep(std::time::Duration::from_millis(500));
                    let next = tokio::select! {
                        note = notes.message() => Ok(note),
                        () = quiet => Err(()),
                    };
                    match next {
                        Err(()) => {
                            while let Ok(reply) = receiver.try_recv() {
                                yield reply;
                            }
                        }
                        Ok(note) => {
                            let Some(note) = note? else { break };
                            if characters(&note) > 1_000 {
                                Err(too_long())?;
                            }
                            for old in earlier(&before, &note) {
                                sender.send(old).ok();
                            }
                            before.push(note);
                        }
                    }
                }
                while let Ok(reply) = receiver.try_recv() {
                    yield reply;
                }
            };
            Ok(Box::pin(replies) as Replies<RouteNote>)
        })
    })
}

/// A server that ends all chats when a note is too long in one.
#[test]
fn a_limit_that_also_ends_other_calls() {
    let end = Arc::new(Notify::new());
    let guide = Guide::chats(move |mut notes| {
        let end = Arc::clone(&end);
        Box::pin(async move {
            let replies = async_stream::try_stream! {
                let mut before: Vec<RouteNote> = Vec::new();
                loop {
                    let note = tokio::select! {
                        note = notes.message() => note,
                        () = end.notified() => Err(Status::unavailable("the server restarts")),
                    };
                    let Some(note) = note? else { break };
                    if characters(&note) > 1_000 {
                        end.notify_waiters();
                        Err(too_long())?;
                    }
                    for old in earlier(&before, &note) {
                        yield old;
                    }
                    before.push(note);
                }
            };
            Ok(Box::pin(replies) as Replies<RouteNote>)
        })
    });
    servers_are_named(
        LESSON,
        vec![("ends-other-calls", guide, "it ended as well")],
    );
}

/// The stream of the replies panics: its call ends without a status.
#[test]
fn a_limit_that_breaks_the_call_off() {
    let guide = ends_with(|| panic!("on purpose"));
    servers_are_named(LESSON, vec![("breaks-off", guide, "without a status")]);
}

#[test]
fn it_is_asked_for_only_by_name() {
    let addr = refuses(|_, _| false).serve().to_string();
    let run = check(&["--addr", &addr, "--format", "json"]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    assert!(!run.stdout.contains(LESSON));
}

#[test]
fn in_python() {
    python_servers(
        LESSON,
        vec![
            ("limits-notes", None),
            ("right", Some("limit-missing")),
            ("raises-value-error", Some("wrong-code")),
            ("counts-encoded-bytes", Some("bytes-for-characters")),
            ("returns-at-a-long-note", Some("ok-for-error")),
        ],
    );
}
