//! `doctor`: checks everything that commonly stops learners, and says how to fix it.
//!
//! Each check has a file. In it, `gather` collects facts and leaves the learner's folder as it is; `judge` is
//! pure and turns them into findings. Every program, connection and disk access has a deadline.

mod check_id;
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

pub use check_id::CheckId;

/// The result of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check.
    pub check: CheckId,
    /// Whether it is fine, a warning or an error.
    pub severity: Severity,
    /// One sentence that says what was found.
    pub message: String,
    /// Output of a program that proves it.
    pub quoted: Option<String>,
    /// What to do next.
    pub fix: Option<String>,
}

/// How serious a finding is.
// In JSON, the names of version 1 stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "severity"))]
pub enum Severity {
    /// Nothing to fix.
    Ok,
    /// Worth knowing; the course can be done without a fix.
    #[serde(rename = "remark")]
    Warning,
    /// It stops the course, or a part of it.
    #[serde(rename = "trouble")]
    Error,
}

impl Finding {
    fn new(check: CheckId, severity: Severity, message: impl Into<String>) -> Finding {
        Finding {
            check,
            severity,
            message: message.into(),
            quoted: None,
            fix: None,
        }
    }

    fn ok(check: CheckId, message: impl Into<String>) -> Finding {
        Finding::new(check, Severity::Ok, message)
    }

    fn warning(check: CheckId, message: impl Into<String>) -> Finding {
        Finding::new(check, Severity::Warning, message)
    }

    fn error(check: CheckId, message: impl Into<String>) -> Finding {
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

/// Operating systems that need different commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum System {
    Linux,
    Mac,
    Windows,
}

/// The system that this program was built for. Other Unix systems count as Linux.
const SYSTEM: System = if cfg!(windows) {
    System::Windows
} else if cfg!(target_os = "macos") {
    System::Mac
} else {
    System::Linux
};

/// How long the system may take to answer a question about files or names. A folder on a network drive that is
/// gone never answers.
const SYSTEM_PATIENCE: Duration = Duration::from_secs(10);

/// Runs all checks from a folder. `program` is how the learner calls the lab. A check that does not apply, for
/// example outside a lab folder, has no finding.
pub async fn examine(here: &Path, program: &'static str) -> Vec<Finding> {
    let folder = folder::gather(here).await;
    let lab = folder.lab.as_ref();
    // Cargo reads its configuration from the folder that it is started in, and from its parents.
    let place = lab.map_or(here, Folder::root);
    let with_tools = async {
        let tools = toolchain::gather(place).await;
        if !tools.work() {
            return (tools, None, None);
        }
        let (linker, crates) =
            tokio::join!(linker::gather(place), crates::gather(place, lab.is_some()));
        (tools, Some(linker), Some(crates))
    };
    let ((tools, linker, crates), disk, port, loopback, of_lab) = tokio::join!(
        with_tools,
        disk::gather(place, lab.is_some()),
        port::gather(),
        loopback::gather(),
        of_lab(lab, program),
    );
    let mut findings = Vec::new();
    findings.extend(toolchain::judge(&tools, env!("CARGO_PKG_RUST_VERSION")));
    findings.push(linker::judge(linker.as_ref(), SYSTEM));
    findings.push(crates::judge(crates.as_ref()));
    findings.push(disk::judge(&disk));
    findings.push(port::judge(&port, SYSTEM, program));
    findings.extend(loopback::judge(&loopback));
    findings.push(proxies::judge(&proxies::gather(), SYSTEM));
    findings.extend(terminal::judge(&terminal::gather(), SYSTEM, program));
    findings.push(folder::judge(&folder, SYSTEM));
    findings.extend(of_lab);
    findings
}

/// The checks of a lab folder, if there is one.
async fn of_lab(lab: Option<&Folder>, program: &str) -> Vec<Finding> {
    let Some(lab) = lab else {
        return Vec::new();
    };
    let (watcher, track, progress, locks) = tokio::join!(
        watcher::gather(lab),
        track::gather(lab),
        progress::gather(lab),
        locks::gather(lab)
    );
    vec![
        watcher::judge(watcher.as_ref()),
        track::judge(track.as_ref(), program),
        progress::judge(progress.as_ref(), program),
        locks::judge(locks.as_deref()),
    ]
}

/// Calls a function that may block, in a thread of its own. None if it takes too long; the thread is then left
/// alone, and cannot keep the lab from ending.
async fn apart<T: Send + 'static>(ask: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (send, receive) = tokio::sync::oneshot::channel();
    // Not in a thread of tokio: the runtime waits for those at the end.
    // If the system refuses one, it has not answered, either.
    std::thread::Builder::new()
        .spawn(move || send.send(ask()).ok())
        .ok()?;
    tokio::time::timeout(SYSTEM_PATIENCE, receive)
        .await
        .ok()?
        .ok()
}

/// The finding if the system did not answer in time.
fn no_answer(check: CheckId, what: &str) -> Finding {
    Finding::error(
        check,
        format!(
            "Cannot tell {what}: the system did not answer within {} seconds.",
            SYSTEM_PATIENCE.as_secs()
        ),
    )
    .fix("If this folder is on a network drive, copy the course to a local disk.")
}
