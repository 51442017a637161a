//! Judging a client: the calls that were recorded, and what it printed.

mod sent;
#[cfg(test)]
mod tests;
mod together;

pub use together::Together;

use super::report::{CaseReport, Diagnosis, Finding};
use super::stream::plural;
use crate::contract::cases::ClientCalls;
use crate::contract::{Database, Message, Rpc};
use crate::probe::recorder::Recording;
use crate::probe::{Transcript, What};

/// All that was seen of one run of a client.
#[derive(Debug)]
pub struct ClientRun {
    /// The address that it was told.
    pub addr: String,
    /// What reached the recording server.
    pub recording: Recording,
    /// How the program ended.
    pub ending: Ending,
    /// What it wrote to standard output.
    pub stdout: String,
    /// The last lines that it wrote to standard error.
    pub stderr: String,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with exit code 0.
    Success,
    /// By itself, otherwise; in words.
    Failure(String),
    /// It had to be stopped.
    TimedOut,
}

impl ClientRun {
    /// Judges a run that had only to connect.
    pub fn judge_connection(&self) -> Vec<CaseReport> {
        let finding = if self.recording.connections == 0 {
            Some(self.never_connects())
        } else if self.recording.prefaces == 0 {
            Some(Diagnosis::new(
                "A connection was opened, but it does not begin as HTTP/2 does. gRPC is spoken over HTTP/2.",
            ))
        } else {
            None
        };
        vec![CaseReport::of_fact("connection", finding), self.exit()]
    }

    /// Judges a run that had to make calls: each call, their order, and the exit code.
    pub fn judge_calls(&self, expect: &ClientCalls, database: &Database) -> Vec<CaseReport> {
        let rpcs = expect.rpcs();
        let mut cases: Vec<CaseReport> = rpcs
            .iter()
            .map(|rpc| self.call(*rpc, expect, database))
            .collect();
        if rpcs.len() > 1 {
            cases.push(CaseReport::of_fact("order", self.order(&rpcs)));
        }
        cases.push(self.exit());
        cases
    }

    fn call(&self, rpc: Rpc, expect: &ClientCalls, database: &Database) -> CaseReport {
        let Some(transcript) = self
            .recording
            .calls
            .iter()
            .find(|call| call.rpc == rpc)
            .cloned()
        else {
            let finding = if self.recording.connections == 0 {
                self.never_connects()
            } else {
                self.never_called(rpc)
            };
            return CaseReport {
                rpc: Some(rpc),
                ..CaseReport::of_fact(rpc.name(), Some(finding))
            };
        };
        let finding = match rpc {
            Rpc::ListFeatures => expect
                .list_features
                .and_then(|r| sent::rectangle(&r, &transcript)),
            Rpc::RecordRoute => expect
                .record_route
                .and_then(|n| sent::route(n, database, &transcript)),
            Rpc::RouteChat => expect
                .route_chat
                .as_ref()
                .and_then(|n| sent::notes(n, &transcript)),
        };
        let finding = finding
            .or_else(|| self.half_close(&transcript))
            .or_else(|| self.read_to_the_end(&transcript))
            .or_else(|| self.printed(rpc, &transcript));
        CaseReport::of_call(
            rpc.name(),
            "the call as it reached the server",
            Vec::new(),
            transcript,
        )
        .judged(finding)
    }

    fn never_connects(&self) -> Diagnosis {
        Diagnosis::mistake(
            "never-connects",
            format!(
                "No connection reached {}, where your client was told to connect.",
                self.addr
            ),
        )
        .hint("Connect to the address that you are given, before you return.")
        .quoting(&self.stderr)
    }

    fn never_called(&self, rpc: Rpc) -> Diagnosis {
        let others: Vec<String> = self.recording.unknown_paths.iter().cloned().collect();
        let hint = if others.is_empty() {
            String::new()
        } else {
            format!(
                " It called {} instead, which no server knows.",
                others.join(", ")
            )
        };
        Diagnosis::mistake(
            "rpc-never-called",
            format!("Your client never called {rpc}.{hint}"),
        )
        .quoting(&self.stderr)
    }

