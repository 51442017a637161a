//! Checking a server that somebody else has written, in whatever language: `check --addr`, and with
//! `--server` one that the lab starts.

mod findings;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use self::findings::{
    leave_out_optional, not_reached, not_registered, port_taken, vanished, will_not_die,
};
use super::reach::{self, Reached, Unreached};
use super::starting::{Wait, Waited, announced};
use super::{Awaited, CheckError, Checked, Doing, Setting, Waiting, Watch, server};
use crate::course::{Course, Lesson};
use crate::guide::cases::Proof;
use crate::guide::dialect;
use crate::probe::Address;
use crate::process::child::Ended;
use crate::process::{Launch, Running};
use crate::verdict::{Diagnosis, LessonReport, Outcome, panics};

/// How long a server may take to end when it is asked to.
const GRACE: Duration = Duration::from_millis(1500);

/// A server to check.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where it listens.
    pub addr: Address,
    /// The command that starts it; none if it runs already.
    pub command: Option<Command>,
    /// Whether the lessons were named. Then the server is held to an optional RPC, too.
    pub lessons_are_named: bool,
}

/// A command for the system's shell.
#[derive(Debug, Clone)]
pub struct Command {
    /// The command, as it was typed.
    pub words: String,
    /// The folder that it runs in.
    pub folder: PathBuf,
}

/// Whether a lesson is about the RPCs of a server, so that any server can be checked by it.
pub fn applies(lesson: &Lesson) -> bool {
    lesson.check.proves == Proof::Methods
}

/// The lessons of a course that apply to any server.
pub fn lessons(course: &Course) -> Vec<&Lesson> {
    course.lessons().iter().filter(|l| applies(l)).collect()
}

/// Checks lessons on a server.
///
/// # Errors
///
/// If the address stands for no host, or the shell cannot be started.
pub async fn check(
    setting: &Setting,
    target: &Target,
    lessons: &[&Lesson],
    watch: &dyn Watch,
) -> Result<Checked, CheckError> {
    let addresses = target
        .addr
        .resolve()
        .await
        .map_err(|error| CheckError::Address {
            address: target.addr.to_string(),
            error,
        })?;
    let mut checked = match &target.command {
        Some(command) => started(setting, target, command, &addresses, lessons, watch).await?,
        None => running(setting, target, &addresses, lessons, watch).await,
    };
    if !target.lessons_are_named {
        leave_out_optional(&mut checked.lessons, lessons);
    }
    checked.notes.extend(dialect::recognise(&checked.lessons));
    Ok(checked)
}

/// Checks a server that runs already.
async fn running(
    setting: &Setting,
    target: &Target,
    addresses: &[SocketAddr],
    lessons: &[&Lesson],
    watch: &dyn Watch,
) -> Checked {
    watch.doing(Doing::Probing);
    let lessons = match reach::server(addresses, setting.patience).await {
        Ok(reached) => on_server(setting, &reached, lessons, None).await,
        Err(Unreached::Stranger(diagnosis)) => for_all(lessons, Outcome::Fail, *diagnosis),
        Err(Unreached::Nobody(refused)) => {
            let diagnosis = not_reached(target, &refused, setting).await;
            for_all(lessons, Outcome::Error, diagnosis)
        }
    };
    Checked {
        lessons,
        ..Checked::default()
    }
}

