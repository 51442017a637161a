//! The cases of one RPC, one after the other.

use futures_util::future::{BoxFuture, FutureExt as _, join_all};

use super::play::{play, play_with_steps};
use super::player::{PatienceLevel, Player};
use crate::guide::draw::Draw;
use crate::guide::played::Played;
use crate::guide::{Case as _, Database, Method, cause, damaged};
use crate::probe::call::Script;
use crate::transcript::{CutOffReason, EventKind, Transcript};
use crate::verdict::report::DRAWN_PREFIX;
use crate::verdict::{CaseReport, Outcome};

/// How many calls that do not end by themselves are listened to. More would only do the same.
const MOST_ENDLESS: usize = 3;

/// How many bytes of wrong answers are kept, each message with what it takes to keep it. What is wrong
/// shows in fewer.
const MOST_KEPT: usize = 6 << 20;
const KEEPING: usize = 100;

/// How many calls are made again alone, to see whether they were wrong only beside others.
const MOST_ALONE: usize = 100;

/// How many calls of one RPC are made once more beside each other.
const MOST_AT_ONCE: usize = 24;

/// How often a failing case is played again, smaller.
const MOST_SMALLER: usize = 60;

/// A [`CaseRunner`], whatever its RPC.
pub trait Runner: Send {
    /// Plays all but the last cases.
    fn play<'a>(&'a mut self, player: &'a Player<'_>) -> BoxFuture<'a, ()>;

    /// Looks whether the server reads what a client sends, if it has left a call without an end.
    fn test_reading<'a>(&'a mut self, player: &'a Player<'_>) -> BoxFuture<'a, ()>;

    /// Makes calls again that were wrong beside one that waits. Makes a random case smaller that fails, if no other case
    /// does: then it is the one to be shown.
    fn shrink<'a>(&'a mut self, player: &'a Player<'_>) -> BoxFuture<'a, ()>;

    /// Plays the last cases, if the server has kept no call waiting so far: it would only do so again.
    fn play_last<'a>(&'a mut self, player: &'a Player<'_>) -> BoxFuture<'a, ()>;

    /// Plays some again, all at once, if all were right one after the other.
    fn play_at_once<'a>(&'a mut self, player: &'a Player<'_>) -> BoxFuture<'a, ()>;

    /// Whether the server has kept a call waiting.
    fn was_kept_waiting(&self) -> bool;

    /// Plays those that leave a field unset, on the same condition; and not if another of them, in
    /// whatever RPC, has brought the server down.
    fn play_unset<'a>(
        &'a mut self,
        player: &'a Player<'_>,
        kept_waiting: bool,
    ) -> BoxFuture<'a, ()>;

    /// Makes a call whose last message cannot be decoded, if the client streams and all calls so far were right.
    fn play_damaged<'a>(&'a mut self, player: &'a Player<'_>) -> BoxFuture<'a, ()>;

    /// Whether all calls so far are answered as a right server with these features would answer them.
    fn is_right(&self, database: &Database) -> bool;

    /// Judges all cases together.
    fn judge(self: Box<Self>, database: &Database) -> Vec<CaseReport>;
}

/// The cases of one RPC. Those that only wait go beside the others.
pub struct CaseRunner<M: Method> {
    cases: Series<M>,
    /// Each goes beside the others.
    waiting: Vec<M::Case>,
    waited: Vec<Played<M::Case>>,
    /// A call in which the client's last message could not be decoded.
    damaged: Option<CaseReport>,
}

impl<M: Method> CaseRunner<M> {
    /// Takes cases, and others in which the client only waits.
    pub fn new(cases: Vec<M::Case>, waiting: Vec<M::Case>) -> CaseRunner<M> {
        CaseRunner {
            cases: Series::of(cases),
            waiting,
            waited: Vec::new(),
            damaged: None,
        }
    }

    /// A call whose last message cannot be decoded, if the client streams and all calls so far were right.
    fn damaged_script(&self, player: &Player<'_>) -> Option<Script> {
        let played = || self.cases.played.iter().chain(&self.waited);
        let case = &played().next()?.case;
        let is_right = played().all(|one| one.report.outcome == Outcome::Pass);
        let steps = damaged::steps::<M>(case).filter(|_| is_right)?;
        Some(player.script::<M>(steps, case.expected(), PatienceLevel::Normal))
    }
}

