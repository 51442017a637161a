//! Judging calls of RecordRoute: each for itself, and then all together for the mistake behind them.

pub mod cause;
mod judging;
mod words;

pub use judging::{is_a_second_short, judge};

use super::played::{self, Played};
use super::report::CaseReport;
use crate::guide::Database;
use crate::guide::cases::RecordRouteCase;

/// Names the mistake behind the calls that are not right, where the model finds one. The calls come in
/// the order in which they were made.
pub fn explain(mut played: Vec<Played<RecordRouteCase>>, database: &Database) -> Vec<CaseReport> {
    explain_silence(&mut played);
    let calls: Vec<cause::Call> = played.iter().filter_map(cause::Call::of).collect();
    let diagnosis = if let Some(cause) = cause::find(database, &calls) {
        Some(cause.diagnosis(words::of))
    } else if cause::leaks(database, &calls) {
        Some(words::state_leaks())
    } else {
        cause::factor(database, &calls).map(words::off_by)
    };
    if let Some(diagnosis) = diagnosis {
        played::explain(&mut played, &diagnosis, |played| {
            Some(cause::lookalikes(database, &cause::Call::of(played)?))
        });
    }
    played::reports(played)
}

/// A server that does not read cannot know that the route has ended: that is why it gave no answer.
fn explain_silence(played: &mut [Played<RecordRouteCase>]) {
    let is = |played: &Played<RecordRouteCase>, id: &str| {
        let diagnosis = played.report.diagnosis.as_ref();
        diagnosis.is_some_and(|diagnosis| diagnosis.mistakes == [id])
    };
    let found = played
        .iter()
        .find(|played| is(played, judging::STOPS_READING));
    let Some(cause) = found.and_then(|played| played.report.diagnosis.clone()) else {
        return;
    };
    for played in played.iter_mut().filter(|played| is(played, "hangs")) {
        played.report.diagnosis = Some(cause.clone());
    }
}
