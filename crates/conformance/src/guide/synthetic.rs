//! What a recording server answers: by the contract, but with features, replies and figures that are
//! invented for the check, so that only a client that prints what it received prints them.

use std::fmt::Debug;
use std::sync::Arc;

use super::production::error_details::Refusal;
use super::{Method, registry};
use crate::messages::Rpc;
use crate::probe::recorder::{Answers, Details};
pub use crate::probe::recorder::{Conversation, Length};
use crate::transcript::Status;

/// Figures that a route through the codelab's features shows anyway: whole degrees, and its length.
const COMMON: [i32; 7] = [10, 40, 41, 42, 73, 74, 75];

/// Invents texts and numbers from a seed. All texts are plain letters, digits, commas and spaces, which look the same
/// in whatever language and form a client prints them.
#[derive(Debug)]
pub struct Invention {
    /// Where chance comes from.
    pub random: fastrand::Rng,
    taken: Vec<i32>,
}

impl Invention {
    /// Invents from a seed.
    pub fn new(seed: u64) -> Invention {
        Invention {
            random: fastrand::Rng::with_seed(seed),
            taken: COMMON.to_vec(),
        }
    }

    /// A name that no client can know: a word, and a number.
    pub fn name(&mut self, kind: &str) -> String {
        format!("{kind} {}", self.random.u32(10_000..100_000))
    }

    /// Names that no client can know, and none of which is a part of another.
    pub fn numbered(&mut self, kind: &str, count: usize) -> Vec<String> {
        let name = self.name(kind);
        // As many digits in each.
        (0..count)
            .map(|n| format!("{name} no {}", 1_001 + n))
            .collect()
    }

    /// A number of at least 11 and below an end that is no other's: none that was invented, and none that a
    /// client shows anyway.
    pub fn rare_number(&mut self, below: i32) -> i32 {
        let mut number = COMMON[0];
        while self.taken.contains(&number) {
            number = self.random.i32(11..below);
        }
        self.taken.push(number);
        number
    }
}

/// What is put before the text of every reply that another server sends through the recorder.
pub fn mark(seed: u64) -> String {
    Invention::new(seed).name("Reply")
}

/// The answers to all RPCs for one check.
#[derive(Debug)]
pub struct SyntheticAnswers {
    error: Status,
    refusal: Refusal,
    /// In the order of [`Rpc::ALL`].
    methods: [Box<dyn SyntheticMethod>; Rpc::ALL.len()],
}

impl SyntheticAnswers {
    /// Answers that are invented from a seed.
    pub fn new(seed: u64) -> SyntheticAnswers {
        let mut invention = Invention::new(seed);
        // No library tries again by itself after this code, and none uses it for an error of its own.
        let error = Status {
            code: "DATA_LOSS",
            message: invention.name("Storm"),
            flaw: None,
            details: None,
        };
        let methods = Rpc::ALL.map(|rpc| registry::method(rpc).invent(&mut invention));
        SyntheticAnswers {
            error,
            methods,
            refusal: Refusal::invent(&mut invention),
        }
    }
}

impl Answers for SyntheticAnswers {
    fn open(&self, rpc: Rpc, length: Length) -> Box<dyn Conversation> {
        self.methods[rpc as usize].converse(length)
    }

    fn error(&self) -> Status {
        self.error.clone()
    }

    fn refusal(&self, details: Details) -> tonic::Status {
        self.refusal.status(details)
    }
}

/// The invented answers of one RPC.
pub trait SyntheticMethod: Debug + Send + Sync {
    /// Begins to answer one call.
    fn converse(&self, length: Length) -> Box<dyn Conversation>;
}

#[derive(Debug)]
struct Invented<M: Method>(Arc<M::Synthetic>);

impl<M: Method> SyntheticMethod for Invented<M> {
    fn converse(&self, length: Length) -> Box<dyn Conversation> {
        M::converse(&self.0, length)
    }
}

/// Invents the answers of one RPC.
pub fn of<M: Method>(invention: &mut Invention) -> Box<dyn SyntheticMethod> {
    Box::new(Invented::<M>(Arc::new(M::invent(invention))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_invented_is_plain_and_not_to_be_mistaken() {
        for seed in 0..2_000 {
            let mut invention = Invention::new(seed);
            let names = [invention.name("Ferry"), mark(seed)];
            for text in names
                .iter()
                .chain([&SyntheticAnswers::new(seed).error.message])
            {
                let plain = |c: char| c.is_ascii_alphanumeric() || c == ' ';
                assert!(text.chars().all(plain), "{text:?}");
            }
            let (one, other) = (invention.rare_number(60), invention.rare_number(60));
            assert_ne!(one, other);
            for number in [one, other] {
                assert!((11..60).contains(&number) && !COMMON.contains(&number));
            }
        }
    }
}
