//! The search for the cause: which known mistake, made by the model, reproduces everything that was
//! seen.

use super::Diagnosis;
use crate::guide::model::Mistake;

/// What a mistake is called in front of a learner.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// What the program does, in one sentence or two.
    pub cause: &'static str,
    /// What to change, if the sentence does not say so already.
    pub remedy: Option<&'static str>,
}

/// The mistakes that reproduce everything that was seen of an RPC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause<M> {
    /// All of these are made.
    pub certain: Vec<M>,
    /// And, if it is not empty, one of these: they look the same in all that was seen.
    pub one_of: Vec<M>,
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
pub fn search_singles<M: Mistake>(reproduces: impl Fn(&[M]) -> bool) -> Option<Cause<M>> {
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
    fn sure(certain: Vec<M>) -> Cause<M> {
        Cause {
            certain,
            one_of: Vec::new(),
        }
    }

    /// All ids, the certain ones first.
    pub fn ids(&self) -> Vec<&'static str> {
        let all = self.certain.iter().chain(&self.one_of);
        all.map(|mistake| mistake.id()).collect()
    }

    /// What is said of it: the words of each mistake.
    pub fn diagnosis(&self, words: impl Fn(M) -> Words) -> Diagnosis {
        let causes = |mistakes: &[M]| -> Vec<&str> {
            mistakes
                .iter()
                .map(|mistake| words(*mistake).cause)
                .collect()
        };
        let certain = causes(&self.certain);
        let mut message = match certain.as_slice() {
            [] => String::new(),
            [one] => (*one).to_string(),
            [one, other] => format!("Two things at once. {one} And: {other}"),
            more => format!("{} things at once. {}", more.len(), more.join(" And: ")),
        };
        if !self.one_of.is_empty() {
            let family = match self.one_of.len() {
                0..=MOST_SENTENCES => causes(&self.one_of).join(" Or: "),
                _ => format!("It is one of these: {}.", self.one_of_ids().join(", ")),
            };
            let opening = match message.is_empty() {
                true => "What came has one of several causes. ",
                false => " Besides, one of these. ",
            };
            message.push_str(opening);
            message.push_str(&family);
        }
        let mut remedies: Vec<&str> = self
            .certain
            .iter()
            .chain(self.one_of.iter().take(MOST_SENTENCES))
            .filter_map(|mistake| words(*mistake).remedy)
            .collect();
        // Two borders have one remedy. What is the same stands side by side in the tables.
        remedies.dedup();
        Diagnosis {
            mistakes: self.ids(),
            hint: (!remedies.is_empty()).then(|| remedies.join(" ")),
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
    use crate::guide::model::ListMistake::{self, *};
    use crate::guide::model::list_features::BUNDLES;

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
