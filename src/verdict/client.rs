//! Judging a client: the calls that were recorded, and what it printed.

use super::report::{CaseReport, Diagnosis, Finding, Outcome};
use super::stream::plural;
use crate::contract::cases::ClientCalls;
use crate::contract::{Database, Message, Point, Rectangle, RouteNote, Rpc};
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
                .and_then(|r| rectangle(&r, &transcript)),
            Rpc::RecordRoute => expect
                .record_route
                .and_then(|n| route(n, database, &transcript)),
            Rpc::RouteChat => expect
                .route_chat
                .as_ref()
                .and_then(|n| notes(n, &transcript)),
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
        use crate::contract::model;
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

fn last(transcript: &Transcript) -> Option<usize> {
    transcript.events.len().checked_sub(1)
}

fn rectangle(expect: &Rectangle, transcript: &Transcript) -> Option<Finding> {
    let mark = transcript.position(|what| matches!(what, What::Sent { .. }))?;
    let What::Sent {
        message: Message::Rectangle(came),
    } = &transcript.events[mark].what
    else {
        return None;
    };
    // Any two opposite corners stand for the same rectangle.
    let ends = |r: &Rectangle| {
        let (lo, hi) = (r.lo.unwrap_or_default(), r.hi.unwrap_or_default());
        let order = |a: i32, b: i32| (a.min(b), a.max(b));
        (
            order(lo.latitude, hi.latitude),
            order(lo.longitude, hi.longitude),
        )
    };
    if ends(came) == ends(expect) {
        return None;
    }
    let expected = format!("Expected a rectangle with {expect}; you asked for {came}");
    let mirrored = |p: Option<Point>| {
        p.map(|p| Point {
            longitude: p.longitude.saturating_neg(),
            ..p
        })
    };
    let swapped = |p: Option<Point>| {
        p.map(|p| Point {
            latitude: p.longitude,
            longitude: p.latitude,
        })
    };
    let diagnosis = if came.lo.is_none() || came.hi.is_none() {
        Diagnosis::mistake("corner-unset", format!("{expected}: a corner is not set."))
    } else if ends(&Rectangle {
        lo: mirrored(came.lo),
        hi: mirrored(came.hi),
    }) == ends(expect)
    {
        Diagnosis::mistake("minus-missing", format!("{expected}: west is negative."))
    } else if ends(&Rectangle {
        lo: swapped(came.lo),
        hi: swapped(came.hi),
    }) == ends(expect)
    {
        Diagnosis::mistake(
            "axes-swapped",
            format!("{expected}: latitude and longitude are swapped."),
        )
    } else {
        Diagnosis::mistake("wrong-rectangle", format!("{expected}."))
    };
    Some(Finding {
        diagnosis,
        mark: Some(mark),
    })
}

fn route(count: usize, database: &Database, transcript: &Transcript) -> Option<Finding> {
    let sent = || {
        transcript
            .events
            .iter()
            .enumerate()
            .filter_map(|(index, event)| match &event.what {
                What::Sent {
                    message: Message::Point(point),
                } => Some((index, *point)),
                _ => None,
            })
    };
    if let Some((index, point)) = sent().find(|(_, point)| !database.has_feature_at(*point)) {
        return Some(Finding {
            diagnosis: Diagnosis::mistake(
                "points-not-features",
                format!("You sent {point}, where no feature of the database stands."),
            ),
            mark: Some(index),
        });
    }
    let points = sent().count();
    (points != count).then(|| Finding {
        diagnosis: Diagnosis::mistake(
            "wrong-point-count",
            format!(
                "You sent {points} point{}, but the route must have {count}.",
                plural(points)
            ),
        ),
        mark: sent().map(|(index, _)| index).max().or(last(transcript)),
    })
}

