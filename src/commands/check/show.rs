//! Showing what a check has found, in the format that was asked for.

use super::{Exit, Lab, Problem};
use crate::cli::{CheckArgs, Format};
use crate::course::Track;
use crate::learner::work;
use crate::location::Location;
use crate::report::runner::Runner;
use crate::screen::check::{self, Around};
use crate::screen::{self, Canvas};
use crate::verdict::{CheckReport, LessonReport, Outcome};
use crate::{report, text};

/// Says in the format that was asked for why nothing could be checked. In words, it is said in the end.
pub fn problem(args: &CheckArgs, target: &str, message: &str) {
    match args.format {
        Format::Human => {}
        Format::Json => {
            if let Ok(text) = report::json::render_problem(target, message) {
                screen::print(&text);
            }
        }
        Format::Junit => {
            if let Ok(text) = report::junit::render_problem(target, message) {
                screen::print(&text);
            }
        }
        Format::Github => Runner::from_environment().report_problem(message),
    }
}

/// Prints a report in the format that is asked for. `command` repeats the check; `lab` is the one that
/// was checked, if it was the lab's own code.
///
/// # Errors
///
/// If a machine's format cannot be written.
pub fn report(
    args: &CheckArgs,
    report: &CheckReport,
    command: &str,
    lab: Option<&Lab>,
) -> Result<(), Problem> {
    match args.format {
        Format::Human => {
            let canvas = Canvas::stdout();
            if args.trace {
                screen::print(&text::inert(&check::trace(report, canvas)));
            }
            let learner = lab.filter(|_| args.track == Track::StartHere);
            let passed_before = |lesson: &LessonReport| {
                learner.is_some_and(|lab| lab.progress.passed(&lesson.lesson))
            };
            let around = Around {
                passed_before: &passed_before,
                command,
                canvas,
            };
            let text = check::draw(report, around);
            screen::print(&text::inert(&text));
        }
        Format::Json => screen::print(&report::json::render(report).map_err(unwritable)?),
        Format::Junit => screen::print(&report::junit::render(report).map_err(unwritable)?),
        Format::Github => {
            let runner = Runner::from_environment();
            runner.report(report, |lesson| {
                let lab = lab?;
                let Location { file, line } = location_to_annotate(lab, args.track, lesson)?;
                let file = runner.path_in_repository(lab.folder.root(), &file);
                Some(Location { file, line })
            });
        }
    }
    Ok(())
}

/// Prints a report on what somebody else has written, for people with a last line: `last_line` is told
/// whether all is right. `again` repeats the check. Gives the exit code.
///
/// # Errors
///
/// If a machine's format cannot be written.
pub fn report_on_target(
    args: &CheckArgs,
    found: &CheckReport,
    again: &str,
    last_line: impl FnOnce(bool, Canvas) -> String,
) -> Result<Exit, Problem> {
    report(args, found, again, None)?;
    if args.format == Format::Human {
        let passed = found.outcome() == Outcome::Pass;
        screen::print(&last_line(passed, Canvas::stdout()));
    }
    Ok(exit(found))
}

fn unwritable(error: impl std::fmt::Display) -> Problem {
    let what = format!("cannot write the report: {error}");
    Problem::new(Exit::CouldNot, what, "")
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
