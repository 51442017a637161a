//! How the recording server behaves: by the contract, or out of order on purpose.

use std::time::Duration;

use crate::messages::Rpc;

/// How long a slow server waits before the headers, each message, and before the end of a call. All of a call's
/// waits together stay far below any deadline that a client may reasonably set.
const PAUSE: Duration = Duration::from_millis(25);

/// How the recording server behaves in one run of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Conduct {
    /// By the contract.
    #[default]
    Right,
    /// By the contract, but the headers, every message and the end of the call come late.
    Slow,
    /// By the contract, for a world without features and notes: streams end without a message.
    Silent,
    /// Every call of one RPC ends with an error.
    Fails(Rpc, When),
}

/// When a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Before anything is read: the response consists of trailers alone.
    AtOnce,
    /// After so many messages, at least one: of the client's for RecordRoute, and of the server's for
    /// the others. If there are fewer, in place of the OK at the end.
    After(usize),
}

impl Conduct {
    /// Whether a call of an RPC is refused without being read.
    pub fn refuses(self, rpc: Rpc) -> bool {
        self == Conduct::Fails(rpc, When::AtOnce)
    }

    /// Whether a call of an RPC fails once it has come so far.
    pub fn fails_after(self, rpc: Rpc, messages: usize) -> bool {
        self == Conduct::Fails(rpc, When::After(messages))
    }

    /// Whether a call of an RPC may not end with OK.
    pub fn fails(self, rpc: Rpc) -> bool {
        matches!(self, Conduct::Fails(failing, _) if failing == rpc)
    }

    /// Waits for as long as the server takes before it sends something.
    pub async fn take_time(self) {
        if self == Conduct::Slow {
            tokio::time::sleep(PAUSE).await;
        }
    }
}
