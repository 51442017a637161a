//! Calls as they happen: a line for each event, the client's in the left lane and the server's in the right
//! one. Each line bears the number of its call, since many calls may be under way at once.

mod printer;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;

pub use printer::Printer;

use super::timeline::columns::{Columns, Side, time};
use super::{Canvas, Paint, fit};
use crate::reference::trace::entry::{Entry, Event, Summary};
use crate::reference::watched::observer;
use crate::text::on_one_line;

/// The margin for the numbers of calls, on a narrow screen and on others. Numbers that need more take it from
/// the lanes.
const NARROW_MARGIN: usize = 4;
const MARGIN: usize = 6;
/// From so many columns on, a screen is not narrow.
const WIDE: usize = 60;
/// On how many lines headers and a status may stand.
const MOST_LINES: usize = 3;

/// What stands above the lanes.
pub fn heading(canvas: Canvas) -> String {
    let margin = margin(canvas.width, "");
    let columns = Columns::of(canvas.width, margin);
    let line = columns.line("", "client", columns.none, "server");
    format!("{}{line}\n", " ".repeat(margin))
}

/// One event: a line, or a few if it has much to say.
pub fn draw(entry: &Entry, canvas: Canvas) -> String {
    let number = match entry.call {
        0 => String::new(),
        call => format!("#{call}"),
    };
    let margin = margin(canvas.width, &number);
    let row = Row {
        columns: Columns::of(canvas.width, margin),
        room: canvas.width.saturating_sub(margin),
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
    /// How much there is beside the margin.
    room: usize,
    at: String,
    paint: Paint,
}

impl Row {
    /// The lines of an event, without the margin.
    fn lines(&self, event: &Event) -> Vec<String> {
        match event {
            Event::Opened {
                name,
                peer,
                headers,
            } => self.opening(name, *peer, headers),
            Event::Said { from, words } => {
                let words = fit::cut(&on_one_line(words), self.columns.lane);
                self.in_lane(side(*from), &[words])
            }
            Event::LeftOut { client, server } => vec![self.columns.left_out(*client, *server)],
            Event::HalfClosed => self.in_lane(Side::Client, &self.cells("half-close")),
            Event::Headers { headers } => {
                let words = format!("headers {headers}");
                self.in_lane(Side::Server, &self.cells(words.trim_end()))
            }
            Event::Ended {
                is_ok,
                words,
                trailers,
                at_once,
            } => {
                let colour = |cell: &String| match is_ok {
                    true => self.paint.good(cell),
                    false => self.paint.bad(cell),
                };
                let mut cells: Vec<String> = self.cells(words).iter().map(colour).collect();
                if *at_once {
                    cells.extend(self.cells("trailers only, without headers and messages"));
                }
                if !trailers.is_empty() {
                    cells.extend(self.cells(&format!("trailers {trailers}")));
                }
                self.in_lane(Side::Server, &cells)
            }
            Event::Gone { by, words } => {
                let cells: Vec<String> = self.cells(words);
                let cells: Vec<String> = cells.iter().map(|cell| self.paint.bad(cell)).collect();
                self.in_lane(side(*by), &cells)
            }
            Event::Closed(summary) => {
                let lines = self.whole(&closing(summary, &self.at), self.room);
                lines.iter().map(|line| self.paint.faint(line)).collect()
            }
            Event::Unseen { calls } => {
                let were = if *calls == 1 { " was" } else { "s were" };
                self.whole(&format!("… {calls} more call{were} not drawn …"), self.room)
            }
        }
    }

    fn opening(&self, name: &str, peer: Option<SocketAddr>, headers: &str) -> Vec<String> {
        let name = self.cells(name);
        let name: Vec<String> = name.iter().map(|cell| self.paint.strong(cell)).collect();
        let mut lines = self.in_lane(Side::Client, &name);
        let peer = peer.map_or(String::new(), |peer| format!("from {peer}"));
        let details = [&peer, headers].into_iter().filter(|text| !text.is_empty());
        let details = details.collect::<Vec<_>>().join(", ");
        if !details.is_empty() {
            // Nobody else says anything on these lines, so both lanes are theirs.
            let details = self.whole(&details, self.room.saturating_sub(self.columns.time));
            let indented = |line: &String| self.columns.line("", line, "", "");
            lines.extend(details.iter().map(indented));
        }
        lines
    }

    fn in_lane(&self, side: Side, cells: &[String]) -> Vec<String> {
        self.columns.lines(&self.at, side, cells)
    }

    /// Words in one lane, on as many lines as they need and may have.
    fn cells(&self, words: &str) -> Vec<String> {
        self.whole(words, self.columns.lane)
    }

    fn whole(&self, words: &str, columns: usize) -> Vec<String> {
        fit::lines(&on_one_line(words), columns, MOST_LINES)
    }
}

/// All of a call in one line.
fn closing(summary: &Summary, at: &str) -> String {
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

fn side(from: observer::Side) -> Side {
    match from {
        observer::Side::Client => Side::Client,
        observer::Side::Server => Side::Server,
    }
}
