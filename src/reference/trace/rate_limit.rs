//! How many lines may be drawn: a token bucket.

use std::time::{Duration, Instant};

/// A token bucket: each line takes a token, and tokens come back with time.
#[derive(Debug, Clone)]
pub struct RateLimit {
    tokens: u32,
    capacity: u32,
    /// How long it takes until one token comes back.
    interval: Duration,
    /// Until when tokens have been added.
    filled: Option<Instant>,
}

impl RateLimit {
    /// A full bucket of this capacity, to which one token is added after each interval.
    pub const fn new(capacity: u32, interval: Duration) -> RateLimit {
        RateLimit {
            tokens: capacity,
            capacity,
            interval,
            filled: None,
        }
    }

    /// Takes a token, and returns whether there was one.
    pub fn take(&mut self, now: Instant) -> bool {
        self.fill(now);
        let has_one = self.tokens > 0;
        self.tokens -= u32::from(has_one);
        has_one
    }

    fn fill(&mut self, now: Instant) {
        let filled = *self.filled.get_or_insert(now);
        let passed = now.saturating_duration_since(filled);
        let more = u32::try_from(passed.as_nanos() / self.interval.as_nanos().max(1));
        let more = more.unwrap_or(u32::MAX);
        if self.tokens.saturating_add(more) >= self.capacity {
            self.tokens = self.capacity;
            self.filled = Some(now);
        } else if more > 0 {
            self.tokens += more;
            self.filled = Some(filled + self.interval * more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back_with_time_up_to_the_capacity() {
        let start = Instant::now();
        let after = |millis| start + Duration::from_millis(millis);
        let mut limit = RateLimit::new(2, Duration::from_millis(100));
        let mut take = |millis| limit.take(after(millis));
        assert_eq!([0, 0, 0, 99].map(&mut take), [true, true, false, false]);
        assert_eq!(
            [100, 100, 199, 200].map(&mut take),
            [true, false, false, true]
        );
        let much_later = [1_000_000, 1_000_000, 1_000_000].map(&mut take);
        assert_eq!(much_later, [true, true, false]);
    }
}
