//! The lesson `health-and-reflection`: beside RouteGuide, a server has the standard services that tools ask. By
//! `grpc.health.v1.Health` it says whether it can be called, also when it is about to stop; by reflection, v1 or v1alpha, it
//! gives its contract.

mod judge;
mod messages;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use crate::transcript::Status;
use crate::verdict::CaseReport;

/// What the lesson's `check.json` holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandardServices {
    /// The names that the server reports the health of: its own, which is empty, and that of each service.
    pub reported: Vec<String>,
    /// The name of a service that it does not have.
    pub not_there: String,
}

/// What health says of a name.
pub type Health = Result<ServingStatus, Status>;

/// What a server says of its health, by the names of `grpc.health.v1.HealthCheckResponse.ServingStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServingStatus {
    /// `UNKNOWN`
    Unknown,
    /// `SERVING`
    Serving,
    /// `NOT_SERVING`
    NotServing,
    /// `SERVICE_UNKNOWN`
    ServiceUnknown,
    /// A number that the protocol does not have.
    Other(i32),
}

/// All that was seen of a server.
#[derive(Debug, Clone)]
pub struct SeenServices {
    /// What `Check` says of each of [`StandardServices::reported`].
    pub checked: Vec<Health>,
    /// What it says of [`StandardServices::not_there`].
    pub not_there: Health,
    /// The first message of `Watch` for each of [`StandardServices::reported`].
    pub watched: Vec<Health>,
    /// What reflection gives: the services, each with its methods.
    pub reflected: Result<Vec<ReflectedService>, ReflectionFailure>,
}

/// A service in what reflection gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReflectedService {
    /// Its name, with the package.
    pub name: String,
    /// The names of its methods.
    pub methods: Vec<String>,
}

/// Why reflection gives no contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReflectionFailure {
    /// The server does not have it.
    NotOffered,
    /// It fails, or what it gives is no contract.
    Failed(String),
}

/// How a `Watch` that was open at Ctrl-C went on.
#[derive(Debug, Clone, PartialEq)]
pub enum LastWord {
    /// It said NOT_SERVING.
    NotServing,
    /// It ended before it said so; with a status, if that was not OK.
    Ended(Option<Status>),
    /// It had not begun, though one before it had.
    NotBegun(Status),
    /// It said something else last, or nothing, and nothing came any more.
    Nothing,
}

impl StandardServices {
    /// Judges all that was seen of a server while it serves.
    pub fn judge(&self, seen: &SeenServices) -> Vec<CaseReport> {
        judge::judge(self, seen)
    }

    /// Judges how the open `Watch` of each of [`StandardServices::reported`] went on after Ctrl-C.
    pub fn judge_shutdown(&self, last: &[LastWord]) -> CaseReport {
        judge::shutdown(self, last)
    }
}

impl ServingStatus {
    /// The status that a number stands for.
    pub fn of_number(number: i32) -> ServingStatus {
        match number {
            0 => ServingStatus::Unknown,
            1 => ServingStatus::Serving,
            2 => ServingStatus::NotServing,
            3 => ServingStatus::ServiceUnknown,
            other => ServingStatus::Other(other),
        }
    }
}

impl std::fmt::Display for ServingStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ServingStatus::Unknown => f.write_str("UNKNOWN"),
            ServingStatus::Serving => f.write_str("SERVING"),
            ServingStatus::NotServing => f.write_str("NOT_SERVING"),
            ServingStatus::ServiceUnknown => f.write_str("SERVICE_UNKNOWN"),
            ServingStatus::Other(number) => write!(f, "{number}"),
        }
    }
}
