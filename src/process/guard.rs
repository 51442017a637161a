//! What happens to the programs that a lab has started when the lab is killed, and can do nothing about them any more.
//!
//! A second process of the same binary, the guard, holds the other end of a pipe. The lab writes down there which
//! programs it has started. When the lab is gone, however it went, the system closes the pipe, and the guard kills
//! what is still running and removes the copies of programs. On Windows there is no guard: the system itself ends
//! what is in a job object when the last handle of it is closed.
//!
//! A lab can be killed before it has written down what it has just started. On Linux the guard finds that, too, by the
//! mark that [`process_tree`](super::process_tree) gives it.
//!
//! A guard that was killed together with its lab does nothing. On Linux, the next lab then finds what is left by its mark.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The first word of a command line that makes this binary a guard. It is no command of the lab's: completions and the
/// help list those.
const COMMAND: &str = "guard-lab";

/// The process id of the lab that this command line asks to guard, if it does.
pub fn lab_to_guard(words: &[OsString]) -> Option<u32> {
    match words {
        [_, command, lab] if command == COMMAND => lab.to_str()?.parse().ok(),
        _ => None,
    }
}

/// What the lab tells its guard, one to a line.
#[derive(Debug, Serialize, Deserialize)]
enum Entry {
    /// A program runs as the first of this process group, with this mark in its environment.
    Started { group: i32, mark: Option<String> },
    /// Everything in this process group is gone.
    Ended { group: i32 },
    /// This folder is for as long as the lab runs.
    Made(PathBuf),
    /// This folder has been removed.
    Removed(PathBuf),
}

/// A temporary folder that the guard removes if the lab cannot.
#[derive(Debug)]
pub struct GuardedFolder(PathBuf);

impl GuardedFolder {
    /// From now on, until this value is dropped.
    pub fn new(folder: &Path) -> GuardedFolder {
        tell(&Entry::Made(folder.to_path_buf()));
        GuardedFolder(folder.to_path_buf())
    }
}

impl Drop for GuardedFolder {
    fn drop(&mut self) {
        tell(&Entry::Removed(self.0.clone()));
    }
}

#[cfg(not(unix))]
fn tell(_entry: &Entry) {}

/// There is no guard here.
///
/// # Errors
///
/// None.
#[cfg(not(unix))]
pub fn run(_lab: u32) -> std::io::Result<()> {
    Ok(())
}

#[cfg(unix)]
use with_pipe::tell;
#[cfg(unix)]
pub use with_pipe::{ended, run, started, watch};

/// The guard of a system with pipes and process groups.
#[cfg(unix)]
mod with_pipe {
    use std::collections::{BTreeMap, BTreeSet};
    use std::io::{self, BufRead as _, Write as _};
    use std::os::unix::process::CommandExt as _;
    use std::path::PathBuf;
    use std::process::{ChildStdin, Command, Stdio};
    use std::sync::{Mutex, PoisonError};
    use std::time::{Duration, Instant};

    use rustix::process::{Pid, Signal};

    use super::{COMMAND, Entry};
    use crate::process::process_tree::{self, ProcessTree};

    /// What `ps` shows of a guard: no name that ends it together with the lab when somebody kills that by its name.
    const NAME: &str = "rg-guard";

    /// How long the guard tries to kill what does not die.
    const DYING: Duration = Duration::from_secs(5);

    /// The way to the guard.
    static PIPE: Mutex<Pipe> = Mutex::new(Pipe::NotYet);

    enum Pipe {
        /// Nothing has been started yet.
        NotYet,
        /// The guard reads.
        Open(ChildStdin),
        /// There is no guard: the system has refused it.
        None,
    }

    /// Starts the guard, if it has not been started. From now on, a lab that is killed has one.
    pub fn watch() {
        let mut pipe = PIPE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Pipe::NotYet = *pipe {
            *pipe = open().map_or(Pipe::None, Pipe::Open);
        }
    }

    /// Tells the guard that a program has been started.
    pub fn started(group: Pid, mark: Option<&str>) {
        tell(&Entry::Started {
            group: group.as_raw_pid(),
            mark: mark.map(str::to_string),
        });
    }

    /// Tells the guard that a program and its process group are gone.
    pub fn ended(group: Pid) {
        tell(&Entry::Ended {
            group: group.as_raw_pid(),
        });
    }

    /// Writes an entry. Without a guard, the programs are ended by the lab as ever, unless that is killed.
    pub fn tell(entry: &Entry) {
        // A path that is not UTF-8 cannot be told: the next check of the folder removes it.
        let Ok(line) = serde_json::to_string(entry) else {
            return;
        };
        watch();
        let mut pipe = PIPE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Pipe::Open(guard) = &mut *pipe
            && writeln!(guard, "{line}").is_err()
        {
            *pipe = Pipe::None;
        }
    }

    /// Starts the guard.
    fn open() -> io::Result<ChildStdin> {
        // The file of this program may have been replaced by a newer build.
        let this = match cfg!(target_os = "linux") {
            true => PathBuf::from("/proc/self/exe"),
            false => std::env::current_exe()?,
        };
        // The tests of the library are another program.
        if cfg!(test) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let mut guard = Command::new(this)
            .arg0(NAME)
            .args([COMMAND, &std::process::id().to_string()])
            .env_clear()
            .current_dir("/")
            // Ctrl-C, and what the terminal sends when it is closed, is meant for the lab.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        // It ends after this process.
        guard
            .stdin
            .take()
            .ok_or_else(|| io::Error::other("no pipe"))
    }

    /// The guard: reads until the lab with this process id is gone, and then ends what that has left.
    ///
    /// # Errors
    ///
    /// If it cannot keep signals from ending it, or cannot read.
    pub fn run(lab: u32) -> io::Result<()> {
        let signals = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build()?;
        let _held = {
            use tokio::signal::unix::{SignalKind, signal};
            let _context = signals.enter();
            // They are caught from here on, and ignored. A shutdown of the system sends them to all processes.
            [
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
                signal(SignalKind::hangup())?,
                signal(SignalKind::quit())?,
            ]
        };
        #[cfg(target_os = "linux")]
        std::fs::write("/proc/self/comm", NAME)?;
        let mut programs: BTreeMap<i32, Option<String>> = BTreeMap::new();
        let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
        for line in io::stdin().lock().lines() {
            // A lab that is killed may leave half a line.
            let Ok(entry) = serde_json::from_str(&line?) else {
                continue;
            };
            match entry {
                Entry::Started { group, mark } => drop(programs.insert(group, mark)),
                Entry::Ended { group } => drop(programs.remove(&group)),
                Entry::Made(folder) => drop(folders.insert(folder)),
                Entry::Removed(folder) => drop(folders.remove(&folder)),
            }
        }
        for (group, mark) in programs {
            if let Some(group) = Pid::from_raw(group) {
                kill(&ProcessTree::new(group, mark));
            }
        }
        process_tree::kill_marked_by(lab);
        for folder in folders {
            std::fs::remove_dir_all(folder).ok();
        }
        Ok(())
    }

    fn kill(tree: &ProcessTree) {
        let began = Instant::now();
        while tree.alive() && began.elapsed() < DYING {
            tree.signal(Signal::KILL);
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
