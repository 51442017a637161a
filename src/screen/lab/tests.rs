//! The interactive lab, drawn without a terminal.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::checker::Doing;
use crate::course::Course;
use crate::lab::{Key, LessonFinished, LessonWork, Message, Page, Prebuild, RunEnd};
use crate::learner::changes::PollingReason;
use crate::learner::work::LessonRegion;
use crate::learner::{Fingerprint, Progress};
use crate::location::Location;
use crate::messages::Rpc;
use crate::screen::Paint;
use crate::transcript::{Event, EventKind, Status, Transcript};
use crate::verdict::{CaseReport, CheckReport, Diagnosis, LessonReport, Outcome};

fn sized(columns: usize, rows: usize, colour: bool) -> DrawContext<'static> {
    DrawContext {
        columns,
        rows,
        paint: Paint::new(colour),
        program: "routeguide-lab",
        tick: 3,
    }
}

fn model() -> Model {
    let course = Arc::new(Course::embedded().unwrap());
    let mut progress = Progress::default();
    for lesson in &course.lessons()[..3] {
        progress.note_verdict(lesson.id(), true);
    }
    let mut model = Model::new(course, progress, Fingerprint::synthetic(0, 0), 1);
    drop(model.start());
    let region = LessonRegion {
        location: Location::new("start_here/src/server.rs", 53),
        end: 57,
        untouched: true,
        taken_up_again: false,
    };
    let work = LessonWork {
        lesson: 3,
        regions: Ok(vec![region]),
        touched: false,
        tried: false,
        pieces: Arc::new(Ok(Vec::new())),
    };
    drop(model.update(Message::WorkRead(work)));
    model
}

/// The model after a save with this verdict.
fn checked(outcome: Outcome, message: &str) -> Model {
    let mut model = model();
    drop(model.update(Message::FilesChanged(Fingerprint::synthetic(1, 0))));
    let diagnosis = (outcome != Outcome::Pass).then(|| Diagnosis::new(message));
    let lesson = LessonReport::without_cases(model.current(), outcome, diagnosis);
    let place = Location::new("start_here/src/server.rs", 61);
    let end = Box::new(RunEnd::Checked {
        report: CheckReport {
            seed: 1,
            duration: Duration::ZERO,
            target: "start_here".to_string(),
            lessons: vec![lesson],
            warnings: Vec::new(),
            notes: Vec::new(),
        },
        before: Fingerprint::synthetic(1, 0),
        after: Fingerprint::synthetic(1, 0),
        location: (outcome != Outcome::Pass).then_some(place),
    });
    drop(model.update(Message::RunEnded { run: 1, end }));
    model
}

/// The model during a run with these results: the index of a lesson, its outcome, and the diagnosis.
fn partly_checked(lesson: usize, found: &[(usize, Outcome, &str)]) -> Model {
    let mut model = model();
    model.lesson = lesson;
    drop(model.update(Message::FilesChanged(Fingerprint::synthetic(1, 0))));
    let step = Doing::Probing;
    drop(model.update(Message::RunProgress { run: 1, step }));
    for (lesson, outcome, message) in found {
        let diagnosis = (*outcome != Outcome::Pass).then(|| Diagnosis::new(*message));
        let lesson = &model.course.lessons()[*lesson];
        let finished = Box::new(LessonFinished {
            report: LessonReport::without_cases(lesson, *outcome, diagnosis),
            before: Fingerprint::synthetic(1, 0),
            now: Fingerprint::synthetic(1, 0),
            location: Some(Location::new("start_here/src/server.rs", 61)),
        });
        drop(model.update(Message::LessonFinished { run: 1, finished }));
    }
    model
}

/// Models with everything that can be shown.
fn models() -> Vec<Model> {
    let mut models = vec![model(), checked(Outcome::Pass, "")];
    let long = "It goes on and on. ".repeat(200) + "日本語の長い名前 👩‍👩‍👧 \u{1b}[2J\u{7}";
    models.push(checked(Outcome::Fail, &long));
    models.push(partly_checked(5, &[(3, Outcome::Pass, "")]));
    models.push(partly_checked(
        5,
        &[(5, Outcome::Fail, &long), (3, Outcome::Pass, "")],
    ));
    let mut going = model();
    drop(going.update(Message::FilesChanged(Fingerprint::synthetic(2, 0))));
    let step = Doing::Building {
        done: 7,
        total: 1_000_000,
    };
    drop(going.update(Message::RunProgress { run: 1, step }));
    going.prebuild = Prebuild::Failed("no\nnetwork".to_string());
    going.polling = Some(PollingReason::NoEvent);
    going.notice = Some("something\nwith a line end".to_string());
    models.push(going.clone());
    drop(going.update(Message::Key(Key::Char('x'))));
    models.push(going);
    models.push(passed());
    let keys = "hsltv?g".chars().map(|letter| {
        let mut model = checked(Outcome::Fail, "no");
        drop(model.update(Message::Key(Key::Char(letter))));
        model
    });
    models.extend(keys);
    let mut failed = model();
    failed.check_error = Some("cannot start cargo".to_string());
    failed.page = Page::Verdict;
    models.push(failed);
    let mut finished = model();
    finished.page = Page::Finish;
    models.push(finished);
    models
}

