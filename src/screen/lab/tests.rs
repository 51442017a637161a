//! The interactive lab, drawn without a terminal.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::checker::Doing;
use crate::course::Course;
use crate::lab::{Ended, Event, Key, Settled, Warm, Work};
use crate::learner::changes::PollingReason;
use crate::learner::work::LessonRegion;
use crate::learner::{Fingerprint, Progress};
use crate::location::Location;
use crate::verdict::{CheckReport, Diagnosis, LessonReport, Outcome};

fn stage(columns: usize, rows: usize, colour: bool) -> Stage<'static> {
    Stage {
        columns,
        rows,
        paint: Paint::new(colour),
        program: "routeguide-lab",
        tick: 3,
    }
}

fn state() -> State {
    let course = Arc::new(Course::embedded().unwrap());
    let mut progress = Progress::default();
    for lesson in &course.lessons()[..3] {
        progress.note_verdict(lesson.id(), true);
    }
    let mut state = State::new(course, progress, Fingerprint::made_up(0, 0), 1);
    drop(state.begin());
    let region = LessonRegion {
        location: Location::new("start_here/src/server.rs", 53),
        end: 57,
        untouched: true,
    };
    let work = Work {
        lesson: 3,
        regions: Ok(vec![region]),
        touched: false,
        tried: false,
        pieces: Arc::new(Ok(Vec::new())),
    };
    drop(state.update(Event::Work(work)));
    state
}

/// The state after a save of which this came.
fn judged(outcome: Outcome, message: &str) -> State {
    let mut state = state();
    drop(state.update(Event::Saved(Fingerprint::made_up(1, 0))));
    let diagnosis = (outcome != Outcome::Pass).then(|| Diagnosis::new(message));
    let lesson = LessonReport::without_cases(state.current(), outcome, diagnosis);
    let place = Location::new("start_here/src/server.rs", 61);
    let ended = Box::new(Ended::Judged {
        report: CheckReport {
            seed: 1,
            duration: Duration::ZERO,
            target: "start_here".to_string(),
            lessons: vec![lesson],
            warnings: Vec::new(),
            notes: Vec::new(),
        },
        before: Fingerprint::made_up(1, 0),
        after: Fingerprint::made_up(1, 0),
        place: (outcome != Outcome::Pass).then_some(place),
    });
    drop(state.update(Event::Ended { run: 1, ended }));
    state
}

/// The state while a run goes on in which this came of some lessons, counted from 0.
fn judged_so_far(lesson: usize, found: &[(usize, Outcome, &str)]) -> State {
    let mut state = state();
    state.lesson = lesson;
    drop(state.update(Event::Saved(Fingerprint::made_up(1, 0))));
    let doing = Doing::Probing;
    drop(state.update(Event::Doing { run: 1, doing }));
    for (lesson, outcome, message) in found {
        let diagnosis = (*outcome != Outcome::Pass).then(|| Diagnosis::new(*message));
        let lesson = &state.course.lessons()[*lesson];
        let settled = Box::new(Settled {
            report: LessonReport::without_cases(lesson, *outcome, diagnosis),
            before: Fingerprint::made_up(1, 0),
            now: Fingerprint::made_up(1, 0),
            place: Some(Location::new("start_here/src/server.rs", 61)),
        });
        drop(state.update(Event::Settled { run: 1, settled }));
    }
    state
}

/// States of every kind.
fn states() -> Vec<State> {
    let mut states = vec![state(), judged(Outcome::Pass, "")];
    let long = "It goes on and on. ".repeat(200) + "日本語の長い名前 👩‍👩‍👧 \u{1b}[2J\u{7}";
    states.push(judged(Outcome::Fail, &long));
    states.push(judged_so_far(5, &[(3, Outcome::Pass, "")]));
    states.push(judged_so_far(
        5,
        &[(5, Outcome::Fail, &long), (3, Outcome::Pass, "")],
    ));
    let mut going = state();
    drop(going.update(Event::Saved(Fingerprint::made_up(2, 0))));
    let doing = Doing::Building {
        done: 7,
        total: 1_000_000,
    };
    drop(going.update(Event::Doing { run: 1, doing }));
    going.warm = Warm::Failed("no\nnetwork".to_string());
    going.polling = Some(PollingReason::NoEvent);
    going.notice = Some("something\nwith a line end".to_string());
    states.push(going.clone());
    drop(going.update(Event::Key(Key::Char('x'))));
    states.push(going);
    let keys = "hsltv?".chars().map(|letter| {
        let mut state = judged(Outcome::Fail, "no");
        drop(state.update(Event::Key(Key::Char(letter))));
        state
    });
    states.extend(keys);
    let mut trouble = state();
    trouble.trouble = Some("cannot start cargo".to_string());
    trouble.page = Page::Verdict;
    states.push(trouble);
    let mut finished = state();
    finished.page = Page::Finish;
    states.push(finished);
    states
}

