//! The results that are shown while a run goes on.

use super::*;

#[test]
fn final_results_are_shown_before_the_run_has_ended_but_not_recorded() {
    let mut model = at(5);
    drop(model.update(Message::FilesChanged(files(1))));
    let finish = |model: &mut Model, lesson, outcome| {
        let finished = finished(model, lesson, outcome, 1, 1);
        let effects = model.update(Message::LessonFinished { run: 1, finished });
        assert!(effects.is_empty(), "{effects:?}");
    };
    // They may come in any order, and are shown in that of the course.
    finish(&mut model, 5, Outcome::Pass);
    finish(&mut model, 3, Outcome::Pass);
    let shown = [
        ("list-features", Outcome::Pass),
        ("route-chat", Outcome::Pass),
    ];
    assert_eq!(results_so_far(&model), shown);
    let pending: Vec<usize> = model
        .pending_lessons()
        .iter()
        .map(|lesson| lesson.number)
        .collect();
    assert_eq!(pending, [1, 2, 3, 5]);
    // The lesson is shown as passed, but counts as passed only when the run has ended.
    assert!(press(&mut model, "n").is_empty() && model.lesson == 5);
    assert!(model.verdict.is_none() && model.location().is_none());
    let end = checked(&model, Outcome::Pass, 1, 1);
    let effects = model.update(Message::RunEnded { run: 1, end });
    assert!(records(&effects) && model.verdict_passes() && results_so_far(&model).is_empty());
}

#[test]
fn the_first_wrong_lesson_gives_the_location_and_is_shown() {
    let mut model = at(5);
    drop(model.update(Message::FilesChanged(files(1))));
    for (lesson, outcome, place, scroll) in [
        (2, Outcome::Pass, None, 7),
        (5, Outcome::Fail, Some(5), 0),
        (3, Outcome::Fail, Some(3), 0),
        (4, Outcome::Fail, Some(3), 7),
    ] {
        model.scroll = 7;
        let finished = finished(&model, lesson, outcome, 1, 1);
        drop(model.update(Message::LessonFinished { run: 1, finished }));
        assert_eq!(
            model.location().map(|location| location.line),
            place,
            "{lesson}"
        );
        assert_eq!(model.scroll, scroll, "{lesson}");
    }
    // The page keeps its place when the run ends with the same first wrong lesson.
    let mut same = model.clone();
    let mut end = checked(&model, Outcome::Fail, 1, 1);
    if let RunEnd::Checked { report, .. } = &mut *end {
        report.lessons = model.partial_verdict().unwrap().lessons.clone();
    }
    drop(same.update(Message::RunEnded { run: 1, end }));
    assert!(same.verdict.is_some() && same.scroll == 7);
    // It does not, if that is another one.
    let end = checked(&model, Outcome::Fail, 1, 1);
    drop(model.update(Message::RunEnded { run: 1, end }));
    assert!(model.verdict.is_some() && model.scroll == 0);
}

#[test]
fn partial_results_are_dropped_with_their_run() {
    let mut model = at(5);
    drop(model.update(Message::FilesChanged(files(1))));
    // Results on other files than the known ones or those at the start of the run, and of another run.
    for (run, before, now) in [(1, 2, 2), (1, 0, 1), (1, 1, 2), (2, 1, 1), (0, 1, 1)] {
        let finished = finished(&model, 5, Outcome::Fail, before, now);
        drop(model.update(Message::LessonFinished { run, finished }));
        assert!(
            results_so_far(&model).is_empty(),
            "run {run}, {before}, {now}"
        );
    }
    let finish = |model: &mut Model, run, number| {
        let finished = finished(model, 5, Outcome::Fail, number, number);
        drop(model.update(Message::LessonFinished { run, finished }));
    };
    finish(&mut model, 1, 1);
    assert!(!results_so_far(&model).is_empty() && model.location().is_some());
    // After a save they are gone, and later results of the old run are ignored.
    drop(model.update(Message::FilesChanged(files(2))));
    assert!(results_so_far(&model).is_empty() && model.location().is_none());
    finish(&mut model, 1, 1);
    finish(&mut model, 1, 2);
    let end = Box::new(RunEnd::Cancelled);
    drop(model.update(Message::RunEnded { run: 1, end }));
    assert!(results_so_far(&model).is_empty() && model.location().is_none());
    // The files changed, and the watcher did not report it.
    finish(&mut model, 2, 2);
    assert!(!results_so_far(&model).is_empty());
    let end = checked(&model, Outcome::Pass, 2, 3);
    drop(model.update(Message::RunEnded { run: 2, end }));
    assert!(results_so_far(&model).is_empty() && !model.run.is_idle());
}
