//! The learner's programs: which are needed, and how they are started.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::last_words;
use super::server::asks_for_burst;
use super::startup::{Server, Wait, Waited, announced, at_the_panic, before_start};
use super::{Awaited, Blame, Check, CheckError, TrackCode};
use crate::course::Lesson;
use crate::guide::cases::Proof;
use crate::process::child::backtraces;
use crate::process::files::forbids_programs;
use crate::process::group::KillScope;
use crate::process::guard::GuardedFolder;
use crate::process::sockets::{self, Listening};
use crate::process::{Launch, Running, Trust, port};
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
        Proof::Requirement,
    ]) {
        programs.push("stage");
    }
    let is_about_program = lessons
        .iter()
        .any(|lesson| lesson.check.is_about_program() || asks_for_burst(lesson));
    if uses(&[Proof::Server, Proof::Together]) || is_about_program {
        programs.push("server");
    }
    if uses(&[Proof::Client, Proof::Together]) {
        programs.push("client");
    }
    programs
}

/// How the folders of copies are called.
const COPIES: &str = "routeguide-lab-copies-";

/// The file in a folder of copies that is locked for as long as its lab runs.
const IN_USE: &str = "in-use";

/// A folder without that file is being made, or belongs to an earlier version of the lab. If it is this old, it has
/// been left behind.
const ABANDONED: Duration = Duration::from_secs(3600);

/// Removes what labs that were killed have left behind. What cannot be removed stays for another time.
fn sweep(folder: &Path) {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    for entry in entries {
        let is_copy = entry.file_name().to_string_lossy().starts_with(COPIES);
        if is_copy && is_abandoned(&entry.path()) {
            std::fs::remove_dir_all(entry.path()).ok();
        }
    }
}

/// Whether the lab that has made a folder of copies is gone.
fn is_abandoned(folder: &Path) -> bool {
    match File::options().write(true).open(folder.join(IN_USE)) {
        Ok(file) => file.try_lock().is_ok(),
        Err(_) => {
            let modified = folder.metadata().and_then(|data| data.modified());
            let age = modified.map(|time| time.elapsed());
            matches!(age, Ok(Ok(age)) if age > ABANDONED)
        }
    }
}

/// Starts the programs of a track.
#[derive(Clone, Copy)]
pub struct Programs<'a> {
    /// The check that needs them.
    pub check: &'a Check<'a>,
    /// The crate that they belong to.
    pub code: &'a TrackCode,
    /// What has been built.
    pub executables: &'a Executables,
    /// The features, as a file for the programs to read.
    pub database_file: &'a Path,
    /// Whether the programs write where their panics came from.
    pub backtraces: bool,
}

/// Copies of the programs that cargo has built. Cargo's own may be replaced by the next build, even
/// while they are being called; these stay what they are, and are gone when this value is.
#[derive(Debug, Default)]
pub struct Executables {
    paths: BTreeMap<String, PathBuf>,
    // In this order they are dropped: Windows removes no file that is open.
    _in_use: Option<File>,
    _folder: Option<TempDir>,
    _guarded: Option<GuardedFolder>,
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
        let guarded = folder
            .as_ref()
            .map(|folder| GuardedFolder::new(folder.path()));
        let in_use = folder
            .as_ref()
            .map(|folder| {
                let file = File::create(folder.path().join(IN_USE))?;
                // Nobody else knows the file yet. A file system without locks has none to ask for, either.
                file.try_lock().ok();
                io::Result::Ok(file)
            })
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
            _in_use: in_use,
            _folder: folder,
            _guarded: guarded,
        })
    }
}

