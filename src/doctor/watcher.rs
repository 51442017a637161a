//! Whether the system tells of changes in the learner's files, as the interactive lab hopes.

use super::{Finding, apart, no_answer};
use crate::learner::Folder;
use crate::learner::changes::{self, PollingReason};

/// The id of the finding.
const CHECK: &str = "watcher";

/// Tries it out. For that, a hidden file is made in start_here and taken away again: the system cannot be
/// asked otherwise. None if the system does not answer.
pub async fn look(lab: &Folder) -> Option<Result<(), PollingReason>> {
    let lab = lab.clone();
    apart(move || changes::self_test(&lab)).await
}

/// One finding. It is never trouble: where the system does not tell, the lab looks.
pub fn judge(tested: Option<&Result<(), PollingReason>>) -> Finding {
    match tested {
        None => no_answer(CHECK, "of a change in start_here"),
        Some(Ok(())) => Finding::ok(CHECK, "The system tells when you save a file."),
        Some(Err(why)) => Finding::warning(
            CHECK,
            format!("The lab will look at your files four times a second, {why}."),
        )
        .fix("Nothing has to be done. On a disk of this machine's own, a save is noticed at once."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    #[test]
    fn where_the_system_does_not_tell_the_lab_says_why_it_looks() {
        assert_eq!(judge(Some(&Ok(()))).severity, Severity::Ok);
        let finding = judge(Some(&Err(PollingReason::NoEvent)));
        assert_eq!(finding.severity, Severity::Warning);
        assert!(
            finding.message.contains("network drives do not"),
            "{}",
            finding.message
        );
        assert_eq!(judge(None).severity, Severity::Error);
    }
}
