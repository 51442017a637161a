//! Checking the lessons about the server.

use std::time::Instant;

use futures_util::future::join_all;
use tonic::transport::Channel;

use super::cases::{Cases, most_features};
use super::programs::{Programs, Server};
use super::{CheckError, Code, Setting, reach, waiting};
use crate::contract::cases::Proof;
use crate::contract::{Message, Rectangle, Rpc};
use crate::course::{Lesson, Track};
use crate::learner::work;
use crate::probe::Status;
use crate::probe::call::{self, Due, Script, Step};
use crate::process::child::Interrupted;
use crate::verdict::diagnosis::Finding;
use crate::verdict::panics::{self, Panic};
use crate::verdict::stream;
use crate::verdict::{CaseReport, Diagnosis, LessonReport, Outcome};

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
    Ok(on_server(programs, server, lessons).await)
}

async fn on_own_server(
    programs: &Programs<'_>,
    lessons: &[&Lesson],
) -> Result<Vec<LessonReport>, CheckError> {
    if lessons.is_empty() {
        return Ok(Vec::new());
    }
    let server = programs.server().await?;
    Ok(on_server(programs, server, lessons).await)
}

/// Checks lessons side by side on one server, and stops it.
async fn on_server(
    programs: &Programs<'_>,
    server: Result<Server, Diagnosis>,
    lessons: &[&Lesson],
) -> Vec<LessonReport> {
    let (setting, code) = (programs.setting, programs.code);
    let mut server = match server {
        Ok(server) => server,
        Err(diagnosis) => return blame_first(code, lessons, &diagnosis),
    };
    let reports = match reach::open(server.addr, setting.patience).await {
        Ok(channel) => on_channel(programs, lessons, &channel).await,
        Err(diagnosis) => blame_first(code, lessons, &diagnosis),
    };
    if reports.iter().any(broke_off) && reach::accepts(server.addr, setting.patience).await.is_err()
    {
        // It is about to end, and then it can be told how.
        let end = server.running.wait();
        tokio::time::timeout(setting.patience, end).await.ok();
    }
    let died = server.running.try_wait();
    let own = lessons
        .iter()
        .any(|lesson| lesson.check.proves == Proof::Server);
    let interrupted = if own && died.is_none() {
        server.running.interrupt(setting.patience).await
    } else {
        Interrupted::NotHere
    };
    server.running.stop().await;
    let panics = panics::find(&server.running.stderr.text());
    let mut reports: Vec<LessonReport> = reports
        .into_iter()
        .zip(lessons)
        .map(|(report, lesson)| {
            let (panics, own) = panics_of(code, lesson, lessons, &panics);
            panics::explain(report, &panics, own)
        })
        .collect();
    if let Some(exit) = died {
        let message = format!("Your server ended while it was being called, with {exit}.");
        let diagnosis = Diagnosis::mistake("dies-between-calls", message);
        dead(
            &mut reports,
            &diagnosis.quoting(server.running.last_words()),
        );
    }
    for (report, lesson) in reports.iter_mut().zip(lessons) {
        if lesson.check.proves == Proof::Server && !report.cases.is_empty() {
            add(report, "announcement", announced(&server));
            add(report, "ctrl-c", stopped(interrupted));
        }
    }
    reports
}

/// A server that is gone has failed, whatever it answered before: in the lessons whose calls broke off
/// or, if none did, in those that are not right anyway or in the last. What else was found stays.
pub fn dead(reports: &mut [LessonReport], diagnosis: &Diagnosis) {
    let lost: Vec<bool> = reports.iter().map(broke_off).collect();
    let failed = |report: &LessonReport| report.outcome != Outcome::Pass;
    let any_lost = lost.contains(&true);
    let any_failed = reports.iter().any(failed);
    let last = reports.len().saturating_sub(1);
    for (index, report) in reports.iter_mut().enumerate() {
        let noticed = if any_lost {
            lost[index]
        } else if any_failed {
            failed(report)
        } else {
            index == last
        };
        if noticed {
            report.outcome = Outcome::Fail;
            report.diagnosis = Some(and_gone(report.diagnosis.take(), diagnosis.clone()));
        }
    }
}

