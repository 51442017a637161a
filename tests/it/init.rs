//! Course folders that the binary makes alone: their files, their upgrades, and the whole course in one,
//! without network.

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
    // Several at once: course/walk_through.rs goes lesson by lesson.
    let written = course::written();
    let mut done = 0;
    for lessons in written.chunks(written.len().div_ceil(3)) {
        lessons.iter().for_each(|lesson| lab.solve(lesson));
        done += lessons.len();
        lab.run([&["check"], lessons].concat())
            .exits(0)
            .says(&course::passed(done));
    }
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

/// A course folder with all crates in it, at a fixed place, so that cargo knows the compiled crates again the
/// next time: crates from a folder are others to it than those from its cache. Nothing if cargo cannot get
/// them.
fn vendored(name: &str) -> Option<PathBuf> {
    let root = testkit::temporary_folder().join(name);
    let course = root.join("course");
    if course.is_dir() {
        for entry in fs::read_dir(&course)
            .unwrap()
            .map(|entry| entry.unwrap().path())
        {
            match entry.file_name().unwrap().to_str() {
                Some("target") => {}
                _ if entry.is_dir() => fs::remove_dir_all(&entry).unwrap(),
                _ => fs::remove_file(&entry).unwrap(),
            }
        }
    }
    fs::create_dir_all(&root).unwrap();
    let stored = lab_in(&root, &["init", "course", "--vendor"]);
    if stored.stderr.contains("error: cargo cannot get all crates") {
        assert_eq!(stored.code, Some(3));
        assert!(!course.join("vendor").exists() && !course.join(".cargo").exists());
        let why = format!(
            "cargo cannot get the crates of the course: {}",
            stored.stderr
        );
        testkit::skipped(&why);
        return None;
    }
    stored.exits(0).says("All crates are in vendor/");
    for left in ["vendor-unfinished", "vendor-old"] {
        assert!(!course.join(".routeguide-lab").join(left).exists());
    }
    Some(course)
}

/// A command without the network, and without cargo's cache.
fn alone(command: &mut Command) -> Run {
    let cargos_home = tempfile::tempdir().unwrap();
    run(command
        .env("CARGO_HOME", cargos_home.path())
        .env("CARGO_NET_OFFLINE", "true"))
}

#[test]
fn a_folder_with_its_crates_needs_neither_network_nor_cargos_cache() {
    let Some(course) = vendored("vendored") else {
        return;
    };
    // All crates are found there, and some are built: code, and code that writes code.
    alone(&mut cargo(
        &course,
        &["metadata", "--format-version=1", "--locked"],
    ))
    .exits(0);
    alone(&mut cargo(&course, &["build", "--locked", "-p", "prost"])).exits(0);
    alone(&mut lab(&course, &["init", "--vendor"]))
        .exits(0)
        .says("there is nothing to upgrade")
        .says("All crates are in vendor/ already");

    // A lab that was killed while it put new crates there: the old ones come back.
    let old = course.join(".routeguide-lab/vendor-old");
    fs::rename(course.join("vendor"), &old).unwrap();
    alone(&mut lab(&course, &["init", "--vendor"]))
        .exits(0)
        .says("All crates are in vendor/ already");
    assert!(course.join("vendor/tonic").is_dir() && !old.exists());

    // Crates that do not fit are no reason to look elsewhere, and what to do is said.
    Lab::at(course.clone()).solve_up_to("list-features");
    fs::remove_dir_all(course.join("vendor/tonic")).unwrap();
    alone(&mut lab(&course, &["check", "list-features"]))
        .exits(3)
        .says("routeguide-lab init --vendor");
}

#[test]
#[ignore = "compiles all crates of the course once more, which takes a minute"]
fn the_course_is_taken_with_the_crates_of_its_folder_alone() {
    let Some(course) = vendored("vendored-whole") else {
        return;
    };
    alone(&mut lab(
        &course,
        &["check", "--track", "completed", "--all"],
    ))
    .exits(0);
    Lab::at(course.clone()).solve_up_to("list-features");
    alone(&mut lab(&course, &["check", "list-features"])).exits(0);
}

