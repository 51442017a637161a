//! The learner's programs: which are needed, and how they are started.

use std::ffi::OsString;
use std::net::SocketAddr;

use super::{CheckError, Setting};
use crate::contract::cases::Proof;
use crate::course::Lesson;
use crate::process::cargo::Built;
use crate::process::output::last_lines;
use crate::process::{Launch, Running, port};
use crate::verdict::Diagnosis;
use crate::verdict::client::Ending;

/// How many of a program's last lines are quoted.
const QUOTED_LINES: usize = 12;

/// The programs that lessons need.
pub fn needed(lessons: &[&Lesson]) -> Vec<&'static str> {
    let uses = |proofs: &[Proof]| lessons.iter().any(|l| proofs.contains(&l.check.proves));
    let mut programs = Vec::new();
    if uses(&[
        Proof::GeneratedCode,
        Proof::Methods,
        Proof::Connection,
        Proof::Call,
    ]) {
        programs.push("stage");
    }
    if uses(&[Proof::Server, Proof::Together]) {
        programs.push("server");
    }
    if uses(&[Proof::Client, Proof::Together]) {
        programs.push("client");
    }
    programs
}

/// Starts the learner's programs.
pub struct Programs<'a> {
    /// What is checked.
    pub setting: &'a Setting,
    /// What has been built.
    pub built: &'a Built,
}

/// A server that is listening.
pub struct Server {
    /// Where.
    pub addr: SocketAddr,
    /// The program.
    pub running: Running,
}

impl Programs<'_> {
    fn start(&self, program: &str, arguments: &[&str]) -> Result<Running, CheckError> {
        let failed = |error| CheckError::System {
            doing: format!("start your program `{program}`"),
            error,
        };
        let executable = self.built.programs.get(program).ok_or_else(|| {
            failed(std::io::Error::other(
                "cargo has built no such program; is its [[bin]] gone?",
            ))
        })?;
        Launch {
            program: executable.clone(),
            arguments: arguments.iter().map(OsString::from).collect(),
            environment: vec![
                ("ROUTEGUIDE_DB", self.setting.database_file.clone().into()),
                ("RUST_BACKTRACE", "0".into()),
            ],
            folder: self.setting.track.folder(self.setting.folder.root()),
        }
        .start()
        .map_err(failed)
    }

    /// Hosts the service on the stage.
    ///
    /// # Errors
    ///
    /// Outside: the machine's fault. Inside: the learner's, with what the program said.
    pub async fn stage(&self) -> Result<Result<Server, Diagnosis>, CheckError> {
        let mut running = self.start("stage", &["service", "127.0.0.1:0"])?;
        let listening = running.stdout.clone();
        let line =
            listening.wait_for_line(|line| line.strip_prefix("listening on ")?.trim().parse().ok());
        match tokio::time::timeout(self.setting.patience, line).await {
            Ok(Some(addr)) => Ok(Ok(Server { addr, running })),
            Ok(None) => Ok(Err(crashed(&mut running).await)),
            Err(_) => {
                running.stop().await;
                Ok(Err(Diagnosis::mistake(
                    "hangs",
                    "Your service did not start to listen.",
                )
                .quoting(words(&running))))
            }
        }
    }

    /// Starts the learner's own server program on a free port, and waits until it listens.
    ///
    /// # Errors
    ///
    /// As [`Programs::stage`].
    pub async fn server(&self) -> Result<Result<Server, Diagnosis>, CheckError> {
        let addr = port::free().await.map_err(|error| CheckError::System {
            doing: "find a free port".to_string(),
            error,
        })?;
        let mut running = self.start("server", &[&addr.to_string()])?;
        let listens = tokio::select! {
            () = port::accepting(addr) => true,
            _ = running.wait() => false,
            () = tokio::time::sleep(self.setting.patience) => false,
        };
        if listens {
            return Ok(Ok(Server { addr, running }));
        }
        if let Some(exit) = running.try_wait() {
            let diagnosis = if exit.is_success() {
                Diagnosis::mistake(
                    "returned-at-once",
                    "Your server returned, and its program ended.",
                )
                .hint("Await the server until it is told to stop.")
                .quoting(words(&running))
            } else {
                crashed(&mut running).await
            };
            return Ok(Err(diagnosis));
        }
        running.stop().await;
        let diagnosis = Diagnosis::new(format!("Your server runs, but nothing listens on {addr}."))
            .hint("Listen on the address that `serve` is given.")
            .quoting(words(&running));
        Ok(Err(diagnosis))
    }

    /// Runs a program that ends by itself, such as a client.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub async fn run(&self, program: &str, arguments: &[&str]) -> Result<Finished, CheckError> {
        let mut running = self.start(program, arguments)?;
        let ended = tokio::time::timeout(self.setting.patience, running.wait()).await;
        let ending = match ended {
            Ok(Ok(exit)) if exit.is_success() => Ending::Success,
            Ok(Ok(exit)) => Ending::Failure(exit.to_string()),
            Ok(Err(error)) => Ending::Failure(error.to_string()),
            Err(_) => {
                running.stop().await;
                Ending::TimedOut
            }
        };
        Ok(Finished {
            ending,
            stdout: running.stdout.text(),
            stderr: words(&running),
        })
    }
}

/// A program that has ended.
#[derive(Debug)]
pub struct Finished {
    /// How.
    pub ending: Ending,
    /// All it wrote to standard output.
    pub stdout: String,
    /// Its last lines on standard error.
    pub stderr: String,
}

/// What a program wrote last to standard error.
pub fn words(running: &Running) -> String {
    last_lines(&running.stderr.text(), QUOTED_LINES).join("\n")
}

async fn crashed(running: &mut Running) -> Diagnosis {
    let how = match running.wait().await {
        Ok(exit) => exit.to_string(),
        Err(error) => error.to_string(),
    };
    Diagnosis::mistake(
        "crashed-at-start",
        format!("Your server ended at once, with {how}."),
    )
    .quoting(words(running))
}
