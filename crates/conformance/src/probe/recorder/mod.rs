//! A server that records what a client does. What it answers comes from the rooms above: answers that are
//! invented for the run, or those of another server.

mod answers;
mod barrier;
mod call;
mod fault_injection;
mod hold;
mod host;
mod log;
mod preface;
mod protocol;
mod proxy;
mod request_body;
mod synthetic;

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

pub use self::answers::{Answers, Conversation, Length};
use self::barrier::Barrier;
pub use self::call::Source;
pub use self::fault_injection::{Details, FaultInjection, When};
use self::hold::Release;
pub use self::log::MORE_FROM_THE_CLIENT;
use crate::messages::Rpc;
use crate::transcript::{EventKind, Transcript, Writer};

/// How many calls of one run are written down. A client that makes more is answered, but what it does
/// then takes no more memory.
const MOST_CALLS: usize = 200;

/// What a client has done so far.
#[derive(Debug, Clone, Default)]
pub struct Recording {
    /// How many connections were opened.
    pub connections: usize,
    /// How many of them began as HTTP/2 does.
    pub prefaces: usize,
    /// How many of them were reset before it was known how they begin.
    pub resets: usize,
    /// The calls, in the order in which they began.
    pub calls: Vec<Transcript>,
    /// For each call, the earlier ones that had not ended when it began.
    pub open_before: Vec<BTreeSet<usize>>,
    /// When each call began.
    pub began: Vec<Instant>,
    /// For each call, its header `grpc-timeout`, if it came with one.
    pub timeouts: Vec<Option<String>>,
    /// Paths that were called and are none of ours.
    pub unknown_paths: BTreeSet<String>,
    /// The schemes that requests named, such as `http`.
    pub schemes: BTreeSet<String>,
    /// The content types of requests over HTTP/2 that were not gRPC's.
    pub other_content_types: BTreeSet<String>,
    /// How connections began that did not begin as HTTP/2 does.
    pub other_openings: Vec<Vec<u8>>,
}

impl Recording {
    /// Whether all connections were reset before it was known how they begin. Then nothing is known of the client, not
    /// even that it is wrong.
    pub fn says_nothing(&self) -> bool {
        self.resets > 0 && self.resets == self.connections
    }

    /// Whether a call began while an earlier one was open that the server ended later. (Of one that the client cancelled,
    /// the cancellation may just have been on its way.)
    pub fn began_during(&self, call: usize, earlier: usize) -> bool {
        let was_open = self.open_before.get(call);
        let was_open = was_open.is_some_and(|before| before.contains(&earlier));
        was_open
            && self
                .calls
                .get(earlier)
                .is_some_and(|call| call.status().is_some())
    }
}

/// The recording as it is being written: each call by its own task.
#[derive(Debug, Default)]
struct Notebook {
    connections: usize,
    prefaces: usize,
    resets: usize,
    calls: Vec<Arc<Mutex<Writer>>>,
    open_before: Vec<BTreeSet<usize>>,
    began: Vec<Instant>,
    timeouts: Vec<Option<String>>,
    unknown_paths: BTreeSet<String>,
    schemes: BTreeSet<String>,
    other_content_types: BTreeSet<String>,
    other_openings: Vec<Vec<u8>>,
}

/// One run of a client: what it is answered, and what it does.
#[derive(Debug, Clone)]
struct Session {
    notebook: Arc<Mutex<Notebook>>,
    source: Source,
    release: Release,
}

impl Session {
    fn new(source: Source) -> Session {
        Session {
            notebook: Arc::default(),
            source,
            release: Release::default(),
        }
    }

    /// Opens the notes of a call with this header `grpc-timeout`; none if its path is none of ours.
    fn open(&self, path: &str, timeout: Option<String>) -> Option<(Rpc, Arc<Mutex<Writer>>)> {
        let mut notebook = lock(&self.notebook);
        let Some(rpc) = Rpc::from_path(path) else {
            if notebook.unknown_paths.len() < MOST_CALLS {
                notebook.unknown_paths.insert(path.to_string());
            }
            return None;
        };
        let writer = Arc::new(Mutex::new(Writer::start(rpc)));
        if notebook.calls.len() < MOST_CALLS {
            let calls = notebook.calls.iter().enumerate();
            let open = calls.filter(|(_, call)| !is_over(call));
            let open = open.map(|(index, _)| index).collect();
            notebook.open_before.push(open);
            notebook.began.push(Instant::now());
            notebook.timeouts.push(timeout);
            notebook.calls.push(Arc::clone(&writer));
        }
        Some((rpc, writer))
    }
}

/// A recording server. It stops, with all its connections, when it is dropped.
#[derive(Debug)]
pub struct Recorder {
    addr: SocketAddr,
    session: Arc<Mutex<Session>>,
    changes: watch::Receiver<()>,
    listening: Vec<SocketAddr>,
    barrier: Arc<Barrier>,
    _accepting: JoinSet<()>,
}

