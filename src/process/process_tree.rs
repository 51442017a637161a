//! All processes that a program has started, also those that have left its process group.
//!
//! A process can leave its group, as daemons do. On Linux it is found by its environment: the program is started
//! with a unique value of a variable, which its child processes inherit. A child that clears its environment is
//! found by its parent. Other systems do not show the environment of a process; there, only the group is known.

#[cfg(target_os = "linux")]
use std::collections::HashSet;

use rustix::process::{Pid, Signal, getpgid, kill_process, kill_process_group};

/// The variable that marks processes that the lab has started.
pub const VARIABLE: &str = "ROUTEGUIDE_LAB_STARTED";

/// The variable that marks processes of which only those in their process group end with the lab.
pub const GROUP_VARIABLE: &str = "ROUTEGUIDE_LAB_GROUP";

/// A program and the processes that it has started.
#[derive(Debug, Clone)]
pub struct ProcessTree {
    /// Their first process group.
    group: Pid,
    /// The value of [`VARIABLE`] that they inherit; none if only the group counts.
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "cannot be looked up")
    )]
    mark: Option<String>,
}

/// A new, unique value of [`VARIABLE`] or [`GROUP_VARIABLE`].
pub fn new_mark() -> String {
    format!("{}-{:016x}", std::process::id(), fastrand::u64(..))
}

impl ProcessTree {
    /// The processes of this group, and those that carry this mark.
    pub fn new(group: Pid, mark: Option<String>) -> ProcessTree {
        ProcessTree { group, mark }
    }

    /// Which of some processes belong to them.
    pub fn among(&self, processes: &[u32]) -> Vec<u32> {
        let escaped = self.escaped();
        let is_in_group = |process: u32| {
            let id = process.try_into().ok().and_then(Pid::from_raw);
            id.is_some_and(|id| getpgid(Some(id)).is_ok_and(|group| group == self.group))
        };
        let belongs = |process: &u32| is_in_group(*process) || escaped.contains(process);
        processes.iter().copied().filter(belongs).collect()
    }

    /// Whether one of them still runs. A zombie does not.
    pub fn alive(&self) -> bool {
        #[cfg(target_os = "linux")]
        return !self.members().is_empty();
        #[cfg(not(target_os = "linux"))]
        return rustix::process::test_kill_process_group(self.group).is_ok();
    }

    /// Sends a signal to each of them, if there are any.
    pub fn signal(&self, signal: Signal) {
        // Find those that have left first: after the death of its parent, less is known about a child.
        let escaped = self.escaped();
        kill_process_group(self.group, signal).ok();
        for id in escaped {
            if let Some(id) = id.try_into().ok().and_then(Pid::from_raw) {
                kill_process(id, signal).ok();
            }
        }
    }

    /// The processes that have left the group.
    #[cfg(not(target_os = "linux"))]
    pub fn escaped(&self) -> Vec<u32> {
        Vec::new()
    }

    /// The processes that have left the group.
    #[cfg(target_os = "linux")]
    pub fn escaped(&self) -> Vec<u32> {
        if self.mark.is_none() {
            return Vec::new();
        }
        let mut members = self.members();
        members.retain(|member| member.group != self.group.as_raw_pid());
        members.into_iter().map(|member| member.id).collect()
    }

    /// How much time all its processes have had on processors, in ticks of 1/100 s; none where the system does not tell.
    #[cfg(target_os = "linux")]
    pub fn processor_ticks(&self) -> Option<u64> {
        Some(self.members().iter().map(|member| member.ticks).sum())
    }

    /// How much time all its processes have had on processors; only Linux shows what it takes to know.
    #[cfg(not(target_os = "linux"))]
    pub fn processor_ticks(&self) -> Option<u64> {
        None
    }

    #[cfg(target_os = "linux")]
    fn members(&self) -> Vec<Process> {
        let running = running();
        let lab = std::process::id();
        let is_first = |process: &Process| {
            process.group == self.group.as_raw_pid()
                || self
                    .mark
                    .as_deref()
                    .is_some_and(|mark| process.mark().as_deref() == Some(mark))
        };
        let mut ids: HashSet<u32> = running
            .iter()
            .filter(|p| is_first(p))
            .map(|p| p.id)
            .collect();
        // A child that has cleared its environment is found by its parent.
        while self.mark.is_some() {
            let children: Vec<u32> = running
                .iter()
                .filter(|process| ids.contains(&process.parent) && !ids.contains(&process.id))
                .map(|process| process.id)
                .collect();
            if children.is_empty() {
                break;
            }
            ids.extend(children);
        }
        running
            .into_iter()
            .filter(|process| ids.contains(&process.id) && process.id != lab)
            .collect()
    }
}

/// Whether a process is known to belong to another program than those that this lab starts: another lab has started
/// it, or a program that began to run before this lab. Only Linux shows what it takes to know.
#[cfg(target_os = "linux")]
pub fn is_foreign(process: u32) -> bool {
    let lab = std::process::id();
    let (Some(mut process), Some(this)) = (Process::read(process), Process::read(lab)) else {
        return false;
    };
    if let Some(mark) = process.mark() {
        return !mark.starts_with(&format!("{lab}-"));
    }
    loop {
        // Where a process has lost its parent, and in containers, the first one stands in.
        if process.id == lab || process.id == 1 {
            return false;
        }
        if process.started < this.started {
            return true;
        }
        match Process::read(process.parent) {
            Some(parent) => process = parent,
            None => return false,
        }
    }
}

/// Kills all processes that the lab with this process id has started and marked, and what those have started.
#[cfg(target_os = "linux")]
pub fn kill_marked_by(lab: u32) {
    end_marked(|mark, _| mark.lab() == Some(lab));
}

