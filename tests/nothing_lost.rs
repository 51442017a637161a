//! Nothing of a learner's is ever lost: the lab is killed, run several times at once, and kept from writing.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it cannot test"
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use support::Lab;

const PROTO: &str = "start_here/proto/route_guide.proto";
const BUILD: &str = "start_here/build.rs";
const LIB: &str = "start_here/src/lib.rs";
const SERVER: &str = "start_here/src/server.rs";
const NOTES: &str = ".routeguide-lab";

/// The folders of all snapshots that are complete, the newest last.
fn snapshots(lab: &Lab) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(lab.path(NOTES).join("snapshots")) else {
        return Vec::new();
    };
    let folders = entries.map(|entry| entry.unwrap().path());
    let is_temporary = |folder: &Path| folder.file_name().unwrap().as_encoded_bytes()[0] == b'.';
    let mut folders: Vec<PathBuf> = folders.filter(|folder| !is_temporary(folder)).collect();
    folders.sort();
    folders
}

/// What a snapshot says about itself.
fn manifest(snapshot: &Path) -> serde_json::Value {
    let text = fs::read(snapshot.join("snapshot.json")).unwrap();
    serde_json::from_slice(&text).unwrap()
}

/// The progress of a lesson, from the file. Nothing if there is no file yet.
fn progress(lab: &Lab, lesson: &str) -> serde_json::Value {
    match fs::read(lab.path(NOTES).join("progress.json")) {
        Ok(text) => {
            let progress: serde_json::Value = serde_json::from_slice(&text).unwrap();
            assert_eq!(progress["version"], 1);
            progress["lessons"][lesson].clone()
        }
        Err(error) => {
            assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
            serde_json::Value::Null
        }
    }
}

