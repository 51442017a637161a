//! What `call` says beside the replies.

use std::io::{self, IsTerminal as _};

use prost_reflect::MethodDescriptor;

use super::{Canvas, Paint, coloured, evidence, invocation};
use crate::caller::arguments::ArgumentError;
use crate::caller::call::End;
use crate::caller::contract::{self, Contract, Item};
use crate::caller::json::JsonError;
use crate::caller::{describe, json};
use crate::probe::Address;
use crate::text::{clipped, on_one_line};
use crate::verdict::Diagnosis;

/// How many characters are shown before and behind the place of an error.
const AROUND: usize = 30;

/// All RPCs of a contract, a line for each.
pub fn rpcs(contract: &Contract) -> String {
    let mut text = String::from("These RPCs can be called:");
    for method in contract.rpcs() {
        text.push_str(&format!("\n  {}", describe::signature(&method)));
    }
    text
}

/// The line before somebody types messages.
pub fn how_to_type(method: &MethodDescriptor) -> String {
    let kind = method.input();
    let example = json::write(&json::example(&kind)).unwrap_or_default();
    let end = if cfg!(windows) {
        "Ctrl-Z and Enter"
    } else {
        "Ctrl-D"
    };
    let name = kind.name();
    match method.is_client_streaming() {
        true => {
            format!("Type a {name} in each line, such as {example}. {end} half-closes the call.")
        }
        false => format!("Type a {name}, such as {example}, then Enter and {end}."),
    }
}

/// What follows the replies: the status if it is not OK, or that nothing came. Nothing is said twice of a call that is
/// drawn.
pub fn end(end: &End, method: &MethodDescriptor, addr: &Address, is_drawn: bool) -> Option<String> {
    let paint = Paint::new(coloured(io::stderr().is_terminal()));
    if end.status.is_ok() {
        let is_empty = end.replies == 0 && !is_drawn;
        return is_empty.then(|| format!("{}, no messages", paint.good("OK")));
    }
    let status = clipped(&on_one_line(&end.status.to_string()), evidence::LONGEST);
    let line = format!("status: {}", paint.bad(&status));
    let path = contract::path(method);
    Some(match end.status.tonic_code() {
        tonic::Code::Unimplemented => format!(
            "{line}\nThe server at {addr} has no RPC {path}, or its method is not written yet."
        ),
        _ => line,
    })
}

/// What happens to the call when a line cannot be used.
pub fn cancelled_after(messages: usize) -> String {
    format!("The call is cancelled. Messages before this line: {messages}.")
}

/// What to start, if no server listens.
pub fn start_a_server(addr: &Address, in_course_folder: bool) -> String {
    let program = invocation();
    let port = addr.port();
    let here = match port {
        50051 => String::new(),
        port => format!(" --addr localhost:{port}"),
    };
    let reference = format!("`{program} run-reference{here}`");
    if !in_course_folder {
        return format!(
            "Start the server in another terminal, and wait until it listens. {reference} runs the finished one."
        );
    }
    format!(
        "Start a server in another terminal, and wait until it listens:\n  \
         yours             {program} play{here}\n  \
         the finished one  {program} run-reference{here}"
    )
}

/// What to do about arguments that are no messages.
pub fn about_arguments(error: &ArgumentError) -> String {
    match error {
        ArgumentError::Json { text, error, .. } => {
            let place = place(text, error);
            match lost_quotes(text, error) {
                true => format!("{place}\n{QUOTING}"),
                false => place,
            }
        }
        ArgumentError::Mixed { .. } => {
            "Write each message as JSON, or one message as FIELD=VALUE for each of its fields.".to_string()
        }
        ArgumentError::InputAndMore => "Leave out one or the other.".to_string(),
        ArgumentError::TooMany { .. } => {
            "Give one message, as one argument. If it is one, your shell has split it at its spaces: put quotation \
             marks around it."
                .to_string()
        }
        ArgumentError::Field { .. } | ArgumentError::Twice(_) => String::new(),
    }
}

/// How JSON reaches a program through each shell.
const QUOTING: &str = r#"The shell may have taken quotation marks away. This reaches the program whole:
  sh, PowerShell 7         '{"latitude": 1, "longitude": 2}'
  Windows PowerShell 5     '{\"latitude\": 1, \"longitude\": 2}'
  cmd.exe                  "{\"latitude\": 1, \"longitude\": 2}"
  any shell, without JSON  latitude=1 longitude=2"#;

/// Whether a text looks like JSON whose quotation marks a shell has removed or left.
fn lost_quotes(text: &str, error: &JsonError) -> bool {
    error.is_syntax && (!text.contains('"') || text.starts_with('\'') || text.contains("\\\""))
}

/// The part of a JSON text where an error is, with a mark below it.
pub fn place(text: &str, error: &JsonError) -> String {
    let line = text
        .lines()
        .nth(error.line.saturating_sub(1))
        .unwrap_or_default();
    // The column counts bytes.
    let before = (0..=error.column.saturating_sub(1).min(line.len()))
        .rev()
        .find_map(|end| line.get(..end))
        .unwrap_or_default();
    let column = before.chars().count();
    let from = column.saturating_sub(AROUND);
    let shown: Vec<String> = line
        .chars()
        .skip(from)
        .take(2 * AROUND)
        .map(|c| on_one_line(&c.to_string()))
        .collect();
    let dots = if from > 0 { "…" } else { "" };
    let margin: String = shown
        .iter()
        .take(column - from)
        .map(String::as_str)
        .collect();
    let margin = console::measure_text_width(&margin) + dots.chars().count();
    format!("    {dots}{}\n    {}^", shown.concat(), " ".repeat(margin))
}

/// Where a part of the contract is from.
pub fn origin(item: &Item, source: &str) -> String {
    let line = describe::line_of(item).filter(|_| source.ends_with(".proto"));
    let place = line.map_or(source.to_string(), |line| format!("{source}:{line}"));
    match item {
        Item::Rpc(method) => {
            format!(
                "From {place}; its path on the wire is /{}:",
                contract::path(method)
            )
        }
        _ => format!("From {place}:"),
    }
}

/// A .proto that does not compile: the sentence and the line, as `check` shows them.
pub fn broken(diagnosis: &Diagnosis, canvas: Canvas) -> String {
    let detail = evidence::Detail::FOLDED;
    let sentence = evidence::verdict(diagnosis, canvas);
    sentence + &evidence::evidence(Some(diagnosis), None, detail, canvas)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(column: usize) -> JsonError {
        JsonError {
            problem: String::new(),
            is_syntax: true,
            line: 1,
            column,
        }
    }

    #[test]
    fn the_place_of_an_error_is_marked() {
        assert_eq!(place("{lat: 1}", &error(2)), "    {lat: 1}\n     ^");
        assert_eq!(place("", &error(0)), "    \n    ^");
        assert_eq!(place("ab", &error(99)), "    ab\n      ^");
        // Columns are bytes, and wide characters take two places.
        assert_eq!(place("日本x", &error(7)), "    日本x\n        ^");
        assert_eq!(place("日本x", &error(6)), "    日本x\n      ^");
        let long = format!("{}!{}", "a".repeat(100), "b".repeat(100));
        let shown = place(&long, &error(101));
        let (text, mark) = shown.split_once('\n').unwrap();
        let at = mark.chars().position(|c| c == '^').unwrap();
        assert_eq!(text.chars().nth(at), Some('!'), "{shown}");
        assert!(text.chars().count() < 70);
        let hostile = place("\u{1b}[2J\u{202e}", &error(4));
        assert!(!hostile.contains(['\u{1b}', '\u{202e}']), "{hostile}");
    }
}
