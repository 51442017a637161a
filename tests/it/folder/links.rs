//! Links in a course folder: those that stay in it go on working, and nothing is written through those that lead out.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::{Made, SERVER};

/// All that writes, but for what builds.
const COMMANDS: [&[&str]; 9] = [
    &["hint", "route-chat"],
    &["check", "define-messages"],
    &["reset", "list-features", "--yes"],
    &["reset", "list-features", "--yes", "--whole-file"],
    &["solution", "list-features", "--write", "--force"],
    &["undo"],
    &["redo"],
    &["init"],
    &["list"],
];

/// All below a folder: paths, contents and times.
fn all_below(folder: &Path) -> Vec<(PathBuf, Option<Vec<u8>>, SystemTime)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let about = fs::symlink_metadata(&path).unwrap();
        if about.is_dir() {
            all.extend(all_below(&path));
        }
        let content = about.is_file().then(|| fs::read(&path).unwrap());
        all.push((path, content, about.modified().unwrap()));
    }
    all.sort();
    all
}

/// Runs all commands, and asserts that nothing changes elsewhere. Returns how many said that a link leads out.
#[track_caller]
fn writes_nothing_elsewhere(made: &Made, link: &str) -> usize {
    let before = all_below(&made.elsewhere);
    let mut refused = 0;
    for words in COMMANDS {
        let run = made.run(words);
        assert!(!run.stderr.contains("panicked"), "{link}: {}", run.stderr);
        refused += usize::from(run.code == Some(3) && run.stderr.contains("link"));
    }
    // With its times: what had been written and put back would be seen as well.
    assert_eq!(all_below(&made.elsewhere), before, "{link}");
    refused
}

/// Makes a link in the place of what is there, which is moved elsewhere or, with `gone`, is lost.
fn plant(made: &Made, link: &str, gone: bool) {
    let (path, to) = (made.path(link), made.elsewhere.join("planted"));
    if !gone && path.exists() {
        fs::rename(&path, &to).unwrap();
    } else if path.is_dir() {
        fs::remove_dir_all(&path).unwrap();
        fs::create_dir(&to).unwrap();
    } else if path.exists() {
        fs::remove_file(&path).unwrap();
    }
    symlink(&to, &path).unwrap();
}

#[test]
fn nothing_is_written_through_a_link_that_leads_out() {
    let folders = [
        "start_here",
        "start_here/src",
        "completed",
        "lessons",
        "proto",
    ];
    let more = [".vscode", ".routeguide-lab", ".routeguide-lab/snapshots"];
    let files = [
        "lock",
        "build.lock",
        "progress.json",
        "seen.json",
        ".gitignore",
    ];
    let files = files.map(|name| format!(".routeguide-lab/{name}"));
    let others = [
        SERVER,
        "README.md",
        "Cargo.toml",
        "Cargo.lock",
        ".gitignore",
    ];
    let links = folders.into_iter().chain(more).chain(others);
    let template = Made::new();
    template.write_place("list-features", "        mine();\n");
    // So that there is a snapshot to undo.
    template.run(&["reset", "list-features", "--yes"]).exits(0);
    for link in links.chain(files.iter().map(String::as_str)) {
        for gone in [false, true] {
            let made = template.copy();
            plant(&made, link, gone);
            let refused = writes_nothing_elsewhere(&made, link);
            // What is the learner's own and need not be written is let be, as is what is right as it is.
            let let_be = [".vscode", ".gitignore", ".routeguide-lab/.gitignore"].contains(&link)
                // It is written after a build, which none of the commands makes here.
                || link == ".routeguide-lab/seen.json"
                || (!gone && ["completed", "lessons", "proto"].contains(&link))
                || ["README.md", "Cargo.toml", "Cargo.lock"].contains(&link);
            assert!(let_be || refused > 0, "{link}, gone: {gone}");
        }
    }
}

#[test]
fn a_link_that_leads_out_is_said() {
    let made = Made::new();
    made.write_place("list-features", "        mine();\n");
    plant(&made, "start_here/src", false);
    let (before, to) = (made.read(SERVER), made.elsewhere.join("planted/server.rs"));
    let says = format!(
        "cannot write {SERVER}: a link there leads out of the course folder, to {}",
        to.display()
    );
    made.run(&["reset", "list-features", "--yes"])
        .exits(3)
        .complains(&says)
        .complains("Nothing has been changed. The lab writes only in the course folder");
    assert_eq!(made.read(SERVER), before);
}

#[test]
fn links_that_stay_in_the_folder_go_on_working() {
    let made = Made::new();
    made.write_place("list-features", "        mine();\n");
    let mine = made.read(SERVER);
    let moved = |from: &str, to: &str, link: &str| {
        fs::rename(made.path(from), made.path(to)).unwrap();
        symlink(link, made.path(from)).unwrap();
    };
    // A link in a folder behind a link.
    moved(SERVER, "kept.rs", "../../kept.rs");
    moved("start_here/src", "my-code", "../my-code");
    fs::rename(made.path("kept.rs"), made.path("start_here/kept.rs")).unwrap();
    fs::remove_file(made.path("my-code/server.rs")).unwrap();
    symlink("../start_here/kept.rs", made.path("my-code/server.rs")).unwrap();
    moved(".routeguide-lab", "state", "state");
    assert_eq!(made.read(SERVER), mine);

    let is_link = |path: &str| made.path(path).is_symlink();
    let are_links = || {
        [SERVER, "start_here/src", ".routeguide-lab"]
            .into_iter()
            .all(is_link)
    };
    made.run(&["reset", "list-features", "--yes"]).exits(0);
    assert!(are_links() && !made.read("start_here/kept.rs").contains("mine()"));
    made.run(&["undo"]).exits(0);
    assert!(are_links() && made.read("start_here/kept.rs") == mine);
    made.run(&["check", "define-messages"]).exits(1);
    made.run(&["init"]).exits(0);
    assert!(are_links());
}

#[test]
fn a_hard_link_is_said_to_be_separate_now() {
    let made = Made::new();
    made.write_place("list-features", "        mine();\n");
    let (mine, other) = (made.read(SERVER), made.elsewhere.join("other.rs"));
    let says = "start_here/src/server.rs also had another name (a hard link). That one still has the earlier contents.";
    fs::hard_link(made.path(SERVER), &other).unwrap();
    for words in [
        &["reset", "list-features", "--yes"][..],
        &["solution", "list-features", "--write", "--force"],
    ] {
        made.run(words).exits(0).says(says);
        assert_eq!(fs::read_to_string(&other).unwrap(), mine);
        fs::remove_file(&other).unwrap();
        fs::write(made.path(SERVER), &mine).unwrap();
        fs::hard_link(made.path(SERVER), &other).unwrap();
    }
    made.run(&["undo"]).exits(0).says("already as they were");
    let run = made.run(&["undo"]).exits(0);
    assert!(!run.stdout.contains("hard link"), "{}", run.stdout);
    assert!(Path::new(&other).is_file());
}
