//! A lesson's result does not wait for slower lessons.

use super::{SERVER, lab_at};
use testkit::Lab;
use testkit::terminal::Terminal;

/// The line of a lesson whose route takes a second.
const COUNTING: &str = "waiting 1 s: RecordRoute counts whole seconds";

/// A learner at lesson 6 whose code is right, except that the route that takes a second is answered only when the test
/// writes the file `go`.
fn held(name: &str) -> Lab {
    let lab = lab_at(name, "route-chat");
    lab.solve("route-chat");
    lab.edit(SERVER, |text| {
        text.replace(
            "        Ok(Response::new(summary))\n",
            "        while summary.elapsed_time > 0 && !std::path::Path::new(\"go\").exists() {\n            \
             tokio::time::sleep(std::time::Duration::from_millis(1)).await;\n        }\n        \
             Ok(Response::new(summary))\n",
        )
    });
    lab
}

#[test]
fn a_wrong_chat_is_shown_while_lesson_5_is_being_counted() {
    let lab = held("lab-early-wrong");
    lab.edit(SERVER, |text| {
        let remember = "                here.push(note";
        text.replace(&format!("{remember});\n"), "").replace(
            ".or_default();\n",
            &format!(".or_default();\n{remember}.clone());\n"),
        )
    });
    let mut terminal = Terminal::open(&lab);
    terminal.sees("Checking lesson 6");
    terminal.press("v");
    // Lesson 4 is checked in a stage of its own, which may end before or after.
    let early = [
        COUNTING,
        "✗ Not yet. Edit",
        "✓ list-features",
        "✗ route-chat",
        "You send the new note back",
    ];
    let is_early = |screen: &str| early.iter().all(|text| screen.contains(text));
    terminal.wait("lesson 6 before lesson 5", is_early);
    // Nothing is recorded before the run has ended.
    assert_ne!(lab.record("route-chat")["passed"], true);
    lab.write("go", "");
    let screen = terminal.sees("✓ record-route");
    assert!(screen.contains("✗ route-chat"), "{screen}");
}

#[test]
fn a_right_chat_has_passed_when_lesson_5_has() {
    let lab = held("lab-early-right");
    let mut terminal = Terminal::open(&lab);
    terminal.sees("✓ Lesson 6 passes; waiting 1 s for lesson 5");
    terminal.press_and_see("v", COUNTING);
    terminal.press_and_see("n", "Lesson 6 has not passed yet");
    assert_ne!(lab.record("route-chat")["passed"], true);
    lab.write("go", "");
    terminal.sees("✓ Passed. n goes on with lesson 7");
    assert_eq!(lab.record("route-chat")["passed"], true);
    terminal.press("q");
    assert_eq!(terminal.ends().0, Some(0));
}

#[test]
fn what_was_shown_early_goes_when_the_file_is_saved() {
    let lab = held("lab-early-save");
    let right = lab.read(SERVER);
    let terminal = Terminal::open(&lab);
    terminal.sees("✓ Lesson 6 passes; waiting 1 s for lesson 5");
    lab.write(
        SERVER,
        &right.replace("let mut notes = ", "let mut notes: u8 = "),
    );
    terminal.sees("It does not compile yet");
    assert_ne!(lab.record("route-chat")["passed"], true);
    assert_eq!(lab.record("record-route")["passed"], true);
}