/// Kills all processes that a lab has started; only Linux shows what it takes to know them.
#[cfg(not(target_os = "linux"))]
pub fn kill_marked_by(_lab: u32) {}

/// Kills the processes that labs have started which are gone, and returns what they were: `server (pid 77)`. Only
/// Linux shows what it takes to know them.
#[cfg(target_os = "linux")]
pub fn end_left_behind() -> Vec<String> {
    let is_there = |lab: u32, process: &Process| {
        // A process with the same id that began later is another one.
        Process::read(lab).is_some_and(|lab| lab.started <= process.started)
    };
    end_marked(|mark, process| mark.lab().is_some_and(|lab| !is_there(lab, process)))
}

/// Kills the processes that labs have started which are gone.
#[cfg(not(target_os = "linux"))]
pub fn end_left_behind() -> Vec<String> {
    Vec::new()
}

/// Kills the marked processes that `is_meant` says, and returns what they were. In containers other numbers mean the
/// same processes, so those are left alone.
#[cfg(target_os = "linux")]
fn end_marked(is_meant: impl Fn(&Mark, &Process) -> bool) -> Vec<String> {
    let numbers = |id: &str| std::fs::read_link(format!("/proc/{id}/ns/pid")).ok();
    let own_numbers = numbers("self");
    let mut ended = Vec::new();
    // A process may have started another one in the meantime.
    for _ in 0..MOST_ROUNDS {
        let running = running();
        let marked = running.iter().filter(|process| {
            let mark = process.mark().or_else(|| process.mark_of_group());
            mark.map(Mark).is_some_and(|mark| is_meant(&mark, process))
                && numbers(&process.id.to_string()) == own_numbers
        });
        let mut found = false;
        for process in marked {
            let id = process.id.try_into().ok().and_then(Pid::from_raw);
            if id.is_some_and(|id| kill_process(id, Signal::KILL).is_ok()) {
                found = true;
                let entry = format!("{} (pid {})", process.name(), process.id);
                if !ended.contains(&entry) {
                    ended.push(entry);
                }
            }
        }
        if !found {
            break;
        }
        std::thread::sleep(BETWEEN_ROUNDS);
    }
    ended
}

/// How often [`end_marked`] looks, and how long it waits in between for what it has killed to die.
#[cfg(target_os = "linux")]
const MOST_ROUNDS: usize = 200;
#[cfg(target_os = "linux")]
const BETWEEN_ROUNDS: std::time::Duration = std::time::Duration::from_millis(5);

/// A value of a variable, as [`new_mark`] makes it.
#[cfg(target_os = "linux")]
struct Mark(String);

#[cfg(target_os = "linux")]
impl Mark {
    /// The process id of the lab that has made it.
    fn lab(&self) -> Option<u32> {
        self.0.split_once('-')?.0.parse().ok()
    }
}

/// A process, as `/proc` shows it.
#[cfg(target_os = "linux")]
struct Process {
    id: u32,
    parent: u32,
    group: i32,
    session: i32,
    /// When it began, in ticks after the start of the system.
    started: u64,
    /// How long it has run on a processor, in ticks.
    ticks: u64,
}

#[cfg(target_os = "linux")]
impl Process {
    /// Reads `/proc/ID/stat`: `7 (name) S 1 7 …` is id, name, state, parent and group; the start is the 22nd field
    /// (see proc_pid_stat(5)). None for a dead process.
    fn read(id: u32) -> Option<Process> {
        let stat = std::fs::read(format!("/proc/{id}/stat")).ok()?;
        // The name may contain any character, also parentheses and spaces.
        let behind = stat.iter().rposition(|byte| *byte == b')')? + 1;
        let mut fields = std::str::from_utf8(&stat[behind..])
            .ok()?
            .split_whitespace();
        let state = fields.next()?;
        let (parent, group) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        let session = fields.next()?.parse().ok()?;
        // The fields 7 to 13 lie between the session and the time in the program, which is followed by that in the
        // system; 16 to 21 before the start.
        let user: u64 = fields.nth(7)?.parse().ok()?;
        let system: u64 = fields.next()?.parse().ok()?;
        let started = fields.nth(6)?.parse().ok()?;
        (!matches!(state, "Z" | "X")).then_some(Process {
            id,
            parent,
            group,
            session,
            started,
            ticks: user + system,
        })
    }

    /// The name of its program, or as much of it as the system keeps.
    fn name(&self) -> String {
        let name = std::fs::read(format!("/proc/{}/comm", self.id)).unwrap_or_default();
        String::from_utf8_lossy(&name).trim_end().to_string()
    }

    /// The mark that it has inherited. The environment of other users' processes cannot be read, and they are none
    /// of ours.
    fn mark(&self) -> Option<String> {
        self.variable(VARIABLE)
    }

    /// The mark of its process group, unless it has left that for a session of its own, as a compile cache does that
    /// serves other builds too.
    fn mark_of_group(&self) -> Option<String> {
        match self.group == self.session {
            true => None,
            false => self.variable(GROUP_VARIABLE),
        }
    }

    fn variable(&self, name: &str) -> Option<String> {
        let environment = std::fs::read(format!("/proc/{}/environ", self.id)).ok()?;
        let prefix = format!("{name}=");
        let mut entries = environment.split(|byte| *byte == 0);
        let mark = entries.find_map(|entry| entry.strip_prefix(prefix.as_bytes()))?;
        Some(String::from_utf8_lossy(mark).into_owned())
    }
}

/// All processes that are not dead.
#[cfg(target_os = "linux")]
fn running() -> Vec<Process> {
    let Ok(entries) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| Process::read(entry.file_name().to_str()?.parse().ok()?))
        .collect()
}
