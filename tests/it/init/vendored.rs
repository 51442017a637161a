//! Course folders with all crates in them.

use super::*;

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
