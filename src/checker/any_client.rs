//! Checking a client that somebody else has written, in whatever language: `check --client`.
//!
//! The recording server stays at one address, and the client is run there again and again.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Instant;

use super::any_server::for_all;
use super::by_lesson::{expected, sort};
use super::client::decoys::Decoys;
use super::client::run::{seen, synthetic};
use super::finish::Limits;
use super::{CheckError, Checked, Doing, Setting, Watch};
use crate::course::{Course, Lesson};
use crate::guide::cases::Proof;
use crate::guide::client::{Astray, ClientRun, trials};
use crate::messages::Rpc;
use crate::probe::Address;
use crate::probe::recorder::{FaultInjection, Recorder};
use crate::process::{Launch, sockets};
use crate::verdict::{CaseReport, Diagnosis, LessonReport, Outcome};

/// A client to check.
#[derive(Debug, Clone)]
pub struct Target {
    /// The command that runs it, for the system's shell.
    pub command: String,
    /// Where it finds the server.
    pub addr: Address,
    /// The folder that it runs in.
    pub folder: PathBuf,
    /// The features that it may travel along, if they are not the codelab's.
    pub database_file: Option<PathBuf>,
    /// Whether the lessons were named. Then the client must make an optional call, too.
    pub lessons_are_named: bool,
}

/// Whether a lesson is about a client alone, or about both sides of a call, so that any client can be checked by
/// it.
pub fn applies(lesson: &Lesson) -> bool {
    match lesson.check.proves {
        Proof::Connection | Proof::Call | Proof::Client => true,
        Proof::Methods => lesson.check.client.is_some(),
        _ => false,
    }
}

/// The lessons by which any client is checked if none are named: its calls, and their order.
pub fn lessons(course: &Course) -> Vec<&Lesson> {
    let about_calls = |lesson: &&Lesson| applies(lesson) && lesson.check.client.is_some();
    course.lessons().iter().filter(about_calls).collect()
}

/// Checks lessons on a client.
///
/// # Errors
///
/// If the address stands for no host, or there is no shell to run the command.
pub async fn check(
    setting: &Setting,
    target: &Target,
    lessons: &[&Lesson],
    watch: &dyn Watch,
) -> Result<Checked, CheckError> {
    let started = Instant::now();
    let addresses = target
        .addr
        .resolve()
        .await
        .map_err(|error| CheckError::Address {
            address: target.addr.to_string(),
            error,
        })?;
    watch.doing(Doing::Probing);
    let source = synthetic(setting.seed, FaultInjection::None);
    let lessons = match Recorder::start(&addresses, source).await {
        Ok(recorder) => {
            let client = Client {
                setting,
                target,
                recorder,
                watch,
            };
            client.check(lessons, started).await?
        }
        Err(error) => for_all(
            lessons,
            Outcome::Error,
            cannot_listen(target, &addresses, &error).await,
        ),
    };
    Ok(Checked {
        lessons,
        ..Checked::default()
    })
}

async fn cannot_listen(target: &Target, addresses: &[SocketAddr], error: &io::Error) -> Diagnosis {
    let addr = &target.addr;
    if error.kind() != io::ErrorKind::AddrInUse {
        return Diagnosis::new(format!("The lab cannot listen on {addr}: {error}."))
            .hint("Name an address of this machine, such as 127.0.0.1:50051.");
    }
    let listening = sockets::listening().await;
    let who = listening
        .iter()
        .find(|found| addresses.iter().any(|addr| found.serves(*addr)));
    let who = who.map_or(String::new(), |who| format!(": {who}"));
    let message = format!(
        "Something else already listens on {addr}{who}. The lab wants to serve your client there."
    );
    Diagnosis::mistake("port-taken", message)
        .hint("Stop it, or choose another port for both the lab and your client.")
}

/// A client under check, with the server that records it.
struct Client<'a> {
    setting: &'a Setting,
    target: &'a Target,
    recorder: Recorder,
    watch: &'a dyn Watch,
}

