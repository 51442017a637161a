//! What the learner has passed, tried and been told.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The version of the file that this lab writes.
pub const VERSION: u32 = 1;

/// The learner's progress, by lesson id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    version: u32,
    #[serde(default)]
    lessons: BTreeMap<String, Record>,
    /// What a lab that knows more has noted.
    #[serde(flatten)]
    other: Map<String, Value>,
}

/// What is known about one lesson.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Record {
    /// Whether it passes.
    pub passed: bool,
    /// How many checks of the learner's own code there were.
    pub attempts: u32,
    /// How many hints have been shown.
    pub hints: usize,
    /// When the interactive lab first showed it, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<u64>,
    /// When it first passed, in seconds since 1970.
    pub passed_at: Option<u64>,
    /// Whether the learner wants to go on without it. A lesson that passes is not skipped.
    pub skipped: bool,
    /// What a lab that knows more has noted.
    #[serde(flatten)]
    other: Map<String, Value>,
}

impl Record {
    /// Whether the learner has tried the lesson.
    pub fn is_begun(&self) -> bool {
        self.passed || self.attempts > 0
    }
}

impl Default for Progress {
    fn default() -> Progress {
        Progress {
            version: VERSION,
            lessons: BTreeMap::new(),
            other: Map::new(),
        }
    }
}

impl Progress {
    /// What is known about a lesson.
    pub fn of(&self, lesson: &str) -> Record {
        self.lessons.get(lesson).cloned().unwrap_or_default()
    }

    /// Whether a lesson passes.
    pub fn passed(&self, lesson: &str) -> bool {
        self.lessons.get(lesson).is_some_and(|record| record.passed)
    }

    /// Notes that a lesson that has been worked on was checked.
    pub fn note_attempt(&mut self, lesson: &str) {
        let record = self.record(lesson);
        record.attempts = record.attempts.saturating_add(1);
    }

    /// Notes whether a lesson passes.
    pub fn note_verdict(&mut self, lesson: &str, passed: bool) {
        if !passed && !self.lessons.contains_key(lesson) {
            return;
        }
        let record = self.record(lesson);
        record.passed = passed;
        if !passed {
            return;
        }
        record.skipped = false;
        if record.passed_at.is_none() {
            record.passed_at = now();
        }
    }

    /// Notes that the interactive lab shows a lesson, the first time.
    pub fn note_opened(&mut self, lesson: &str) {
        let record = self.record(lesson);
        record.opened_at = record.opened_at.or_else(now);
    }

    /// Notes how many hints have been shown. Another lab may have shown more: then it stays at those.
    pub fn note_hints(&mut self, lesson: &str, shown: usize) {
        let record = self.record(lesson);
        record.hints = record.hints.max(shown);
    }

    /// Notes whether the learner wants to go on without a lesson. One that passes cannot be skipped.
    pub fn note_skipped(&mut self, lesson: &str, skipped: bool) {
        let record = self.record(lesson);
        record.skipped = skipped && !record.passed;
    }

    /// Notes that a lesson's code is no longer what was checked: it has been put back to its beginning,
    /// or to what it was before. What was tried stays known.
    pub fn note_reset(&mut self, lesson: &str) {
        if let Some(record) = self.lessons.get_mut(lesson) {
            record.passed = false;
        }
    }

    fn record(&mut self, lesson: &str) -> &mut Record {
        self.lessons.entry(lesson.to_string()).or_default()
    }
}

/// The seconds since 1970; none if the clock is before that.
fn now() -> Option<u64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.ok().map(|since| since.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_that_passes_is_not_skipped() {
        let mut progress = Progress::default();
        progress.note_skipped("a", true);
        assert!(progress.of("a").skipped);
        progress.note_verdict("a", false);
        assert!(progress.of("a").skipped);
        progress.note_verdict("a", true);
        assert!(!progress.of("a").skipped && progress.passed("a"));
        progress.note_skipped("a", true);
        assert!(!progress.of("a").skipped);
        progress.note_skipped("b", true);
        progress.note_skipped("b", false);
        assert_eq!(progress.of("b"), Record::default());
    }

    #[test]
    fn hints_never_go_back() {
        let mut progress = Progress::default();
        progress.note_hints("a", 2);
        progress.note_hints("a", 1);
        assert_eq!(progress.of("a").hints, 2);
    }

    #[test]
    fn a_reset_takes_the_pass_and_nothing_else() {
        let mut progress = Progress::default();
        progress.note_attempt("a");
        progress.note_verdict("a", true);
        progress.note_reset("a");
        progress.note_reset("b");
        let record = progress.of("a");
        assert!(!record.passed && record.attempts == 1 && record.passed_at.is_some());
        assert_eq!(progress.lessons.len(), 1);
    }
}
