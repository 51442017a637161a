//! Checking the lessons about the server.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tonic::transport::Channel;

use super::programs::{Programs, Server, words};
use super::{CheckError, Setting, waiting};
use crate::contract::cases::{CheckFile, ListFeaturesCase, Proof, RecordRouteCase, RouteChatCase};
use crate::contract::random::Draw;
use crate::contract::{Message, Rpc};
use crate::course::Lesson;
use crate::learner::work;
use crate::probe::call::{self, Script, Step};
use crate::probe::greeting::{self, Greeting};
use crate::probe::{Transcript, What};
use crate::verdict::panics::{self, Panic};
use crate::verdict::{
    CaseReport, Diagnosis, LessonReport, Outcome, list_features, record_route, route_chat,
};

/// How many random calls each RPC gets.
const RANDOM_LISTS: usize = 20;
const RANDOM_ROUTES: usize = 10;
const RANDOM_CHATS: usize = 10;

/// What a paced route waits beyond the whole seconds it asks for, so that a server whose clock
/// started a little late still counts them all.
const PACE_MARGIN: Duration = Duration::from_millis(200);

/// Checks server lessons, all hosted by one stage but for the learner's own server program.
pub async fn check(
    programs: &Programs<'_>,
    lessons: &[&Lesson],
) -> Result<Vec<LessonReport>, CheckError> {
    let (own, staged): (Vec<&Lesson>, Vec<&Lesson>) = lessons
        .iter()
        .partition(|lesson| lesson.check.proves == Proof::Server);
    let (own, staged) = tokio::join!(on_own_server(programs, &own), on_stage(programs, &staged));
    let mut reports = staged?;
    reports.extend(own?);
    Ok(reports)
}

async fn on_stage(
    programs: &Programs<'_>,
    lessons: &[&Lesson],
) -> Result<Vec<LessonReport>, CheckError> {
    if lessons.is_empty() {
        return Ok(Vec::new());
    }
    let server = programs.stage().await?;
    Ok(on_server(programs.setting, server, lessons).await)
}

async fn on_own_server(
    programs: &Programs<'_>,
    lessons: &[&Lesson],
) -> Result<Vec<LessonReport>, CheckError> {
    if lessons.is_empty() {
        return Ok(Vec::new());
    }
    let server = programs.server().await?;
    Ok(on_server(programs.setting, server, lessons).await)
}

/// Checks lessons side by side on one server, and stops it.
async fn on_server(
    setting: &Setting,
    server: Result<Server, Diagnosis>,
    lessons: &[&Lesson],
) -> Vec<LessonReport> {
    let mut server = match server {
        Ok(server) => server,
        Err(diagnosis) => return blame_first(setting, lessons, &diagnosis),
    };
    let reports = match open(setting, &server).await {
        Ok(channel) => {
            let checks = lessons
                .iter()
                .map(|lesson| on_channel(setting, lesson, &channel));
            join_all(checks).await
        }
        Err(diagnosis) => blame_first(setting, lessons, &diagnosis),
    };
    let died = server.running.try_wait();
    server.running.stop().await;
    let panics = panics::find(&server.running.stderr.text());
    let explain = |(report, lesson): (LessonReport, &&Lesson)| {
        let report = panics::explain(report, panic_of(setting, lesson, lessons, &panics));
        match died {
            Some(exit) if report.outcome != Outcome::Pass => {
                let message = format!("Your server ended while it was being called, with {exit}.");
                let diagnosis = Diagnosis::mistake("dies-between-calls", message);
                LessonReport {
                    diagnosis: Some(diagnosis.quoting(words(&server.running))),
                    ..report
                }
            }
            _ => report,
        }
    };
    reports.into_iter().zip(lessons).map(explain).collect()
}