impl Client<'_> {
    fn limits(&self) -> Limits<'_> {
        Limits::of(self.setting, self.watch)
    }

    async fn check(
        &self,
        lessons: &[&Lesson],
        started: Instant,
    ) -> Result<Vec<LessonReport>, CheckError> {
        let database = &self.setting.database;
        let plain = self.plain().await?;
        let called = |rpc: Rpc| plain.recording.calls.iter().any(|call| call.rpc == rpc);
        let is_named = self.target.lessons_are_named;
        let is_held_to = |lesson: &&&Lesson| {
            let optional = lesson.check.optional_rpc();
            is_named || optional.is_none_or(called)
        };
        let lessons: &[&Lesson] = &lessons
            .iter()
            .filter(is_held_to)
            .copied()
            .collect::<Vec<_>>();
        let expect = if is_named {
            expected(lessons)
        } else {
            // In an optional call, a client that was not asked for it may ask for what it likes.
            let required = lessons.iter().filter(|l| l.check.optional_rpc().is_none());
            let required: Vec<&Lesson> = required.copied().collect();
            expected(&required).or_as_sent(&plain.recording.calls)
        };
        let mut cases = plain.judge_connection();
        if plain.recording.prefaces == 0 {
            let diagnosis = cases.swap_remove(0).diagnosis;
            let diagnosis = diagnosis.unwrap_or_else(|| Diagnosis::new("No connection came."));
            return Ok(for_all(lessons, Outcome::Fail, diagnosis));
        }
        // Of these, the connection; how the client ended is judged with its calls.
        cases.truncate(1);
        let mut calls = plain.judge_calls(&expect, database);
        for fault in trials::after(&plain, &expect, &calls) {
            let run = self.run(fault, self.limits()).await?;
            trials::judge(&plain, fault, &run, &expect, database, &mut calls);
        }
        if self.target.database_file.is_none() {
            for case in &mut calls {
                other_database(case);
            }
        }
        cases.extend(calls);
        Ok(sort(lessons, cases, started.elapsed()))
    }

    /// The run against a server that keeps to the contract; if the client does not connect, it is run
    /// once more to see where it connects.
    async fn plain(&self) -> Result<ClientRun, CheckError> {
        let run = self.run(FaultInjection::None, self.limits()).await?;
        if run.recording.connections > 0 {
            return Ok(run);
        }
        let decoys = Decoys::open().await;
        let again = self.run(FaultInjection::None, self.limits().again());
        let connected_to = decoys.watch(again).await?;
        Ok(ClientRun {
            astray: Astray {
                connected_to,
                taken: decoys.taken,
            },
            ..run
        })
    }

    async fn run(
        &self,
        fault: FaultInjection,
        limits: Limits<'_>,
    ) -> Result<ClientRun, CheckError> {
        let Client {
            setting,
            target,
            recorder,
            ..
        } = self;
        recorder.begin(synthetic(setting.seed, fault));
        // What was typed may be no address to connect to, such as `:50051`.
        let addr = recorder.addr().to_string();
        let mut launch = Launch::shell(&target.command, target.folder.clone());
        launch.environment = vec![
            ("ROUTEGUIDE_ADDR", addr.clone().into()),
            ("RUST_BACKTRACE", "0".into()),
            // What Python prints would be lost if it had to be stopped.
            ("PYTHONUNBUFFERED", "1".into()),
        ];
        if let Some(file) = &target.database_file {
            let variable = ("ROUTEGUIDE_DB", file.clone().into());
            launch.environment.push(variable);
        }
        let running = launch.start().map_err(|error| CheckError::System {
            doing: format!("run `{}`", target.command),
            error,
        })?;
        let finished = limits.finish(running, recorder).await;
        // Some languages' usual logger writes to standard error.
        let output = finished.said.clone();
        Ok(seen(recorder, addr, finished, output, setting.patience).await)
    }
}

/// A client in another language may have come with features of its own.
fn other_database(case: &mut CaseReport) {
    if let Some(diagnosis) = &mut case.diagnosis
        && diagnosis.mistakes.contains(&"points-not-features")
    {
        let words = "If your client travels along other features than the codelab's, name their file: `--db FILE`.";
        let hint = diagnosis.hint.take().unwrap_or_default();
        diagnosis.hint = Some(format!("{hint} {words}").trim().to_string());
    }
}
