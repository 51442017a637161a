//! How a client ended.

use std::fmt;
use std::time::Duration;

use crate::verdict::Diagnosis;

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with exit code 0.
    Success,
    /// By itself, otherwise; in words.
    Failure(String),
    /// It had to be stopped, since it was waited for in vain.
    TimedOut(Timeout),
}

/// What was waited for in vain, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeout {
    /// A connection.
    Connection(Duration),
    /// Anything at all: a call, a message, or a line on its output.
    Movement(Duration),
    /// Its end, while something kept happening or there was nothing to see.
    End(Duration),
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Timeout::Connection(time) => {
                write!(f, "it had not connected after {} s", seconds(*time))
            }
            Timeout::Movement(time) => write!(f, "nothing moved for {} s", seconds(*time)),
            Timeout::End(time) => write!(f, "it had not ended after {} s", seconds(*time)),
        }
    }
}

/// Seconds, with a fraction only where there is one.
fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

impl Ending {
    /// Whether it had to be stopped.
    pub fn is_timed_out(&self) -> bool {
        matches!(self, Ending::TimedOut(_))
    }

    /// Adds to a diagnosis of a client that was stopped because nothing moved how it gets more time.
    pub(super) fn with_more_time(&self, diagnosis: Diagnosis) -> Diagnosis {
        let Ending::TimedOut(Timeout::Movement(time)) = self else {
            return diagnosis;
        };
        let more = format!(
            "If your client only needs longer, give it more time: `--timeout {}`.",
            (time.as_secs() * 3 + 1).max(10)
        );
        diagnosis.and_hint(&more)
    }
}