/// The names in the folder for notes.
fn notes(lab: &Lab) -> Vec<String> {
    let entries = fs::read_dir(lab.path(NOTES)).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A lab in which generate-code, which has a place in two files, holds code of the learner's.
fn with_own_code(name: &str) -> Lab {
    let lab = Lab::new(name);
    lab.solve("define-messages");
    lab.write_place(
        BUILD,
        "generate-code",
        "    // mine, in build.rs\n    mine();\n",
    );
    lab.write_place(LIB, "generate-code", "// mine, in lib.rs\nmine!();\n");
    lab
}

fn both(lab: &Lab) -> [String; 2] {
    [BUILD, LIB].map(|file| lab.read(file))
}

/// The two files with the finished code in their places. They stay as they are.
fn finished(lab: &Lab) -> [String; 2] {
    let now = both(lab);
    lab.solve("generate-code");
    let finished = both(lab);
    lab.write(BUILD, &now[0]);
    lab.write(LIB, &now[1]);
    finished
}

#[test]
fn undo_and_undo_again() {
    let lab = with_own_code("undo-chain");
    lab.run(["undo"]).exits(0).says("There is nothing to undo");
    let mine = both(&lab);
    lab.run(["reset", "generate-code"])
        .exits(0)
        .says("generate-code is as handed out again, in start_here/build.rs and start_here/src/lib.rs.")
        .says("`routeguide-lab undo` brings back what was there.");
    let reset = both(&lab);
    assert!(reset.iter().all(|text| !text.contains("mine")));
    for _ in 0..2 {
        lab.run(["undo"])
            .exits(0)
            .says("Undone: reset generate-code, of a moment ago.")
            .says("start_here/build.rs and start_here/src/lib.rs are as they were before it.")
            .says("`routeguide-lab undo` again brings back what was there until now")
            .says("To be checked again: routeguide-lab check generate-code");
        assert_eq!(both(&lab), mine);
        lab.run(["undo"])
            .exits(0)
            .says("Done again: reset generate-code, undone a moment ago.");
        assert_eq!(both(&lab), reset);
    }
    // What is written after a reset is not lost when the reset is undone.
    lab.write_place(LIB, "generate-code", "// begun anew\n");
    let anew = both(&lab);
    lab.run(["undo"]).exits(0);
    assert_eq!(both(&lab), mine);
    lab.run(["undo"]).exits(0);
    assert_eq!(both(&lab), anew);
    // What was put back by hand need not be brought back.
    lab.write(LIB, &mine[1]);
    lab.write(BUILD, &mine[0]);
    lab.run(["undo"])
        .exits(0)
        .says("already as they were before `reset generate-code`");
    lab.run(["undo"]).exits(0).says("There is nothing to undo");
}

#[test]
fn undo_says_what_is_to_be_checked_again() {
    let lab = Lab::new("undo-passed");
    lab.solve("define-messages");
    lab.run(["check"]).exits(0).says("1 of 13 lessons passed");
    lab.run(["reset", "define-messages"]).exits(0);
    lab.run(["list"]).exits(0).says("0 of 13");
    lab.run(["undo"])
        .exits(0)
        .says("To be checked again: routeguide-lab check define-messages");
    // Not before it has been checked.
    lab.run(["list"]).exits(0).says("0 of 13");
    lab.run(["check", "define-messages"])
        .exits(0)
        .says("1 of 13");
    // Nor is what is brought back taken for what has passed.
    lab.run(["undo"]).exits(0);
    lab.run(["list"]).exits(0).says("0 of 13");
    assert_eq!(progress(&lab, "define-messages")["attempts"], 2);
}

#[test]
fn a_whole_file_a_missing_file_and_windows_line_ends_come_back_byte_for_byte() {
    let lab = Lab::new("undo-files");
    let odd = "// no lesson is here\r\n\tfn mine() {}   \r\n// no line end \u{202e}";
    lab.write(SERVER, odd);
    lab.run(["reset", "list-features"])
        .exits(3)
        .complains("the line `// lesson: list-features`")
        .complains("Nothing has been changed.");
    assert_eq!(lab.read(SERVER), odd);
    lab.run(["reset", "list-features", "--whole-file"])
        .exits(0)
        .says("list-features, record-route, route-chat and start-server are as handed out again");
    assert!(lab.read(SERVER).contains("// lesson: route-chat\r\n"));
    lab.run(["undo"]).exits(0);
    assert_eq!(lab.read(SERVER), odd);

    // There was none; there is one; there is none again.
    fs::remove_file(lab.path(SERVER)).unwrap();
    lab.run(["reset", "list-features"])
        .exits(3)
        .complains("cannot read start_here/src/server.rs: there is no such file");
    lab.run(["reset", "list-features", "--whole-file"]).exits(0);
    lab.run(["undo"])
        .exits(0)
        .says("start_here/src/server.rs is gone: it was not there before it.");
    assert!(!lab.path(SERVER).exists());
    lab.run(["undo"]).exits(0);
    assert!(lab.read(SERVER).contains("route_chat is not written yet"));

    // A file that is deleted meanwhile comes back, and goes again.
    fs::remove_file(lab.path(SERVER)).unwrap();
    lab.write_place(BUILD, "generate-code", "    mine();\r\n");
    lab.run(["reset", "generate-code"]).exits(0);
    fs::remove_file(lab.path(BUILD)).unwrap();
    lab.run(["undo"]).exits(0);
    assert!(lab.read(BUILD).contains("    mine();\r\n"));
    lab.run(["undo"]).exits(0);
    assert!(!lab.path(BUILD).exists());

    // A file that is no text can be put back as well, and comes back as it was.
    fs::write(lab.path(SERVER), b"\xff\xfe\r\n\0").unwrap();
    lab.run(["reset", "list-features"]).exits(3);
    lab.run(["reset", "list-features", "--whole-file"]).exits(0);
    lab.run(["undo"]).exits(0);
    assert_eq!(fs::read(lab.path(SERVER)).unwrap(), b"\xff\xfe\r\n\0");
}

#[test]
fn a_solution_is_shown_beside_the_learners_code_and_written_in_its_place() {
    let lab = with_own_code("solution-written");
    let mine = both(&lab);
    let finished = finished(&lab);
    lab.run(["solution", "generate-code", "--write"])
        .exits(1)
        .complains("you have not tried `generate-code` yet")
        .complains("solution generate-code --write --force");
    let shown = lab
        .run(["solution", "generate-code", "--force"])
        .exits(0)
        .says("- your code, + the finished one")
        .says("-     mine();\n")
        .says("+ ")
        .says("solution generate-code --write --force  puts it in your files");
    assert!(!shown.stdout.contains('\u{1b}'));
    assert_eq!(both(&lab), mine);

    lab.run(["solution", "generate-code", "--write", "--force"])
        .exits(0)
        .says("The finished code of generate-code is in start_here/build.rs and start_here/src/lib.rs now.");
    assert_eq!(both(&lab), finished);
    lab.run(["solution", "generate-code", "--force"])
        .exits(0)
        .says("Your code is the same.");
    lab.run(["solution", "generate-code", "--write", "--force"])
        .exits(0)
        .says("there is nothing to write");
    lab.run(["undo"])
        .exits(0)
        .says("Undone: solution generate-code --write");
    assert_eq!(both(&lab), mine);

    // A place that cannot be found is said, and the other file is not written either.
    lab.edit(LIB, |text| text.replace("// end lesson", "// gone"));
    let lost = both(&lab);
    lab.run(["solution", "generate-code", "--write", "--force"])
        .exits(3)
        .complains("the line `// end lesson`");
    lab.run(["solution", "generate-code", "--force"])
        .exits(0)
        .says("It is not shown beside yours: start_here/src/lib.rs: the line `// end lesson`");
    assert_eq!(both(&lab), lost);
    lab.run(["solution", "try-it-out", "--write"])
        .exits(0)
        .says("there is nothing to write");
}

#[test]
fn snapshots_are_bounded_and_others_are_left_alone() {
    let lab = with_own_code("snapshots-bounded");
    let older = lab
        .path(NOTES)
        .join("snapshots/1763840000-reset-generate-code/start_here");
    fs::create_dir_all(&older).unwrap();
    fs::write(older.join("build.rs"), "of an older lab").unwrap();
    lab.run(["undo"]).exits(0).says("There is nothing to undo");
    for n in 0..55 {
        lab.write_place(BUILD, "generate-code", &format!("    mine({n});\n"));
        lab.run(["reset", "generate-code"]).exits(0);
    }
    assert_eq!(snapshots(&lab).len(), 51);
    assert!(older.join("build.rs").is_file());
    lab.run(["undo"]).exits(0);
    assert!(lab.read(BUILD).contains("mine(54)"));
}

#[test]
fn what_cannot_be_kept_is_not_changed() {
    let lab = with_own_code("cannot-keep");
    let mine = both(&lab);
    let words = [
        &["reset", "generate-code"][..],
        &["solution", "generate-code", "--write", "--force"],
        &["undo"],
    ];
    // A file where a folder is needed: not even root can write there.
    fs::create_dir(lab.path(NOTES)).unwrap();
    fs::write(lab.path(NOTES).join("snapshots"), "").unwrap();
    for words in words {
        lab.run(words.iter().copied())
            .exits(3)
            .complains("snapshots")
            .complains("Nothing has been changed.");
        assert_eq!(both(&lab), mine);
    }
    fs::remove_dir_all(lab.path(NOTES)).unwrap();
    fs::write(lab.path(NOTES), "").unwrap();
    for words in words {
        lab.run(words.iter().copied()).exits(3).complains(NOTES);
        assert_eq!(both(&lab), mine);
    }
    fs::remove_file(lab.path(NOTES)).unwrap();

    // One of the two files cannot be written: the other is not, either.
    fs::remove_file(lab.path(LIB)).unwrap();
    fs::create_dir(lab.path(LIB)).unwrap();
    for words in [words[0], &["reset", "generate-code", "--whole-file"]] {
        lab.run(words.iter().copied())
            .exits(3)
            .complains("lib.rs")
            .complains("Nothing has been changed.");
        assert_eq!(lab.read(BUILD), mine[0]);
    }
    assert!(snapshots(&lab).is_empty());
}

#[test]
fn labs_that_run_at_once_lose_nothing() {
    const ROUNDS: usize = 12;
    let lab = Lab::new("at-once");
    lab.solve("define-messages");
    lab.solve("list-features");
    lab.solve("record-route");
    let expected = lab.read(SERVER);
    for lesson in ["list-features", "record-route", "route-chat"] {
        lab.write_place(SERVER, lesson, &format!("        mine(\"{lesson}\");\n"));
    }
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..ROUNDS {
                lab.run(["check", "define-messages"]).exits(0);
            }
        });
        scope.spawn(|| {
            for _ in 0..ROUNDS {
                lab.run(["check", "define-messages"]).exits(0);
            }
        });
        scope.spawn(|| {
            for lesson in support::WRITTEN {
                lab.run(["hint", lesson]).exits(0);
            }
        });
        // All three change the same file; each change is made to what the others have left.
        for lesson in ["list-features", "record-route"] {
            let lab = &lab;
            scope.spawn(move || {
                lab.run(["reset", lesson]).exits(0);
                lab.run(["solution", lesson, "--write", "--force"]).exits(0);
            });
        }
        scope.spawn(|| {
            lab.run(["reset", "route-chat"]).exits(0);
        });
    });
    let messages = progress(&lab, "define-messages");
    assert_eq!(messages["attempts"], 2 * ROUNDS);
    assert_eq!(messages["passed"], true);
    for lesson in support::WRITTEN {
        assert_eq!(progress(&lab, lesson)["hints"], 1, "{lesson}");
    }
    let together = lab.read(SERVER);
    assert_eq!(together, expected);
    assert_eq!(snapshots(&lab).len(), 5);

    // Each `undo` takes one step, to and fro, and never half of one.
    let before: Vec<_> = snapshots(&lab)
        .iter()
        .map(|path| manifest(path)["what"].clone())
        .collect();
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| lab.run(["undo"]).exits(0));
        }
    });
    assert_eq!(lab.read(SERVER), together);
    let after: Vec<_> = snapshots(&lab)
        .iter()
        .map(|path| manifest(path)["what"].clone())
        .collect();
    assert_eq!(before, after);
    assert!(notes(&lab).iter().all(|name| !name.starts_with(".tmp")));
}

