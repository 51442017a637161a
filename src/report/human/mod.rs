//! Text for people: a line for each lesson, and everything about those that are not right.

use super::{Context, ReportError, Reporter};
use crate::draw::evidence::{Detail, LONGEST, evidence, quote, sentence, verdict, wrapped};
use crate::draw::{Canvas, fit, timeline};
use crate::messages::Rpc;
use crate::text::{clipped, escape_workflow_commands, on_one_line, sanitize};
use crate::verdict::report::{most_telling, wrong_in_order};
use crate::verdict::{CaseReport, CheckReport, LessonReport, Outcome, Quote};

/// Text for a terminal.
#[derive(Debug)]
pub struct Human;

impl Reporter for Human {
    fn name(&self) -> &'static str {
        "human"
    }

    fn help(&self) -> &'static str {
        "Text for a terminal"
    }

    fn is_for_people(&self) -> bool {
        true
    }

    fn report(&self, report: &CheckReport, context: &Context<'_>) -> Result<String, ReportError> {
        let canvas = Canvas::stdout();
        let calls = match context.trace {
            true => trace(report, canvas),
            false => String::new(),
        };
        let around = Around {
            passed_before: context.passed_before,
            command: context.command,
            detail: match context.trace {
                true => Detail::Whole,
                false => Detail::FOLDED,
            },
            canvas,
        };
        Ok(escape_workflow_commands(&(calls + &draw(report, around))))
    }

    /// Nothing: errors are printed on standard error in any format.
    fn problem(&self, _target: &str, _message: &str) -> Result<String, ReportError> {
        Ok(String::new())
    }
}

/// What there is to know for drawing a check, beside its report.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// Tells of a lesson whether it had passed before this check.
    pub passed_before: &'a dyn Fn(&LessonReport) -> bool,
    /// What one types to check again.
    pub command: &'a str,
    /// How much of the compiler's words is shown.
    pub detail: Detail,
    /// What is drawn on.
    pub canvas: Canvas,
}

/// Draws a check: a line for each lesson, and below them everything about those that are not right.
pub fn draw(report: &CheckReport, around: Around<'_>) -> String {
    let canvas = around.canvas;
    let paint = canvas.paint;
    let mut text = String::new();
    for lesson in &report.lessons {
        text.push_str(&line(lesson, (around.passed_before)(lesson), canvas));
    }
    text.push_str(&findings(&report.lessons, report.seed, around));
    for note in &report.notes {
        let words = format!("Note: {}", clipped(&sanitize(&note.message), LONGEST));
        text.push('\n');
        text.push_str(&paint.faint(&wrapped(&words, "", canvas)));
    }
    if !report.warnings.is_empty() {
        text.push_str("\nThe compiler printed warnings:\n\n");
        let warnings = Quote::Compiler {
            first: report.warnings.join("\n"),
            rest: Vec::new(),
        };
        text.push_str(&quote(&warnings, around.detail, canvas));
    }
    text
}

/// Everything about those lessons that are not right, as [`draw`] has it below the line for each.
pub fn findings(lessons: &[LessonReport], seed: u64, around: Around<'_>) -> String {
    let Around {
        passed_before,
        command,
        detail,
        canvas,
    } = around;
    let paint = canvas.paint;
    let mut text = String::new();
    let wrong = wrong_in_order(lessons).into_iter();
    let (not_begun, mut wrong): (Vec<&LessonReport>, Vec<&LessonReport>) =
        wrong.partition(|lesson| lesson.is_not_begun() && !passed_before(lesson));
    if wrong.is_empty() {
        // It is the one to do. Of the others, their lines say enough.
        wrong.extend(not_begun.first());
    }
    for (n, lesson) in wrong.iter().enumerate() {
        text.push('\n');
        // What is wrong first is often why the rest is wrong, so it must catch the eye.
        match n {
            0 if wrong.len() > 1 => text.push_str(&paint.bad(&rule("Begin with this one", canvas))),
            1 => text.push_str(&paint.strong(&rule("Then", canvas))),
            _ => {}
        }
        text.push_str(&details(lesson, detail, canvas));
        if lesson.outcome == Outcome::Fail && passed_before(lesson) {
            let words = format!(
                "This is a regression: `{}` passed before, and a change since then broke it.",
                lesson.lesson
            );
            text.push('\n');
            text.push_str(&paint.notice(&wrapped(&words, "  ", canvas)));
        }
    }
    if shows_random_case(lessons) {
        let again = format!("{command} --seed {seed}");
        text.push_str(&format!(
            "\nTo repeat the random cases: {}\n",
            paint.code(&again)
        ));
    }
    text
}

