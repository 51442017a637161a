//! One JSON object, version 1, held by `schema.json`.

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
    written(&Report::Check(Check {
        version: VERSION,
        outcome: report.outcome(),
        seed: report.seed,
        duration_ms: report.duration.as_millis(),
        target: &report.target,
        lessons: report.lessons.iter().map(Lesson::from).collect(),
        notes: report.notes.iter().map(Cause::from).collect(),
    }))
}

/// The report of a check that could not be made at all.
fn render_problem(target: &str, message: &str) -> serde_json::Result<String> {
    written(&Report::Problem(Problem {
        duration_ms: 0,
        lessons: [],
        message,
        outcome: Outcome::Error,
        seed: (),
        target,
        version: VERSION,
    }))
}

fn written(report: &Report<'_>) -> serde_json::Result<String> {
    Ok(sanitize_json(&serde_json::to_string_pretty(report)?) + "\n")
}

/// Either a check that was made, or one that could not be made at all. Fields are added only with a new version.
#[derive(Serialize)]
#[serde(untagged)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(title = "The report of routeguide-lab check --format json, version 1")
)]
enum Report<'a> {
    Check(Check<'a>),
    Problem(Problem<'a>),
}

/// A check that was made.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "checked", deny_unknown_fields)
)]
struct Check<'a> {
    /// The version of the format.
    #[cfg_attr(test, schemars(extend("const" = VERSION)))]
    version: u32,
    /// What all lessons are together: `error` if something could not be checked, else `fail` if something is not
    /// right yet.
    #[cfg_attr(test, schemars(extend("enum" = ["pass", "fail", "error"])))]
    outcome: Outcome,
    /// Repeats the random cases, with `--seed`.
    seed: u64,
    /// How long everything took, the build included, in milliseconds.
    duration_ms: u128,
    /// `start_here`, `completed`, or an address.
    target: &'a str,
    /// The lessons that were checked, in order.
    #[cfg_attr(test, schemars(length(min = 1)))]
    lessons: Vec<Lesson<'a>>,
    /// What is worth a remark, and is no reason to fail. Absent if there is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(test, schemars(length(min = 1)))]
    notes: Vec<Cause<'a>>,
}

/// A check that could not be made at all. It has the fields of one that was made, and says why.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "problem", deny_unknown_fields)
)]
struct Problem<'a> {
    // They are printed in this order, the alphabet's.
    /// Nothing took any time.
    #[cfg_attr(test, schemars(extend("const" = 0)))]
    duration_ms: u128,
    /// No lesson was checked.
    lessons: [Lesson<'a>; 0],
    /// What happened, and on lines of its own what to do.
    #[cfg_attr(test, schemars(length(min = 1)))]
    message: &'a str,
    /// Nothing could be checked.
    #[cfg_attr(test, schemars(extend("const" = Outcome::Error)))]
    outcome: Outcome,
    /// There are no random cases to repeat.
    seed: (),
    /// `start_here`, `completed`, or an address.
    target: &'a str,
    /// The version of the format.
    #[cfg_attr(test, schemars(extend("const" = VERSION)))]
    version: u32,
}

/// What was found about one lesson. If it passed, there is no diagnosis.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(
        rename = "lesson",
        deny_unknown_fields,
        extend(
            "if" = { "properties": { "outcome": { "const": Outcome::Pass } } },
            "then" = { "properties": { "diagnosis": { "type": "null" } } },
        )
    )
)]
struct Lesson<'a> {
    /// The id, which never changes.
    #[cfg_attr(test, schemars(regex(pattern = super::schemas::ID)))]
    lesson: &'a str,
    /// The title, for people.
    #[cfg_attr(test, schemars(length(min = 1)))]
    title: &'a str,
    /// Whether the lesson is right.
    outcome: Outcome,
    /// How long its check took, in milliseconds.
    duration_ms: u128,
    /// Why it is not right.
    diagnosis: Option<Cause<'a>>,
    /// The cases that were played, in order. Empty if the check did not get that far.
    cases: Vec<Case<'a>>,
}