impl Programs<'_> {
    /// Starts a program.
    ///
    /// # Errors
    ///
    /// If it has not been built, or cannot be started.
    pub fn start(&self, program: &str, arguments: &[&str]) -> Result<Running, CheckError> {
        let failed = CheckError::system(format!("start your program `{program}`"));
        let Some(executable) = self.executables.paths.get(program) else {
            let missing = "cargo has built no such program; is its [[bin]] gone?";
            return Err(failed(io::Error::other(missing)));
        };
        Launch {
            program: executable.clone(),
            arguments: arguments.iter().map(OsString::from).collect(),
            environment: [
                vec![("ROUTEGUIDE_DB", self.database_file.into())],
                match self.backtraces {
                    true => backtraces(),
                    false => Vec::new(),
                },
            ]
            .concat(),
            // Where the learner types `cargo run`, too: what is looked for beside the crate's own files
            // is not found here, either.
            folder: self.code.folder.root().to_path_buf(),
            kill_scope: KillScope::Everything,
            shell_line: None,
            trust: Trust::Tested,
            #[cfg(windows)]
            verbatim: None,
        }
        .start()
        .map_err(|error| failed(not_executable(executable, error)))
    }

    /// Hosts the service on the stage, which chooses a port and prints it.
    ///
    /// # Errors
    ///
    /// Outside: the machine's fault. Inside: the learner's, with what the program said.
    pub async fn stage(&self) -> Result<Result<Server, Blame>, CheckError> {
        let mut running = self.start("stage", &["service", "127.0.0.1:0"])?;
        let stdout = running.stdout.clone();
        let line =
            stdout.wait_for_line(|line| line.strip_prefix("listening on ")?.trim().parse().ok());
        let limit = self.check.setting.startup;
        let line = tokio::time::timeout(limit, line);
        let diagnosis = match announced(self.check, Awaited::Listening, limit, line).await {
            Ok(Some(addr)) => return Ok(Ok(Server::started(addr, running))),
            Ok(None) => crashed(&mut running).await,
            Err(_) => {
                running.stop().await;
                let seconds = limit.as_secs();
                let message = format!("Your service runs, but does not listen after {seconds} s.");
                Diagnosis::mistake("hangs", message)
            }
        };
        let diagnosis = at_the_panic(diagnosis, &running, &self.code.folder);
        Ok(Err(Blame::fail(
            diagnosis.quoting(last_words::of(&running)),
        )))
    }

    /// Starts the learner's own server program on a free port, and waits until it listens.
    ///
    /// # Errors
    ///
    /// As [`Programs::stage`].
    pub async fn server(&self) -> Result<Result<Server, Blame>, CheckError> {
        let mut tries = 1;
        loop {
            let addr = port::free()
                .await
                .map_err(CheckError::system("find a free port"))?;
            let wait = Wait {
                expected: &[addr],
                name: &addr.to_string(),
                patience: self.check.setting.patience,
                limit: self.check.setting.startup,
                may_leave: false,
                announcement: Some("Starting server on "),
                folder: Some(&self.code.folder),
                before: &before_start().await,
            };
            let running = self.start("server", &[&addr.to_string()])?;
            match wait.listening(self.check, running).await {
                Ok(server) => return Ok(only_there(server).await),
                // Another program was faster to take the port that was free: no fault of the learner's.
                Err((Waited::Stale { .. }, _)) if tries < MOST_TRIES => tries += 1,
                Err((_, blame)) => return Ok(Err(in_rust(blame))),
            }
        }
    }
}

/// Why a program cannot be started, with the cause where the folder forbids it.
fn not_executable(program: &Path, error: io::Error) -> io::Error {
    let folder = program.parent().unwrap_or(program);
    match error.kind() == io::ErrorKind::PermissionDenied && forbids_programs(folder) {
        true => io::Error::other(format!(
            "no program can be run in {}: the file system is mounted with `noexec`; set the variable CARGO_TARGET_DIR \
             to a folder on another one",
            folder.display()
        )),
        false => error,
    }
}

/// With what to do about a server in Rust that stops at once.
fn in_rust(blame: Blame) -> Blame {
    if blame.diagnosis.mistakes != ["returned-at-once"] {
        return blame;
    }
    let hint = "Either the server is not awaited, or the future that you pass to `serve_with_shutdown` completes at once: \
                await `tokio::signal::ctrl_c()` in it.";
    Blame {
        diagnosis: blame.diagnosis.hint_in_rust(hint),
        ..blame
    }
}

/// A server that answers at its address must listen there, and not on every address of the machine.
async fn only_there(mut server: Server) -> Result<Server, Blame> {
    let Some(running) = &mut server.running else {
        return Ok(server);
    };
    let socket = sockets::listener_at(server.addr).await;
    let is_own = |socket: &Listening| running.contains(socket.process);
    match socket.filter(|socket| socket.addr != server.addr && is_own(socket)) {
        None => Ok(server),
        Some(socket) => {
            running.stop().await;
            Err(Blame::fail(startup::elsewhere(server.addr, socket.addr)))
        }
    }
}

async fn crashed(running: &mut Running) -> Diagnosis {
    let how = match running.wait().await {
        Ok(exit) => exit.to_string(),
        Err(error) => error.to_string(),
    };
    let message = format!("Your server ended at once, with {how}.");
    Diagnosis::mistake("crashed-at-start", message)
}
