use std::time::Duration;

use super::super::Paint;
use super::*;

/// The name of an RPC.
const METHOD: &str = "SomeMethod";

fn canvas(width: usize, colours: bool) -> Canvas {
    Canvas::new(width, Paint::new(colours))
}

fn entry(call: u64, event: TraceEvent) -> TraceEntry {
    let at = Duration::from_micros(1500);
    TraceEntry { call, at, event }
}

fn started(name: &str, headers: &str) -> TraceEvent {
    TraceEvent::Started {
        name: name.to_string(),
        peer: Some(
            "[2001:db8:1234:5678:9abc:def0:1234:5678]:54321"
                .parse()
                .unwrap(),
        ),
        headers: headers.to_string(),
    }
}

fn message(from: CallSide, text: &str) -> TraceEvent {
    let text = text.to_string();
    TraceEvent::Message { from, text }
}

fn ended(status: &str, trailers: &str) -> TraceEvent {
    TraceEvent::Ended {
        is_ok: status == "OK",
        status: status.to_string(),
        trailers: trailers.to_string(),
        trailers_only: false,
    }
}

fn closed(name: &str) -> TraceEvent {
    TraceEvent::Closed(CallSummary {
        name: name.to_string(),
        outcome: "OK".to_string(),
        is_ok: true,
        to_server: 1,
        to_client: 147,
    })
}

#[test]
fn each_side_has_its_lane_and_each_line_its_number() {
    use CallSide::{Client, Server};
    let draw = |event| draw(&entry(7, event), canvas(80, false));
    assert_eq!(
        draw(message(Client, "hello")),
        "#7    1.5 ms     hello                        ───▶\n"
    );
    assert_eq!(
        draw(message(Server, "hello")),
        "#7    1.5 ms                                  ◀─── hello\n"
    );
    assert_eq!(
        draw(TraceEvent::OmittedMessages {
            client: 0,
            server: 950
        }),
        "#7                                                 … 950 more …\n"
    );
    assert_eq!(
        draw(ended("NOT_FOUND: nothing here", "request-id: 5")),
        "#7    1.5 ms                                  ◀─── NOT_FOUND: nothing here\n\
         #7                                                 trailers request-id: 5\n"
    );
    assert_eq!(
        draw(closed(METHOD)),
        "#7    ── SomeMethod: OK after 1.5 ms, 1 message ▶, 147 ◀\n"
    );
    let opening = draw(started(METHOD, "user-agent: tonic/0.14.9"));
    assert!(opening.lines().count() > 2, "{opening}");
    assert!(
        opening.lines().all(|line| line.starts_with("#7 ")),
        "{opening}"
    );
    assert_eq!(
        super::draw(
            &entry(0, TraceEvent::OmittedCalls { calls: 3 }),
            canvas(80, false)
        ),
        "      … 3 more calls were not drawn …\n"
    );
    let heading = heading(canvas(80, false));
    assert!(heading.trim_start().starts_with("client ") && heading.ends_with(" server\n"));
}

#[test]
fn nothing_breaks_the_lanes_at_any_width() {
    use CallSide::{Client, Server};
    let hostile = [
        "日本語の長い名前はどこまでもどこまでもどこまでも続く",
        "👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧",
        "\u{202e}turned\u{2066} around\u{200b}\r\n\u{1b}[2J\u{1b}]0;title\u{7}",
        "/a/path/that/goes/on/and/on/without/a/blank/in/it/and/on/and/on/and/on",
        "many words that go on and on and on, many more than fit in one lane of any screen",
        "",
    ];
    for width in (40..=120).step_by(8).chain([41, 59, 61]) {
        for text in hostile {
            for call in [1, 99, 12_345, 1_234_567] {
                for event in [
                    started(text, text),
                    message(Client, text),
                    message(Server, text),
                    TraceEvent::Headers {
                        headers: text.to_string(),
                    },
                    TraceEvent::OmittedMessages {
                        client: 1_000_000,
                        server: 1_000_000,
                    },
                    ended(text, text),
                    TraceEvent::Terminated {
                        by: Client,
                        reason: text.to_string(),
                    },
                    closed(text),
                    TraceEvent::OmittedCalls { calls: 1_000_000 },
                ] {
                    let drawn = draw(&entry(call, event), canvas(width, false));
                    for line in drawn.lines() {
                        assert!(fit::width(line) <= width, "{width}: {line:?}");
                        assert!(!line.contains(char::is_control), "{line:?}");
                        assert!(line.starts_with(&format!("#{call}")), "{line:?}");
                    }
                }
            }
        }
        let heading = heading(canvas(width, false));
        assert!(fit::width(heading.trim_end()) <= width);
    }
}

#[test]
fn a_call_has_one_colour_and_colours_change_no_text() {
    let event = || message(CallSide::Client, "hello");
    let coloured = |call| draw(&entry(call, event()), canvas(80, true));
    let plain = |call| draw(&entry(call, event()), canvas(80, false));
    assert!(coloured(1).starts_with("\u{1b}["), "{:?}", coloured(1));
    assert_ne!(coloured(1).split('#').next(), coloured(2).split('#').next());
    for call in 1..10 {
        assert_eq!(console::strip_ansi_codes(&coloured(call)), plain(call));
    }
}