#[test]
fn every_page_fits_every_terminal() {
    for state in states() {
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
                let mut state = state.clone();
                for scroll in [0, 5, usize::MAX] {
                    state.scroll = scroll;
                    let frame = draw(&state, &stage(columns, rows, colour));
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

/// The rows as text, without blanks at their ends.
fn text(state: &State) -> String {
    let frame = draw(state, &stage(80, 24, false));
    let rows: Vec<&str> = frame.rows.iter().map(|row| row.trim_end()).collect();
    rows.join("\n")
}

#[test]
fn what_is_to_be_done_is_said_in_words() {
    let begun = text(&state());
    assert!(begun.contains("Lesson 4: Stream features"), "{begun}");
    assert!(begun.contains("3 of 13 passed"), "{begun}");
    assert!(begun.contains("Write at start_here/src/server.rs:53 and save"));
    let failed = text(&judged(
        Outcome::Fail,
        "The border belongs to the rectangle.",
    ));
    assert!(failed.contains("✗ Not yet. Edit start_here/src/server.rs:61 and save"));
    assert!(failed.contains("The border belongs to the rectangle."));
    assert!(!failed.contains("n next"));
    let mut passed = judged(Outcome::Pass, "");
    let mut progress = passed.progress.clone();
    progress.note_verdict("list-features", true);
    drop(passed.update(Event::Progress(progress)));
    let passed = text(&passed);
    assert!(
        passed.contains("✓ Passed. n goes on with lesson 5"),
        "{passed}"
    );
    assert!(passed.contains("n next"), "{passed}");
}

#[test]
fn what_is_known_for_good_is_shown_while_the_rest_is_waited_for() {
    let all = |last| {
        let pass = |lesson| (lesson, Outcome::Pass, "");
        [pass(0), pass(1), pass(2), pass(3), last]
    };
    let passes = text(&judged_so_far(5, &all((5, Outcome::Pass, ""))));
    let status = "✓ Lesson 6 passes; still counting lesson 5's second";
    assert!(passes.contains(status), "{passes}");
    // Line by line as at the end, with a sign of its own for what is not known yet.
    let lines: Vec<&str> = passes.lines().skip(2).take(6).collect();
    let signs: String = lines
        .iter()
        .filter_map(|line| line.chars().next())
        .collect();
    assert_eq!(signs, "✓✓✓✓⠴✓", "{passes}");
    assert!(lines[4].starts_with("⠴ record-route        a second is being counted"));
    assert!(!passes.contains("n next"), "{passes}");
    // What is not right, with everything about it.
    let message = "You send the new note back, too.";
    let fails = text(&judged_so_far(5, &all((5, Outcome::Fail, message))));
    assert!(fails.contains("✗ Not yet. Edit start_here/src/server.rs:61 and save"));
    assert!(fails.contains("✗ route-chat          not yet"), "{fails}");
    assert!(fails.contains(message) && fails.contains("a second is being counted"));
    // As long as nothing is known of the lesson at hand, that is what is said.
    let others = text(&judged_so_far(5, &all((2, Outcome::Pass, ""))));
    assert!(others.contains("Checking lesson 6: calling your programs"));
    assert!(
        others.contains("✓ list-features")
            && others.contains("⠴ route-chat          being checked")
    );
    // And more than one second may be waited for.
    let more = text(&judged_so_far(6, &all((6, Outcome::Pass, ""))));
    assert!(
        more.contains("✓ Lesson 7 passes; still checking 2 other lessons"),
        "{more}"
    );
}

#[test]
fn the_end_of_a_long_page_can_be_reached_and_the_way_back() {
    let mut state = judged(Outcome::Fail, &"words and words ".repeat(400));
    let first = draw(&state, &stage(80, 24, false));
    assert!(first.room.lines > first.room.height);
    assert!(first.rows.iter().any(|row| row.contains("↓ lines 1 to")));
    state.room = first.room;
    drop(state.update(Event::Key(Key::End)));
    let last = draw(&state, &stage(80, 24, false));
    assert!(last.rows.iter().any(|row| row.contains("↑ lines")));
    // One step up is one line up, however far the learner wanted to go.
    drop(state.update(Event::Key(Key::PageDown)));
    drop(state.update(Event::Key(Key::Up)));
    assert_eq!(state.scroll, last.room.lines - last.room.height - 1);
    drop(state.update(Event::Key(Key::Home)));
    assert_eq!(draw(&state, &stage(80, 24, false)), first);
}

#[test]
fn the_lesson_that_is_pointed_at_is_always_seen() {
    let mut state = state();
    drop(state.update(Event::Key(Key::Char('l'))));
    for _ in 0..20 {
        drop(state.update(Event::Key(Key::Down)));
        for rows in [12, 24] {
            let frame = draw(&state, &stage(80, rows, false));
            assert!(frame.rows.iter().any(|row| row.contains('❯')), "{rows}");
        }
    }
    assert_eq!(state.page, Page::List { cursor: 12 });
}