#[test]
fn every_page_fits_every_terminal() {
    for model in models() {
        for (columns, rows) in [
            (1, 1),
            (7, 3),
            (20, 8),
            (40, 12),
            (80, 24),
            (81, 25),
            (200, 60),
        ] {
            for colour in [false, true] {
                let mut model = model.clone();
                for scroll in [0, 5, usize::MAX] {
                    model.scroll = scroll;
                    let frame = draw(&model, &sized(columns, rows, colour));
                    assert_eq!(frame.rows.len(), rows);
                    for row in &frame.rows {
                        let most = columns.max(2);
                        assert!(fit::width(row) <= most, "{columns}x{rows}: {row:?}");
                        let plain = console::strip_ansi_codes(row);
                        assert!(!plain.contains(char::is_control), "{row:?}");
                        assert!(colour || !row.contains('\u{1b}'), "{row:?}");
                    }
                }
            }
        }
    }
}

/// The model after a pass, with its call and an answer to its question.
fn passed() -> Model {
    let mut model = checked(Outcome::Pass, "");
    let verdict = model.verdict.as_mut().unwrap();
    let events = [
        EventKind::HalfClosed,
        EventKind::Headers,
        EventKind::Ended {
            status: Status::ok(),
        },
    ];
    let transcript = Transcript {
        rpc: Rpc::ListFeatures,
        events: events
            .map(|what| Event {
                at: Duration::ZERO,
                what,
            })
            .to_vec(),
    };
    let case = CaseReport::of_call("one-point", "One point.", vec![], transcript);
    verdict.report.lessons[0].cases.push(case);
    drop(model.update(Message::Key(Key::Char('1'))));
    model
}

#[test]
fn a_pass_shows_its_call_what_was_learned_and_a_question() {
    let model = passed();
    let lesson = model.current();
    let question = lesson.question.as_ref().unwrap();
    let frame = draw(&model, &sized(100, 80, false));
    let all = frame.rows.join("\n");
    for text in [
        "A call that proves it, one-point:",
        "half-close",
        "What you have learned",
        &lesson.learned[2],
        "To try",
        &question.text,
        "✗ 1",
        "✓ 3",
        "3 is right.",
    ] {
        assert!(all.contains(text), "no {text:?} in\n{all}");
    }
}

#[test]
fn a_wide_terminal_shows_the_text_beside_the_verdict() {
    let mut model = checked(Outcome::Fail, "It sends too much.");
    let wide = |model: &Model| draw(model, &sized(160, 40, false));
    let both = |frame: &Frame| {
        let all = frame.rows.join("\n");
        assert!(
            all.contains("It sends too much.") && all.contains("server streaming"),
            "{all}"
        );
        frame.rows[1].clone()
    };
    let frame = wide(&model);
    assert!(both(&frame).contains("▸ the verdict"));
    model.viewport = frame.viewport;
    // The keys scroll the page that is marked; the other one keeps its place.
    drop(model.update(Message::Key(Key::Char('t'))));
    let frame = wide(&model);
    assert!(both(&frame).contains("▸ the lesson"));
    model.viewport = frame.viewport;
    drop(model.update(Message::Key(Key::Down)));
    let frame = wide(&model);
    assert_eq!(frame.viewport.first, 1);
    both(&frame);
    // With less room, one page has it all.
    let narrow = draw(&model, &sized(119, 40, false)).rows.join("\n");
    assert!(!narrow.contains("It sends too much."));
}

/// The rows as text, without trailing blanks.
fn text(model: &Model) -> String {
    let frame = draw(model, &sized(80, 24, false));
    let rows: Vec<&str> = frame.rows.iter().map(|row| row.trim_end()).collect();
    rows.join("\n")
}

#[test]
fn the_status_says_what_to_do() {
    let lessons = model().tally().lessons;
    let begun = text(&model());
    assert!(begun.contains("Lesson 4: Stream features"), "{begun}");
    assert!(begun.contains(&format!("3 of {lessons} passed")), "{begun}");
    assert!(begun.contains("Write at start_here/src/server.rs:53 and save; saving checks it."));
    let failed = text(&checked(
        Outcome::Fail,
        "The border belongs to the rectangle.",
    ));
    assert!(failed.contains("✗ Not yet. Edit start_here/src/server.rs:61 and save"));
    assert!(failed.contains("The border belongs to the rectangle."));
    assert!(!failed.contains("n next"));
    let mut passed = checked(Outcome::Pass, "");
    let mut progress = passed.progress.clone();
    progress.note_verdict("list-features", true);
    drop(passed.update(Message::ProgressRead(progress)));
    let passed = text(&passed);
    assert!(
        passed.contains("✓ Passed. n goes on with lesson 5"),
        "{passed}"
    );
    assert!(passed.contains("n next"), "{passed}");
}

