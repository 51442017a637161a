//! The way through the course, and what is asked on it.

use std::sync::Arc;

use super::*;

#[test]
fn the_course_is_done_when_all_has_passed_and_not_when_all_is_skipped() {
    let course = Arc::new(Course::embedded().unwrap());
    let mut progress = Progress::default();
    for lesson in course.lessons() {
        progress.note_skipped(lesson.id(), true);
    }
    progress.note_verdict("define-messages", true);
    let mut state = State::new(Arc::clone(&course), progress.clone(), files(0), 1);
    assert!(!state.is_done());
    assert_eq!((state.lesson, state.page), (1, Page::Text));
    drop(press(&mut state, "n"));
    assert_eq!((state.lesson, state.page), (2, Page::Text));
    for lesson in course.lessons() {
        progress.note_verdict(lesson.id(), true);
    }
    assert_eq!(State::new(course, progress, files(0), 1).page, Page::Finish);
}

#[test]
fn next_goes_on_only_from_what_has_passed() {
    let mut state = at(3);
    assert!(press(&mut state, "n").is_empty());
    assert!(state.notice.is_some() && state.lesson == 3);
    let mut progress = state.progress.clone();
    progress.note_verdict("list-features", true);
    drop(state.update(Event::Progress(progress)));
    let effects = press(&mut state, "n");
    assert!(matches!(effects[..], [Effect::Look(4)]));
    assert_eq!((state.lesson, state.page), (4, Page::Text));
}

#[test]
fn nothing_is_destroyed_without_a_yes() {
    for (keys, effect) in [("x", "Reset"), ("sy", ""), ("syw", "WriteSolution")] {
        let mut state = at(3);
        assert!(press(&mut state, keys).is_empty(), "{keys}");
        if effect.is_empty() {
            assert_eq!(state.page, Page::Solution);
            continue;
        }
        for no in [Key::Char('n'), Key::Escape, Key::Char('h'), Key::Up] {
            let mut asked = state.clone();
            let effects = asked.update(Event::Key(no));
            assert!(asked.question.is_none());
            assert!(!format!("{effects:?}").contains(effect), "{effects:?}");
            // A key that is no answer does what it always does.
            assert!(no != Key::Char('h') || asked.page == Page::Hints);
        }
        let effects = state.update(Event::Key(Key::Char('y')));
        assert!(format!("{effects:?}").contains(effect), "{effects:?}");
    }
}

#[test]
fn the_list_chooses_resets_and_marks() {
    let mut state = at(3);
    drop(press(&mut state, "lj"));
    assert_eq!(state.page, Page::List { cursor: 4 });
    let effects = press(&mut state, "m");
    assert!(matches!(
        effects[..],
        [Effect::Skip {
            lesson: 4,
            skipped: true
        }]
    ));
    drop(press(&mut state, "x"));
    assert_eq!(state.question, Some(Question::Reset(4)));
    drop(press(&mut state, "n"));
    // What has passed is not skipped.
    drop(state.update(Event::Key(Key::Home)));
    assert!(press(&mut state, "m").is_empty() && state.notice.is_some());
    drop(state.update(Event::Key(Key::Enter)));
    assert_eq!((state.lesson, state.page), (0, Page::Text));
}

#[test]
fn the_end_is_shown_when_the_last_lesson_passes() {
    let mut state = at(12);
    drop(state.update(Event::Saved(files(1))));
    let ended = judged(&state, Outcome::Pass, 1, 1);
    drop(state.update(Event::Ended { run: 1, ended }));
    let mut progress = state.progress.clone();
    progress.note_verdict("try-it-out", true);
    drop(state.update(Event::Progress(progress)));
    assert_eq!(state.page, Page::Finish);
    assert!(state.is_done());
}
