//! What a client does in a call, and what bounds it.

use std::collections::HashMap;
use std::time::Duration;

use super::activity::Activity;
use crate::messages::{Message, Rpc};

/// What the client does in a call. After the last step it half-closes and reads to the end.
#[derive(Debug, Clone)]
pub enum Step {
    /// Sends a message.
    Send(Message),
    /// Sends many messages at once, as many of them in a frame as it holds. One frame for each of thousands would be taken
    /// for an attack by servers whose windows are small.
    SendAll(Vec<Message>),
    /// Sends a message with many bytes in a field that no reader knows, and that every reader passes over.
    /// (Many small messages instead would be taken for an attack by some servers.)
    SendPadded(Message),
    /// Sends bytes that no reader can decode, in the place of a message.
    SendDamaged,
    /// Reads until these messages have come, beside those awaited before; or others, since then
    /// waiting for the rest is of no use.
    Await(Vec<Message>),
    /// Reads until so many messages have come, whatever they hold.
    AwaitCount(usize),
    /// Half-closes before the last step.
    HalfClose,
    /// Lets so much time pass. Only a route that must take whole seconds needs it.
    Pause(Duration),
    /// Resets the stream; nothing comes after it.
    Cancel,
}

/// What can come in a call that is right.
#[derive(Debug, Clone)]
pub enum Expected {
    /// These messages, in whatever order.
    These(Vec<Message>),
    /// So many messages, whatever they hold.
    Count(usize),
}

/// More than this makes a flood.
#[derive(Debug, Clone, Copy)]
pub struct MessageLimits {
    /// Messages.
    pub messages: usize,
    /// The bytes of all of them.
    pub bytes: usize,
}

/// What can still come.
pub enum Remaining {
    /// Each of these messages so many times.
    These(HashMap<Message, usize>),
    /// So many messages, whatever they hold.
    Count(usize),
}

impl Remaining {
    /// All that is expected.
    pub fn of(expected: &Expected) -> Remaining {
        match expected {
            Expected::Count(count) => Remaining::Count(*count),
            Expected::These(messages) => {
                let mut left = HashMap::new();
                for message in messages {
                    *left.entry(message.clone().with_defaults()).or_default() += 1;
                }
                Remaining::These(left)
            }
        }
    }

    /// Takes a message off; false if it is none of those. A message that does not decode is none.
    pub fn take(&mut self, message: Option<&Message>) -> bool {
        let Some(message) = message else {
            return false;
        };
        let left = match self {
            Remaining::Count(left) => Some(left),
            Remaining::These(left) => left.get_mut(&message.clone().with_defaults()),
        };
        match left.filter(|left| **left > 0) {
            Some(left) => {
                *left -= 1;
                true
            }
            None => false,
        }
    }
}

/// A call, and what bounds it.
#[derive(Debug, Clone)]
pub struct Script {
    /// The RPC to call.
    pub rpc: Rpc,
    /// What the client does.
    pub steps: Vec<Step>,
    /// What can be right. Once something else has come, the call is wrong, and has little time left.
    pub expected: Expected,
    /// What is a flood, whatever the mistake.
    pub limits: MessageLimits,
    /// How long to wait while nothing moves.
    pub patience: Duration,
    /// The calls that are made beside it: as long as something moves in one of them, the server is only busy.
    pub activity: Activity,
}
