//! One call as two lanes, the client's and the server's, from top to bottom in time.

use super::Canvas;
use crate::probe::{Event, What};
use crate::text::harmless;

/// A run of messages longer than this is folded.
const LONGEST_RUN: usize = 7;
/// What stays of a folded run, at its beginning and at its end.
const KEPT: usize = 3;

/// Draws the events of a call. `mark` is the first that is not right.
pub fn draw(events: &[Event], mark: Option<usize>, canvas: Canvas) -> String {
    let paint = canvas.paint;
    // The mark, the time, the two lanes and the arrow between them.
    let (time, arrow) = (11, 6);
    let lane = (canvas.width.min(100) - 2 - time - arrow) / 2;
    let mut text = String::new();
    let mut row = |flag: &str, at: &str, left: &str, middle: &str, right: &str, bad: bool| {
        let cell = |text: &str, width: usize| {
            let cut = console::truncate_str(text, width, "…").into_owned();
            console::pad_str(&cut, width, console::Alignment::Left, None).into_owned()
        };
        let line = format!(
            "{}{}{middle}{}",
            cell(at, time),
            cell(left, lane),
            cell(right, lane)
        );
        let line = line.trim_end();
        if bad {
            text.push_str(&paint.bad(&format!("{flag} {line}")));
        } else {
            text.push_str(
                &format!("{flag} {line}")
                    .trim_end()
                    .replace("──", &paint.faint("──")),
            );
        }
        text.push('\n');
    };
    row(" ", "", "client", "      ", "server", false);
    for shown in shorten(fold(events, mark), mark) {
        match shown {
            Shown::Event(index, event) => {
                let at = format!("{:.1} ms", event.at.as_secs_f64() * 1000.0);
                let (side, words) = words(&event.what);
                let words = harmless(&words).replace('\n', " ");
                let bad = mark == Some(index);
                let flag = if bad { "✗" } else { " " };
                match side {
                    Side::Client => row(flag, &at, &words, " ───▶ ", "", bad),
                    Side::Server => row(flag, &at, "", " ◀─── ", &words, bad),
                    Side::Nobody => row(flag, &at, &words, "  ··  ", "", bad),
                }
            }
            Shown::Folded(Side::Client, count) => {
                row(" ", "", &format!("… {count} more …"), "      ", "", false);
            }
            Shown::Folded(Side::Nobody, count) => {
                row(
                    " ",
                    "",
                    &format!("… {count} more rows …"),
                    "      ",
                    "",
                    false,
                );
            }
            Shown::Folded(Side::Server, count) => {
                row(" ", "", "", "      ", &format!("… {count} more …"), false);
            }
        }
    }
    text
}

/// Whose doing an event is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Client,
    Server,
    Nobody,
}

fn words(what: &What) -> (Side, String) {
    match what {
        What::Sent { message } => (Side::Client, message.to_string()),
        What::HalfClosed => (Side::Client, "half-close".to_string()),
        What::Cancelled => (Side::Client, "cancelled".to_string()),
        What::Headers => (Side::Server, "headers".to_string()),
        What::Received { message } => (Side::Server, message.to_string()),
        What::Undecodable { bytes, .. } => {
            (Side::Server, format!("{bytes} bytes that do not decode"))
        }
        // The transport's own words for it would be taken for the server's.
        What::Ended { status } if status.broke_off() => (
            Side::Server,
            format!("the stream broke off ({})", status.code),
        ),
        What::Ended { status } => (Side::Server, status.to_string()),
        What::Stalled { waiting_for } => (Side::Nobody, format!("no sign of {waiting_for}")),
        What::CutOff => (Side::Client, "cut off".to_string()),
    }
}

enum Shown<'a> {
    Event(usize, &'a Event),
    Folded(Side, usize),
}

/// Long runs of messages of one side lose their middle; the marked event never is in it.
fn fold(events: &[Event], mark: Option<usize>) -> Vec<Shown<'_>> {
    let is_message =
        |event: &Event| matches!(event.what, What::Sent { .. } | What::Received { .. });
    let mut shown = Vec::new();
    let mut start = 0;
    while start < events.len() {
        let side = words(&events[start].what).0;
        let in_run = |index: &usize| {
            is_message(&events[*index])
                && words(&events[*index].what).0 == side
                && mark != Some(*index)
        };
        let length = (start..events.len()).take_while(in_run).count();
        let run = length.max(1);
        let folded = if length > LONGEST_RUN {
            length - 2 * KEPT
        } else {
            0
        };
        for (offset, event) in events[start..start + run].iter().enumerate() {
            if folded > 0 && offset == KEPT {
                shown.push(Shown::Folded(side, folded));
            }
            if folded == 0 || offset < KEPT || offset >= KEPT + folded {
                shown.push(Shown::Event(start + offset, event));
            }
        }
        start += run;
    }
    shown
}

/// A call of very many turns loses its middle, but for what surrounds the mark.
fn shorten(shown: Vec<Shown<'_>>, mark: Option<usize>) -> Vec<Shown<'_>> {
    const MOST: usize = 48;
    const AROUND: usize = 12;
    let count = shown.len();
    if count <= MOST {
        return shown;
    }
    let is_mark =
        |shown: &Shown<'_>| matches!(shown, Shown::Event(index, _) if mark == Some(*index));
    let centre = shown.iter().position(is_mark).unwrap_or(0);
    let kept = |row: usize| row < AROUND || row + AROUND >= count || row.abs_diff(centre) < AROUND;
    let mut short = Vec::new();
    for (row, entry) in shown.into_iter().enumerate() {
        if kept(row) {
            short.push(entry);
        } else if let Some(Shown::Folded(Side::Nobody, left_out)) = short.last_mut() {
            *left_out += 1;
        } else {
            short.push(Shown::Folded(Side::Nobody, 1));
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::contract::{Message, Point};
    use crate::probe::Status;
    use crate::screen::Paint;

    fn event(what: What) -> Event {
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
        event(What::Sent {
            message: Message::Point(point),
        })
    }

    fn plain(events: &[Event], mark: Option<usize>) -> String {
        draw(
            events,
            mark,
            Canvas {
                width: 80,
                paint: Paint::new(false),
            },
        )
    }

    #[test]
    fn each_side_has_its_lane_and_the_mark_stands_in_front() {
        let events = [
            point(1),
            event(What::HalfClosed),
            event(What::Ended {
                status: Status {
                    code: "NOT_FOUND",
                    message: "no\u{1b}[2J".into(),
                },
            }),
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
        let chat: Vec<Event> = (1..=200)
            .flat_map(|n| [point(n), event(What::Headers)])
            .collect();
        let text = plain(&chat, Some(200));
        assert!(text.lines().count() < 60 && text.contains("✗") && text.contains("more rows"));
        assert!(
            text.lines()
                .all(|line| console::measure_text_width(line) <= 80)
        );
    }
}
