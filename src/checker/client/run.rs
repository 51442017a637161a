//! Running a client against a recording server, once or again and again.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;

use super::decoys::Decoys;
use crate::checker::programs::Programs;
use crate::checker::wait;
use crate::checker::{Check, CheckError, Command};
use crate::guide::cases::ClientCalls;
use crate::guide::client::{ClientRun, Misdirected, trials};
use crate::guide::synthetic::SyntheticAnswers;
use crate::probe::recorder::{FaultInjection, MORE_FROM_THE_CLIENT, Recorder, Source};
use crate::process::{Launch, Running};
use crate::transcript::{EventKind, Transcript};
use crate::verdict::CaseReport;

/// How often a client is run whose connections are reset before anything can be read from them. Where that can happen
/// to a right client at all, it happens about every second time.
const MOST_RESETS: usize = 5;

/// A client under check.
#[derive(Clone, Copy)]
pub struct Client<'a> {
    /// The check.
    pub check: &'a Check<'a>,
    /// How it is run.
    pub program: Program<'a>,
}

/// How a client is run.
#[derive(Clone, Copy)]
pub enum Program<'a> {
    /// A program of a track. The address of the server is its last argument, and each run has a recording server of
    /// its own.
    Track {
        /// The programs of the track.
        programs: &'a Programs<'a>,
        /// Which of them.
        name: &'a str,
        /// The arguments before the address.
        words: &'a [&'a str],
    },
    /// A command. It finds the recording server always at the same address.
    Command {
        /// The command.
        command: &'a Command,
        /// The recording server.
        recorder: &'a Recorder,
    },
}

impl Client<'_> {
    /// Runs it against a server that keeps to the contract and, if it does not connect there, once more
    /// to see where it connects.
    ///
    /// # Errors
    ///
    /// If the system gives no port, or the program cannot be started.
    pub async fn first_run(&self) -> Result<ClientRun, CheckError> {
        let startup = self.check.setting.startup;
        let run = self
            .run(self.synthetic(FaultInjection::None), startup)
            .await?;
        if run.recording.connections > 0 {
            return Ok(run);
        }
        let decoys = Decoys::open().await;
        // What had to be compiled is compiled by now.
        let again = self.run(self.synthetic(FaultInjection::None), startup / 3);
        let connected_to = decoys.watch(again).await?;
        Ok(ClientRun {
            misdirected: Misdirected {
                connected_to,
                taken: decoys.taken,
                connected_for_call: false,
            },
            ..run
        })
    }

    /// Judges the calls of the first run, and runs the client as often again as these call for: against servers
    /// that end a call with an error or take their time.
    ///
    /// # Errors
    ///
    /// As [`Client::first_run`].
    pub async fn judge_calls(
        &self,
        first: ClientRun,
        expect: &ClientCalls,
    ) -> Result<Vec<CaseReport>, CheckError> {
        let database = &self.check.setting.database;
        let mut cases = first.judge_calls(expect, database);
        let faults = trials::after(&first, expect, &cases);
        let runs = faults.iter().map(|fault| {
            let source = self.synthetic(*fault);
            self.run(source, self.check.setting.startup)
        });
        let runs = match self.program {
            Program::Track { .. } => join_all(runs).await,
            // They share the address.
            Program::Command { .. } => {
                let mut ended = Vec::new();
                for run in runs {
                    ended.push(run.await);
                }
                ended
            }
        };
        for (fault, run) in faults.into_iter().zip(runs) {
            trials::judge(&first, fault, &run?, expect, database, &mut cases);
        }
        Ok(cases)
    }

    /// Runs it against a recording server that answers from a source. It has `startup` to connect. A run that says nothing
    /// about the client is repeated.
    ///
    /// # Errors
    ///
    /// As [`Client::first_run`].
    pub async fn run(&self, source: Source, startup: Duration) -> Result<ClientRun, CheckError> {
        let mut run = self.run_once(source.clone(), startup).await?;
        for _ in 1..MOST_RESETS {
            if !run.recording.says_nothing() {
                break;
            }
            run = self.run_once(source.clone(), startup).await?;
        }
        Ok(run)
    }

    async fn run_once(&self, source: Source, startup: Duration) -> Result<ClientRun, CheckError> {
        match &self.program {
            Program::Track {
                programs,
                name,
                words,
            } => {
                let addresses = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0))];
                let recorder = Recorder::start(&addresses, source)
                    .await
                    .map_err(CheckError::system("open a port for the client"))?;
                let addr = recorder.addr().to_string();
                let arguments: Vec<&str> = words.iter().copied().chain([addr.as_str()]).collect();
                let running = programs.start(name, &arguments)?;
                Ok(self.record(&recorder, running, startup).await)
            }
            Program::Command { command, recorder } => {
                recorder.begin(source);
                let running = start(command, recorder.addr())?;
                Ok(self.record(recorder, running, startup).await)
            }
        }
    }

    /// Waits for a client to end, and returns everything that was seen of it.
    async fn record(&self, recorder: &Recorder, running: Running, startup: Duration) -> ClientRun {
        let patience = self.check.setting.patience;
        let finished = wait::for_client(self.check, running, recorder, startup).await;
        // The program is gone, but what it sent last may still be on its way to the recorder.
        recorder.caught_up(patience).await;
        if recorder.recording().connections > 0 {
            recorder.greeted(patience).await;
            recorder.quiet(patience).await;
        }
        let mut recording = recorder.recording();
        if finished.ending.is_timed_out() {
            for call in &mut recording.calls {
                stalled(call, patience);
            }
        }
        let is_track = matches!(self.program, Program::Track { .. });
        ClientRun {
            addr: recorder.addr().to_string(),
            recording,
            ending: finished.ending,
            // The usual logger of some languages writes to standard error.
            output: match is_track {
                true => finished.stdout,
                false => finished.said.clone(),
            },
            said: finished.said,
            stderr: finished.stderr,
            mark: None,
            misdirected: Misdirected::default(),
            is_course_client: is_track,
        }
    }

    /// Answers that are synthetic, from a server that behaves in this way.
    pub fn synthetic(&self, fault: FaultInjection) -> Source {
        synthetic(self.check.setting.seed, fault)
    }
}

/// A call that was still open when its client was stopped: it was not the client that cancelled it. Its
/// end came only after nothing had moved for as long as the lab waits.
fn stalled(call: &mut Transcript, patience: Duration) {
    let half_closed = call.position(|what| matches!(what, EventKind::HalfClosed));
    let waiting_for = match half_closed {
        Some(_) => "the end of the call",
        None => MORE_FROM_THE_CLIENT,
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

/// Answers that are synthetic, and the same for all runs of one check.
pub fn synthetic(seed: u64, fault: FaultInjection) -> Source {
    Source::Synthetic {
        answers: Arc::new(SyntheticAnswers::new(seed)),
        fault,
    }
}

fn start(command: &Command, addr: SocketAddr) -> Result<Running, CheckError> {
    let mut launch = Launch::shell(&command.line, command.folder.clone());
    launch.environment = vec![
        // What was typed may be no address to connect to, such as `:50051`.
        ("ROUTEGUIDE_ADDR", addr.to_string().into()),
        ("RUST_BACKTRACE", "0".into()),
        // What Python prints would be lost if it had to be stopped.
        ("PYTHONUNBUFFERED", "1".into()),
    ];
    if let Some(file) = &command.database_file {
        let variable = ("ROUTEGUIDE_DB", file.clone().into());
        launch.environment.push(variable);
    }
    let failed = CheckError::system(format!("run `{}`", command.line));
    launch.start().map_err(failed)
}