fn notes(expect: &[RouteNote], transcript: &Transcript) -> Option<Finding> {
    let mut sent = transcript
        .events
        .iter()
        .enumerate()
        .filter_map(|(index, event)| match &event.what {
            What::Sent {
                message: Message::RouteNote(note),
            } => Some((index, note)),
            _ => None,
        });
    let place = |note: &RouteNote| note.location.unwrap_or_default();
    for (n, wanted) in expect.iter().enumerate() {
        let Some((index, came)) = sent.next() else {
            return Some(Finding {
                diagnosis: Diagnosis::mistake(
                    "notes-lost",
                    format!(
                        "You sent {n} of {} notes; {wanted} is missing.",
                        expect.len()
                    ),
                ),
                mark: last(transcript),
            });
        };
        // The learner words the notes; the places are the lesson's.
        if place(came) != place(wanted) {
            let id = if expect.iter().any(|other| place(other) == place(came)) {
                "notes-reordered"
            } else {
                "notes-altered"
            };
            return Some(Finding {
                diagnosis: Diagnosis::mistake(
                    id,
                    format!(
                        "Note {} must be at {}, but you sent {came}.",
                        n + 1,
                        place(wanted)
                    ),
                ),
                mark: Some(index),
            });
        }
    }
    sent.next().map(|(index, extra)| Finding {
        diagnosis: Diagnosis::mistake(
            "notes-altered",
            format!(
                "You sent {extra} after the {} notes of the lesson.",
                expect.len()
            ),
        ),
        mark: Some(index),
    })
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::contract::{Feature, RouteSummary};
    use crate::probe::{Event, Status};

    fn point(latitude: i32, longitude: i32) -> Point {
        Point {
            latitude,
            longitude,
        }
    }

    fn wanted() -> ClientCalls {
        ClientCalls {
            list_features: Some(Rectangle {
                lo: Some(point(40, -75)),
                hi: Some(point(42, -73)),
            }),
            record_route: Some(2),
            route_chat: Some(vec![note(0, "a"), note(1, "b")]),
        }
    }

    fn note(latitude: i32, message: &str) -> RouteNote {
        RouteNote {
            location: Some(point(latitude, 0)),
            message: message.to_string(),
        }
    }

    fn sent(message: impl Into<Message>) -> What {
        What::Sent {
            message: message.into(),
        }
    }

    fn came(message: impl Into<Message>) -> What {
        What::Received {
            message: message.into(),
        }
    }

    fn call(rpc: Rpc, mut events: Vec<What>, replies: Vec<What>) -> Transcript {
        events.push(What::HalfClosed);
        events.extend(replies);
        events.push(What::Ended {
            status: Status::ok(),
        });
        transcript(rpc, events)
    }

    fn transcript(rpc: Rpc, events: Vec<What>) -> Transcript {
        let event = |what| Event {
            at: Duration::ZERO,
            what,
        };
        Transcript {
            rpc,
            events: events.into_iter().map(event).collect(),
        }
    }

    fn rectangle(lo: Option<Point>, hi: Option<Point>) -> Transcript {
        let feature = Feature {
            name: "Ferry 1".into(),
            location: Some(point(41, -74)),
        };
        call(
            Rpc::ListFeatures,
            vec![sent(Rectangle { lo, hi })],
            vec![came(feature)],
        )
    }

    fn route(points: &[Point]) -> Transcript {
        let summary = RouteSummary {
            point_count: 2,
            feature_count: 31,
            distance: 4567,
            elapsed_time: 89,
        };
        let sent = points.iter().map(|point| sent(*point)).collect();
        call(Rpc::RecordRoute, sent, vec![came(summary)])
    }

    fn chat(notes: &[RouteNote]) -> Transcript {
        let sent = notes.iter().cloned().map(sent).collect();
        call(Rpc::RouteChat, sent, vec![came(note(0, "Reply 1: a"))])
    }

    const PRINTED: &str = "Ferry 1\n2 points, 31 features, 4567 m, 89 s\nReply 1: a\n";

    fn run(calls: Vec<Transcript>) -> ClientRun {
        ClientRun {
            addr: "127.0.0.1:1".into(),
            recording: Recording {
                connections: 1,
                prefaces: 1,
                calls,
                ..Recording::default()
            },
            ending: Ending::Success,
            stdout: PRINTED.into(),
            stderr: String::new(),
        }
    }

    fn right() -> ClientRun {
        run(vec![
            rectangle(Some(point(40, -75)), Some(point(42, -73))),
            route(&[point(1, 1), point(2, 2)]),
            chat(&[note(0, "a"), note(1, "b")]),
        ])
    }

    fn mistakes(run: &ClientRun) -> Vec<&'static str> {
        let places = [point(1, 1), point(2, 2)].map(|point| Feature {
            name: String::new(),
            location: Some(point),
        });
        let cases = run.judge_calls(&wanted(), &places.into_iter().collect());
        cases
            .into_iter()
            .filter_map(|case| case.diagnosis)
            .flat_map(|d| d.mistakes)
            .collect()
    }

    #[test]
    fn a_right_client_passes_whatever_corners_it_names() {
        assert!(mistakes(&right()).is_empty());
        let mut other = right();
        other.recording.calls[0] = rectangle(Some(point(42, -75)), Some(point(40, -73)));
        assert!(mistakes(&other).is_empty());
    }

    #[test]
    fn a_wrong_rectangle_is_told_by_what_is_wrong_with_it() {
        for (lo, hi, id) in [
            (Some(point(40, 75)), Some(point(42, 73)), "minus-missing"),
            (Some(point(-75, 40)), Some(point(-73, 42)), "axes-swapped"),
            (Some(point(40, -75)), None, "corner-unset"),
            (
                Some(point(40, -75)),
                Some(point(42, -74)),
                "wrong-rectangle",
            ),
        ] {
            let mut run = right();
            run.recording.calls[0] = rectangle(lo, hi);
            assert_eq!(mistakes(&run), [id]);
        }
    }

    #[test]
    fn a_wrong_route_is_found() {
        for (points, id) in [
            (vec![point(1, 1), point(3, 3)], "points-not-features"),
            (vec![point(1, 1)], "wrong-point-count"),
        ] {
            let mut run = right();
            run.recording.calls[1] = route(&points);
            assert_eq!(mistakes(&run), [id]);
        }
    }

    #[test]
    fn wrong_notes_are_found() {
        for (notes, id) in [
            (vec![note(0, "a")], "notes-lost"),
            (vec![note(1, "b"), note(0, "a")], "notes-reordered"),
            (vec![note(0, "a"), note(9, "b")], "notes-altered"),
            (
                vec![note(0, "a"), note(1, "b"), note(0, "c")],
                "notes-altered",
            ),
        ] {
            let mut run = right();
            run.recording.calls[2] = chat(&notes);
            assert_eq!(mistakes(&run), [id]);
        }
    }

    #[test]
    fn what_came_must_be_printed() {
        let mut silent = right();
        silent.stdout.clear();
        assert_eq!(mistakes(&silent), ["prints-nothing"; 3]);
        let mut own = right();
        own.stdout = PRINTED
            .replace("4567", "45678")
            .replace("Ferry 1", "My Ferry");
        assert_eq!(mistakes(&own), ["prints-wrong"; 2]);
    }

    #[test]
    fn calls_that_are_missing_unfinished_or_in_another_order_are_found() {
        let mut absent = right();
        absent.recording.calls.remove(1);
        assert_eq!(mistakes(&absent), ["rpc-never-called"]);

        let mut nowhere = run(Vec::new());
        nowhere.recording.connections = 0;
        assert_eq!(mistakes(&nowhere), ["never-connects"; 3]);

        let mut swapped = right();
        swapped.recording.calls.swap(0, 2);
        assert_eq!(mistakes(&swapped), ["wrong-order"]);

        let mut open = right();
        open.recording.calls[1] = transcript(
            Rpc::RecordRoute,
            vec![sent(point(1, 1)), sent(point(2, 2)), What::Cancelled],
        );
        assert_eq!(mistakes(&open), ["exits-early"]);
        open.ending = Ending::TimedOut;
        assert_eq!(mistakes(&open), ["never-half-closes", "hangs"]);
    }

    #[test]
    fn a_client_that_fails_is_not_taken_for_a_right_one() {
        let mut run = right();
        run.ending = Ending::Failure("exit code 1".into());
        let cases = run.judge_calls(&wanted(), &Database::default());
        let exit = cases.iter().find(|case| case.case == "exit").unwrap();
        assert!(
            exit.diagnosis
                .as_ref()
                .unwrap()
                .message
                .contains("exit code 1")
        );
    }

    #[test]
    fn a_number_stands_alone() {
        assert!(stands_in("10", "points: 10, metres: 5"));
        assert!(!stands_in("10", "metres: 1040"));
        assert!(stands_in("", "anything"));
        assert!(stands_in("A b", "x A b y"));
    }
}
