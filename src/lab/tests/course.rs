//! The way through the course, and the questions on it.

use std::sync::Arc;

use super::*;
use crate::course::Part;

#[test]
fn the_course_is_done_when_all_has_passed_and_not_when_all_is_skipped() {
    let course = Arc::new(Course::embedded().unwrap());
    let mut progress = Progress::default();
    for lesson in course.lessons() {
        progress.note_skipped(lesson.id(), true);
    }
    progress.note_verdict("define-messages", true);
    let mut model = Model::new(Arc::clone(&course), progress.clone(), files(0), 1);
    assert!(!model.is_done());
    assert_eq!((model.lesson, model.page), (1, Page::Text));
    drop(press(&mut model, "n"));
    assert_eq!((model.lesson, model.page), (2, Page::Text));
    for lesson in course.lessons() {
        progress.note_verdict(lesson.id(), true);
    }
    assert_eq!(Model::new(course, progress, files(0), 1).page, Page::Finish);
}

#[test]
fn next_goes_on_only_from_what_has_passed() {
    let mut model = at(3);
    assert!(press(&mut model, "n").is_empty());
    assert!(model.notice.is_some() && model.lesson == 3);
    let mut progress = model.progress.clone();
    progress.note_verdict("list-features", true);
    drop(model.update(Message::ProgressRead(progress)));
    let effects = press(&mut model, "n");
    assert!(matches!(effects[..], [Effect::ReadWork(4)]));
    assert_eq!((model.lesson, model.page), (4, Page::Text));
}

#[test]
fn nothing_is_destroyed_without_a_yes() {
    for (keys, effect) in [("x", "Reset"), ("sy", ""), ("syw", "WriteSolution")] {
        let mut model = at(3);
        assert!(press(&mut model, keys).is_empty(), "{keys}");
        if effect.is_empty() {
            assert_eq!(model.page, Page::Solution);
            continue;
        }
        for no in [Key::Char('n'), Key::Escape, Key::Char('h'), Key::Up] {
            let mut asked = model.clone();
            let effects = asked.update(Message::Key(no));
            assert!(asked.question.is_none());
            assert!(!format!("{effects:?}").contains(effect), "{effects:?}");
            // A key that is not an answer does what it always does.
            assert!(no != Key::Char('h') || asked.page == Page::Hints);
        }
        let effects = model.update(Message::Key(Key::Char('y')));
        assert!(format!("{effects:?}").contains(effect), "{effects:?}");
    }
}

#[test]
fn the_list_chooses_resets_and_marks() {
    let mut model = at(3);
    drop(press(&mut model, "lj"));
    assert_eq!(model.page, Page::List { cursor: 4 });
    let effects = press(&mut model, "m");
    assert!(matches!(
        effects[..],
        [Effect::RecordSkipped {
            lesson: 4,
            skipped: true
        }]
    ));
    drop(press(&mut model, "x"));
    assert_eq!(model.question, Some(Question::Reset(4)));
    drop(press(&mut model, "n"));
    // A lesson that has passed cannot be skipped.
    drop(model.update(Message::Key(Key::Home)));
    assert!(press(&mut model, "m").is_empty() && model.notice.is_some());
    drop(model.update(Message::Key(Key::Enter)));
    assert_eq!((model.lesson, model.page), (0, Page::Text));
}

#[test]
fn a_mark_survives_progress_that_was_read_before_it_was_recorded() {
    let mut model = at(3);
    let before = model.progress.clone();
    let read = |model: &mut Model, progress: &Progress| {
        drop(model.update(Message::ProgressRead(progress.clone())));
        model.progress.of("record-route").skipped
    };
    drop(press(&mut model, "ljm"));
    assert!(read(&mut model, &before));
    drop(press(&mut model, "m"));
    let mut marked = before.clone();
    marked.note_skipped("record-route", true);
    drop(model.update(Message::SkipRecorded(4)));
    assert!(!read(&mut model, &marked));
    drop(model.update(Message::SkipRecorded(4)));
    assert!(!read(&mut model, &before));
    // From then on, what is recorded counts, such as another lab's mark.
    assert!(read(&mut model, &marked));
}

