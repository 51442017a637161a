//! How much one client may ask of the server, and how long it may be silent. Each number has its reason.

use std::time::Duration;

/// How many bytes all calls of one connection may have on the way to us, as in `serve` of the completed track:
/// with the usual 64 KiB, the HTTP/2 library takes a fast client's many tiny points for an attack (GOAWAY
/// `too_many_data_frames`).
pub const CONNECTION_WINDOW: u32 = 64 << 20;

/// How many calls one connection may have open at once, which SETTINGS tells each client. A class behind one
/// proxy, a thousand chats at once, fits in; one client alone cannot take all memory. Clients in all languages
/// hold further calls back until one has ended.
pub const STREAMS: u32 = 2_048;

/// The longest message that is read, in bytes. A note is the only message of a client's that can be long, and
/// nobody types 64 KiB. Longer ones end the call with OUT_OF_RANGE, before they are read.
pub const MESSAGE: usize = 64 << 10;

/// How long all headers of a call may be, in bytes; gRPC's own need less than one KiB. Longer ones are answered
/// with the HTTP status 431.
pub const HEADERS: u32 = 16 << 10;

/// When clients are asked whether they are still there.
#[derive(Debug, Clone, Copy)]
pub struct KeepAlive {
    /// How long a connection may bring nothing until it is asked, with an HTTP/2 PING.
    pub interval: Duration,
    /// How long the answer may take; then the connection is closed, and its calls end.
    pub timeout: Duration,
}

/// A laptop whose lid was closed says no goodbye. Its connection is found dead within two minutes. A client that
/// stands still for less than one, at a breakpoint for example, keeps its calls.
pub const KEEP_ALIVE: KeepAlive = KeepAlive {
    interval: Duration::from_secs(60),
    timeout: Duration::from_secs(60),
};

/// How long open calls may go on after the server was asked to stop, unless `--grace` says otherwise.
pub const GRACE: Duration = Duration::from_secs(3);

/// How long a connection may take to say which protocol it speaks, and to agree on keys. What connects and
/// says nothing is no client.
pub const GREETING: Duration = Duration::from_secs(20);
