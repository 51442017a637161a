//! `check`: what the learner has written, judged over the wire.

use std::time::{Duration, Instant};

use super::{Exit, Lab, Problem, check_any, check_client};
use crate::checker::{self, CheckError, Code, Setting};
use crate::cli::{CheckArgs, Format};
use crate::contract::Database;
use crate::course::{Lesson, Part, Track, files};
use crate::learner::work;
use crate::report::runner::Runner;
use crate::screen::{self, Canvas, building::Activity};
use crate::verdict::{CheckReport, LessonReport, Outcome};
use crate::{process, report, text};

/// Checks lessons, reports, and records what was passed.
///
/// # Errors
///
/// If nothing can be checked: no lab, no cargo, no such lesson, files that cannot be used.
pub async fn run(args: &CheckArgs) -> Result<Exit, Problem> {
    let (result, target) = match (&args.addr, &args.client) {
        (Some(addr), Some(command)) => {
            let result = check_client::check(args, command, addr).await;
            (result, addr.to_string())
        }
        (Some(addr), None) => (check_any::check(args, addr).await, addr.to_string()),
        (None, _) => (check(args).await, args.track.name().to_string()),
    };
    if let Err(problem) = &result {
        show_problem(args, &target, &problem.to_string());
    }
    result
}

/// Says in the format that was asked for why nothing could be checked. In words, it is said in the end.
fn show_problem(args: &CheckArgs, target: &str, message: &str) {
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

async fn check(args: &CheckArgs) -> Result<Exit, Problem> {
    let started = Instant::now();
    let lab = Lab::open()?;
    let selection = select(&lab, args)?;
    let database_file =
        process::files::temporary("route_guide_db", files::DATABASE).map_err(|error| {
            Problem::new(
                Exit::CouldNot,
                format!("cannot write a temporary file: {error}"),
                "Is the disk full, or the folder for temporary files not writable?",
            )
        })?;
    let human = args.format == Format::Human;
    let setting = setting(args, codelabs_database()?);
    let code = Code {
        folder: lab.folder.clone(),
        track: args.track,
        database_file: database_file.path().to_path_buf(),
        colour: human && Canvas::stdout().paint.is_on(),
    };
    let checked = {
        let activity = Activity::start();
        let watch = &mut |doing| activity.show(doing);
        checker::check(&setting, &code, &lab.course, &selection.lessons, watch).await?
    };
    let report = CheckReport {
        seed: setting.seed,
        duration: started.elapsed(),
        target: args.track.name().to_string(),
        lessons: checked.lessons,
        warnings: checked.warnings,
        notes: checked.notes,
    };
    let command = format!("{} check", screen::invocation());
    show(args, &report, &command, Some(&lab))?;
    if args.track == Track::StartHere {
        record(&lab, &selection, &report)?;
        if human {
            screen::print(&what_next(&lab, &report)?);
        }
    }
    Ok(exit(&report))
}

/// How everything is checked that the arguments ask for.
pub fn setting(args: &CheckArgs, database: Database) -> Setting {
    Setting {
        database,
        seed: args.seed.unwrap_or_else(|| fastrand::u64(..1_000_000)),
        patience: Duration::from_secs(args.timeout),
    }
}

/// The features that the binary carries.
///
/// # Errors
///
/// None in a binary that passes its tests.
pub fn codelabs_database() -> Result<Database, Problem> {
    Database::from_json(files::DATABASE).map_err(|error| {
        let what = format!("the codelab's database: {error}");
        Problem::new(Exit::CouldNot, what, "")
    })
}

/// Prints a report in the format that is asked for. `command` repeats the check; `lab` is the one that
/// was checked, if it was the lab's own code.
///
/// # Errors
///
/// If a machine's format cannot be written.
pub(super) fn show(
    args: &CheckArgs,
    report: &CheckReport,
    command: &str,
    lab: Option<&Lab>,
) -> Result<(), Problem> {
    match args.format {
        Format::Human => {
            let canvas = Canvas::stdout();
            if args.trace {
                screen::print(&text::inert(&screen::check::trace(report, canvas)));
            }
            let learner = lab.filter(|_| args.track == Track::StartHere);
            let passed_before = |lesson: &LessonReport| {
                learner.is_some_and(|lab| lab.progress.passed(&lesson.lesson))
            };
            let text = screen::check::draw(report, passed_before, command, canvas);
            screen::print(&text::inert(&text));
        }
        Format::Json => screen::print(&report::json::render(report).map_err(unwritable)?),
        Format::Junit => screen::print(&report::junit::render(report).map_err(unwritable)?),
        Format::Github => {
            let runner = Runner::from_environment();
            runner.report(report, |lesson| {
                let lab = lab?;
                let (file, line) = place_to_annotate(lab, args.track, lesson)?;
                Some((runner.path_in_repository(lab.folder.root(), &file), line))
            });
        }
    }
    Ok(())
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

/// What is checked.
struct Selection<'a> {
    lessons: Vec<&'a Lesson>,
    /// Those that were asked for; the others come along because they share the build.
    asked: Vec<&'a str>,
}

fn select<'a>(lab: &'a Lab, args: &CheckArgs) -> Result<Selection<'a>, Problem> {
    let all = lab.course.lessons();
    if !args.lessons.is_empty() {
        let mut lessons: Vec<&Lesson> = Vec::new();
        for word in &args.lessons {
            let lesson = lab.course.find(word)?;
            if !lessons.iter().any(|other| other.number == lesson.number) {
                lessons.push(lesson);
            }
        }
        lessons.sort_by_key(|lesson| lesson.number);
        let asked = lessons.iter().map(|lesson| lesson.id()).collect();
        return Ok(Selection { lessons, asked });
    }
    match lab
        .current()
        .filter(|_| !args.all && args.track == Track::StartHere)
    {
        Some(current) => {
            // The .proto belongs to every build; a later part builds on its own lessons besides.
            let shares = |part: Part| part == Part::Proto || part == current.part();
            let lessons = all
                .iter()
                .filter(|lesson| lesson.number <= current.number && shares(lesson.part()))
                .collect();
            Ok(Selection {
                lessons,
                asked: vec![current.id()],
            })
        }
        None => Ok(Selection {
            lessons: all.iter().collect(),
            asked: all.iter().map(Lesson::id).collect(),
        }),
    }
}