impl<M: Method> Runner for CaseRunner<M> {
    fn play<'a>(&'a mut self, player: &'a Player<'_>) -> BoxFuture<'a, ()> {
        async {
            let waiting = std::mem::take(&mut self.waiting);
            ((), self.waited) =
                tokio::join!(self.cases.play(player), play_beside::<M>(waiting, player));
            if M::needs_follow_up(&self.waited) || M::needs_follow_up(&self.cases.played) {
                let follow_up = M::follow_up(player.database());
                self.waited
                    .extend(play_beside::<M>(follow_up, player).await);
            }
        }
        .boxed()
    }

    fn test_reading<'a>(&'a mut self, player: &'a Player<'_>) -> BoxFuture<'a, ()> {
        self.cases.test_reading(player).boxed()
    }

    fn shrink<'a>(&'a mut self, player: &'a Player<'_>) -> BoxFuture<'a, ()> {
        let CaseRunner { cases, waited, .. } = self;
        async {
            if !waited.is_empty() {
                cases.replay_alone(player).await;
            }
            cases.shrink(player).await;
        }
        .boxed()
    }

    fn play_last<'a>(&'a mut self, player: &'a Player<'_>) -> BoxFuture<'a, ()> {
        self.cases.play_last(player).boxed()
    }

    fn play_at_once<'a>(&'a mut self, player: &'a Player<'_>) -> BoxFuture<'a, ()> {
        self.cases.play_at_once(player).boxed()
    }

    fn was_kept_waiting(&self) -> bool {
        self.cases.level != PatienceLevel::Normal
    }

    fn play_unset<'a>(
        &'a mut self,
        player: &'a Player<'_>,
        kept_waiting: bool,
    ) -> BoxFuture<'a, ()> {
        self.cases.play_unset(player, kept_waiting).boxed()
    }

    fn play_damaged<'a>(&'a mut self, player: &'a Player<'_>) -> BoxFuture<'a, ()> {
        async {
            if let Some(script) = self.damaged_script(player) {
                self.damaged = Some(damaged::judge::<M>(player.call(&script).await));
            }
        }
        .boxed()
    }

    fn is_right(&self, database: &Database) -> bool {
        let played = self.cases.played.iter().chain(&self.waited);
        let mut calls = Vec::new();
        for one in played {
            let Some(call) = M::observed(one) else {
                return false;
            };
            calls.extend(M::observed_before(one));
            calls.push(call);
        }
        M::reproduces(database, &calls, &[])
    }

    fn judge(self: Box<Self>, database: &Database) -> Vec<CaseReport> {
        let played = [self.cases.played, self.waited].concat();
        let mut reports = cause::explain::<M>(played, database);
        reports.extend(self.damaged);
        reports
    }
}

/// Plays cases beside each other.
async fn play_beside<M: Method>(cases: Vec<M::Case>, player: &Player<'_>) -> Vec<Played<M::Case>> {
    let each = cases.into_iter().map(async |case| {
        let mut alone = Series::<M>::of(vec![case]);
        alone.play(player).await;
        alone.played
    });
    join_all(each).await.concat()
}

/// Cases to be played one after the other, and those that have been.
struct Series<M: Method> {
    first: Vec<M::Case>,
    last: Vec<M::Case>,
    /// Those that a server may break down at come after everything else.
    unset: Vec<M::Case>,
    played: Vec<Played<M::Case>>,
    level: PatienceLevel,
    /// How many calls did not end by themselves.
    endless: usize,
    /// How much of wrong answers is kept, in bytes.
    kept: usize,
}

impl<M: Method> Series<M> {
    /// Sorts out the cases that come last.
    fn of(cases: Vec<M::Case>) -> Series<M> {
        let (last, first): (Vec<M::Case>, Vec<M::Case>) =
            cases.into_iter().partition(M::Case::comes_last);
        let (unset, last) = last.into_iter().partition(M::Case::leaves_a_field_unset);
        Series {
            first,
            last,
            unset,
            played: Vec::new(),
            level: PatienceLevel::Normal,
            endless: 0,
            kept: 0,
        }
    }

    async fn play(&mut self, player: &Player<'_>) {
        let (long, cases) = std::mem::take(&mut self.first)
            .into_iter()
            .partition(M::Case::is_long);
        self.play_all(player, cases).await;
        let failed = |played: &Played<M::Case>| played.report.outcome == Outcome::Fail;
        if !self.played.iter().any(failed) {
            self.play_all(player, long).await;
        }
    }

    async fn test_reading(&mut self, player: &Player<'_>) {
        let is_quiet = |played: &Played<M::Case>| {
            matches!(unended(played), Some(Unended::Quiet | Unended::KeptWaiting))
        };
        if !self.played.iter().any(is_quiet) {
            return;
        }
        let mut draw = Draw::new(player.database(), player.seed());
        if let Some((case, steps)) = M::reading_test(&mut draw) {
            let played = play_with_steps::<M>(case, steps, player).await;
            self.played.push(played);
        }
    }

    async fn play_last(&mut self, player: &Player<'_>) {
        let cases = std::mem::take(&mut self.last);
        if self.level == PatienceLevel::Normal {
            self.play_all(player, cases).await;
        }
    }

