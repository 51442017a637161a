//! Checking the learner's client and the learner's server together.

use std::time::Instant;

use super::WHOLE;
use crate::checker::CheckError;
use crate::checker::programs::Programs;
use crate::course::Lesson;
use crate::guide::cases::ClientCalls;
use crate::guide::client::ClientRun;
use crate::guide::synthetic;
use crate::probe::call;
use crate::probe::recorder::Source;
use crate::process::{Running, child::Exit};
use crate::verdict::{CaseReport, Diagnosis, LessonReport, Outcome, panics};

/// Runs the learner's client against the learner's server, with the recorder between the two.
pub async fn together(
    programs: &Programs<'_>,
    lesson: &Lesson,
    calls: &ClientCalls,
) -> Result<LessonReport, CheckError> {
    let started = Instant::now();
    let setting = programs.setting;
    let fail = |diagnosis| {
        Ok(LessonReport::without_cases(
            lesson,
            Outcome::Fail,
            Some(diagnosis),
        ))
    };
    let mut server = match programs.server().await? {
        Ok(server) => server,
        Err(diagnosis) => return fail(diagnosis),
    };
    let channel = match call::open(&server.addr.to_string(), setting.patience).await {
        Ok(channel) => channel,
        Err(error) => {
            let message = format!("Cannot connect to your server at {}: {error}.", server.addr);
            return fail(Diagnosis::new(message));
        }
    };
    let mark = synthetic::mark(setting.seed);
    let source = Source::Server {
        channel,
        mark: mark.clone(),
    };
    let run = WHOLE.run(programs, source).await?;
    let died = server.running.try_wait();
    server.running.stop().await;
    let run = ClientRun {
        mark: Some(mark),
        ..run
    };
    let mut cases = run.judge_together(calls, &setting.database);
    if let Some(diagnosis) = broken(&server.running, died) {
        // It comes first, since the rest follows from it.
        cases.insert(0, CaseReport::of_fact("server", Some(diagnosis)));
    }
    Ok(LessonReport::of_cases(lesson, started.elapsed(), cases))
}

/// What went wrong inside the server while the client called it.
fn broken(server: &Running, died: Option<Exit>) -> Option<Diagnosis> {
    let panics = panics::find(&server.stderr.text());
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
