//! The head and the foot of the screen: the lesson, what is in progress, what to do, and the keys.

use super::{DrawContext, server};
use crate::checker::Doing;
use crate::course::Lesson;
use crate::lab::{Model, Page, Prebuild, Question, RunScope, RunState};
use crate::learner::lesson_status::Tally;
use crate::screen::{Paint, building, fit, lesson};
use crate::text::on_one_line;
use crate::verdict::{LessonReport, Outcome};

/// The width of the bar of crates, in columns.
const BAR: usize = 20;

/// The head: how many lessons have passed, and the current one.
pub fn header(model: &Model, context: &DrawContext<'_>) -> String {
    let Tally {
        part,
        passed,
        lessons,
        ..
    } = model.tally();
    let of = part
        .name()
        .map_or(String::new(), |name| format!("{name}: "));
    let current = model.current();
    let title = format!(
        "Lesson {}: {}",
        current.number,
        on_one_line(&current.head.title)
    );
    // One column for each lesson.
    let bar = lesson::bar(passed, lessons, lessons, context.paint);
    let long = format!(" {bar}  {of}{passed} of {lessons} passed   ");
    let short = format!(" {passed}/{lessons} ");
    let fits = fit::width(&long) + fit::width(&title) <= context.columns;
    let before = if fits { long } else { short };
    let rest = context.columns.saturating_sub(fit::width(&before));
    format!("{before}{}", context.paint.strong(&fit::cut(&title, rest)))
}

/// The foot without the keys: the open question or the status, and below it the notice and the background work.
pub fn lines(model: &Model, context: &DrawContext<'_>) -> Vec<String> {
    let mut lines = vec![match question(model) {
        Some(question) => context.paint.notice(&question),
        None => status(model, context),
    }];
    lines.extend(notices(model, context));
    lines.extend(compiling(model, context));
    lines.iter().map(|line| format!(" {line}")).collect()
}

/// The open question, if there is one.
pub fn question(model: &Model) -> Option<String> {
    Some(ask(model, model.question?))
}

/// What the learner has to know beside the status.
pub fn notices(model: &Model, context: &DrawContext<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(notice) = &model.notice {
        lines.push(context.paint.notice(&on_one_line(notice)));
    }
    if let Some(server) = model.server.as_ref().filter(|_| model.page != Page::Server) {
        lines.push(server::in_one_line(&server.log, context));
    }
    if let Prebuild::Failed(error) = &model.prebuild {
        lines.push(context.paint.notice(&format!(
            "The crates for later lessons could not be compiled: {}",
            on_one_line(error)
        )));
    }
    if let Some(reason) = &model.polling {
        lines.push(context.paint.faint(&super::notices::polling(reason)));
    }
    lines
}

/// What is in progress, or what to do next.
pub fn status(model: &Model, context: &DrawContext<'_>) -> String {
    let paint = context.paint;
    match &model.run {
        RunState::Running { scope, step, .. } => {
            if let Some(result) = partial_result(model, context) {
                return result;
            }
            let what = self::scope(model, *scope);
            let step = step.map_or("starting".to_string(), |step| self::step(step, paint));
            return format!("{} Checking {what}: {step}", spinner(context));
        }
        RunState::Stopping { next, .. } => {
            let what = match next {
                Some(_) => "Checking your last save",
                None => "Stopping the previous check",
            };
            return format!("{} {what}", spinner(context));
        }
        RunState::Idle => {}
    }
    if model.check_error.is_some() {
        return format!(
            "{} Your code could not be checked. v shows why, r tries again.",
            paint.bad("!")
        );
    }
    match &model.verdict {
        Some(verdict) if verdict.report.outcome() == Outcome::Pass => {
            format!("{} {}", paint.good("✓ Passed."), what_next(model))
        }
        Some(_) if !model.verdict_fails() => format!(
            "{} {}",
            paint.good("✓ All that you have begun passes."),
            what_next(model)
        ),
        Some(verdict) => not_yet(model, &verdict.report.lessons, paint),
        None => match (location(model, paint), model.location_error()) {
            (Some(location), _) => format!("Write at {location} and save; saving checks it."),
            (None, Some(error)) => paint.bad(&on_one_line(&error.to_string())),
            (None, None) => "r checks this lesson.".to_string(),
        },
    }
}

