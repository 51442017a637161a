//! The search for the cause: which known mistake, made by the model, reproduces everything that was seen. It
//! is the same for every RPC.

use super::mistake::Mistake;
use super::played::{self, Played};
use super::{Database, Method};
use crate::verdict::{CaseReport, Diagnosis, Outcome, stream};

/// What is said of a mistake.
#[derive(Debug, Clone, Copy)]
pub struct MistakeText {
    /// What the program does, in one sentence or two.
    pub cause: &'static str,
    /// What to change, if the sentence does not say so already. It speaks of no language.
    pub remedy: Option<&'static str>,
    /// What helps somebody who writes Rust besides.
    pub in_rust: Option<&'static str>,
}

impl MistakeText {
    /// A sentence that says what to change, too.
    pub fn new(cause: &'static str) -> MistakeText {
        MistakeText {
            cause,
            remedy: None,
            in_rust: None,
        }
    }

    /// A cause, and what to change.
    pub fn with_remedy(cause: &'static str, remedy: &'static str) -> MistakeText {
        MistakeText {
            cause,
            remedy: Some(remedy),
            in_rust: None,
        }
    }

    /// With what helps somebody who writes Rust besides.
    #[must_use]
    pub fn in_rust(self, more: &'static str) -> MistakeText {
        MistakeText {
            in_rust: Some(more),
            ..self
        }
    }
}

/// What explains the calls of an RPC.
#[derive(Debug, Clone)]
pub enum Explanation<M> {
    /// Known mistakes.
    Mistakes(Cause<M>),
    /// Something that no list of mistakes has.
    Other(Box<Diagnosis>),
}

/// The mistakes that reproduce everything that was seen of an RPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause<M> {
    /// All of these are made.
    pub certain: Vec<M>,
    /// And, if it is not empty, one of these: they look the same in all that was seen.
    pub one_of: Vec<M>,
}

/// How much a call may be disturbed by others, so that a cause may be looked for without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disturbance {
    /// Not at all.
    None,
    /// By what others have left behind, in an order of its own.
    ByEarlierCalls,
    /// By another that is open at the same time.
    ByOpenCalls,
}

impl Disturbance {
    /// All of them, the least first.
    const ALL: [Disturbance; 3] = [
        Disturbance::None,
        Disturbance::ByEarlierCalls,
        Disturbance::ByOpenCalls,
    ];
}

/// Names the mistake behind the calls that are not right, where the model finds one. The calls come in the
/// order in which they were made.
pub fn explain<M: Method>(
    mut played: Vec<Played<M::Case>>,
    database: &Database,
) -> Vec<CaseReport> {
    M::before_search(&mut played);
    played::name_bad_statuses(&mut played);
    played::name_limits(&mut played);
    played::name_unset_fields(&mut played, M::OPTIONAL_FIELD, M::OPTIONAL_FIELD_HINT);
    // Where others come to an end, what did not come in one that does not may only have been held back with its end.
    let some_end = played.iter().any(|one| one.report.ended_ok());
    let says_all =
        |one: &Played<M::Case>| !some_end || !stream::never_ended(&one.report.transcript);
    // If there is none for all of them, what those show that others disturb less is still certain.
    let all = Disturbance::ALL.into_iter().rev();
    for most in all {
        let disturbance = |one: &Played<M::Case>| match one.passes_alone {
            true => Disturbance::ByOpenCalls,
            false => M::disturbance(&one.case),
        };
        let counts = |one: &Played<M::Case>| disturbance(one) <= most && says_all(one);
        let is_new = played.iter().any(|one| disturbance(one) == most);
        if (is_new || most == Disturbance::None)
            && name_the_cause::<M>(&mut played, database, &counts)
        {
            break;
        }
    }
    M::after_search(&mut played);
    played::name_shared_state(&mut played);
    played::explain_unset_fields(&mut played, M::OPTIONAL_FIELD);
    played::reports(played)
}

