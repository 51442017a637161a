//! A program with the processes that it starts, which can be stopped together: a process group on Unix, a job object
//! on Windows.
//!
//! On Unix, two calls of the standard library and rustix are enough. A crate for both systems would enable features
//! of `libc` and `futures`, and then cargo would have to compile most of tonic again when a learner builds
//! start_here by itself.

use std::io;
use std::process::ExitStatus;
#[cfg(unix)]
use std::time::{Duration, Instant};

use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};

#[cfg(unix)]
use super::guard;
#[cfg(unix)]
use super::process_tree::{self, ProcessTree};

/// How long to wait for killed processes to die.
#[cfg(unix)]
const DYING: Duration = Duration::from_secs(1);

/// Which of the processes that a program has started are stopped with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KillScope {
    /// Those in its process group. Cargo may start a compile cache that other builds use too.
    #[default]
    Group,
    /// All processes that can be found.
    Everything,
}

/// A running program and its group.
#[derive(Debug)]
pub struct Group {
    #[cfg(unix)]
    leader: tokio::process::Child,
    /// The id of its process group.
    #[cfg(unix)]
    id: rustix::process::Pid,
    /// Its processes. The group id is the leader's process id, also after the leader has ended.
    #[cfg(unix)]
    tree: ProcessTree,
    #[cfg(unix)]
    killed: bool,
    #[cfg(windows)]
    leader: Box<dyn process_wrap::tokio::ChildWrapper>,
}

/// The three standard streams of a program.
pub type Streams = (Option<ChildStdin>, Option<ChildStdout>, Option<ChildStderr>);

impl Group {
    /// Whether it is known which processes belong to a group. A job of Windows knows it, but process-wrap does not tell.
    pub const KNOWS_ITS_PROCESSES: bool = cfg!(unix);

    /// Starts a program as the first of a new group.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    #[cfg(unix)]
    pub fn start(mut command: Command, scope: KillScope) -> io::Result<Group> {
        let mark = (scope == KillScope::Everything).then(process_tree::new_mark);
        match &mark {
            Some(mark) => command.env(process_tree::VARIABLE, mark),
            None => command.env(process_tree::GROUP_VARIABLE, process_tree::new_mark()),
        };
        guard::watch();
        // Group 0 means one of its own.
        let leader = command.process_group(0).kill_on_drop(true).spawn()?;
        let id = leader
            .id()
            .and_then(|id| rustix::process::Pid::from_raw(id.try_into().ok()?))
            .ok_or_else(|| io::Error::other("the program has no process id"))?;
        guard::started(id, mark.as_deref());
        Ok(Group {
            id,
            leader,
            tree: ProcessTree::new(id, mark),
            killed: false,
        })
    }

    /// Starts a program in a new job, which nothing leaves.
    ///
    /// # Errors
    ///
    /// If it cannot be started.
    #[cfg(windows)]
    pub fn start(command: Command, _scope: KillScope) -> io::Result<Group> {
        use process_wrap::tokio::{CommandWrap, CreationFlags, JobObject, KillOnDrop};
        use windows::Win32::System::Threading::CREATE_NEW_PROCESS_GROUP;
        let leader = CommandWrap::from(command)
            .wrap(KillOnDrop)
            // A console sends Ctrl-C to all programs that share it, but not to other groups than the first: the lab
            // alone decides how it ends what it has started.
            .wrap(CreationFlags(CREATE_NEW_PROCESS_GROUP))
            .wrap(JobObject)
            .spawn()?;
        Ok(Group { leader })
    }

    /// Takes the standard streams that are connected.
    #[cfg(unix)]
    pub fn take_streams(&mut self) -> Streams {
        let leader = &mut self.leader;
        (
            leader.stdin.take(),
            leader.stdout.take(),
            leader.stderr.take(),
        )
    }

    /// Takes the standard streams that are connected.
    #[cfg(windows)]
    pub fn take_streams(&mut self) -> Streams {
        let leader = &mut self.leader;
        (
            leader.stdin().take(),
            leader.stdout().take(),
            leader.stderr().take(),
        )
    }

