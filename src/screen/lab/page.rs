//! The pages: what is drawn between the head and the foot.

use super::{DrawContext, finish, glossary, help, lessons, passed, server, status};
use crate::checker::Doing;
use crate::draw::evidence::Detail;
use crate::lab::{Model, Page, PartialVerdict, RunState, Verdict};
use crate::report::human::{self, Around};
use crate::screen::{building, lesson, solution};
use crate::text::sanitize;
use crate::verdict::LessonReport;

/// The title of a page.
pub fn title(page: Page) -> &'static str {
    match page {
        Page::Text => "the lesson",
        Page::Verdict => "the verdict",
        Page::Hints => "hints",
        Page::Solution => "the solution",
        Page::List { .. } => "all lessons",
        Page::Help => "keys",
        Page::Glossary => "the glossary",
        Page::Server => "your server",
        Page::Finish => "the end",
    }
}

/// A drawn page.
pub struct Drawing {
    /// Its lines, which may be wider than the terminal.
    pub lines: Vec<String>,
    /// Which of them are to be visible.
    pub focus: Focus,
}

/// Which lines of a page are to be visible.
pub enum Focus {
    /// Those to which the learner has scrolled.
    Scrolled,
    /// This line, in the middle.
    Around(usize),
    /// This line, at the top.
    From(usize),
}

/// Draws the page of the model.
pub fn draw(model: &Model, context: &DrawContext<'_>) -> Drawing {
    draw_page(model, model.page, context)
}

/// Draws a page.
pub fn draw_page(model: &Model, page: Page, context: &DrawContext<'_>) -> Drawing {
    let text = match page {
        Page::Text => lesson_text(model, context),
        Page::Verdict => verdict(model, context),
        Page::Hints => return hints(model, context),
        Page::Solution => solution_beside_own(model, context),
        Page::List { cursor } => {
            let (lines, selected) = lessons::draw(model, cursor, context);
            let focus = Focus::Around(selected);
            return Drawing { lines, focus };
        }
        Page::Help => help::draw(context),
        Page::Glossary => glossary::draw(context),
        Page::Server => server::draw(model, context),
        Page::Finish => finish::draw(model, context),
    };
    Drawing {
        lines: text.trim_end().lines().map(str::to_string).collect(),
        focus: Focus::Scrolled,
    }
}

/// The text of the lesson, and the places to write at.
fn lesson_text(model: &Model, context: &DrawContext<'_>) -> String {
    let mut text = lesson::title_and_text(model.current(), context.program, context.canvas());
    let paint = context.paint;
    if let Some(work) = &model.work {
        text.push('\n');
        match &work.regions {
            Ok(regions) => {
                for region in regions {
                    let location = paint.strong(&region.location.to_string());
                    let label = match region.untouched {
                        true => "write at",
                        false => "begun at",
                    };
                    text.push_str(&format!("  {label}  {location}\n"));
                }
            }
            Err(error) => {
                text.push_str(&paint.bad(&sanitize(&error.to_string())));
                if error.lacks_place() {
                    text.push_str("\nx puts it back, if nothing else has been written there.");
                }
            }
        }
        let is_written = !model.current().head.files.is_empty();
        let how = if is_written {
            "Save the file to check it."
        } else {
            "r checks it."
        };
        text.push_str(&format!("\n{how}\n"));
    }
    text
}

/// The hints seen so far. A new one is shown from its first line.
fn hints(model: &Model, context: &DrawContext<'_>) -> Drawing {
    let current = model.current();
    let shown = model.hints_shown();
    let mut drawing = Drawing {
        lines: Vec::new(),
        focus: Focus::Scrolled,
    };
    for (index, hint) in current.hints.iter().enumerate().take(shown) {
        if model.scroll == usize::MAX {
            drawing.focus = Focus::From(drawing.lines.len());
        }
        let hint =
            lesson::hint_with_heading(current, index, hint, context.program, context.canvas());
        drawing.lines.extend(hint.lines().map(str::to_string));
    }
    let more = match current.hints.len().saturating_sub(shown) {
        0 => "That was the last hint. s shows the solution.".to_string(),
        1 => "h shows the last hint.".to_string(),
        n => format!("h shows the next of {n} more hints."),
    };
    drawing.lines.push(context.paint.faint(&more));
    drawing
}

