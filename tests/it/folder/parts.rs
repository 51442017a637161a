//! Parts of a course folder that are gone, or a folder that is elsewhere now.

use std::fs;

use super::{Made, SERVER};

#[test]
fn a_folder_is_known_without_some_of_its_parts_and_init_brings_them_back() {
    let template = Made::new();
    for gone in [
        &["start_here/Cargo.toml"][..],
        &["Cargo.toml"],
        &["Cargo.toml", "start_here/Cargo.toml"],
        &["Cargo.toml", "lessons"],
        &["lessons", "completed", "proto"],
        &["start_here"],
        &["start_here", "lessons"],
        &["Cargo.toml", "start_here"],
        &["Cargo.toml", "start_here/Cargo.toml", "start_here/proto"],
        &[".routeguide-lab", "start_here"],
        &[".routeguide-lab", "start_here/Cargo.toml"],
    ] {
        let made = template.copy();
        made.write_place("list-features", "        mine();\n");
        let mine = made.read(SERVER);
        for part in gone {
            let path = made.path(part);
            match path.is_dir() {
                true => fs::remove_dir_all(path).unwrap(),
                false => fs::remove_file(path).unwrap(),
            }
        }
        made.run(&["undo"])
            .exits(0)
            .says("There is nothing to undo");
        made.run(&["list"]).exits(0);
        made.run(&["init"]).exits(0);
        for part in gone.iter().filter(|part| **part != ".routeguide-lab") {
            assert!(made.path(part).exists(), "{gone:?}: {part}");
        }
        if !gone.contains(&"start_here") {
            assert_eq!(made.read(SERVER), mine, "{gone:?}");
        }
        made.run(&["check", "define-messages"]).exits(1);
        made.run(&["init"])
            .exits(0)
            .says("there is nothing to upgrade");
    }
}

#[test]
fn without_the_manifest_of_start_here_code_is_reset_and_comes_back() {
    let made = Made::new();
    made.write_place("list-features", "        mine();\n");
    let mine = made.read(SERVER);
    fs::remove_file(made.path("start_here/Cargo.toml")).unwrap();
    made.run(&["reset", "list-features", "--yes"]).exits(0);
    assert_ne!(made.read(SERVER), mine);
    made.run(&["undo"]).exits(0);
    assert_eq!(made.read(SERVER), mine);
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_moved_while_the_lab_is_open_is_not_made_a_second_time() {
    use testkit::Lab;
    use testkit::terminal::Terminal;
    let made = Made::new();
    made.write_place("list-features", "        mine();\n");
    made.run(&["hint", "define-messages"]).exits(0);
    let lab = Lab::at(made.course.clone());
    let mut terminal = Terminal::open(&lab);
    terminal.sees("Lesson 1");
    let moved = made.elsewhere.join("course");
    fs::rename(&made.course, &moved).unwrap();
    // Whatever writes: the next hint, a check, a reset.
    terminal.press("h");
    terminal.sees("is gone");
    for keys in ["r", "xy"] {
        terminal.press(keys);
    }
    terminal.press("q");
    terminal.ends();
    // A cargo that was running may still write to its target folder; the lab writes nothing.
    for part in [".routeguide-lab", "start_here"] {
        assert!(!made.path(part).exists(), "{part}");
    }
    // It goes on where it is now.
    let run = |words: &[&str]| testkit::run(&mut testkit::outside::lab(&moved, words));
    run(&["reset", "list-features", "--yes"]).exits(0);
    run(&["undo"]).exits(0);
    let server = fs::read_to_string(moved.join(SERVER)).unwrap();
    assert!(server.contains("mine()"));
}

/// As on a full disk: a file can be created, and nothing can be written to it.
#[cfg(unix)]
#[test]
fn doctor_leaves_no_test_file_where_nothing_can_be_written() {
    let made = Made::new();
    let mut shell = std::process::Command::new("sh");
    let program = testkit::program().to_str().unwrap();
    shell
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 0; exec \"$0\" doctor",
            program,
        ])
        .current_dir(&made.course);
    let run = testkit::run(&mut shell);
    assert!(
        run.stdout.contains("four times a second"),
        "{}{}",
        run.stdout,
        run.stderr
    );
    let left = fs::read_dir(made.path("start_here")).unwrap();
    let left = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = left.filter(|name| name.starts_with('.')).collect();
    assert!(left.is_empty(), "{left:?}");
}

/// A folder in which somebody else has a `start_here`, or that holds the sources of the lab, is not made a course folder.
#[test]
fn what_is_another_ones_is_not_replaced() {
    let made = Made::new();
    for (part, text) in [
        ("README.md", "mine"),
        ("start_here/Cargo.toml", "[package]"),
    ] {
        fs::create_dir_all(made.elsewhere.join(part).parent().unwrap()).unwrap();
        fs::write(made.elsewhere.join(part), text).unwrap();
    }
    let words = ["init", made.elsewhere.to_str().unwrap()];
    made.run(&words)
        .exits(3)
        .complains("already contains other files");
    assert_eq!(fs::read(made.elsewhere.join("README.md")).unwrap(), b"mine");
    assert!(!made.elsewhere.join("Cargo.toml").exists());

    // A clone of the lab without its manifest is no folder that a lab has made.
    fs::create_dir_all(made.path("crates/conformance")).unwrap();
    fs::write(made.path("README.md"), "the lab's").unwrap();
    fs::remove_file(made.path("Cargo.toml")).unwrap();
    made.run(&["init"]).exits(3).complains("README.md");
    assert_eq!(made.read("README.md"), "the lab's");
}