/// A line across, with a heading in it.
fn rule(heading: &str, canvas: Canvas) -> String {
    let line = canvas.width.saturating_sub(fit::width(heading) + 4);
    format!("── {heading} {}\n\n", "─".repeat(line))
}

/// Draws every call of a check, those that are right too, each under the name of its case and what
/// that is there to find out.
pub fn trace(report: &CheckReport, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let mut text = String::new();
    for lesson in &report.lessons {
        for case in lesson
            .cases
            .iter()
            .filter(|case| !case.transcript.is_empty())
        {
            let sign = match case.outcome {
                Outcome::Pass => paint.good("✓"),
                Outcome::Fail | Outcome::Error => paint.bad("✗"),
                Outcome::Skipped => paint.faint("·"),
            };
            text.push_str(&format!("{sign} {}", heading(&lesson.lesson, case, canvas)));
            text.push_str(&timeline::draw(&case.transcript, case.mark, canvas));
            text.push('\n');
        }
    }
    text
}

/// A random case is shown, so that the seed matters to the learner.
fn shows_random_case(lessons: &[LessonReport]) -> bool {
    lessons.iter().any(|lesson| {
        most_telling(&lesson.cases).is_some_and(|case| case.case.starts_with("random-"))
    })
}

/// The line for a lesson that is judged.
pub fn line(lesson: &LessonReport, passed_before: bool, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let (sign, words) = match lesson.outcome {
        Outcome::Pass => (paint.good("✓"), cases(lesson)),
        _ if lesson.is_not_begun() && !passed_before => {
            (paint.faint("·"), paint.faint("not begun"))
        }
        Outcome::Fail if passed_before => (paint.bad("✗"), paint.bad("passed before, fails now")),
        Outcome::Fail => (paint.bad("✗"), paint.bad("not yet")),
        Outcome::Error => (paint.bad("!"), paint.bad("could not be checked")),
        Outcome::Skipped => (paint.faint("·"), paint.faint("not checked")),
    };
    format!("{sign} {:<19} {words}\n", lesson.lesson)
}

/// The line for a lesson that is not judged yet, with a sign that moves.
pub fn line_of_awaited(lesson: &str, sign: char, words: &str, canvas: Canvas) -> String {
    format!("{sign} {lesson:<19} {}\n", canvas.paint.faint(words))
}

/// `13 cases and 20 random ones`.
fn cases(lesson: &LessonReport) -> String {
    let random = lesson
        .cases
        .iter()
        .filter(|case| case.case.starts_with("random-"))
        .count();
    let fixed = lesson.cases.len() - random;
    let s = if fixed == 1 { "" } else { "s" };
    match random {
        0 => format!("{fixed} case{s}"),
        n => format!("{fixed} case{s} and {n} random ones"),
    }
}

