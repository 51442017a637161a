//! One call as two lanes, the client's and the server's, from top to bottom in time.

pub mod columns;
mod folding;

use super::{Canvas, fit};
use crate::text::on_one_line;
use crate::transcript::{Event, EventKind};
use columns::{Columns, Side, time};
use folding::{Row, rows};

/// What stands before the columns: the sign of the marked event.
const SIGN: usize = 2;
/// The most characters of a message that a lane can want: what is longer is cut first, so that a
/// message of megabytes costs nothing.
const LONGEST: usize = 4_000;
/// On how many lines the marked event may stand.
const MARKED_LINES: usize = 8;

/// The lines of an event: one or two, or for the marked event as many as its words need.
fn lines(columns: &Columns, event: &Event, marked: bool) -> Vec<String> {
    let (side, words) = words(&event.what);
    let words: String = words.chars().take(LONGEST).collect();
    let words = on_one_line(&words);
    let cells = if marked {
        fit::lines(&words, columns.lane, MARKED_LINES)
    } else if matches!(
        event.what,
        EventKind::Sent { .. } | EventKind::Received { .. }
    ) {
        columns.message(&words)
    } else {
        vec![fit::cut(&words, columns.lane)]
    };
    columns.lines(&time(event.at), side, &cells)
}

/// Draws the events of a call. `mark` is the first that is not right.
pub fn draw(events: &[Event], mark: Option<usize>, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let columns = Columns::of(canvas.timeline, SIGN);
    let quiet = |line: &str| {
        let line = format!("  {line}").replace("──", &paint.faint("──"));
        format!("{}\n", line.trim_end())
    };
    let mut text = quiet(&columns.line("", "client", columns.none, "server"));
    for row in rows(events, mark) {
        match row {
            Row::Event(index) if mark == Some(index) => {
                for (n, line) in lines(&columns, &events[index], true).iter().enumerate() {
                    let sign = if n == 0 { "✗" } else { " " };
                    text.push_str(&paint.bad(&format!("{sign} {line}")));
                    text.push('\n');
                }
            }
            Row::Event(index) => {
                for line in lines(&columns, &events[index], false) {
                    text.push_str(&quiet(&line));
                }
            }
            Row::Folded { client, server } => {
                text.push_str(&quiet(&columns.left_out(client as u64, server as u64)));
            }
        }
    }
    text
}

fn words(what: &EventKind) -> (Side, String) {
    match what {
        EventKind::Sent { message } => (Side::Client, message.to_string()),
        EventKind::Damaged { bytes } => {
            let s = if *bytes == 1 { "" } else { "s" };
            let words = format!("{bytes} byte{s} that cannot be decoded");
            (Side::Client, words)
        }
        EventKind::HalfClosed => (Side::Client, "half-close".to_string()),
        EventKind::Cancelled => (Side::Client, "cancelled".to_string()),
        EventKind::Headers => (Side::Server, "headers".to_string()),
        EventKind::Received { message } => (Side::Server, message.to_string()),
        EventKind::Undecodable { bytes, .. } => {
            (Side::Server, format!("{bytes} bytes that do not decode"))
        }
        // The transport's own words for it would be taken for the server's.
        EventKind::Ended { status } if status.broke_off() => (
            Side::Server,
            format!("the stream broke off ({})", status.code),
        ),
        EventKind::Ended { status } => (Side::Server, status.to_string()),
        EventKind::Stalled { waiting_for } => (Side::Nobody, format!("no sign of {waiting_for}")),
        EventKind::CutOff { .. } => (Side::Client, "cut off".to_string()),
    }
}

#[cfg(test)]
mod tests;
