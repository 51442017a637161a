//! Checking the learner's client and the learner's server together.

use std::time::Instant;

use super::run::Client;
use crate::checker::programs::Programs;
use crate::checker::server::CtrlC;
use crate::checker::startup::Server;
use crate::checker::{Blame, CheckError, connect};
use crate::course::Lesson;
use crate::guide::cases::ClientCalls;
use crate::guide::client::ClientRun;
use crate::guide::synthetic;
use crate::probe::recorder::Source;
use crate::process::child::Exit;
use crate::verdict::{CaseReport, Diagnosis, LessonReport, panics};

/// Runs the learner's client against the learner's server, with the recorder between the two.
pub async fn together(
    programs: &Programs<'_>,
    client: &Client<'_>,
    lesson: &Lesson,
    calls: &ClientCalls,
) -> Result<LessonReport, CheckError> {
    let started = Instant::now();
    let setting = programs.check.setting;
    let fail = |blame: Blame| {
        Ok(LessonReport::without_cases(
            lesson,
            blame.outcome,
            Some(blame.diagnosis),
        ))
    };
    let mut server = match programs.server().await? {
        Ok(server) => server,
        Err(blame) => return fail(blame),
    };
    let channel = match connect::open(server.addr, setting.patience).await {
        Ok(channel) => channel,
        Err(diagnosis) => return fail(Blame::fail(diagnosis.quoting(server.last_words()))),
    };
    let mark = synthetic::mark(setting.seed);
    let source = Source::Server {
        channel,
        mark: mark.clone(),
    };
    let run = client.run(source, setting.startup).await?;
    let end = server.end(programs.check, false, CtrlC::No).await;
    let run = ClientRun {
        mark: Some(mark),
        ..run
    };
    let mut cases = run.judge_together(calls, &setting.database);
    if let Some(diagnosis) = broken(&server, end.died) {
        // It comes first, since the rest follows from it.
        cases.insert(0, CaseReport::of_fact("server", Some(diagnosis)));
    }
    Ok(LessonReport::of_cases(lesson, started.elapsed(), cases))
}

/// What went wrong inside the server while the client called it.
fn broken(server: &Server, died: Option<Exit>) -> Option<Diagnosis> {
    let panics = panics::find(&server.stderr());
    if let Some(panic) = panics.first() {
        let message = format!("Your server panicked at {}.", panic.location);
        let diagnosis = Diagnosis::mistake("panics", message).quoting(panic.words.trim());
        return Some(diagnosis.at(panic.location.clone()));
    }
    let message = format!(
        "Your server ended while it was being called, with {}.",
        died?
    );
    Some(Diagnosis::mistake("dies-between-calls", message).quoting(server.last_words()))
}
