//! When a run is started and cancelled, and when its verdict counts.

use std::sync::Arc;

use super::*;

#[test]
fn a_save_is_checked_and_a_verdict_is_shown_and_recorded() {
    let mut model = fresh();
    let effects = model.update(Message::FilesChanged(files(1)));
    assert_eq!(starts(&effects), [(1, RunScope::Lesson(0))]);
    assert_eq!(model.page, Page::Verdict);
    let end = checked(&model, Outcome::Pass, 1, 1);
    let effects = model.update(Message::RunEnded { run: 1, end });
    assert!(records(&effects) && model.verdict_passes());
    // The same state again is not a save.
    assert!(model.update(Message::FilesChanged(files(1))).is_empty());
}

#[test]
fn a_save_during_a_run_cancels_it_and_is_checked_instead() {
    let mut model = fresh();
    drop(model.update(Message::FilesChanged(files(1))));
    let effects = model.update(Message::FilesChanged(files(2)));
    assert!(matches!(
        effects[..],
        [Effect::ReadWork(0), Effect::CancelRun(1)]
    ));
    // The run had already ended with a pass, but on files that are gone.
    let end = checked(&model, Outcome::Pass, 1, 1);
    let effects = model.update(Message::RunEnded { run: 1, end });
    assert!(!records(&effects) && model.verdict.is_none());
    assert_eq!(starts(&effects), [(2, RunScope::Lesson(0))]);
    // A late message about the old run is ignored.
    let end = checked(&model, Outcome::Pass, 1, 1);
    assert!(model.update(Message::RunEnded { run: 1, end }).is_empty());
}

#[test]
fn a_save_that_the_watcher_missed_is_found_by_the_run_itself() {
    let mut model = fresh();
    drop(model.update(Message::FilesChanged(files(1))));
    let end = checked(&model, Outcome::Pass, 1, 2);
    let effects = model.update(Message::RunEnded { run: 1, end });
    assert!(!records(&effects) && model.verdict.is_none());
    assert_eq!(starts(&effects), [(2, RunScope::Lesson(0))]);
    // The watcher reports it late.
    assert!(model.update(Message::FilesChanged(files(2))).is_empty());
}

#[test]
fn files_that_are_rewritten_during_a_run_are_checked_again() {
    let touched = |times| Fingerprint::synthetic(1, times);
    let mut model = fresh();
    drop(model.update(Message::FilesChanged(files(1))));
    // The contents are the same, but may have been others when they were read.
    let effects = model.update(Message::FilesChanged(touched(7)));
    assert!(matches!(
        effects[..],
        [Effect::ReadWork(0), Effect::CancelRun(1)]
    ));
    let end = Box::new(RunEnd::Cancelled);
    let effects = model.update(Message::RunEnded { run: 1, end });
    assert_eq!(starts(&effects), [(2, RunScope::Lesson(0))]);
    let end = |model: &mut Model, run, before, after| {
        let end = Box::new(RunEnd::Checked {
            report: report(model, 0, Outcome::Pass),
            before: touched(before),
            after: touched(after),
            location: None,
        });
        model.update(Message::RunEnded { run, end })
    };
    // A person does not do that during every run, but a build script may. Then the verdict counts in the end.
    for (run, recorded) in [(2, false), (3, false), (4, true)] {
        let effects = end(&mut model, run, 5 + run, 6 + run);
        assert_eq!(records(&effects), recorded, "{run}");
        assert_eq!(starts(&effects).is_empty(), recorded, "{run}");
    }
    drop(press(&mut model, "r"));
    assert!(model.update(Message::FilesChanged(touched(20))).is_empty());
    assert!(records(&end(&mut model, 5, 10, 20)));
    // Once the files have stayed the same during a run, rewrites count again.
    drop(press(&mut model, "r"));
    assert!(records(&end(&mut model, 6, 20, 20)));
    drop(press(&mut model, "r"));
    assert!(!records(&end(&mut model, 7, 20, 21)));
}

#[test]
fn a_new_time_does_not_turn_a_check_of_all_lessons_into_one_of_the_current_lesson() {
    let mut model = at(0);
    drop(press(&mut model, "c"));
    let again = |model: &mut Model, run| {
        let end = Box::new(RunEnd::Cancelled);
        starts(&model.update(Message::RunEnded { run, end }))
    };
    let effects = model.update(Message::FilesChanged(Fingerprint::synthetic(0, 7)));
    assert!(matches!(
        effects[..],
        [Effect::ReadWork(0), Effect::CancelRun(1)]
    ));
    assert_eq!(again(&mut model, 1), [(2, RunScope::All)]);
    // Other contents are a save, whose lesson comes first.
    drop(model.update(Message::FilesChanged(files(1))));
    assert_eq!(again(&mut model, 2), [(3, RunScope::Lesson(0))]);
}

