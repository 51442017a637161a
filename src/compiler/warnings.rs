//! Warnings that say why code which compiles does not do what it should.

use super::place::own_line_of;
use super::sources::Sources;
use crate::location::Location;
use crate::process::cargo::CompilerMessage;

/// A call that is made, but whose future is never awaited, so that nothing of it happens; or whose `Result` is dropped, so
/// that an error in it goes unnoticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unused {
    /// The id of the mistake.
    pub mistake: &'static str,
    /// The sentence.
    pub message: String,
    /// The call.
    pub location: Location,
    /// Which of the warnings says so, as an index.
    pub warning: usize,
}

/// The id of a future that is never awaited.
pub const NEVER_AWAITED: &str = "never-awaited";

/// The id of a `Result` that is dropped.
pub const DROPS_RESULT: &str = "drops-result";

/// The futures that the learner's own code never awaits, and then the results that it drops.
pub fn unused(warnings: &[CompilerMessage], sources: &Sources) -> Vec<Unused> {
    let of = |kind: fn(&CompilerMessage) -> bool, mistake, what: fn(&str) -> String| {
        let meant = warnings
            .iter()
            .enumerate()
            .filter(move |(_, warning)| warning.code() == Some("unused_must_use") && kind(warning));
        meant.filter_map(move |(index, warning)| {
            let span = warning.primary().next()?;
            let location = own_line_of(span, sources)?;
            let call = span
                .code()
                .map_or("A call".to_string(), |code| format!("`{code}`"));
            let message = what(&call);
            Some(Unused {
                mistake,
                message,
                location,
                warning: index,
            })
        })
    };
    let futures = of(is_future, NEVER_AWAITED, |call| {
        format!("{call} is never awaited, so nothing of it happens: write `.await` behind it.")
    });
    let results = of(is_result, DROPS_RESULT, |call| {
        format!(
            "The `Result` of {call} is dropped, so an error in it goes unnoticed: write `?` behind it."
        )
    });
    futures.chain(results).collect()
}

fn is_future(warning: &CompilerMessage) -> bool {
    let explains = |child: &CompilerMessage| child.message.starts_with("futures do nothing unless");
    warning.children.iter().any(explains)
}

fn is_result(warning: &CompilerMessage) -> bool {
    warning.message.starts_with("unused `Result`")
        || warning.message.starts_with("unused `std::result::Result`")
}
