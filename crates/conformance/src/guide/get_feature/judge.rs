//! Judging one call of GetFeature for itself.

use super::{GetFeatureCase, model};
use crate::guide::Database;
use crate::messages::Message;
use crate::transcript::Transcript;
use crate::verdict::diagnosis::{Diagnosis, Finding};
use crate::verdict::report::CaseReport;
use crate::verdict::stream;

/// Looks for exactly one feature, the right one.
pub fn judge(case: &GetFeatureCase, database: &Database, transcript: Transcript) -> CaseReport {
    let finding = stream::flood(&transcript)
        .or_else(|| stream::fault(&transcript))
        .or_else(|| stream::not_one_answer(&transcript))
        .or_else(|| difference(case, database, &transcript));
    let expected = vec![Message::Feature(case.expect.clone())];
    CaseReport::of_call(&case.case, &case.why, expected, transcript).judged(finding)
}

fn difference(
    case: &GetFeatureCase,
    database: &Database,
    transcript: &Transcript,
) -> Option<Finding> {
    let Some(Message::Feature(came)) = transcript.received().next() else {
        return None;
    };
    let is_expected = came.clone().with_defaults() == case.expect.clone().with_defaults();
    if is_expected || model::is_right(database, case.request, came) {
        return None;
    }
    let message = if database.has_feature_at(case.request) {
        format!(
            "At {} there is {}, but {came} came.",
            case.request, case.expect
        )
    } else {
        format!(
            "There is no feature at {}, so a feature without a name must come, with that location; but {came} came.",
            case.request
        )
    };
    Some(Finding {
        diagnosis: Diagnosis::new(message).contrast(&case.expect, came),
        mark: transcript.nth_received(0),
    })
}
