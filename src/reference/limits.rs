//! Limits for each client and for all together, with the reason for each number.

use std::time::Duration;

/// The flow-control window of a connection, in bytes, as in `serve` of the completed track. With the default of
/// 64 KiB, h2 takes the many small messages of a fast client for an attack, and closes the connection (GOAWAY
/// `too_many_data_frames`).
pub const CONNECTION_WINDOW: u32 = 64 << 20;

/// How many calls may be open on one connection (SETTINGS_MAX_CONCURRENT_STREAMS). This is enough for a class
/// behind one proxy with a thousand chats, and keeps one client from taking all memory. Clients in all languages
/// hold further calls back until one has ended.
pub const STREAMS: u32 = 2_048;

/// How many calls may be open on all connections together. An open call takes about 7 KiB, whatever it does. Further
/// calls are answered with RESOURCE_EXHAUSTED.
pub const CALLS: usize = 8_192;

/// How many bytes the notes of all chats may take together, beside [`OWN_MEMORY`]. Beyond it, the chat that sends the next note ends with RESOURCE_EXHAUSTED.
pub const SHARED_MEMORY: usize = 64 << 20;

/// How many bytes the notes of each chat may take in any case: about twenty notes, so that an ordinary chat goes on
/// while others have used up what they share.
pub const OWN_MEMORY: usize = 4 << 10;

/// What remembering a message takes beside its content, in bytes, roughly.
pub const MESSAGE_OVERHEAD: usize = 200;

/// The longest message that is read, in bytes. Only notes can be long, and 64 KiB are more than anyone types.
/// A longer message ends the call with OUT_OF_RANGE before it is read.
pub const MESSAGE: usize = 64 << 10;

/// The longest headers of a call, in bytes; those of gRPC itself need less than 1 KiB. Longer headers are answered
/// with the HTTP status 431.
pub const HEADERS: u32 = 16 << 10;

/// When clients are asked whether they are still connected.
#[derive(Debug, Clone, Copy)]
pub struct KeepAlive {
    /// How long a connection may be silent before the server sends an HTTP/2 PING.
    pub interval: Duration,
    /// How long the answer may take before the server closes the connection, which ends its calls.
    pub timeout: Duration,
}

/// A laptop whose lid is closed does not close its connections: the server finds that out within two minutes. A
/// client that stops for less than one minute, at a breakpoint for example, keeps its calls.
pub const KEEP_ALIVE: KeepAlive = KeepAlive {
    interval: Duration::from_secs(60),
    timeout: Duration::from_secs(60),
};

/// How long open calls may go on after the shutdown signal, unless `--grace` is given.
pub const GRACE: Duration = Duration::from_secs(3);

/// How long a new connection may take to send its first bytes, and to complete a TLS handshake.
pub const HANDSHAKE: Duration = Duration::from_secs(20);