    /// Waits until the program itself has ended.
    ///
    /// # Errors
    ///
    /// If the system cannot tell.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.leader.wait().await
    }

    /// How the program itself ended, if it has.
    pub fn try_wait(&mut self) -> Option<ExitStatus> {
        // An error means that there is nothing to be known.
        self.leader.try_wait().ok().flatten()
    }

    /// Which of some processes belong to it, as far as that can be known: on Windows, only the program
    /// itself.
    pub fn among(&self, processes: &[u32]) -> Vec<u32> {
        #[cfg(unix)]
        return self.tree.among(processes);
        #[cfg(not(unix))]
        return processes
            .iter()
            .copied()
            .filter(|process| self.leader.id() == Some(*process))
            .collect();
    }

    /// Whether the program or something that it has started still runs; on Windows, whether the program
    /// does.
    pub fn alive(&mut self) -> bool {
        let ended = self.try_wait().is_some();
        #[cfg(unix)]
        return !ended || self.tree.alive();
        #[cfg(not(unix))]
        return !ended;
    }

    /// Sends SIGINT, as Ctrl-C does, to all processes. Returns whether that is possible: on Windows it is not, for
    /// programs without a console.
    pub fn interrupt(&mut self) -> bool {
        #[cfg(unix)]
        self.tree.signal(rustix::process::Signal::INT);
        cfg!(unix)
    }

    /// How much time all processes have had on processors, in ticks of 1/100 s; none where the system does not tell.
    pub fn processor_ticks(&self) -> Option<u64> {
        #[cfg(unix)]
        return self.tree.processor_ticks();
        #[cfg(windows)]
        None
    }

    /// Sends SIGTERM to all processes. Returns whether that is possible, as [`Group::interrupt`] does.
    pub fn terminate(&mut self) -> bool {
        #[cfg(unix)]
        self.tree.signal(rustix::process::Signal::TERM);
        cfg!(unix)
    }

    /// Kills all processes.
    #[cfg(unix)]
    pub fn kill(&mut self) {
        let started = Instant::now();
        loop {
            self.tree.signal(rustix::process::Signal::KILL);
            // A process that has left the group may have started another in the meantime.
            if self.tree.escaped().is_empty() || started.elapsed() > DYING {
                break;
            }
            std::thread::yield_now();
        }
        self.killed = true;
    }

    /// Kills all processes of the job.
    #[cfg(windows)]
    pub fn kill(&mut self) {
        self.leader.start_kill().ok();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if self.killed {
            return guard::ended(self.id);
        }
        self.kill();
        #[cfg(unix)]
        guard::ended(self.id);
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use std::process::Stdio;

    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

    use super::*;

    /// A shell that starts a child of its own, which holds the shell's output open, and says so.
    async fn shell() -> (Group, BufReader<ChildStdout>) {
        let mut command = Command::new("sh");
        command
            .args(["-c", "sleep 1000 & echo started; wait"])
            .stdout(Stdio::piped());
        let mut group = Group::start(command, KillScope::Group).unwrap();
        let mut output = BufReader::new(group.take_streams().1.unwrap());
        let mut line = String::new();
        output.read_line(&mut line).await.unwrap();
        assert_eq!(line, "started\n");
        (group, output)
    }

    /// The output ends when the last process that holds it is gone.
    async fn assert_gone(mut output: BufReader<ChildStdout>) {
        let mut rest = String::new();
        let end = output.read_to_string(&mut rest);
        tokio::time::timeout(std::time::Duration::from_secs(60), end)
            .await
            .unwrap()
            .unwrap();
    }

    #[tokio::test]
    async fn killing_reaches_what_the_program_has_started() {
        let (mut group, output) = shell().await;
        group.kill();
        assert!(!group.wait().await.unwrap().success());
        assert_gone(output).await;
    }

    #[tokio::test]
    async fn a_panic_leaves_nothing_running() {
        let (group, output) = shell().await;
        let task = tokio::spawn(async move {
            let _held = group;
            panic!("on purpose");
        });
        assert!(task.await.unwrap_err().is_panic());
        assert_gone(output).await;
    }
}
