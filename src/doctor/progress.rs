//! The learner's progress: whether it can be read.

use super::{Finding, apart, no_answer};
use crate::learner::{Folder, Store};

/// The id of the finding.
const CHECK: &str = "progress";

/// What is known about the file.
#[derive(Debug)]
pub enum Facts {
    /// It can be read, or there is none yet.
    Readable,
    /// It makes no sense.
    Senseless,
    /// The system or a newer lab stands in the way: the words for it.
    Refused(String),
}

/// Reads the progress. An unreadable file is left as it is. None if the system does not answer.
pub async fn look(lab: &Folder) -> Option<Facts> {
    let store = Store::new(lab.state_dir());
    apart(move || match store.peek() {
        Ok(Some(_)) => Facts::Readable,
        Ok(None) => Facts::Senseless,
        Err(error) => Facts::Refused(error.to_string()),
    })
    .await
}

/// One finding.
pub fn judge(facts: Option<&Facts>, program: &str) -> Finding {
    match facts {
        None => no_answer(CHECK, "what is in .routeguide-lab"),
        Some(Facts::Readable) => Finding::ok(CHECK, "Your progress can be read."),
        Some(Facts::Senseless) => Finding::error(
            CHECK,
            "Your progress cannot be read: .routeguide-lab/progress.json makes no sense.",
        )
        .fix(format!(
            "If you have a copy of it, put that back. Otherwise the lab keeps it under another name and begins \
             a new one, and `{program} check --all` finds out again what you have passed."
        )),
        Some(Facts::Refused(words)) => {
            Finding::error(CHECK, format!("Your progress cannot be read: {words}.")).fix(
                "It is in .routeguide-lab/progress.json. Nothing has been changed.",
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    #[test]
    fn progress_that_cannot_be_read_is_trouble_and_not_lost() {
        assert_eq!(judge(Some(&Facts::Readable), "lab").severity, Severity::Ok);
        let senseless = judge(Some(&Facts::Senseless), "lab");
        assert_eq!(senseless.severity, Severity::Error);
        assert!(senseless.fix.unwrap().contains("`lab check --all`"));
        let newer = Facts::Refused("was written by a newer lab".into());
        let newer = judge(Some(&newer), "lab");
        assert!(newer.message.contains("by a newer lab"));
        assert_eq!(judge(None, "lab").severity, Severity::Error);
    }
}
