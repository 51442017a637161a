//! The pages of the interactive lab.

use super::{Stage, finish, help, lessons, status};
use crate::checker::Doing;
use crate::lab::{Page, Run, SoFar, State, Verdict};
use crate::screen::check::{self, Around};
use crate::screen::{building, lesson, solution};
use crate::text::harmless;
use crate::verdict::LessonReport;

/// What a page is called.
pub fn title(state: &State) -> &'static str {
    match state.page {
        Page::Text => "the lesson",
        Page::Verdict => "your code",
        Page::Hints => "hints",
        Page::Solution => "the solution",
        Page::List { .. } => "all lessons",
        Page::Help => "keys",
        Page::Finish => "the end",
    }
}

/// A page, line by line.
pub struct Drawn {
    /// Its lines, which may be wider than the terminal.
    pub lines: Vec<String>,
    /// Where it wants to be looked at.
    pub look_at: LookAt,
}

/// Where a page wants to be looked at.
pub enum LookAt {
    /// Where the learner has scrolled to.
    Nothing,
    /// So that this line is seen.
    Around(usize),
    /// From this line on.
    From(usize),
}

/// Draws the page.
pub fn draw(state: &State, stage: &Stage<'_>) -> Drawn {
    let text = match state.page {
        Page::Text => text(state, stage),
        Page::Verdict => verdict(state, stage),
        Page::Hints => return hints(state, stage),
        Page::Solution => finished(state, stage),
        Page::List { cursor } => {
            let (lines, line) = lessons::draw(state, cursor, stage);
            let look_at = LookAt::Around(line);
            return Drawn { lines, look_at };
        }
        Page::Help => help::draw(stage),
        Page::Finish => finish::draw(state, stage),
    };
    Drawn {
        lines: lines(&text),
        look_at: LookAt::Nothing,
    }
}

fn lines(text: &str) -> Vec<String> {
    text.trim_end().lines().map(str::to_string).collect()
}

fn text(state: &State, stage: &Stage<'_>) -> String {
    let mut text = lesson::title_and_text(state.current(), stage.program, stage.canvas());
    let paint = stage.paint;
    if let Some(work) = &state.work {
        text.push('\n');
        match &work.regions {
            Ok(regions) => {
                for region in regions {
                    let place = paint.strong(&region.location.to_string());
                    let state = if region.untouched {
                        "write at"
                    } else {
                        "begun, at"
                    };
                    text.push_str(&format!("{state:>9}  {place}\n"));
                }
            }
            Err(error) => text.push_str(&paint.bad(&harmless(error))),
        }
    }
    text
}

/// All hints that have been asked for. One that is new is shown from its beginning.
fn hints(state: &State, stage: &Stage<'_>) -> Drawn {
    let current = state.current();
    let shown = state.hints_shown();
    let mut drawn = Drawn {
        lines: Vec::new(),
        look_at: LookAt::Nothing,
    };
    for (index, hint) in current.hints.iter().enumerate().take(shown) {
        if state.scroll == usize::MAX {
            drawn.look_at = LookAt::From(drawn.lines.len());
        }
        let hint = lesson::hint_with_heading(current, index, hint, stage.program, stage.canvas());
        drawn.lines.extend(hint.lines().map(str::to_string));
    }
    let more = match current.hints.len().saturating_sub(shown) {
        0 => "That is all there is. s shows the solution.".to_string(),
        1 => "h shows the last hint.".to_string(),
        n => format!("h shows the next one of {n} more."),
    };
    drawn.lines.push(stage.paint.faint(&more));
    drawn
}

fn finished(state: &State, stage: &Stage<'_>) -> String {
    let Some(work) = &state.work else {
        return String::new();
    };
    match work.pieces.as_ref() {
        Ok(pieces) => {
            let mut text = solution::places(state.current(), pieces, stage.canvas());
            if !pieces.is_empty() {
                let words =
                    "w writes it into your files. Your own code is kept, and u brings it back.";
                text.push_str(&stage.paint.faint(words));
            }
            text
        }
        Err(error) => stage.paint.bad(&harmless(&error.to_string())),
    }
}

