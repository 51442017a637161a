//! Judging a client: the calls that were recorded, and what it printed.

mod call;
mod ending;
mod headers;
mod mentions;
mod order;
mod panicked;
mod printed;
mod protocol;
mod reading;
mod seen;
#[cfg(test)]
mod tests;
mod together;
pub mod trials;
mod unanswered;

pub use self::ending::{Ending, Timeout};
pub use self::unanswered::unanswered;
use super::cases::ClientCalls;
use super::{Database, registry};
use crate::messages::Rpc;
use crate::probe::recorder::Recording;
use crate::transcript::{Status, Transcript};
use crate::verdict::{CaseReport, Diagnosis, Outcome, panics};

/// All that was seen of one run of a client.
#[derive(Debug)]
pub struct ClientRun {
    /// The address that it was told.
    pub addr: String,
    /// What reached the recording server.
    pub recording: Recording,
    /// How the program ended.
    pub ending: Ending,
    /// What it printed, where it has to print what it receives: a client of the course on standard
    /// output, any other on either output.
    pub output: String,
    /// Everything it wrote, on both outputs.
    pub said: String,
    /// The last lines that it wrote to standard error.
    pub stderr: String,
    /// What was put before the text of every note that a server sent, on its way to the client, if they
    /// were marked.
    pub mark: Option<String>,
    /// What became of a client that did not connect where it was told.
    pub misdirected: Misdirected,
    /// Whether it is a client of the course, which is held to what the lessons ask besides the contract: that an error
    /// shows in how it ends, and that it prints on standard output, each message as it arrives. Others may go about it in
    /// their own way.
    pub is_course_client: bool,
}

/// Where a client connected that did not connect where it was told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Misdirected {
    /// A well-known address, where the lab listened to find out.
    pub connected_to: Option<String>,
    /// Well-known addresses where the lab could not listen, since another program does.
    pub taken: Vec<String>,
    /// Whether it connected where it was told, but only once it made a call.
    pub connected_for_call: bool,
}

impl ClientRun {
    /// Judges a run that had only to connect.
    pub fn judge_connection(&self) -> Vec<CaseReport> {
        let finding = if self.recording.connections == 0 {
            Some(self.never_connects())
        } else {
            self.wrong_protocol()
        };
        vec![CaseReport::of_fact("connection", finding), self.exit(false)]
    }

    /// Judges how a run that had only to make a call of any kind made it.
    pub fn judge_protocol(&self) -> CaseReport {
        let is_called = self.recording.connections > 0;
        let finding = self.wrong_protocol().filter(|_| is_called);
        CaseReport::of_fact("protocol", finding)
    }

    fn wrong_protocol(&self) -> Option<Diagnosis> {
        Some(protocol::wrong(&self.recording)?.quoting(&self.stderr))
    }

    /// Judges a run that had to make calls: each call, their order, and the exit code.
    pub fn judge_calls(&self, expect: &ClientCalls, database: &Database) -> Vec<CaseReport> {
        let rpcs = expect.rpcs();
        let mut cases: Vec<CaseReport> = rpcs
            .iter()
            .map(|rpc| self.call(*rpc, expect, database))
            .collect();
        // A call that was never made does not hide that those before it were right.
        let made: Vec<&CaseReport> = cases
            .iter()
            .filter(|case| !case.transcript.is_empty())
            .collect();
        let all_ok = !made.is_empty() && made.iter().all(|case| case.outcome == Outcome::Pass);
        // Where a client makes an optional call is its own choice.
        let ordered: Vec<Rpc> = registry::required()
            .filter(|rpc| rpcs.contains(rpc))
            .collect();
        let exit = self.exit(all_ok);
        if ordered.len() > 1 {
            // A client that failed, or never connected, has made fewer calls for that reason.
            let has_failed = exit.outcome != Outcome::Pass || self.recording.connections == 0;
            let finding = order::wrong(&self.recording, &ordered)
                .or_else(|| order::unproven(&self.recording, &ordered).filter(|_| !has_failed));
            cases.push(CaseReport::of_fact("order", finding));
        }
        cases.push(exit);
        cases
    }

    fn call(&self, rpc: Rpc, expect: &ClientCalls, database: &Database) -> CaseReport {
        let calls = || self.recording.calls.iter().filter(|call| call.rpc == rpc);
        // A client may try an RPC more often than it has to; one right call is what is asked.
        let right = calls().find(|call| self.finding(expect, database, call).is_none());
        let Some(transcript) = right.or_else(|| calls().next()) else {
            let finding = self
                .panic()
                .unwrap_or_else(|| match self.recording.connections {
                    0 => self.never_connects(),
                    _ => {
                        let is_called =
                            |rpc: &Rpc| self.recording.calls.iter().any(|call| call.rpc == *rpc);
                        let is_first =
                            expect.rpcs().iter().find(|rpc| !is_called(rpc)) == Some(&rpc);
                        self.never_called(rpc, is_first)
                    }
                });
            return CaseReport {
                rpc: Some(rpc),
                ..CaseReport::of_fact(rpc.name(), Some(finding))
            };
        };
        let finding = self.finding(expect, database, transcript).map(|finding| {
            let all: Vec<&Transcript> = calls().collect();
            let have_ended = all
                .iter()
                .all(|call| call.status().is_some_and(Status::is_ok));
            let spread = expect.judge_spread(&all).filter(|_| have_ended);
            spread.unwrap_or(finding)
        });
        let why = "What reached the server.";
        CaseReport::of_call(rpc.name(), why, Vec::new(), transcript.clone()).judged(finding)
    }

