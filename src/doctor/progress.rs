//! The learner's progress file: whether it can be read.

use super::{CheckId, Finding, apart, no_answer};
use crate::learner::{Folder, Store};

/// The id of the finding.
const CHECK: CheckId = CheckId::Progress;

/// What is known about the file.
#[derive(Debug)]
pub enum Facts {
    /// It can be read, or does not exist yet.
    Readable,
    /// It can be read, but not parsed.
    Invalid,
    /// It cannot be read, or a newer lab wrote it: the error.
    Unreadable(String),
}

/// Reads the progress, and changes nothing. None if the system does not answer in time.
pub async fn gather(lab: &Folder) -> Option<Facts> {
    let store = Store::new(lab.state_dir());
    apart(move || match store.peek() {
        Ok(Some(_)) => Facts::Readable,
        Ok(None) => Facts::Invalid,
        Err(error) => Facts::Unreadable(error.to_string()),
    })
    .await
}

/// One finding.
pub fn judge(facts: Option<&Facts>, program: &str) -> Finding {
    match facts {
        None => no_answer(CHECK, "what is in .routeguide-lab"),
        Some(Facts::Readable) => Finding::ok(CHECK, "Your progress file can be read."),
        Some(Facts::Invalid) => Finding::error(
            CHECK,
            "Your progress cannot be read: .routeguide-lab/progress.json is not a valid progress file.",
        )
        .fix(format!(
            "If you have a copy of it, restore that. Otherwise the lab renames it and starts a new one; \
             `{program} check --all` then finds out which lessons pass."
        )),
        Some(Facts::Unreadable(words)) => {
            Finding::error(CHECK, format!("Your progress cannot be read: {words}.")).fix(
                "The file is .routeguide-lab/progress.json. Doctor has not changed it.",
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    #[test]
    fn progress_that_cannot_be_read_is_an_error_and_is_kept() {
        assert_eq!(judge(Some(&Facts::Readable), "lab").severity, Severity::Ok);
        let invalid = judge(Some(&Facts::Invalid), "lab");
        assert_eq!(invalid.severity, Severity::Error);
        assert!(invalid.fix.unwrap().contains("`lab check --all`"));
        let newer = Facts::Unreadable("was written by a newer lab".into());
        let newer = judge(Some(&newer), "lab");
        assert!(newer.message.contains("by a newer lab"));
        assert_eq!(judge(None, "lab").severity, Severity::Error);
    }
}
