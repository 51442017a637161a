//! Upgrades of course folders, by a newer binary.

use super::*;

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

/// An older lab's client has the codelab's places, and none of what came later.
#[test]
fn a_place_that_an_older_lab_did_not_have_is_added_and_nothing_is_lost() {
    let (_outside, course) = made();
    let lab = Lab::at(course);
    let client = "start_here/src/client.rs";
    lab.solve("create-client");
    let new = lab.read(client);
    let begin = new.find("/// Server streaming, cut short").unwrap();
    let end = new.find("/// Makes the three calls").unwrap();
    let old = format!("// mine\n{}{}", &new[..begin], &new[end..]);
    lab.write(client, &old);
    for lesson in ["deadlines", "cancel"] {
        let reset = format!("routeguide-lab reset {lesson}` adds it");
        lab.run(["init"]).exits(0).says(&reset);
    }
    assert_eq!(lab.read(client), old);
    let reset = "routeguide-lab reset deadlines puts it back";
    lab.run(["next", "deadlines"]).exits(0).says(reset);
    lab.run(["reset", "deadlines"])
        .exits(0)
        .says("The place of deadlines has been added to start_here/src/client.rs.");
    assert_eq!(lab.read(client), format!("// mine\n{new}"));
    assert!(!lab.run(["init"]).exits(0).stdout.contains("adds it"));
    lab.run(["undo"]).exits(0);
    assert_eq!(lab.read(client), old);
    // Where something else has been written, no place is guessed.
    let other = format!(
        "{}/// My own.\n{}",
        &new[..begin],
        &new[end..].replacen("/// Makes", "/// It makes", 1)
    );
    lab.write(client, &other);
    lab.run(["reset", "deadlines"])
        .exits(3)
        .complains("--whole-file");
    assert_eq!(lab.read(client), other);
}