/// Opens a channel, once it is sure that HTTP/2 is spoken there.
async fn open(setting: &Setting, server: &Server) -> Result<Channel, Diagnosis> {
    let what = match greeting::greet(server.addr, setting.patience).await {
        Greeting::Http2 => {
            return call::open(&server.addr.to_string(), setting.patience)
                .await
                .map_err(|error| {
                    Diagnosis::new(format!("Cannot connect to {}: {error}.", server.addr))
                });
        }
        Greeting::Http1 => "it answers in HTTP/1",
        Greeting::Tls => "it wants an encrypted connection (TLS)",
        Greeting::Closed => "it closes the connection without a word",
        Greeting::Silent => "it accepts the connection and says nothing",
        Greeting::Unknown => "it answers in a language of its own",
    };
    let message = format!(
        "Something listens on {}, but it does not speak HTTP/2: {what}.",
        server.addr
    );
    Err(Diagnosis::mistake("not-http2", message).hint(
        "gRPC is spoken over HTTP/2, here without encryption. tonic's `Server` does so by itself.",
    ))
}

/// The first panic in a lesson's own place or, if there is none, in no lesson's.
fn panic_of<'a>(
    setting: &Setting,
    lesson: &Lesson,
    lessons: &[&Lesson],
    panics: &'a [Panic],
) -> Option<&'a Panic> {
    let inside = |panic: &Panic, lesson: &Lesson| {
        // Where a marker is gone, nothing is known to be inside.
        let spots = work::spots(&setting.folder, lesson).unwrap_or_default();
        spots.iter().any(|spot| {
            panic.file.ends_with(&spot.file) && (spot.line..spot.end).contains(&panic.line)
        })
    };
    let own = panics.iter().find(|panic| inside(panic, lesson));
    own.or_else(|| {
        panics
            .iter()
            .find(|panic| !lessons.iter().any(|other| inside(panic, other)))
    })
}

fn blame_first(setting: &Setting, lessons: &[&Lesson], diagnosis: &Diagnosis) -> Vec<LessonReport> {
    let blamed = |lesson: &&Lesson| {
        LessonReport::without_cases(lesson, Outcome::Fail, Some(diagnosis.clone()))
    };
    let (first, rest) = match lessons.split_first() {
        Some(split) => split,
        None => return Vec::new(),
    };
    std::iter::once(blamed(first))
        .chain(rest.iter().map(|lesson| waiting(setting, lesson)))
        .collect()
}

async fn on_channel(setting: &Setting, lesson: &Lesson, channel: &Channel) -> LessonReport {
    let started = Instant::now();
    let check = &lesson.check;
    let cases = if check.proves == Proof::GeneratedCode {
        let answers = Rpc::ALL.map(|rpc| answers(setting, rpc, channel.clone()));
        join_all(answers).await
    } else {
        calls(setting, check, channel).await
    };
    LessonReport::of_cases(lesson, started.elapsed(), cases)
}

/// Whether an RPC is served at all. The stub answers UNIMPLEMENTED with a message of its own, a path
/// that nobody serves without one; and once its lesson is done, the RPC answers better than that.
async fn answers(setting: &Setting, rpc: Rpc, channel: Channel) -> CaseReport {
    let script = Script {
        rpc,
        steps: Vec::new(),
        most_messages: 1_000,
        patience: setting.patience,
    };
    let transcript = call::play(channel, &script).await;
    let not_served = transcript
        .status()
        .is_some_and(|status| status.code == "UNIMPLEMENTED" && status.message.is_empty());
    let diagnosis = not_served.then(|| {
        Diagnosis::mistake(
            "not-registered",
            format!("The server does not know {}.", rpc.path()),
        )
        .hint("Compare the package, the service and the rpc in your .proto with the lessons'.")
    });
    let report = CaseReport::of_call(rpc.name(), "the RPC is served", Vec::new(), transcript);
    match diagnosis {
        Some(diagnosis) => CaseReport {
            outcome: Outcome::Fail,
            diagnosis: Some(diagnosis),
            ..report
        },
        None => report,
    }
}

