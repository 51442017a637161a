//! The head and the foot of the interactive lab: where the learner is, what is going on, what the keys do.

use super::{Stage, is_list};
use crate::checker::Doing;
use crate::course::Lesson;
use crate::lab::{Page, Question, Run, Scope, State, Warm};
use crate::screen::{Paint, building, fit, lesson};
use crate::text::on_one_line;
use crate::verdict::{LessonReport, Outcome};

/// How wide a bar of crates is.
const BAR: usize = 20;

/// The course in one line.
pub fn header(state: &State, stage: &Stage<'_>) -> String {
    let (passed, lessons) = (state.passed(), state.course.lessons().len());
    let current = state.current();
    let title = format!(
        "Lesson {}: {}",
        current.number,
        on_one_line(&current.head.title)
    );
    // One column for each lesson.
    let bar = lesson::bar(passed, lessons, lessons, stage.paint);
    let long = format!(" {bar}  {passed} of {lessons} passed   ");
    let short = format!(" {passed}/{lessons} ");
    let fits = fit::width(&long) + fit::width(&title) <= stage.columns;
    let before = if fits { long } else { short };
    let room = stage.columns.saturating_sub(fit::width(&before));
    format!("{before}{}", stage.paint.strong(&fit::cut(&title, room)))
}

/// What is going on or is to be done, and below it what else is worth a line.
pub fn messages(state: &State, stage: &Stage<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    match &state.question {
        Some(question) => lines.push(stage.paint.notice(&asked(state, *question))),
        None => lines.push(now(state, stage)),
    }
    if let Some(notice) = &state.notice {
        lines.push(stage.paint.notice(&on_one_line(notice)));
    }
    if let Some(line) = warming(state, stage) {
        lines.push(line);
    }
    if let Some(why) = &state.polling {
        let line = format!("Your files are looked at four times a second, {why}.");
        lines.push(stage.paint.faint(&on_one_line(&line)));
    }
    lines.iter().map(|line| format!(" {line}")).collect()
}

fn now(state: &State, stage: &Stage<'_>) -> String {
    let paint = stage.paint;
    match &state.run {
        Run::Going { scope, doing, .. } => {
            if let Some(words) = so_far(state, stage) {
                return words;
            }
            let what = self::scope(state, *scope);
            let doing = doing.map_or("beginning".to_string(), |doing| words(doing, paint));
            return format!("{} Checking {what}: {doing}", spinner(stage));
        }
        Run::Ending { next, .. } => {
            let what = next.map_or("Stopping the check before it".to_string(), |_| {
                "Checking what you saved last".to_string()
            });
            return format!("{} {what}", spinner(stage));
        }
        Run::Idle => {}
    }
    if state.trouble.is_some() {
        return format!(
            "{} Could not be checked: v says why, r tries again.",
            paint.bad("!")
        );
    }
    match &state.verdict {
        Some(verdict) if verdict.report.outcome() == Outcome::Pass => {
            format!("{} {}", paint.good("✓ Passed."), what_next(state))
        }
        Some(verdict) => not_yet(state, &verdict.report.lessons, paint),
        None => match place(state, paint) {
            Some(place) => format!("Write at {place} and save: it is checked at once. o opens it."),
            None => match state.lost_place() {
                Some(problem) => paint.bad(&on_one_line(problem)),
                None => "r runs it.".to_string(),
            },
        },
    }
}

/// What a run that is still going on has found out about the lesson at hand, or what is wrong in any.
fn so_far(state: &State, stage: &Stage<'_>) -> Option<String> {
    let (so_far, paint) = (state.so_far()?, stage.paint);
    if so_far.is_wrong() {
        return Some(not_yet(state, &so_far.lessons, paint));
    }
    let current = state.current();
    let passes = so_far.of(current)?.outcome == Outcome::Pass;
    passes.then(|| {
        let words = paint.good(&format!("✓ Lesson {} passes", current.number));
        still(&state.awaited()).map_or(words.clone(), |still| format!("{words}; still {still}"))
    })
}

/// What has to be waited for, if there is anything.
fn still(awaited: &[&Lesson]) -> Option<String> {
    Some(match awaited {
        [] => return None,
        [only] => match only.check.paced_seconds() {
            0 => format!("checking lesson {}", only.number),
            1 => format!("counting lesson {}'s second", only.number),
            n => format!("counting lesson {}'s {n} seconds", only.number),
        },
        several => format!("checking {} other lessons", several.len()),
    })
}

/// What a lesson is waited for, on its own line.
pub fn awaited(lesson: &Lesson) -> String {
    match lesson.check.paced_seconds() {
        0 => "being checked".to_string(),
        1 => "a second is being counted".to_string(),
        n => format!("{n} seconds are being counted"),
    }
}