/// What a random kill waits for before it counts its random time.
#[derive(Debug, Clone, Copy)]
enum From {
    /// The start of the lab.
    Start,
    /// The first sign that it writes: the folder for notes or for snapshots holds something new.
    Writing,
}

/// The names in the folders in which the lab writes first.
fn names(lab: &Lab) -> Vec<PathBuf> {
    let folders = [lab.path(NOTES), lab.path(NOTES).join("snapshots")];
    let entries = folders
        .iter()
        .filter_map(|folder| fs::read_dir(folder).ok());
    let mut names: Vec<PathBuf> = entries
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    names.sort();
    names
}

/// Kills the lab after a time, unless it has ended before. Returns whether it was killed.
fn kill(lab: &Lab, mut child: Child, from: From, wait: Duration) -> bool {
    let folders = [lab.path(NOTES), lab.path(NOTES).join("snapshots")];
    let changed = || {
        folders
            .each_ref()
            .map(|folder| fs::metadata(folder).and_then(|f| f.modified()).ok())
    };
    let before = changed();
    while matches!(from, From::Writing) && changed() == before {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
    }
    // The random instant. Sleeping is too coarse for it.
    let instant = Instant::now() + wait;
    while Instant::now() < instant {
        std::hint::spin_loop();
    }
    if child.try_wait().unwrap().is_some() {
        return false;
    }
    child.kill().unwrap();
    // It may have ended in between.
    !child.wait().unwrap().success()
}

