//! How the recording server behaves: by the contract, or out of order on purpose.

use std::time::Duration;

use super::answers::Length;
use crate::messages::Rpc;

/// How long a server waits that begins late and has much to say, before each of the first messages of a call, and before
/// its end. Every right client pays for it.
const PAUSE: Duration = Duration::from_millis(25);

/// How long a slow server waits at the same places: time enough for a client to leave the call, on a busy machine too.
/// Only a client pays for it of which something is wrong already. All of a call's waits together stay below any deadline
/// that a client may reasonably set.
const LONG_PAUSE: Duration = Duration::from_millis(150);

/// How long any server waits before it ends a call, with OK or an error: so that another call that was begun meanwhile
/// is seen to have been.
const BEFORE_THE_END: Duration = Duration::from_millis(10);

/// How long a server waits between two messages of a call that goes on and on.
const BETWEEN_DRIPS: Duration = Duration::from_millis(50);

/// How many messages of a call a slow server sends late. After so many, it is as fast as any other.
const LATE_MESSAGES: usize = 4;

/// The faults that the recording server shows in one run of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FaultInjection {
    /// None: it keeps to the contract.
    #[default]
    None,
    /// It keeps to the contract, but the headers, every message and the end of the call come late. Meanwhile it goes on
    /// reading.
    Slow,
    /// It keeps to the contract, but the first messages and the end of a call come late, and the answers are long. It does
    /// not read on while it has something to send.
    Long,
    /// It keeps to the contract of a world without features and notes: streams end without a message.
    NoMessages,
    /// Every call of one RPC ends with an error.
    Fails(Rpc, When),
    /// Every call of one RPC ends at once with this code.
    EndsWith(Rpc, tonic::Code),
    /// Every call of one RPC ends at once with INVALID_ARGUMENT, and with these details.
    Refuses(Rpc, Details),
    /// Calls of one RPC are never answered: not even headers come.
    NeverAnswers(Rpc),
    /// Calls of one RPC stop in the middle: after the headers and so many messages of the server, nothing comes any more.
    Stalls(Rpc, usize),
    /// Calls of one RPC go on for so long: a message comes every now and then, and the end after them.
    Drips(Rpc, Duration),
}

/// What a status says beside its code and its message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Details {
    /// Nothing.
    None,
    /// Which fields of the request are wrong.
    BadRequest,
    /// Something of a type that no client knows.
    UnknownType,
}

/// When a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Before anything is read: the response consists of trailers alone.
    AtOnce,
    /// After so many messages, at least one: of the client's where only the client streams, and of the server's
    /// everywhere else. If there are fewer, in place of the OK at the end.
    After(usize),
    /// In place of the OK at the end. By then, the client has nothing more to send.
    AtTheEnd,
}

impl FaultInjection {
    /// Whether a call of an RPC is refused without being read.
    pub fn refuses(self, rpc: Rpc) -> bool {
        self == FaultInjection::Fails(rpc, When::AtOnce)
            || self.code_of(rpc).is_some()
            || self.details_of(rpc).is_some()
    }

    /// The details that every call of an RPC ends with, if it ends with INVALID_ARGUMENT.
    pub fn details_of(self, rpc: Rpc) -> Option<Details> {
        match self {
            FaultInjection::Refuses(refusing, details) if refusing == rpc => Some(details),
            _ => None,
        }
    }

    /// The code that a call of an RPC ends with, if it is a certain one.
    pub fn code_of(self, rpc: Rpc) -> Option<tonic::Code> {
        match self {
            FaultInjection::EndsWith(ending, code) if ending == rpc => Some(code),
            _ => None,
        }
    }

    /// Whether a call of an RPC is never answered.
    pub fn never_answers(self, rpc: Rpc) -> bool {
        self == FaultInjection::NeverAnswers(rpc)
    }

    /// Whether nothing more comes in a call of an RPC after so many messages.
    pub fn stalls_after(self, rpc: Rpc, messages: usize) -> bool {
        self == FaultInjection::Stalls(rpc, messages)
    }

    /// Whether a call of an RPC stops in the middle.
    pub fn stalls(self, rpc: Rpc) -> bool {
        matches!(self, FaultInjection::Stalls(stalling, _) if stalling == rpc)
    }

    /// How many messages more come in a call of an RPC that goes on and on.
    pub fn drips(self, rpc: Rpc) -> u128 {
        match self {
            FaultInjection::Drips(dripping, time) if dripping == rpc => {
                time.as_millis() / BETWEEN_DRIPS.as_millis()
            }
            _ => 0,
        }
    }

    /// Waits for the next message of a call that goes on and on.
    pub async fn wait_for_drip(self) {
        tokio::time::sleep(BETWEEN_DRIPS).await;
    }

    /// Whether a call of an RPC fails once so many messages have been counted.
    pub fn fails_after(self, rpc: Rpc, messages: usize) -> bool {
        self == FaultInjection::Fails(rpc, When::After(messages))
    }

    /// Whether a call of an RPC may not end with OK.
    pub fn fails(self, rpc: Rpc) -> bool {
        matches!(self, FaultInjection::Fails(failing, _) if failing == rpc)
    }

    /// Whether the messages of a call are left out.
    pub fn drops_messages(self, rpc: Rpc) -> bool {
        self == FaultInjection::NoMessages && rpc.server_streams()
            || self.fails(rpc) && !rpc.server_streams()
    }

    /// Whether headers come no sooner than there is something to send after them.
    pub fn holds_headers(self) -> bool {
        use FaultInjection::{Fails, Long, NoMessages, Slow};
        matches!(self, Slow | Long | NoMessages | Fails(..))
    }

    /// Whether it reads on while it has something to send.
    pub fn reads_while_it_waits(self) -> bool {
        self == FaultInjection::Slow
    }

    /// How long the answers are.
    pub fn length(self) -> Length {
        match self {
            FaultInjection::Long => Length::Long,
            _ => Length::Short,
        }
    }

    /// Waits for as long as the server takes before it ends a call.
    pub async fn take_time_to_end(self) {
        let time = match self {
            // Whether a call that is stalled has been left by then must be seen for certain.
            FaultInjection::Stalls(..) => LONG_PAUSE,
            _ => self.pause().unwrap_or(BEFORE_THE_END),
        };
        tokio::time::sleep(time).await;
    }

    /// Waits for as long as the server takes before it sends something, after so many messages.
    pub async fn take_time(self, sent: usize) {
        if let Some(pause) = self.pause().filter(|_| sent < LATE_MESSAGES) {
            tokio::time::sleep(pause).await;
        }
    }

    fn pause(self) -> Option<Duration> {
        match self {
            FaultInjection::Slow => Some(LONG_PAUSE),
            FaultInjection::Long => Some(PAUSE),
            _ => None,
        }
    }
}
