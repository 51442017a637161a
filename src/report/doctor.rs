//! What the doctor has found, as one JSON object, version 1, held by `doctor.schema.json`.

use serde::Serialize;

use crate::doctor::{CheckId, Finding, Severity};
use crate::text::{sanitize, sanitize_json};

/// The version of the format.
const VERSION: u32 = 1;

/// The findings as JSON, on lines of its own for a reader, with a line end.
///
/// # Errors
///
/// None that a finding can cause; serde_json's signature has one.
pub fn render(findings: &[Finding]) -> serde_json::Result<String> {
    let has_errors = findings
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    let doctor = Doctor {
        version: VERSION,
        outcome: if has_errors {
            Outcome::Fail
        } else {
            Outcome::Pass
        },
        checks: findings.iter().map(Check::from).collect(),
    };
    Ok(sanitize_json(&serde_json::to_string_pretty(&doctor)?) + "\n")
}

#[derive(Serialize)]
struct Doctor<'a> {
    version: u32,
    outcome: Outcome,
    checks: Vec<Check<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    /// No check found an error.
    Pass,
    /// At least one check found an error.
    Fail,
}

#[derive(Serialize)]
struct Check<'a> {
    check: CheckId,
    outcome: Severity,
    /// The sentence, and on lines of its own the words that it quotes.
    message: String,
    advice: Option<&'a str>,
}

impl<'a> From<&'a Finding> for Check<'a> {
    fn from(finding: &'a Finding) -> Check<'a> {
        let mut message = finding.message.clone();
        if let Some(quoted) = &finding.quoted {
            message.push('\n');
            message.push_str(&sanitize(quoted));
        }
        Check {
            check: finding.check,
            outcome: finding.severity,
            message,
            advice: finding.fix.as_deref(),
        }
    }
}
