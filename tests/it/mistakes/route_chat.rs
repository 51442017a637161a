//! RouteChat: what learners get wrong.

use std::sync::{Arc, Mutex};

use routeguide::proto::{Point, RouteNote};

use super::{Row, all_are_found};
use testkit::guide::{Guide, Replies};

pub fn place(note: &RouteNote) -> Point {
    note.location.unwrap_or_default()
}

/// A server that remembers every note, and has an idea of its own of what the same place is.
pub fn keyed<K: PartialEq + 'static>(key: fn(Point) -> K) -> Guide {
    Guide::replies(move |earlier, note| {
        let same = |old: &&RouteNote| key(place(old)) == key(place(note));
        earlier.iter().filter(same).cloned().collect()
    })
}

/// A server that does this to the right replies.
pub fn garbles(
    garble: impl Fn(Vec<RouteNote>, &RouteNote) -> Vec<RouteNote> + Send + Sync + 'static,
) -> Guide {
    Guide::replies(move |earlier, note| garble(right(earlier, note), note))
}

pub fn right(earlier: &[RouteNote], note: &RouteNote) -> Vec<RouteNote> {
    let same = |old: &&RouteNote| place(old) == place(note);
    earlier.iter().filter(same).cloned().collect()
}

/// A server that remembers only the notes that this accepts.
pub fn remembers(
    accepts: impl Fn(&[RouteNote], &RouteNote) -> bool + Send + Sync + 'static,
) -> Guide {
    Guide::replies(move |earlier, note| {
        let mut kept: Vec<RouteNote> = Vec::new();
        for old in earlier {
            if accepts(&kept, old) {
                kept.push(old.clone());
            }
        }
        right(&kept, note)
    })
}

