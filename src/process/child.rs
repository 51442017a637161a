//! One program under supervision: in a process group of its own (on Windows a job object), with its
//! outputs drained, and gone when this value is.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use std::{fmt, io};

use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use tokio::process::ChildStdin;
use tokio::task::JoinSet;

use super::output::Output;

/// How long outputs may stay open after the program has ended, which happens when a process that left
/// its group still holds them.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A program to start.
#[derive(Debug, Clone)]
pub struct Launch {
    /// The executable.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Variables added to its environment.
    pub environment: Vec<(&'static str, OsString)>,
    /// The folder it runs in.
    pub folder: PathBuf,
}

/// A program that has been started.
#[derive(Debug)]
pub struct Running {
    child: Box<dyn ChildWrapper>,
    /// Standard input stays open as long as this value lives: `stage` ends when it closes, so it
    /// ends even if the lab itself is killed.
    _input: Option<ChildStdin>,
    /// What it writes to standard output.
    pub stdout: Output,
    /// What it writes to standard error.
    pub stderr: Output,
    drains: JoinSet<()>,
}

impl Launch {
    /// Starts the program.
    ///
    /// # Errors
    ///
    /// If it cannot be started, for example because it does not exist.
    pub fn start(&self) -> io::Result<Running> {
        let mut command = CommandWrap::with_new(&self.program, |command| {
            command
                .args(&self.arguments)
                .envs(self.environment.iter().map(|(name, value)| (name, value)))
                .current_dir(&self.folder)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
        });
        command.wrap(KillOnDrop);
        #[cfg(unix)]
        command.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::tokio::JobObject);

        let mut child = command.spawn()?;
        let closed = || io::Error::other("the program's outputs are not connected");
        let (stdout, drain_stdout) = Output::drain(child.stdout().take().ok_or_else(closed)?);
        let (stderr, drain_stderr) = Output::drain(child.stderr().take().ok_or_else(closed)?);
        let mut drains = JoinSet::new();
        drains.spawn(drain_stdout);
        drains.spawn(drain_stderr);
        let input = child.stdin().take();
        Ok(Running {
            child,
            _input: input,
            stdout,
            stderr,
            drains,
        })
    }
}

impl Running {
    /// Waits until the program ends by itself, and all it wrote has been read.
    ///
    /// # Errors
    ///
    /// If the system cannot tell how it ended.
    pub async fn wait(&mut self) -> io::Result<Exit> {
        let status = self.child.wait().await?;
        self.finish_drains().await;
        Ok(Exit(status))
    }

    /// How the program ended, if it has.
    pub fn try_wait(&mut self) -> Option<Exit> {
        self.child.try_wait().ok().flatten().map(Exit)
    }

    /// Kills the program with everything it has started in its group, and reads what it wrote last.
    pub async fn stop(&mut self) {
        // An error means that it has ended already.
        if self.child.start_kill().is_ok() {
            self.child.wait().await.ok();
        }
        self.finish_drains().await;
    }

    async fn finish_drains(&mut self) {
        let drains = &mut self.drains;
        let all = async { while drains.join_next().await.is_some() {} };
        tokio::time::timeout(LAST_WORDS, all).await.ok();
    }
}

impl Drop for Running {
    /// `KillOnDrop` reaches the program alone; this reaches its whole group.
    fn drop(&mut self) {
        self.child.start_kill().ok();
    }
}

/// How a program ended.
#[derive(Debug, Clone, Copy)]
pub struct Exit(ExitStatus);

impl Exit {
    /// Whether it ended with exit code 0.
    pub fn is_success(self) -> bool {
        self.0.success()
    }
}

/// `exit code 1` or `signal 6`.
impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(code) = self.0.code() {
            return write!(f, "exit code {code}");
        }
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&self.0) {
            return write!(f, "signal {signal}");
        }
        write!(f, "{}", self.0)
    }
}
