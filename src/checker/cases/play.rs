//! Playing one case: alone, after other calls, or while another call is open.

use super::player::{PatienceLevel, Player, stalled};
use crate::guide::played::Played;
use crate::guide::{Case as _, Method, OpenCall};
use crate::messages::Rpc;
use crate::probe::call::{Expected, Script, Step};
use crate::transcript::{EventKind, Transcript};
use crate::verdict::diagnosis::Finding;
use crate::verdict::{CaseReport, Outcome, stream};

/// How often a call is made that says little because the machine is busy.
const MOST_TRIES: usize = 3;

/// Plays a case, and judges it for itself.
pub async fn play<M: Method>(
    case: M::Case,
    player: &Player<'_>,
    level: PatienceLevel,
) -> Played<M::Case> {
    let mut before = Vec::new();
    let earlier = case.earlier_call();
    if !earlier.is_empty() {
        // How that goes is not this case's business.
        let script = player.script::<M>(earlier, Expected::Count(0), level);
        before.push(player.call(&script).await);
    }
    let cancelled = case.cancelled();
    if let Some(calls) = &cancelled {
        let script = player.script::<M>(calls.steps.clone(), case.expected(), level);
        player.cancel(&script, calls.count).await;
    }
    let script = player.script_of::<M>(&case, level);
    if let Some(open) = case.beside(player.database()) {
        return play_beside::<M>(case, open, player, &script).await;
    }
    let mut report = call_of::<M>(&case, &script, player, level).await;
    for _ in 1..MOST_TRIES {
        if !M::says_little(&case, &report) {
            break;
        }
        report = call_of::<M>(&case, &script, player, level).await;
    }
    let mut passes_alone = false;
    let mut too_short = Vec::new();
    for steps in M::with_more_time(&case, &report) {
        too_short.push(Transcript {
            rpc: M::RPC,
            events: report.transcript,
        });
        let transcript = around_a_plain_call::<M>(&case, steps.clone(), player, level).await;
        report = M::judge(&case, player.database(), transcript);
        if M::with_more_time(&case, &report).is_empty() {
            continue;
        }
        // It was not for want of time, so that what came before says something, too.
        before.append(&mut too_short);
        let meets_another = !steps[1].is_empty();
        if meets_another {
            let script = player.script::<M>(steps.concat(), case.expected(), level);
            let alone = player.call(&script).await;
            let judged = M::judge(&case, player.database(), alone.clone());
            passes_alone = judged.outcome == Outcome::Pass;
            before.push(alone);
        }
        break;
    }
    if let Some(calls) = &cancelled {
        report = again_after_cancelled::<M>(&case, report, player, &script).await;
        report = after_cancelled(report, calls.count);
    }
    Played {
        case,
        report,
        before,
        blind: level == PatienceLevel::Blind,
        passes_alone,
    }
}

/// Makes the call of a case as the case wants it made, and judges it.
async fn call_of<M: Method>(
    case: &M::Case,
    script: &Script,
    player: &Player<'_>,
    level: PatienceLevel,
) -> CaseReport {
    let transcript = if let Some(steps) = case.around_a_plain_call() {
        around_a_plain_call::<M>(case, steps, player, level).await
    } else if let Some(time) = case.begins_before_a_second() {
        player.call_before_a_second(script, time).await
    } else {
        player.call(script).await
    };
    M::judge(case, player.database(), transcript)
}

/// Makes the call of a case in two parts, between which a plain call of the same RPC comes and goes. What becomes of that
/// one is not this case's business.
async fn around_a_plain_call<M: Method>(
    case: &M::Case,
    [first, rest]: [Vec<Step>; 2],
    player: &Player<'_>,
    level: PatienceLevel,
) -> Transcript {
    let script = player.script::<M>(first, case.expected(), level);
    let inner = player.plain_call_inside(M::RPC);
    player.call_around(&script, inner, &rest).await.0
}

/// Makes a call again that came after others which were cancelled, as long as it is right: the server may learn of a
/// cancelled call only now.
async fn again_after_cancelled<M: Method>(
    case: &M::Case,
    mut report: CaseReport,
    player: &Player<'_>,
    script: &Script,
) -> CaseReport {
    const AGAIN: usize = 2;
    for _ in 0..AGAIN {
        if report.outcome == Outcome::Pass {
            report = M::judge(case, player.database(), player.call(script).await);
        }
    }
    report
}

/// Plays a case with other steps than its own, with little patience.
pub async fn play_with_steps<M: Method>(
    case: M::Case,
    steps: Vec<Step>,
    player: &Player<'_>,
) -> Played<M::Case> {
    let script = player.script::<M>(steps, case.expected(), PatienceLevel::Brief);
    let report = M::judge(&case, player.database(), player.call(&script).await);
    Played {
        case,
        report,
        before: Vec::new(),
        blind: false,
        passes_alone: false,
    }
}

/// Plays a case while another call is open. What is not right shows in the one or in the other.
async fn play_beside<M: Method>(
    case: M::Case,
    open: OpenCall<M::Case>,
    player: &Player<'_>,
    script: &Script,
) -> Played<M::Case> {
    let judge = |case: &M::Case, transcript| M::judge(case, player.database(), transcript);
    let inner = async {
        // A server that takes one call at a time, of whatever RPC, is slow and not wrong.
        let other = Rpc::ALL.into_iter().find(|rpc| *rpc != M::RPC);
        if stalled(&player.plain_call(other.unwrap_or(M::RPC)).await) {
            return None;
        }
        Some(player.call(script).await)
    };
    let open_script = player.script_beside::<M>(&open);
    let (outer, beside) = player.call_around(&open_script, inner, &open.rest).await;
    let after = |case, report, before| Played {
        case,
        report,
        before: vec![before],
        blind: false,
        passes_alone: false,
    };
    let Some(beside) = beside else {
        let alone = judge(&case, player.call(script).await);
        return after(case, alone, outer);
    };
    let was_kept_waiting = stalled(&beside);
    let inner = judge(&case, beside.clone());
    if was_kept_waiting {
        let alone = judge(&case, player.call(script).await);
        if alone.outcome == Outcome::Pass {
            let finding = Finding {
                diagnosis: M::blocked_by_open_call(),
                mark: inner.mark,
            };
            return after(case, inner.judged(Some(finding)), outer);
        }
    }
    let open_report = judge(&open.case, outer.clone());
    if inner.outcome == Outcome::Pass && open_report.outcome == Outcome::Fail {
        return after(open.case, open_report, beside);
    }
    after(case, inner, outer)
}

/// A call that stalls after others have been cancelled, in a server that has kept no call waiting so far.
fn after_cancelled(report: CaseReport, cancelled: u32) -> CaseReport {
    let is_quiet = |what: &EventKind| matches!(what, EventKind::Stalled { .. });
    let mut events = report.transcript.iter();
    if events.any(|event| is_quiet(&event.what)) {
        stream::blocked_by_cancelled(report, cancelled)
    } else {
        report
    }
}
