//! A child process in a process group of its own, whose outputs are read, and which is killed when the value is dropped.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{fmt, io};

use tokio::process::{ChildStdin, Command};
use tokio::task::JoinSet;

use super::group::{Group, KillScope};
use super::output::Output;
use super::shell;
use super::withheld::{self, Trust};

/// How long outputs may stay open after the program has ended, which happens when a process that left
/// its group still holds them.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How long to wait between two checks whether processes have ended. There is no event to wait for instead: the
/// system reports the end of our own children only.
const BETWEEN_CHECKS: Duration = Duration::from_millis(20);

/// Makes a Rust program write where its panics came from. Errors that are only returned get no backtrace.
pub fn backtraces() -> Vec<(&'static str, OsString)> {
    vec![
        ("RUST_BACKTRACE", "1".into()),
        ("RUST_LIB_BACKTRACE", "0".into()),
    ]
}

/// A program to start.
#[derive(Debug, Clone, Default)]
pub struct Launch {
    /// The executable.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Variables added to its environment.
    pub environment: Vec<(&'static str, OsString)>,
    /// The folder it runs in.
    pub folder: PathBuf,
    /// Which of the processes that it starts are stopped with it.
    pub kill_scope: KillScope,
    /// The command line that the program gets from a user, if it is a shell.
    pub shell_line: Option<String>,
    /// What it is to the lab, which says what it does not inherit.
    pub trust: Trust,
    /// The end of the command line, which is not quoted: the shell of Windows reads it unchanged.
    #[cfg(windows)]
    pub verbatim: Option<OsString>,
}

/// A program that has been started.
#[derive(Debug)]
pub struct Running {
    group: Group,
    /// As in [`Launch`].
    shell_line: Option<String>,
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
    /// A command line, for the system's shell.
    pub fn shell(command: &str, folder: PathBuf) -> Launch {
        #[cfg(not(windows))]
        return Launch {
            program: "sh".into(),
            arguments: vec!["-c".into(), command.into()],
            folder,
            kill_scope: KillScope::Everything,
            trust: Trust::Tested,
            environment: backtraces(),
            shell_line: Some(command.to_string()),
        };
        // With /S, the outer quotation marks go, and everything between them stays as it is.
        #[cfg(windows)]
        return Launch {
            program: "cmd".into(),
            arguments: vec!["/D".into(), "/S".into(), "/C".into()],
            verbatim: Some(format!("\"{command}\"").into()),
            folder,
            kill_scope: KillScope::Everything,
            trust: Trust::Tested,
            environment: backtraces(),
            shell_line: Some(command.to_string()),
        };
    }

