//! Running the learner's client once, against a recording server.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use super::decoys::Decoys;
use crate::checker::CheckError;
use crate::checker::finish::{Finished, Limits};
use crate::checker::programs::Programs;
use crate::guide::Database;
use crate::guide::cases::ClientCalls;
use crate::guide::client::{Astray, ClientRun, Ending, trials};
use crate::guide::synthetic::SyntheticAnswers;
use crate::probe::recorder::{FaultInjection, Recorder, Source};
use crate::transcript::{EventKind, Transcript};
use crate::verdict::CaseReport;

/// A program of the learner's that is a client, with the words it is started with. The address of the
/// server follows them.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    /// The program.
    pub program: &'a str,
    /// The words.
    pub words: &'a [&'a str],
}

impl Piece<'_> {
    /// Runs it, and then as often again as its first run calls for, side by side: against servers that
    /// end a call with an error or take their time.
    ///
    /// # Errors
    ///
    /// If the system gives no port, or the program cannot be started.
    pub async fn check(
        self,
        programs: &Programs<'_>,
        expect: &ClientCalls,
        database: &Database,
    ) -> Result<Vec<CaseReport>, CheckError> {
        let plain = ClientRun {
            errors_must_fail: true,
            ..self.astray(programs).await?
        };
        let mut cases = plain.judge_calls(expect, database);
        let faults = trials::after(&plain, expect, &cases);
        let runs = faults.iter().map(|fault| {
            let source = synthetic(programs.setting.seed, *fault);
            self.run(programs, source)
        });
        let runs = futures_util::future::join_all(runs).await;
        for (fault, run) in faults.into_iter().zip(runs) {
            trials::judge(&plain, fault, &run?, expect, database, &mut cases);
        }
        Ok(cases)
    }

    /// Runs it against a server that keeps to the contract and, if it does not connect there, once more
    /// to see where it connects.
    ///
    /// # Errors
    ///
    /// As [`Piece::check`].
    pub async fn astray(self, programs: &Programs<'_>) -> Result<ClientRun, CheckError> {
        let source = || synthetic(programs.setting.seed, FaultInjection::None);
        let limits = Limits::of(programs.setting, programs.watch);
        let run = self.run_within(programs, source(), limits).await?;
        if run.recording.connections > 0 {
            return Ok(run);
        }
        let decoys = Decoys::open().await;
        let connected_to = decoys
            .watch(self.run_within(programs, source(), limits.again()))
            .await?;
        Ok(ClientRun {
            astray: Astray {
                connected_to,
                taken: decoys.taken,
            },
            ..run
        })
    }

    /// Runs it once, against a recording server that answers from a source.
    ///
    /// # Errors
    ///
    /// As [`Piece::check`].
    pub async fn run(
        self,
        programs: &Programs<'_>,
        source: Source,
    ) -> Result<ClientRun, CheckError> {
        let limits = Limits::of(programs.setting, programs.watch);
        self.run_within(programs, source, limits).await
    }

    async fn run_within(
        self,
        programs: &Programs<'_>,
        source: Source,
        limits: Limits<'_>,
    ) -> Result<ClientRun, CheckError> {
        let recorder = Recorder::start(&[SocketAddr::from((Ipv4Addr::LOCALHOST, 0))], source)
            .await
            .map_err(|error| CheckError::System {
                doing: "open a port for the client".to_string(),
                error,
            })?;
        let addr = recorder.addr().to_string();
        let arguments: Vec<&str> = self.words.iter().copied().chain([addr.as_str()]).collect();
        let finished = programs
            .run_client(self.program, &arguments, &recorder, limits)
            .await?;
        let output = finished.stdout.clone();
        Ok(seen(&recorder, addr, finished, output, programs.setting.patience).await)
    }
}

/// Everything that was seen of a client that has ended.
pub async fn seen(
    recorder: &Recorder,
    addr: String,
    finished: Finished,
    output: String,
    patience: Duration,
) -> ClientRun {
    // The program is gone, but what it sent last may still be on its way to the recorder.
    if recorder.recording().connections > 0 {
        recorder.greeted(patience).await;
        recorder.quiet(patience).await;
    }
    let mut recording = recorder.recording();
    if finished.ending == Ending::TimedOut {
        for call in &mut recording.calls {
            stalled(call, patience);
        }
    }
    ClientRun {
        addr,
        recording,
        ending: finished.ending,
        output,
        said: finished.said,
        stderr: finished.stderr,
        mark: None,
        astray: Astray::default(),
        errors_must_fail: false,
    }
}

/// A call that was still open when its client was stopped: it was not the client that cancelled it. Its
/// end came only after nothing had moved for as long as the lab waits.
fn stalled(call: &mut Transcript, patience: Duration) {
    let half_closed = call.position(|what| matches!(what, EventKind::HalfClosed));
    let waiting_for = match half_closed {
        Some(_) => "the end of the call",
        None => "another message or a half-close",
    };
    let before = call
        .events
        .iter()
        .rev()
        .nth(1)
        .map_or(Duration::ZERO, |event| event.at);
    if let Some(last) = call.events.last_mut()
        && last.what == EventKind::Cancelled
        && last.at.saturating_sub(before) >= patience
    {
        last.what = EventKind::Stalled {
            waiting_for: waiting_for.to_string(),
        };
    }
}

/// Answers that are invented, the same for all runs of one check.
pub fn synthetic(seed: u64, fault: FaultInjection) -> Source {
    Source::Synthetic {
        answers: Arc::new(SyntheticAnswers::new(seed)),
        fault,
    }
}
