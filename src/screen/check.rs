//! The report of a check, for people.

use super::lesson::course_bar;
use super::{Canvas, timeline};
use crate::course::Lesson;
use crate::text::harmless;
use crate::verdict::report::most_telling;
use crate::verdict::{
    CaseReport, CheckReport, Contrast, Diagnosis, LessonReport, Outcome, Place, Quote,
};

/// How many lines of somebody else's words are shown.
const MOST_QUOTED: usize = 60;

/// Draws a check: a line for each lesson, and below them everything about those that are not right.
/// `passed_before` tells of a lesson whether it had passed before this check; `command` is what one types
/// to check again.
pub fn draw(
    report: &CheckReport,
    passed_before: impl Fn(&LessonReport) -> bool,
    command: &str,
    canvas: Canvas,
) -> String {
    let paint = canvas.paint;
    let mut text = String::new();
    for lesson in &report.lessons {
        text.push_str(&line(lesson, passed_before(lesson), canvas));
    }
    let wrong = |lesson: &&LessonReport| matches!(lesson.outcome, Outcome::Fail | Outcome::Error);
    for lesson in report.lessons.iter().filter(wrong) {
        text.push('\n');
        if lesson.outcome == Outcome::Fail && passed_before(lesson) {
            let words = format!(
                "This is a regression: `{}` passed before, and something you changed since has undone it.",
                lesson.lesson
            );
            text.push_str(&paint.notice(&wrapped(&words, "", canvas)));
            text.push('\n');
        }
        text.push_str(&details(lesson, canvas));
    }
    if shows_random_case(report) {
        let again = format!("{command} --seed {}", report.seed);
        text.push_str(&format!(
            "\nThe random cases come again with {}\n",
            paint.code(&again)
        ));
    }
    for note in &report.notes {
        let words = format!("Note: {}", harmless(&note.message));
        text.push('\n');
        text.push_str(&paint.faint(&wrapped(&words, "", canvas)));
    }
    // Before everything passes, there is more urgent to say.
    if report.outcome() == Outcome::Pass && !report.warnings.is_empty() {
        text.push_str("\nThe compiler has something to remark on your code:\n\n");
        let warnings = Quote::Compiler(report.warnings.join("\n"));
        text.push_str(&quote(&warnings, canvas));
    }
    text
}

/// A random case is shown, so that the seed matters to the learner.
fn shows_random_case(report: &CheckReport) -> bool {
    report.lessons.iter().any(|lesson| {
        most_telling(&lesson.cases).is_some_and(|case| case.case.starts_with("random-"))
    })
}

