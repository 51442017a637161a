//! What a check found: the data that every form of output is made from.

use std::time::Duration;

use serde::Serialize;

use super::diagnosis::{Diagnosis, Finding};
use crate::messages::{Message, Rpc};
use crate::transcript::{Event, Status, Transcript};

/// The result of something that was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "outcome")
)]
#[must_use]
pub enum Outcome {
    /// It is right.
    Pass,
    /// It is not right yet.
    Fail,
    /// It could not be checked.
    Error,
    /// It was not checked, because something before it must be right first.
    Skipped,
}

impl Outcome {
    /// What a whole is, of which these are the parts: what could not be checked weighs most.
    pub fn of_all(parts: impl IntoIterator<Item = Outcome>) -> Outcome {
        parts
            .into_iter()
            .fold(Outcome::Pass, |whole, part| match (whole, part) {
                (Outcome::Error, _) | (_, Outcome::Error) => Outcome::Error,
                (Outcome::Fail, _) | (_, Outcome::Fail) => Outcome::Fail,
                (Outcome::Skipped, _) | (_, Outcome::Skipped) => Outcome::Skipped,
                _ => Outcome::Pass,
            })
    }

    /// What several lessons are together: a pass only if every one of them passed.
    pub fn of_lessons(lessons: &[LessonReport]) -> Outcome {
        match Outcome::of_all(lessons.iter().map(|lesson| lesson.outcome)) {
            Outcome::Skipped => Outcome::Fail,
            outcome => outcome,
        }
    }
}

/// A whole check.
#[derive(Debug, Clone)]
pub struct CheckReport {
    /// The seed of the random cases.
    pub seed: u64,
    /// How long everything took, the build included.
    pub duration: Duration,
    /// What was checked: a track or an address.
    pub target: String,
    /// The lessons, in order.
    pub lessons: Vec<LessonReport>,
    /// The compiler's warnings on code that it accepted, word for word.
    pub warnings: Vec<String>,
    /// Warnings: no reason to fail.
    pub notes: Vec<Diagnosis>,
}

impl CheckReport {
    /// Pass only if every lesson passed.
    pub fn outcome(&self) -> Outcome {
        Outcome::of_lessons(&self.lessons)
    }
}

/// The lessons that are not right, in the order in which they are to be changed: that of the course. But where a lesson that
/// has been begun goes on in the code of an earlier one, it comes first, since what is wrong in both was written for it.
pub fn wrong_in_order(lessons: &[LessonReport]) -> Vec<&LessonReport> {
    let wrong = || lessons.iter().filter(|lesson| lesson.is_wrong());
    let mut order: Vec<&LessonReport> = Vec::new();
    for lesson in wrong() {
        let later = wrong().filter(|later| later.begun && later.revises.contains(&lesson.lesson));
        for one in later.chain([lesson]) {
            if !order.iter().any(|other| other.lesson == one.lesson) {
                order.push(one);
            }
        }
    }
    order
}

/// The lesson to change first: of those that are not right the first that has been begun, or else the first.
pub fn first_wrong(lessons: &[LessonReport]) -> Option<&LessonReport> {
    let wrong = wrong_in_order(lessons);
    let begun = wrong.iter().find(|lesson| !lesson.is_not_begun());
    begun.or(wrong.first()).copied()
}

/// What the name of a case begins with that was drawn at random.
pub const DRAWN_PREFIX: &str = "random-";

/// What a report needs to know of a lesson. The course knows lessons, and is a floor above.
pub trait LessonHeading {
    /// The id that people type.
    fn id(&self) -> &str;

    /// The title.
    fn title(&self) -> &str;

    /// The earlier lessons in whose code it goes on.
    fn revises(&self) -> Vec<String>;
}

impl<L: LessonHeading> LessonHeading for &L {
    fn id(&self) -> &str {
        L::id(self)
    }

    fn title(&self) -> &str {
        L::title(self)
    }

    fn revises(&self) -> Vec<String> {
        L::revises(self)
    }
}