/// The last lesson has passed; the effects of recording that.
fn all_passed() -> (Model, Vec<Effect>) {
    let last = Course::embedded().unwrap().part(Part::Codelab).count() - 1;
    let mut model = at(last);
    drop(model.update(Message::FilesChanged(files(1))));
    let end = checked(&model, Outcome::Pass, 1, 1);
    drop(model.update(Message::RunEnded { run: 1, end }));
    let mut progress = model.progress.clone();
    progress.note_verdict("try-it-out", true);
    let effects = model.update(Message::ProgressRead(progress));
    (model, effects)
}

#[test]
fn the_end_is_shown_when_all_has_passed_once_more() {
    let (mut model, effects) = all_passed();
    assert!(matches!(
        effects[..],
        [Effect::StartRun {
            scope: RunScope::All,
            ..
        }]
    ));
    assert!(model.is_done() && model.page != Page::Finish);
    // The progress is read each second.
    let progress = model.progress.clone();
    assert!(
        model
            .update(Message::ProgressRead(progress.clone()))
            .is_empty()
    );
    let end = checked(&model, Outcome::Pass, 1, 1);
    drop(model.update(Message::RunEnded { run: 2, end }));
    assert!(
        model
            .update(Message::ProgressRead(progress.clone()))
            .is_empty()
    );
    assert_eq!(model.page, Page::Finish);
    drop(press(&mut model, "v"));
    assert!(model.update(Message::ProgressRead(progress)).is_empty());
    assert_eq!(model.page, Page::Verdict);
}

#[test]
fn the_end_is_not_shown_if_an_earlier_lesson_is_broken() {
    let (mut model, _) = all_passed();
    let end = checked(&model, Outcome::Fail, 1, 1);
    drop(model.update(Message::RunEnded { run: 2, end }));
    let mut progress = model.progress.clone();
    progress.note_verdict("list-features", false);
    assert!(model.update(Message::ProgressRead(progress)).is_empty());
    assert!(!model.is_done() && !model.verdict_passes());
    assert_ne!(model.page, Page::Finish);
}

#[test]
fn optional_lessons_follow_the_end() {
    let course = Course::embedded().unwrap().with_optional(&["one", "two"]);
    let codelab = course.part(Part::Codelab).count();
    let mut progress = Progress::default();
    for lesson in course.part(Part::Codelab) {
        progress.note_verdict(lesson.id(), true);
    }
    let course = Arc::new(course);
    let open = |progress: &Progress| Model::new(Arc::clone(&course), progress.clone(), files(0), 1);
    let mut model = open(&progress);
    assert_eq!((model.lesson, model.page), (codelab - 1, Page::Finish));
    drop(press(&mut model, "n"));
    assert_eq!((model.lesson, model.page), (codelab, Page::Text));
    // One that has been begun is gone on with.
    progress.note_attempt("two");
    assert_eq!(open(&progress).lesson, codelab + 1);
    // After one that has passed, the next one follows.
    let mut first_passed = Progress::default();
    first_passed.clone_from(&progress);
    first_passed.note_verdict("one", true);
    assert_eq!(open(&first_passed).lesson, codelab + 1);
    for optional in ["one", "two"] {
        progress.note_verdict(optional, true);
    }
    let mut model = open(&progress);
    assert_eq!(model.page, Page::Finish);
    drop(press(&mut model, "l"));
    drop(model.update(Message::Key(Key::End)));
    drop(model.update(Message::Key(Key::Enter)));
    assert_eq!((model.lesson, model.page), (codelab + 1, Page::Text));
    drop(press(&mut model, "n"));
    assert_eq!(model.page, Page::Finish);
}
