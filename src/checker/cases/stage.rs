//! The cases of one RPC, one after the other.

use super::play::Play;
use super::player::{Pace, Player};
use crate::transcript::CutOffReason;
use crate::transcript::EventKind;
use crate::verdict::Outcome;
use crate::verdict::played::Played;
use crate::verdict::report::DRAWN_PREFIX;

/// How many calls that do not end by themselves are listened to. More would only do the same.
const MOST_ENDLESS: usize = 3;

/// How many bytes of wrong answers are kept, each message with what it takes to keep it. What is wrong
/// shows in fewer.
const MOST_KEPT: usize = 6 << 20;
const KEEPING: usize = 100;

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
    /// How many calls did not end by themselves.
    endless: usize,
    /// How much of wrong answers is kept, in bytes.
    kept: usize,
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
            endless: 0,
            kept: 0,
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
        let is_quiet = |played: &Played<C>| unended(played) == Some(Unended::Quiet);
        self.played.iter().any(is_quiet)
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

    /// Plays those that leave a field unset, on the same condition; and not if another of them, in
    /// whatever RPC, has brought the server down.
    pub async fn play_unset(&mut self, player: &Player<'_>) {
        let cases = std::mem::take(&mut self.unset);
        if !cases.is_empty() && self.pace == Pace::Normal && player.is_answered(C::RPC).await {
            self.play_all(player, cases).await;
        }
    }

    async fn play_all(&mut self, player: &Player<'_>, cases: Vec<C>) {
        for case in cases {
            if self.endless >= MOST_ENDLESS || self.kept > MOST_KEPT {
                return;
            }
            let pace = self.pace;
            let mut played = case.play(player, pace).await;
            let end = unended(&played);
            match end {
                None => {}
                // The replies do not come, or not in time: what they are shows without waiting for them.
                Some(Unended::KeptWaiting) => self.pace = Pace::Blind,
                Some(Unended::Quiet) => {
                    self.endless += 1;
                    // The patience of later calls is too short to hold their silence against them.
                    played.blind |= pace != Pace::Normal;
                    self.pace = self.pace.max(Pace::Brief);
                }
                Some(Unended::Flood) => {
                    self.endless += 1;
                    self.pace = self.pace.max(Pace::Brief);
                }
                // The next one would take its time, too.
                Some(Unended::GoesOn) => {
                    self.endless = MOST_ENDLESS;
                    self.pace = self.pace.max(Pace::Brief);
                }
            }
            let is_stall = matches!(end, Some(Unended::KeptWaiting | Unended::Quiet));
            if !(played.blind && is_stall) {
                self.kept += kept(&played);
                self.played.push(played);
            }
        }
    }

    /// Makes a random case smaller that fails, if no other case does: then it is the one to be shown.
    pub async fn shrink(&mut self, player: &Player<'_>) {
        let failed = |played: &Played<C>| played.report.outcome == Outcome::Fail;
        let is_written = |played: &Played<C>| !played.case.name().starts_with(DRAWN_PREFIX);
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
                if unended(&replayed).is_some() {
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

/// How much of an answer that is wrong is kept.
fn kept<C>(played: &Played<C>) -> usize {
    if played.report.outcome == Outcome::Pass {
        return 0;
    }
    let received = played.report.received.iter();
    received
        .map(|message| message.encode().len() + KEEPING)
        .sum()
}

/// How a call did not come to an end by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unended {
    /// The client waited in vain before it half-closed.
    KeptWaiting,
    /// Nothing came any more after it had.
    Quiet,
    /// It was cut off at once.
    Flood,
    /// It was cut off after some time.
    GoesOn,
}

/// Whether the call did not end by itself, and how that was seen last.
fn unended<C>(played: &Played<C>) -> Option<Unended> {
    let events = &played.report.transcript;
    let (at, end) = events.iter().enumerate().rev().find_map(|(at, event)| {
        let end = match event.what {
            EventKind::Stalled { .. } => Unended::Quiet,
            EventKind::CutOff {
                excess: CutOffReason::Flood { .. },
            } => Unended::Flood,
            EventKind::CutOff { .. } => Unended::GoesOn,
            _ => return None,
        };
        Some((at, end))
    })?;
    let half_closed = events[..at]
        .iter()
        .any(|event| matches!(event.what, EventKind::HalfClosed));
    Some(match end {
        Unended::Quiet if !half_closed => Unended::KeptWaiting,
        end => end,
    })
}
