use std::time::Duration;

use super::*;
use crate::draw::Paint;
use crate::messages::{Message, Point, RouteNote};
use crate::transcript::CutOffReason;
use crate::transcript::Status;

fn event(what: EventKind) -> Event {
    Event {
        at: Duration::from_micros(1500),
        what,
    }
}

fn point(n: i32) -> Event {
    let point = Point {
        latitude: n * 10_000_000,
        longitude: 0,
    };
    event(EventKind::Sent {
        message: Message::Point(point),
    })
}

fn note(words: &str) -> Message {
    Message::RouteNote(RouteNote {
        location: Some(Point::default()),
        message: words.to_string(),
    })
}

fn sent(words: &str) -> Event {
    event(EventKind::Sent {
        message: note(words),
    })
}

fn received(words: &str) -> Event {
    event(EventKind::Received {
        message: note(words),
    })
}

fn ended(code: &'static str, message: &str) -> Event {
    let message = message.to_string();
    event(EventKind::Ended {
        status: Status {
            code,
            message,
            flaw: None,
            details: None,
        },
    })
}

fn at(width: usize, events: &[Event], mark: Option<usize>) -> String {
    let paint = Paint::new(false);
    draw(events, mark, Canvas::new(width, paint))
}

fn plain(events: &[Event], mark: Option<usize>) -> String {
    at(80, events, mark)
}

#[test]
fn each_side_has_its_lane_and_the_mark_stands_in_front() {
    let events = [
        point(1),
        event(EventKind::HalfClosed),
        ended("NOT_FOUND", "no\u{1b}[2J"),
    ];
    let text = plain(&events, Some(2));
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].trim_start().starts_with("client") && lines[0].ends_with("server"));
    assert!(
        lines[1].starts_with("  1.5 ms     1 0 ") && lines[1].ends_with("───▶"),
        "{text}"
    );
    assert!(
        lines[3].starts_with("✗ 1.5 ms") && lines[3].ends_with("◀─── NOT_FOUND: no"),
        "{text}"
    );
    assert_eq!(lines.len(), 4);
}

#[test]
fn long_runs_are_folded_around_the_mark() {
    let events: Vec<Event> = (1..=30).map(point).collect();
    let text = plain(&events, Some(15));
    assert!(
        text.contains("… 9 more …") && text.contains("… 8 more …"),
        "{text}"
    );
    assert!(text.contains("✗ 1.5 ms     16 0"), "{text}");
}

#[test]
fn long_chats_are_folded_and_their_half_close_and_end_stay() {
    let mut chat = vec![event(EventKind::Headers)];
    for n in 0..200 {
        chat.extend([sent(&format!("ask {n}.")), received(&format!("reply {n}."))]);
    }
    chat.extend([event(EventKind::HalfClosed), ended("OK", "")]);
    let text = plain(&chat, Some(200));
    assert!(text.lines().count() < 36, "{text}");
    let around = [
        "headers",
        "ask 0.",
        "ask 98.",
        "✗ 1.5 ms",
        "reply 99.",
        "reply 100.",
    ];
    let end = ["reply 199.", "half-close", "◀─── OK"];
    for words in around.iter().chain(&end) {
        assert!(text.contains(words), "no {words} in\n{text}");
    }
    // What is left out is counted, for each side.
    let words: Vec<&str> = text.split_whitespace().collect();
    let left_out: usize = words
        .windows(2)
        .filter(|pair| pair[1] == "more")
        .map(|pair| pair[0].parse::<usize>().unwrap())
        .sum();
    let shown = text.matches("ask ").count() + text.matches("reply ").count();
    assert_eq!(left_out + shown, 400, "{text}");
    // Without a mark, the beginning and the end are shown.
    assert!(plain(&chat, None).lines().count() < 20);
}

#[test]
fn the_half_close_of_a_flood_stays() {
    let mut flood = vec![
        sent("a"),
        event(EventKind::HalfClosed),
        event(EventKind::Headers),
    ];
    flood.extend((0..5_000).map(|n| received(&n.to_string())));
    flood.push(event(EventKind::CutOff {
        excess: CutOffReason::TooMany,
    }));
    let text = plain(&flood, Some(flood.len() - 1));
    assert!(text.contains("half-close") && text.contains("… 4994 more …"));
    assert!(
        text.lines()
            .last()
            .is_some_and(|line| line.starts_with('✗') && line.contains("cut off"))
    );
}

#[test]
fn what_is_marked_is_shown_whole() {
    let words = "a note that is much too long to stand in a lane of thirty columns, and goes on";
    let events = [received(words), received(words)];
    for width in [40, 80, 100, 120] {
        let text = at(width, &events, Some(1));
        let (before, marked) = text.split_once('✗').unwrap();
        assert_eq!(before.lines().count(), 2, "{text}");
        if width > 40 {
            let marked: Vec<&str> = marked.split_whitespace().collect();
            assert!(
                marked
                    .join(" ")
                    .ends_with("columns, and goes on\" at (0, 0)"),
                "{text}"
            );
        }
        assert!(text.contains('…'), "the other one is cut: {text}");
    }
}

#[test]
fn a_number_is_never_cut() {
    let summary = Message::RouteSummary(crate::messages::RouteSummary {
        point_count: 10,
        feature_count: 10,
        distance: 1_394_756,
        elapsed_time: 0,
    });
    let received = event(EventKind::Received { message: summary });
    let text = draw(&[received], None, Canvas::new(80, Paint::new(false)));
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("10 features, 1394756 m, 0 s"), "{text}");
}

#[test]
fn nothing_breaks_the_lanes() {
    let hostile = [
        "日本語の長い名前はどこまでもどこまでもどこまでも続く",
        "👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧",
        "❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️",
        "שלום עולם שלום עולם שלום עולם שלום עולם שלום",
        "\u{202e}turned\u{2066} around\u{200b}",
        "e\u{301}\u{301}\u{301}\u{301}",
        "\u{301}\u{301}",
        "\u{1b}[2J\u{1b}]0;title\u{7}\r\n::add-mask::x",
        "",
    ];
    let long = "x".repeat(3_000_000);
    for width in [40, 41, 60, 80, 100, 120] {
        for words in hostile.iter().copied().chain([long.as_str()]) {
            let events = [
                sent(words),
                received(words),
                ended("UNKNOWN", words),
                event(EventKind::Undecodable {
                    bytes: 3,
                    problem: words.to_string(),
                }),
                event(EventKind::Stalled {
                    waiting_for: words.to_string(),
                }),
                event(EventKind::Cancelled),
            ];
            for mark in [None, Some(0), Some(1), Some(2), Some(4)] {
                let text = at(width, &events, mark);
                for line in text.lines() {
                    assert!(fit::width(line) <= width, "{width}: {line:?}");
                    let hidden = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
                    assert!(!line.contains(hidden), "{line:?}");
                }
                assert!(text.lines().count() < 7 + MARKED_LINES, "{text}");
            }
        }
    }
}

#[test]
fn times_are_short_in_their_unit() {
    let shown = |micros| time(Duration::from_micros(micros));
    assert_eq!(shown(0), "0 µs");
    assert_eq!(shown(999), "999 µs");
    assert_eq!(shown(1_000), "1.0 ms");
    assert_eq!(shown(99_940), "99.9 ms");
    assert_eq!(shown(999_999), "999 ms");
    assert_eq!(shown(1_050_000), "1.05 s");
    assert_eq!(shown(3_600_000_000), "3600 s");
}
