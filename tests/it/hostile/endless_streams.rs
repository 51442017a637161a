//! Streams that never end, fast or slow.

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
