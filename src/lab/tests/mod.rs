//! Sequences of events, written and random.

mod course;
mod runs;
mod so_far;
mod world;

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::course::Course;
use crate::learner::{Fingerprint, Progress};
use crate::location::Location;
use crate::verdict::{CheckReport, LessonReport, Outcome};

fn files(number: u64) -> Fingerprint {
    Fingerprint::made_up(number, 0)
}

/// The lab as a learner opens it for the first time.
fn fresh() -> State {
    let course = Arc::new(Course::embedded().unwrap());
    let mut state = State::new(course, Progress::default(), files(0), 1);
    drop(state.begin());
    state
}

/// The same at a lesson whose predecessors have passed.
fn at(lesson: usize) -> State {
    let course = Arc::new(Course::embedded().unwrap());
    let mut progress = Progress::default();
    for lesson in &course.lessons()[..lesson] {
        progress.note_verdict(lesson.id(), true);
    }
    let state = State::new(course, progress, files(0), 1);
    assert_eq!(state.lesson, lesson);
    state
}

fn report(state: &State, lesson: usize, outcome: Outcome) -> CheckReport {
    let lesson = &state.course.lessons()[lesson];
    CheckReport {
        seed: 1,
        duration: Duration::ZERO,
        target: "start_here".to_string(),
        lessons: vec![LessonReport::without_cases(lesson, outcome, None)],
        warnings: Vec::new(),
        notes: Vec::new(),
    }
}

fn judged(state: &State, outcome: Outcome, before: u64, after: u64) -> Box<Ended> {
    Box::new(Ended::Judged {
        report: report(state, state.lesson, outcome),
        before: files(before),
        after: files(after),
        place: None,
    })
}

/// A lesson is judged in a run that goes on, on files that were in one state before it and in another now.
fn settled(state: &State, lesson: usize, outcome: Outcome, before: u64, now: u64) -> Box<Settled> {
    let mut report = report(state, lesson, outcome);
    let place = Location::new("start_here/src/server.rs", lesson);
    Box::new(Settled {
        report: report.lessons.remove(0),
        before: files(before),
        now: files(now),
        place: (outcome == Outcome::Fail).then_some(place),
    })
}

/// The lessons that are shown as judged, and how, while a run goes on.
fn so_far(state: &State) -> Vec<(&str, Outcome)> {
    let lessons = state.so_far().map_or(&[][..], |so_far| &so_far.lessons);
    let lessons = lessons.iter();
    lessons
        .map(|report| (report.lesson.as_str(), report.outcome))
        .collect()
}

fn starts(effects: &[Effect]) -> Vec<(u64, Scope)> {
    let start = |effect: &Effect| match effect {
        Effect::Start { run, scope, .. } => Some((*run, *scope)),
        _ => None,
    };
    effects.iter().filter_map(start).collect()
}

fn records(effects: &[Effect]) -> bool {
    effects
        .iter()
        .any(|effect| matches!(effect, Effect::Record { .. }))
}

fn press(state: &mut State, keys: &str) -> Vec<Effect> {
    let keys = keys.chars().map(Key::Char);
    keys.flat_map(|key| state.update(Event::Key(key))).collect()
}
