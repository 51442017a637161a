//! Calls as they happen: a line for each event, the client's in the left lane and the server's in the right
//! one. Each line bears the number of its call, since many calls may be under way at once.

mod printer;
#[cfg(test)]
mod tests;

pub use printer::Printer;

use super::timeline::columns::{Columns, Side, time};
use super::{Canvas, fit};
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
    let paint = canvas.paint;
    let number = match entry.call {
        0 => String::new(),
        call => format!("#{call}"),
    };
    let margin = margin(canvas.width, &number);
    let columns = Columns::of(canvas.width, margin);
    let at = time(entry.at);
    let in_lane = |side: Side, cells: &[String]| columns.lines(&at, side, cells);
    let whole_line = |words: &str| {
        let words = on_one_line(words);
        fit::lines(&words, canvas.width.saturating_sub(margin), MOST_LINES)
    };
    let lane = columns.lane;
    let one = |words: &str| vec![fit::cut(&on_one_line(words), lane)];
    let few = |words: &str| fit::lines(&on_one_line(words), lane, MOST_LINES);

    let lines = match &entry.event {
        Event::Opened {
            name,
            peer,
            headers,
        } => {
            let mut cells: Vec<String> = few(name);
            if let Some(peer) = peer {
                cells.extend(few(&format!("from {peer}")));
            }
            if !headers.is_empty() {
                cells.extend(few(headers));
            }
            let name = cells.first_mut();
            if let Some(name) = name {
                *name = paint.strong(name);
            }
            in_lane(Side::Client, &cells)
        }
        Event::Said { from, words } => in_lane(side(*from), &one(words)),
        Event::LeftOut { client, server } => vec![columns.left_out(*client, *server)],
        Event::HalfClosed => in_lane(Side::Client, &one("half-close")),
        Event::Headers { headers } if headers.is_empty() => in_lane(Side::Server, &one("headers")),
        Event::Headers { headers } => in_lane(Side::Server, &few(&format!("headers {headers}"))),
        Event::Ended {
            is_ok,
            words,
            trailers,
            at_once,
        } => {
            let colour = |cell: String| match is_ok {
                true => paint.good(&cell),
                false => paint.bad(&cell),
            };
            let mut cells: Vec<String> = few(words).into_iter().map(colour).collect();
            if *at_once {
                cells.extend(few("trailers only, without headers and messages"));
            }
            if !trailers.is_empty() {
                cells.extend(few(&format!("trailers {trailers}")));
            }
            in_lane(Side::Server, &cells)
        }
        Event::Gone { by, words } => {
            let cells = few(words).into_iter().map(|cell| paint.bad(&cell));
            in_lane(side(*by), &cells.collect::<Vec<_>>())
        }
        Event::Closed(summary) => whole_line(&closing(summary, &at))
            .iter()
            .map(|line| paint.faint(line))
            .collect(),
        Event::Unseen { calls } => {
            let s = if *calls == 1 { " was" } else { "s were" };
            let words = format!("… {calls} more call{s} not drawn …");
            whole_line(&words)
        }
    };

    let mut text = String::new();
    for line in lines {
        let number = fit::padded(&number, margin);
        let line = format!("{}{line}", paint.one_of_many(entry.call, &number));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// All of a call in one line.
fn closing(summary: &Summary, at: &str) -> String {
    let messages = |count: u64| match count {
        1 => "1 message".to_string(),
        n => format!("{n} messages"),
    };
    format!(
        "── {}: {} after {at}, {} ▶, {} ◀",
        summary.name,
        summary.outcome,
        messages(summary.to_server),
        messages(summary.to_client)
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
