//! `doctor`: looks at everything that stops people, and says of each thing what to do.
//!
//! There is a file for each thing that is looked at. In it, looking is one function, which gathers facts
//! and leaves the learner's folder as it is, and judging another, which is pure. Nothing here waits
//! without an end: each program, connection and look at a disk has a deadline.

mod crates;
mod disk;
mod folder;
mod linker;
mod locks;
mod loopback;
mod port;
mod progress;
mod proxies;
mod terminal;
mod tiny;
mod toolchain;
mod tools;
mod track;
mod watcher;

use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::learner::Folder;

/// What was found out about one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The id of what was looked at, which never changes.
    pub check: &'static str,
    /// Whether it is fine, a warning or an error.
    pub severity: Severity,
    /// One sentence that says so.
    pub message: String,
    /// The words of a program that prove it.
    pub quoted: Option<String>,
    /// What to do next.
    pub fix: Option<String>,
}

/// How a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Worth knowing; the course can be done all the same.
    #[serde(rename = "remark")]
    Warning,
    /// It stops the course, or a part of it.
    #[serde(rename = "trouble")]
    Error,
}

impl Finding {
    fn new(check: &'static str, severity: Severity, message: impl Into<String>) -> Finding {
        Finding {
            check,
            severity,
            message: message.into(),
            quoted: None,
            fix: None,
        }
    }

    fn ok(check: &'static str, message: impl Into<String>) -> Finding {
        Finding::new(check, Severity::Ok, message)
    }

    fn warning(check: &'static str, message: impl Into<String>) -> Finding {
        Finding::new(check, Severity::Warning, message)
    }

    fn error(check: &'static str, message: impl Into<String>) -> Finding {
        Finding::new(check, Severity::Error, message)
    }

    fn quote(mut self, words: impl Into<String>) -> Finding {
        let words = words.into();
        self.quoted = Some(words).filter(|words| !words.trim().is_empty());
        self
    }

    fn fix(mut self, fix: impl Into<String>) -> Finding {
        self.fix = Some(fix.into());
        self
    }
}

/// The systems that differ in what is to be installed or typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Linux,
    Mac,
    Windows,
}

/// The system that this program was made for. What is neither of the others is likest to Linux.
const SYSTEM: System = if cfg!(windows) {
    System::Windows
} else if cfg!(target_os = "macos") {
    System::Mac
} else {
    System::Linux
};

/// How long the system may take to answer a question about files, names or itself. A folder in a network
/// that is gone never answers.
const SYSTEM_PATIENCE: Duration = Duration::from_secs(10);

/// Looks at everything, from a folder of the learner's. `program` is how the lab is called when a command
/// of it is advised. What there is nothing to say about, because there is no lab here for example, has no
/// finding.
pub async fn examine(here: &Path, program: &'static str) -> Vec<Finding> {
    let folder = folder::look(here).await;
    let lab = folder.lab.as_ref();
    // Cargo reads its configuration from the folder that it is started in, and from those above.
    let place = lab.map_or(here, Folder::root);
    let with_tools = async {
        let tools = toolchain::look(place).await;
        if !tools.work() {
            return (tools, None, None);
        }
        let (linker, crates) =
            tokio::join!(linker::look(place), crates::look(place, lab.is_some()));
        (tools, Some(linker), Some(crates))
    };
    let ((tools, linker, crates), disk, port, loopback, of_lab) = tokio::join!(
        with_tools,
        disk::look(place, lab.is_some()),
        port::look(),
        loopback::look(),
        of_lab(lab, program),
    );
    let mut findings = Vec::new();
    findings.extend(toolchain::judge(&tools, env!("CARGO_PKG_RUST_VERSION")));
    findings.push(linker::judge(linker.as_ref(), SYSTEM));
    findings.push(crates::judge(crates.as_ref()));
    findings.push(disk::judge(&disk));
    findings.push(port::judge(&port, SYSTEM, program));
    findings.extend(loopback::judge(&loopback));
    findings.push(proxies::judge(&proxies::look(), SYSTEM));
    findings.extend(terminal::judge(&terminal::look(), SYSTEM, program));
    findings.push(folder::judge(&folder, SYSTEM));
    findings.extend(of_lab);
    findings
}

/// What lies in the learner's folder, if there is one.
async fn of_lab(lab: Option<&Folder>, program: &str) -> Vec<Finding> {
    let Some(lab) = lab else {
        return Vec::new();
    };
    let (watcher, track, progress, locks) = tokio::join!(
        watcher::look(lab),
        track::look(lab),
        progress::look(lab),
        locks::look(lab)
    );
    vec![
        watcher::judge(watcher.as_ref()),
        track::judge(track.as_ref(), program),
        progress::judge(progress.as_ref(), program),
        locks::judge(locks.as_deref()),
    ]
}

/// Asks something of the system that may block, apart from everything else. None if it takes too long; what
/// was begun is then left to itself, and cannot keep the lab from ending.
async fn apart<T: Send + 'static>(ask: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (send, receive) = tokio::sync::oneshot::channel();
    // Not in a thread of tokio's: those are waited for at the end.
    std::thread::spawn(move || send.send(ask()).ok());
    tokio::time::timeout(SYSTEM_PATIENCE, receive)
        .await
        .ok()?
        .ok()
}

/// What there is to say about something that the system did not tell in time.
fn no_answer(check: &'static str, what: &str) -> Finding {
    Finding::error(
        check,
        format!(
            "The system did not tell {what} within {} seconds.",
            SYSTEM_PATIENCE.as_secs()
        ),
    )
    .fix("If this folder lies on a network drive, copy the course to a disk of this machine.")
}