/// What snapshots hold of the two files.
fn copies<'a>(snapshots: impl Iterator<Item = &'a PathBuf> + Clone) -> [Vec<String>; 2] {
    [BUILD, LIB].map(|file| {
        let copy = |snapshot: &PathBuf| fs::read_to_string(snapshot.join(file)).ok();
        snapshots.clone().filter_map(copy).collect()
    })
}

#[test]
fn a_lab_that_is_killed_at_any_instant_loses_nothing() {
    const KILLS: usize = 150;
    /// Only a hang lasts so long.
    const CEILING: Duration = Duration::from_secs(300);
    let words: [&[&str]; 6] = [
        &["check", "define-messages"],
        &["hint", "route-chat"],
        &["reset", "generate-code"],
        &["undo"],
        &["solution", "generate-code", "--write", "--force"],
        &["undo"],
    ];
    let lab = with_own_code("killed");
    let untouched = [PROTO, SERVER].map(|file| lab.read(file));
    // All that the two files ever hold, but for the number of the round behind it.
    let (mine, finished) = (both(&lab), finished(&lab));
    lab.run(["reset", "generate-code"]).exits(0);
    let texts = [mine, both(&lab), finished];

    // How long each takes, if nothing else is in its way.
    let mut lasts = BTreeMap::new();
    for words in words.into_iter().chain(words).chain(words) {
        let started = Instant::now();
        lab.run(words.iter().copied()).exits(0);
        let last = lasts.entry(words).or_insert(Duration::MAX);
        *last = started.elapsed().min(*last);
    }

    let seed: u64 = std::process::id().into();
    println!("seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let started = Instant::now();
    let (mut kills, mut rounds, mut in_the_midst) = (0, 0, 0);
    let count = |record: &serde_json::Value, field: &str| record[field].as_u64().unwrap_or(0);
    let record = |lab: &Lab| {
        let attempts = count(&progress(lab, "define-messages"), "attempts");
        (attempts, count(&progress(lab, "route-chat"), "hints"))
    };
    let mut recorded = record(&lab);
    while kills < KILLS {
        assert!(started.elapsed() < CEILING, "{kills} kills only");
        rounds += 1;
        // Every other round begins with files that were never seen before.
        if rounds % 2 == 0 {
            for (index, file) in [BUILD, LIB].into_iter().enumerate() {
                let text = &texts[random.usize(..texts.len())][index];
                lab.write(file, &format!("{text}// round {rounds}\n"));
            }
        }
        let own = both(&lab);
        // The oldest snapshots may go; these may not, but for one that is brought back.
        let held = copies(snapshots(&lab).iter().rev().take(10));
        let was_passed = progress(&lab, "define-messages")["passed"].clone();
        let words = words[random.usize(..words.len())];
        let from = *random
            .choice(&[From::Start, From::Writing, From::Writing])
            .unwrap();
        // Most of what is written is written soon after the first sign of it.
        let share = match from {
            From::Start => random.f64(),
            From::Writing => random.f64().powi(3),
        };
        let wait = lasts[words].mul_f64(share);
        let child = lab
            .command(words.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let killed = kill(&lab, child, from, wait);
        kills += usize::from(killed);
        let why = || {
            format!("seed {seed}, round {rounds}: {words:?} killed: {killed}, {from:?} + {wait:?}")
        };

        // All that was recorded is there, and at most one more.
        let (attempts, hints) = record(&lab);
        assert!(
            attempts >= recorded.0 && attempts <= recorded.0 + 1,
            "{}",
            why()
        );
        assert!(hints >= recorded.1 && hints <= 3, "{}", why());
        recorded = (attempts, hints);
        assert!(
            was_passed != true || progress(&lab, "define-messages")["passed"] == true,
            "{}",
            why()
        );

        // Every file is one that was there before the lab began or one that it makes, whole; and what was
        // there before is there or in a snapshot.
        assert_eq!(
            [PROTO, SERVER].map(|file| lab.read(file)),
            untouched,
            "{}",
            why()
        );
        let kept = snapshots(&lab);
        let kept_copies = copies(kept.iter());
        let now = both(&lab);
        for (index, file) in [BUILD, LIB].into_iter().enumerate() {
            let text = &now[index];
            let is_whole = texts.iter().any(|texts| {
                let round = text.strip_prefix(&texts[index]);
                round.is_some_and(|end| {
                    let number = end
                        .strip_prefix("// round ")
                        .and_then(|end| end.strip_suffix('\n'));
                    end.is_empty() || number.is_some_and(|number| number.parse::<u32>().is_ok())
                })
            });
            assert!(is_whole, "{}: {file} is\n{text}", why());
            let mut held = held[index].iter().chain([&own[index]]);
            let is_kept = |held: &String| held == text || kept_copies[index].contains(held);
            assert!(held.all(is_kept), "{}: {file} is lost", why());
            in_the_midst += usize::from(index == 1 && (now[0] == own[0]) != (now[1] == own[1]));
        }
        // A snapshot is complete.
        for snapshot in &kept {
            for file in manifest(snapshot)["files"].as_array().unwrap() {
                let there = snapshot.join(file["path"].as_str().unwrap()).is_file();
                assert_eq!(
                    there,
                    file["there"] == true,
                    "{}: {}",
                    why(),
                    snapshot.display()
                );
            }
        }
        assert!(
            !notes(&lab).iter().any(|name| name.contains("unreadable")),
            "{}",
            why()
        );
    }
    println!(
        "{rounds} runs, {kills} killed, {in_the_midst} between two files, {:?}",
        started.elapsed()
    );

    // The next lab works as ever, and cleans up.
    lab.run(["check", "define-messages"]).exits(0);
    assert_eq!(
        count(&progress(&lab, "define-messages"), "attempts"),
        recorded.0 + 1
    );
    let [_, handed_out, finished] = &texts;
    lab.write(BUILD, &finished[0]);
    lab.run(["reset", "generate-code"]).exits(0);
    assert_eq!(lab.read(BUILD), handed_out[0]);
    lab.run(["undo"]).exits(0);
    assert_eq!(lab.read(BUILD), finished[0]);
    assert_eq!(
        notes(&lab),
        [
            ".gitignore",
            "lock",
            "progress.json",
            "seen.json",
            "snapshots"
        ]
    );
    assert!(snapshots(&lab).len() <= 50);
    assert!(
        names(&lab)
            .iter()
            .all(|path| !path.to_string_lossy().contains(".tmp"))
    );
}
