//! Diagnoses of a server that cannot be called, goes away, or does not know the service.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use crate::checker::{Setting, connect};
use crate::course::Lesson;
use crate::messages::Rpc;
use crate::probe::Address;
use crate::process::sockets;
use crate::verdict::{CaseReport, Diagnosis, LessonReport};

/// The server was there when the check began, and is not any more.
pub fn vanished(addr: SocketAddr, report: &LessonReport, error: &io::Error) -> Diagnosis {
    let was_answered = |case: &&CaseReport| {
        let status = case.status.as_ref();
        status.is_some_and(|status| !status.has_no_server())
    };
    let answered = report.cases.iter().filter(was_answered).count();
    let since = match answered {
        0 => "Before one call of this lesson was answered".to_string(),
        1 => "After one call of this lesson was answered".to_string(),
        n => format!("After {n} calls of this lesson were answered"),
    };
    let message = format!(
        "The server went away while it was being called. {since}, its connection broke, and now \
         it accepts no new one on {addr} ({error})."
    );
    Diagnosis::mistake("dies-between-calls", message)
        .hint("What did the server write last? Start it again, and make the same call.")
}

/// Leaves out the lessons about an optional RPC that the server does not have: it is right without it.
pub fn leave_out_optional(reports: &mut Vec<LessonReport>, lessons: &[&Lesson]) {
    let has_not = |report: &LessonReport, rpc: Rpc| {
        let mut cases = report.cases.iter().filter(|case| case.rpc == Some(rpc));
        cases.any(|case| {
            let status = case.status.as_ref();
            status.is_some_and(|status| status.code == "UNIMPLEMENTED")
        })
    };
    reports.retain(|report| {
        let lesson = lessons.iter().find(|lesson| lesson.id() == report.lesson);
        let optional = lesson.and_then(|lesson| lesson.check.optional_rpc());
        optional.is_none_or(|rpc| !has_not(report, rpc) && !report.cases.is_empty())
    });
}

/// A server that knows none of the RPCs has another fault than one that lacks one.
pub fn not_registered(reports: &mut [LessonReport], lessons: &[&Lesson]) {
    // An optional RPC may be missing in a server that has the service.
    let is_required = |report: &&mut LessonReport| {
        let lesson = lessons.iter().find(|lesson| lesson.id() == report.lesson);
        lesson.is_some_and(|lesson| lesson.check.optional_rpc().is_none())
    };
    let mut reports: Vec<&mut LessonReport> = reports.iter_mut().filter(is_required).collect();
    let unknown = |report: &LessonReport| {
        let mut cases = report.cases.iter();
        let unimplemented = |diagnosis: &Diagnosis| diagnosis.mistakes == ["rpc-unimplemented"];
        !report.cases.is_empty()
            && cases.all(|case| case.diagnosis.as_ref().is_some_and(unimplemented))
    };
    if reports.len() < 2 || !reports.iter().all(|report| unknown(report)) {
        return;
    }
    for report in &mut reports {
        let said = report.cases[0]
            .status
            .clone()
            .map_or(String::new(), |s| s.message);
        let message = "Every RPC that was called is answered with UNIMPLEMENTED: the service is never \
             added to the server, or under another name.";
        report.diagnosis = Some(
            Diagnosis::mistake("not-registered", message)
                .hint(
                    "Register the service before the server starts. The path of a call is \
                     /routeguide.RouteGuide/… and then the rpc: package, service and rpc must be \
                     written like that in the .proto. If it is registered, all three are still stubs.",
                )
                .quoting(said),
        );
    }
}

/// No server accepts a connection.
pub async fn not_reached(
    addr: &Address,
    refused: &[(SocketAddr, io::Error)],
    setting: &Setting,
) -> Diagnosis {
    let tried: Vec<String> = match refused {
        [(_, error)] => vec![error.to_string()],
        several => several
            .iter()
            .map(|(addr, error)| format!("{addr}: {error}"))
            .collect(),
    };
    let message = format!(
        "Could not connect to the server at {addr}: {}.",
        tried.join("; ")
    );
    let hint = match elsewhere(addr, refused, setting).await {
        Some(other) => format!(
            "But something listens on {other}. If that is your server, check it with `--addr \
             {other}`, or let it listen on both families."
        ),
        None => format!(
            "Start your server first and check again, or let the lab start it: `check --server \
             \"COMMAND\" --addr {addr}`."
        ),
    };
    Diagnosis::new(message).hint(hint)
}

/// The same port in the other family of addresses, if something listens there and it was not tried.
async fn elsewhere(
    addr: &Address,
    refused: &[(SocketAddr, io::Error)],
    setting: &Setting,
) -> Option<SocketAddr> {
    if !refused.iter().any(|(addr, _)| addr.ip().is_loopback()) {
        return None;
    }
    let here: [SocketAddr; 2] = [
        (Ipv4Addr::LOCALHOST, addr.port()).into(),
        (Ipv6Addr::LOCALHOST, addr.port()).into(),
    ];
    for other in here {
        let tried = refused.iter().any(|(addr, _)| *addr == other);
        if !tried && connect::accepts(other, setting.patience).await.is_ok() {
            return Some(other);
        }
    }
    None
}

/// The port was taken before the server was started.
pub async fn port_taken(addr: SocketAddr, name: &str) -> Diagnosis {
    let who = sockets::listener_at(addr).await;
    let who = who.map_or(String::new(), |who| format!(": {who}"));
    let message = format!("Something else already listens on {addr}{who}. Nothing was started.");
    Diagnosis::mistake("port-taken", message).hint(format!(
        "Stop it, or give your server another port. To check what is running there: `check --addr {name}`."
    ))
}

/// The server did not end within its grace when it was asked to. It is no reason to fail.
pub fn will_not_die(grace: Duration) -> Diagnosis {
    let message = format!(
        "The server, or something that it has started, kept running for {:.1} s after it was asked to end \
         (SIGTERM), and was killed.",
        grace.as_secs_f64()
    );
    Diagnosis::mistake("will-not-die", message)
}
