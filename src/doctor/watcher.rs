//! Whether the system reports changes of the learner's files to the interactive lab.

use super::{CheckId, Finding, apart, no_answer};
use crate::learner::Folder;
use crate::learner::changes::{self, PollingReason};

/// The id of the finding.
const CHECK: CheckId = CheckId::Watcher;

/// Creates a hidden file in start_here and removes it again: there is no other way to find out. None if the system
/// does not answer in time.
pub async fn gather(lab: &Folder) -> Option<Result<(), PollingReason>> {
    let lab = lab.clone();
    apart(move || changes::self_test(&lab)).await
}

/// One finding. It is not an error if the system reports no changes: then the lab looks at the files itself.
pub fn judge(tested: Option<&Result<(), PollingReason>>) -> Finding {
    match tested {
        None => no_answer(CHECK, "whether changes in start_here are reported"),
        Some(Ok(())) => Finding::ok(CHECK, "The system reports when you save a file."),
        Some(Err(why)) => Finding::warning(
            CHECK,
            format!("The lab will look at your files four times a second, {why}."),
        )
        .fix("There is nothing to do. On a local disk, a save is noticed at once."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    #[test]
    fn the_reason_for_polling_is_given() {
        assert_eq!(judge(Some(&Ok(()))).severity, Severity::Ok);
        let finding = judge(Some(&Err(PollingReason::NoEvent)));
        assert_eq!(finding.severity, Severity::Warning);
        assert!(
            finding.message.contains("usual on network drives"),
            "{}",
            finding.message
        );
        assert_eq!(judge(None).severity, Severity::Error);
    }
}
