//! Text that would do something to a terminal, if it came through.

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
