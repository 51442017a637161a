//! What part two of the course asks for beyond the contract of RouteGuide. No server or client has to do it but one whose
//! lesson is named.
//!
//! Each lesson has a folder with everything about it: what its `check.json` holds, what is played, the judgement of all
//! that came, and the words of each mistake. A new lesson is a folder, and a variant of [`Requirement`].

pub mod bound_memory;
pub mod cancel;
pub mod deadlines;
pub mod error_details;
pub mod health_and_reflection;
pub mod return_status;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use self::bound_memory::BoundMemory;
use self::cancel::Cancel;
use self::deadlines::Deadlines;
use self::error_details::ErrorDetails;
use self::health_and_reflection::StandardServices;
use self::return_status::StatusCase;
use super::client::ClientRun;
use crate::messages::{Message, RouteNote, Rpc};
use crate::probe::burst::Burst;
use crate::probe::recorder::FaultInjection;
use crate::probe::script::{Expected, Step};
use crate::transcript::{Status, Transcript};
use crate::verdict::diagnosis::Finding;
use crate::verdict::{CaseReport, Diagnosis};

/// What a lesson of part two asks for, as its `check.json` holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// A chat with a note that is too long ends with a status that says so.
    ReturnStatus(Vec<StatusCase>),
    /// The same status says in detail which field is wrong, and a client prints that.
    ErrorDetails(ErrorDetails),
    /// A chat with too many notes ends with a status.
    BoundMemory(BoundMemory),
    /// Each call of a client has a deadline, and the client keeps to it.
    Deadlines(Deadlines),
    /// A client leaves a stream once it has had enough.
    Cancel(Cancel),
    /// A server has the standard services beside its own.
    HealthAndReflection(StandardServices),
}

impl Requirement {
    /// Whether it asks anything of a server.
    pub fn is_of_server(&self) -> bool {
        self.of_server().is_some() || self.standard_services().is_some()
    }

    /// Whether it is about the server as a program, and not about the methods of its service alone.
    pub fn is_of_program(&self) -> bool {
        self.standard_services().is_some()
    }

    /// The calls that are asked of a server, if any are.
    pub fn of_server(&self) -> Option<&dyn OfServer> {
        match self {
            Requirement::ReturnStatus(cases) => Some(cases),
            Requirement::ErrorDetails(details) => Some(details),
            Requirement::BoundMemory(bound) => Some(bound),
            Requirement::Deadlines(_)
            | Requirement::Cancel(_)
            | Requirement::HealthAndReflection(_) => None,
        }
    }

    /// What is asked of the standard services of a server, if anything is.
    pub fn standard_services(&self) -> Option<&StandardServices> {
        match self {
            Requirement::HealthAndReflection(services) => Some(services),
            Requirement::ReturnStatus(_)
            | Requirement::ErrorDetails(_)
            | Requirement::BoundMemory(_)
            | Requirement::Deadlines(_)
            | Requirement::Cancel(_) => None,
        }
    }

    /// What is asked of a client, if anything is.
    pub fn of_client(&self) -> Option<&dyn OfClient> {
        match self {
            Requirement::ErrorDetails(details) => Some(details),
            Requirement::Deadlines(deadlines) => Some(deadlines),
            Requirement::Cancel(cancel) => Some(cancel),
            Requirement::ReturnStatus(_)
            | Requirement::BoundMemory(_)
            | Requirement::HealthAndReflection(_) => None,
        }
    }

    /// Whether every program would do what it asks for.
    pub fn asks_for_nothing(&self) -> bool {
        match self {
            Requirement::ReturnStatus(cases) => cases.is_empty(),
            Requirement::ErrorDetails(details) => details.chats.is_empty(),
            Requirement::BoundMemory(bound) => bound.chats.is_empty(),
            Requirement::Deadlines(deadlines) => deadlines.most_seconds == 0,
            Requirement::Cancel(cancel) => cancel.messages == 0,
            Requirement::HealthAndReflection(services) => services.reported.is_empty(),
        }
    }
}