    async fn play_at_once(&mut self, player: &Player<'_>) {
        let failed = |played: &Played<M::Case>| played.report.outcome == Outcome::Fail;
        if self.level != PatienceLevel::Normal || self.played.iter().any(failed) {
            return;
        }
        // A right server may close a connection at any time. What calls do to each other comes again.
        if self.wrong_at_once(player).await.is_none() {
            return;
        }
        let Some((case, report)) = self.wrong_at_once(player).await else {
            return;
        };
        let alone = play::<M>(case.clone(), player, PatienceLevel::Normal).await;
        let passes_alone = alone.report.outcome == Outcome::Pass;
        let before = Transcript {
            rpc: M::RPC,
            events: alone.report.transcript,
        };
        self.played.push(Played {
            case: case.clone(),
            report,
            before: vec![before],
            blind: false,
            passes_alone,
        });
    }

    /// Makes calls of short cases, as many at once as a player makes. Returns the shortest that was not right.
    async fn wrong_at_once<'a>(&'a self, player: &Player<'_>) -> Option<(&'a M::Case, CaseReport)> {
        let is_simple = |case: &&M::Case| {
            !case.is_long()
                && !case.comes_last()
                && case.earlier_call().is_empty()
                && case.wait().is_zero()
        };
        let cases = self.played.iter().map(|played| &played.case);
        let calls = cases
            .filter(is_simple)
            .take(MOST_AT_ONCE)
            .map(async |case| {
                let script = player.script_of::<M>(case, PatienceLevel::Normal);
                let transcript = player.call(&script).await;
                (case, M::judge(case, player.database(), transcript))
            });
        let judged = join_all(calls).await.into_iter();
        let wrong = judged.filter(|(_, report)| report.outcome == Outcome::Fail);
        wrong.min_by_key(|(case, _)| case.steps().len())
    }

    async fn play_unset(&mut self, player: &Player<'_>, kept_waiting: bool) {
        let cases = std::mem::take(&mut self.unset);
        let has_patience = self.level == PatienceLevel::Normal;
        if !cases.is_empty() && has_patience && player.is_answered(M::RPC).await {
            let before = self.played.len();
            self.play_all(player, cases).await;
            let says_nothing =
                |one: &Played<M::Case>| kept_waiting && unended(one) == Some(Unended::Quiet);
            let new = self.played.split_off(before);
            self.played
                .extend(new.into_iter().filter(|one| !says_nothing(one)));
        }
    }

    async fn play_all(&mut self, player: &Player<'_>, cases: Vec<M::Case>) {
        for case in cases {
            if self.endless >= MOST_ENDLESS || self.kept > MOST_KEPT {
                return;
            }
            let level = self.level;
            let mut played = play::<M>(case, player, level).await;
            let end = unended(&played);
            match end {
                None => {}
                // The replies do not come, or not in time: what they are shows without waiting for them.
                Some(Unended::KeptWaiting) => self.level = PatienceLevel::Blind,
                Some(Unended::Quiet) => {
                    self.endless += 1;
                    // The patience of later calls is too short to hold their silence against them.
                    played.blind |= level != PatienceLevel::Normal;
                    self.level = self.level.max(PatienceLevel::Brief);
                }
                Some(Unended::Flood) => {
                    self.endless += 1;
                    self.level = self.level.max(PatienceLevel::Brief);
                }
                // The next one would take its time, too.
                Some(Unended::GoesOn) => {
                    self.endless = MOST_ENDLESS;
                    self.level = self.level.max(PatienceLevel::Brief);
                }
            }
            let is_stall = matches!(end, Some(Unended::KeptWaiting | Unended::Quiet));
            if !(played.blind && is_stall) {
                self.kept += kept(&played);
                self.played.push(played);
            }
        }
    }

    /// Makes some of the calls that were wrong beside one that waits again, now that no other is open.
    async fn replay_alone(&mut self, player: &Player<'_>) {
        if self.level != PatienceLevel::Normal {
            return;
        }
        let failed = |played: &&mut Played<M::Case>| played.report.outcome == Outcome::Fail;
        for played in self.played.iter_mut().filter(failed).take(MOST_ALONE) {
            let case = played.case.clone();
            let alone = play::<M>(case, player, PatienceLevel::Normal).await;
            played.passes_alone = alone.report.outcome == Outcome::Pass;
            played.before.push(Transcript {
                rpc: M::RPC,
                events: alone.report.transcript,
            });
            if !played.passes_alone {
                return;
            }
        }
    }

    async fn shrink(&mut self, player: &Player<'_>) {
        let failed = |played: &Played<M::Case>| played.report.outcome == Outcome::Fail;
        let is_written = |played: &Played<M::Case>| !played.case.name().starts_with(DRAWN_PREFIX);
        let written = self.played.iter().any(|one| failed(one) && is_written(one));
        let Some(index) = self.played.iter().position(failed) else {
            return;
        };
        if written || self.level != PatienceLevel::Normal {
            return;
        }
        let mut left = MOST_SMALLER;
        'smaller: loop {
            for case in self.played[index].case.smaller(player.database()) {
                if left == 0 {
                    break 'smaller;
                }
                left -= 1;
                let replayed = play::<M>(case, player, PatienceLevel::Normal).await;
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
