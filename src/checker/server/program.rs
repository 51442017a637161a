//! The learner's own server as a program: how it says where it listens, and how it ends.

use crate::checker::startup::Server;
use crate::process::child::Interrupted;
use crate::verdict::{CaseReport, Diagnosis, LessonReport, Outcome};

/// Adds what is no call to a lesson's report: what the program has printed, and its end after Ctrl-C.
pub fn judge(report: &mut LessonReport, server: &Server, interrupted: Interrupted) {
    add(report, "announcement", announced(server));
    add(report, "ctrl-c", stopped(interrupted));
}

/// Adds a case that is no call.
fn add(report: &mut LessonReport, case: &str, finding: Option<Diagnosis>) {
    let case = CaseReport::of_fact(case, finding);
    if case.outcome == Outcome::Fail && report.outcome == Outcome::Pass {
        report.outcome = Outcome::Fail;
        report.diagnosis.clone_from(&case.diagnosis);
    }
    report.cases.push(case);
}

/// Whether the server has said where it listens.
fn announced(server: &Server) -> Option<Diagnosis> {
    let wanted = format!("Starting server on {}", server.addr);
    let said = server.stdout();
    if said.contains(&wanted) {
        return None;
    }
    let addr = server.addr.to_string();
    let in_other_words = said.lines().find(|line| line.contains(&addr));
    let message = if server.stderr().contains(&wanted) {
        "Your server says where it listens on standard error, but it must say so on standard output: \
         use `println!`."
    } else if in_other_words.is_some() {
        "Your server says where it listens, but not in the agreed words."
    } else {
        "Your server does not say where it listens."
    };
    let line = in_other_words.or(said.lines().next());
    Some(
        Diagnosis::new(message)
            .contrast(&wanted, line.unwrap_or("nothing on standard output"))
            .hint("Print the line before you serve. The lab reads the address there."),
    )
}

/// Whether the server has ended well after Ctrl-C.
fn stopped(interrupted: Interrupted) -> Option<Diagnosis> {
    let message = match interrupted {
        Interrupted::NotHere => return None,
        Interrupted::Ended(exit) if exit.is_success() => return None,
        Interrupted::Ended(exit) => {
            format!("Ctrl-C ended your server with {exit}; it must return Ok.")
        }
        Interrupted::Ignored => "Your server keeps running after Ctrl-C.".to_string(),
    };
    Some(Diagnosis::new(message).hint(
        "`serve_with_shutdown` takes a future: when that is done, the server stops accepting, lets \
         open calls finish, and returns.",
    ))
}
