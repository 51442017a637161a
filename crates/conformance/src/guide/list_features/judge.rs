//! Judging one call of ListFeatures for itself.

use std::collections::HashMap;

use super::ListFeaturesCase;
use crate::guide::{Database, geometry};
use crate::messages::{Feature, Message, Point};
use crate::transcript::{EventKind, Transcript};
use crate::verdict::diagnosis::{Diagnosis, Finding};
use crate::verdict::report::CaseReport;
use crate::verdict::stream;

/// Compares the features that came with those that are expected, in any order.
pub fn judge(case: &ListFeaturesCase, database: &Database, transcript: Transcript) -> CaseReport {
    let finding = never_ends(case, database, &transcript)
        .or_else(|| stream::fault(&transcript))
        .or_else(|| difference(case, database, &transcript))
        .filter(|_| !refuses_an_unset_corner(case, &transcript));
    let expected = case.expect.iter().cloned().map(Message::Feature).collect();
    CaseReport::of_call(&case.case, &case.why, expected, transcript).judged(finding)
}

/// A rectangle without a corner may be refused, as a message that lacks what it needs.
fn refuses_an_unset_corner(case: &ListFeaturesCase, transcript: &Transcript) -> bool {
    (case.request.lo.is_none() || case.request.hi.is_none())
        && transcript.received().next().is_none()
        && transcript
            .status()
            .is_some_and(|status| status.code == "INVALID_ARGUMENT")
}

/// A stream that brought all expected features, and then did not end.
fn never_ends(
    case: &ListFeaturesCase,
    database: &Database,
    transcript: &Transcript,
) -> Option<Finding> {
    let mark = transcript.position(|what| matches!(what, EventKind::Stalled { .. }))?;
    let came = transcript.received().count();
    let is_all = came > 0 && difference(case, database, transcript).is_none();
    is_all.then(|| Finding {
        diagnosis: Diagnosis::mistake(
            "never-ends",
            format!(
                "All {came} expected feature{} came, and then the stream did not end.",
                stream::plural(came)
            ),
        )
        .hint("The stream ends when the handler does, or when the last sender of its channel is dropped."),
        mark: Some(mark),
    })
}

fn difference(
    case: &ListFeaturesCase,
    database: &Database,
    transcript: &Transcript,
) -> Option<Finding> {
    let expect: Vec<Feature> = case
        .expect
        .iter()
        .map(|feature| feature.clone().with_defaults())
        .collect();
    // How often each expected feature is still to come.
    let mut remaining: HashMap<&Feature, i64> = HashMap::new();
    for feature in &expect {
        *remaining.entry(feature).or_default() += 1;
    }
    for (n, message) in transcript.received().enumerate() {
        let Message::Feature(feature) = message else {
            continue;
        };
        let feature = &feature.clone().with_defaults();
        let found = |message: String| {
            Some(Finding {
                diagnosis: Diagnosis::new(message).contrast("not this feature", feature),
                mark: transcript.nth_received(n),
            })
        };
        match remaining.get_mut(feature) {
            Some(0) => return found(format!("{} came twice.", capital(feature))),
            Some(left) => *left -= 1,
            None if database.features().contains(feature) => {
                return found(format!(
                    "{} came, but it is not in the rectangle ({}).",
                    capital(feature),
                    case.request
                ));
            }
            None => {
                let mark = transcript.nth_received(n);
                return Some(Finding {
                    diagnosis: not_in_the_database(feature, database),
                    mark,
                });
            }
        }
    }
    let missing: Vec<&Feature> = expect.iter().filter(|f| remaining[f] > 0).collect();
    let (first, others) = missing.split_first()?;
    let more = match others.len() {
        0 => String::new(),
        1 => format!(" So is one more of the {} expected.", case.expect.len()),
        n => format!(" So are {n} more of the {} expected.", case.expect.len()),
    };
    Some(Finding {
        diagnosis: Diagnosis::new(format!(
            "{} is missing: it is in the rectangle ({}).{more}",
            capital(first),
            case.request
        ))
        .contrast(first, ending(transcript)),
        mark: transcript.events.len().checked_sub(1),
    })
}

/// A feature that the database does not have. Where it has one at the same place, or one of the same name, that is the
/// one that is meant, and both forms are shown.
fn not_in_the_database(came: &Feature, database: &Database) -> Diagnosis {
    let find = |is_meant: &dyn Fn(&Feature) -> bool| {
        let features = database.features().iter();
        features.map(|f| f.clone().with_defaults()).find(is_meant)
    };
    let place = came.location.unwrap_or_default();
    let swapped = geometry::swapped(place);
    let at = |point: Point| move |f: &Feature| f.location == Some(point);
    let of_this_name = |f: &Feature| !came.name.is_empty() && f.name == came.name;
    if let Some(meant) = find(&at(place)) {
        let message =
            format!("The feature at {place} came with another name than it has in the database.");
        return Diagnosis::mistake("name-changed", message).contrast(meant, came);
    }
    let is_turned = |f: &Feature| at(swapped)(f) && f.name == came.name;
    if let Some(meant) = find(&is_turned) {
        let message = format!(
            "{} came with latitude and longitude in each other's place.",
            capital(&meant)
        );
        return Diagnosis::mistake("location-swapped", message).contrast(meant, came);
    }
    if let Some(meant) = find(&of_this_name) {
        let message = format!(
            "\"{}\" came with another location than it has in the database.",
            came.name
        );
        return Diagnosis::mistake("location-changed", message).contrast(meant, came);
    }
    let message = format!("{} came, which is not in the database.", capital(came));
    Diagnosis::new(message).contrast("not this feature", came)
}

/// How the stream ended, in words.
fn ending(transcript: &Transcript) -> String {
    match transcript.status() {
        Some(status) => format!("the end of the stream, {status}"),
        None => "nothing more".to_string(),
    }
}

/// The feature as the beginning of a sentence.
fn capital(feature: &Feature) -> String {
    let text = feature.to_string();
    match text.strip_prefix("a feature") {
        Some(rest) => format!("A feature{rest}"),
        None => text,
    }
}
