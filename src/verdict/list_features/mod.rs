//! Judging calls of ListFeatures: each for itself, and then all together for the mistake behind them.

pub mod cause;
mod judging;
mod words;

pub use judging::judge;

use super::played::{self, Played};
use super::report::CaseReport;
use crate::guide::Database;
use crate::guide::cases::ListFeaturesCase;

/// Names the mistake behind the calls that are not right, where the model finds one.
pub fn explain(mut played: Vec<Played<ListFeaturesCase>>, database: &Database) -> Vec<CaseReport> {
    played::name_bad_statuses(&mut played);
    played::name_unset_fields(&mut played, "a corner of the rectangle");
    let calls: Vec<cause::Call> = played.iter().filter_map(cause::Call::of).collect();
    let diagnosis = if cause::always_the_same(database, &calls) {
        Some(words::always_the_same())
    } else {
        cause::find(database, &calls).map(|cause| cause.diagnosis(words::of))
    };
    if let Some(diagnosis) = diagnosis {
        played::explain(&mut played, &diagnosis, |played| {
            Some(cause::lookalikes(database, &cause::Call::of(played)?))
        });
    }
    played::explain_unset_fields(&mut played, "a corner of the rectangle");
    played::reports(played)
}
