//! One call as two lanes, the client's and the server's, from top to bottom in time.

mod folding;

use std::time::Duration;

use super::{Canvas, fit};
use crate::probe::{Event, What};
use crate::text::on_one_line;
use folding::{Row, rows};

/// The most characters of a message that a lane can want: what is longer is cut first, so that a
/// message of megabytes costs nothing.
const LONGEST: usize = 4_000;
/// On how many lines the marked event may stand.
const MARKED_LINES: usize = 8;

/// How a row is divided: a sign, the time, the client's lane, an arrow, the server's lane.
struct Columns {
    time: usize,
    lane: usize,
    to_server: &'static str,
    to_client: &'static str,
    nobody: &'static str,
    none: &'static str,
}

impl Columns {
    fn of(width: usize) -> Columns {
        let (time, to_server, to_client, nobody, none) = if width < 60 {
            (8, " ─▶ ", " ◀─ ", " ·· ", "    ")
        } else {
            (11, " ───▶ ", " ◀─── ", "  ··  ", "      ")
        };
        let arrow = fit::width(none);
        Columns {
            time,
            lane: width.saturating_sub(2 + time + arrow) / 2,
            to_server,
            to_client,
            nobody,
            none,
        }
    }

    /// One line, without the sign in front.
    fn line(&self, at: &str, left: &str, middle: &str, right: &str) -> String {
        let line = format!(
            "{}{}{middle}{right}",
            fit::padded(at, self.time),
            fit::padded(left, self.lane),
        );
        line.trim_end().to_string()
    }

    /// The lines of an event: one, or for the marked event as many as its words need.
    fn event(&self, event: &Event, marked: bool) -> Vec<String> {
        let (side, words) = words(&event.what);
        let words: String = words.chars().take(LONGEST).collect();
        let words = on_one_line(&words);
        let cells = if marked {
            fit::lines(&words, self.lane, MARKED_LINES)
        } else {
            vec![fit::cut(&words, self.lane)]
        };
        let in_lane = |(n, cell): (usize, &String)| {
            let first = n == 0;
            let at = if first { time(event.at) } else { String::new() };
            let arrow = |arrow| if first { arrow } else { self.none };
            match side {
                Side::Client => self.line(&at, cell, arrow(self.to_server), ""),
                Side::Server => self.line(&at, "", arrow(self.to_client), cell),
                Side::Nobody => self.line(&at, cell, arrow(self.nobody), ""),
            }
        };
        cells.iter().enumerate().map(in_lane).collect()
    }

    /// The line in the place of events that are left out.
    fn folded(&self, client: usize, server: usize) -> String {
        let more = |count: usize| match count {
            0 => String::new(),
            n => format!("… {n} more …"),
        };
        self.line("", &more(client), self.none, &more(server))
    }
}

/// Draws the events of a call. `mark` is the first that is not right.
pub fn draw(events: &[Event], mark: Option<usize>, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let columns = Columns::of(canvas.width);
    let quiet = |line: &str| {
        let line = format!("  {line}").replace("──", &paint.faint("──"));
        format!("{}\n", line.trim_end())
    };
    let mut text = quiet(&columns.line("", "client", columns.none, "server"));
    for row in rows(events, mark) {
        match row {
            Row::Event(index) if mark == Some(index) => {
                for (n, line) in columns.event(&events[index], true).iter().enumerate() {
                    let sign = if n == 0 { "✗" } else { " " };
                    text.push_str(&paint.bad(&format!("{sign} {line}")));
                    text.push('\n');
                }
            }
            Row::Event(index) => {
                for line in columns.event(&events[index], false) {
                    text.push_str(&quiet(&line));
                }
            }
            Row::Folded { client, server } => {
                text.push_str(&quiet(&columns.folded(client, server)));
            }
        }
    }
    text
}

/// How long after the start, in a unit in which it is short to read.
fn time(at: Duration) -> String {
    let seconds = at.as_secs_f64();
    let micros = at.as_micros();
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..100_000 => format!("{:.1} ms", seconds * 1e3),
        100_000..1_000_000 => format!("{:.0} ms", (seconds * 1e3).floor()),
        1_000_000..100_000_000 => format!("{seconds:.2} s"),
        _ => format!("{seconds:.0} s"),
    }
}

/// Whose doing an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
        What::CutOff { .. } => (Side::Client, "cut off".to_string()),
    }
}

#[cfg(test)]
mod tests;
