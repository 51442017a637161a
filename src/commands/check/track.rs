//! `check` without an address: a track.

use std::path::Path;

use super::{Exit, Lab, Problem, options, show};
use crate::checker::record::{self, Recorded};
use crate::checker::{TrackCheck, locate};
use crate::cli::CheckArgs;
use crate::course::{Course, Lesson, Part, Selection, Track};
use crate::learner::{Progress, fingerprint, lesson_status};
use crate::screen::check::ToChange;
use crate::screen::lab::notices;
use crate::screen::{self, Canvas, building::Activity};
use crate::verdict::{CheckReport, Outcome, report as reports};

/// How often a check begins anew because files were saved while it ran.
const MOST_TRIES: usize = 3;

/// Checks lessons, reports, and records what was passed.
///
/// # Errors
///
/// If nothing can be checked: no lab, no cargo, no such lesson, files that cannot be used or that change
/// again and again.
pub async fn check(lessons: Option<&Path>, args: &CheckArgs) -> Result<Exit, Problem> {
    let lab = Lab::open(lessons)?;
    let selection = select(&lab, args)?;
    let check = TrackCheck {
        code: options::track(args, &lab),
        setting: options::setting(args)?,
    };
    if fingerprint::is_cut_off(&lab.folder) {
        screen::print_error(&format!("warning: {}", notices::too_many_files()));
    }
    let mut report = check_at_rest(&check, &lab, &selection).await?;
    if args.track == Track::StartHere && ends_the_course(&lab, &report)? {
        // What an earlier lesson asks for may be broken since it passed.
        screen::print_error("All lessons have passed. Checking all of them once more.");
        let selection = select_all(&lab, args.track);
        report = check_at_rest(&check, &lab, &selection).await?;
    }
    let command = format!("{} check", screen::invocation());
    show::report(args, &report, &command, Some(&lab))?;
    if args.track == Track::StartHere && args.format.is_for_people() {
        screen::print(&what_was_learned(&lab, &selection, &report));
        screen::print(&what_next(&lab, &report)?);
    }
    Ok(show::exit(&report))
}

/// Whether the course is finished with this report, and was not before, and the report is not on all of it.
fn ends_the_course(lab: &Lab, report: &CheckReport) -> Result<bool, Problem> {
    let is_finished = |progress: &Progress| {
        let mut codelab = lab.course.part(Part::Codelab);
        codelab.all(|lesson| progress.passed(lesson.id()))
    };
    let is_in = |lesson: &Lesson| report.lessons.iter().any(|r| r.lesson == lesson.id());
    let is_on_all = lab.course.part(Part::Codelab).all(is_in);
    let may_end = report.outcome() == Outcome::Pass && !is_on_all && !is_finished(&lab.progress);
    Ok(may_end && is_finished(&lab.store.load()?.progress))
}

/// A report on files that did not change while it was made, which is recorded if they are the learner's. If
/// they do change, the check begins anew.
async fn check_at_rest(
    check: &TrackCheck,
    lab: &Lab,
    selection: &Selection<'_>,
) -> Result<CheckReport, Problem> {
    for left in (0..MOST_TRIES).rev() {
        let verdict = {
            let listener = &Activity::start();
            check.run(&lab.course, selection, listener).await?
        };
        if check.code.track == Track::Completed {
            return Ok(verdict.report);
        }
        let (store, folder) = (&lab.store, &lab.folder);
        // Rewritten with the same contents each time: that is a build script, and not an editor.
        let holds = verdict.holds() || (left == 0 && verdict.same_contents());
        if holds
            && let Recorded::Yes(_) = record::record(
                store,
                folder,
                selection,
                &verdict.report,
                verdict.after,
                true,
            )?
        {
            return Ok(verdict.report);
        }
        screen::print_error("You saved a file during the check. Checking again.");
    }
    Err(Problem::new(
        Exit::CouldNot,
        format!(
            "files in start_here change while they are being checked, {MOST_TRIES} times in a row"
        ),
        "Does a program write there again and again? Stop it, and check again. Nothing has been recorded.",
    ))
}

fn select<'a>(lab: &'a Lab, args: &CheckArgs) -> Result<Selection<'a>, Problem> {
    if !args.lessons.is_empty() {
        return Ok(Selection::named(&lab.course, &args.lessons)?);
    }
    let current = lab.current();
    Ok(
        match current.filter(|_| !args.all && args.track == Track::StartHere) {
            Some(current) => Selection::around(&lab.course, current, begun(lab, args.track)),
            None => select_all(lab, args.track),
        },
    )
}

fn select_all(lab: &Lab, track: Track) -> Selection<'_> {
    Selection::all(&lab.course, begun(lab, track))
}

fn begun(lab: &Lab, track: Track) -> impl Fn(&Lesson) -> bool {
    move |lesson| track == Track::Completed || lab.progress.of(lesson.id()).is_begun()
}

/// What the lesson has taught that was checked, if it has passed: for the first time, or it was named alone.
fn what_was_learned(lab: &Lab, selection: &Selection<'_>, report: &CheckReport) -> String {
    let [asked] = selection.asked.as_slice() else {
        return String::new();
    };
    let lesson = lab
        .course
        .lessons()
        .iter()
        .find(|lesson| lesson.id() == *asked);
    let is_new = !lab.progress.passed(asked) || selection.lessons.len() == 1;
    match lesson.filter(|_| is_new && report.outcome() == Outcome::Pass) {
        Some(lesson) => {
            screen::lesson::learned_and_asked(lesson, screen::invocation(), Canvas::stdout())
        }
        None => String::new(),
    }
}

/// What to do now, in a line or two.
fn what_next(lab: &Lab, report: &CheckReport) -> Result<String, Problem> {
    let program = screen::invocation();
    let canvas = Canvas::stdout();
    if report.outcome() != Outcome::Pass {
        let change = match locate::first_to_change(&lab.folder, &lab.course, report) {
            Some(Ok(location)) => ToChange::Line(location),
            Some(Err(error)) => ToChange::Missing {
                what: error.to_string(),
                lesson: reports::first_wrong(&report.lessons)
                    .filter(|_| error.lacks_place())
                    .map(|lesson| lesson.lesson.clone()),
            },
            None => ToChange::AsReported,
        };
        return Ok(screen::check::try_again(&change, program, canvas));
    }
    let progress = lab.store.load()?.progress;
    let mut codelab = lab.course.part(Part::Codelab);
    Ok(match codelab.find(|lesson| !progress.passed(lesson.id())) {
        Some(next) => {
            let left_out = left_out(&lab.course, report);
            let tally = lesson_status::tally(Part::Codelab, &lab.course, &progress);
            screen::check::moved_on(tally, next, left_out, program, canvas)
        }
        None => format!(
            "\n{}",
            screen::lesson::finished(&lab.course, &progress, program, canvas)
        ),
    })
}

/// The first and the last of the codelab's lessons before those of a report that are not in it.
fn left_out(course: &Course, report: &CheckReport) -> Option<(usize, usize)> {
    let is_in = |lesson: &Lesson| {
        report
            .lessons
            .iter()
            .any(|other| other.lesson == lesson.id())
    };
    let lessons: Vec<&Lesson> = course.part(Part::Codelab).collect();
    let last = lessons.iter().rposition(|lesson| is_in(lesson))?;
    let mut missing = lessons[..last]
        .iter()
        .filter(|lesson| !is_in(lesson))
        .map(|l| l.number);
    let first = missing.next()?;
    Some((first, missing.next_back().unwrap_or(first)))
}
