//! Which events of a call are drawn. What both sides do besides messages always is; of many messages,
//! those at the beginning, at the end, and around the marked event.

use super::columns::Side;
use super::words;
use crate::transcript::{Event, EventKind};

/// A run of messages of one side that is longer than this is folded.
const LONGEST_RUN: usize = 10;
/// What stays of a folded run, at its beginning and at its end.
const KEPT_OF_RUN: usize = 3;
/// More rows of messages than this, in whatever order, are folded too.
const MOST_ROWS: usize = 24;
/// What stays of them, at the beginning and at the end, and on each side of the marked event.
const KEPT_OF_ROWS: usize = 6;

/// A row of the drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// The event with this index.
    Event(usize),
    /// In the place of so many messages from each side.
    Folded {
        /// From the client.
        client: usize,
        /// From the server.
        server: usize,
    },
}

/// The rows in which a call is drawn. The marked event always is among them.
pub fn rows(events: &[Event], mark: Option<usize>) -> Vec<Row> {
    let is_message = |index: usize| is_message(&events[index].what);
    // Of a long run of one side, the middle goes.
    let mut kept = vec![true; events.len()];
    let mut start = 0;
    while start < events.len() {
        let side = words(&events[start].what).0;
        let run = (start..events.len())
            .take_while(|&at| {
                is_message(at) && words(&events[at].what).0 == side && mark != Some(at)
            })
            .count();
        if run > LONGEST_RUN {
            kept[start + KEPT_OF_RUN..start + run - KEPT_OF_RUN].fill(false);
        }
        start += run.max(1);
    }
    // Of what is left, if it still is much, what is far from the beginning, the end and the mark.
    let messages: Vec<usize> = (0..events.len())
        .filter(|&at| kept[at] && is_message(at))
        .collect();
    if messages.len() > MOST_ROWS {
        let centre = mark.map(|mark| messages.partition_point(|&at| at < mark));
        for (n, &at) in messages.iter().enumerate() {
            let near = n < KEPT_OF_ROWS
                || n + KEPT_OF_ROWS >= messages.len()
                || centre.is_some_and(|centre| n.abs_diff(centre) <= KEPT_OF_ROWS);
            kept[at] = near || mark == Some(at);
        }
    }
    fold(events, &kept)
}

fn fold(events: &[Event], kept: &[bool]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (index, event) in events.iter().enumerate() {
        if kept[index] {
            rows.push(Row::Event(index));
            continue;
        }
        if !matches!(rows.last(), Some(Row::Folded { .. })) {
            rows.push(Row::Folded {
                client: 0,
                server: 0,
            });
        }
        if let Some(Row::Folded { client, server }) = rows.last_mut() {
            match words(&event.what).0 {
                Side::Server => *server += 1,
                Side::Client | Side::Nobody => *client += 1,
            }
        }
    }
    rows
}

fn is_message(what: &EventKind) -> bool {
    matches!(
        what,
        EventKind::Sent { .. } | EventKind::Received { .. } | EventKind::Undecodable { .. }
    )
}
