//! Clients that panicked, as Rust programs say it.

use super::ClientRun;
use crate::location::Location;
use crate::verdict::{Diagnosis, panics};

impl ClientRun {
    /// The first panic of the client: whatever is missing after it, that is why.
    pub(super) fn panic(&self) -> Option<Diagnosis> {
        // All that it wrote has the backtrace, too, and its last words have not.
        let panics = [panics::find(&self.said), panics::find(&self.stderr)];
        let panic = panics.concat().into_iter().next()?;
        let message = format!("Your client panicked at {}.", panic.location);
        let diagnosis = Diagnosis::mistake("panics", message).quoting(panic.words.trim());
        let diagnosis = match panic.is_of_unwrapping() {
            true => diagnosis.hint_in_rust(
                "A stream gives `None` when it has ended with OK, so read with `while let Some(…)`. A message field that \
                 is left unset is `None`, too, and reads as its default: `unwrap_or_default()`.",
            ),
            false => diagnosis.hint_in_rust(
                "Return the error with `?` instead: then the client says what went wrong.",
            ),
        };
        Some(match is_own(&panic.location) {
            true => diagnosis.at(panic.location),
            false => diagnosis,
        })
    }
}

/// Whether a place is in the code of whoever wrote the program: not in a library, which has an absolute path.
fn is_own(location: &Location) -> bool {
    let file = &location.file;
    let is_absolute = file.starts_with('/') || file.get(1..3) == Some(":/");
    !is_absolute && !file.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ones_own_code_is_to_be_changed() {
        for (file, own) in [
            ("start_here/src/client.rs", true),
            ("src/main.rs", true),
            ("/rustc/59807616/library/core/src/option.rs", false),
            ("/home/me/.cargo/registry/src/fastrand/lib.rs", false),
            ("C:/Users/me/.cargo/registry/lib.rs", false),
        ] {
            assert_eq!(is_own(&Location::new(file, 1)), own, "{file}");
        }
    }
}
