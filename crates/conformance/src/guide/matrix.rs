//! The matrix: every mistake of the model against every other, as far as the cases of the lessons show
//! them. A case that gets weaker, or a new mistake that looks like another, is found here.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::guide::cases::{CaseVisitor, CheckFile, Proof};
use crate::guide::cause::{self, Cause};
use crate::guide::draw::Draw;
use crate::guide::mistake::Mistake;
use crate::guide::registry::with_all_methods;
use crate::guide::simulated::Simulated;
use crate::guide::{Database, Method};

/// Mistakes that no answer can tell apart, at least in one of their variants.
const SAME_TO_AN_OBSERVER: &[[&str; 2]] = &[
    // Whether the older notes are thrown away or only not sent cannot be seen from outside.
    ["overwrites", "replies-last-only"],
    // With features in the north-west alone: where such a server asks for more than it should of one side, the other
    // axis leaves no feature.
    ["south-not-compared", "south-from-longitudes"],
    ["east-not-compared", "east-from-latitudes"],
];

/// The folder of the lab, whose lessons hold the cases.
fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(checkout().join(file)).unwrap()
}

fn database() -> Database {
    Database::from_json(&read("completed/route_guide_db.json")).unwrap()
}

/// The cases that the course's files hold for an RPC, in the lesson about it.
fn written<W: Method>() -> Vec<W::Case> {
    /// The cases of `W`, as text: the types of different methods do not mix.
    struct Written<W: Method>(Vec<W::Case>);
    impl<W: Method> CaseVisitor for Written<W> {
        fn visit<M: Method>(&mut self, cases: &[M::Case]) {
            if M::RPC == W::RPC {
                let text = serde_json::to_string(cases).unwrap();
                self.0 = serde_json::from_str(&text).unwrap();
            }
        }
    }
    let lessons = std::fs::read_dir(checkout().join("lessons")).unwrap();
    let mut checks: Vec<PathBuf> = lessons
        .map(|lesson| lesson.unwrap().path().join("check.json"))
        .collect();
    checks.sort();
    checks
        .into_iter()
        .filter(|file| file.is_file())
        .find_map(|file| {
            let check = CheckFile::from_json(&std::fs::read_to_string(file).unwrap()).unwrap();
            let mut written = Written::<W>(Vec::new());
            check.visit(&mut written);
            let is_about = check.proves == Proof::Methods && !written.0.is_empty();
            is_about.then_some(written.0)
        })
        .unwrap()
}

fn drawn<M: Method>(database: &Database, seed: u64) -> Vec<M::Case> {
    let mut draw = Draw::new(database, seed);
    let mut cases = M::for_other_features(Vec::new(), &mut draw);
    cases.extend(M::random(&mut draw, M::RANDOM_CASES));
    cases
}

/// Every mistake is told from every other by the written cases.
fn every_mistake_is_found<M: Simulated>() {
    let database = database();
    let cases = [written::<M>(), M::follow_up(&database)].concat();
    for mistake in M::Mistake::ALL {
        let calls = M::simulate(&database, &cases, &[*mistake]);
        let cause = cause::find::<M>(&database, &calls);
        let same = |pair: &&[&str; 2]| pair.contains(&mistake.id());
        let found = cause.map_or(Vec::new(), |cause| cause.ids());
        let found: BTreeSet<&str> = found.into_iter().collect();
        let alone = BTreeSet::from([mistake.id()]);
        let pair = SAME_TO_AN_OBSERVER.iter().find(same);
        let is_pair = pair.is_some_and(|pair| found == pair.iter().copied().collect());
        assert!(found == alone || is_pair, "{mistake:?}: {found:?}");
    }
}

/// Drawn cases are fewer, and may leave mistakes that look the same; but the one that was made is
/// always among those that are found.
fn drawn_cases_never_accuse_the_innocent<M: Simulated>() {
    let database = database();
    for seed in 0..6 {
        let cases = drawn::<M>(&database, seed);
        for mistake in M::Mistake::ALL {
            let calls = M::simulate(&database, &cases, &[*mistake]);
            match cause::find::<M>(&database, &calls) {
                None => assert!(
                    M::reproduces(&database, &calls, &[]),
                    "{mistake:?} is not found"
                ),
                Some(cause) => {
                    let ids = cause.ids();
                    assert!(
                        ids.contains(&mistake.id()),
                        "{mistake:?} is taken for {ids:?}"
                    );
                }
            }
        }
    }
}

/// One pair of mistakes in so many is tried: all of them take longer than a test should.
const ONE_PAIR_IN: usize = 13;

/// Whatever two mistakes are made together: what is found explains everything that was seen. Where it is
/// not the two themselves, that is because they look like something simpler.
fn two_mistakes_at_once_are_explained<M: Simulated>() {
    let (database, cases) = (database(), written::<M>());
    let mut pairs_and_found = (0, 0);
    let first = M::Mistake::ALL.iter().enumerate();
    let pairs = first.flat_map(|(index, first)| {
        let others = M::Mistake::ALL[index + 1..].iter();
        others.map(move |second| [*first, *second])
    });
    let pairs = pairs.filter(|[first, second]| first.id() != second.id());
    for made in pairs.step_by(ONE_PAIR_IN) {
        let [first, second] = made;
        let calls = M::simulate(&database, &cases, &made);
        pairs_and_found.0 += 1;
        // None: several pairs without a mistake in common, or calls that are all right.
        let Some(cause) = cause::find::<M>(&database, &calls) else {
            continue;
        };
        let explains = |wrong: &[M::Mistake]| M::reproduces(&database, &calls, wrong);
        assert!(
            is_explained(&cause, explains),
            "{first:?} and {second:?}: {cause:?}"
        );
        let ids = cause.ids();
        let is_exact = ids.contains(&first.id()) && ids.contains(&second.id());
        pairs_and_found.1 += usize::from(is_exact);
    }
    assert_eq!(pairs_and_found, M::PAIRS_AND_FOUND);
}

/// Whether what was found reproduces what was seen.
fn is_explained<M: Mistake>(cause: &Cause<M>, reproduces: impl Fn(&[M]) -> bool) -> bool {
    let explains = |more: &[M]| {
        let made: Vec<M> = M::ALL
            .iter()
            .filter(|m| cause.certain.contains(m) || more.contains(m))
            .copied()
            .collect();
        reproduces(&made)
    };
    match cause.one_of.as_slice() {
        [] => explains(&[]),
        family => family.iter().any(|one| explains(&[*one])),
    }
}

macro_rules! matrix {
    ($( $key:ident: $Method:ident, )+) => {
        $(
            mod $key {
                use crate::guide::$key::$Method;

                #[test]
                fn every_mistake_is_found() {
                    super::every_mistake_is_found::<$Method>();
                }

                #[test]
                fn drawn_cases_never_accuse_the_innocent() {
                    super::drawn_cases_never_accuse_the_innocent::<$Method>();
                }

                #[test]
                fn two_mistakes_at_once_are_explained() {
                    super::two_mistakes_at_once_are_explained::<$Method>();
                }
            }
        )+
    };
}

with_all_methods!(matrix);
