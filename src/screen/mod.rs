//! Everything that is drawn on a terminal. Each module makes text; [`print()`] and [`print_error`] put it there.

pub mod ago;
pub mod ask;
pub mod building;
pub mod call;
pub mod check;
pub mod diff;
pub mod doctor;
pub mod hosting;
pub mod keyboard;
pub mod lab;
pub mod lesson;
pub mod list;
pub mod markdown;
pub mod play;
pub mod rewritten;
pub mod scaffold;
pub mod solution;
pub mod terminal;
pub mod trace;

use crate::draw::coloured;
pub use crate::draw::{Canvas, Paint, evidence, fit, paint, print, print_error, timeline};

/// How the learner called this program, as it is to be typed: `cargo run --` or `routeguide-lab`.
pub fn invocation() -> &'static str {
    // Cargo sets this for the programs that it runs.
    if std::env::var_os("CARGO_MANIFEST_DIR").is_some() {
        "cargo run --"
    } else {
        "routeguide-lab"
    }
}