    fn never_connects(&self) -> Diagnosis {
        let addr = &self.addr;
        if let Some(other) = &self.misdirected.connected_to {
            return Diagnosis::mistake(
                "address-hard-coded",
                format!("Your client connected to {other}, but it was told to connect to {addr}."),
            )
            .hint("Connect to the address that you are given, and write none into the code.");
        }
        if self.misdirected.connected_for_call {
            let message = format!(
                "Your client was told to connect to {addr}, and says that it has. But no connection was opened before \
                 it made a call."
            );
            return Diagnosis::mistake("never-connects", message)
                .hint("Connect before you return.")
                .hint_in_rust(
                    "`connect_lazy()` opens no connection before the first call, and so never fails. Write \
                     `.connect().await?` instead.",
                );
        }
        let how = match &self.ending {
            Ending::Success => String::new(),
            Ending::Failure(how) => format!(" It ended with {how}."),
            Ending::TimedOut(wait) => format!(" It was stopped: {wait}."),
        };
        let is_no_url = ["scheme is missing", "invalid URL", "invalid uri"];
        let hint = match self.misdirected.taken.as_slice() {
            _ if is_no_url.iter().any(|words| self.stderr.contains(words)) => {
                "A channel wants a URL: put `http://` before the address.".to_string()
            }
            [] => "Connect to the address that you are given, before you return.".to_string(),
            taken => format!(
                "Connect to the address that you are given, before you return. (Another program \
                 listens on {}, so the lab could not see whether your client connects there.)",
                taken.join(" and ")
            ),
        };
        let message =
            format!("No connection reached {addr}, where your client was told to connect.{how}");
        Diagnosis::mistake("never-connects", message)
            .hint(hint)
            .quoting(&self.stderr)
    }

    /// A call that was never made; `is_first` says whether all calls before it were.
    fn never_called(&self, rpc: Rpc, is_first: bool) -> Diagnosis {
        let mut message = match &self.ending {
            Ending::TimedOut(wait) => {
                format!(
                    "Your client was stopped before a call of {rpc} reached the server: {wait}."
                )
            }
            Ending::Failure(how) => {
                format!("Your client ended with {how} before a call of {rpc} reached the server.")
            }
            Ending::Success => format!("Your client never called {rpc}."),
        };
        let others = &self.recording.unknown_paths;
        if !others.is_empty() {
            let others: Vec<&str> = others.iter().map(String::as_str).collect();
            message.push_str(&format!(
                " It called {}, which this service does not have.",
                others.join(", ")
            ));
        }
        if let Some(last) = self.recording.calls.last()
            && let Some(status) = last.status()
        {
            message.push_str(&format!(
                " Its last call, {}, had ended with {status}.",
                last.rpc
            ));
        }
        let diagnosis = Diagnosis::mistake("rpc-never-called", message).quoting(&self.stderr);
        let diagnosis = match registry::method(rpc).hint_if_never_called() {
            Some(hint) if is_first && self.ending.is_timed_out() => diagnosis.hint(hint),
            _ => diagnosis,
        };
        let diagnosis = self.ending.with_more_time(diagnosis);
        let method = |path: &String| path.rsplit('/').next() == Some(rpc.name());
        if others.iter().any(method) {
            return diagnosis.hint(format!(
                "The path of the call must be {}: the package and the name of the service in the .proto \
                 decide it.",
                rpc.path()
            ));
        }
        diagnosis
    }

    /// Judges how the program ended. `all_ok`: there were calls, and all of them were right.
    fn exit(&self, all_ok: bool) -> CaseReport {
        let panicked = !panics::find(&self.stderr).is_empty();
        let finding = match &self.ending {
            Ending::Success => None,
            Ending::Failure(how) if all_ok && !panicked => Some(
                Diagnosis::mistake(
                    "end-is-error",
                    format!(
                        "Every call that your client made ended with OK, and yet your client ended with {how}."
                    ),
                )
                .hint(
                    "A stream that ends with OK has told you everything: that is its normal end, and no failure.",
                )
                .quoting(&self.stderr),
            ),
            Ending::Failure(how) => Some(self.panic().unwrap_or_else(|| {
                Diagnosis::new(format!("Your client ended with {how}.")).quoting(&self.stderr)
            })),
            Ending::TimedOut(wait) => {
                let message = format!("Your client did not end by itself, and was stopped: {wait}.");
                let diagnosis = Diagnosis::mistake("hangs", message).quoting(&self.stderr);
                Some(self.ending.with_more_time(diagnosis))
            }
        };
        CaseReport::of_fact("exit", finding)
    }
}