/// Says of a server of several RPCs that answers all of them as one without features would.
pub fn name_missing_features(reports: &mut [CaseReport]) {
    for report in reports
        .iter_mut()
        .filter(|report| report.outcome == Outcome::Fail)
    {
        let found = report.diagnosis.take();
        let (evidence, contrast) = match found {
            Some(found) => (found.evidence.or(Some(found.message)), found.contrast),
            None => (None, None),
        };
        let message = "The server answers as one that has no features: every rectangle is empty to it, and no point has a \
                       feature.";
        report.diagnosis = Some(Diagnosis {
            evidence,
            contrast,
            ..Diagnosis::mistake("no-features", message)
                .hint("Load the features before the service is made from them.")
        });
    }
}

/// Looks for the mistake behind the calls that count, and says so in each that failed. False if there is
/// none to be found.
fn name_the_cause<M: Method>(
    played: &mut [Played<M::Case>],
    database: &Database,
    counts: &dyn Fn(&Played<M::Case>) -> bool,
) -> bool {
    let mut calls = Vec::new();
    for one in played.iter().filter(|one| counts(one)) {
        if let Some(call) = M::observed(one) {
            calls.extend(M::observed_before(one));
            calls.push(call);
        }
    }
    let (diagnosis, made) = match M::explain(database, &calls) {
        None => return false,
        Some(Explanation::Other(diagnosis)) => (*diagnosis, Vec::new()),
        Some(Explanation::Mistakes(cause)) => {
            let made = cause.likeliest();
            let others = played.iter().filter(|one| !counts(one));
            let mut others = others.filter_map(M::observed);
            if others.any(|call| M::is_contradicted_by(database, &call, &made)) {
                return false;
            }
            let counts = |one: &Played<M::Case>| counts(one) && M::observed(one).is_some();
            let diagnosis = M::show_evidence(played, &made, &counts, M::describe(&cause));
            (diagnosis, made)
        }
    };
    played::explain(played, &diagnosis, |one| {
        let call = M::observed(one).filter(|_| counts(one))?;
        Some(M::ambiguity(database, one, &call, &made))
    });
    true
}

/// The mistakes behind the calls, if there are any that explain all of them. Nothing is wrong with calls that
/// the model without a mistake reproduces.
pub fn find<M: Method>(database: &Database, calls: &[M::Observed]) -> Option<Cause<M::Mistake>> {
    if M::reproduces(database, calls, &[]) || !M::can_be_explained(calls) {
        return None;
    }
    let mut ordered = calls.to_vec();
    if !M::ORDER_MATTERS {
        // What is wrong first: most candidates fail there, and the rest need not be looked at.
        ordered.sort_by_cached_key(|call| M::is_answered_by(database, call, &[]));
    }
    let reproduces = |wrong: &[M::Mistake]| M::reproduces(database, &ordered, wrong);
    let found = if M::is_costly(database) {
        search_singles(reproduces)
    } else {
        search(M::BUNDLES, reproduces)
    };
    found.or_else(|| M::further_search(database, &ordered))
}

/// How many mistakes would have led to just this call, if it were the only one.
pub fn ambiguity<M: Method>(database: &Database, call: &M::Observed) -> usize {
    let made = |mistake: &&M::Mistake| M::is_answered_by(database, call, &[**mistake]);
    M::Mistake::ALL.iter().filter(made).count()
}

/// Looks for the mistake that `reproduces` everything or, if there is none, for the two that do
/// together; then for one of the `bundles`, larger sets that people make together. Mistakes that cannot be
/// told apart make a family.
pub fn search<M: Mistake>(bundles: &[&[M]], reproduces: impl Fn(&[M]) -> bool) -> Option<Cause<M>> {
    let bundle = || bundles.iter().find(|bundle| reproduces(bundle));
    search_singles(&reproduces)
        .or_else(|| search_pairs(&reproduces))
        .or_else(|| bundle().map(|bundle| Cause::sure(bundle.to_vec())))
}

