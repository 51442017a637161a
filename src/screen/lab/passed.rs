//! What is shown below a verdict that the current lesson passes: the call that proves it, what has been learned, what to
//! try, and a question.

use super::DrawContext;
use crate::course::question::Question;
use crate::course::{Component, Lesson};
use crate::draw::timeline;
use crate::lab::Model;
use crate::screen::lesson;
use crate::text::sanitize;
use crate::verdict::{CaseReport, LessonReport, Outcome};

/// The most events of a call that proves something: so many can be taken in at a glance.
const MOST_EVENTS: usize = 14;

/// The longest time between opening a lesson and passing it, in minutes, that is told: beyond it, the learner has done
/// something else meanwhile.
const LONGEST_MINUTES: u64 = 180;

/// What to press, and what to type where there are lines.
const HOW_TO_ANSWER: &str = "Press the number of an answer, or n to go on.\n";
const HOW_TO_ANSWER_IN_A_LINE: &str =
    "Type a and the number of an answer, such as `a 1`, or n to go on.\n";

/// Draws it.
pub fn draw(model: &Model, report: &LessonReport, context: &DrawContext<'_>) -> String {
    let (lesson, paint) = (model.current(), context.paint);
    let mut text = String::new();
    if let Some(case) = proof(report, lesson.check.shows.as_deref()) {
        let heading = format!("A call that proves it, {}:", sanitize(&case.case));
        text.push_str(&format!("\n{}\n", paint.strong(&heading)));
        text.push_str(&timeline::draw(&case.transcript, None, context.canvas()));
        if lesson.component() == Component::Client {
            let width = context.canvas().width;
            let words = textwrap::fill(
                "The server is the lab's own, and makes its answers up.",
                width,
            );
            text.push_str(&format!("{}\n", paint.faint(&words)));
        }
    }
    text.push_str(&lesson::learned(lesson, context.canvas()));
    if let Some(question) = &lesson.question {
        text.push_str(&format!("\n{}\n", paint.strong("A question")));
        text.push_str(&self::question(question, model.answer, context));
    }
    if let Some(minutes) = minutes(model, lesson) {
        let took = match minutes {
            0 => "You passed this lesson within a minute.".to_string(),
            1 => "You passed this lesson after 1 minute.".to_string(),
            n => format!("You passed this lesson after {n} minutes."),
        };
        text.push_str(&format!("\n{}\n", paint.faint(&took)));
    }
    text
}

/// The call of the case that the lesson names, or else that which shows the most of those that can be taken in at a glance.
fn proof<'a>(report: &'a LessonReport, named: Option<&str>) -> Option<&'a CaseReport> {
    let is_named = |case: &&CaseReport| {
        case.outcome == Outcome::Pass
            && !case.transcript.is_empty()
            && Some(case.case.as_str()) == named
    };
    if let Some(case) = report.cases.iter().find(is_named) {
        return Some(case);
    }
    let short = |case: &&CaseReport| {
        let events = case.transcript.len();
        case.outcome == Outcome::Pass && (1..=MOST_EVENTS).contains(&events)
    };
    // Of those that are as long, the first.
    let calls = report.cases.iter().filter(short).rev();
    calls.max_by_key(|case| case.transcript.len())
}

/// How many minutes it took, if that is known and the learner can have worked on it all the time.
fn minutes(model: &Model, lesson: &Lesson) -> Option<u64> {
    let record = model.progress.of(lesson.id());
    let minutes = record.passed_at?.checked_sub(record.opened_at?)? / 60;
    (minutes <= LONGEST_MINUTES).then_some(minutes)
}

/// A question with its answers and, once it has been answered, which is right and why.
fn question(question: &Question, answer: Option<usize>, context: &DrawContext<'_>) -> String {
    let (paint, width) = (context.paint, context.canvas().width);
    let fill = |text: &str| textwrap::fill(&sanitize(text), width) + "\n";
    let mut text = fill(&question.text);
    for (index, words) in question.answers.iter().enumerate() {
        let sign = match answer {
            Some(_) if index == question.right => paint.good("✓"),
            Some(given) if index == given => paint.bad("✗"),
            _ => " ".to_string(),
        };
        let options = textwrap::Options::new(width.saturating_sub(4)).subsequent_indent("       ");
        let words = textwrap::fill(&sanitize(words), options);
        text.push_str(&format!(
            "{sign} {}  {words}\n",
            paint.code(&(index + 1).to_string())
        ));
    }
    match answer {
        Some(given) if given == question.right => {
            text.push_str(&fill(&format!("Right. {}", question.because)));
        }
        Some(_) => {
            let right = question.right + 1;
            text.push_str(&fill(&format!("{right} is right. {}", question.because)));
        }
        None if context.is_of_lines() => text.push_str(HOW_TO_ANSWER_IN_A_LINE),
        None => text.push_str(&paint.faint(HOW_TO_ANSWER)),
    }
    text
}
