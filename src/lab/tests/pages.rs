//! Pages: where the reader was, and the question of a lesson.

use super::*;

fn scrolled_to(model: &mut Model, line: usize) {
    model.viewport = Viewport {
        height: 10,
        lines: 100,
        first: model.scroll,
    };
    while model.scroll < line {
        press(model, "j");
    }
}

#[test]
fn the_place_in_a_text_survives_saves_pages_and_lessons() {
    let mut model = at(3);
    scrolled_to(&mut model, 7);
    drop(model.update(Message::FilesChanged(files(1))));
    assert_eq!(
        (model.page, model.scroll, model.text_place()),
        (Page::Verdict, 0, 7)
    );
    scrolled_to(&mut model, 4);
    press(&mut model, "t");
    assert_eq!(
        (model.page, model.scroll, model.verdict_place()),
        (Page::Text, 7, 4)
    );
    // Help and glossary return to the same line.
    press(&mut model, "gg??");
    assert_eq!((model.page, model.scroll), (Page::Text, 7));
    // Another lesson begins at its first line, and this one goes on where it was.
    press(&mut model, "lk");
    drop(model.update(Message::Key(Key::Enter)));
    assert_eq!((model.lesson, model.page, model.scroll), (2, Page::Text, 0));
    press(&mut model, "lj");
    drop(model.update(Message::Key(Key::Enter)));
    assert_eq!((model.lesson, model.page, model.scroll), (3, Page::Text, 7));
    // A new check begins a new verdict.
    drop(model.update(Message::FilesChanged(files(2))));
    assert_eq!((model.page, model.scroll), (Page::Verdict, 0));
}

#[test]
fn a_question_can_be_answered_after_a_pass_and_never_has_to_be() {
    let mut model = at(3);
    press(&mut model, "1");
    assert_eq!(model.answer, None);
    drop(model.update(Message::FilesChanged(files(1))));
    let end = checked(&model, Outcome::Pass, 1, 1);
    drop(model.update(Message::RunEnded { run: 1, end }));
    assert!(model.passed_now().is_some());
    press(&mut model, "9");
    assert_eq!(model.answer, None);
    assert!(
        model
            .notice
            .as_ref()
            .is_some_and(|notice| notice.contains("no answer 9"))
    );
    press(&mut model, "1");
    assert_eq!(model.answer, Some(0));
    press(&mut model, "3");
    assert_eq!(model.answer, Some(2));
    // The next lesson has a question of its own.
    let id = model.current().id().to_string();
    let mut progress = model.progress.clone();
    progress.note_verdict(&id, true);
    drop(model.update(Message::ProgressRead(progress)));
    press(&mut model, "n");
    assert_eq!((model.lesson, model.answer), (4, None));
}

#[test]
fn a_mark_is_not_lost_to_progress_that_was_read_before_it_was_recorded() {
    let mut model = at(3);
    let before = model.progress.clone();
    press(&mut model, "lm");
    let id = model.current().id().to_string();
    assert!(model.progress.of(&id).skipped);
    drop(model.update(Message::ProgressRead(before.clone())));
    assert!(model.progress.of(&id).skipped && model.may_go_on());
    // Once it is recorded, what is read counts: another lab may remove the mark.
    let mut recorded = before.clone();
    recorded.note_skipped(&id, true);
    drop(model.update(Message::ProgressRead(recorded)));
    drop(model.update(Message::ProgressRead(before)));
    assert!(!model.progress.of(&id).skipped);
}
