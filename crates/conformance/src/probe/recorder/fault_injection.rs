//! How the recording server behaves: by the contract, or out of order on purpose.

use std::time::Duration;

use crate::messages::Rpc;

/// How long a slow server waits before the headers, each message, and before the end of a call. All of a call's
/// waits together stay far below any deadline that a client may reasonably set.
const PAUSE: Duration = Duration::from_millis(25);

/// The faults that the recording server shows in one run of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FaultInjection {
    /// None: it keeps to the contract.
    #[default]
    None,
    /// It keeps to the contract, but the headers, every message and the end of the call come late.
    Slow,
    /// It keeps to the contract of a world without features and notes: streams end without a message.
    NoMessages,
    /// Every call of one RPC ends with an error.
    Fails(Rpc, When),
}

/// When a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Before anything is read: the response consists of trailers alone.
    AtOnce,
    /// After so many messages, at least one: of the client's where only the client streams, and of the server's
    /// everywhere else. If there are fewer, in place of the OK at the end.
    After(usize),
}

impl FaultInjection {
    /// Whether a call of an RPC is refused without being read.
    pub fn refuses(self, rpc: Rpc) -> bool {
        self == FaultInjection::Fails(rpc, When::AtOnce)
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

    /// Waits for as long as the server takes before it sends something.
    pub async fn take_time(self) {
        if self == FaultInjection::Slow {
            tokio::time::sleep(PAUSE).await;
        }
    }
}