/// Starts a server, checks it, and ends it with everything that it has started.
async fn started(
    setting: &Setting,
    target: &Target,
    command: &Command,
    addresses: &[SocketAddr],
    lessons: &[&Lesson],
    watch: &dyn Watch,
) -> Result<Checked, CheckError> {
    watch.doing(Doing::Waiting(Waiting {
        awaited: Awaited::Listening,
        seconds: 0,
        limit: setting.startup.as_secs(),
    }));
    let told = target.addr.to_string();
    for addr in addresses.iter().copied() {
        if reach::accepts(addr, setting.patience).await.is_ok() {
            return Ok(Checked {
                lessons: for_all(lessons, Outcome::Error, port_taken(addr, &told).await),
                ..Checked::default()
            });
        }
    }
    let launch = Launch::shell(&command.words, command.folder.clone());
    let mut running = launch.start().map_err(|error| CheckError::System {
        doing: format!("start `{}`", command.words),
        error,
    })?;
    let wait = Wait {
        told: addresses,
        name: &told,
        patience: setting.patience,
        limit: setting.startup,
        may_leave: true,
    };
    let listening = wait.until_listening(&mut running);
    let waited = announced(Awaited::Listening, wait.limit, watch, listening).await;
    let Waited::Listens(addr) = waited else {
        running.stop().await;
        let diagnosis = wait.explain(&waited, &running).await;
        // A command that is none says nothing about a server.
        let outcome = match waited {
            Waited::Ended(exit) if exit.is_a_shells_refusal() => Outcome::Error,
            _ => Outcome::Fail,
        };
        return Ok(Checked {
            lessons: for_all(lessons, outcome, diagnosis),
            ..Checked::default()
        });
    };
    watch.doing(Doing::Probing);
    let lessons = match reach::open(addr, setting.patience).await {
        Ok(channel) => {
            let reached = Reached { addr, channel };
            on_server(setting, &reached, lessons, Some(&mut running)).await
        }
        Err(diagnosis) => for_all(
            lessons,
            Outcome::Fail,
            diagnosis.quoting(running.last_words()),
        ),
    };
    let notes = match running.end(GRACE).await {
        Ended::WhenAsked => Vec::new(),
        Ended::Killed => vec![will_not_die(GRACE)],
    };
    Ok(Checked {
        lessons,
        notes,
        ..Checked::default()
    })
}

/// Checks lessons on a server that listens. What a server that we have started writes, and whether it
/// still runs, explains more.
async fn on_server(
    setting: &Setting,
    server: &Reached,
    lessons: &[&Lesson],
    mut running: Option<&mut Running>,
) -> Vec<LessonReport> {
    let mut reports = server::play(setting, lessons, &server.channel).await;
    not_registered(&mut reports);
    let lost = if reports.iter().any(server::broke_off) {
        reach::accepts(server.addr, setting.patience).await.err()
    } else {
        None
    };
    if let Some(running) = &mut running {
        if lost.is_some() {
            // It is about to end, and then says more.
            tokio::time::timeout(setting.patience, running.wait())
                .await
                .ok();
        }
        let panics = panics::find(&running.stderr.text());
        reports = reports
            .into_iter()
            .map(|report| panics::explain(report, &panics, false))
            .collect();
        if !running.alive()
            && let Some(exit) = running.try_wait()
        {
            let message = format!("Your server ended while it was being called, with {exit}.");
            let died = Diagnosis::mistake("dies-between-calls", message);
            server::dead(&mut reports, &died.quoting(running.last_words()));
            return reports;
        }
    }
    if let Some(error) = lost {
        for report in reports
            .iter_mut()
            .filter(|report| server::broke_off(report))
        {
            let diagnosis = vanished(server.addr, report, &error);
            let diagnosis = match &running {
                Some(running) => diagnosis.quoting(running.last_words()),
                None => diagnosis,
            };
            report.diagnosis = Some(server::and_gone(report.diagnosis.take(), diagnosis));
        }
    }
    reports
}

/// The first lesson says what is in the way; the others wait.
pub fn for_all(lessons: &[&Lesson], outcome: Outcome, diagnosis: Diagnosis) -> Vec<LessonReport> {
    let mut diagnosis = Some(diagnosis);
    let report = |lesson: &&Lesson| match diagnosis.take() {
        Some(diagnosis) => LessonReport::without_cases(lesson, outcome, Some(diagnosis)),
        None => LessonReport::without_cases(lesson, Outcome::Skipped, None),
    };
    lessons.iter().map(report).collect()
}