/// Records what has been found out. A lesson that could not be checked stays as it was, and one that
/// has not been begun has not been tried.
fn record(lab: &Lab, selection: &Selection<'_>, report: &CheckReport) -> Result<(), Problem> {
    let tried = |report: &LessonReport| {
        let lesson = selection
            .lessons
            .iter()
            .find(|other| other.id() == report.lesson);
        lesson.is_some_and(|lesson| {
            let begun = match lesson.head.files.as_slice() {
                // It has no place to write in: to have been run is to have been tried.
                [] => !report.cases.is_empty(),
                _ => work::touched(&lab.folder, lesson),
            };
            begun && selection.asked.contains(&lesson.id())
        })
    };
    lab.store.update(|progress| {
        for lesson in &report.lessons {
            if tried(lesson) {
                progress.note_attempt(&lesson.lesson);
            }
            match lesson.outcome {
                Outcome::Pass => progress.note_verdict(&lesson.lesson, true),
                Outcome::Fail => progress.note_verdict(&lesson.lesson, false),
                Outcome::Error | Outcome::Skipped => {}
            }
        }
    })?;
    Ok(())
}

/// Where the first lesson that is not right is to be changed.
fn place_to_edit(lab: &Lab, report: &CheckReport) -> Option<String> {
    let is_open = |lesson: &&LessonReport| matches!(lesson.outcome, Outcome::Fail | Outcome::Error);
    let open = report.lessons.iter().find(is_open)?;
    if let Some((file, line)) = open
        .diagnosis
        .as_ref()
        .and_then(|found| found.edit.as_ref())
    {
        return Some(format!("{file}:{line}"));
    }
    let lesson = lab.course.find(&open.lesson).ok()?;
    match work::spots(&lab.folder, lesson) {
        Ok(spots) => spots
            .first()
            .map(|spot| format!("{}:{}", spot.file, spot.line)),
        Err(error) => Some(error.to_string()),
    }
}

/// Where a lesson that is not right is to be changed, as an annotation needs it: a file that is there,
/// from the lab's root, and a line.
fn place_to_annotate(lab: &Lab, track: Track, report: &LessonReport) -> Option<(String, usize)> {
    let found = report.diagnosis.as_ref();
    let edit = found.and_then(|found| found.edit.clone());
    let place = found.and_then(|found| found.place.as_ref());
    let place = place.map(|place| (place.file.clone(), place.line));
    let spot = || {
        let lesson = lab.course.find(&report.lesson).ok()?;
        let spots = work::spots(&lab.folder, lesson).ok()?;
        let spot = spots.into_iter().next()?;
        Some((spot.file, spot.line))
    };
    // A panic may name a file of the standard library's.
    let is_ours = |(file, _): &(String, usize)| lab.folder.file(file).is_file();
    let known = edit.filter(is_ours).or_else(|| place.filter(is_ours));
    known.or_else(|| spot().filter(|_| track == Track::StartHere))
}

/// What to do now, in a line or two.
fn what_next(lab: &Lab, report: &CheckReport) -> Result<String, Problem> {
    let program = screen::invocation();
    let canvas = Canvas::stdout();
    if report.outcome() != Outcome::Pass {
        let place = place_to_edit(lab, report);
        return Ok(screen::check::try_again(place.as_deref(), program, canvas));
    }
    let progress = lab.store.load()?.progress;
    let lessons = lab.course.lessons();
    let passed = lessons
        .iter()
        .filter(|lesson| progress.passed(lesson.id()))
        .count();
    let next = lessons.iter().find(|lesson| !progress.passed(lesson.id()));
    Ok(match next {
        Some(next) => {
            let left_out = left_out(lessons, report);
            screen::check::moved_on(passed, lessons.len(), next, left_out, program, canvas)
        }
        None => format!(
            "\n{}",
            screen::lesson::finished(lessons.len(), program, canvas)
        ),
    })
}

/// The first and the last of the lessons before those of a report that are not in it.
fn left_out(lessons: &[Lesson], report: &CheckReport) -> Option<(usize, usize)> {
    let is_in = |lesson: &Lesson| {
        report
            .lessons
            .iter()
            .any(|other| other.lesson == lesson.id())
    };
    let last = lessons.iter().rposition(is_in)?;
    let mut missing = lessons[..last]
        .iter()
        .filter(|lesson| !is_in(lesson))
        .map(|l| l.number);
    let first = missing.next()?;
    Some((first, missing.next_back().unwrap_or(first)))
}

impl From<CheckError> for Problem {
    fn from(error: CheckError) -> Problem {
        let (exit, next) = match &error {
            CheckError::NoCargo(_) => (
                Exit::CouldNot,
                "The lab builds your code with cargo. Install Rust from https://rustup.rs, \
                 or add cargo to your PATH.",
            ),
            CheckError::Address { .. } => (
                Exit::Usage,
                "An address is a host and a port, such as 127.0.0.1:50051.",
            ),
            CheckError::System { .. } => (
                Exit::CouldNot,
                "This is the machine's doing, not your code's. Try again.",
            ),
        };
        Problem::new(exit, &error, next)
    }
}
