//! Files that the lab may not read or write, and files of other users.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{Made, SERVER};
use testkit::outside::lab;
use testkit::{run, skipped};

/// A user who is not root.
const SOMEBODY: u32 = 65_534;

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Makes a file of start_here that is as old as a file that was handed out, with these permissions.
fn old_file(made: &Made, name: &str, mode: u32) -> PathBuf {
    let path = made.path("start_here").join(name);
    if !path.exists() {
        fs::write(&path, name).unwrap();
    }
    let file = File::options().append(true).open(&path).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(3_600))
        .unwrap();
    fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
    path
}

/// All below a folder, but for what git and cargo keep there.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut all = vec![folder.to_path_buf()];
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() == "target" {
            continue;
        }
        match entry.file_type().unwrap().is_dir() {
            true => all.extend(below(&entry.path())),
            false => all.push(entry.path()),
        }
    }
    all
}

#[test]
fn what_need_not_be_read_or_written_is_not() {
    let made = Made::new();
    made.write_place("list-features", "        mine();\n");
    let mine = made.read(SERVER);
    old_file(&made, "read-only.txt", 0o444);
    old_file(&made, "closed.txt", 0o000);
    old_file(&made, "src/server.rs", 0o444);
    let others = [
        old_file(&made, "read-only-of-root.txt", 0o444),
        old_file(&made, "closed-of-root.txt", 0o000),
        old_file(&made, "src/index.rs", 0o444),
    ];
    // Root may do all, so somebody else checks.
    let somebody = is_root().then_some(SOMEBODY);
    if somebody.is_some() {
        let outside = made.course.parent().unwrap();
        for path in below(outside) {
            if !others.contains(&path) {
                chown(path, somebody, somebody).unwrap();
            }
        }
    }
    let run_as = |words: &[&str]| {
        let mut command = lab(&made.course, words);
        if let Some(somebody) = somebody {
            command
                .uid(somebody)
                .gid(somebody)
                .env("HOME", &made.course);
        }
        command
    };
    if run_as(&["--version"]).output().is_err() {
        skipped("another user may not run the program here");
        return;
    }
    // Once with files that have never been seen, and once more.
    for _ in 0..2 {
        run(&mut run_as(&["check", "define-messages"])).exits(1);
    }
    run(&mut run_as(&["reset", "list-features", "--yes"])).exits(0);
    assert_ne!(made.read(SERVER), mine);
    run(&mut run_as(&["undo"])).exits(0);
    assert_eq!(made.read(SERVER), mine);
    let mode = fs::metadata(made.path(SERVER))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o444);
    // Nothing has been done to what is another's.
    if somebody.is_some() {
        let owners = others.map(|path| fs::metadata(path).unwrap().uid());
        assert_eq!(owners, [0, 0, 0]);
    }
}

#[test]
fn what_root_writes_belongs_to_the_owner_of_the_folder() {
    if !is_root() {
        skipped("only root can write files of other users");
        return;
    }
    let made = Made::new();
    made.write_place("list-features", "        mine();\n");
    fs::remove_dir_all(made.path(".routeguide-lab")).unwrap();
    fs::remove_dir_all(made.path("lessons/04-list-features")).unwrap();
    fs::write(made.path("README.md"), "older").unwrap();
    for path in below(&made.course) {
        chown(path, Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    }
    let (server, mode) = (made.path(SERVER), 0o640);
    fs::set_permissions(&server, Permissions::from_mode(mode)).unwrap();
    for (words, code) in [
        (&["check", "define-messages"][..], 1),
        (&["hint", "define-messages"], 0),
        (&["init"], 0),
        (&["reset", "list-features", "--yes"], 0),
        (&["solution", "list-features", "--write", "--force"], 0),
        (&["undo"], 0),
        (&["reset", "list-features", "--yes", "--whole-file"], 0),
        (&["undo"], 0),
    ] {
        made.run(words).exits(code);
        for path in below(&made.course) {
            let about = fs::symlink_metadata(&path).unwrap();
            let owner = (about.uid(), about.gid());
            assert_eq!(owner, (SOMEBODY, SOMEBODY), "{words:?}: {}", path.display());
        }
        let about = fs::metadata(&server).unwrap();
        assert_eq!(about.permissions().mode() & 0o777, mode, "{words:?}");
    }
    // A new folder belongs to the owner of the one that it is in.
    chown(&made.elsewhere, Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    run(&mut lab(&made.elsewhere, &["init", "new/course"])).exits(0);
    for path in below(&made.elsewhere.join("new")) {
        assert_eq!(
            fs::symlink_metadata(&path).unwrap().uid(),
            SOMEBODY,
            "{}",
            path.display()
        );
    }
}
