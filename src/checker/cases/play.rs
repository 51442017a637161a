//! Playing one case.

use std::time::Duration;

use tonic::transport::Channel;

use crate::checker::Setting;
use crate::contract::cases::{ListFeaturesCase, RecordRouteCase, RouteChatCase, Turn};
use crate::contract::shrink::Shrink;
use crate::contract::{Database, Feature, Message, Rectangle, RouteNote, Rpc};
use crate::probe::call::{self, Due, Most, Script, Step};
use crate::probe::{Status, Transcript, What};
use crate::verdict::played::Played;
use crate::verdict::{CaseReport, Outcome, list_features, record_route, route_chat, stream};

/// What a paced route waits beyond the whole seconds it asks for, so that a server whose clock
/// started a little late still counts them all.
const PACE_MARGIN: Duration = Duration::from_millis(50);
/// What it waits when that was not enough.
const GENEROUS_MARGIN: Duration = Duration::from_millis(900);

/// More replies than this are a flood. A server whose calls share their history, and that has served
/// many of them, sends thousands.
const MOST_REPLIES: usize = 20_000;

/// And so are more bytes than this, but for those of the database.
const MOST_BYTES: usize = 2 << 20;

/// There is one summary.
const MOST_SUMMARIES: Most = Most {
    messages: 10,
    bytes: MOST_BYTES,
};

/// What a call of ListFeatures may bring. A server without a filter sends the whole database; twice that
/// is a flood.
pub fn most_features(database: &Database) -> Most {
    // Besides its name, a feature has a point of at most ten bytes for each number.
    let bytes = |feature: &Feature| feature.name.len() + 32;
    let all: usize = database.features().iter().map(bytes).sum();
    Most {
        messages: 2 * database.features().len() + 1_000,
        bytes: 2 * all + MOST_BYTES,
    }
}

/// How much patience a server gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pace {
    /// As much as the learner has set.
    Normal,
    /// A tenth: another call has waited for it in vain.
    Brief,
    /// Replies are not waited for before the half-close: they come too late, if at all.
    Blind,
}

/// Plays cases against one server.
pub struct Player<'a> {
    setting: &'a Setting,
    channel: &'a Channel,
}

impl<'a> Player<'a> {
    /// Plays over this channel.
    pub fn new(setting: &'a Setting, channel: &'a Channel) -> Player<'a> {
        Player { setting, channel }
    }

    /// The features that the server serves.
    pub fn database(&self) -> &Database {
        &self.setting.database
    }

    async fn call(&self, script: &Script) -> Transcript {
        call::play(self.channel.clone(), script).await
    }

    fn patience(&self, pace: Pace) -> Duration {
        match pace {
            Pace::Brief => self.setting.patience / 10,
            Pace::Normal => self.setting.patience,
            // One that stays silent after the half-close, too, is left out of the report.
            Pace::Blind => self.setting.patience / 3,
        }
    }

    fn list(&self, steps: Vec<Step>, due: Due, pace: Pace) -> Script {
        Script {
            rpc: Rpc::ListFeatures,
            steps,
            due,
            most: most_features(self.database()),
            patience: self.patience(pace),
        }
    }

    fn chat(&self, steps: Vec<Step>, due: Due, pace: Pace) -> Script {
        let most = Most {
            messages: MOST_REPLIES,
            bytes: MOST_BYTES,
        };
        Script {
            rpc: Rpc::RouteChat,
            steps,
            due,
            most,
            patience: self.patience(pace),
        }
    }

    /// Plays a route whose points are padded until they fill every buffer on the way: a server that does
    /// not read them keeps the client from sending.
    pub async fn padded_route(&self, case: RecordRouteCase) -> Played<RecordRouteCase> {
        let points = case.send.iter().copied().map(Message::Point);
        let script = Script {
            rpc: Rpc::RecordRoute,
            steps: points.map(Step::SendPadded).collect(),
            due: Due::Count(1),
            most: MOST_SUMMARIES,
            patience: self.patience(Pace::Brief),
        };
        let report = record_route::judge(&case, self.call(&script).await);
        played(case, report)
    }

    /// Whether the server is still there: an empty chat comes to an end, or at least to no bad one.
    pub async fn is_answered(&self) -> bool {
        let nothing = self.chat(Vec::new(), Due::Count(0), Pace::Brief);
        let transcript = self.call(&nothing).await;
        !transcript.status().is_some_and(Status::found_nobody)
    }

    /// Makes calls and cancels each once it is under way. After one that does not get so far, there is no
    /// use in others.
    async fn cancel(&self, script: &Script, count: u32) {
        for _ in 0..count {
            let transcript = self.call(script).await;
            if stalled(&transcript) {
                return;
            }
        }
    }
}

