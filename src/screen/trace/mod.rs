//! The trace: calls as they happen. Each event is a line, the client's in the left lane and the server's in the right
//! one. Each line starts with the number of its call, since many calls may be open at once.

mod printer;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;

pub use printer::Printer;

use super::timeline::columns::{Columns, Side, time};
use super::{Canvas, Paint, fit};
use crate::reference::observe::observer::CallSide;
use crate::reference::trace::event::{CallSummary, TraceEntry, TraceEvent};
use crate::text::on_one_line;

/// The width of the margin for the numbers of calls, on a narrow screen and on others. Longer numbers take their
/// space from the lanes.
const NARROW_MARGIN: usize = 4;
const MARGIN: usize = 6;
/// A screen with fewer columns is narrow.
const WIDE: usize = 60;
/// How many lines headers and a status may take.
const MAX_LINES: usize = 3;

/// The heading above the lanes.
pub fn heading(canvas: Canvas) -> String {
    let margin = margin(canvas.timeline, "");
    let columns = Columns::of(canvas.timeline, margin);
    let line = columns.line("", "client", columns.none, "server");
    format!("{}{line}\n", " ".repeat(margin))
}

/// An event: one line, or a few if it is long.
pub fn draw(entry: &TraceEntry, canvas: Canvas) -> String {
    let number = match entry.call {
        0 => String::new(),
        call => format!("#{call}"),
    };
    let margin = margin(canvas.timeline, &number);
    let row = Row {
        columns: Columns::of(canvas.timeline, margin),
        width: canvas.timeline.saturating_sub(margin),
        at: time(entry.at),
        paint: canvas.paint,
    };
    let number = canvas
        .paint
        .one_of_many(entry.call, &fit::padded(&number, margin));
    let mut text = String::new();
    for line in row.lines(&entry.event) {
        let line = format!("{number}{line}");
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// What the lines of one event have in common.
struct Row {
    columns: Columns,
    /// The width beside the margin.
    width: usize,
    at: String,
    paint: Paint,
}

impl Row {
    /// The lines of an event, without the margin.
    fn lines(&self, event: &TraceEvent) -> Vec<String> {
        match event {
            TraceEvent::Started {
                name,
                peer,
                headers,
            } => self.start(name, *peer, headers),
            TraceEvent::Message { from, text } => {
                let cells = self.columns.message(&on_one_line(text));
                self.in_lane(lane(*from), &cells)
            }
            TraceEvent::OmittedMessages { client, server } => {
                vec![self.columns.left_out(*client, *server)]
            }
            TraceEvent::HalfClosed => self.in_lane(Side::Client, &self.cells("half-close")),
            TraceEvent::Headers { headers } => {
                let text = format!("headers {headers}");
                self.in_lane(Side::Server, &self.cells(text.trim_end()))
            }
            TraceEvent::Ended {
                is_ok,
                status,
                trailers,
                trailers_only,
            } => {
                let colour = |cell: &String| match is_ok {
                    true => self.paint.good(cell),
                    false => self.paint.bad(cell),
                };
                let mut cells: Vec<String> = self.cells(status).iter().map(colour).collect();
                if *trailers_only {
                    cells.extend(self.cells("trailers only, without headers and messages"));
                }
                if !trailers.is_empty() {
                    cells.extend(self.cells(&format!("trailers {trailers}")));
                }
                self.in_lane(Side::Server, &cells)
            }
            TraceEvent::Terminated { by, reason } => {
                let cells: Vec<String> = self.cells(reason);
                let cells: Vec<String> = cells.iter().map(|cell| self.paint.bad(cell)).collect();
                self.in_lane(lane(*by), &cells)
            }
            TraceEvent::Closed(summary) => {
                let lines = self.wrapped(&closing(summary, &self.at), self.width);
                lines.iter().map(|line| self.paint.faint(line)).collect()
            }
            TraceEvent::OmittedCalls { calls } => {
                let were = if *calls == 1 { " was" } else { "s were" };
                self.wrapped(
                    &format!("… {calls} more call{were} not drawn …"),
                    self.width,
                )
            }
        }
    }

    fn start(&self, name: &str, peer: Option<SocketAddr>, headers: &str) -> Vec<String> {
        let name = self.cells(name);
        let name: Vec<String> = name.iter().map(|cell| self.paint.strong(cell)).collect();
        let mut lines = self.in_lane(Side::Client, &name);
        let peer = peer.map_or(String::new(), |peer| format!("from {peer}"));
        let details = [&peer, headers].into_iter().filter(|text| !text.is_empty());
        let details = details.collect::<Vec<_>>().join(", ");
        if !details.is_empty() {
            // The details may take both lanes.
            let details = self.wrapped(&details, self.width.saturating_sub(self.columns.time));
            let indented = |line: &String| self.columns.line("", line, "", "");
            lines.extend(details.iter().map(indented));
        }
        lines
    }

    fn in_lane(&self, side: Side, cells: &[String]) -> Vec<String> {
        self.columns.lines(&self.at, side, cells)
    }

    /// A text in one lane, on up to [`MAX_LINES`] lines.
    fn cells(&self, text: &str) -> Vec<String> {
        self.wrapped(text, self.columns.lane)
    }

    fn wrapped(&self, text: &str, columns: usize) -> Vec<String> {
        fit::lines(&on_one_line(text), columns, MAX_LINES)
    }
}

/// A call in one line.
fn closing(summary: &CallSummary, at: &str) -> String {
    let s = if summary.to_server == 1 { "" } else { "s" };
    format!(
        "── {}: {} after {at}, {} message{s} ▶, {} ◀",
        summary.name, summary.outcome, summary.to_server, summary.to_client
    )
}

fn margin(width: usize, number: &str) -> usize {
    let usual = if width < WIDE { NARROW_MARGIN } else { MARGIN };
    usual.max(number.len() + 1)
}

fn lane(side: CallSide) -> Side {
    match side {
        CallSide::Client => Side::Client,
        CallSide::Server => Side::Server,
    }
}