#[test]
fn results_are_shown_while_other_lessons_are_pending() {
    let all = |last| {
        let pass = |lesson| (lesson, Outcome::Pass, "");
        [pass(0), pass(1), pass(2), pass(3), last]
    };
    let passes = text(&partly_checked(5, &all((5, Outcome::Pass, ""))));
    let status = "✓ Lesson 6 passes; waiting 1 s for lesson 5";
    assert!(passes.contains(status), "{passes}");
    // One line for each lesson, as at the end; a pending one has the spinner.
    let lines: Vec<&str> = passes.lines().skip(2).take(6).collect();
    let signs: String = lines
        .iter()
        .filter_map(|line| line.chars().next())
        .collect();
    assert_eq!(signs, "✓✓✓✓⠴✓", "{passes}");
    assert!(
        lines[4].starts_with("⠴ record-route        waiting 1 s: RecordRoute counts whole seconds")
    );
    assert!(!passes.contains("n next"), "{passes}");
    // A lesson that is not right is shown with its diagnosis.
    let message = "You send the new note back, too.";
    let fails = text(&partly_checked(5, &all((5, Outcome::Fail, message))));
    assert!(fails.contains("✗ Not yet. Edit start_here/src/server.rs:61 and save"));
    assert!(fails.contains("✗ route-chat          not yet"), "{fails}");
    assert!(fails.contains(message) && fails.contains("waiting 1 s"));
    // Lessons that have not been begun say nothing about those that have.
    let [one, two, three, four, five] = all((5, Outcome::Pass, ""));
    let later = [one, two, three, four, five, (7, Outcome::Fail, "")];
    let mut model = partly_checked(5, &later);
    if let crate::lab::RunState::Running {
        partial: Some(partial),
        ..
    } = &mut model.run
    {
        partial.lessons.iter_mut().for_each(|lesson| {
            lesson.begun = lesson.outcome == Outcome::Pass;
        });
    }
    let later = text(&model);
    assert!(later.contains("✓ Lesson 6 passes"), "{later}");
    assert!(later.contains("· create-client       not begun"), "{later}");
    // As long as the current lesson has no result, the status says what is being done.
    let others = text(&partly_checked(5, &all((2, Outcome::Pass, ""))));
    assert!(others.contains("Checking lesson 6: running the cases"));
    assert!(
        others.contains("✓ list-features") && others.contains("⠴ route-chat          checking")
    );
    // More than one lesson may be pending.
    let more = text(&partly_checked(6, &all((6, Outcome::Pass, ""))));
    assert!(
        more.contains("✓ Lesson 7 passes; still checking 2 other lessons"),
        "{more}"
    );
}

#[test]
fn a_long_page_scrolls_to_its_end_and_back() {
    let mut model = checked(Outcome::Fail, &"words and words ".repeat(400));
    let first = draw(&model, &sized(80, 24, false));
    assert!(first.viewport.lines > first.viewport.height);
    assert!(first.rows.iter().any(|row| row.contains("↓ lines 1 to")));
    model.viewport = first.viewport;
    drop(model.update(Message::Key(Key::End)));
    let last = draw(&model, &sized(80, 24, false));
    assert!(last.rows.iter().any(|row| row.contains("↑ lines")));
    // Scrolling beyond the end has no effect on the next step up.
    drop(model.update(Message::Key(Key::PageDown)));
    drop(model.update(Message::Key(Key::Up)));
    assert_eq!(model.scroll, last.viewport.lines - last.viewport.height - 1);
    drop(model.update(Message::Key(Key::Home)));
    assert_eq!(draw(&model, &sized(80, 24, false)), first);
}

#[test]
fn the_selected_lesson_is_always_visible() {
    let mut model = model();
    drop(model.update(Message::Key(Key::Char('l'))));
    for _ in 0..20 {
        drop(model.update(Message::Key(Key::Down)));
        for rows in [12, 24] {
            let frame = draw(&model, &sized(80, rows, false));
            assert!(frame.rows.iter().any(|row| row.contains('❯')), "{rows}");
        }
    }
    let cursor = model.course.lessons().len() - 1;
    assert_eq!(model.page, Page::List { cursor });
}

#[test]
fn all_errors_of_the_compiler_are_shown_on_a_key() {
    let mut model = checked(Outcome::Error, "Clone each one.");
    let report = &mut model.verdict.as_mut().unwrap().report;
    let diagnosis = report.lessons[0].diagnosis.take().unwrap();
    let rest = vec!["error: two".to_string(), "error: three".to_string()];
    report.lessons[0].diagnosis = Some(diagnosis.quoting_errors("error: one", rest));
    let shown = |model: &Model| draw(model, &sized(80, 40, false)).rows.join("\n");
    let folded = shown(&model);
    assert!(
        folded.contains("error: one") && !folded.contains("error: two"),
        "{folded}"
    );
    assert!(
        folded.contains("… and 2 more errors: `e` shows them"),
        "{folded}"
    );
    drop(model.update(Message::Key(Key::Char('e'))));
    let whole = shown(&model);
    assert!(
        whole.contains("error: two") && whole.contains("error: three"),
        "{whole}"
    );
    drop(model.update(Message::Key(Key::Char('e'))));
    assert_eq!(shown(&model), folded);
}