#[test]
fn every_mistake_in_route_chat() {
    let rows: Vec<Row> = vec![
        (
            "echoes-new-note",
            garbles(|mut replies, note| {
                replies.push(note.clone());
                replies
            }),
            "You send the new note back too",
        ),
        (
            "pure-echo",
            garbles(|_, note| vec![note.clone()]),
            "straight back",
        ),
        ("replies-to-all", keyed(|_| ()), "notes of every place"),
        (
            "replies-first-only",
            garbles(|replies, _| replies.into_iter().take(1).collect()),
            "the oldest of the earlier notes only",
        ),
        (
            "newest-first",
            garbles(|replies, _| replies.into_iter().rev().collect()),
            "newest of the earlier notes comes first",
        ),
        ("latitude-only", keyed(|p| p.latitude), "only the latitudes"),
        (
            "longitude-only",
            keyed(|p| p.longitude),
            "only the longitudes",
        ),
        (
            "nearby",
            keyed(|p| (p.latitude / 10_000_000, p.longitude / 10_000_000)),
            "near each other",
        ),
        (
            "axes-unordered",
            keyed(|p| (p.latitude.min(p.longitude), p.latitude.max(p.longitude))),
            "(a, b) and (b, a)",
        ),
        (
            "joined-key",
            keyed(|p| format!("{}{}", p.latitude, p.longitude)),
            "(1, 23) and (12, 3)",
        ),
        (
            "sum-key",
            keyed(|p| i64::from(p.latitude) + i64::from(p.longitude)),
            "(1, 4) and (2, 3)",
        ),
        (
            "origin-is-unset",
            remembers(|_, note| place(note) != Point::default()),
            "at Point(0, 0)",
        ),
        (
            "sends-new-for-old",
            garbles(|replies, note| replies.iter().map(|_| note.clone()).collect()),
            "each of them is the new note",
        ),
        (
            "merges-equal-texts",
            remembers(|kept, note| {
                !kept
                    .iter()
                    .any(|old| old.message == note.message && place(old) == place(note))
            }),
            "the same text",
        ),
        (
            "skips-empty-text",
            remembers(|_, note| !note.message.is_empty()),
            "notes without a text",
        ),
        (
            "never-stores",
            remembers(|_, _| false),
            "No replies come at all",
        ),
        (
            "shared-history",
            shared(false),
            "Notes of other calls come too",
        ),
        (
            "replies-at-end",
            Guide::chats(|mut notes| {
                Box::pin(async move {
                    let mut all = Vec::new();
                    while let Some(note) = notes.message().await? {
                        all.push(note);
                    }
                    let replies = (0..all.len()).flat_map(move |n| right(&all[..n], &all[n]));
                    Ok(
                        Box::pin(tokio_stream::iter(replies.map(Ok).collect::<Vec<_>>()))
                            as Replies<_>,
                    )
                })
            }),
            "only after the client had half-closed",
        ),
        (
            "replies-buffered",
            Guide::chats(|mut notes| {
                Box::pin(async move {
                    let replies = async_stream::try_stream! {
                        let (mut earlier, mut due): (Vec<RouteNote>, Vec<RouteNote>) = Default::default();
                        while let Some(note) = notes.message().await? {
                            due.extend(right(&earlier, &note));
                            earlier.push(note);
                            while due.len() >= 5 {
                                for reply in due.drain(..5).collect::<Vec<_>>() {
                                    yield reply;
                                }
                            }
                        }
                        for reply in due {
                            yield reply;
                        }
                    };
                    Ok(Box::pin(replies) as Replies<_>)
                })
            }),
            "keeps them back until there are several",
        ),
        (
            "one-behind",
            Guide::chats(|mut notes| {
                Box::pin(async move {
                    let replies = async_stream::try_stream! {
                        let mut earlier: Vec<RouteNote> = Vec::new();
                        let mut due = Vec::new();
                        while let Some(note) = notes.message().await? {
                            for reply in std::mem::take(&mut due) {
                                yield reply;
                            }
                            due = right(&earlier, &note);
                            earlier.push(note);
                        }
                        for reply in due {
                            yield reply;
                        }
                    };
                    Ok(Box::pin(replies) as Replies<_>)
                })
            }),
            "only after the client has sent the next",
        ),
        (
            "closes-after-reply",
            Guide::chats(|mut notes| {
                Box::pin(async move {
                    let replies = async_stream::try_stream! {
                        let mut earlier: Vec<RouteNote> = Vec::new();
                        while let Some(note) = notes.message().await? {
                            let replies = right(&earlier, &note);
                            let done = !replies.is_empty();
                            for reply in replies {
                                yield reply;
                            }
                            if done {
                                break;
                            }
                            earlier.push(note);
                        }
                    };
                    Ok(Box::pin(replies) as Replies<_>)
                })
            }),
            "while the client was still talking",
        ),
        (
            "never-ends",
            Guide::chats(|mut notes| {
                Box::pin(async move {
                    let replies = async_stream::try_stream! {
                        let mut earlier: Vec<RouteNote> = Vec::new();
                        while let Some(note) = notes.message().await? {
                            for reply in right(&earlier, &note) {
                                yield reply;
                            }
                            earlier.push(note);
                        }
                        std::future::pending::<()>().await;
                    };
                    Ok(Box::pin(replies) as Replies<_>)
                })
            }),
            "the end of the call does not come",
        ),
        ("blocks-other-chats", locked(), "While another chat is open"),
        (
            "location-swapped",
            garbles(|mut replies, _| {
                for reply in &mut replies {
                    let at = place(reply);
                    reply.location = Some(Point {
                        latitude: at.longitude,
                        longitude: at.latitude,
                    });
                }
                replies
            }),
            "latitude and longitude have changed places",
        ),
        // Keys that no list has.
        (
            "places-mixed-up",
            keyed(|p| i64::from(p.latitude) * i64::from(p.longitude)),
            "You take different places for the same one",
        ),
        (
            "places-mixed-up",
            keyed(|p| (p.latitude.abs(), p.longitude.abs())),
            "You take different places for the same one",
        ),
        (
            "places-mixed-up",
            keyed(|p| p.latitude ^ p.longitude),
            "You take different places for the same one",
        ),
        (
            "history-limited",
            Guide::replies(|earlier, note| {
                let last = earlier.last().filter(|old| place(old) == place(note));
                last.cloned().into_iter().collect()
            }),
            "Only the last note of a chat is remembered, wherever it was left.",
        ),
        (
            "unset-field-panics",
            Guide::replies(|earlier, note| {
                let _ = note.location.unwrap();
                right(earlier, note)
            }),
            "unset",
        ),
    ];
    all_are_found("route-chat", rows);
}

/// A server with one history for all calls.
pub fn shared(echoes: bool) -> Guide {
    let history = Arc::new(Mutex::new(Vec::new()));
    Guide::replies(move |_, note| {
        let mut history = history.lock().unwrap();
        let mut replies = right(&history, note);
        if echoes {
            replies.push(note.clone());
        }
        history.push(note.clone());
        replies
    })
}

/// A server that holds a lock as long as a chat goes on.
pub fn locked() -> Guide {
    let lock = Arc::new(tokio::sync::Mutex::new(()));
    Guide::chats(move |mut notes| {
        let lock = Arc::clone(&lock);
        Box::pin(async move {
            let replies = async_stream::try_stream! {
                let _held = lock.lock().await;
                let mut earlier: Vec<RouteNote> = Vec::new();
                while let Some(note) = notes.message().await? {
                    for reply in right(&earlier, &note) {
                        yield reply;
                    }
                    earlier.push(note);
                }
            };
            Ok(Box::pin(replies) as Replies<_>)
        })
    })
}
