//! Judging a client: the calls that were recorded, and what it printed.

mod sent;
#[cfg(test)]
mod tests;
mod together;

use super::diagnosis::{Diagnosis, Finding};
use super::panics;
use super::report::CaseReport;
use super::stream::plural;
use crate::contract::cases::ClientCalls;
use crate::contract::model::Chat;
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
    /// What stood before the text of every reply of RouteChat when it reached the client, if it was
    /// marked on its way.
    pub mark: Option<String>,
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
        let calls = || self.recording.calls.iter().filter(|call| call.rpc == rpc);
        // A client may try an RPC more often than it has to; one right call is what is asked.
        let right = calls().find(|call| self.finding(expect, database, call).is_none());
        let Some(transcript) = right.or_else(|| calls().next()) else {
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
        let finding = self.finding(expect, database, transcript);
        let why = "What reached the server.";
        CaseReport::of_call(rpc.name(), why, Vec::new(), transcript.clone()).judged(finding)
    }

    /// The first thing that is not right in a call. How it broke off comes before what is missing in
    /// it, since the one is the cause of the other.
    fn finding(
        &self,
        expect: &ClientCalls,
        database: &Database,
        transcript: &Transcript,
    ) -> Option<Finding> {
        let content = match transcript.rpc {
            Rpc::ListFeatures => expect
                .list_features
                .and_then(|wanted| sent::rectangle(&wanted, transcript)),
            Rpc::RecordRoute => expect
                .record_route
                .and_then(|count| sent::route(count, database, transcript)),
            Rpc::RouteChat => expect
                .route_chat
                .as_ref()
                .and_then(|notes| sent::notes(notes, transcript)),
        };
        let finding = unreadable(transcript)
            .or_else(|| self.ended_badly(transcript))
            .or_else(|| self.left_open(transcript))
            .or(content)
            .or_else(|| self.read_to_the_end(transcript))
            .or_else(|| self.printed(transcript.rpc, transcript))?;
        // A call that is complete stays right, whatever happened after it.
        Some(self.panicked(transcript).unwrap_or(finding))
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
        let others: Vec<&str> = self
            .recording
            .unknown_paths
            .iter()
            .map(String::as_str)
            .collect();
        let message = match (&self.ending, others.as_slice()) {
            (Ending::TimedOut, []) => {
                format!(
                    "Your client did not end, and was stopped before a call of {rpc} reached the server."
                )
            }
            (Ending::Failure(how), []) => {
                format!("Your client ended with {how} before a call of {rpc} reached the server.")
            }
            (_, []) => format!("Your client never called {rpc}."),
            (_, others) => format!(
                "Your client never called {rpc}. It called {} instead, which no server knows.",
                others.join(", ")
            ),
        };
        Diagnosis::mistake("rpc-never-called", message).quoting(&self.stderr)
    }

    /// A client that panicked: whatever is missing, that is why.
    fn panicked(&self, transcript: &Transcript) -> Option<Finding> {
        let panics = panics::find(&self.stderr);
        let panic = panics.first()?;
        let message = format!("Your client panicked at {}:{}.", panic.file, panic.line);
        Some(Finding {
            diagnosis: Diagnosis::mistake("panics", message)
                .quoting(panic.words.trim())
                .edit(&panic.file, panic.line),
            mark: last(transcript),
        })
    }

    /// A call that the client did not half-close.
    fn left_open(&self, transcript: &Transcript) -> Option<Finding> {
        transcript
            .position(|what| matches!(what, What::HalfClosed))
            .is_none()
            .then(|| Finding {
                diagnosis: self.why_left_open(transcript),
                mark: last(transcript),
            })
    }

    fn why_left_open(&self, transcript: &Transcript) -> Diagnosis {
        let sent = transcript.sent().count();
        let messages = format!("{sent} message{}", plural(sent));
        match &self.ending {
            Ending::Failure(how) => Diagnosis::new(format!(
                "Your client ended with {how} after it had sent {messages}, before it half-closed."
            ))
            .quoting(&self.stderr),
            Ending::Success => Diagnosis::mistake(
                "exits-early",
                format!("Your client left the call after it had sent {messages}, before it half-closed."),
            )
            .quoting(&self.stderr),
            Ending::TimedOut if waits_for_a_reply(transcript) => Diagnosis::mistake(
                "waits-for-each-reply",
                format!(
                    "Your client sent {messages} and then waited for a reply to the last, but there is \
                     none to come: it is the first note at its place."
                ),
            )
            .hint("Send and receive side by side: a note may get no reply."),
            Ending::TimedOut => Diagnosis::mistake(
                "never-half-closes",
                format!("Your client sent {messages} and never closed its side, so the server still waits."),
            ),
        }
    }

    /// A call that the server ended with an error: with the made-up server, only one that was cut off;
    /// with the learner's own, whatever it says.
    fn ended_badly(&self, transcript: &Transcript) -> Option<Finding> {
        let status = transcript.status().filter(|status| !status.is_ok())?;
        let message = format!("Your server ended the call with {status}; it must end with OK.");
        Some(Finding {
            diagnosis: Diagnosis::new(message).quoting(&self.stderr),
            mark: last(transcript),
        })
    }

    fn read_to_the_end(&self, transcript: &Transcript) -> Option<Finding> {
        if transcript.status().is_some() {
            return None;
        }
        let came = transcript.received().count();
        let messages = format!("{came} message{}", plural(came));
        let diagnosis = match &self.ending {
            Ending::TimedOut => Diagnosis::mistake(
                "hangs",
                format!(
                    "The call had not ended when your client was stopped: {messages} had come from the \
                     server, and then nothing moved any more."
                ),
            ),
            Ending::Failure(how) => Diagnosis::mistake(
                "exits-early",
                format!(
                    "Your client ended with {how} after {messages} from the server, before the call's end."
                ),
            ),
            Ending::Success => Diagnosis::mistake(
                "exits-early",
                format!(
                    "Your client left the call after {messages} from the server, before its end."
                ),
            )
            .hint("Read until the stream gives `None`."),
        };
        Some(Finding {
            diagnosis: diagnosis.quoting(&self.stderr),
            mark: last(transcript),
        })
    }

    /// What the server sent must stand on standard output.
    fn printed(&self, rpc: Rpc, transcript: &Transcript) -> Option<Finding> {
        // Where it came, what it is called, and the text that must have been printed.
        let mut wanted: Vec<(usize, &str, String)> = Vec::new();
        for (n, message) in transcript.received().enumerate() {
            let Some(at) = transcript.nth_received(n) else {
                continue;
            };
            match message {
                Message::Feature(feature) => wanted.push((at, "The feature", feature.name.clone())),
                Message::RouteNote(note) => {
                    let text = match &self.mark {
                        Some(mark) => format!("{mark}: {}", note.message),
                        None => note.message.clone(),
                    };
                    wanted.push((at, "The reply", text));
                }
                Message::RouteSummary(s) => {
                    wanted.extend([
                        (at, "point_count", s.point_count.to_string()),
                        (at, "feature_count", s.feature_count.to_string()),
                        (at, "distance", s.distance.to_string()),
                        (at, "elapsed_time", s.elapsed_time.to_string()),
                    ]);
                }
                Message::Point(_) | Message::Rectangle(_) => {}
            }
        }
        let total = wanted.len();
        let missing: Vec<(usize, &str, String)> = wanted
            .into_iter()
            .filter(|(_, _, text)| !stands_in(text, &self.stdout))
            .collect();
        let (mark, name, first) = missing.first()?;
        let diagnosis = if let Ending::Failure(how) = &self.ending {
            Diagnosis::new(format!(
                "Your client ended with {how} before it had printed the answer to {rpc}. {name} was {first:?}."
            ))
            .quoting(&self.stderr)
        } else if missing.len() == total && self.stdout.trim().is_empty() {
            Diagnosis::mistake(
                "prints-nothing",
                format!(
                    "Your client called {rpc}, but printed nothing of what came back. {name} was {first:?}."
                ),
            )
        } else {
            Diagnosis::mistake(
                "prints-wrong",
                format!(
                    "{name} in the answer to {rpc} was {first:?}, but your client did not print that."
                ),
            )
        };
        Some(Finding {
            diagnosis,
            mark: Some(*mark),
        })
    }

    fn order(&self, rpcs: &[Rpc]) -> Option<Diagnosis> {
        let mut called: Vec<Rpc> = Vec::new();
        for call in &self.recording.calls {
            if !called.contains(&call.rpc) {
                called.push(call.rpc);
            }
        }
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

/// A message that the client should not have sent at all.
fn unreadable(transcript: &Transcript) -> Option<Finding> {
    let (mark, diagnosis) = transcript
        .events
        .iter()
        .enumerate()
        .find_map(|(index, event)| {
            let diagnosis = match &event.what {
                What::Undecodable { problem, .. } => Diagnosis::new(format!(
                    "A message of your client's does not decode as the contract's type: {problem}."
                )),
                What::CutOff => Diagnosis::mistake(
                    "floods",
                    format!(
                        "Your client sent more than {} messages in one call, and was cut off.",
                        transcript.sent().count()
                    ),
                ),
                _ => return None,
            };
            Some((index, diagnosis))
        })?;
    Some(Finding {
        diagnosis,
        mark: Some(mark),
    })
}

/// Whether the last thing that happened was a note to which the contract has no reply.
fn waits_for_a_reply(transcript: &Transcript) -> bool {
    let mut chat = Chat::default();
    let mut replies = None;
    for message in transcript.sent() {
        if let Message::RouteNote(note) = message {
            replies = Some(chat.reply(note).len());
        }
    }
    replies == Some(0)
}

/// Judges a client that was sent to an address where nobody listens.
pub fn unanswered(addr: &str, ending: &Ending, stderr: &str) -> CaseReport {
    let finding = match ending {
        Ending::Failure(_) => None,
        Ending::Success => Some(
            Diagnosis::new(format!(
                "Nobody listens on {addr}, but your `connect` says that all is well."
            ))
            .hint("Return the error of the connection: `?` does it."),
        ),
        Ending::TimedOut => Some(
            Diagnosis::new(format!(
                "Nobody listens on {addr}, but your `connect` goes on waiting."
            ))
            .hint(
                "Return the error of the connection, so that whoever called can decide what to do.",
            ),
        ),
    };
    CaseReport::of_fact(
        "nobody-listens",
        finding.map(|finding| finding.quoting(stderr)),
    )
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
