//! The judgement of a server: what it says in detail about a note that it refuses.

use prost::Message as _;

use super::FIELD;
use super::server_messages as messages;
use super::wire::{self, Any, BAD_REQUEST, BadRequest};
use crate::transcript::Status;
use crate::verdict::diagnosis::Finding;
use crate::verdict::{CaseReport, Diagnosis, Outcome};

/// Judges chats that have been judged by the lesson `return-status`: only where a chat ends as it should is there something
/// to say about its details.
pub fn judge(reports: Vec<CaseReport>) -> Vec<CaseReport> {
    let judged = |report: CaseReport| {
        if report.outcome != Outcome::Pass {
            return report;
        }
        let finding = report.status.as_ref().and_then(wrong);
        let mark = report.transcript.len().checked_sub(1);
        let finding = finding.map(|diagnosis| Finding { diagnosis, mark });
        report.judged(finding)
    };
    reports.into_iter().map(judged).collect()
}

/// What is wrong with the details of a status.
fn wrong(status: &Status) -> Option<Diagnosis> {
    let details = status.details.as_ref();
    if status.is_ok() {
        return details.map(|_| messages::on_ok());
    }
    let Some(details) = details else {
        return Some(messages::missing());
    };
    let said = match wire::read(details) {
        Ok(said) => said,
        Err(wrong) => return Some(messages::wrong_encoding(wrong)),
    };
    let Some(first) = said.details.first() else {
        return Some(messages::empty());
    };
    let mut of_type = said
        .details
        .iter()
        .filter(|any| any.type_url == BAD_REQUEST);
    let found = match of_type.next() {
        None => Some(wrong_type(first)),
        Some(any) => wrong_request(any),
    };
    let code = i32::from(status.tonic_code());
    found
        .or_else(|| (said.code != code).then(|| messages::other_code(said.code, status)))
        .or_else(|| {
            (said.message != status.message).then(|| messages::other_message(&said.message, status))
        })
}

fn wrong_type(any: &Any) -> Diagnosis {
    let name = any.type_url.rsplit('/').next().unwrap_or_default();
    let is_meant = BAD_REQUEST.rsplit('/').next() == Some(name);
    match any.type_url.as_str() {
        "" => messages::without_type(),
        other => messages::wrong_type(other, is_meant),
    }
}

/// What is wrong with what is said to be a BadRequest.
fn wrong_request(any: &Any) -> Option<Diagnosis> {
    let Ok(request) = BadRequest::decode(any.value.as_slice()) else {
        return Some(messages::no_bad_request());
    };
    let violations = &request.field_violations;
    let Some(first) = violations.first() else {
        return Some(messages::no_violation());
    };
    let mut of_field = violations
        .iter()
        .filter(|violation| violation.field == FIELD);
    let Some(violation) = of_field.next() else {
        return Some(messages::other_field(&first.field));
    };
    violation
        .description
        .trim()
        .is_empty()
        .then(messages::no_description)
}
