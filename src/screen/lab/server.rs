//! The page of the learner's server: what it is doing, what it writes, and the calls that it gets.

use super::{DrawContext, status};
use crate::checker::Doing;
use crate::lab::Model;
use crate::play::{LogEntry, Phase, PlayEvent, PlayLog};
use crate::screen::{building, play, trace};

/// Draws the page.
pub fn draw(model: &Model, context: &DrawContext<'_>) -> String {
    let Some(server) = &model.server else {
        return "Your server does not run. p starts it.".to_string();
    };
    let log = &server.log;
    let mut text: String = entries(log, 0, context);
    if let Some(step) = building(log, context) {
        text.push_str(&format!("{} {step}\n", status::spinner(context)));
    }
    if log.runs() && !has_calls(log) {
        text.push_str(&context.paint.faint(&how_to_call(log, context)));
    }
    text
}

/// The entries from a number on, with the heading above the first call.
pub fn entries(log: &PlayLog, from: u64, context: &DrawContext<'_>) -> String {
    let canvas = context.canvas();
    let first_call = log.entries.iter().find(|entry| is_call(entry));
    let first_call = first_call.map(|entry| entry.number);
    let mut text = String::new();
    for entry in log.entries.iter().filter(|entry| entry.number >= from) {
        if Some(entry.number) == first_call {
            text.push_str(&trace::heading(canvas));
        }
        text.push_str(&play::event(&entry.event, context.program, canvas));
    }
    text
}

/// The server in one line, for the other pages.
pub fn in_one_line(log: &PlayLog, context: &DrawContext<'_>) -> String {
    let paint = context.paint;
    let at = log.addr.map_or(String::new(), |addr| format!(" at {addr}"));
    match log.phase {
        Phase::Building { .. } => paint.faint("Your server is being built. p shows it."),
        Phase::Running { is_earlier: false } => {
            paint.faint(&format!("Your server runs{at}. p shows it."))
        }
        Phase::Running { is_earlier: true } => paint.notice(&format!(
            "The server of your earlier save runs{at}. p shows why."
        )),
        Phase::Down => paint.notice("Your server does not run. p shows why."),
    }
}

/// How far the build is.
fn building(log: &PlayLog, context: &DrawContext<'_>) -> Option<String> {
    let Phase::Building { step, .. } = log.phase else {
        return None;
    };
    Some(match step {
        None => "building".to_string(),
        Some(Doing::WaitingForCargo) => building::WAITING_FOR_CARGO.to_string(),
        Some(Doing::Building { done, total }) => status::crates(done, total, context.paint),
        Some(Doing::Waiting(waiting)) => building::words(waiting),
        Some(Doing::Probing) => "starting".to_string(),
    })
}

fn has_calls(log: &PlayLog) -> bool {
    log.entries.iter().any(is_call)
}

fn is_call(entry: &LogEntry) -> bool {
    matches!(entry.event, PlayEvent::Call(_))
}

/// What to type to see a call.
fn how_to_call(log: &PlayLog, context: &DrawContext<'_>) -> String {
    let program = context.program;
    let elsewhere = match log.addr {
        Some(addr) if addr.port() != 50_051 => format!(" --addr {addr}"),
        _ => String::new(),
    };
    let words = format!(
        "Call it from another terminal, for example with: {program} call RouteChat{elsewhere}"
    );
    format!("\n{}\n", textwrap::fill(&words, context.canvas().width))
}
