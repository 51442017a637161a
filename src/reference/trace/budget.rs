//! How much may be drawn: a stock that is used up, and fills again with time.

use std::time::{Duration, Instant};

/// A stock of lines.
#[derive(Debug, Clone)]
pub struct Budget {
    left: u32,
    most: u32,
    /// How long it takes until there is one more.
    every: Duration,
    /// Up to when it has been filled.
    filled: Option<Instant>,
}

impl Budget {
    /// A full stock of so many, of which one comes back after each `every`.
    pub const fn new(most: u32, every: Duration) -> Budget {
        Budget {
            left: most,
            most,
            every,
            filled: None,
        }
    }

    /// Takes one, if there is one.
    pub fn spend(&mut self, now: Instant) -> bool {
        self.fill(now);
        let has_one = self.left > 0;
        self.left -= u32::from(has_one);
        has_one
    }

    fn fill(&mut self, now: Instant) {
        let filled = *self.filled.get_or_insert(now);
        let passed = now.saturating_duration_since(filled);
        let more = u32::try_from(passed.as_nanos() / self.every.as_nanos().max(1));
        let more = more.unwrap_or(u32::MAX);
        if self.left.saturating_add(more) >= self.most {
            self.left = self.most;
            self.filled = Some(now);
        } else if more > 0 {
            self.left += more;
            self.filled = Some(filled + self.every * more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spent_comes_back_with_time_and_no_more_than_that() {
        let start = Instant::now();
        let after = |millis| start + Duration::from_millis(millis);
        let mut budget = Budget::new(2, Duration::from_millis(100));
        let mut spend = |millis| budget.spend(after(millis));
        assert_eq!([0, 0, 0, 99].map(&mut spend), [true, true, false, false]);
        assert_eq!(
            [100, 100, 199, 200].map(&mut spend),
            [true, false, false, true]
        );
        let much_later = [1_000_000, 1_000_000, 1_000_000].map(&mut spend);
        assert_eq!(much_later, [true, true, false]);
    }
}
