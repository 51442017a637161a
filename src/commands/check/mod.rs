//! `check`: a server or a client, judged over the wire.

mod options;
mod show;
mod track;

use std::path::Path;
use std::time::Instant;

pub use options::{codelabs_database, load_database};

use super::{Exit, Lab, Problem, course};
use crate::checker::{Check, CheckError, Subject, provenance};
use crate::cli::CheckArgs;
use crate::process;
use crate::screen::{self, building::Activity};

/// Checks, reports, and records what the learner has passed.
///
/// # Errors
///
/// If nothing can be checked: no lab, no cargo, no such host, no such lesson, files that cannot be used.
pub async fn run(lessons: Option<&Path>, args: &CheckArgs) -> Result<Exit, Problem> {
    let foreign = options::foreign(args)?;
    let _bracket = show::Bracket::open(args.format);
    end_left_behind();
    let result = match &foreign {
        Some(subject) => check_foreign(lessons, args, subject).await,
        None => track::check(lessons, args).await,
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
async fn check_foreign(
    lessons: Option<&Path>,
    args: &CheckArgs,
    subject: &Subject,
) -> Result<Exit, Problem> {
    let started = Instant::now();
    let course = course(lessons)?;
    let lessons = options::lessons(args, subject, &course)?;
    let setting = options::setting(args)?;
    let checked = {
        let check = Check {
            setting: &setting,
            subject,
            course: &course,
            lessons_are_named: !args.lessons.is_empty(),
            prepared: None,
            unused: &[],
            listener: &Activity::start(),
        };
        check.run(&lessons).await?
    };
    let mut report = checked.report(setting.seed, started.elapsed(), subject);
    report.notes.extend(provenance::of_course(&course));
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
            CheckError::OtherBuild => (
                Exit::CouldNot,
                "Another cargo may build here again and again; stop it, and check again. If it does not, run \
                 `cargo clean -p start_here` and check again.",
            ),
            CheckError::StoodStill => (
                Exit::CouldNot,
                "Was it stopped, or did the computer sleep or run out of memory? Check again. Nothing has been recorded.",
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
