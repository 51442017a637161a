//! The learner's programs: which are needed, and how they are started.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::finish::{Finished, Limits};
use super::starting::{Wait, Waited, announced};
use super::{Awaited, CheckError, Code, Setting, Watch};
use crate::course::Lesson;
use crate::guide::cases::Proof;
use crate::probe::recorder::Recorder;
use crate::process::group::KillScope;
use crate::process::output::Output;
use crate::process::sockets::{self, Listening};
use crate::process::{Launch, Running, port};
use crate::verdict::{Diagnosis, startup};

/// How many times a free port is looked for.
const MOST_TRIES: usize = 3;

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

/// How the folders of copies are called.
const COPIES: &str = "routeguide-lab-copies-";

/// Copies this old belong to a lab that was killed before it could remove them.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Removes what labs that were killed have left behind. What cannot be removed stays for another time.
fn sweep(folder: &Path) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        let is_copy = entry.file_name().to_string_lossy().starts_with(COPIES);
        let age = entry
            .metadata()
            .and_then(|data| data.modified())
            .map(|time| time.elapsed());
        if is_copy && matches!(age, Ok(Ok(age)) if age > ABANDONED) {
            std::fs::remove_dir_all(entry.path()).ok();
        }
    }
}

/// Starts the learner's programs.
pub struct Programs<'a> {
    /// How they are checked.
    pub setting: &'a Setting,
    /// Whose they are.
    pub code: &'a Code,
    /// What has been built.
    pub executables: &'a Executables,
    /// Who is told how long a program is waited for.
    pub watch: &'a dyn Watch,
}

/// Copies of the programs that cargo has built. Cargo's own may be replaced by the next build, even
/// while they are being called; these stay what they are, and are gone when this value is.
#[derive(Debug)]
pub struct Executables {
    paths: BTreeMap<String, PathBuf>,
    _folder: Option<TempDir>,
}

impl Executables {
    /// Copies programs, beside the originals: there, programs may be started from for certain.
    ///
    /// # Errors
    ///
    /// If a program cannot be copied.
    pub fn copy(programs: &BTreeMap<String, PathBuf>) -> io::Result<Executables> {
        let beside = programs.values().next().and_then(|path| path.parent());
        if let Some(beside) = beside {
            sweep(beside);
        }
        let folder = beside
            .map(|beside| tempfile::Builder::new().prefix(COPIES).tempdir_in(beside))
            .transpose()?;
        let mut paths = BTreeMap::new();
        for (name, original) in programs {
            if let (Some(folder), Some(file)) = (&folder, original.file_name()) {
                let copy = folder.path().join(file);
                std::fs::copy(original, &copy)?;
                paths.insert(name.clone(), copy);
            }
        }
        Ok(Executables {
            paths,
            _folder: folder,
        })
    }
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
        let executable = self.executables.paths.get(program).ok_or_else(|| {
            failed(io::Error::other(
                "cargo has built no such program; is its [[bin]] gone?",
            ))
        })?;
        Launch {
            program: executable.clone(),
            arguments: arguments.iter().map(OsString::from).collect(),
            environment: vec![
                ("ROUTEGUIDE_DB", self.code.database_file.clone().into()),
                ("RUST_BACKTRACE", "0".into()),
            ],
            // Where the learner types `cargo run`, too: what is looked for beside the crate's own files
            // is not found here, either.
            folder: self.code.folder.root().to_path_buf(),
            kill_scope: KillScope::Everything,
            #[cfg(windows)]
            verbatim: None,
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
        let limit = self.setting.startup;
        let line = tokio::time::timeout(limit, line);
        match announced(Awaited::Listening, limit, self.watch, line).await {
            Ok(Some(addr)) => Ok(Ok(Server { addr, running })),
            Ok(None) => Ok(Err(crashed(&mut running).await)),
            Err(_) => {
                running.stop().await;
                Ok(Err(Diagnosis::mistake(
                    "hangs",
                    format!(
                        "Your service runs, but does not listen after {} s.",
                        limit.as_secs()
                    ),
                )
                .quoting(running.last_words())))
            }
        }
    }

    /// Starts the learner's own server program on a free port, and waits until it listens.
    ///
    /// # Errors
    ///
    /// As [`Programs::stage`].
    pub async fn server(&self) -> Result<Result<Server, Diagnosis>, CheckError> {
        let mut tries = 1;
        loop {
            let addr = port::free().await.map_err(|error| CheckError::System {
                doing: "find a free port".to_string(),
                error,
            })?;
            let mut running = self.start("server", &[&addr.to_string()])?;
            let wait = Wait {
                told: &[addr],
                name: &addr.to_string(),
                patience: self.setting.patience,
                limit: self.setting.startup,
                may_leave: false,
            };
            let stdout = running.stdout.clone();
            let waiting = async {
                tokio::select! {
                    waited = wait.until_listening(&mut running) => waited,
                    other = elsewhere(&stdout, addr) => Waited::Elsewhere(other),
                }
            };
            match announced(Awaited::Listening, wait.limit, self.watch, waiting).await {
                Waited::Listens(_) => return Ok(only_there(Server { addr, running }).await),
                // Somebody else was faster to take the port that was free: no fault of the learner's.
                Waited::Stale { .. } if tries < MOST_TRIES => tries += 1,
                waited => {
                    running.stop().await;
                    return Ok(Err(wait.explain(&waited, &running).await));
                }
            }
        }
    }

    /// Runs a client. Once it has connected to the recorder, it may take its time, as long as something
    /// happens: it prints, or makes a call. Only when nothing moves, or there is no end to it, it is stopped.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub async fn run_client(
        &self,
        program: &str,
        arguments: &[&str],
        recorder: &Recorder,
        limits: Limits<'_>,
    ) -> Result<Finished, CheckError> {
        let running = self.start(program, arguments)?;
        Ok(limits.finish(running, recorder).await)
    }

    /// Runs a client that can connect to nobody.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    pub async fn run_alone(
        &self,
        program: &str,
        arguments: &[&str],
    ) -> Result<Finished, CheckError> {
        let running = self.start(program, arguments)?;
        Ok(Limits::of(self.setting, self.watch)
            .finish_alone(running)
            .await)
    }
}

/// Waits for a server to say that it listens somewhere else than it was told, and to do so.
async fn elsewhere(stdout: &Output, told: SocketAddr) -> SocketAddr {
    let announced = stdout.wait_for_line(|line| {
        let addr: SocketAddr = line
            .strip_prefix("Starting server on ")?
            .trim()
            .parse()
            .ok()?;
        (addr != told && addr.port() != 0).then_some(addr)
    });
    match announced.await {
        Some(other) => {
            port::accepting(other).await;
            other
        }
        None => std::future::pending().await,
    }
}

/// A server that answers at its address must listen there, and not on every address of the machine.
async fn only_there(mut server: Server) -> Result<Server, Diagnosis> {
    let socket = sockets::listener_at(server.addr).await;
    let is_own = |socket: &Listening| server.running.contains(socket.process);
    match socket.filter(|socket| socket.addr != server.addr && is_own(socket)) {
        None => Ok(server),
        Some(socket) => {
            server.running.stop().await;
            Err(startup::elsewhere(server.addr, socket.addr))
        }
    }
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
    .quoting(running.last_words())
}