    fn half_close(&self, transcript: &Transcript) -> Option<Finding> {
        if transcript
            .position(|what| matches!(what, What::HalfClosed))
            .is_some()
        {
            return None;
        }
        let sent = transcript.sent().count();
        let diagnosis = if self.ending == Ending::TimedOut {
            Diagnosis::mistake(
                "never-half-closes",
                format!(
                    "Your client sent {sent} message{} and never closed its side, so the server still waits.",
                    plural(sent)
                ),
            )
        } else {
            Diagnosis::mistake(
                "exits-early",
                format!(
                    "Your client left the call after {sent} message{}, before it had half-closed.",
                    plural(sent)
                ),
            )
            .quoting(&self.stderr)
        };
        Some(Finding {
            diagnosis,
            mark: last(transcript),
        })
    }

    fn read_to_the_end(&self, transcript: &Transcript) -> Option<Finding> {
        if transcript.status().is_some() {
            return None;
        }
        let came = transcript.received().count();
        Some(Finding {
            diagnosis: Diagnosis::mistake(
                "exits-early",
                format!("Your client left the call after {came} message{} from the server, before its end.", plural(came)),
            )
            .hint("Read until the stream gives `None`.")
            .quoting(&self.stderr),
            mark: last(transcript),
        })
    }

    /// What the server sent must stand on standard output.
    fn printed(&self, rpc: Rpc, transcript: &Transcript) -> Option<Finding> {
        let mut wanted: Vec<(usize, String)> = Vec::new();
        for (n, message) in transcript.received().enumerate() {
            let Some(at) = transcript.nth_received(n) else {
                continue;
            };
            match message {
                Message::Feature(feature) => wanted.push((at, feature.name.clone())),
                Message::RouteNote(note) => wanted.push((at, note.message.clone())),
                Message::RouteSummary(s) => {
                    let figures = [s.point_count, s.feature_count, s.distance, s.elapsed_time];
                    wanted.extend(figures.map(|figure| (at, figure.to_string())));
                }
                Message::Point(_) | Message::Rectangle(_) => {}
            }
        }
        let total = wanted.len();
        let missing: Vec<(usize, String)> = wanted
            .into_iter()
            .filter(|(_, text)| !stands_in(text, &self.stdout))
            .collect();
        let (mark, first) = missing.first()?;
        let diagnosis = if missing.len() == total && self.stdout.trim().is_empty() {
            Diagnosis::mistake(
                "prints-nothing",
                format!(
                    "Your client called {rpc}, but printed nothing of what came back, such as {first:?}."
                ),
            )
        } else {
            Diagnosis::mistake(
                "prints-wrong",
                format!(
                    "{first:?} came from the server in answer to {rpc}, but your client did not print it."
                ),
            )
        };
        Some(Finding {
            diagnosis,
            mark: Some(*mark),
        })
    }

    fn order(&self, rpcs: &[Rpc]) -> Option<Diagnosis> {
        let mut called: Vec<Rpc> = self.recording.calls.iter().map(|call| call.rpc).collect();
        called.dedup();
        if called == rpcs || rpcs.iter().any(|rpc| !called.contains(rpc)) {
            return None;
        }
        let names = |rpcs: &[Rpc]| {
            rpcs.iter()
                .map(|rpc| rpc.name())
                .collect::<Vec<_>>()
                .join(", ")
        };
        Some(Diagnosis::mistake(
            "wrong-order",
            format!(
                "The calls came in the order {}, but it must be {}.",
                names(&called),
                names(rpcs)
            ),
        ))
    }

    fn exit(&self) -> CaseReport {
        let finding = match &self.ending {
            Ending::Success => None,
            Ending::Failure(how) => {
                Some(Diagnosis::new(format!("Your client ended with {how}.")).quoting(&self.stderr))
            }
            Ending::TimedOut => Some(
                Diagnosis::mistake(
                    "hangs",
                    "Your client did not end by itself, and was stopped.",
                )
                .quoting(&self.stderr),
            ),
        };
        CaseReport::of_fact("exit", finding)
    }
}

fn last(transcript: &Transcript) -> Option<usize> {
    transcript.events.len().checked_sub(1)
}

/// Whether a text stands in the output; a number must not be a part of a longer one.
fn stands_in(text: &str, output: &str) -> bool {
    if text.is_empty() {
        return true;
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return output.contains(text);
    }
    output
        .split(|c: char| !c.is_ascii_digit())
        .any(|number| number == text)
}