/// What is not right, and why.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "diagnosis", deny_unknown_fields)
)]
struct Cause<'a> {
    /// The ids of known mistakes, which are stable. Empty: the cause is not known, and the message tells the first
    /// difference.
    #[cfg_attr(
        test,
        schemars(inner(regex(pattern = super::schemas::ID)), extend("uniqueItems" = true))
    )]
    mistakes: &'a [&'static str],
    /// What is not right, and on lines of its own the words of a program that prove it.
    #[cfg_attr(test, schemars(length(min = 1)))]
    message: String,
    /// What to do about it.
    hint: Option<&'a str>,
}

/// One case of a lesson: a call, or something that is looked at without one. If it passed, it has no message.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(
        rename = "case",
        deny_unknown_fields,
        extend(
            "if" = { "properties": { "outcome": { "const": Outcome::Pass } } },
            "then" = { "properties": { "message": { "type": "null" } } },
        )
    )
)]
struct Case<'a> {
    /// The name of the case.
    #[cfg_attr(test, schemars(length(min = 1)))]
    case: &'a str,
    /// The RPC that was called; null for a case that is about no call.
    rpc: Option<Rpc>,
    /// Whether it is right.
    #[cfg_attr(test, schemars(extend("enum" = ["pass", "fail", "error"])))]
    outcome: Outcome,
    /// Why it is not right.
    message: Option<String>,
    /// The messages that should have come. Empty where what is right depends on what the other side does.
    expected: &'a [Message],
    /// What the server sent.
    received: &'a [Message],
    /// How the call ended, if it ended.
    #[cfg_attr(test, schemars(with = "Option<crate::transcript::CodeName>"))]
    status: Option<&'static str>,
    /// All that happened, oldest first. Empty for a case that is about no call.
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
    text.push_str(&diagnosis.text());
    if let Some(quoted) = &diagnosis.quoted {
        text.push('\n');
        text.push_str(&sanitize(&quoted.all_words()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{samples, schemas};
    use serde_json::json;
    use snapbox::file;

    #[test]
    fn the_schema_is_that_of_the_types() {
        schemas::is_fresh::<Report<'_>>(file!["schema.json"]);
    }

    #[test]
    fn the_schema_refuses_reports_that_cannot_be() {
        let schema = include_str!("schema.json");
        let report = render(&samples::failing("Berkshire Valley")).unwrap();
        let case = "/lessons/0/cases/0";
        schemas::refuses(
            schema,
            &report,
            &[
                ("/version", json!(2)),
                ("/outcome", json!("skipped")),
                ("/duration_ms", json!(-1)),
                ("/lessons", json!([])),
                ("/notes", json!([])),
                // With a diagnosis, it has not passed; nor has a case with a message.
                ("/lessons/0/outcome", json!("pass")),
                (&format!("{case}/outcome"), json!("pass")),
                (&format!("{case}/outcome"), json!("skipped")),
                ("/lessons/0/lesson", json!("List features")),
                ("/lessons/0/title", json!("")),
                ("/lessons/0/diagnosis/mistakes", json!(["a", "a"])),
                ("/lessons/0/diagnosis/mistakes", json!(["No filter"])),
                (&format!("{case}/rpc"), json!("NoSuchCall")),
                (&format!("{case}/status"), json!("GOOD")),
                (&format!("{case}/transcript/0/at_ms"), json!(-0.1)),
                (&format!("{case}/transcript/0/event"), json!("received")),
                (
                    &format!("{case}/transcript/1/message/location/latitude"),
                    json!(1_i64 << 31),
                ),
            ],
        );
        let problem = render_problem("start_here", "There is no cargo.").unwrap();
        schemas::refuses(
            schema,
            &problem,
            &[
                ("/outcome", json!("fail")),
                ("/seed", json!(7)),
                ("/duration_ms", json!(1)),
                ("/lessons", json!([{}])),
                ("/message", json!("")),
            ],
        );
    }
}