/// One lesson of a check.
#[derive(Debug, Clone)]
pub struct LessonReport {
    /// Its id.
    pub lesson: String,
    /// Its title.
    pub title: String,
    /// The earlier lessons in whose code it goes on.
    pub revises: Vec<String>,
    /// Its result.
    pub outcome: Outcome,
    /// Whether the learner has begun it. What is said of one that is not begun is short.
    pub begun: bool,
    /// How long its cases took.
    pub duration: Duration,
    /// Why it is not right, if it is not.
    pub diagnosis: Option<Diagnosis>,
    /// What was tried.
    pub cases: Vec<CaseReport>,
}

impl LessonReport {
    /// The lesson's outcome is that of its cases, and the diagnosis that of the most telling of them.
    pub fn of_cases(
        lesson: &impl LessonHeading,
        duration: Duration,
        cases: Vec<CaseReport>,
    ) -> LessonReport {
        let outcome = Outcome::of_all(cases.iter().map(|case| case.outcome));
        let diagnosis = diagnosis_of(&cases);
        LessonReport {
            outcome,
            diagnosis,
            duration,
            cases,
            ..LessonReport::empty(lesson)
        }
    }

    /// A lesson whose cases could not even begin.
    pub fn without_cases(
        lesson: &impl LessonHeading,
        outcome: Outcome,
        diagnosis: Option<Diagnosis>,
    ) -> LessonReport {
        LessonReport {
            outcome,
            diagnosis,
            ..LessonReport::empty(lesson)
        }
    }

    /// The report as it is for somebody who is known to write Rust, or for one whose language is not known.
    #[must_use]
    pub fn addressed(self, writes_rust: bool) -> LessonReport {
        let addressed = |found: Option<Diagnosis>| found.map(|found| found.addressed(writes_rust));
        let cases = self.cases.into_iter().map(|case| CaseReport {
            diagnosis: addressed(case.diagnosis),
            ..case
        });
        LessonReport {
            diagnosis: addressed(self.diagnosis),
            cases: cases.collect(),
            ..self
        }
    }

    /// Whether something is said of it that the learner is to change.
    pub fn is_wrong(&self) -> bool {
        matches!(self.outcome, Outcome::Fail | Outcome::Error)
    }

    /// Whether it is not right only because the learner has not begun it.
    pub fn is_not_begun(&self) -> bool {
        self.is_wrong() && !self.begun
    }

    fn empty(lesson: &impl LessonHeading) -> LessonReport {
        LessonReport {
            lesson: lesson.id().to_string(),
            title: lesson.title().to_string(),
            revises: lesson.revises(),
            outcome: Outcome::Skipped,
            begun: true,
            duration: Duration::ZERO,
            diagnosis: None,
            cases: Vec::new(),
        }
    }
}

/// What is said of the cases together: the diagnosis of the most telling one and, if another call of the
/// same RPC failed for a known reason of its own, that too. (What failed in other RPCs may be nothing but
/// a consequence.)
fn diagnosis_of(cases: &[CaseReport]) -> Option<Diagnosis> {
    let telling = most_telling(cases)?;
    let first = telling.diagnosis.clone()?;
    let is_another = |case: &&CaseReport| {
        let ids = case.diagnosis.as_ref().map_or(&[][..], |d| &d.mistakes);
        let is_new = |id: &'static str| !first.mistakes.contains(&id);
        // One error that comes sooner here and later there is one thing.
        let is_same_error =
            !case.ended_ok() && case.status.is_some() && case.status == telling.status;
        case.outcome == Outcome::Fail
            && !is_same_error
            && !ids.is_empty()
            && ids.iter().copied().all(is_new)
    };
    if telling.rpc.is_none() || first.mistakes.is_empty() {
        return Some(first);
    }
    let others = cases.iter().filter(|case| case.rpc == telling.rpc);
    let other = others
        .filter(is_another)
        .min_by_key(|case| case.hard_to_read());
    let Some((case, second)) = other.and_then(|case| Some((case, case.diagnosis.as_ref()?))) else {
        return Some(first);
    };
    Some(Diagnosis {
        also: [
            first.also,
            vec![format!("In {}: {}", case.case, second.message)],
            second.also.clone(),
        ]
        .concat(),
        mistakes: [&first.mistakes[..], &second.mistakes[..]].concat(),
        ..first
    })
}