/// The result of a run in progress, as soon as the current lesson has passed or any lesson is not right.
fn partial_result(model: &Model, context: &DrawContext<'_>) -> Option<String> {
    let (partial, paint) = (model.partial_verdict()?, context.paint);
    if partial.fails(model.current().id()) {
        return Some(not_yet(model, &partial.lessons, paint));
    }
    let current = model.current();
    if partial.of(current)?.outcome != Outcome::Pass {
        return None;
    }
    let passes = paint.good(&format!("✓ Lesson {} passes", current.number));
    Some(match remaining(&model.pending_lessons()) {
        Some(remaining) => format!("{passes}; {remaining}"),
        None => passes,
    })
}

/// What the run still has to do, if anything.
fn remaining(pending: &[&Lesson]) -> Option<String> {
    Some(match pending {
        [] => return None,
        [only] => match only.check.longest_wait() {
            None => format!("still checking lesson {}", only.number),
            Some((_, seconds)) => format!("waiting {seconds} s for lesson {}", only.number),
        },
        several => format!("still checking {} other lessons", several.len()),
    })
}

/// What a lesson is waiting for that the run has not finished.
pub fn pending(lesson: &Lesson) -> String {
    match lesson.check.longest_wait() {
        None => "checking".to_string(),
        Some((rpc, seconds)) => format!("waiting {seconds} s: {rpc} counts whole seconds"),
    }
}

/// Something is not right, and where to edit.
fn not_yet(model: &Model, lessons: &[LessonReport], paint: Paint) -> String {
    let what = match Outcome::of_lessons(lessons) {
        Outcome::Error if is_build_failure(lessons) => "! It does not compile yet.",
        Outcome::Error => "! Your code could not be checked.",
        Outcome::Pass | Outcome::Fail | Outcome::Skipped => "✗ Not yet.",
    };
    let edit = match (location(model, paint), model.location_error()) {
        (Some(location), _) => format!(" Edit {location} and save; o opens it."),
        (None, Some(error)) => format!(" {}.", on_one_line(&error.to_string())),
        (None, None) => String::new(),
    };
    format!("{}{edit}", paint.bad(what))
}

/// Where to edit.
fn location(model: &Model, paint: Paint) -> Option<String> {
    Some(paint.strong(&model.location()?.to_string()))
}

/// Whether a build has failed.
fn is_build_failure(lessons: &[LessonReport]) -> bool {
    let mut diagnoses = lessons
        .iter()
        .filter_map(|lesson| lesson.diagnosis.as_ref());
    diagnoses.any(|diagnosis| diagnosis.mistakes.contains(&"build-failed"))
}

/// What to do after a pass.
fn what_next(model: &Model) -> String {
    let current = model.current();
    if model.page == Page::Finish {
        return match model.next_lesson() {
            Some(next) => format!(
                "n goes on with lesson {}: {}.",
                next.number, next.head.title
            ),
            None => "The course is done.".to_string(),
        };
    }
    if model.is_done() && (!current.is_optional() || model.next_lesson().is_none()) {
        return "The course is done; n shows the end.".to_string();
    }
    let record = model.progress.of(current.id());
    match model.next_lesson().filter(|_| record.passed) {
        Some(next) => format!(
            "n goes on with lesson {}: {}.",
            next.number, next.head.title
        ),
        None => "l lists the lessons.".to_string(),
    }
}

/// What a run checks.
pub fn scope(model: &Model, scope: RunScope) -> String {
    match scope {
        RunScope::All => "all lessons".to_string(),
        RunScope::Lesson(lesson) => format!("lesson {}", model.course.lessons()[lesson].number),
    }
}

