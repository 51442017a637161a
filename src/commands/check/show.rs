//! Showing what a check has found, in the format that was asked for.

use super::{Exit, Lab, Problem, options};
use crate::cli::CheckArgs;
use crate::course::Track;
use crate::learner::work;
use crate::location::Location;
use crate::report::{Context, ReportError, Reporter};
use crate::screen::{self, Canvas};
use crate::verdict::{CheckReport, LessonReport, Outcome};

/// What a format prints before the check and, if that is interrupted, after it.
pub struct Bracket(&'static dyn Reporter);

impl Bracket {
    /// Prints what comes before the check.
    pub fn open(format: &'static dyn Reporter) -> Bracket {
        if let Some(text) = format.beginning() {
            screen::print(&text);
        }
        Bracket(format)
    }
}

impl Drop for Bracket {
    fn drop(&mut self) {
        if let Some(text) = self.0.interrupted().filter(|text| !text.is_empty()) {
            screen::print(&text);
        }
    }
}

/// Prints why nothing could be checked, in the format that was asked for. People read it on standard error, where it
/// is printed in any format.
pub fn problem(args: &CheckArgs, target: &str, message: &str) {
    match args.format.problem(target, message) {
        Ok(text) => screen::print(&text),
        Err(error) => screen::print_error(&format!("error: {error}")),
    }
}

/// Prints a report in the format that was asked for. `command` repeats the check; `lab` is the one that
/// was checked, if it was a track.
///
/// # Errors
///
/// If the report cannot be written.
pub fn report(
    args: &CheckArgs,
    report: &CheckReport,
    command: &str,
    lab: Option<&Lab>,
) -> Result<(), Problem> {
    let learner = lab.filter(|_| args.track == Track::StartHere);
    let context = Context {
        command,
        trace: args.trace,
        passed_before: &|lesson| learner.is_some_and(|lab| lab.progress.passed(&lesson.lesson)),
        locate: &|lesson| location_to_annotate(lab?, args.track, lesson),
        folder: lab.map(|lab| lab.folder.root()),
    };
    screen::print(&args.format.report(report, &context)?);
    Ok(())
}

/// Prints a report on a server or a client that is not a track's, for people with a last line. Returns the exit code.
///
/// # Errors
///
/// If the report cannot be written.
pub fn foreign(args: &CheckArgs, found: &CheckReport) -> Result<Exit, Problem> {
    let again = options::again(args);
    report(args, found, &again, None)?;
    if args.format.is_for_people() {
        let passed = found.outcome() == Outcome::Pass;
        let canvas = Canvas::stdout();
        screen::print(&match &args.client {
            Some(client) => screen::check::of_client(passed, client, &again, canvas),
            None => screen::check::of_server(passed, &found.target, &again, canvas),
        });
    }
    Ok(exit(found))
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Problem {
        Problem::new(Exit::CouldNot, error, "")
    }
}

/// The exit code for a report.
pub fn exit(report: &CheckReport) -> Exit {
    match report.outcome() {
        Outcome::Pass => Exit::Passed,
        Outcome::Fail | Outcome::Skipped => Exit::NotYet,
        Outcome::Error => Exit::CouldNot,
    }
}

/// Where a lesson that is not right is to be changed, as an annotation needs it: in a file that exists, named from
/// the lab's root.
fn location_to_annotate(lab: &Lab, track: Track, report: &LessonReport) -> Option<Location> {
    let found = report.diagnosis.as_ref();
    let to_change = found.and_then(|found| found.location.clone());
    let shown = found.and_then(|found| Some(found.excerpt.as_ref()?.location.clone()));
    let of_lesson = || {
        let lesson = lab.course.find(&report.lesson).ok()?;
        let regions = work::regions(&lab.folder, lesson).ok()?;
        Some(regions.into_iter().next()?.location)
    };
    // A panic may name a file of the standard library's.
    let is_ours = |location: &Location| lab.folder.file(&location.file).is_file();
    let known = to_change.filter(is_ours).or_else(|| shown.filter(is_ours));
    known.or_else(|| of_lesson().filter(|_| track == Track::StartHere))
}