/// What came of the last save; or what is being done about it.
fn verdict(state: &State, stage: &Stage<'_>) -> String {
    let paint = stage.paint;
    if let Some(words) = &state.trouble {
        let heading = paint.bad("Your code could not be checked.");
        return format!("{heading}\n\n{}\n\nr tries again.", harmless(words));
    }
    match (&state.verdict, &state.run) {
        (Some(verdict), _) => judged(verdict, stage),
        (
            None,
            Run::Going {
                so_far: Some(so_far),
                ..
            },
        ) => judged_so_far(state, so_far, stage),
        (None, Run::Going { scope, doing, .. }) => {
            let what = status::scope(state, *scope);
            let heading = paint.strong(&format!("Checking {what}, as you saved it last."));
            format!(
                "{heading}\n\n{}",
                doing.map_or(String::new(), |doing| steps(doing, stage))
            )
        }
        (None, Run::Ending { .. }) => paint.strong("Checking what you saved last.") + "\n",
        (None, Run::Idle) => format!(
            "{}\nSave a file in start_here, and the lab checks it at once; r checks it as it is.",
            paint.strong("Nothing has been checked yet.")
        ),
    }
}

/// What is done, step by step: those before, the one that is going on, and those to come.
fn steps(doing: Doing, stage: &Stage<'_>) -> String {
    const STEPS: [&str; 2] = ["build", "call your programs, and compare what comes"];
    let (now, detail) = match doing {
        Doing::WaitingForCargo => (
            0,
            "another cargo is building here; waiting for it".to_string(),
        ),
        Doing::Building { done, total } => (0, status::crates(done, total, stage.paint)),
        Doing::Waiting(waiting) => (1, building::words(waiting)),
        Doing::Probing => (1, String::new()),
    };
    let mut text = String::new();
    for (index, step) in STEPS.iter().enumerate() {
        let sign = match index {
            index if index < now => stage.paint.good("✓"),
            index if index == now => status::spinner(stage).to_string(),
            _ => " ".to_string(),
        };
        text.push_str(&format!("  {sign} {step}\n"));
        if index == now && !detail.is_empty() {
            text.push_str(&format!("    {detail}\n"));
        }
    }
    text
}

/// The verdict as far as it is known, which the end of the run will not change. Each lesson has its line from
/// the beginning, so that nothing moves away from under the eye.
fn judged_so_far(state: &State, so_far: &SoFar, stage: &Stage<'_>) -> String {
    let canvas = stage.canvas();
    let awaited = state.awaited();
    let passed_before = |lesson: &LessonReport| so_far.passed_before.contains(&lesson.lesson);
    let mut text = String::new();
    for lesson in state.course.lessons() {
        if let Some(report) = so_far.of(lesson) {
            text.push_str(&check::line(report, passed_before(report), canvas));
        } else if awaited.iter().any(|other| other.id() == lesson.id()) {
            let words = status::awaited(lesson);
            let sign = status::spinner(stage);
            text.push_str(&check::line_of_awaited(lesson.id(), sign, &words, canvas));
        }
    }
    let command = format!("{} check", stage.program);
    let around = Around {
        passed_before: &passed_before,
        command: &command,
        canvas,
    };
    text.push_str(&check::findings(&so_far.lessons, so_far.seed, around));
    text
}

fn judged(verdict: &Verdict, stage: &Stage<'_>) -> String {
    let passed_before = |lesson: &LessonReport| verdict.passed_before.contains(&lesson.lesson);
    let command = format!("{} check", stage.program);
    let around = Around {
        passed_before: &passed_before,
        command: &command,
        canvas: stage.canvas(),
    };
    check::draw(&verdict.report, around)
}