/// The solution beside the learner's code.
fn solution_beside_own(model: &Model, context: &DrawContext<'_>) -> String {
    let Some(work) = &model.work else {
        return String::new();
    };
    match work.pieces.as_ref() {
        Ok(pieces) => {
            let mut text = solution::places(model.current(), pieces, context.canvas());
            if !pieces.is_empty() {
                let how =
                    "w writes the solution into your files. Your code is kept, and u restores it.";
                text.push_str(&context.paint.faint(how));
            }
            text
        }
        Err(error) => context.paint.bad(&sanitize(&error.to_string())),
    }
}

/// The verdict on the last save, or the progress of its check.
fn verdict(model: &Model, context: &DrawContext<'_>) -> String {
    let paint = context.paint;
    if let Some(error) = &model.check_error {
        let heading = paint.bad("Your code could not be checked.");
        return format!("{heading}\n\n{}\n\nr tries again.", sanitize(error));
    }
    match (&model.verdict, &model.run) {
        (Some(verdict), _) => whole_verdict(model, verdict, context),
        (
            None,
            RunState::Running {
                partial: Some(partial),
                ..
            },
        ) => partial_verdict(model, partial, context),
        (None, RunState::Running { scope, step, .. }) => {
            let what = status::scope(model, *scope);
            let heading = paint.strong(&format!("Checking {what} as last saved."));
            let steps = step.map_or(String::new(), |step| steps(step, context));
            format!("{heading}\n\n{steps}")
        }
        (None, RunState::Stopping { .. }) => paint.strong("Checking your last save.") + "\n",
        (None, RunState::Idle) => format!(
            "{}\nSave a file in start_here to check it, or press r to check it as it is.",
            paint.strong("Nothing has been checked yet.")
        ),
    }
}

/// The steps of a run: those that are done, the current one, and the remaining ones.
fn steps(step: Doing, context: &DrawContext<'_>) -> String {
    const STEPS: [&str; 2] = ["build your code", "run the cases and compare the results"];
    let (current, detail) = match step {
        Doing::WaitingForCargo => (0, building::WAITING_FOR_CARGO.to_string()),
        Doing::Building { done, total } => (0, status::crates(done, total, context.paint)),
        Doing::Waiting(waiting) => (1, building::words(waiting)),
        Doing::Probing => (1, String::new()),
    };
    let mut text = String::new();
    for (index, step) in STEPS.iter().enumerate() {
        let sign = match index {
            index if index < current => context.paint.good("✓"),
            index if index == current => status::spinner(context).to_string(),
            _ => " ".to_string(),
        };
        text.push_str(&format!("  {sign} {step}\n"));
        if index == current && !detail.is_empty() {
            text.push_str(&format!("    {detail}\n"));
        }
    }
    text
}

/// The results so far. Every lesson of the run has a line from the beginning, so that no line moves later.
fn partial_verdict(model: &Model, partial: &PartialVerdict, context: &DrawContext<'_>) -> String {
    let canvas = context.canvas();
    let pending = model.pending_lessons();
    let passed_before = |lesson: &LessonReport| partial.passed_before.contains(&lesson.lesson);
    let mut text = String::new();
    for lesson in model.course.lessons() {
        if let Some(report) = partial.of(lesson) {
            text.push_str(&human::line(report, passed_before(report), canvas));
        } else if pending.iter().any(|other| other.id() == lesson.id()) {
            let words = status::pending(lesson);
            let sign = status::spinner(context);
            text.push_str(&human::line_of_awaited(lesson.id(), sign, &words, canvas));
        }
    }
    let command = format!("{} check", context.program);
    let around = Around {
        passed_before: &passed_before,
        command: &command,
        detail: detail(model),
        canvas,
    };
    text.push_str(&human::findings(&partial.lessons, partial.seed, around));
    text
}

/// How much of the compiler's words is shown: `e` shows the errors behind the first.
fn detail(model: &Model) -> Detail {
    match model.shows_all_errors {
        true => Detail::Whole,
        false => Detail::Folded { shown_by: "e" },
    }
}

fn whole_verdict(model: &Model, verdict: &Verdict, context: &DrawContext<'_>) -> String {
    let passed_before = |lesson: &LessonReport| verdict.passed_before.contains(&lesson.lesson);
    let command = format!("{} check", context.program);
    let around = Around {
        passed_before: &passed_before,
        command: &command,
        detail: detail(model),
        canvas: context.canvas(),
    };
    let mut text = human::draw(&verdict.report, around);
    if let Some(report) = model.passed_now() {
        text.push_str(&passed::draw(model, report, context));
    }
    text
}