/// What was found in a lesson, and that the server is gone: a mistake that has been named stays named. A
/// status is only how the end of the server looked from the call.
pub fn and_gone(found: Option<Diagnosis>, gone: Diagnosis) -> Diagnosis {
    let statuses = [stream::ERROR_BEFORE_DATA, stream::WRONG_STATUS];
    match found {
        Some(found) if !found.mistakes.iter().all(|id| statuses.contains(id)) => Diagnosis {
            message: format!("{} Besides: {}", found.message, gone.message),
            mistakes: [&found.mistakes[..], &gone.mistakes[..]].concat(),
            quoted: gone.quoted.or(found.quoted),
            ..found
        },
        _ => gone,
    }
}

/// Whether a call of a lesson lost its server, or found none any more.
pub fn broke_off(report: &LessonReport) -> bool {
    let mut cases = report.cases.iter();
    let lost = |case: &CaseReport| case.status.as_ref().is_some_and(Status::found_nobody);
    report.outcome == Outcome::Fail && cases.any(lost)
}

/// Adds a case that is no call.
fn add(report: &mut LessonReport, case: &str, finding: Option<Diagnosis>) {
    let case = CaseReport::of_fact(case, finding);
    if case.outcome == Outcome::Fail && report.outcome == Outcome::Pass {
        report.outcome = Outcome::Fail;
        report.diagnosis.clone_from(&case.diagnosis);
    }
    report.cases.push(case);
}

/// Whether the server has said where it listens.
fn announced(server: &Server) -> Option<Diagnosis> {
    let wanted = format!("Starting server on {}", server.addr);
    let said = server.running.stdout.text();
    if said.contains(&wanted) {
        return None;
    }
    let addr = server.addr.to_string();
    let in_other_words = said.lines().find(|line| line.contains(&addr));
    let message = if server.running.stderr.text().contains(&wanted) {
        "Your server says where it listens on standard error, but it must say so on standard output: \
         use `println!`."
    } else if in_other_words.is_some() {
        "Your server says where it listens, but in other words than agreed."
    } else {
        "Your server does not say where it listens."
    };
    let line = in_other_words.or(said.lines().next());
    Some(
        Diagnosis::new(message)
            .contrast(&wanted, line.unwrap_or("nothing on standard output"))
            .hint("Print the line before you serve. Whoever starts the server reads the address there."),
    )
}

/// Whether the server has ended well after Ctrl-C.
fn stopped(interrupted: Interrupted) -> Option<Diagnosis> {
    let message = match interrupted {
        Interrupted::NotHere => return None,
        Interrupted::Ended(exit) if exit.is_success() => return None,
        Interrupted::Ended(exit) => {
            format!("Ctrl-C ended your server with {exit}; it must return Ok.")
        }
        Interrupted::Ignored => "Your server goes on after Ctrl-C.".to_string(),
    };
    Some(Diagnosis::new(message).hint(
        "`serve_with_shutdown` takes a future: when that is done, the server stops accepting, lets \
         open calls finish, and returns.",
    ))
}

/// The panics in a lesson's own place, and that they are; or, if there are none, those in no lesson's.
fn panics_of(
    code: &Code,
    lesson: &Lesson,
    lessons: &[&Lesson],
    panics: &[Panic],
) -> (Vec<Panic>, bool) {
    let inside = |panic: &Panic, lesson: &Lesson| {
        // Where a marker is gone, nothing is known to be inside.
        let spots = work::spots(&code.folder, lesson).unwrap_or_default();
        spots.iter().any(|spot| spot.holds(&panic.file, panic.line))
    };
    let of = |panic: &&Panic| inside(panic, lesson);
    let own: Vec<Panic> = panics.iter().filter(of).cloned().collect();
    if !own.is_empty() {
        return (own, true);
    }
    let of_nobody = |panic: &&Panic| !lessons.iter().any(|other| inside(panic, other));
    (panics.iter().filter(of_nobody).cloned().collect(), false)
}

fn blame_first(code: &Code, lessons: &[&Lesson], diagnosis: &Diagnosis) -> Vec<LessonReport> {
    let blamed = |lesson: &&Lesson| {
        LessonReport::without_cases(lesson, Outcome::Fail, Some(diagnosis.clone()))
    };
    let (first, rest) = match lessons.split_first() {
        Some(split) => split,
        None => return Vec::new(),
    };
    std::iter::once(blamed(first))
        .chain(rest.iter().map(|lesson| waiting(code, lesson)))
        .collect()
}

