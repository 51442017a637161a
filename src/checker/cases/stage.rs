//! The cases of one RPC, one after the other.

use super::play::{Pace, Play, Player};
use crate::contract::random;
use crate::probe::What;
use crate::verdict::Outcome;
use crate::verdict::played::Played;

/// How many calls that go quiet are listened to. More would only wait, too.
const MOST_QUIET: usize = 3;

/// How often a failing case is played again, smaller.
const MOST_SMALLER: usize = 60;

/// Cases to be played, and those that have been.
pub struct Stage<C> {
    first: Vec<C>,
    last: Vec<C>,
    /// Those that a server may break down at come after everything else.
    unset: Vec<C>,
    played: Vec<Played<C>>,
    pace: Pace,
    /// How many calls did not end.
    quiet: usize,
}

impl<C: Play> Stage<C> {
    /// Sorts out the cases that come last.
    pub fn of(cases: Vec<C>) -> Stage<C> {
        let (last, first): (Vec<C>, Vec<C>) = cases.into_iter().partition(C::comes_last);
        let (unset, last) = last.into_iter().partition(C::leaves_a_field_unset);
        Stage {
            first,
            last,
            unset,
            played: Vec::new(),
            pace: Pace::Normal,
            quiet: 0,
        }
    }

    /// What has been played.
    pub fn played(self) -> Vec<Played<C>> {
        self.played
    }

    /// Plays all but the last ones.
    pub async fn play(&mut self, player: &Player<'_>) {
        let cases = std::mem::take(&mut self.first);
        self.play_all(player, cases).await;
    }

    /// Whether a call has not ended.
    pub fn went_quiet(&self) -> bool {
        self.quiet > 0
    }

    /// Adds a case that has been played to say why others failed.
    pub fn add(&mut self, played: Played<C>) {
        self.played.push(played);
    }

    /// Plays the last ones, if the server has kept nobody waiting so far: it would only do so again.
    pub async fn play_last(&mut self, player: &Player<'_>) {
        let cases = std::mem::take(&mut self.last);
        if self.pace == Pace::Normal {
            self.play_all(player, cases).await;
        }
    }

    /// Plays those that leave a field unset, on the same condition.
    pub async fn play_unset(&mut self, player: &Player<'_>) {
        let cases = std::mem::take(&mut self.unset);
        if self.pace == Pace::Normal {
            self.play_all(player, cases).await;
        }
    }

    async fn play_all(&mut self, player: &Player<'_>, cases: Vec<C>) {
        for case in cases {
            if self.quiet == MOST_QUIET {
                return;
            }
            let pace = self.pace;
            let mut played = case.play(player, pace).await;
            match stall(&played) {
                None => {}
                // The replies do not come, or not in time: what they are shows without waiting for them.
                Some(Stall::BeforeHalfClose) => self.pace = Pace::Blind,
                Some(Stall::AtTheEnd) => {
                    self.quiet += 1;
                    // The patience of later calls is too short to hold their silence against them.
                    played.blind |= pace != Pace::Normal;
                    self.pace = self.pace.max(Pace::Brief);
                }
            }
            if !(played.blind && stall(&played).is_some()) {
                self.played.push(played);
            }
        }
    }

    /// Makes a random case smaller that fails, if no other case does: then it is the one to be shown.
    pub async fn shrink(&mut self, player: &Player<'_>) {
        let failed = |played: &Played<C>| played.report.outcome == Outcome::Fail;
        let is_written = |played: &Played<C>| !played.case.name().starts_with(random::PREFIX);
        let written = self.played.iter().any(|one| failed(one) && is_written(one));
        let Some(index) = self.played.iter().position(failed) else {
            return;
        };
        if written || self.pace != Pace::Normal {
            return;
        }
        let mut left = MOST_SMALLER;
        'smaller: loop {
            for case in self.played[index].case.smaller(player.database()) {
                if left == 0 {
                    break 'smaller;
                }
                left -= 1;
                let replayed = case.play(player, Pace::Normal).await;
                if stall(&replayed).is_some() {
                    break 'smaller;
                }
                if failed(&replayed) {
                    self.played[index] = replayed;
                    continue 'smaller;
                }
            }
            break;
        }
    }
}

/// Where a server kept the client waiting in vain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stall {
    BeforeHalfClose,
    AtTheEnd,
}

/// How the call stalled last, if it did.
fn stall<C>(played: &Played<C>) -> Option<Stall> {
    let events = &played.report.transcript;
    let stalled = |what: &What| matches!(what, What::Stalled { .. });
    let at = events.iter().rposition(|event| stalled(&event.what))?;
    let half_closed = events[..at]
        .iter()
        .any(|event| matches!(event.what, What::HalfClosed));
    Some(if half_closed {
        Stall::AtTheEnd
    } else {
        Stall::BeforeHalfClose
    })
}