/// Plays the cases of a lesson: those of its file, and random ones. The RPCs run side by side, the
/// calls of one RPC one after the other, but for paced routes, which only wait.
pub async fn calls(setting: &Setting, check: &CheckFile, channel: &Channel) -> Vec<CaseReport> {
    let mut draw = Draw::new(&setting.database, setting.seed);
    let mut lists = check.list_features.clone();
    if !lists.is_empty() {
        lists.extend(draw.list_features(RANDOM_LISTS));
    }
    let (paced, mut routes): (Vec<_>, Vec<_>) = check
        .record_route
        .iter()
        .cloned()
        .partition(|case| case.wait_seconds > 0);
    if !routes.is_empty() {
        routes.extend(draw.record_route(RANDOM_ROUTES));
    }
    let mut chats = check.route_chat.clone();
    if !chats.is_empty() {
        chats.extend(draw.route_chat(RANDOM_CHATS));
    }
    let (lists, routes, paced, chats) = tokio::join!(
        one_by_one(&lists, |case| list(setting, case, channel.clone())),
        one_by_one(&routes, |case| route(setting, case, channel.clone())),
        one_by_one(&paced, |case| route(setting, case, channel.clone())),
        one_by_one(&chats, |case| chat(setting, case, channel.clone())),
    );
    [lists, routes, paced, chats].concat()
}

/// Plays cases in order. After one that stalled, the others are left out: they would only wait too.
async fn one_by_one<'a, C, F: Future<Output = CaseReport>>(
    cases: &'a [C],
    play: impl Fn(&'a C) -> F,
) -> Vec<CaseReport> {
    let mut reports = Vec::new();
    for case in cases {
        let report = play(case).await;
        let stalled = report
            .transcript
            .iter()
            .any(|event| matches!(event.what, What::Stalled { .. }));
        reports.push(report);
        if stalled {
            break;
        }
    }
    reports
}

async fn list(setting: &Setting, case: &ListFeaturesCase, channel: Channel) -> CaseReport {
    let script = Script {
        rpc: Rpc::ListFeatures,
        steps: vec![Step::Send(Message::Rectangle(case.request))],
        // A server without a filter sends the whole database; twice that is a flood.
        most_messages: 2 * setting.database.features().len() + 1_000,
        patience: setting.patience,
    };
    list_features::judge(case, &setting.database, call::play(channel, &script).await)
}

async fn route(setting: &Setting, case: &RecordRouteCase, channel: Channel) -> CaseReport {
    let mut steps: Vec<Step> = case
        .send
        .iter()
        .map(|point| Step::Send(Message::Point(*point)))
        .collect();
    if case.wait_seconds > 0 {
        let wait = Duration::from_secs(case.wait_seconds.into()) + PACE_MARGIN;
        steps.push(Step::Pause(wait));
    }
    let script = Script {
        rpc: Rpc::RecordRoute,
        steps,
        most_messages: 10,
        patience: setting.patience,
    };
    record_route::judge(case, call::play(channel, &script).await)
}

async fn chat(setting: &Setting, case: &RouteChatCase, channel: Channel) -> CaseReport {
    if !case.earlier_call.is_empty() {
        earlier_call(setting, case, channel.clone()).await;
    }
    let mut steps = Vec::new();
    let mut due = 0;
    for turn in &case.turns {
        steps.push(Step::Send(Message::RouteNote(turn.send.clone())));
        due += turn.expect.len();
        steps.push(Step::Await(
            turn.expect
                .iter()
                .cloned()
                .map(Message::RouteNote)
                .collect(),
        ));
    }
    let script = Script {
        rpc: Rpc::RouteChat,
        steps,
        most_messages: due + 1_000,
        patience: setting.patience,
    };
    route_chat::judge(case, call::play(channel, &script).await)
}

/// Leaves notes in a call of its own. How that goes is not this case's business.
async fn earlier_call(setting: &Setting, case: &RouteChatCase, channel: Channel) -> Transcript {
    let notes = case.earlier_call.iter().cloned();
    let script = Script {
        rpc: Rpc::RouteChat,
        steps: notes
            .map(|note| Step::Send(Message::RouteNote(note)))
            .collect(),
        most_messages: 1_000,
        patience: setting.patience,
    };
    call::play(channel, &script).await
}
