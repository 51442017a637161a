//! `check` without an address: the learner's own code, or the finished track's.

use std::time::Instant;

use super::{Exit, Lab, Problem, asked, show};
use crate::checker::{self, Code};
use crate::cli::{CheckArgs, Format};
use crate::course::{Lesson, Part, Track, files};
use crate::learner::work;
use crate::process;
use crate::screen::{self, Canvas, building::Activity};
use crate::verdict::{CheckReport, LessonReport, Outcome};

/// Checks lessons, reports, and records what was passed.
///
/// # Errors
///
/// If nothing can be checked: no lab, no cargo, no such lesson, files that cannot be used.
pub async fn check(args: &CheckArgs) -> Result<Exit, Problem> {
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
    let setting = asked::setting(args)?;
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
    let target = args.track.name().to_string();
    let report = checked.report(setting.seed, started.elapsed(), target);
    let command = format!("{} check", screen::invocation());
    show::report(args, &report, &command, Some(&lab))?;
    if args.track == Track::StartHere {
        record(&lab, &selection, &report)?;
        if human {
            screen::print(&what_next(&lab, &report)?);
        }
    }
    Ok(show::exit(&report))
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
