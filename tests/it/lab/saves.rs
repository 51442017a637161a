//! Saves: of every kind, many at once, and without events.

use std::fs;

use super::{PROTO, SERVER, lab_at};
use testkit::processes::wait_until;
use testkit::terminal::Terminal;
use testkit::{Lab, course, parallel};

/// What the verdict says about the wrong code.
const WRONG: &str = "longitude";

/// A `.proto` in which lesson 1 is wrong.
fn wrong(text: &str) -> String {
    let wrong = text.replace("int32 longitude = 2;", "int64 longitude = 2;");
    assert_ne!(text, wrong);
    wrong
}

#[test]
fn every_way_of_saving_is_checked() {
    parallel(
        vec![("", "lab-saves"), ("--poll", "lab-saves-poll")],
        |(word, name)| {
            let lab = Lab::new(name);
            let words: Vec<&str> = Some(word)
                .filter(|word| !word.is_empty())
                .into_iter()
                .collect();
            let terminal = Terminal::open_with(&lab, &words, &[]);
            terminal.sees("Lesson 1");
            let handed_out = lab.read(PROTO);
            lab.solve("define-messages");
            let right = lab.read(PROTO);
            terminal.sees("✓ Passed.");
            if !word.is_empty() {
                terminal.sees("as you asked with --poll");
            }
            let path = lab.path(PROTO);
            let beside = lab.path("start_here/proto/.route_guide.proto.part");
            // Another file is written and renamed.
            fs::write(&beside, wrong(&right)).unwrap();
            fs::rename(&beside, &path).unwrap();
            terminal.wait("the wrong one", |screen| {
                screen.contains("✗ Not yet") && screen.contains(WRONG)
            });
            // The file is moved away, and a new one is made.
            fs::rename(&path, lab.path("start_here/proto/route_guide.proto~")).unwrap();
            fs::write(&path, &right).unwrap();
            terminal.sees("✓ Passed.");
            // The file is deleted and created.
            fs::remove_file(&path).unwrap();
            fs::write(&path, &handed_out).unwrap();
            terminal.sees("Nothing is written yet");
            // The file is written in place.
            fs::write(&path, wrong(&right)).unwrap();
            terminal.sees("✗ Not yet");
            // The file is touched: the number of checks grows.
            let attempts = || {
                lab.record("define-messages")["attempts"]
                    .as_u64()
                    .unwrap_or(0)
            };
            terminal.wait("recorded", |_| attempts() > 0);
            let before = attempts();
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(std::time::SystemTime::now() + std::time::Duration::from_secs(7))
                .unwrap();
            wait_until("the touch is checked", || attempts() > before);
        },
    );
}

#[test]
fn a_storm_of_saves_ends_with_the_verdict_on_the_last() {
    let lab = lab_at("lab-storm", "list-features");
    let stub = lab.read(SERVER);
    lab.solve("list-features");
    let right = lab.read(SERVER);
    let broken = right.replace("let rectangle = ", "let rectangle: u8 = ");
    assert_ne!(right, broken);
    let mut terminal = Terminal::open(&lab);
    terminal.sees("Checking lesson 4");
    for round in 0..30 {
        for text in [&stub, &broken, &right] {
            lab.write(SERVER, &format!("{text}// {round}\n"));
        }
    }
    lab.write(SERVER, &broken);
    terminal.sees("It does not compile yet");
    assert_ne!(lab.record("list-features")["passed"], true);
    for round in 0..30 {
        for text in [&stub, &broken] {
            lab.write(SERVER, &format!("{text}// {round}\n"));
        }
    }
    lab.write(SERVER, &right);
    terminal.sees(&format!("{} passed", course::of_all(4)));
    assert_eq!(lab.record("list-features")["passed"], true);
    terminal.press("q");
    assert_eq!(terminal.ends().0, Some(0));
}

/// Cargo does not rebuild for a file that is older than its last build.
#[test]
fn a_file_that_is_older_than_the_build_is_checked_as_it_is() {
    let lab = lab_at("lab-older", "list-features");
    lab.solve("list-features");
    let right = lab.read(SERVER);
    let wrong = right.replace(
        "yield feature.clone();",
        "if !feature.name.is_empty() { yield feature.clone(); }",
    );
    assert_ne!(right, wrong);
    let aside = |text: &str| {
        let path = lab.path("aside.rs");
        fs::write(&path, text).unwrap();
        let hour_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3_600);
        let file = fs::File::options().append(true).open(&path).unwrap();
        file.set_modified(hour_ago).unwrap();
        path
    };
    let terminal = Terminal::open(&lab);
    terminal.sees("✓ Passed.");
    fs::rename(aside(&wrong), lab.path(SERVER)).unwrap();
    terminal.wait("the wrong one", |screen| {
        screen.contains("✗ Not yet") && screen.contains(&format!("{} passed", course::of_all(3)))
    });
    // Another thread than the one that draws records it.
    wait_until("that is recorded", || {
        lab.record("list-features")["passed"] == false
    });
    fs::rename(aside(&right), lab.path(SERVER)).unwrap();
    terminal.sees("✓ Passed.");
    // The command `check` finds the same.
    drop(terminal);
    fs::rename(aside(&wrong), lab.path(SERVER)).unwrap();
    lab.run(["check", "list-features"]).exits(1);
}
