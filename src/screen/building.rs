//! What a check is doing, while it is doing it: a bar for the build, on standard error.

use std::borrow::Cow;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::checker::{Awaited, Doing, Waiting, Watch};

const SPINNER: &str = "{spinner} {msg}";
const BAR: &str = "{bar:26} {msg}: {pos} of {len} crates done";

/// A line on the terminal that comes and goes. Elsewhere it is not drawn at all.
#[derive(Debug)]
pub struct Activity {
    bar: ProgressBar,
}

impl Activity {
    /// Begins with nothing to show.
    pub fn start() -> Activity {
        // indicatif draws nothing where standard error is no terminal.
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
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

/// What is being waited for, and how long already.
pub fn words(waiting: Waiting) -> String {
    let what = match waiting.awaited {
        Awaited::Listening => "waiting for your server to listen",
        Awaited::Connection => "waiting for your client to connect",
        Awaited::End => "waiting for your client to end: nobody listens where it connects",
    };
    match waiting.seconds {
        0 => what.to_string(),
        seconds => format!("{what} ({seconds} s of at most {} s)", waiting.limit),
    }
}

impl Watch for Activity {
    /// Shows what is being done.
    fn doing(&self, doing: Doing) {
        match doing {
            Doing::WaitingForCargo => {
                self.bar
                    .set_message("waiting for another cargo that is building here");
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
            Doing::Probing => self.spin("calling your programs"),
        }
    }
}

impl Drop for Activity {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

// A template that does not parse would be a slip of ours; the plain style is as good then.
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
