//! Calls to one server: how much they may bring, and how long they are waited for.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::{Semaphore, SemaphorePermit};
use tonic::transport::Channel;

use crate::checker::Setting;
use crate::guide::registry::{self, PlainCall};
use crate::guide::{Case as _, Database, Method, OpenCall};
use crate::messages::Rpc;
use crate::probe::activity::Activity;
use crate::probe::call::{self, Expected, Script, Step};
use crate::transcript::{EventKind, Status, Transcript};

/// How many calls are made at once, since some servers answer from few threads.
const MOST_CALLS: usize = 4;

/// How many connections are given up that take no more calls.
const MOST_GIVEN_UP: u32 = 4;

/// How much patience a server gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PatienceLevel {
    /// As much as the learner has set.
    Normal,
    /// A tenth: another call has waited for it in vain.
    Brief,
    /// Replies are not waited for before the half-close: they come too late, if at all.
    Blind,
}

/// Makes calls to one server, for all lessons that are checked on it.
pub struct Player<'a> {
    setting: &'a Setting,
    channel: Mutex<Channel>,
    /// Where the server listens.
    addr: SocketAddr,
    /// How many connections took no more calls, and were given up.
    given_up: AtomicU32,
    calls: Semaphore,
    activity: Activity,
}

impl<'a> Player<'a> {
    /// Calls over this channel the server at an address.
    pub fn new(setting: &'a Setting, channel: &'a Channel, addr: SocketAddr) -> Player<'a> {
        Player {
            setting,
            channel: Mutex::new(channel.clone()),
            addr,
            given_up: AtomicU32::new(0),
            calls: Semaphore::new(MOST_CALLS),
            activity: Activity::default(),
        }
    }

    /// The features that the server serves.
    pub fn database(&self) -> &Database {
        &self.setting.database
    }

    /// The seed of everything that is drawn.
    pub fn seed(&self) -> u64 {
        self.setting.seed
    }

    /// Makes a call.
    pub async fn call(&self, script: &Script) -> Transcript {
        let _permit = self.permit().await;
        self.call_at_once(script).await
    }

    /// Makes a call that begins so long before a whole second of the system's clock, at the least and at the most.
    pub async fn call_before_a_second(
        &self,
        script: &Script,
        [least, most]: [Duration; 2],
    ) -> Transcript {
        let _permit = self.permit().await;
        tokio::time::sleep(until_before_a_second(least, most, SystemTime::now())).await;
        self.call_at_once(script).await
    }

    /// Makes a call that stays open until `inner` is done, and then takes the steps `after` it.
    pub async fn call_around<T>(
        &self,
        script: &Script,
        inner: impl Future<Output = T>,
        after: &[Step],
    ) -> (Transcript, T) {
        let _permit = self.permit().await;
        call::play_around(self.channel(), script, inner, after).await
    }

    /// Waits until one more call may be made. The semaphore is never closed, so there is always a permit.
    async fn permit(&self) -> Option<SemaphorePermit<'_>> {
        self.calls.acquire().await.ok()
    }

    fn patience(&self, level: PatienceLevel) -> Duration {
        match level {
            PatienceLevel::Brief => self.setting.patience / 10,
            PatienceLevel::Normal => self.setting.patience,
            // One that stays silent after the half-close, too, is left out of the report.
            PatienceLevel::Blind => self.setting.patience / 3,
        }
    }

    /// A call of a method with these steps.
    pub fn script<M: Method>(
        &self,
        steps: Vec<Step>,
        expected: Expected,
        level: PatienceLevel,
    ) -> Script {
        let mut steps = steps;
        if level == PatienceLevel::Blind {
            steps.retain(|step| !matches!(step, Step::Await(_)));
        }
        Script {
            rpc: M::RPC,
            steps,
            expected,
            limits: M::limits(self.database()),
            patience: self.patience(level),
            activity: self.activity.clone(),
        }
    }

    /// A call of a requirement of part two.
    pub fn planned(&self, rpc: Rpc, steps: Vec<Step>, expected: Expected) -> Script {
        Script {
            rpc,
            steps,
            expected,
            limits: registry::method(rpc).plain_call(self.database()).limits,
            patience: self.patience(PatienceLevel::Normal),
            activity: self.activity.clone(),
        }
    }

    /// The call of a case.
    pub fn script_of<M: Method>(&self, case: &M::Case, level: PatienceLevel) -> Script {
        self.script::<M>(case.steps(), case.expected(), level)
    }

    /// The call that stays open beside that of another case, up to its last steps.
    pub fn script_beside<M: Method>(&self, open: &OpenCall<M::Case>) -> Script {
        let level = PatienceLevel::Normal;
        // The other call may disturb it, and then other messages come in the place of the right ones.
        let expected = match open.case.expected() {
            Expected::These(messages) => Expected::Count(messages.len()),
            count @ Expected::Count(_) => count,
        };
        self.script::<M>(open.first.clone(), expected, level)
    }

    /// Makes the plainest call of an RPC, with little patience.
    pub async fn plain_call(&self, rpc: Rpc) -> Transcript {
        self.call(&self.plain_script(rpc)).await
    }

    /// The same inside of another call, as a part of it: if it waited until one more may be made, and the others did the
    /// same, none of them would end.
    pub async fn plain_call_inside(&self, rpc: Rpc) -> Transcript {
        self.call_at_once(&self.plain_script(rpc)).await
    }

    /// Makes a call however many are open. Some servers go on counting calls that were cancelled, and refuse others for as
    /// long as a connection lasts: then it is made on another one.
    pub async fn call_at_once(&self, script: &Script) -> Transcript {
        loop {
            let transcript = call::play(self.channel(), script).await;
            let is_refused = transcript.status().is_some_and(Status::is_refused_stream);
            if !is_refused || !self.reconnect().await {
                return transcript;
            }
        }
    }

    fn channel(&self) -> Channel {
        let channel = self.channel.lock();
        channel.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes the next calls on another connection. False if the server accepts no other, or that has been done too often.
    async fn reconnect(&self) -> bool {
        if self.given_up.fetch_add(1, Ordering::Relaxed) >= MOST_GIVEN_UP {
            return false;
        }
        let addr = self.addr.to_string();
        let Ok(channel) = call::open(&addr, self.setting.patience).await else {
            return false;
        };
        *self.channel.lock().unwrap_or_else(PoisonError::into_inner) = channel;
        true
    }

    fn plain_script(&self, rpc: Rpc) -> Script {
        let PlainCall {
            steps,
            expected,
            limits,
        } = registry::method(rpc).plain_call(self.database());
        Script {
            rpc,
            steps,
            expected,
            limits,
            patience: self.patience(PatienceLevel::Brief),
            activity: self.activity.clone(),
        }
    }

    /// Whether the server is still there: a plain call comes to an end, or at least to no bad one. It is one of
    /// the same RPC, since another may be another lesson's, and not right yet.
    pub async fn is_answered(&self, rpc: Rpc) -> bool {
        let transcript = self.plain_call(rpc).await;
        !transcript.status().is_some_and(Status::has_no_server)
    }

    /// Makes calls and cancels each once it is under way. After one that does not get so far, others are of no
    /// use.
    pub async fn cancel(&self, script: &Script, count: u32) {
        for _ in 0..count {
            let _permit = self.permit().await;
            let transcript = call::play(self.channel(), script).await;
            let is_refused = transcript.status().is_some_and(Status::is_refused_stream);
            if stalled(&transcript) || is_refused {
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

/// How long it is until the next whole second is away between the least and the most.
fn until_before_a_second(least: Duration, most: Duration, now: SystemTime) -> Duration {
    const SECOND: Duration = Duration::from_secs(1);
    // A clock before 1970 counts as any other.
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let left = SECOND - Duration::from_nanos(since.subsec_nanos().into());
    if left < least {
        return (left + SECOND).saturating_sub(most);
    }
    left.saturating_sub(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_may_wait_for_its_place_in_a_second() {
        let millis = Duration::from_millis;
        let wait =
            |now: u64| until_before_a_second(millis(200), millis(700), UNIX_EPOCH + millis(now));
        assert_eq!(wait(5_300), millis(0));
        assert_eq!(wait(5_100), millis(200));
        assert_eq!(wait(5_800), millis(0));
        assert_eq!(wait(5_900), millis(400));
        assert_eq!(wait(6_000), millis(300));
    }
}
