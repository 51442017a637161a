//! When a check is begun, ended and believed.

use std::sync::Arc;

use super::*;

#[test]
fn a_save_is_checked_and_a_verdict_is_shown_and_recorded() {
    let mut state = fresh();
    let effects = state.update(Event::Saved(files(1)));
    assert_eq!(starts(&effects), [(1, Scope::Lesson(0))]);
    assert_eq!(state.page, Page::Verdict);
    let ended = judged(&state, Outcome::Pass, 1, 1);
    let effects = state.update(Event::Ended { run: 1, ended });
    assert!(records(&effects) && state.verdict_passes());
    // The same state once more is no save.
    assert!(state.update(Event::Saved(files(1))).is_empty());
}

#[test]
fn a_save_during_a_check_ends_it_and_is_checked_instead() {
    let mut state = fresh();
    drop(state.update(Event::Saved(files(1))));
    let effects = state.update(Event::Saved(files(2)));
    assert!(matches!(effects[..], [Effect::Look(0), Effect::Cancel(1)]));
    // It had already ended, with a pass; but what it passed is gone.
    let ended = judged(&state, Outcome::Pass, 1, 1);
    let effects = state.update(Event::Ended { run: 1, ended });
    assert!(!records(&effects) && state.verdict.is_none());
    assert_eq!(starts(&effects), [(2, Scope::Lesson(0))]);
    // Whatever is heard of the old run still.
    let ended = judged(&state, Outcome::Pass, 1, 1);
    assert!(state.update(Event::Ended { run: 1, ended }).is_empty());
}

#[test]
fn a_save_that_nobody_told_of_is_found_by_the_run_itself() {
    let mut state = fresh();
    drop(state.update(Event::Saved(files(1))));
    let ended = judged(&state, Outcome::Pass, 1, 2);
    let effects = state.update(Event::Ended { run: 1, ended });
    assert!(!records(&effects) && state.verdict.is_none());
    assert_eq!(starts(&effects), [(2, Scope::Lesson(0))]);
    // The watcher comes late with it.
    assert!(state.update(Event::Saved(files(2))).is_empty());
}

#[test]
fn what_is_written_anew_meanwhile_is_checked_again() {
    let touched = |times| Fingerprint::made_up(1, times);
    let mut state = fresh();
    drop(state.update(Event::Saved(files(1))));
    // The same stands in the files; but something else may have, a moment ago, when they were read.
    let effects = state.update(Event::Saved(touched(7)));
    assert!(matches!(effects[..], [Effect::Look(0), Effect::Cancel(1)]));
    let ended = Box::new(Ended::Cancelled);
    let effects = state.update(Event::Ended { run: 1, ended });
    assert_eq!(starts(&effects), [(2, Scope::Lesson(0))]);
    let end = |state: &mut State, run, before, after| {
        let ended = Box::new(Ended::Judged {
            report: report(state, 0, Outcome::Pass),
            before: touched(before),
            after: touched(after),
            place: None,
        });
        state.update(Event::Ended { run, ended })
    };
    // Nobody at an editor does so each time. A build script may, and it is checked in the end.
    for (run, recorded) in [(2, false), (3, false), (4, true)] {
        let effects = end(&mut state, run, 5 + run, 6 + run);
        assert_eq!(records(&effects), recorded, "{run}");
        assert_eq!(starts(&effects).is_empty(), recorded, "{run}");
    }
    drop(press(&mut state, "r"));
    assert!(state.update(Event::Saved(touched(20))).is_empty());
    assert!(records(&end(&mut state, 5, 10, 20)));
    // Once files rest again, nothing of this is left.
    drop(press(&mut state, "r"));
    assert!(records(&end(&mut state, 6, 20, 20)));
    drop(press(&mut state, "r"));
    assert!(!records(&end(&mut state, 7, 20, 21)));
}

#[test]
fn a_run_may_know_of_a_save_first() {
    let mut state = fresh();
    drop(state.update(Event::Saved(files(1))));
    let began = |run, number| Event::Began {
        run,
        files: files(number),
    };
    assert!(state.update(began(1, 1)).is_empty());
    assert!(state.update(began(0, 2)).is_empty() && state.files == files(1));
    // It reads what is newer; so it need not be begun again when the watcher comes with that.
    assert!(matches!(state.update(began(1, 2))[..], [Effect::Look(0)]));
    assert!(state.update(Event::Saved(files(2))).is_empty());
    let ended = judged(&state, Outcome::Pass, 2, 2);
    assert!(records(&state.update(Event::Ended { run: 1, ended })));
}

#[test]
fn files_that_never_rest_are_told() {
    let mut state = fresh();
    drop(state.update(Event::Saved(files(1))));
    for run in 1..=6 {
        let ended = judged(&state, Outcome::Pass, run, run + 1);
        let effects = state.update(Event::Ended { run, ended });
        assert!(!records(&effects));
        // It is tried again all the same: this may be a learner who saves a lot.
        assert_eq!(starts(&effects).len(), 1);
        assert_eq!(state.notice.is_some(), run >= 5, "{run}");
    }
}

#[test]
fn a_lesson_that_has_been_begun_is_checked_without_a_save() {
    let work = |touched| Work {
        lesson: 3,
        regions: Ok(Vec::new()),
        touched,
        tried: false,
        pieces: Arc::new(Ok(Vec::new())),
    };
    let mut state = at(3);
    assert!(starts(&state.update(Event::Work(work(false)))).is_empty());
    let mut state = at(3);
    let effects = state.update(Event::Work(work(true)));
    assert_eq!(starts(&effects), [(1, Scope::Lesson(3))]);
    // From another lesson, whose check is still going on.
    let mut state = at(4);
    drop(state.update(Event::Saved(files(1))));
    drop(state.update(Event::Key(Key::Char('l'))));
    drop(state.update(Event::Key(Key::Up)));
    let effects = state.update(Event::Key(Key::Enter));
    assert!(matches!(effects[..], [Effect::Cancel(1), Effect::Look(3)]));
    drop(state.update(Event::Work(work(true))));
    let ended = Box::new(Ended::Cancelled);
    let effects = state.update(Event::Ended { run: 1, ended });
    assert_eq!(starts(&effects), [(2, Scope::Lesson(3))]);
}

#[test]
fn a_failed_random_case_comes_again_until_it_passes() {
    let mut state = fresh();
    let mut seeds = Vec::new();
    for (save, outcome) in [Outcome::Fail, Outcome::Fail, Outcome::Pass, Outcome::Pass]
        .into_iter()
        .enumerate()
    {
        let save = save as u64 + 1;
        for effect in state.update(Event::Saved(files(save))) {
            if let Effect::Start { seed, .. } = effect {
                seeds.push(seed);
            }
        }
        let ended = judged(&state, outcome, save, save);
        drop(state.update(Event::Ended { run: save, ended }));
    }
    assert_eq!(seeds, [1, 1, 1, 2]);
}

#[test]
fn compiling_ahead_makes_way_for_what_the_learner_waits_for() {
    let mut state = fresh();
    assert!(matches!(state.warm, Warm::Going { .. }));
    // The first lessons need no build.
    let effects = state.update(Event::Saved(files(1)));
    assert!(!format!("{effects:?}").contains("StopWarming"));
    drop(press(&mut state, "c"));
    let ended = Box::new(Ended::Cancelled);
    let effects = state.update(Event::Ended { run: 1, ended });
    assert!(matches!(
        effects[..],
        [Effect::StopWarming, Effect::Start { .. }]
    ));
    assert_eq!(state.warm, Warm::Off);
}