/// The case that failed for a known reason, and shows it best; or, if none did, the first that failed.
pub fn most_telling<'a>(
    cases: impl IntoIterator<Item = &'a CaseReport> + Clone,
) -> Option<&'a CaseReport> {
    let failed = || {
        let cases = cases.clone().into_iter();
        cases.filter(|case| case.outcome == Outcome::Fail)
    };
    let known = |case: &&CaseReport| {
        case.diagnosis
            .as_ref()
            .is_some_and(|d| !d.mistakes.is_empty())
    };
    failed()
        .filter(known)
        .min_by_key(|case| case.hard_to_read())
        .or_else(|| failed().next())
}

impl CaseReport {
    /// How hard it is to see from this case what is wrong: ten messages more to read weigh as much as one
    /// more doubt, and a case that was written for the purpose says more than a drawn one.
    fn hard_to_read(&self) -> usize {
        const DRAWN: usize = 3;
        let is_drawn = self.case.starts_with(DRAWN_PREFIX);
        self.ambiguous + self.received.len() / 10 + DRAWN * usize::from(is_drawn)
    }
}

/// One case of a lesson.
#[derive(Debug, Clone)]
pub struct CaseReport {
    /// Its name.
    pub case: String,
    /// What it is there to find out.
    pub why: Option<String>,
    /// The RPC that it called, if it called one.
    pub rpc: Option<Rpc>,
    /// Its result.
    pub outcome: Outcome,
    /// Why it is not right.
    pub diagnosis: Option<Diagnosis>,
    /// The messages that were expected.
    pub expected: Vec<Message>,
    /// The messages that came.
    pub received: Vec<Message>,
    /// The status that the call ended with.
    pub status: Option<Status>,
    /// All that happened.
    pub transcript: Vec<Event>,
    /// Which event of it is the first that is not right.
    pub mark: Option<usize>,
    /// How many other known mistakes would have led to just this: with fewer, the case shows better what
    /// is wrong.
    pub ambiguous: usize,
}

impl CaseReport {
    /// A case about an RPC, not judged yet.
    pub fn of_call(
        case: &str,
        why: &str,
        expected: Vec<Message>,
        transcript: Transcript,
    ) -> CaseReport {
        CaseReport {
            case: case.to_string(),
            why: Some(why.to_string()),
            rpc: Some(transcript.rpc),
            outcome: Outcome::Pass,
            diagnosis: None,
            expected,
            received: transcript.received().cloned().collect(),
            status: transcript.status().cloned(),
            transcript: transcript.events,
            mark: None,
            ambiguous: 0,
        }
    }

    /// A case that is about no RPC.
    pub fn of_fact(case: impl Into<String>, diagnosis: Option<Diagnosis>) -> CaseReport {
        CaseReport {
            case: case.into(),
            why: None,
            rpc: None,
            outcome: if diagnosis.is_none() {
                Outcome::Pass
            } else {
                Outcome::Fail
            },
            diagnosis,
            expected: Vec::new(),
            received: Vec::new(),
            status: None,
            transcript: Vec::new(),
            mark: None,
            ambiguous: 0,
        }
    }

    /// Whether the call has ended, with OK.
    pub fn ended_ok(&self) -> bool {
        self.status.as_ref().is_some_and(Status::is_ok)
    }

    /// The case with what was found in it, if anything was.
    pub fn judged(self, finding: Option<Finding>) -> CaseReport {
        match finding {
            None => self,
            Some(finding) => CaseReport {
                outcome: Outcome::Fail,
                diagnosis: Some(finding.diagnosis),
                mark: finding.mark,
                ..self
            },
        }
    }
}
