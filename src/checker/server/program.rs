//! The learner's own server as a program: how it says where it listens, and how it ends.

use std::net::SocketAddr;
use std::time::Duration;

use futures_util::future::FutureExt as _;
use tonic::transport::Channel;

use crate::checker::cases::{self, Player};
use crate::checker::programs::Programs;
use crate::checker::startup::Server;
use crate::checker::{Check, CheckError, TrackCode, connect, last_words};
use crate::course::{Lesson, files};
use crate::learner::work;
use crate::process::child::Interrupted;
use crate::verdict::{CaseReport, Diagnosis, LessonReport, Outcome};

/// The file of the server program, which is given.
const PROGRAM: &str = "start_here/src/bin/server.rs";

/// How long to wait between two looks at whether a server still accepts connections.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// Makes a call that is open when Ctrl-C comes, and judges it. None if the lesson has no case for that, or Ctrl-C cannot
/// be sent on this system.
pub async fn call_at_the_end(
    check: &Check<'_>,
    lesson: &Lesson,
    channel: &Channel,
    server: &mut Server,
) -> Option<CaseReport> {
    let addr = server.addr;
    let running = server.running.as_mut()?;
    let patience = check.setting.patience;
    let mut is_sent = false;
    let player = Player::new(check.setting, channel, addr);
    let interrupt = async {
        is_sent = running.send_interrupt();
        // By the time it accepts no more connections, it has begun to stop.
        let stopping = async {
            while is_sent && connect::accepts(addr, patience).await.is_ok() {
                tokio::time::sleep(BETWEEN_LOOKS).await;
            }
        };
        tokio::time::timeout(patience, stopping).await.ok();
    };
    let report = cases::play_around(&lesson.check, &player, interrupt.boxed()).await;
    report.filter(|_| is_sent)
}

/// Starts the program a second time, on an address that is taken: it must end with an error. None if that was not seen.
///
/// # Errors
///
/// If it cannot be started.
pub async fn second_on(
    programs: &Programs<'_>,
    addr: Option<SocketAddr>,
) -> Result<Option<Option<Diagnosis>>, CheckError> {
    let Some(addr) = addr else {
        return Ok(None);
    };
    let mut second = programs.start("server", &[&addr.to_string()])?;
    let patience = programs.check.setting.patience;
    let ended = tokio::time::timeout(patience, second.wait()).await;
    let Ok(Ok(exit)) = ended else {
        // It has not found the port taken, or goes on trying: nothing is known.
        second.stop().await;
        return Ok(None);
    };
    Ok(Some(exit.is_success().then(|| {
        let message = "Your server was started on an address that is taken, could not listen, and ended with exit code \
                       0, as if all had been well.";
        Diagnosis::mistake("bind-error-ignored", message)
            .hint("Pass the error of serving on with `?`: then the program ends with another exit code.")
            .quoting(last_words::of(&second))
    })))
}

/// A program that is wrong, and whose given file was changed, is to be changed there.
pub fn blame_the_program(code: &TrackCode, report: &mut LessonReport) {
    let Some(diagnosis) = report.diagnosis.as_mut() else {
        return;
    };
    let is_about_the_address = ["port-hard-coded", "wrong-family", "port-taken"];
    let counts = diagnosis
        .mistakes
        .iter()
        .any(|id| is_about_the_address.contains(id));
    if counts
        && diagnosis.location.is_none()
        && let Some(Ok(original)) = files::original(PROGRAM)
    {
        diagnosis.location = work::first_change(&code.folder, PROGRAM, &original);
    }
}

/// Adds what is no call to a lesson's report: what the program has printed, and its end after Ctrl-C.
pub fn judge(
    report: &mut LessonReport,
    announced: Option<Diagnosis>,
    interrupted: Interrupted,
    open_call: Option<&CaseReport>,
) {
    add(report, "announcement", announced);
    add(
        report,
        "ctrl-c",
        stopped(interrupted).or(open_call.and_then(cut_off)),
    );
}

/// What became of a call that was open when Ctrl-C came, if it was cut off.
fn cut_off(open_call: &CaseReport) -> Option<Diagnosis> {
    let found = open_call.diagnosis.as_ref()?;
    let how = match &open_call.status {
        Some(status) if status.broke_off() => "it broke off".to_string(),
        Some(status) => format!("it ended with {status}"),
        None => "it did not end".to_string(),
    };
    let message = format!("Ctrl-C cut off a call that was open: {how}.");
    Some(
        Diagnosis::mistake("cut-off-at-shutdown", message)
            .evidence(found.text())
            .hint(
                "`serve_with_shutdown` lets open calls finish, and returns then. Do not end the process before it \
                 has returned.",
            ),
    )
}

/// Adds a case that is no call.
pub fn add(report: &mut LessonReport, case: &str, finding: Option<Diagnosis>) {
    add_case(report, CaseReport::of_fact(case, finding));
}

/// Adds a case to a report that has been made.
pub fn add_case(report: &mut LessonReport, case: CaseReport) {
    if case.outcome == Outcome::Fail && report.outcome == Outcome::Pass {
        report.outcome = Outcome::Fail;
        report.diagnosis.clone_from(&case.diagnosis);
    }
    report.cases.push(case);
}

/// Whether the server has said where it listens, and that before Ctrl-C, from what it had printed until then.
pub fn announced(server: &Server, while_serving: &str) -> Option<Diagnosis> {
    let wanted = format!("Starting server on {}", server.addr);
    if while_serving.contains(&wanted) {
        return None;
    }
    let said = server.stdout();
    if said.contains(&wanted) {
        let message = "Your server says where it listens only at its end, after Ctrl-C.";
        let hint = "Print the line before `serve_with_shutdown`, which returns only when the server has stopped.";
        return Some(Diagnosis::mistake("announced-late", message).hint(hint));
    }
    let addr = server.addr.to_string();
    let in_other_words = said.lines().find(|line| line.contains(&addr));
    let message = if server.stderr().contains(&wanted) {
        "Your server says where it listens on standard error, but it must say so on standard output: \
         use `println!`."
    } else if in_other_words.is_some() {
        "Your server says where it listens, but not in the agreed words."
    } else {
        "Your server does not say where it listens."
    };
    let line = in_other_words.or(said.lines().next());
    Some(
        Diagnosis::new(message)
            .contrast(&wanted, line.unwrap_or("nothing on standard output"))
            .hint("Print the line before you serve. The lab reads the address there."),
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
        Interrupted::Ignored => "Your server keeps running after Ctrl-C.".to_string(),
    };
    Some(Diagnosis::new(message).hint(
        "`serve_with_shutdown` takes a future: when that is done, the server stops accepting, lets \
         open calls finish, and returns.",
    ))
}
