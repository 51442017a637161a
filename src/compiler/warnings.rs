//! Warnings that say why code which compiles does not do what it should.

use super::place::own_line_of;
use super::sources::Sources;
use crate::location::Location;
use crate::process::cargo::CompilerMessage;

/// A call that is made, but whose future is never awaited, so that nothing of it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeverAwaited {
    /// The sentence.
    pub message: String,
    /// The call.
    pub location: Location,
}

/// The futures that the learner's own code never awaits.
pub fn never_awaited(warnings: &[CompilerMessage], sources: &Sources) -> Vec<NeverAwaited> {
    let unused = warnings.iter().filter(|warning| {
        let explains =
            |child: &CompilerMessage| child.message.starts_with("futures do nothing unless");
        warning.code() == Some("unused_must_use") && warning.children.iter().any(explains)
    });
    let found = unused.filter_map(|warning| {
        let span = warning.primary().next()?;
        let location = own_line_of(span, sources)?;
        let call = span
            .code()
            .map_or("A call".to_string(), |code| format!("`{code}`"));
        let message =
            format!("{call} is never awaited, so nothing of it happens: write `.await` behind it.");
        Some(NeverAwaited { message, location })
    });
    found.collect()
}
