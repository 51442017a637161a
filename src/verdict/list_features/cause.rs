//! From all calls of ListFeatures to the mistake behind them.

use crate::guide::Database;
use crate::guide::cases::ListFeaturesCase;
use crate::guide::model::list_features::{BUNDLES, answer};
use crate::guide::model::{ListMistake, Mistake as _};
use crate::messages::{Feature, Message, Rectangle};
use crate::transcript::EventKind;
use crate::verdict::cause::{Cause, search, search_singles};
use crate::verdict::played::Played;

/// A call as far as the model can reproduce it.
#[derive(Debug, Clone)]
pub struct Call {
    request: Rectangle,
    /// What came, in an order of its own; none if the server refused instead.
    came: Option<Vec<Feature>>,
}

impl Call {
    /// A call that came to an end of the server's own making. One that broke off, or never ended, no
    /// mistake of the model explains; and one that leaves a corner unset may be refused.
    pub fn of(played: &Played<ListFeaturesCase>) -> Option<Call> {
        let (request, report) = (played.case.request, &played.report);
        let status = report.status.as_ref()?;
        let unreadable = |what: &EventKind| matches!(what, EventKind::Undecodable { .. });
        if report
            .transcript
            .iter()
            .any(|event| unreadable(&event.what))
        {
            return None;
        }
        if status.is_ok() {
            let came = report.received.iter().filter_map(|message| match message {
                Message::Feature(feature) => Some(feature.clone()),
                _ => None,
            });
            return Some(Call::new(request, Some(came)));
        }
        // That an RPC is not served, or nobody there, is no answer to the request.
        let answered = !matches!(status.code, "UNIMPLEMENTED" | "UNAVAILABLE");
        let refused = answered
            && status.is_the_servers()
            && report.received.is_empty()
            && !played.leaves_a_field_unset();
        refused.then(|| Call::new(request, None::<[Feature; 0]>))
    }

    /// A call that was answered with these features, and OK, or refused.
    pub fn new(request: Rectangle, came: Option<impl IntoIterator<Item = Feature>>) -> Call {
        let came = came.map(|came| {
            let mut came: Vec<Feature> = came.into_iter().map(Feature::with_defaults).collect();
            sort(&mut came);
            came
        });
        Call { request, came }
    }

    fn is_answered_by(&self, database: &Database, wrong: &[ListMistake]) -> bool {
        match (answer(database, &self.request, wrong), &self.came) {
            (None, None) => true,
            (Some(features), Some(came)) if features.len() == came.len() => {
                let mut features: Vec<Feature> =
                    features.into_iter().map(Feature::with_defaults).collect();
                sort(&mut features);
                features == *came
            }
            _ => false,
        }
    }
}

fn sort(features: &mut [Feature]) {
    features.sort_unstable_by(|a, b| {
        let key = |f: &Feature| f.location.map(|p| (p.latitude, p.longitude));
        key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name))
    });
}

/// Whether all rectangles have the same answer, which is none of the two that need no rectangle: everything,
/// or nothing.
pub fn always_the_same(database: &Database, calls: &[Call]) -> bool {
    let Some((first, others)) = calls.split_first() else {
        return false;
    };
    let is_some = first
        .came
        .as_ref()
        .is_some_and(|came| !came.is_empty() && came.len() != database.features().len());
    is_some
        && others.len() > 1
        && others.iter().all(|call| call.came == first.came)
        && !reproduces(database, calls, &[])
}

/// With more features than this, pairs of mistakes are not looked for: there are hundreds of pairs, and the
/// learner waits.
const MOST_FOR_PAIRS: usize = 10_000;

/// Whether a server with these mistakes, and no other, would have answered just so.
pub fn reproduces(database: &Database, calls: &[Call], wrong: &[ListMistake]) -> bool {
    calls
        .iter()
        .all(|call| call.is_answered_by(database, wrong))
}

/// The mistake behind the calls, if there is one that explains all of them. Nothing is wrong with calls
/// that the model without a mistake reproduces.
pub fn find(database: &Database, calls: &[Call]) -> Option<Cause<ListMistake>> {
    // What is wrong first: most candidates fail there, and the rest need not be looked at.
    let (mut ordered, right): (Vec<Call>, Vec<Call>) = calls
        .iter()
        .cloned()
        .partition(|call| !call.is_answered_by(database, &[]));
    // A server that refuses everything does not do so because of what it is asked.
    if ordered.is_empty() || calls.iter().all(|call| call.came.is_none()) {
        return None;
    }
    ordered.extend(right);
    let explains = |wrong: &[ListMistake]| reproduces(database, &ordered, wrong);
    let found = if database.features().len() <= MOST_FOR_PAIRS {
        search(BUNDLES, explains)
    } else {
        search_singles(explains)
    };
    found.or_else(|| in_another_order(database, &ordered))
}

/// How many mistakes would have led to just this call.
pub fn lookalikes(database: &Database, call: &Call) -> usize {
    let made = |mistake: &&ListMistake| call.is_answered_by(database, &[**mistake]);
    ListMistake::ALL.iter().filter(made).count()
}

/// A server may keep its features in an order of its own, and then first and last are others than
/// ours.
fn in_another_order(database: &Database, calls: &[Call]) -> Option<Cause<ListMistake>> {
    let all = |fits: fn(usize, usize) -> bool| {
        calls.iter().all(|call| {
            let due = answer(database, &call.request, &[]).unwrap_or_default();
            call.came
                .as_ref()
                .is_some_and(|came| fits(due.len(), came.len()) && is_part_of(came, due))
        })
    };
    if all(|due, came| came == due.min(1)) {
        return Some(Cause {
            certain: vec![ListMistake::FirstOnly],
            one_of: Vec::new(),
        });
    }
    all(|due, came| came == due.saturating_sub(1)).then(|| Cause {
        certain: Vec::new(),
        one_of: vec![ListMistake::DropsFirst, ListMistake::DropsLast],
    })
}

/// Whether the cause was found without regard to the order of the features.
#[cfg(test)]
pub fn is_about_order(cause: &Cause<ListMistake>) -> bool {
    let order = [
        ListMistake::FirstOnly,
        ListMistake::DropsFirst,
        ListMistake::DropsLast,
    ];
    let mut mistakes = cause.certain.iter().chain(&cause.one_of);
    mistakes.all(|mistake| order.contains(mistake))
}

fn is_part_of(came: &[Feature], due: Vec<Feature>) -> bool {
    let mut due: Vec<Feature> = due.into_iter().map(Feature::with_defaults).collect();
    came.iter().all(|feature| {
        let found = due.iter().position(|other| other == feature);
        found.map(|index| due.swap_remove(index)).is_some()
    })
}
