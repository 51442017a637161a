//! Judging a client that talked to the learner's own server.

use super::{Ending, stands_in};
use crate::contract::cases::ClientCalls;
use crate::contract::{Database, Rpc, model};
use crate::verdict::report::{CaseReport, Diagnosis, Outcome};

/// A client whose calls to a server of the learner's own were not recorded: all there is to judge is
/// what it printed and how it ended.
#[derive(Debug)]
pub struct Together {
    /// How the client ended.
    pub ending: Ending,
    /// What it wrote to standard output.
    pub stdout: String,
    /// The last lines that client and server wrote to standard error.
    pub stderr: String,
}

impl Together {
    /// Every named feature in the rectangle and every reply to the notes must have arrived.
    pub fn judge(&self, expect: &ClientCalls, database: &Database) -> Vec<CaseReport> {
        let mut cases = Vec::new();
        if let Some(rectangle) = &expect.list_features {
            let features = model::list_features(database, rectangle);
            let names = features.iter().map(|feature| feature.name.as_str());
            cases.push(self.arrived(Rpc::ListFeatures, names));
        }
        if let Some(points) = expect.record_route {
            cases.push(self.arrived(Rpc::RecordRoute, [points.to_string().as_str()].into_iter()));
        }
        if let Some(notes) = &expect.route_chat {
            let replies = model::route_chat(notes).concat();
            let texts = replies.iter().map(|note| note.message.as_str());
            cases.push(self.arrived(Rpc::RouteChat, texts));
        }
        let ended = match &self.ending {
            Ending::Success => None,
            Ending::Failure(how) => Some(format!("Your client ended with {how}.")),
            Ending::TimedOut => {
                Some("Your client and server did not come to an end, and were stopped.".to_string())
            }
        };
        let ended = ended.map(|message| Diagnosis::new(message).quoting(&self.stderr));
        // If the run failed, what is not printed is a consequence.
        cases.insert(0, CaseReport::of_fact("exit", ended));
        if cases[0].outcome == Outcome::Fail {
            cases.truncate(1);
        }
        cases
    }

    fn arrived<'a>(&self, rpc: Rpc, mut texts: impl Iterator<Item = &'a str>) -> CaseReport {
        let missing = texts.find(|text| !stands_in(text, &self.stdout)).map(|text| {
            Diagnosis::new(format!(
                "{text:?} should have come from your server in answer to {rpc}, but your client did not print it."
            ))
        });
        CaseReport {
            rpc: Some(rpc),
            ..CaseReport::of_fact(rpc.name(), missing)
        }
    }
}
