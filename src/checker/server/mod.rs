//! Checking the lessons about the server.

mod gone;
mod program;
mod stubs;

use std::time::Instant;

use futures_util::future::join_all;
use tonic::transport::Channel;

pub use self::gone::{and_gone, broke_off, dead};
use super::cases::Cases;
use super::programs::{Programs, Server};
use super::settling::Settling;
use super::{CheckError, Code, Setting, client, reach, waiting};
use crate::course::Lesson;
use crate::guide::cases::Proof;
use crate::guide::registry;
use crate::learner::work;
use crate::process::child::Interrupted;
use crate::verdict::panics::{self, Panic};
use crate::verdict::{Diagnosis, LessonReport, Outcome};

/// Checks server lessons: those about the RPCs on stages, and the learner's own server program beside them.
pub async fn check(
    programs: &Programs<'_>,
    lessons: &[&Lesson],
    settling: &Settling<'_>,
) -> Result<Vec<LessonReport>, CheckError> {
    let (own, staged): (Vec<&Lesson>, Vec<&Lesson>) = lessons
        .iter()
        .partition(|lesson| lesson.check.proves == Proof::Server);
    let (own, staged) = tokio::join!(
        on_own_server(programs, &own, settling),
        on_stages(programs, &staged, settling)
    );
    let mut reports = staged?;
    reports.extend(own?);
    Ok(reports)
}

/// Checks lessons that a stage hosts, each on a stage of its own. So nobody's verdict waits for a route that
/// lasts whole seconds in another lesson, and a method that keeps all threads busy, or ends the process, is
/// not held against the others.
async fn on_stages(
    programs: &Programs<'_>,
    lessons: &[&Lesson],
    settling: &Settling<'_>,
) -> Result<Vec<LessonReport>, CheckError> {
    let stages = join_all(lessons.iter().map(|_| programs.stage())).await;
    let stages: Vec<_> = stages.into_iter().collect::<Result<_, _>>()?;
    // What keeps every stage from listening is one fault, and said once.
    if let Some(Err(diagnosis)) = stages.first()
        && stages.iter().all(Result::is_err)
    {
        let reports = blame_first(programs.code, lessons, diagnosis);
        return Ok(settling.settle_all(reports));
    }
    let checked = stages
        .into_iter()
        .zip(lessons)
        .map(async |(stage, lesson)| {
            let reports = on_server(programs, stage, &[*lesson], lessons).await;
            let reports = with_client(programs, lesson, reports).await?;
            Ok(settling.settle_all(reports))
        });
    let checked: Result<Vec<_>, CheckError> = join_all(checked).await.into_iter().collect();
    let mut reports = checked?.concat();
    in_order(&mut reports, lessons);
    Ok(reports)
}

/// Adds the calls of the learner's client to the report of a lesson that asks for both sides of an RPC, once the
/// server is right.
async fn with_client(
    programs: &Programs<'_>,
    lesson: &Lesson,
    reports: Vec<LessonReport>,
) -> Result<Vec<LessonReport>, CheckError> {
    let Some(calls) = &lesson.check.client else {
        return Ok(reports);
    };
    let mut complete = Vec::new();
    for report in reports {
        complete.push(if report.outcome == Outcome::Pass {
            let started = Instant::now();
            let client = client::on_stage_calls(programs, calls).await?;
            let duration = report.duration + started.elapsed();
            LessonReport::of_cases(lesson, duration, [report.cases, client].concat())
        } else {
            report
        });
    }
    Ok(complete)
}

async fn on_own_server(
    programs: &Programs<'_>,
    lessons: &[&Lesson],
    settling: &Settling<'_>,
) -> Result<Vec<LessonReport>, CheckError> {
    if lessons.is_empty() {
        return Ok(Vec::new());
    }
    let server = programs.server().await?;
    let reports = on_server(programs, server, lessons, lessons).await;
    Ok(settling.settle_all(reports))
}

/// Checks lessons side by side on one server, and stops it. `all` are those whose code it is made of.
async fn on_server(
    programs: &Programs<'_>,
    server: Result<Server, Diagnosis>,
    lessons: &[&Lesson],
    all: &[&Lesson],
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
            let (panics, own) = panics_of(code, lesson, all, &panics);
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
            program::judge(report, &server, interrupted);
        }
    }
    reports
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
        let regions = work::regions(&code.folder, lesson).unwrap_or_default();
        regions.iter().any(|region| region.holds(&panic.location))
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
        let required = registry::required();
        let answers = required.map(|rpc| stubs::answers(programs, rpc, channel.clone()));
        let cases = join_all(answers).await;
        reports.push(LessonReport::of_cases(lesson, started.elapsed(), cases));
    }
    reports.extend(play(programs.setting, &others, channel).await);
    in_order(&mut reports, lessons);
    reports
}

/// Puts reports into the order of their lessons.
fn in_order(reports: &mut [LessonReport], lessons: &[&Lesson]) {
    reports.sort_by_key(|report| {
        let mut lessons = lessons.iter();
        lessons.position(|lesson| lesson.id() == report.lesson)
    });
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