/// A case that can be played.
pub trait Play: Shrink {
    /// Plays the case, and judges it for itself.
    async fn play(self, player: &Player<'_>, pace: Pace) -> Played<Self>;
}

impl Play for ListFeaturesCase {
    async fn play(self, player: &Player<'_>, pace: Pace) -> Played<ListFeaturesCase> {
        let ask = Step::Send(Message::Rectangle(self.request));
        let due = || Due::These(self.expect.iter().cloned().map(Message::Feature).collect());
        if self.after_cancelled > 0 {
            let steps = vec![
                ask.clone(),
                Step::HalfClose,
                Step::AwaitCount(1),
                Step::Cancel,
            ];
            let script = player.list(steps, due(), pace);
            player.cancel(&script, self.after_cancelled).await;
        }
        let script = player.list(vec![ask], due(), pace);
        let transcript = player.call(&script).await;
        let report = list_features::judge(&self, player.database(), transcript);
        let report = after_cancelled(report, self.after_cancelled);
        played(self, report)
    }
}

impl Play for RecordRouteCase {
    async fn play(self, player: &Player<'_>, pace: Pace) -> Played<RecordRouteCase> {
        let mut report = route(&self, player, pace, PACE_MARGIN).await;
        // On a busy machine the server's clock may start late. With more time, that makes no difference.
        if self.wait_seconds > 0 && record_route::is_a_second_short(&self, &report) {
            report = route(&self, player, pace, GENEROUS_MARGIN).await;
        }
        played(self, report)
    }
}

async fn route(
    case: &RecordRouteCase,
    player: &Player<'_>,
    pace: Pace,
    margin: Duration,
) -> CaseReport {
    let points = case.send.iter().copied().map(Message::Point);
    let mut steps: Vec<Step> = points.map(Step::Send).collect();
    if case.wait_seconds > 0 {
        let seconds = Duration::from_secs(case.wait_seconds.into());
        steps.push(Step::Pause(seconds + margin));
    }
    let script = Script {
        rpc: Rpc::RecordRoute,
        steps,
        due: Due::Count(1),
        most: MOST_SUMMARIES,
        patience: player.patience(pace),
    };
    record_route::judge(case, player.call(&script).await)
}

impl Play for RouteChatCase {
    async fn play(self, player: &Player<'_>, pace: Pace) -> Played<RouteChatCase> {
        let mut before = Vec::new();
        if !self.earlier_call.is_empty() {
            // How that goes is not this case's business.
            let steps = sends(&self.earlier_call);
            let script = player.chat(steps, Due::Count(0), pace);
            before.push(player.call(&script).await);
        }
        if self.after_cancelled > 0 {
            let mut steps = sends(&self.notes());
            steps.extend([Step::AwaitCount(1), Step::Cancel]);
            let script = player.chat(steps, due(&self), pace);
            player.cancel(&script, self.after_cancelled).await;
        }
        let script = player.chat(turns(&self.turns, pace), due(&self), pace);
        if !self.beside_open_call.is_empty() {
            return beside_open_call(self, player, &script).await;
        }
        let transcript = player.call(&script).await;
        let report = route_chat::judge(&self, transcript);
        let report = after_cancelled(report, self.after_cancelled);
        Played {
            before,
            blind: pace == Pace::Blind,
            ..played(self, report)
        }
    }
}

/// Plays a chat while another is open. What is not right shows in the one or in the other.
async fn beside_open_call(
    case: RouteChatCase,
    player: &Player<'_>,
    script: &Script,
) -> Played<RouteChatCase> {
    let around = around(&case);
    let (last, first) = match around.turns.split_last() {
        Some((last, first)) => (std::slice::from_ref(last), first),
        None => (&[][..], &[][..]),
    };
    let due = Due::Count(around.turns.iter().map(|turn| turn.expect.len()).sum());
    let open = player.chat(turns(first, Pace::Normal), due, Pace::Normal);
    let nothing = vec![Step::Send(Message::Rectangle(Rectangle::origin()))];
    let question = player.list(
        nothing,
        Due::Count(player.database().features().len()),
        Pace::Brief,
    );
    let inner = async {
        // A server that takes one call at a time, of whatever RPC, is slow and not wrong.
        let answer = player.call(&question).await;
        if stalled(&answer) {
            return None;
        }
        Some(player.call(script).await)
    };
    let rest = turns(last, Pace::Normal);
    let (open, beside) = call::play_around(player.channel.clone(), &open, inner, &rest).await;
    let after = |case, report, before| Played {
        before: vec![before],
        ..played(case, report)
    };
    let Some(beside) = beside else {
        let alone = route_chat::judge(&case, player.call(script).await);
        return after(case, alone, open);
    };
    let was_kept_waiting = stalled(&beside);
    let inner = route_chat::judge(&case, beside.clone());
    if was_kept_waiting {
        let alone = route_chat::judge(&case, player.call(script).await);
        if alone.outcome == Outcome::Pass {
            return after(case, route_chat::blocked_by_another(inner), open);
        }
    }
    let outer = route_chat::judge(&around, open.clone());
    if inner.outcome == Outcome::Pass && outer.outcome == Outcome::Fail {
        return after(around, outer, beside);
    }
    after(case, inner, open)
}

/// The chat that stays open, with one more note at the place of its first: by then, the other chat has come
/// and gone.
fn around(case: &RouteChatCase) -> RouteChatCase {
    let mut notes = case.beside_open_call.clone();
    if let Some(first) = notes.first().cloned() {
        let message = format!("{}, all the while", first.message);
        notes.push(RouteNote { message, ..first });
    }
    RouteChatCase {
        around_another_call: case.notes(),
        ..RouteChatCase::new(&case.case, &case.why, notes)
    }
}

/// A call that stalls after others have been cancelled, in a server that has kept nobody waiting so far.
fn after_cancelled(report: CaseReport, cancelled: u32) -> CaseReport {
    let is_quiet = |what: &What| matches!(what, What::Stalled { .. });
    match report
        .transcript
        .iter()
        .position(|event| is_quiet(&event.what))
    {
        Some(_) if cancelled > 0 => stream::blocked_by_cancelled(report, cancelled),
        _ => report,
    }
}

/// All replies that can be right.
fn due(case: &RouteChatCase) -> Due {
    let replies = case.turns.iter().flat_map(|turn| turn.expect.clone());
    Due::These(replies.map(Message::RouteNote).collect())
}

/// Each note, with the replies to wait for before the next.
fn turns(turns: &[Turn], pace: Pace) -> Vec<Step> {
    let turn = |turn: &Turn| {
        let replies = turn.expect.iter().cloned().map(Message::RouteNote);
        let note = Step::Send(Message::RouteNote(turn.send.clone()));
        let wait = (pace != Pace::Blind).then(|| Step::Await(replies.collect()));
        std::iter::once(note).chain(wait)
    };
    turns.iter().flat_map(turn).collect()
}

fn sends(notes: &[RouteNote]) -> Vec<Step> {
    let messages = notes.iter().cloned().map(Message::RouteNote);
    messages.map(Step::Send).collect()
}

fn stalled(transcript: &Transcript) -> bool {
    let quiet = |what: &What| matches!(what, What::Stalled { .. });
    transcript.position(quiet).is_some()
}

fn played<C>(case: C, report: CaseReport) -> Played<C> {
    Played {
        case,
        report,
        before: Vec::new(),
        blind: false,
    }
}