fn step(step: Doing, paint: Paint) -> String {
    match step {
        Doing::WaitingForCargo => building::WAITING_FOR_CARGO.to_string(),
        Doing::Building { done, total } => format!("building, {}", crates(done, total, paint)),
        Doing::Waiting(waiting) => building::words(waiting),
        Doing::Probing => "running the cases".to_string(),
    }
}

/// A bar of crates, and the numbers.
pub fn crates(done: u64, total: u64, paint: Paint) -> String {
    let count = |crates: u64| usize::try_from(crates).unwrap_or(usize::MAX / BAR);
    let bar = lesson::bar(count(done), count(total), BAR, paint);
    format!("{bar} {done} of {total} crates")
}

/// How far the compilation for later lessons is, if it goes on.
fn compiling(model: &Model, context: &DrawContext<'_>) -> Option<String> {
    match &model.prebuild {
        Prebuild::Running { done, total } if *total > 0 => Some(context.paint.faint(&format!(
            "Compiling the crates for later lessons while you read: {done} of {total}."
        ))),
        _ => None,
    }
}

fn ask(model: &Model, question: Question) -> String {
    match question {
        Question::Reset(lesson) => format!(
            "Reset lesson {}? Your code is kept, and u restores it. y/n",
            model.course.lessons()[lesson].number
        ),
        Question::ShowSolution => {
            "You have not tried this lesson yet. Show the solution anyway? y/n".to_string()
        }
        Question::WriteSolution => {
            "Write the solution into your files? Your code is kept, and u restores it. y/n"
                .to_string()
        }
    }
}

/// The current frame of the spinner.
pub fn spinner(context: &DrawContext<'_>) -> char {
    const FRAMES: [char; 8] = ['⠋', '⠙', '⠸', '⠴', '⠦', '⠇', '⠏', '⠛'];
    FRAMES[context.tick % FRAMES.len()]
}

/// The keys and what they do, on as few lines as they need.
pub fn keys(model: &Model, context: &DrawContext<'_>) -> Vec<String> {
    let mut keys = Vec::new();
    if matches!(model.page, Page::List { .. }) {
        keys.extend([
            ("↑↓", "select"),
            ("Enter", "open"),
            ("x", "reset"),
            ("m", "skip"),
            ("Esc", "back"),
        ]);
    } else {
        if model.may_go_on() {
            keys.push(("n", "next"));
        }
        match model.answers() {
            0 => {}
            1 => keys.push(("1", "answer")),
            2 => keys.push(("1 2", "answer")),
            _ => keys.push(("1 2 3", "answer")),
        }
        keys.extend([
            ("c", "check all"),
            ("r", "recheck"),
            ("h", "hint"),
            ("s", "solution"),
        ]);
        if model.page == Page::Solution {
            keys.push(("w", "write it"));
        }
        // Side by side, both are there already: the key moves to the other one.
        let is_wide = context.columns >= super::SIDE_BY_SIDE;
        keys.push(match model.page {
            Page::Text if is_wide => ("v", "scroll verdict"),
            Page::Text => ("v", "verdict"),
            Page::Verdict if is_wide => ("t", "scroll text"),
            _ => ("t", "text"),
        });
        keys.push(match model.page {
            Page::Server if model.server.is_some() => ("p", "stop it"),
            _ => ("p", "server"),
        });
        keys.extend([
            ("l", "list"),
            ("g", "glossary"),
            ("o", "open"),
            ("x", "reset"),
            ("u", "undo"),
        ]);
    }
    keys.extend([("?", "help"), ("q", "quit")]);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for (key, what) in keys {
        let width = fit::width(key) + fit::width(what) + 3;
        if used > 0 && used + width > context.columns {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(&format!(" {} {what} ", context.paint.code(key)));
        }
        used += width;
    }
    lines
}
