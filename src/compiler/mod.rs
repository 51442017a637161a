//! Why the learner's crate does not build: one sentence and a place, from what cargo and rustc say and what is in the
//! learner's files. Pure.
//!
//! A cause is recognised by the code of an error, its places and their labels. What is not recognised gets no sentence:
//! rustc's own text says more than a guess.

mod arguments;
mod build_script;
mod cause;
mod conversions;
mod dependencies;
mod generated;
mod imports;
mod in_use;
mod lending;
mod lifetimes;
mod manifest;
mod methods;
mod moves;
mod mutability;
mod names;
mod place;
mod sources;
mod streams;
#[cfg(test)]
mod tests;
mod threads;
mod types;
mod unreadable;
mod values;
mod warnings;

pub use cause::Cause;
pub use in_use::running_program;
pub use sources::Sources;
pub use warnings::{DROPS_RESULT, NEVER_AWAITED, Unused, unused};

use crate::location::Location;
use crate::process::cargo::CompilerMessage;

/// Why rustc refused the code.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The cause, if it is recognised.
    pub cause: Option<Cause>,
    /// The learner's own line to change, if one is known.
    pub location: Option<Location>,
    /// Which of the errors shows it, as an index.
    pub error: usize,
}

/// Recognises a cause from all errors together: of one, it is often only seen what follows from it.
type OfAll = fn(&[CompilerMessage], &Sources) -> Option<(usize, Cause)>;

/// Recognises a cause from one error.
type OfOne = fn(&CompilerMessage, &Sources) -> Option<Cause>;

const OF_ALL: [OfAll; 4] = [
    generated::cause,
    names::cause,
    dependencies::cause,
    methods::generated_already,
];

/// Wherever the error is.
const ANYWHERE: [OfOne; 4] = [
    unreadable::cause,
    lifetimes::cause,
    threads::cause,
    methods::missing,
];

/// Where the error is in the learner's own code.
const IN_OWN_CODE: [OfOne; 7] = [
    arguments::cause,
    imports::cause,
    moves::cause,
    mutability::cause,
    streams::cause,
    methods::not_in_trait,
    values::cause,
];

/// Finds out why rustc refused the code. There must be an error.
pub fn refusal(errors: &[CompilerMessage], sources: &Sources) -> Refusal {
    let of_all = OF_ALL.iter().find_map(|of_all| of_all(errors, sources));
    let of_one = || {
        let mut errors = errors.iter().enumerate();
        errors.find_map(|(index, error)| Some((index, of_one(error, sources)?)))
    };
    if let Some((error, cause)) = of_all.or_else(of_one) {
        let location = match cause.at_no_line {
            true => None,
            false => cause
                .location
                .clone()
                .or_else(|| place::own_line(&errors[error], sources)),
        };
        return Refusal {
            cause: Some(cause),
            location,
            error,
        };
    }
    let located = errors
        .iter()
        .enumerate()
        .find_map(|(index, error)| Some((index, place::own_line(error, sources)?)));
    match located {
        Some((error, location)) => Refusal {
            cause: None,
            location: Some(location),
            error,
        },
        None => Refusal {
            cause: None,
            location: None,
            error: 0,
        },
    }
}

fn of_one(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let anywhere = ANYWHERE.iter().find_map(|of_one| of_one(error, sources));
    anywhere.or_else(|| {
        place::own_line(error, sources)?;
        IN_OWN_CODE.iter().find_map(|of_one| of_one(error, sources))
    })
}

/// Finds out why cargo could not even begin to compile the crate, or why its build script failed, from what cargo
/// writes for people.
pub fn failure(words: &str, sources: &Sources) -> Option<Cause> {
    build_script::cause(words, sources).or_else(|| manifest::cause(words, sources))
}