#[test]
fn without_network_and_without_crates_a_check_says_what_to_do() {
    let (_outside, course) = made();
    Lab::at(course.clone()).solve_up_to("list-features");
    let cargos_home = tempfile::tempdir().unwrap();
    let checked = run(
        lab(&course, &["check", "list-features", "--format", "json"])
            .env("CARGO_HOME", cargos_home.path())
            .env("CARGO_NET_OFFLINE", "true"),
    );
    let report = checked.exits(3).json();
    // The learner's code is not the cause: no place in it is named.
    let said = run(lab(&course, &["check", "list-features"])
        .env("CARGO_HOME", cargos_home.path())
        .env("CARGO_NET_OFFLINE", "true"));
    let said = said.exits(3).says("Fix that, then ");
    assert!(!said.stdout.contains("Edit start_here/"), "{}", said.stdout);
    let diagnosis = &report["lessons"][0]["diagnosis"];
    let text = |name: &str| diagnosis[name].as_str().unwrap().to_string();
    assert!(
        text("message").starts_with("Cargo cannot build start_here."),
        "{diagnosis}"
    );
    for advice in [
        "`cargo fetch` in this folder once",
        "`routeguide-lab init --vendor`",
    ] {
        assert!(text("hint").contains(advice), "{diagnosis}");
    }

    // Nor can the crates be stored, and nothing half-made is left behind.
    run(lab(&course, &["init", "--vendor"])
        .env("CARGO_HOME", cargos_home.path())
        .env("CARGO_NET_OFFLINE", "true"))
    .exits(3)
    .complains("error: cargo cannot get all crates. It says:")
    .complains("Where there is a network, run the same command again.");
    assert!(!course.join("vendor").exists() && !course.join(".cargo").exists());
    assert!(!course.join(".routeguide-lab/vendor-unfinished").exists());
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
fn an_upgrade_brings_the_labs_files_and_keeps_the_learners() {
    let (_outside, course) = made();
    let lab = Lab::at(course.clone());
    let whole = files(&course);
    // As an older lab has made it, and a teacher changed it.
    lab.edit("Cargo.toml", |text| {
        text.replace("version = \"0.1.0\"", "version = \"0.0.9\"")
    });
    lab.edit("lessons/04-list-features/lesson.md", |_| {
        "a teacher's text".to_string()
    });
    fs::remove_file(course.join("proto/route_guide.proto")).unwrap();
    lab.edit("start_here/src/server.rs", |text| {
        format!("// mine\n{text}")
    });
    fs::remove_file(course.join("start_here/src/bin/stage.rs")).unwrap();
    lab.write("lessons/my-plan.md", "Mondays");

    let said = lab_in(&course.join("start_here/src"), &["init"])
        .exits(0)
        .stdout;
    for line in [
        "is upgraded from routeguide-lab 0.0.9 to ",
        "\n  changed       lessons/04-list-features/lesson.md\n",
        "\n  changed       Cargo.toml\n",
        "\n  new           proto/route_guide.proto\n",
        "\n  brought back  start_here/src/bin/stage.rs\n",
        " other files were as they should be already. ",
    ] {
        assert!(said.contains(line), "no {line:?} in\n{said}");
    }
    let kept = said.trim().lines().last().unwrap();
    let kept = kept
        .split("kept in ")
        .nth(1)
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let kept = |path: &str| fs::read_to_string(Path::new(kept).join(path)).unwrap();
    assert_eq!(
        kept("lessons/04-list-features/lesson.md"),
        "a teacher's text"
    );
    assert!(kept("start_here/src/server.rs").starts_with("// mine\n"));

    assert!(
        lab.read("start_here/src/server.rs")
            .starts_with("// mine\n")
    );
    assert_eq!(lab.read("lessons/my-plan.md"), "Mondays");
    for (path, text) in whole
        .iter()
        .filter(|(path, _)| path != "start_here/src/server.rs")
    {
        assert!(fs::read(course.join(path)).unwrap() == *text, "{path}");
    }
    lab_in(&course, &["init"])
        .exits(0)
        .says("there is nothing to upgrade");
}

#[test]
fn a_file_that_comes_back_while_an_upgrade_waits_is_not_written_over() {
    let (_outside, course) = made();
    let server = course.join("start_here/src/server.rs");
    fs::remove_file(&server).unwrap();
    // As a check holds it while it builds.
    let build = fs::File::create(course.join(".routeguide-lab/build.lock")).unwrap();
    build.lock().unwrap();
    let mut init = lab(&course, &["init"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut says = String::new();
    let mut stderr = BufReader::new(init.stderr.take().unwrap());
    while !says.contains("Waiting for a check that is building") {
        assert!(
            stderr.read_line(&mut says).unwrap() > 0,
            "it only said {says:?}"
        );
    }
    fs::write(&server, "my server").unwrap();
    drop(build);
    let done = init.wait_with_output().unwrap();
    assert!(done.status.success(), "{done:?}");
    assert_eq!(fs::read_to_string(&server).unwrap(), "my server");
}

#[test]
fn a_folder_that_is_not_to_be_upgraded_is_left_alone() {
    let outside = tempfile::tempdir().unwrap();
    lab_in(outside.path(), &["init"])
        .exits(2)
        .complains("To create a course folder, name it: `routeguide-lab init DIR`.");
    assert!(files(outside.path()).is_empty());

    let (_outside, course) = made();
    let lab = Lab::at(course.clone());
    lab.edit("Cargo.toml", |text| {
        text.replace("version = \"0.1.0\"", "version = \"99.0.0\"")
    });
    let before = files(&course);
    lab_in(&course, &["init"])
        .exits(3)
        .complains("was made by routeguide-lab 99.0.0")
        .complains("Install the newer lab");
    assert_eq!(files(&course), before);

    let clone = Lab::new("clone");
    let before = files(&clone.path("lessons"));
    clone
        .run(["init"])
        .exits(2)
        .complains("`git pull` upgrades");
    clone.run(["init", "."]).exits(2);
    assert_eq!(files(&clone.path("lessons")), before);
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
