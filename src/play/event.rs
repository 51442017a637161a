//! What happens while the learner's server is kept running.

use std::net::SocketAddr;

use crate::checker::{Crash, Doing, HandlerPanic, ServerProgram};
use crate::process::sockets::Listening;
use crate::reference::server_event::ServerEvent;
use crate::reference::trace::event::TraceEntry;
use crate::verdict::LessonReport;

/// Something that has happened.
#[derive(Debug, Clone)]
pub enum PlayEvent {
    /// The server can be called at this address from now on, whenever it runs.
    Listening {
        /// The address.
        addr: SocketAddr,
        /// The usual address, if it was taken.
        taken: Option<TakenAddress>,
    },
    /// A build has begun.
    Building {
        /// Whether there was one before.
        is_again: bool,
    },
    /// A build has come further.
    Doing(Doing),
    /// The server was started.
    Started {
        /// Which program it is.
        program: ServerProgram,
        /// Its own port.
        port: u16,
        /// Whose place it takes, if an earlier one runs.
        earlier: Option<ServerProgram>,
    },
    /// It could not be built or started.
    NotStarted {
        /// Why.
        report: Box<LessonReport>,
        /// Whether the server of an earlier save still runs.
        earlier_runs: bool,
    },
    /// The machine is in the way: why, and what to do.
    CouldNot {
        /// The words.
        why: String,
        /// Whether the server of an earlier save still runs.
        earlier_runs: bool,
    },
    /// A line that it wrote.
    Output(String),
    /// One of its handlers panicked; what it wrote about that follows.
    Panicked(HandlerPanic),
    /// So many lines that it wrote are left out: it writes more than can be read.
    OutputLeftOut(usize),
    /// Something happened in a call.
    Call(TraceEntry),
    /// A client did something else than call.
    Client(ServerEvent),
    /// It ended by itself.
    Ended(Crash),
}

/// An address at which another program listens.
#[derive(Debug, Clone)]
pub struct TakenAddress {
    /// The address.
    pub addr: SocketAddr,
    /// The program, where the system tells.
    pub holder: Option<Listening>,
}