/// Checks lessons on a server.
async fn on_channel(
    programs: &Programs<'_>,
    lessons: &[&Lesson],
    channel: &Channel,
) -> Vec<LessonReport> {
    let (generated, others): (Vec<&Lesson>, Vec<&Lesson>) = lessons
        .iter()
        .partition(|lesson| lesson.check.proves == Proof::GeneratedCode);
    let mut reports = Vec::new();
    for lesson in generated {
        let started = Instant::now();
        let answers = Rpc::ALL.map(|rpc| answers(programs, rpc, channel.clone()));
        let cases = join_all(answers).await;
        reports.push(LessonReport::of_cases(lesson, started.elapsed(), cases));
    }
    reports.extend(play(programs.setting, &others, channel).await);
    reports.sort_by_key(|report| {
        lessons
            .iter()
            .position(|lesson| lesson.id() == report.lesson)
    });
    reports
}

/// Plays the cases of lessons side by side, each RPC in one lesson. Never are there more than four
/// calls at once, since some servers answer from few threads: one of each RPC, and paced routes go
/// beside.
pub async fn play(setting: &Setting, lessons: &[&Lesson], channel: &Channel) -> Vec<LessonReport> {
    let played = lessons.iter().map(async |lesson| {
        let started = Instant::now();
        let mut cases = Cases::of(setting, &lesson.check);
        cases.play(channel).await;
        (lesson, cases, started.elapsed())
    });
    let mut played = join_all(played).await;
    for (_, cases, duration) in &mut played {
        let started = Instant::now();
        cases.play_last(channel).await;
        *duration += started.elapsed();
    }
    for (_, cases, _) in &mut played {
        cases.play_unset(channel).await;
    }
    let judged = |(lesson, cases, duration): (&&Lesson, Cases<'_>, _)| {
        LessonReport::of_cases(lesson, duration, cases.judge())
    };
    played.into_iter().map(judged).collect()
}

/// Whether an RPC is served at all. A path that nobody serves is answered with UNIMPLEMENTED, and no
/// message; the stub, with one. Once the learner has written the RPC, it may answer as it likes: then
/// its own lesson says whether that is right.
async fn answers(programs: &Programs<'_>, rpc: Rpc, channel: Channel) -> CaseReport {
    let setting = programs.setting;
    let steps = match rpc {
        Rpc::ListFeatures => vec![Step::Send(Message::Rectangle(Rectangle::origin()))],
        Rpc::RecordRoute | Rpc::RouteChat => Vec::new(),
    };
    let script = Script {
        rpc,
        steps,
        due: Due::Count(setting.database.features().len()),
        most: most_features(&setting.database),
        patience: setting.patience,
    };
    let transcript = call::play(channel, &script).await;
    let unimplemented = transcript
        .status()
        .filter(|status| status.code == "UNIMPLEMENTED");
    let finding = match unimplemented {
        Some(status) if status.message.is_empty() => Some(
            Diagnosis::mistake(
                "not-registered",
                format!("The server does not know {}.", rpc.path()),
            )
            .hint("Compare the package, the service and the rpc in your .proto with the lessons'."),
        ),
        None if is_stub(programs.code, rpc) => Some(Diagnosis::new(format!(
            "The stub of {rpc} must answer with UNIMPLEMENTED, but {}.",
            match transcript.status() {
                Some(status) => format!("the call ended with {status}"),
                None => "the call did not end".to_string(),
            }
        ))),
        _ => None,
    };
    let mark = transcript.events.len().checked_sub(1);
    CaseReport::of_call(
        rpc.name(),
        "Every rpc must be served.",
        Vec::new(),
        transcript,
    )
    .judged(finding.map(|diagnosis| Finding { diagnosis, mark }))
}

/// Whether an RPC of the learner's is still as it was handed out.
fn is_stub(code: &Code, rpc: Rpc) -> bool {
    let lesson = match rpc {
        Rpc::ListFeatures => "list-features",
        Rpc::RecordRoute => "record-route",
        Rpc::RouteChat => "route-chat",
    };
    code.track == Track::StartHere
        && work::is_as_handed_out(&code.folder, "start_here/src/server.rs", lesson)
}
