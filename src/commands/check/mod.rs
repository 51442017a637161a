//! `check`: a server or a client, judged over the wire.

mod options;
mod show;
mod track;

use std::time::Instant;

pub use options::codelabs_database;

use super::{Exit, Lab, Problem};
use crate::checker::{Check, CheckError, Subject};
use crate::cli::CheckArgs;
use crate::process;
use crate::screen::{self, building::Activity};

/// Checks, reports, and records what the learner has passed.
///
/// # Errors
///
/// If nothing can be checked: no lab, no cargo, no such host, no such lesson, files that cannot be used.
pub async fn run(args: &CheckArgs) -> Result<Exit, Problem> {
    let foreign = options::foreign(args)?;
    let _bracket = show::Bracket::open(args.format);
    end_left_behind();
    let result = match &foreign {
        Some(subject) => check_foreign(args, subject).await,
        None => track::check(args).await,
    };
    if let Err(problem) = &result {
        let track = || args.track.name().to_string();
        let target = foreign.as_ref().map_or_else(track, Subject::name);
        show::problem(args, &target, &problem.to_string());
    }
    result
}

/// Ends what a lab that was killed has left running: it may hold an address or a lock that this check needs.
fn end_left_behind() {
    let ended = process::end_left_behind();
    if !ended.is_empty() {
        let notice = screen::lab::notices::ended_left_behind(&ended);
        screen::print_error(&format!("note: {notice}"));
    }
}

/// Checks a server or a client that is not a track's, and reports. Nothing is recorded: it is not the learner's work.
async fn check_foreign(args: &CheckArgs, subject: &Subject) -> Result<Exit, Problem> {
    let started = Instant::now();
    let course = options::course()?;
    let lessons = options::lessons(args, subject, &course)?;
    let setting = options::setting(args)?;
    let checked = {
        let check = Check {
            setting: &setting,
            subject,
            course: &course,
            lessons_are_named: !args.lessons.is_empty(),
            never_awaited: &[],
            listener: &Activity::start(),
        };
        check.run(&lessons).await?
    };
    let report = checked.report(setting.seed, started.elapsed(), subject);
    show::foreign(args, &report)
}

impl From<CheckError> for Problem {
    fn from(error: CheckError) -> Problem {
        let (exit, next) = match &error {
            CheckError::NoCargo(_) => (
                Exit::CouldNot,
                "The lab builds your code with cargo. Install Rust from https://rustup.rs, \
                 or add cargo to your PATH.",
            ),
            CheckError::Store(_) => (
                Exit::CouldNot,
                "The lab must be able to write there. Nothing has been recorded.",
            ),
            CheckError::Address { .. } => (
                Exit::Usage,
                "An address is a host and a port, such as 127.0.0.1:50051.",
            ),
            CheckError::System { .. } => (
                Exit::CouldNot,
                "The cause is this machine, not your code. Try again.",
            ),
        };
        Problem::new(exit, &error, next)
    }
}