/// What is asked of a server: calls, and what must come of them.
pub trait OfServer: Sync {
    /// The calls to make, one after the other.
    fn calls(&self) -> Vec<PlannedCall>;

    /// Judges all of them together, in the order of [`OfServer::calls`].
    fn judge(&self, played: Vec<PlayedCall>) -> Vec<CaseReport>;

    /// Calls whose messages come all at once, if that is asked for. How the server's program is set up decides what comes of
    /// them, and not the service.
    fn burst(&self) -> Option<Burst> {
        None
    }

    /// Judges these calls.
    fn judge_burst(&self, _calls: Vec<Transcript>) -> Option<CaseReport> {
        None
    }
}

/// A call that is to be made.
#[derive(Debug, Clone)]
pub struct PlannedCall {
    /// The RPC.
    pub rpc: Rpc,
    /// What the client does.
    pub steps: Vec<Step>,
    /// What can come in a call that is right.
    pub expected: Expected,
    /// Another call of this RPC, which is open meanwhile.
    pub beside: Option<OpenCall>,
}

/// A call that stays open while another is made.
#[derive(Debug, Clone)]
pub struct OpenCall {
    /// What its client does before the other call.
    pub first: Vec<Step>,
    /// What it does after it.
    pub rest: Vec<Step>,
    /// What can come if it is right.
    pub expected: Expected,
}

/// A call that was made.
#[derive(Debug, Clone)]
pub struct PlayedCall {
    /// What happened in it.
    pub call: Transcript,
    /// What happened in the call beside it, if there was one.
    pub beside: Option<Transcript>,
}

/// What is asked of a client: runs against a server that behaves in a certain way, and what must be seen in them.
pub trait OfClient: Sync {
    /// The runs that come next, which may be made side by side; none if enough has been seen.
    fn next(&self, seen: &[SeenRun]) -> Vec<PlannedRun>;

    /// Judges all runs together, in the order of their plans.
    fn judge(&self, seen: &[SeenRun]) -> Vec<CaseReport>;
}

/// A run of a client that is to be made.
#[derive(Debug, Clone)]
pub struct PlannedRun {
    /// Which piece of the learner's client is run. Any other client is run as a whole.
    pub piece: String,
    /// How the server behaves.
    pub fault: FaultInjection,
    /// How much longer than usual it may take until something moves.
    pub extra: Duration,
}

/// A run of a client that was made.
#[derive(Debug)]
pub struct SeenRun {
    /// What was planned.
    pub planned: PlannedRun,
    /// What was seen.
    pub run: ClientRun,
}

/// The notes that came in a call, in order.
fn came(call: &Transcript) -> Vec<RouteNote> {
    let note = |message: &Message| match message {
        Message::RouteNote(note) => Some(note.clone().with_defaults()),
        _ => None,
    };
    call.received().filter_map(note).collect()
}

/// How a chat that was open beside another one ended, if it did not go on: with other replies than these, or not with OK.
fn how_disturbed(replies: &[RouteNote], call: &Transcript) -> Option<String> {
    if came(call) == replies && call.status().is_some_and(Status::is_ok) {
        return None;
    }
    Some(match call.status() {
        Some(status) if status.broke_off() => "it broke off".to_string(),
        Some(status) => format!("with {status}"),
        None => "it got no more replies".to_string(),
    })
}

/// The report on a run of a client, with its first call of an RPC if it has made one, and what was found.
fn report(
    case: &str,
    why: &str,
    rpc: Rpc,
    run: &ClientRun,
    found: Option<Diagnosis>,
) -> CaseReport {
    match run.calls_of(rpc).next() {
        None => CaseReport {
            rpc: Some(rpc),
            why: Some(why.to_string()),
            ..CaseReport::of_fact(case, found)
        },
        Some(call) => {
            let mark = call.last();
            let finding = found.map(|diagnosis| Finding { diagnosis, mark });
            CaseReport::of_call(case, why, Vec::new(), call.clone()).judged(finding)
        }
    }
}
