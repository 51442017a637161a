//! Calls to one server: how much they may bring, and how long they are waited for.

use std::time::Duration;

use tonic::transport::Channel;

use crate::checker::Setting;
use crate::guide::Database;
use crate::messages::{Feature, Message, Rectangle, Rpc};
use crate::probe::call::{self, Due, Most, Script, Step};
use crate::transcript::{EventKind, Status, Transcript};

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

/// Makes calls to one server.
pub struct Player<'a> {
    setting: &'a Setting,
    channel: &'a Channel,
}

impl<'a> Player<'a> {
    /// Calls over this channel.
    pub fn new(setting: &'a Setting, channel: &'a Channel) -> Player<'a> {
        Player { setting, channel }
    }

    /// The features that the server serves.
    pub fn database(&self) -> &Database {
        &self.setting.database
    }

    /// Makes a call.
    pub async fn call(&self, script: &Script) -> Transcript {
        call::play(self.channel.clone(), script).await
    }

    /// Makes a call that stays open until `inner` is done, and then takes the steps `after` it.
    pub async fn call_around<T>(
        &self,
        script: &Script,
        inner: impl Future<Output = T>,
        after: &[Step],
    ) -> (Transcript, T) {
        call::play_around(self.channel.clone(), script, inner, after).await
    }

    fn patience(&self, pace: Pace) -> Duration {
        match pace {
            Pace::Brief => self.setting.patience / 10,
            Pace::Normal => self.setting.patience,
            // One that stays silent after the half-close, too, is left out of the report.
            Pace::Blind => self.setting.patience / 3,
        }
    }

    /// A call of ListFeatures with these steps.
    pub fn list(&self, steps: Vec<Step>, due: Due, pace: Pace) -> Script {
        Script {
            rpc: Rpc::ListFeatures,
            steps,
            due,
            most: most_features(self.database()),
            patience: self.patience(pace),
        }
    }

    /// A call of RecordRoute with these steps.
    pub fn route(&self, steps: Vec<Step>, pace: Pace) -> Script {
        Script {
            rpc: Rpc::RecordRoute,
            steps,
            due: Due::Count(1),
            most: MOST_SUMMARIES,
            patience: self.patience(pace),
        }
    }

    /// A call of RouteChat with these steps.
    pub fn chat(&self, steps: Vec<Step>, due: Due, pace: Pace) -> Script {
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

    /// Whether the server is still there: a plain call comes to an end, or at least to no bad one. It is one of
    /// the same RPC, since another may be another lesson's, and not right yet.
    pub async fn is_answered(&self, rpc: Rpc) -> bool {
        let pace = Pace::Brief;
        let nothing = match rpc {
            Rpc::ListFeatures => {
                let ask = Step::Send(Message::Rectangle(Rectangle::origin()));
                self.list(
                    vec![ask],
                    Due::Count(self.database().features().len()),
                    pace,
                )
            }
            Rpc::RecordRoute => self.route(Vec::new(), pace),
            Rpc::RouteChat => self.chat(Vec::new(), Due::Count(0), pace),
        };
        let transcript = self.call(&nothing).await;
        !transcript.status().is_some_and(Status::found_nobody)
    }

    /// Makes calls and cancels each once it is under way. After one that does not get so far, there is no
    /// use in others.
    pub async fn cancel(&self, script: &Script, count: u32) {
        for _ in 0..count {
            let transcript = self.call(script).await;
            if stalled(&transcript) {
                return;
            }
        }
    }
}

/// Whether a call waited in vain.
pub fn stalled(transcript: &Transcript) -> bool {
    let quiet = |what: &EventKind| matches!(what, EventKind::Stalled { .. });
    transcript.position(quiet).is_some()
}
