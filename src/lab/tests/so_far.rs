//! What is shown of a run before it is over.

use super::*;

#[test]
fn what_is_judged_for_good_is_shown_before_the_run_is_over_and_not_recorded() {
    let mut state = at(5);
    drop(state.update(Event::Saved(files(1))));
    let tell = |state: &mut State, lesson, outcome| {
        let settled = settled(state, lesson, outcome, 1, 1);
        let effects = state.update(Event::Settled { run: 1, settled });
        assert!(effects.is_empty(), "{effects:?}");
    };
    // In whatever order: it is the course's on the screen.
    tell(&mut state, 5, Outcome::Pass);
    tell(&mut state, 3, Outcome::Pass);
    let shown = [
        ("list-features", Outcome::Pass),
        ("route-chat", Outcome::Pass),
    ];
    assert_eq!(so_far(&state), shown);
    let awaited: Vec<usize> = state.awaited().iter().map(|lesson| lesson.number).collect();
    assert_eq!(awaited, [1, 2, 3, 5]);
    // It has passed, as far as one can see; but only the end of the run makes it so.
    assert!(press(&mut state, "n").is_empty() && state.lesson == 5);
    assert!(state.verdict.is_none() && state.place().is_none());
    let ended = judged(&state, Outcome::Pass, 1, 1);
    let effects = state.update(Event::Ended { run: 1, ended });
    assert!(records(&effects) && state.verdict_passes() && so_far(&state).is_empty());
}

#[test]
fn what_is_wrong_first_is_to_be_changed_and_seen() {
    let mut state = at(5);
    drop(state.update(Event::Saved(files(1))));
    for (lesson, outcome, place, scroll) in [
        (2, Outcome::Pass, None, 7),
        (5, Outcome::Fail, Some(5), 0),
        (3, Outcome::Fail, Some(3), 0),
        (4, Outcome::Fail, Some(3), 7),
    ] {
        state.scroll = 7;
        let settled = settled(&state, lesson, outcome, 1, 1);
        drop(state.update(Event::Settled { run: 1, settled }));
        assert_eq!(state.place().map(|place| place.line), place, "{lesson}");
        assert_eq!(state.scroll, scroll, "{lesson}");
    }
    // Whoever reads about it is not disturbed when the run ends with the same.
    let mut same = state.clone();
    let mut ended = judged(&state, Outcome::Fail, 1, 1);
    if let Ended::Judged { report, .. } = &mut *ended {
        report.lessons = state.so_far().unwrap().lessons.clone();
    }
    drop(same.update(Event::Ended { run: 1, ended }));
    assert!(same.verdict.is_some() && same.scroll == 7);
    // It is, if there is something else to read.
    let ended = judged(&state, Outcome::Fail, 1, 1);
    drop(state.update(Event::Ended { run: 1, ended }));
    assert!(state.verdict.is_some() && state.scroll == 0);
}

#[test]
fn what_is_judged_for_good_goes_with_its_run() {
    let mut state = at(5);
    drop(state.update(Event::Saved(files(1))));
    // Other files than those that are known, or than at the beginning of the run; another run.
    for (run, before, now) in [(1, 2, 2), (1, 0, 1), (1, 1, 2), (2, 1, 1), (0, 1, 1)] {
        let settled = settled(&state, 5, Outcome::Fail, before, now);
        drop(state.update(Event::Settled { run, settled }));
        assert!(so_far(&state).is_empty(), "run {run}, {before}, {now}");
    }
    let tell = |state: &mut State, run, number| {
        let settled = settled(state, 5, Outcome::Fail, number, number);
        drop(state.update(Event::Settled { run, settled }));
    };
    tell(&mut state, 1, 1);
    assert!(!so_far(&state).is_empty() && state.place().is_some());
    // A save: nothing of it holds any more, and what still comes of the old run counts for nothing.
    drop(state.update(Event::Saved(files(2))));
    assert!(so_far(&state).is_empty() && state.place().is_none());
    tell(&mut state, 1, 1);
    tell(&mut state, 1, 2);
    let ended = Box::new(Ended::Cancelled);
    drop(state.update(Event::Ended { run: 1, ended }));
    assert!(so_far(&state).is_empty() && state.place().is_none());
    // Files that were changed behind the watcher's back.
    tell(&mut state, 2, 2);
    assert!(!so_far(&state).is_empty());
    let ended = judged(&state, Outcome::Pass, 2, 3);
    drop(state.update(Event::Ended { run: 2, ended }));
    assert!(so_far(&state).is_empty() && !state.run.is_idle());
}
