//! From all calls of ListFeatures to the mistake behind them, as far as the general search does not go.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use super::ListFeaturesCase;
use super::filter::Filter;
use super::model::{ListMistake, answer, number_sent};
use crate::guide::Database;
use crate::guide::cause::Cause;
use crate::guide::played::Played;
use crate::messages::{Feature, Message, Rectangle};
use crate::transcript::EventKind;

/// A call as far as the model can reproduce it.
#[derive(Debug, Clone)]
pub struct ObservedList {
    request: Rectangle,
    /// What came, in an order of its own; none if the server refused instead.
    pub came: Option<Vec<Feature>>,
}

impl ObservedList {
    /// A call that came to an end of the server's own making. One that broke off, or never ended, no
    /// mistake of the model explains; and one that leaves a corner unset may be refused.
    pub fn of(played: &Played<ListFeaturesCase>) -> Option<ObservedList> {
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
            return Some(ObservedList::new(request, Some(came)));
        }
        // That an RPC is not served, or no server there, is not an answer to the request.
        let answered = !matches!(status.code, "UNIMPLEMENTED" | "UNAVAILABLE");
        let refused = answered
            && status.is_the_servers()
            && report.received.is_empty()
            && !played.leaves_a_field_unset();
        refused.then(|| ObservedList::new(request, None::<[Feature; 0]>))
    }

    /// A call that was answered with these features, and OK, or refused.
    pub fn new(
        request: Rectangle,
        came: Option<impl IntoIterator<Item = Feature>>,
    ) -> ObservedList {
        let came = came.map(|came| {
            let mut came: Vec<Feature> = came.into_iter().map(Feature::with_defaults).collect();
            sort(&mut came);
            came
        });
        ObservedList { request, came }
    }

    /// The rectangle that was asked for.
    pub fn request(&self) -> Rectangle {
        self.request
    }

    /// Whether just the features came that a server takes.
    pub fn came_just(&self, database: &Database, takes: impl Fn(&Feature) -> bool) -> bool {
        let taken = database.features().iter().filter(|feature| takes(feature));
        let mut taken: Vec<Feature> = taken.cloned().map(Feature::with_defaults).collect();
        sort(&mut taken);
        self.came.as_ref() == Some(&taken)
    }

    /// The same call with other features in the answer.
    #[cfg(test)]
    pub fn answered_with(&self, came: impl IntoIterator<Item = Feature>) -> ObservedList {
        ObservedList::new(self.request, Some(came))
    }

    /// Whether a server with these mistakes would have answered just so.
    pub fn is_answered_by(&self, database: &Database, wrong: &[ListMistake]) -> bool {
        // Most mistakes that the search tries are already wrong in the number, which costs no copies.
        if let (Some(number), Some(came)) =
            (number_sent(database, &self.request, wrong), &self.came)
            && number != came.len()
        {
            return false;
        }
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

/// Whether a server refused every call, which it does not do because of what it is asked.
pub fn refuses_all(calls: &[ObservedList]) -> bool {
    calls.iter().all(|call| call.came.is_none())
}

/// Whether all rectangles have the same answer, which is none of the two that need no rectangle: everything,
/// or nothing.
pub fn always_the_same(database: &Database, calls: &[ObservedList]) -> bool {
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
        && !calls.iter().all(|call| call.is_answered_by(database, &[]))
}

/// How many features a server sends at most, if longer answers are cut after so many and nothing else is wrong.
pub fn limit(database: &Database, calls: &[ObservedList]) -> Option<usize> {
    let mut all = Vec::new();
    for call in calls {
        let expected = answer(database, &call.request, &[])?;
        all.push((expected, call.came.as_ref()?));
    }
    let is_cut = |(expected, came): &&(Vec<Feature>, &Vec<Feature>)| came.len() < expected.len();
    let limit = all.iter().find(is_cut).map(|(_, came)| came.len())?;
    let fits = |(expected, came): (Vec<Feature>, &Vec<Feature>)| {
        came.len() == expected.len().min(limit) && is_part_of(came, expected)
    };
    (limit > 1 && all.into_iter().all(fits)).then_some(limit)
}

/// The features that a right answer to a call holds, by their place in the database, and whether each came. None if
/// others came, too, or the server refused.
fn arrived(database: &Database, call: &ObservedList) -> Option<Vec<(usize, bool)>> {
    let mut left: HashMap<&Feature, usize> = HashMap::new();
    for feature in call.came.as_ref()? {
        *left.entry(feature).or_default() += 1;
    }
    let filter = Filter::new(&call.request, &[]);
    let features = database.features().iter().enumerate();
    let inside = features.filter(|(_, feature)| filter.takes(feature));
    let arrived = inside.map(|(index, feature)| {
        let left = left.get_mut(feature).filter(|left| **left > 0);
        let comes = left.map(|left| *left -= 1).is_some();
        (index, comes)
    });
    let arrived = arrived.collect();
    left.values().all(|left| *left == 0).then_some(arrived)
}

/// After how many features of the database none ever comes, as far as the calls tell, if nothing else is wrong.
pub fn database_limit(
    database: &Database,
    calls: &[ObservedList],
) -> Option<RangeInclusive<usize>> {
    let all = database.features().len();
    let (mut least, mut most) = (0, all);
    for call in calls {
        for (index, comes) in arrived(database, call)? {
            match comes {
                true => least = least.max(index + 1),
                false => most = most.min(index),
            }
        }
    }
    (0 < least && least <= most && most < all).then_some(least..=most)
}

/// Whether each feature comes once at the most, and in no call after that. `calls` are in the order in which they were
/// made.
pub fn each_comes_once(database: &Database, calls: &[ObservedList]) -> bool {
    // What does not come at first may have come in a call of somebody else's.
    let mut asked_for = HashSet::new();
    let mut has_come = HashSet::new();
    let mut is_missed = false;
    for call in calls {
        let Some(arrived) = arrived(database, call) else {
            return false;
        };
        for (index, comes) in arrived {
            let is_new = asked_for.insert(index);
            if comes && !is_new {
                return false;
            }
            is_missed |= !comes && has_come.contains(&index);
            if comes {
                has_come.insert(index);
            }
        }
    }
    is_missed
}

/// A server may keep its features in an order of its own, and then first and last are others than
/// ours.
pub fn in_another_order(database: &Database, calls: &[ObservedList]) -> Option<Cause<ListMistake>> {
    let all = |fits: fn(usize, usize) -> bool| {
        calls.iter().all(|call| {
            let expected = answer(database, &call.request, &[]).unwrap_or_default();
            call.came
                .as_ref()
                .is_some_and(|came| fits(expected.len(), came.len()) && is_part_of(came, expected))
        })
    };
    if all(|expected, came| came == expected.min(1)) {
        return Some(Cause::sure(vec![ListMistake::FirstOnly]));
    }
    if sends_each_name_once(database, calls) {
        return Some(Cause::sure(vec![ListMistake::EachNameOnce]));
    }
    all(|expected, came| came == expected.saturating_sub(1)).then(|| Cause {
        certain: Vec::new(),
        one_of: vec![ListMistake::DropsFirst, ListMistake::DropsLast],
    })
}

/// Whether of all features with one name just one comes, whichever it is.
fn sends_each_name_once(database: &Database, calls: &[ObservedList]) -> bool {
    calls.iter().all(|call| {
        let expected = answer(database, &call.request, &[]).unwrap_or_default();
        let names: HashSet<&str> = expected.iter().map(|f| f.name.as_str()).collect();
        call.came.as_ref().is_some_and(|came| {
            let sent: HashSet<&str> = came.iter().map(|f| f.name.as_str()).collect();
            sent.len() == came.len() && sent == names && is_part_of(came, expected.clone())
        })
    })
}

fn is_part_of(came: &[Feature], expected: Vec<Feature>) -> bool {
    let mut expected: Vec<Feature> = expected.into_iter().map(Feature::with_defaults).collect();
    came.iter().all(|feature| {
        let found = expected.iter().position(|other| other == feature);
        found.map(|index| expected.swap_remove(index)).is_some()
    })
}