/// Looks for one mistake only, which takes a fraction of the time.
fn search_singles<M: Mistake>(reproduces: impl Fn(&[M]) -> bool) -> Option<Cause<M>> {
    let alone = M::ALL.iter().filter(|mistake| reproduces(&[**mistake]));
    let alone = unlike(alone.copied());
    match alone.len() {
        0 => None,
        1 => Some(Cause::sure(alone)),
        _ => Some(Cause {
            certain: Vec::new(),
            one_of: alone,
        }),
    }
}

fn search_pairs<M: Mistake>(reproduces: impl Fn(&[M]) -> bool) -> Option<Cause<M>> {
    let mut pairs: Vec<[M; 2]> = Vec::new();
    for (index, first) in M::ALL.iter().enumerate() {
        for second in &M::ALL[index + 1..] {
            let differ = first.id() != second.id();
            if differ && reproduces(&[*first, *second]) {
                pairs.push([*first, *second]);
            }
        }
    }
    of_pairs(&pairs)
}

/// One of each id, in order.
fn unlike<M: Mistake>(mistakes: impl Iterator<Item = M>) -> Vec<M> {
    let mut kept: Vec<M> = Vec::new();
    for mistake in mistakes {
        if !kept.iter().any(|other| other.id() == mistake.id()) {
            kept.push(mistake);
        }
    }
    kept
}

/// Several pairs say something only if they have one mistake in common, which then is certain.
fn of_pairs<M: Mistake>(pairs: &[[M; 2]]) -> Option<Cause<M>> {
    let in_all = |id: &str| {
        pairs
            .iter()
            .all(|pair| pair.iter().any(|mistake| mistake.id() == id))
    };
    let certain = unlike(pairs.iter().flatten().copied().filter(|m| in_all(m.id())));
    let one_of = unlike(pairs.iter().flatten().copied().filter(|m| !in_all(m.id())));
    match (certain.len(), one_of.len()) {
        (0, _) => None,
        _ => Some(Cause { certain, one_of }),
    }
}

impl<M: Mistake> Cause<M> {
    /// These mistakes, without a doubt.
    pub fn sure(certain: Vec<M>) -> Cause<M> {
        Cause {
            certain,
            one_of: Vec::new(),
        }
    }

    /// The mistakes that are certain, and the first of those of which one is made.
    pub fn likeliest(&self) -> Vec<M> {
        [&self.certain[..], self.one_of.get(..1).unwrap_or(&[])].concat()
    }

    /// All ids, the certain ones first.
    pub fn ids(&self) -> Vec<&'static str> {
        let all = self.certain.iter().chain(&self.one_of);
        all.map(|mistake| mistake.id()).collect()
    }

    /// What is said of it: the words of each mistake.
    pub fn diagnosis(&self, text: impl Fn(M) -> MistakeText) -> Diagnosis {
        let causes = |mistakes: &[M]| -> Vec<&str> {
            mistakes
                .iter()
                .map(|mistake| text(*mistake).cause)
                .collect()
        };
        let mut sentences: Vec<String> = causes(&self.certain)
            .into_iter()
            .map(str::to_string)
            .collect();
        if !self.one_of.is_empty() {
            let family = match self.one_of.len() {
                0..=MOST_SENTENCES => causes(&self.one_of).join(" Or: "),
                _ => format!("{}.", self.one_of_ids().join(", ")),
            };
            sentences.push(format!("One of these, which look the same here: {family}"));
        }
        let mut sentences = sentences.into_iter();
        let message = sentences.next().unwrap_or_default();
        let texts = self
            .certain
            .iter()
            .chain(self.one_of.iter().take(MOST_SENTENCES));
        let texts: Vec<MistakeText> = texts.map(|mistake| text(*mistake)).collect();
        let hint = |in_rust: bool| {
            let sentences = texts.iter().flat_map(|text| {
                let more = text.in_rust.filter(|_| in_rust);
                text.remedy.into_iter().chain(more)
            });
            // Two borders have one remedy.
            let mut once: Vec<&str> = Vec::new();
            for sentence in sentences {
                if !once.contains(&sentence) {
                    once.push(sentence);
                }
            }
            let sentences = once;
            (!sentences.is_empty()).then(|| sentences.join(" "))
        };
        Diagnosis {
            mistakes: self.ids(),
            also: sentences.collect(),
            hint: hint(false),
            hint_in_rust: hint(true),
            ..Diagnosis::new(message)
        }
    }

    fn one_of_ids(&self) -> Vec<&'static str> {
        self.one_of.iter().map(|mistake| mistake.id()).collect()
    }
}

