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

/// What the doctor has found. Fields and ids are added only with a new version.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(
        title = "The answer of routeguide-lab doctor --format json, version 1",
        deny_unknown_fields,
        extend(
            "if" = { "properties": { "checks": { "contains": { "properties": {
                "outcome": { "const": Severity::Error }
            } } } } },
            "then" = { "properties": { "outcome": { "const": Outcome::Fail } } },
            "else" = { "properties": { "outcome": { "const": Outcome::Pass } } },
        )
    )
)]
struct Doctor<'a> {
    /// The version of the format.
    #[cfg_attr(test, schemars(extend("const" = VERSION)))]
    version: u32,
    /// What all checks are together.
    outcome: Outcome,
    /// In the order in which they are shown. What does not apply is absent: those after folder without a lab, the size
    /// of the terminal without a terminal, the locale on Windows.
    #[cfg_attr(test, schemars(length(min = 1)))]
    checks: Vec<Check<'a>>,
}

/// What all checks are together.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "outcome"))]
enum Outcome {
    /// No check found an error.
    Pass,
    /// At least one check found an error.
    Fail,
}

/// One check, and what it found.
#[derive(Serialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "check", deny_unknown_fields)
)]
struct Check<'a> {
    /// What was looked at. Each comes once at the most.
    check: CheckId,
    /// How serious it is.
    outcome: Severity,
    /// One sentence, and on lines of its own the words of a program that prove it.
    #[cfg_attr(test, schemars(length(min = 1)))]
    message: String,
    /// What to do next.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::schemas;
    use serde_json::json;
    use snapbox::file;

    #[test]
    fn the_schema_is_that_of_the_types() {
        schemas::is_fresh::<Doctor<'_>>(file!["doctor.schema.json"]);
    }

    #[test]
    fn the_schema_refuses_answers_that_cannot_be() {
        let finding = |severity| Finding {
            check: CheckId::LoopbackIpv4,
            severity,
            message: "Connections to 127.0.0.1 fail.".to_string(),
            quoted: None,
            fix: None,
        };
        let schema = include_str!("doctor.schema.json");
        let findings = [finding(Severity::Ok), finding(Severity::Error)];
        schemas::refuses(
            schema,
            &render(&findings).unwrap(),
            &[
                ("/version", json!(2)),
                // One of the checks found an error.
                ("/outcome", json!("pass")),
                ("/checks", json!([])),
                ("/checks/0/check", json!("moon")),
                ("/checks/0/message", json!("")),
            ],
        );
        let fine = render(&findings[..1]).unwrap();
        schemas::refuses(schema, &fine, &[("/outcome", json!("fail"))]);
    }
}
