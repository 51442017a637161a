//! Checking again where the lab itself stood still: its waits have ended then, and prove nothing.

use super::{Check, CheckError, Checked, Doing, ProgressListener};
use crate::course::Lesson;
use crate::learner::Fingerprint;
use crate::process::standstill::StandstillWatch;
use crate::verdict::{LessonReport, Outcome};

/// How often a check begins.
const MOST_TRIES: usize = 3;

/// Runs a check until the lab has not stood still while it went on, or until all is right.
///
/// # Errors
///
/// [`CheckError`] if the machine, not the subject, is in the way.
pub async fn run(check: &Check<'_>, lessons: &[&Lesson]) -> Result<Checked, CheckError> {
    for _ in 0..MOST_TRIES {
        let watch = StandstillWatch::start().map_err(CheckError::system("watch the clock"))?;
        let listener = Listener {
            inner: check.listener,
            watch: &watch,
        };
        let check = Check {
            listener: &listener,
            ..*check
        };
        let checked = check.run_once(lessons).await;
        let is_proven = match &checked {
            Ok(checked) => Outcome::of_lessons(&checked.lessons) == Outcome::Pass,
            // Time plays no part in these.
            Err(CheckError::System { .. } | CheckError::Address { .. }) => false,
            Err(_) => true,
        };
        if is_proven || !watch.stood_still() {
            return checked;
        }
    }
    Err(CheckError::StoodStill)
}

/// Hands on what a check reports, but for what a standstill may have caused.
struct Listener<'a> {
    inner: &'a dyn ProgressListener,
    watch: &'a StandstillWatch,
}

impl ProgressListener for Listener<'_> {
    fn began(&self, files: Fingerprint) {
        self.inner.began(files);
    }

    fn doing(&self, doing: Doing) {
        self.inner.doing(doing);
    }

    fn lesson_finished(&self, report: &LessonReport) {
        if report.outcome == Outcome::Pass || !self.watch.stood_still() {
            self.inner.lesson_finished(report);
        }
    }
}
