//! One JSON object, version 1, as the README describes it.

use serde::Serialize;

use super::{Context, ReportError, Reporter};
use crate::messages::{Message, Rpc};
use crate::text::{sanitize, sanitize_json};
use crate::transcript::Event;
use crate::verdict::{CaseReport, CheckReport, Diagnosis, LessonReport, Outcome};

/// The version of the format.
const VERSION: u32 = 1;

/// One JSON object.
#[derive(Debug)]
pub struct Json;

impl Reporter for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn help(&self) -> &'static str {
        "One JSON object"
    }

    fn report(&self, report: &CheckReport, _context: &Context<'_>) -> Result<String, ReportError> {
        Ok(render(report)?)
    }

    fn problem(&self, target: &str, message: &str) -> Result<String, ReportError> {
        Ok(render_problem(target, message)?)
    }
}

/// The report as indented JSON, with a line end.
fn render(report: &CheckReport) -> serde_json::Result<String> {
    let check = Check {
        version: VERSION,
        outcome: report.outcome(),
        seed: report.seed,
        duration_ms: report.duration.as_millis(),
        target: &report.target,
        lessons: report.lessons.iter().map(Lesson::from).collect(),
        notes: report.notes.iter().map(Cause::from).collect(),
    };
    written(&check)
}

/// The report of a check that could not be made at all.
fn render_problem(target: &str, message: &str) -> serde_json::Result<String> {
    let check = serde_json::json!({
        "version": VERSION,
        "outcome": Outcome::Error,
        "seed": null,
        "duration_ms": 0,
        "target": target,
        "lessons": [],
        "message": message,
    });
    written(&check)
}

fn written(check: &impl Serialize) -> serde_json::Result<String> {
    Ok(sanitize_json(&serde_json::to_string_pretty(check)?) + "\n")
}

#[derive(Serialize)]
struct Check<'a> {
    version: u32,
    outcome: Outcome,
    seed: u64,
    duration_ms: u128,
    target: &'a str,
    lessons: Vec<Lesson<'a>>,
    /// Warnings: no reason to fail.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Cause<'a>>,
}

#[derive(Serialize)]
struct Lesson<'a> {
    lesson: &'a str,
    title: &'a str,
    outcome: Outcome,
    duration_ms: u128,
    diagnosis: Option<Cause<'a>>,
    cases: Vec<Case<'a>>,
}

#[derive(Serialize)]
struct Cause<'a> {
    mistakes: &'a [&'static str],
    message: String,
    hint: Option<&'a str>,
}

#[derive(Serialize)]
struct Case<'a> {
    case: &'a str,
    rpc: Option<Rpc>,
    outcome: Outcome,
    message: Option<String>,
    expected: &'a [Message],
    received: &'a [Message],
    status: Option<&'static str>,
    transcript: &'a [Event],
}

impl<'a> From<&'a LessonReport> for Lesson<'a> {
    fn from(lesson: &'a LessonReport) -> Lesson<'a> {
        Lesson {
            lesson: &lesson.lesson,
            title: &lesson.title,
            outcome: lesson.outcome,
            duration_ms: lesson.duration.as_millis(),
            diagnosis: lesson.diagnosis.as_ref().map(Cause::from),
            cases: lesson.cases.iter().map(Case::from).collect(),
        }
    }
}

impl<'a> From<&'a Diagnosis> for Cause<'a> {
    fn from(diagnosis: &'a Diagnosis) -> Cause<'a> {
        Cause {
            mistakes: &diagnosis.mistakes,
            message: message(diagnosis),
            hint: diagnosis.hint.as_deref(),
        }
    }
}

impl<'a> From<&'a CaseReport> for Case<'a> {
    fn from(case: &'a CaseReport) -> Case<'a> {
        Case {
            case: &case.case,
            rpc: case.rpc,
            outcome: case.outcome,
            message: case.diagnosis.as_ref().map(message),
            expected: &case.expected,
            received: &case.received,
            status: case.status.as_ref().map(|status| status.code),
            transcript: &case.transcript,
        }
    }
}

/// The message, after its location and before the words that it quotes.
fn message(diagnosis: &Diagnosis) -> String {
    let mut text = String::new();
    if let Some(excerpt) = &diagnosis.excerpt {
        text.push_str(&format!("{}:{}: ", excerpt.location, excerpt.column));
    }
    text.push_str(&diagnosis.message);
    if let Some(quoted) = &diagnosis.quoted {
        text.push('\n');
        text.push_str(&sanitize(&quoted.all_words()));
    }
    text
}
