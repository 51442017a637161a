//! What `elapsed_time` may be, by when a server's clock runs and in what it gives the time.

use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use super::cause::ObservedRoute;
use super::model::RouteMistake;

impl ObservedRoute {
    /// What `elapsed_time` may be.
    pub fn elapsed(&self, wrong: &[RouteMistake]) -> RangeInclusive<i64> {
        let mut clock = Clock::Call;
        let mut unit = Unit::Seconds;
        for mistake in wrong {
            match mistake {
                RouteMistake::ElapsedAlwaysZero => return 0..=0,
                RouteMistake::ElapsedSinceFirstPoint => clock = Clock::FirstPoint,
                RouteMistake::ElapsedSinceLastPoint => clock = Clock::LastPoint,
                RouteMistake::ElapsedMilliseconds => unit = Unit::Milliseconds,
                RouteMistake::ElapsedMicroseconds => unit = Unit::Microseconds,
                RouteMistake::ElapsedNanoseconds => unit = Unit::Nanoseconds,
                RouteMistake::ElapsedTenths => unit = Unit::Tenths,
                RouteMistake::ElapsedHundredths => unit = Unit::Hundredths,
                RouteMistake::ElapsedRoundedUp => unit = Unit::SecondsRoundedUp,
                RouteMistake::ElapsedRounded => unit = Unit::SecondsRounded,
                RouteMistake::ElapsedAtLeastOne => unit = Unit::SecondsFromOne,
                RouteMistake::ElapsedFractionInMilliseconds => unit = Unit::FractionInMilliseconds,
                RouteMistake::ElapsedFractionInMicroseconds => unit = Unit::FractionInMicroseconds,
                RouteMistake::ElapsedUntilLastPoint => clock = Clock::UntilLastPoint,
                RouteMistake::ElapsedWholeGaps => return self.whole_gaps(0..3),
                RouteMistake::ElapsedWholeGapsFromFirstPoint => return self.whole_gaps(1..3),
                RouteMistake::ElapsedWholeGapsUntilLastPoint => return self.whole_gaps(0..2),
                _ => {}
            }
        }
        let [least, most] = self.time_since(clock);
        unit.range(least, most)
    }

    /// How much time passes until the answer after a clock has been started: at least what the client waited since, at
    /// most all of it.
    pub fn time_since(&self, clock: Clock) -> [Duration; 2] {
        let [at_the_start, on_the_way, at_the_end] = self.waits;
        let until_the_answer = |from: Duration| self.answered_after.saturating_sub(from);
        let [least, most] = match clock {
            Clock::Call => [at_the_start + on_the_way + at_the_end, self.answered_after],
            Clock::FirstPoint => [
                on_the_way + at_the_end,
                until_the_answer(self.first_sent_after),
            ],
            Clock::LastPoint => [at_the_end, until_the_answer(self.last_sent_after)],
            // On its way to the server, the last point may be late.
            Clock::UntilLastPoint => {
                let after = self.half_closed_after.saturating_sub(self.last_sent_after);
                let most = self.answered_after.saturating_sub(after.max(at_the_end));
                [at_the_start + on_the_way, most]
            }
        };
        [least, most.max(least)]
    }

    /// The sum of the whole seconds of some of the gaps before the first point, before the last, and before the half-close.
    fn whole_gaps(&self, gaps: Range<usize>) -> RangeInclusive<i64> {
        let most = [
            self.first_sent_after,
            self.last_sent_after.saturating_sub(self.first_sent_after),
            self.answered_after.saturating_sub(self.last_sent_after),
        ];
        let whole = |time: &Duration| i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        let sum = |of: &[Duration; 3]| of[gaps.clone()].iter().map(whole).sum();
        let least: i64 = sum(&self.waits);
        least..=least.max(sum(&most))
    }
}

/// When a server starts its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// At the beginning of the call, as it must.
    Call,
    /// When the first point has come.
    FirstPoint,
    /// Anew with every point.
    LastPoint,
    /// At the beginning of the call; but it is read with the last point.
    UntilLastPoint,
}

/// What a server gives the time in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Whole seconds that have passed, as it must.
    Seconds,
    /// The same, and one more that has begun.
    SecondsRoundedUp,
    /// The nearest whole second.
    SecondsRounded,
    /// Whole seconds, and one where none has passed.
    SecondsFromOne,
    /// Tenths of a second.
    Tenths,
    /// Hundredths.
    Hundredths,
    /// Only what has passed since the last whole second, in thousandths.
    FractionInMilliseconds,
    /// The same in millionths.
    FractionInMicroseconds,
    /// Thousandths.
    Milliseconds,
    /// Millionths.
    Microseconds,
    /// Billionths.
    Nanoseconds,
}

impl Unit {
    /// The numbers that a time between these two may be given as.
    fn range(self, least: Duration, most: Duration) -> RangeInclusive<i64> {
        let whole = |n: u128| i64::try_from(n).unwrap_or(i64::MAX);
        let both = |of: fn(&Duration) -> u128| whole(of(&least))..=whole(of(&most));
        match self {
            Unit::Seconds => both(|time| time.as_secs().into()),
            Unit::SecondsRoundedUp => {
                let range = Unit::Seconds.range(least, most);
                // Some time always passes.
                range.start() + 1..=range.end() + 1
            }
            Unit::SecondsRounded => {
                const HALF: Duration = Duration::from_millis(500);
                Unit::Seconds.range(least + HALF, most + HALF)
            }
            Unit::SecondsFromOne => {
                let range = Unit::Seconds.range(least, most);
                *range.start().max(&1)..=*range.end().max(&1)
            }
            Unit::FractionInMilliseconds if least.as_secs() != most.as_secs() => 0..=999,
            Unit::FractionInMilliseconds => both(|time| time.subsec_millis().into()),
            Unit::FractionInMicroseconds if least.as_secs() != most.as_secs() => 0..=999_999,
            Unit::FractionInMicroseconds => both(|time| time.subsec_micros().into()),
            Unit::Tenths => both(|time| time.as_millis() / 100),
            Unit::Hundredths => both(|time| time.as_millis() / 10),
            Unit::Milliseconds => both(Duration::as_millis),
            Unit::Microseconds => both(Duration::as_micros),
            // What does not fit an int32 comes as some other number.
            Unit::Nanoseconds if most.as_nanos() > i32::MAX as u128 => {
                i32::MIN.into()..=i32::MAX.into()
            }
            Unit::Nanoseconds => both(Duration::as_nanos),
        }
    }
}
