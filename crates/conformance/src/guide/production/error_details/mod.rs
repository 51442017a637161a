//! The lesson `error-details`: the status of a note that is too long says in detail which field is wrong, and a client prints it.
//!
//! The details are in the trailer `grpc-status-details-bin`, as gRPC's richer error model has them: a `google.rpc.Status` with a
//! `google.rpc.BadRequest` in it.

mod client;
mod client_messages;
mod refusal;
mod server;
mod server_messages;
mod wire;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use self::refusal::Refusal;
use super::return_status::StatusCase;
use super::{OfClient, OfServer, PlannedCall, PlannedRun, PlayedCall, SeenRun};
use crate::messages::Rpc;
use crate::probe::recorder::{Details, FaultInjection};
use crate::verdict::CaseReport;

/// What the lesson asks for.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorDetails {
    /// The chats that a server is checked with. A client needs none.
    pub chats: Vec<StatusCase>,
}

/// The field that the details name.
const FIELD: &str = "message";

/// The piece of the learner's client that is run.
const PIECE: &str = "leave-note";

/// The RPC whose calls are refused.
const RPC: Rpc = Rpc::RouteChat;

impl OfServer for ErrorDetails {
    fn calls(&self) -> Vec<PlannedCall> {
        self.chats.calls()
    }

    fn judge(&self, played: Vec<PlayedCall>) -> Vec<CaseReport> {
        server::judge(OfServer::judge(&self.chats, played))
    }
}

impl OfClient for ErrorDetails {
    fn next(&self, seen: &[SeenRun]) -> Vec<PlannedRun> {
        if !seen.is_empty() {
            return Vec::new();
        }
        let refuses = |details| FaultInjection::Refuses(RPC, details);
        let faults = [
            FaultInjection::None,
            refuses(Details::BadRequest),
            refuses(Details::None),
            refuses(Details::UnknownType),
        ];
        faults
            .map(|fault| PlannedRun {
                piece: PIECE.to_string(),
                fault,
                extra: Duration::ZERO,
            })
            .to_vec()
    }

    fn judge(&self, seen: &[SeenRun]) -> Vec<CaseReport> {
        client::judge(seen)
    }
}
