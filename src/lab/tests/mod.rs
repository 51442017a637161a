//! Sequences of messages, written and random.

mod course;
mod pages;
mod partial_verdict;
mod runs;
mod world;

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::course::Course;
use crate::learner::{Fingerprint, Progress};
use crate::location::Location;
use crate::verdict::{CheckReport, LessonReport, Outcome};

fn files(number: u64) -> Fingerprint {
    Fingerprint::synthetic(number, 0)
}

/// The lab as a learner opens it for the first time.
fn fresh() -> Model {
    let course = Arc::new(Course::embedded().unwrap());
    let mut model = Model::new(course, Progress::default(), files(0), 1);
    drop(model.start());
    model
}

/// The lab at a lesson whose predecessors have passed.
fn at(lesson: usize) -> Model {
    let course = Arc::new(Course::embedded().unwrap());
    let mut progress = Progress::default();
    for lesson in &course.lessons()[..lesson] {
        progress.note_verdict(lesson.id(), true);
    }
    let model = Model::new(course, progress, files(0), 1);
    assert_eq!(model.lesson, lesson);
    model
}

fn report(model: &Model, lesson: usize, outcome: Outcome) -> CheckReport {
    let lesson = &model.course.lessons()[lesson];
    CheckReport {
        seed: 1,
        duration: Duration::ZERO,
        target: "start_here".to_string(),
        lessons: vec![LessonReport::without_cases(lesson, outcome, None)],
        warnings: Vec::new(),
        notes: Vec::new(),
    }
}

fn checked(model: &Model, outcome: Outcome, before: u64, after: u64) -> Box<RunEnd> {
    Box::new(RunEnd::Checked {
        report: report(model, model.lesson, outcome),
        before: files(before),
        after: files(after),
        location: None,
    })
}

/// The result of a lesson in a run that goes on. The files were in one state before the run, and are in another now.
fn finished(
    model: &Model,
    lesson: usize,
    outcome: Outcome,
    before: u64,
    now: u64,
) -> Box<LessonFinished> {
    let mut report = report(model, lesson, outcome);
    let location = Location::new("start_here/src/server.rs", lesson);
    Box::new(LessonFinished {
        report: report.lessons.remove(0),
        before: files(before),
        now: files(now),
        location: (outcome == Outcome::Fail).then_some(location),
    })
}

/// The results that are shown while a run goes on.
fn results_so_far(model: &Model) -> Vec<(&str, Outcome)> {
    let lessons = model
        .partial_verdict()
        .map_or(&[][..], |partial| &partial.lessons);
    let lessons = lessons.iter();
    lessons
        .map(|report| (report.lesson.as_str(), report.outcome))
        .collect()
}

fn starts(effects: &[Effect]) -> Vec<(u64, RunScope)> {
    let start = |effect: &Effect| match effect {
        Effect::StartRun { run, scope, .. } => Some((*run, *scope)),
        _ => None,
    };
    effects.iter().filter_map(start).collect()
}

fn records(effects: &[Effect]) -> bool {
    effects
        .iter()
        .any(|effect| matches!(effect, Effect::RecordVerdict { .. }))
}

fn press(model: &mut Model, keys: &str) -> Vec<Effect> {
    let keys = keys.chars().map(Key::Char);
    keys.flat_map(|key| model.update(Message::Key(key)))
        .collect()
}
