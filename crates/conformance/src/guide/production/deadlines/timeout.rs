//! The header `grpc-timeout`.

use std::fmt;
use std::time::Duration;

/// How long a client allows for a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timeout(pub Duration);

impl Timeout {
    /// Reads a header: up to eight digits and a unit. None if it is something else.
    pub fn parse(header: &str) -> Option<Timeout> {
        let (digits, unit) = header.split_at_checked(header.len().checked_sub(1)?)?;
        let is_number =
            (1..=8).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit());
        let number: u64 = digits.parse().ok().filter(|_| is_number)?;
        Some(Timeout(match unit {
            "H" => Duration::from_secs(number * 3_600),
            "M" => Duration::from_secs(number * 60),
            "S" => Duration::from_secs(number),
            "m" => Duration::from_millis(number),
            "u" => Duration::from_micros(number),
            "n" => Duration::from_nanos(number),
            _ => return None,
        }))
    }
}

impl fmt::Display for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Hundredths are as fine as a reader can use.
        write!(f, "{} s", (self.0.as_secs_f64() * 100.0).round() / 100.0)
    }
}
