//! What a program wrote to standard error, as far as it is quoted.

use crate::process::Running;
use crate::process::output::cut_lines;
use crate::verdict::quote;

/// The lines that tell most of what went wrong; where none does, the last ones.
pub fn of(running: &Running) -> String {
    cut_lines(&quote::of(&running.stderr.text()))
}
