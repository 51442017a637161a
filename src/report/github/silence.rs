//! No commands while a check runs: the runner carries out none between `::stop-commands::TOKEN` and `::TOKEN::`.
//!
//! A program under test can find a way to the runner that the lab does not know, such as the output of the shell that
//! has started the lab. It cannot guess the token, and it is gone when the lab prints that.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// The token of this run: 128 bits that depend on keys from the system's source of randomness.
static TOKEN: LazyLock<String> = LazyLock::new(|| {
    let keys = RandomState::new();
    let half = |number: u64| {
        let mut hasher = keys.build_hasher();
        hasher.write_u64(number);
        hasher.finish()
    };
    format!("routeguide-lab-{:016x}{:016x}", half(0), half(1))
});

/// Whether the runner has been told to carry out no commands.
static SILENT: AtomicBool = AtomicBool::new(false);

/// The line from which on the runner carries out no commands.
pub fn begin() -> String {
    SILENT.store(true, Ordering::SeqCst);
    format!("::stop-commands::{}\n", *TOKEN)
}

/// The line from which on the runner carries out commands again; nothing, if it does.
pub fn end() -> String {
    match SILENT.swap(false, Ordering::SeqCst) {
        true => format!("::{}::\n", *TOKEN),
        false => String::new(),
    }
}