fn details(lesson: &LessonReport, detail: Detail, canvas: Canvas) -> String {
    let paint = canvas.paint;
    if !lesson.begun {
        let message = lesson
            .diagnosis
            .as_ref()
            .map_or("", |diagnosis| &diagnosis.message);
        let heading = paint.strong(&lesson.lesson);
        return format!("{heading}\n{}", sentence(message, canvas));
    }
    let shown = most_telling(&lesson.cases);
    let mut text = match shown {
        Some(case) => name(&lesson.lesson, case, canvas),
        None => format!("{}\n", paint.strong(&lesson.lesson)),
    };
    if let Some(diagnosis) = &lesson.diagnosis {
        text.push_str(&verdict(diagnosis, canvas));
    }
    text.push_str(&evidence(lesson.diagnosis.as_ref(), shown, detail, canvas));
    let mut told: Vec<&CaseReport> = shown.into_iter().collect();
    // What is wrong in another RPC is another mistake, unless one cause has been found for the lesson.
    if let Some(first) = shown.filter(|case| case.diagnosis == lesson.diagnosis) {
        let (alike, different): (Vec<&CaseReport>, Vec<&CaseReport>) = of_other_rpcs(lesson, first)
            .into_iter()
            .partition(|case| has_same_cause(case, first));
        if !alike.is_empty() {
            let rpcs = alike.iter().filter_map(|case| case.rpc).map(Rpc::name);
            let words = format!(
                "Also: the same in {}.",
                rpcs.collect::<Vec<_>>().join(" and in ")
            );
            text.push('\n');
            text.push_str(&sentence(&words, canvas));
        }
        for case in different {
            text.push('\n');
            text.push_str(&name(&lesson.lesson, case, canvas));
            if let Some(diagnosis) = &case.diagnosis {
                text.push_str(&verdict(diagnosis, canvas));
            }
            let diagnosis = case.diagnosis.as_ref();
            text.push_str(&evidence(diagnosis, Some(case), detail, canvas));
            told.push(case);
        }
    }
    let is_other = |case: &&CaseReport| {
        case.outcome == Outcome::Fail && !told.iter().any(|told| std::ptr::eq(*told, *case))
    };
    let others: Vec<&str> = lesson
        .cases
        .iter()
        .filter(is_other)
        .map(|case| case.case.as_str())
        .collect();
    if !others.is_empty() {
        let words = format!("Also failing: {}.", list(&others));
        text.push('\n');
        text.push_str(&sentence(&words, canvas));
    }
    text
}

/// The lesson and the case.
fn name(lesson: &str, case: &CaseReport, canvas: Canvas) -> String {
    let name = format!("{lesson} · {}", on_one_line(&case.case));
    format!("{}\n", canvas.paint.strong(&name))
}

/// The same, and below it what the case is there to find out.
fn heading(lesson: &str, case: &CaseReport, canvas: Canvas) -> String {
    let why = case.why.as_deref().map(|why| wrapped(why, "  ", canvas));
    let why = canvas.paint.faint(&why.unwrap_or_default());
    format!("{}{why}", name(lesson, case, canvas))
}

/// For each other RPC of a lesson, the case that tells most of what is wrong there, if that is
/// something else.
fn of_other_rpcs<'a>(lesson: &'a LessonReport, first: &CaseReport) -> Vec<&'a CaseReport> {
    let message = |case: &CaseReport| case.diagnosis.as_ref().map(|found| found.message.clone());
    let mut found: Vec<&CaseReport> = Vec::new();
    for rpc in Rpc::ALL
        .into_iter()
        .filter(|rpc| first.rpc.is_some_and(|other| other != *rpc))
    {
        let of_rpc = lesson.cases.iter().filter(|case| case.rpc == Some(rpc));
        let Some(case) = most_telling(of_rpc) else {
            continue;
        };
        let is_told = |told: &&CaseReport| message(told) == message(case);
        if !is_told(&first) && !found.iter().any(is_told) {
            found.push(case);
        }
    }
    found
}

/// Whether the same is wrong in the RPCs of two cases, so that their sentences differ in nothing but the RPC's name.
fn has_same_cause(one: &CaseReport, other: &CaseReport) -> bool {
    let cause = |case: &CaseReport| {
        let found = case.diagnosis.as_ref()?;
        let sentence = found.message.replace(case.rpc?.name(), "…");
        (!found.mistakes.is_empty()).then(|| (found.mistakes.clone(), sentence))
    };
    cause(one).is_some_and(|found| Some(found) == cause(other))
}

/// `a, b, c and 4 more`.
fn list(names: &[&str]) -> String {
    const SHOWN: usize = 5;
    if names.len() <= SHOWN {
        names.join(", ")
    } else {
        format!(
            "{} and {} more",
            names[..SHOWN].join(", "),
            names.len() - SHOWN
        )
    }
}

#[cfg(test)]
mod tests;