    /// Starts the program.
    ///
    /// # Errors
    ///
    /// If it cannot be started, for example because it does not exist.
    pub fn start(&self) -> io::Result<Running> {
        let mut command = Command::new(&self.program);
        for name in withheld::variables(self.trust) {
            command.env_remove(name);
        }
        if self.trust == Trust::Tested {
            withheld::close_to_others();
        }
        command
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        #[cfg(windows)]
        if let Some(words) = &self.verbatim {
            command.raw_arg(words);
        }
        let mut group = Group::start(command, self.kill_scope)?;

        let (input, stdout, stderr) = group.take_streams();
        let closed = || io::Error::other("the program's outputs are not connected");
        let (stdout, drain_stdout) = Output::drain(stdout.ok_or_else(closed)?);
        let (stderr, drain_stderr) = Output::drain(stderr.ok_or_else(closed)?);
        let mut drains = JoinSet::new();
        drains.spawn(drain_stdout);
        drains.spawn(drain_stderr);
        Ok(Running {
            group,
            shell_line: self.shell_line.clone(),
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
        let status = self.group.wait().await?;
        self.finish_drains().await;
        Ok(Exit(status))
    }

    /// Waits until the program ends by itself; what it wrote last may still be on its way. Dropping the
    /// future loses nothing.
    ///
    /// # Errors
    ///
    /// As [`Running::wait`].
    pub async fn exited(&mut self) -> io::Result<Exit> {
        self.group.wait().await.map(Exit)
    }

    /// How the program ended, if it has.
    pub fn try_wait(&mut self) -> Option<Exit> {
        self.group.try_wait().map(Exit)
    }

    /// Whether the program keeps a processor busy, seen over this time. None where the system does not tell.
    pub async fn is_busy(&self, time: Duration) -> Option<bool> {
        const TICK: Duration = Duration::from_millis(10);
        let before = self.group.processor_ticks()?;
        let began = Instant::now();
        tokio::time::sleep(time).await;
        let ticks = self.group.processor_ticks()?.saturating_sub(before);
        let ran = TICK * u32::try_from(ticks).unwrap_or(u32::MAX);
        // A machine that others use too gives it a part of that.
        Some(ran * 5 > began.elapsed())
    }

    /// Sends what Ctrl-C sends. Returns whether that is possible on this system.
    pub fn send_interrupt(&mut self) -> bool {
        self.group.interrupt()
    }

    /// Waits for the program to end after Ctrl-C.
    pub async fn interrupted(&mut self, patience: Duration) -> Interrupted {
        match tokio::time::timeout(patience, self.wait()).await {
            Ok(Ok(exit)) => Interrupted::Ended(exit),
            _ => Interrupted::Ignored,
        }
    }

    /// Which of some processes are the program, or were started by it, as far as the system tells.
    pub fn among(&self, processes: &[u32]) -> Vec<u32> {
        self.group.among(processes)
    }

    /// Whether a process is the program, or was started by it, as far as the system tells.
    pub fn contains(&self, process: u32) -> bool {
        !self.among(&[process]).is_empty()
    }

    /// Whether it is known which processes the program has started. If not, [`Running::among`] knows the program alone.
    pub fn knows_its_processes(&self) -> bool {
        Group::KNOWS_ITS_PROCESSES
    }

    /// Whether the program, or something that it has started, still runs. Where it is not known what it has started,
    /// that is taken to run as long as it holds one of the outputs.
    pub fn alive(&mut self) -> bool {
        self.group.alive() || (!Group::KNOWS_ITS_PROCESSES && self.outputs_are_open())
    }

    /// Whether the program, or something that it has started, may still write something.
    fn outputs_are_open(&mut self) -> bool {
        while self.drains.try_join_next().is_some() {}
        !self.drains.is_empty()
    }

    /// Whether a shell ended like this because it did not find the command that it was given, or may not run it.
    pub fn is_shells_refusal(&self, exit: Exit) -> bool {
        self.shell_line.is_some() && (exit.is_a_shells_refusal() || self.lacks_command(exit))
    }

    /// Whether a shell ended like this because it did not find the command that it was given, as far as its words tell.
    pub fn lacks_command(&self, exit: Exit) -> bool {
        let (Some(line), Some(code)) = (&self.shell_line, exit.0.code()) else {
            return false;
        };
        let stderr = self.stderr.text();
        match cfg!(windows) {
            true => {
                shell::cmd_lacks_command(code, line, &stderr, |name| which::which(name).is_ok())
            }
            false => shell::sh_lacks_command(code, &stderr),
        }
    }

    /// Asks the program and everything it has started to end, gives them `grace` for it, and kills what is
    /// left then.
    pub async fn end(&mut self, grace: Duration) -> Ended {
        let asked = self.group.terminate();
        let started = Instant::now();
        let mut left = self.alive();
        while asked && left && started.elapsed() < grace {
            tokio::time::sleep(BETWEEN_CHECKS).await;
            left = self.alive();
        }
        self.stop().await;
        if asked && left {
            Ended::Killed
        } else {
            Ended::WhenAsked
        }
    }

    /// Kills the program with everything it has started in its group, and reads what it wrote last.
    pub async fn stop(&mut self) {
        self.group.kill();
        // An error means that it has ended already.
        self.group.wait().await.ok();
        self.finish_drains().await;
    }

    async fn finish_drains(&mut self) {
        let drains = &mut self.drains;
        let all = async { while drains.join_next().await.is_some() {} };
        tokio::time::timeout(LAST_WORDS, all).await.ok();
    }
}

/// How a program was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It ended after SIGTERM; or there is no such signal on this system.
    WhenAsked,
    /// It had to be killed.
    Killed,
}

/// The result of [`Running::interrupt`].
#[derive(Debug, Clone, Copy)]
pub enum Interrupted {
    /// The program ended.
    Ended(Exit),
    /// It kept running.
    Ignored,
    /// It cannot be sent on this system.
    NotHere,
}

/// How a program ended.
#[derive(Debug, Clone, Copy)]
pub struct Exit(ExitStatus);

impl Exit {
    /// Whether this is what a shell ends with that does not find a command, or may not run it: 126 and 127
    /// in POSIX (XCU 2.8.2), 9009 in scripts of Windows' `cmd`.
    fn is_a_shells_refusal(self) -> bool {
        matches!(self.0.code(), Some(126 | 127 | 9009))
    }

