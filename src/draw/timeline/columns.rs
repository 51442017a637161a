//! The two lanes of a timeline, and the times beside them.

use std::time::Duration;

use crate::draw::fit;

/// How a row is divided: a margin, the time, the client's lane, an arrow, the server's lane.
pub struct Columns {
    /// For the time.
    pub time: usize,
    /// For each side.
    pub lane: usize,
    /// Something from the client.
    pub to_server: &'static str,
    /// Something from the server.
    pub to_client: &'static str,
    /// Something of neither.
    pub nobody: &'static str,
    /// No arrow.
    pub none: &'static str,
}

/// Whose doing an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The client's.
    Client,
    /// The server's.
    Server,
    /// Neither's.
    Nobody,
}

impl Columns {
    /// The columns of a row of this width, of which the margin takes so much.
    pub fn of(width: usize, margin: usize) -> Columns {
        let (time, to_server, to_client, nobody, none) = if width < 60 {
            (8, " ─▶ ", " ◀─ ", " ·· ", "    ")
        } else {
            (11, " ───▶ ", " ◀─── ", "  ··  ", "      ")
        };
        let arrow = fit::width(none);
        Columns {
            time,
            lane: width.saturating_sub(margin + time + arrow) / 2,
            to_server,
            to_client,
            nobody,
            none,
        }
    }

    /// The cells of a message. One that begins with a name or a text, of which there may be many, is cut where the lane
    /// ends; numbers take further lines, since a number that is cut is another one.
    pub fn message(&self, text: &str) -> Vec<String> {
        let is_cut = text.starts_with('"') || text.starts_with("a feature without a name");
        fit::lines(text, self.lane, if is_cut { 1 } else { 3 })
    }

    /// One line, without the margin.
    pub fn line(&self, at: &str, left: &str, middle: &str, right: &str) -> String {
        let line = format!(
            "{}{}{middle}{right}",
            fit::padded(at, self.time),
            fit::padded(left, self.lane),
        );
        line.trim_end().to_string()
    }

    /// The lines of something that one side did; the time and the arrow stand in the first.
    pub fn lines(&self, at: &str, side: Side, cells: &[String]) -> Vec<String> {
        let in_lane = |(n, cell): (usize, &String)| {
            let first = n == 0;
            let at = if first { at } else { "" };
            let arrow = |arrow| if first { arrow } else { self.none };
            match side {
                Side::Client => self.line(at, cell, arrow(self.to_server), ""),
                Side::Server => self.line(at, "", arrow(self.to_client), cell),
                Side::Nobody => self.line(at, cell, arrow(self.nobody), ""),
            }
        };
        cells.iter().enumerate().map(in_lane).collect()
    }

    /// The line in the place of messages that are left out.
    pub fn left_out(&self, client: u64, server: u64) -> String {
        let more = |count: u64| match count {
            0 => String::new(),
            n => {
                let words = format!("… {n} more …");
                match fit::width(&words) > self.lane {
                    false => words,
                    // The number must not be cut.
                    true => fit::cut(&format!("+{n}"), self.lane),
                }
            }
        };
        self.line("", &more(client), self.none, &more(server))
    }
}

/// How long after the start, in a unit in which it is short to read.
pub fn time(at: Duration) -> String {
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