#[test]
fn a_run_may_see_a_save_before_the_watcher() {
    let mut model = fresh();
    drop(model.update(Message::FilesChanged(files(1))));
    let started = |run, number| Message::RunStarted {
        run,
        files: files(number),
    };
    assert!(model.update(started(1, 1)).is_empty());
    assert!(model.update(started(0, 2)).is_empty() && model.files == files(1));
    // It reads the newer state, so it need not be started again when the watcher reports that.
    assert!(matches!(
        model.update(started(1, 2))[..],
        [Effect::ReadWork(0)]
    ));
    assert!(model.update(Message::FilesChanged(files(2))).is_empty());
    let end = checked(&model, Outcome::Pass, 2, 2);
    assert!(records(&model.update(Message::RunEnded { run: 1, end })));
}

#[test]
fn the_learner_is_told_about_files_that_change_during_every_run() {
    let mut model = fresh();
    drop(model.update(Message::FilesChanged(files(1))));
    for run in 1..=6 {
        let end = checked(&model, Outcome::Pass, run, run + 1);
        let effects = model.update(Message::RunEnded { run, end });
        assert!(!records(&effects));
        // It is tried again nevertheless: this may be a learner who saves often.
        assert_eq!(starts(&effects).len(), 1);
        assert_eq!(model.notice.is_some(), run >= 5, "{run}");
    }
}

#[test]
fn a_lesson_that_has_been_begun_is_checked_without_a_save() {
    let work = |touched| LessonWork {
        lesson: 3,
        regions: Ok(Vec::new()),
        touched,
        tried: false,
        pieces: Arc::new(Ok(Vec::new())),
    };
    let mut model = at(3);
    assert!(starts(&model.update(Message::WorkRead(work(false)))).is_empty());
    let mut model = at(3);
    let effects = model.update(Message::WorkRead(work(true)));
    assert_eq!(starts(&effects), [(1, RunScope::Lesson(3))]);
    // From another lesson, whose run is still in progress.
    let mut model = at(4);
    drop(model.update(Message::FilesChanged(files(1))));
    drop(model.update(Message::Key(Key::Char('l'))));
    drop(model.update(Message::Key(Key::Up)));
    let effects = model.update(Message::Key(Key::Enter));
    assert!(matches!(
        effects[..],
        [Effect::CancelRun(1), Effect::ReadWork(3)]
    ));
    drop(model.update(Message::WorkRead(work(true))));
    let end = Box::new(RunEnd::Cancelled);
    let effects = model.update(Message::RunEnded { run: 1, end });
    assert_eq!(starts(&effects), [(2, RunScope::Lesson(3))]);
}

#[test]
fn a_failed_random_case_is_repeated_until_it_passes() {
    let mut model = fresh();
    let mut seeds = Vec::new();
    for (save, outcome) in [Outcome::Fail, Outcome::Fail, Outcome::Pass, Outcome::Pass]
        .into_iter()
        .enumerate()
    {
        let save = save as u64 + 1;
        for effect in model.update(Message::FilesChanged(files(save))) {
            if let Effect::StartRun { seed, .. } = effect {
                seeds.push(seed);
            }
        }
        let end = checked(&model, outcome, save, save);
        drop(model.update(Message::RunEnded { run: save, end }));
    }
    assert_eq!(seeds, [1, 1, 1, 2]);
}

#[test]
fn the_prebuild_makes_way_for_a_run_that_builds() {
    let mut model = fresh();
    assert!(matches!(model.prebuild, Prebuild::Running { .. }));
    // The first lessons need no build.
    let effects = model.update(Message::FilesChanged(files(1)));
    assert!(!format!("{effects:?}").contains("StopPrebuild"));
    drop(press(&mut model, "c"));
    let end = Box::new(RunEnd::Cancelled);
    let effects = model.update(Message::RunEnded { run: 1, end });
    assert!(matches!(
        effects[..],
        [Effect::StopPrebuild, Effect::StartRun { .. }]
    ));
    assert_eq!(model.prebuild, Prebuild::Off);
}