/// Something is not right, and where it is to be changed.
fn not_yet(state: &State, lessons: &[LessonReport], paint: Paint) -> String {
    let words = match Outcome::of_lessons(lessons) {
        Outcome::Error if is_about_build(lessons) => "! It does not compile yet.",
        Outcome::Error => "! Could not be checked.",
        Outcome::Pass | Outcome::Fail | Outcome::Skipped => "✗ Not yet.",
    };
    let edit = match (place(state, paint), state.lost_place()) {
        (Some(place), _) => format!(" Edit {place} and save; o opens it."),
        (None, Some(problem)) => format!(" {}.", on_one_line(problem)),
        (None, None) => String::new(),
    };
    format!("{}{edit}", paint.bad(words))
}

/// Where the learner is to write.
fn place(state: &State, paint: Paint) -> Option<String> {
    Some(paint.strong(&state.place()?.to_string()))
}

/// Whether the build is what stands in the way.
fn is_about_build(lessons: &[LessonReport]) -> bool {
    let mut found = lessons
        .iter()
        .filter_map(|lesson| lesson.diagnosis.as_ref());
    found.any(|diagnosis| diagnosis.mistakes.contains(&"build-failed"))
}

/// What to do once everything that was checked has passed.
pub fn what_next(state: &State) -> String {
    if state.is_done() {
        return "The course is done: n shows the end.".to_string();
    }
    let record = state.progress.of(state.current().id());
    match state.next_lesson().filter(|_| record.passed) {
        Some(next) => format!(
            "n goes on with lesson {}: {}.",
            next.number, next.head.title
        ),
        None => "l lists the lessons.".to_string(),
    }
}

/// What a run checks, in words.
pub fn scope(state: &State, scope: Scope) -> String {
    match scope {
        Scope::All => "everything".to_string(),
        Scope::Lesson(lesson) => format!("lesson {}", state.course.lessons()[lesson].number),
    }
}

fn words(doing: Doing, paint: Paint) -> String {
    match doing {
        Doing::WaitingForCargo => "waiting for another cargo that is building here".to_string(),
        Doing::Building { done, total } => format!("building, {}", crates(done, total, paint)),
        Doing::Waiting(waiting) => building::words(waiting),
        Doing::Probing => "calling your programs".to_string(),
    }
}

/// A bar of crates, and the numbers.
pub fn crates(done: u64, total: u64, paint: Paint) -> String {
    let count = |crates: u64| usize::try_from(crates).unwrap_or(usize::MAX / BAR);
    let bar = lesson::bar(count(done), count(total), BAR, paint);
    format!("{bar} {done} of {total} crates")
}

fn warming(state: &State, stage: &Stage<'_>) -> Option<String> {
    match &state.warm {
        Warm::Going { done, total } if *total > 0 => Some(stage.paint.faint(&format!(
            "While you read, the crates for later lessons are compiled: {done} of {total}."
        ))),
        Warm::Failed(words) => Some(stage.paint.notice(&format!(
            "The crates for later lessons cannot be compiled yet: {}",
            on_one_line(words)
        ))),
        Warm::Going { .. } | Warm::Off | Warm::Done => None,
    }
}

fn asked(state: &State, question: Question) -> String {
    match question {
        Question::Reset(lesson) => format!(
            "Put lesson {} back to its beginning? Your code is kept, and u brings it back. y/n",
            state.course.lessons()[lesson].number
        ),
        Question::Solution => {
            "You have not tried this lesson yet. Show the solution all the same? y/n".to_string()
        }
        Question::Write => {
            "Write the solution into your files? Your code is kept, and u brings it back. y/n"
                .to_string()
        }
    }
}

/// Something that moves while one waits.
pub fn spinner(stage: &Stage<'_>) -> char {
    const FRAMES: [char; 8] = ['⠋', '⠙', '⠸', '⠴', '⠦', '⠇', '⠏', '⠛'];
    FRAMES[stage.tick % FRAMES.len()]
}

/// What the keys do, on as few lines as they need.
pub fn keys(state: &State, stage: &Stage<'_>) -> Vec<String> {
    let mut keys = Vec::new();
    if is_list(state.page) {
        keys.extend([
            ("↑↓", "point"),
            ("Enter", "go there"),
            ("x", "reset"),
            ("m", "mark as skipped"),
            ("Esc", "back"),
        ]);
    } else {
        if state.may_go_on() {
            keys.push(("n", "next"));
        }
        keys.extend([
            ("c", "check all"),
            ("r", "run"),
            ("h", "hint"),
            ("s", "solution"),
        ]);
        if state.page == Page::Solution {
            keys.push(("w", "write it"));
        }
        keys.push(match state.page {
            Page::Text => ("v", "verdict"),
            _ => ("t", "text"),
        });
        keys.extend([("l", "list"), ("o", "open"), ("x", "reset"), ("u", "undo")]);
    }
    keys.extend([("?", "help"), ("q", "quit")]);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for (key, what) in keys {
        let width = fit::width(key) + fit::width(what) + 3;
        if used > 0 && used + width > stage.columns {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(&format!(" {} {what} ", stage.paint.code(key)));
        }
        used += width;
    }
    lines
}