/// A family larger than this is named by ids: more sentences would hide each other.
const MOST_SENTENCES: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guide::list_features::ListMistake::{self, *};
    use crate::guide::list_features::model::BUNDLES;

    fn found(made: impl Fn(&[ListMistake]) -> bool) -> Option<Vec<&'static str>> {
        search(BUNDLES, made).map(|cause| cause.ids())
    }

    #[test]
    fn singles_come_before_pairs_and_pairs_before_bundles() {
        assert_eq!(
            found(|wrong| wrong.contains(&NoFilter)),
            Some(vec!["no-filter"])
        );
        let two = |wrong: &[ListMistake]| wrong.contains(&BorderEast) && wrong.contains(&FirstOnly);
        assert_eq!(found(two), Some(vec!["border-east", "first-only"]));
        let three = |wrong: &[ListMistake]| wrong.len() == 3 && !wrong.contains(&BorderWest);
        assert_eq!(
            found(three),
            Some(vec!["border-south", "border-north", "border-east"])
        );
        assert_eq!(found(|_| false), None);
    }

    /// Whoever is told of a mistake may write in any language; what Rust has for it is said apart.
    fn speaks_no_rust<M: Method>() {
        for mistake in M::Mistake::ALL {
            let text = M::message(*mistake);
            let said = format!("{} {}", text.cause, text.remedy.unwrap_or_default());
            for word in ["Rust", "unwrap", ".await", "tokio", "Err(", "::"] {
                assert!(!said.contains(word), "{mistake:?}: {said}");
            }
        }
        assert!(!M::OPTIONAL_FIELD_HINT.contains("Rust"));
    }

    macro_rules! texts {
        ($( $key:ident: $Method:ident, )+) => {
            #[test]
            fn no_text_about_a_server_speaks_rust() {
                $( speaks_no_rust::<crate::guide::$key::$Method>(); )+
            }
        };
    }

    crate::guide::registry::with_all_methods!(texts);

    #[test]
    fn what_looks_the_same_is_a_family_and_variants_are_one() {
        let same = |wrong: &[ListMistake]| wrong == [DropsFirst] || wrong == [DropsLast];
        let cause = search(BUNDLES, same).unwrap();
        assert!(cause.certain.is_empty());
        assert_eq!(cause.ids(), ["drops-first", "drops-last"]);
        let variants = |wrong: &[ListMistake]| wrong == [EachTwice] || wrong == [LastTwice];
        assert_eq!(found(variants), Some(vec!["duplicates"]));
    }

    #[test]
    fn pairs_that_share_a_mistake_make_it_certain() {
        let pairs = |wrong: &[ListMistake]| {
            wrong == [SkipsUnnamed, DropsFirst] || wrong == [SkipsUnnamed, DropsLast]
        };
        let cause = search(BUNDLES, pairs).unwrap();
        assert_eq!(cause.certain, [SkipsUnnamed]);
        assert_eq!(cause.one_of, [DropsFirst, DropsLast]);
        let strangers = |wrong: &[ListMistake]| {
            wrong == [SkipsUnnamed, DropsFirst] || wrong == [BorderSouth, DropsLast]
        };
        assert_eq!(found(strangers), None);
    }
}
