//! What `elapsed_time` may be, by when a server's clock runs and in what it gives the time.

use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use super::cause::ObservedRoute;
use super::model::RouteMistake;

impl ObservedRoute {
    /// What `elapsed_time` may be.
    pub fn elapsed(&self, wrong: &[RouteMistake]) -> RangeInclusive<i64> {
        let (mut from, mut until) = (Moment::Call, Moment::HalfClose);
        let mut unit = Unit::Seconds;
        for mistake in wrong {
            match mistake {
                RouteMistake::ElapsedAlwaysZero | RouteMistake::SummaryEmpty => return 0..=0,
                RouteMistake::ElapsedSinceFirstPoint => from = Moment::FirstPoint,
                RouteMistake::ElapsedSinceLastPoint => from = Moment::LastPoint,
                RouteMistake::ElapsedUntilFirstPoint => until = Moment::FirstPoint,
                RouteMistake::ElapsedUntilLastPoint => until = Moment::LastPoint,
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
                RouteMistake::ElapsedWholeGaps => return self.whole_gaps(0..3),
                RouteMistake::ElapsedWholeGapsFromFirstPoint => return self.whole_gaps(1..3),
                RouteMistake::ElapsedWholeGapsUntilLastPoint => return self.whole_gaps(0..2),
                _ => {}
            }
        }
        let [least, most] = self.time_between(from, until);
        unit.range(least, most)
    }

    /// What `elapsed_time` may be if the times of the beginning and of the end are cut to whole seconds before the one is
    /// subtracted from the other.
    pub fn elapsed_if_seconds_are_subtracted(&self) -> RangeInclusive<i64> {
        let [least, most] = self.time_between(Moment::Call, Moment::HalfClose);
        let passed = Unit::Seconds.range(least, most);
        let least = *passed.start().max(&self.seconds_begin);
        least..=least.max(passed.end() + 1)
    }

    /// How much time passes on a server's clock that is started and read at these moments: at least what the client waited
    /// between them, at most all that can have passed until the answer.
    pub fn time_between(&self, from: Moment, until: Moment) -> [Duration; 2] {
        let [at_the_start, on_the_way, at_the_end] = self.waits;
        let waited_before = |moment: Moment| match moment {
            Moment::Call => Duration::ZERO,
            Moment::FirstPoint => at_the_start,
            Moment::LastPoint => at_the_start + on_the_way,
            Moment::HalfClose => at_the_start + on_the_way + at_the_end,
        };
        let happened_after = |moment: Moment| match moment {
            Moment::Call => Duration::ZERO,
            Moment::FirstPoint => self.first_sent_after,
            Moment::LastPoint => self.last_sent_after,
            Moment::HalfClose => self.half_closed_after,
        };
        let between = |of: &dyn Fn(Moment) -> Duration, from: Moment, until: Moment| {
            of(until).saturating_sub(of(from))
        };
        let least = between(&waited_before, from, until);
        // On its way to the server, a point may be late.
        let still_to_come = between(&happened_after, until, Moment::HalfClose).max(between(
            &waited_before,
            until,
            Moment::HalfClose,
        ));
        let before = happened_after(from) + still_to_come;
        let most = self.answered_after.saturating_sub(before);
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

/// A moment at which a server may start its clock, or read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The beginning of the call, when it must start it.
    Call,
    /// When the first point has come.
    FirstPoint,
    /// When the last one has.
    LastPoint,
    /// When the client has half-closed, and it must read it.
    HalfClose,
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
                // A clock of milliseconds may show none.
                let has_begun = i64::from(!least.is_zero());
                range.start() + has_begun..=range.end() + 1
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