fn line(lesson: &LessonReport, passed_before: bool, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let (sign, words) = match lesson.outcome {
        Outcome::Pass => (paint.good("✓"), cases(lesson)),
        Outcome::Fail if passed_before => (
            paint.bad("✗"),
            paint.bad("passed before, and does not any more"),
        ),
        Outcome::Fail => (paint.bad("✗"), paint.bad("not yet")),
        Outcome::Error => (paint.bad("!"), paint.bad("could not be checked")),
        Outcome::Skipped => (paint.faint("·"), paint.faint("not checked")),
    };
    format!("{sign} {:<20}{words}\n", lesson.lesson)
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

fn details(lesson: &LessonReport, canvas: Canvas) -> String {
    let paint = canvas.paint;
    if !lesson.begun {
        let message = lesson
            .diagnosis
            .as_ref()
            .map_or("", |diagnosis| &diagnosis.message);
        let heading = paint.strong(&lesson.lesson);
        return format!("{heading}\n{}", wrapped(&harmless(message), "  ", canvas));
    }
    let shown = most_telling(&lesson.cases);
    let mut text = String::new();
    let heading = match shown {
        Some(case) => format!("{} · {}", lesson.lesson, case.case),
        None => lesson.lesson.clone(),
    };
    text.push_str(&paint.strong(&heading));
    text.push('\n');
    if let Some(why) = shown.and_then(|case| case.why.as_deref()) {
        text.push_str(&paint.faint(&wrapped(why, "  ", canvas)));
    }
    if let Some(diagnosis) = &lesson.diagnosis {
        text.push_str(&explanation(diagnosis, canvas));
    }
    if let Some(case) = shown.filter(|case| !case.transcript.is_empty()) {
        text.push('\n');
        text.push_str(&timeline::draw(&case.transcript, case.mark, canvas));
    }
    let is_other = |case: &&CaseReport| {
        case.outcome == Outcome::Fail && shown.is_none_or(|shown| !std::ptr::eq(shown, *case))
    };
    let others: Vec<&str> = lesson
        .cases
        .iter()
        .filter(is_other)
        .map(|case| case.case.as_str())
        .collect();
    if !others.is_empty() {
        let words = format!("Not right either: {}.", list(&others));
        text.push('\n');
        text.push_str(&wrapped(&words, "  ", canvas));
    }
    text
}

fn explanation(diagnosis: &Diagnosis, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let mut text = wrapped(&harmless(&diagnosis.message), "  ", canvas);
    if let Some(Contrast { expected, received }) = &diagnosis.contrast {
        text.push('\n');
        let row =
            |label: &str, value: &str| wrapped_behind(&format!("    {label}  "), value, canvas);
        text.push_str(&paint.good(&row("expected", &harmless(expected))));
        text.push_str(&paint.bad(&row("received", &harmless(received))));
    }
    if let Some(place) = &diagnosis.place {
        text.push('\n');
        text.push_str(&source(place, canvas));
    }
    if let Some(quoted) = &diagnosis.quoted {
        text.push('\n');
        text.push_str(&quote(quoted, canvas));
    }
    if let Some(hint) = &diagnosis.hint {
        text.push('\n');
        text.push_str(&wrapped(&harmless(hint), "  ", canvas));
    }
    text
}

/// The learner's own line, with a caret under the place.
fn source(place: &Place, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let number = place.line.to_string();
    let margin = " ".repeat(number.len());
    let until: String = place
        .source
        .chars()
        .take(place.column.saturating_sub(1))
        .collect();
    // Tabs stay tabs, so that the caret stands where the editor shows it.
    let indent: String = harmless(&until)
        .chars()
        .map(|c| if c == '\t' { '\t' } else { ' ' })
        .collect();
    format!(
        "  {}\n  {number} {bar} {}\n  {margin} {bar} {indent}{}\n",
        paint.strong(&format!("{}:{}:{}", place.file, place.line, place.column)),
        harmless(&place.source),
        paint.bad("^"),
        bar = paint.faint("│"),
    )
}

/// Somebody else's words. Only the compiler's may keep their colour.
fn quote(quote: &Quote, canvas: Canvas) -> String {
    let words = match quote {
        Quote::Compiler(words) if canvas.paint.is_on() => words.clone(),
        quote => harmless(quote.words()),
    };
    let lines: Vec<&str> = words.trim_matches('\n').lines().collect();
    let mut text = String::new();
    for line in lines.iter().take(MOST_QUOTED) {
        text.push_str(format!("  {line}").trim_end());
        text.push('\n');
    }
    if lines.len() > MOST_QUOTED {
        text.push_str(&format!(
            "  … and {} more lines\n",
            lines.len() - MOST_QUOTED
        ));
    }
    text
}

fn wrapped(text: &str, indent: &str, canvas: Canvas) -> String {
    let options = textwrap::Options::new(canvas.width)
        .initial_indent(indent)
        .subsequent_indent(indent)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options) + "\n"
}

fn wrapped_behind(label: &str, text: &str, canvas: Canvas) -> String {
    let indent = " ".repeat(textwrap::core::display_width(label));
    let options = textwrap::Options::new(canvas.width)
        .initial_indent(label)
        .subsequent_indent(&indent)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::fill(text, options) + "\n"
}

/// The last line after a check that did not pass: what to change, in words such as `file:line`, and
/// what to type then.
pub fn try_again(place: Option<&str>, program: &str, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let again = paint.code(&format!("{program} check"));
    match place {
        Some(place) => format!("\nEdit {}, then {again}\n", paint.strong(place)),
        None => format!("\nMend that, then {again}\n"),
    }
}

/// The last lines after a check that passed: what was left out, how far the learner is, and what comes
/// next.
pub fn moved_on(
    passed: usize,
    lessons: usize,
    next: &Lesson,
    left_out: Option<(usize, usize)>,
    program: &str,
    canvas: Canvas,
) -> String {
    let paint = canvas.paint;
    let note = left_out.map_or(String::new(), |(first, last)| {
        let lessons = if first == last {
            format!("Lesson {first} was")
        } else {
            format!("Lessons {first} to {last} were")
        };
        paint.faint(&format!(
            "{lessons} not checked this time; `check --all` checks everything.\n"
        ))
    });
    format!(
        "{note}\n{}\n{} Next is lesson {}, {}: {}\n",
        course_bar(passed, lessons, canvas),
        paint.good("Passed."),
        next.number,
        paint.strong(&next.head.title),
        paint.code(&format!("{program} next")),
    )
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