impl Recorder {
    /// Starts to listen on all of these addresses, or at least on those that this machine has; port 0
    /// takes a free one.
    ///
    /// # Errors
    ///
    /// If an address is taken, or all are none of this machine's.
    pub async fn start(addresses: &[SocketAddr], source: Source) -> io::Result<Recorder> {
        let mut listeners = Vec::new();
        let mut refused = None;
        for addr in addresses {
            match TcpListener::bind(addr).await {
                Ok(listener) => listeners.push(listener),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
                Err(error) => refused = Some(error),
            }
        }
        let Some(first) = listeners.first() else {
            return Err(refused.unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into()));
        };
        let addr = first.local_addr()?;
        let session = Arc::new(Mutex::new(Session::new(source)));
        let (changed, changes) = watch::channel(());
        let barrier = Arc::<Barrier>::default();
        let mut listening = Vec::new();
        let mut accepting = JoinSet::new();
        for listener in listeners {
            listening.push(listener.local_addr()?);
            accepting.spawn(host::accept(
                listener,
                Arc::clone(&session),
                Arc::clone(&barrier),
                changed.clone(),
            ));
        }
        Ok(Recorder {
            addr,
            session,
            changes,
            listening,
            barrier,
            _accepting: accepting,
        })
    }

    /// Begins another run: connections from now on are answered from this source, and what was recorded
    /// so far is forgotten.
    pub fn begin(&self, source: Source) {
        *lock(&self.session) = Session::new(source);
    }

    fn notebook(&self) -> Arc<Mutex<Notebook>> {
        Arc::clone(&lock(&self.session).notebook)
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What has been recorded so far.
    pub fn recording(&self) -> Recording {
        let notebook = self.notebook();
        let notebook = lock(&notebook);
        Recording {
            connections: notebook.connections,
            prefaces: notebook.prefaces,
            resets: notebook.resets,
            calls: notebook
                .calls
                .iter()
                .map(|call| lock(call).transcript().clone())
                .collect(),
            open_before: notebook.open_before.clone(),
            began: notebook.began.clone(),
            timeouts: notebook.timeouts.clone(),
            unknown_paths: notebook.unknown_paths.clone(),
            schemes: notebook.schemes.clone(),
            other_content_types: notebook.other_content_types.clone(),
            other_openings: notebook.other_openings.clone(),
        }
    }

    /// Is told whenever something has been written down.
    pub fn changes(&self) -> watch::Receiver<()> {
        self.changes.clone()
    }

    /// Sends the headers of every call in which they are held back until there is a reply to send, and in which
    /// the client has still something to send. Returns whether there is such a call. What the client does then shows
    /// whether it was waiting for them.
    pub fn release_headers(&self) -> bool {
        let Session {
            notebook,
            source,
            release,
        } = lock(&self.session).clone();
        let is_held = |call: &Arc<Mutex<Writer>>| {
            let call = lock(call);
            let transcript = call.transcript();
            let is_past = |what: &EventKind| {
                use EventKind::{Cancelled, Ended, HalfClosed, Headers, Stalled};
                matches!(
                    what,
                    Headers | HalfClosed | Cancelled | Stalled { .. } | Ended { .. }
                )
            };
            source.holds_headers(transcript.rpc) && transcript.position(is_past).is_none()
        };
        let is_any_held = lock(&notebook).calls.iter().any(is_held);
        if is_any_held {
            release.release();
        }
        is_any_held
    }

    /// Waits until a client has connected.
    pub async fn connected(&self) {
        self.until(Duration::MAX, |notebook| notebook.connections > 0)
            .await;
    }

    /// Waits until all connections that have been made until now have been accepted, or the time is over. A client that
    /// connects and ends at once may be gone before that.
    pub async fn caught_up(&self, most: Duration) {
        let all = async {
            for listener in &self.listening {
                // Where none can be made, there is nothing to wait for.
                self.barrier.pass(*listener).await.ok();
            }
        };
        tokio::time::timeout(most, all).await.ok();
    }

    /// Waits until a connection has begun as HTTP/2 does, all that there are were reset, or the time is over.
    pub async fn greeted(&self, most: Duration) {
        self.until(most, |notebook| {
            notebook.prefaces > 0 || notebook.resets == notebook.connections
        })
        .await;
    }

    /// Waits until every call has come to its end, one way or the other, or the time is over.
    pub async fn quiet(&self, most: Duration) {
        self.until(most, |notebook| notebook.calls.iter().all(is_over))
            .await;
    }

    async fn until(&self, most: Duration, done: impl Fn(&Notebook) -> bool) {
        let mut changes = self.changes.clone();
        let notebook = self.notebook();
        let wait = async {
            // An error means that the server is gone, and nothing will change any more.
            while !done(&lock(&notebook)) && changes.changed().await.is_ok() {}
        };
        tokio::time::timeout(most, wait).await.ok();
    }
}

/// Whether a call has come to its end, one way or the other.
fn is_over(call: &Arc<Mutex<Writer>>) -> bool {
    let ends = |what: &EventKind| matches!(what, EventKind::Ended { .. } | EventKind::Cancelled);
    lock(call).transcript().position(ends).is_some()
}

/// A panic elsewhere must not hide what was recorded before it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
