//! Course folders that the binary makes alone: their files, and the whole course in one, without network.

mod upgrade;
mod vendored;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use testkit::outside::lab;
use testkit::{Lab, Run, course, files, run};

/// Runs the binary in a folder.
fn lab_in(folder: &Path, words: &[&str]) -> Run {
    run(&mut lab(folder, words))
}

/// Makes a course folder outside of the checkout.
fn made() -> (tempfile::TempDir, PathBuf) {
    let outside = tempfile::tempdir().unwrap();
    lab_in(outside.path(), &["init", "course"]).exits(0);
    let course = outside.path().join("course");
    (outside, course)
}

/// Cargo in a folder.
fn cargo(folder: &Path, words: &[&str]) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(words).current_dir(folder);
    cargo
}

fn has_git() -> bool {
    Command::new("git").arg("--version").output().is_ok()
}

#[test]
fn nothing_is_written_where_something_else_stands_in_the_place_of_a_folder() {
    let file = |path: &Path| fs::write(path, "mine").unwrap();
    #[cfg(unix)]
    let lost = |path: &Path| std::os::unix::fs::symlink("nowhere", path).unwrap();
    #[cfg(not(unix))]
    let lost = file;
    for (path, put) in [
        ("start_here", &file as &dyn Fn(&Path)),
        ("lessons/01-define-messages", &file),
        (".routeguide-lab", &file),
        ("completed", &lost),
        ("proto", &lost),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("course").join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        put(&place);
        let refused = lab_in(folder.path(), &["init", "course"]).exits(3);
        assert!(refused.stderr.contains(path), "{}", refused.stderr);
        assert!(refused.stderr.contains("Nothing has been written"));
        let entries = fs::read_dir(folder.path().join("course")).unwrap();
        assert_eq!(entries.count(), 1, "{path}");
        assert!(fs::symlink_metadata(&place).is_ok_and(|found| !found.is_dir()));
    }
    let folder = tempfile::tempdir().unwrap();
    file(&folder.path().join("file"));
    let refused = lab_in(folder.path(), &["init", "file/course"]).exits(3);
    assert!(
        refused.stderr.contains("Nothing has been changed"),
        "{}",
        refused.stderr
    );
}

#[test]
fn the_whole_course_is_taken_in_a_made_folder_without_network() {
    let (_outside, course) = made();
    let lock = || fs::read_to_string(course.join("Cargo.lock")).unwrap();
    let handed_out = lock();
    let fetched = run(&mut cargo(&course, &["fetch"]));
    if fetched.code != Some(0) {
        eprintln!(
            "SKIPPED: cargo cannot fetch the crates of the course:\n{}",
            fetched.stderr
        );
        return;
    }
    // Cargo has nothing to change in the lock file.
    assert_eq!(handed_out, lock());
    let asked = ["metadata", "--format-version=1", "--locked", "--offline"];
    run(&mut cargo(&course, &asked)).exits(0);

    let lab = Lab::at(course.clone());
    // See `Lab::new`: in the shared build folder, these crates must not pass for the checkout's.
    for file in [
        "start_here/Cargo.toml",
        "completed/Cargo.toml",
        "Cargo.lock",
    ] {
        lab.edit(file, |text| {
            let own = ["completed", "start_here"].map(|name| format!("name = \"{name}\"\n"));
            own.iter().fold(text, |text, name| {
                text.replace(
                    &format!("{name}version = \"0.1.0\""),
                    &format!("{name}version = \"0.1.0-made\""),
                )
            })
        });
    }
    lab.run(["next"]).exits(0).says("routeguide-lab check");
    // All at once: course/walk_through.rs goes lesson by lesson.
    let written = course::written();
    written.iter().for_each(|lesson| lab.solve(lesson));
    lab.run([&["check"], &written[..]].concat())
        .exits(0)
        .says(&course::passed(written.len()));
    lab.run(["check", "--all"])
        .exits(0)
        .says("The course is done.");
    lab.run(["hint"]).exits(0).says("hint 1 of 3");
    lab.run(["reset", "run-client"]).exits(0);
    lab.solve("run-client");
    // The commands that the lessons show.
    let build = [
        "build",
        "--locked",
        "--offline",
        "-p",
        "start_here",
        "-p",
        "completed",
    ];
    run(cargo(&course, &build).envs(lab.environment())).exits(0);
    // What was learnt is still there after an upgrade.
    let server = lab.read("start_here/src/server.rs");
    lab.run(["init"])
        .exits(0)
        .says("changed       completed/Cargo.toml");
    assert_eq!(lab.read("start_here/src/server.rs"), server);
    lab.run(["list"])
        .exits(0)
        .says(&course::passed(written.len()));
}

#[test]
fn nothing_that_is_there_is_overwritten() {
    let outside = tempfile::tempdir().unwrap();
    let course = outside.path();
    fs::create_dir_all(course.join("completed/src/lib.rs")).unwrap();
    fs::write(course.join("README.md"), "mine").unwrap();
    fs::write(course.join("notes.txt"), "mine too").unwrap();
    let before = files(course);
    let said = lab_in(course, &["init", "."]).exits(3);
    said.complains("\n  completed/src/lib.rs\n  README.md\n")
        .complains("Nothing has been written.");
    assert_eq!(files(course), before);
    assert!(!course.join(".git").exists());

    // What is in nobody's way stays.
    fs::remove_dir_all(course.join("completed")).unwrap();
    fs::remove_file(course.join("README.md")).unwrap();
    lab_in(course, &["init", "."]).exits(0);
    assert_eq!(
        fs::read_to_string(course.join("notes.txt")).unwrap(),
        "mine too"
    );

    // Nor is a folder of crates, or a cargo that somebody has set up.
    fs::create_dir_all(course.join("vendor/mine")).unwrap();
    fs::create_dir_all(course.join(".cargo")).unwrap();
    fs::write(course.join(".cargo/config.toml"), "[build]\n").unwrap();
    lab_in(course, &["init", "--vendor"])
        .exits(3)
        .complains("\n  .cargo/config.toml\n  vendor\n");
}

#[test]
fn what_an_interruption_leaves_is_completed() {
    let (_outside, course) = made();
    let whole = files(&course);
    // The files come one by one, the manifest last.
    for (index, (path, _)) in whole.iter().enumerate() {
        if index % 2 == 0 || path == "Cargo.toml" {
            fs::remove_file(course.join(path)).unwrap();
        }
    }
    lab_in(&course, &["init", "."]).exits(0);
    assert_eq!(files(&course), whole);
}

#[test]
fn a_new_folder_is_a_repository_unless_it_lies_in_one() {
    if !has_git() {
        eprintln!("SKIPPED: there is no git here");
        return;
    }
    let (outside, course) = made();
    assert!(course.join(".git").is_dir());
    let ignored = run(Command::new("git")
        .args(["status", "--porcelain", "--ignored"])
        .current_dir(&course));
    // Nothing that was handed out is ignored, only the lab's notes.
    let ignored = ignored.exits(0).stdout;
    let ignored: Vec<&str> = ignored
        .lines()
        .filter(|line| line.starts_with("!!"))
        .collect();
    assert_eq!(ignored, ["!! .routeguide-lab/"]);
    lab_in(outside.path(), &["init", "course/inner"])
        .exits(0)
        .says("routeguide-lab next");
    assert!(!course.join("inner/.git").exists());
}