    /// Whether it ended with exit code 0.
    pub fn is_success(self) -> bool {
        self.0.success()
    }
}

/// `exit code 1`, `exit code 0xC0000005 (access violation)` or `signal 6`.
impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(code) = self.0.code() {
            return write!(f, "{}", exit_code(code));
        }
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&self.0) {
            return write!(f, "signal {signal}");
        }
        write!(f, "{}", self.0)
    }
}

/// An exit code in words. Those with which Windows ends a program that crashed are NTSTATUS values, which people know
/// as hexadecimal numbers
/// (<https://learn.microsoft.com/openspecs/windows_protocols/ms-erref/596a1078-e883-4972-9bbc-49e60bebca55>); no
/// program on Unix has such a code.
fn exit_code(code: i32) -> String {
    /// An error of the system: the highest two bits of four, see section 2.3 there.
    const ERROR: u32 = 0xC;
    let status = code.cast_unsigned();
    if status >> 28 != ERROR {
        return format!("exit code {code}");
    }
    let meaning = match status {
        0xC000_0005 => " (access violation)",
        0xC000_001D => " (illegal instruction)",
        0xC000_0094 => " (integer division by zero)",
        0xC000_00FD => " (stack overflow)",
        0xC000_0135 => " (a DLL was not found)",
        0xC000_0139 => " (a DLL lacks a function)",
        0xC000_013A => " (ended by Ctrl-C)",
        0xC000_0374 => " (heap corruption)",
        0xC000_0409 => " (abort)",
        _ => "",
    };
    format!("exit code 0x{status:08X}{meaning}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_on_windows_has_its_number_in_hexadecimal() {
        assert_eq!(exit_code(0), "exit code 0");
        assert_eq!(exit_code(101), "exit code 101");
        assert_eq!(exit_code(-1), "exit code -1");
        for (code, words) in [
            (-1_073_741_819, "exit code 0xC0000005 (access violation)"),
            (-1_073_741_571, "exit code 0xC00000FD (stack overflow)"),
            (-1_073_740_791, "exit code 0xC0000409 (abort)"),
            (-1_073_741_510, "exit code 0xC000013A (ended by Ctrl-C)"),
            (-1_073_741_823, "exit code 0xC0000001"),
        ] {
            assert_eq!(exit_code(code), words);
        }
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn what_a_program_leaves_running_holds_its_outputs() {
        let run = async |line: &str| {
            let mut running = Launch::shell(line, std::env::temp_dir()).start().unwrap();
            running.exited().await.unwrap();
            running
        };
        let mut left = run("sleep 1000 & exit 0").await;
        assert!(left.outputs_are_open() && left.alive());
        left.stop().await;
        assert!(!left.outputs_are_open() && !left.alive());
        let mut done = run("exit 0").await;
        done.finish_drains().await;
        assert!(!done.outputs_are_open());
    }
}
