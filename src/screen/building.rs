//! The progress of a check, on standard error: a bar for the build, and a spinner for the rest.

use std::borrow::Cow;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::terminal;
use crate::checker::{Awaited, Doing, ProgressListener, Waiting};

const SPINNER: &str = "{spinner} {msg}";
const BAR: &str = "{bar:26} {msg}: {pos} of {len} crates done";

/// Another cargo process holds the lock of the target folder.
pub const WAITING_FOR_CARGO: &str = "waiting for another cargo process that is building here";

/// A progress line on the terminal. If standard error is not a terminal, nothing is drawn.
#[derive(Debug)]
pub struct Activity {
    bar: ProgressBar,
}

impl Activity {
    /// An empty line.
    pub fn start() -> Activity {
        // indicatif draws nothing if standard error is not a terminal.
        let target = match terminal::is_dumb() {
            true => ProgressDrawTarget::hidden(),
            false => ProgressDrawTarget::stderr(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(spinner());
        bar.enable_steady_tick(Duration::from_millis(100));
        Activity { bar }
    }

    fn spin(&self, message: impl Into<Cow<'static, str>>) {
        self.bar.unset_length();
        self.bar.set_style(spinner());
        self.bar.set_message(message);
    }
}

/// What the check is waiting for, and for how long.
pub fn words(waiting: Waiting) -> String {
    let what = match waiting.awaited {
        Awaited::Listening => "waiting for your server to listen",
        Awaited::Connection => "waiting for your client to connect",
        Awaited::End => "waiting for your client to end: no server listens at its address",
    };
    match waiting.seconds {
        0 => what.to_string(),
        seconds => format!("{what} ({seconds} s of at most {} s)", waiting.limit),
    }
}

impl ProgressListener for Activity {
    fn doing(&self, doing: Doing) {
        match doing {
            Doing::WaitingForCargo => {
                self.bar.set_message(WAITING_FOR_CARGO);
            }
            Doing::Building { done, total } => {
                self.bar.set_message("building");
                if self.bar.length() != Some(total) {
                    self.bar.set_style(bar());
                    self.bar.set_length(total);
                }
                self.bar.set_position(done);
            }
            Doing::Waiting(waiting) => self.spin(words(waiting)),
            Doing::Probing => self.spin("running the cases"),
        }
    }
}

impl Drop for Activity {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

// The test below holds that the templates parse.
fn spinner() -> ProgressStyle {
    ProgressStyle::with_template(SPINNER).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn bar() -> ProgressStyle {
    ProgressStyle::with_template(BAR)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("█▉░")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_templates_parse() {
        assert!(ProgressStyle::with_template(SPINNER).is_ok());
        assert!(ProgressStyle::with_template(BAR).is_ok());
    }
}
