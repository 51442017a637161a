//! Snapshots on disk: whole, in order, bounded, and nobody's but the lab's.

use super::*;

const SERVER: &str = "start_here/src/server.rs";

/// A lab's folder with one file in it.
fn lab() -> (tempfile::TempDir, Folder) {
    let root = tempfile::tempdir().unwrap();
    fs::create_dir_all(root.path().join("start_here/src")).unwrap();
    fs::write(root.path().join("start_here/Cargo.toml"), "[package]\r\n").unwrap();
    let folder = Folder::find(root.path()).unwrap();
    (root, folder)
}

fn keep_server(folder: &Folder) -> PathBuf {
    keep(folder, "reset a", &[SERVER.to_string()]).unwrap()
}

fn all_of(folder: &Folder) -> Vec<Snapshot> {
    all(&StateLock::take(&folder.state_dir()).unwrap()).unwrap()
}

#[test]
fn a_snapshot_never_overwrites_another_and_the_newest_is_last() {
    let (_root, folder) = lab();
    for text in ["one", "two\r\n", "three"] {
        fs::write(folder.file(SERVER), text).unwrap();
        let kept = keep_server(&folder);
        assert_eq!(fs::read_to_string(kept.join(SERVER)).unwrap(), text);
        // What is not about to be changed is there too.
        assert_eq!(
            fs::read(kept.join("start_here/Cargo.toml")).unwrap(),
            b"[package]\r\n"
        );
    }
    let texts: Vec<_> = all_of(&folder)
        .iter()
        .map(|snapshot| snapshot.files().unwrap()[0].1.clone().unwrap().bytes)
        .collect();
    assert_eq!(texts, [&b"one"[..], b"two\r\n", b"three"]);
    // What is not there is no reason to refuse, and is known.
    fs::remove_file(folder.file(SERVER)).unwrap();
    keep_server(&folder);
    assert!(all_of(&folder)[3].files().unwrap()[0].1.is_none());
}

#[test]
fn what_an_older_lab_or_somebody_else_put_there_is_left_alone() {
    let (_root, folder) = lab();
    let snapshots = folder.state_dir().join("snapshots");
    let others = [
        "1763840000-reset-list-features/start_here/src",
        "000001-reset-a/start_here",
        "mine",
    ];
    for other in others {
        fs::create_dir_all(snapshots.join(other)).unwrap();
    }
    fs::write(snapshots.join(others[0]).join("server.rs"), "old").unwrap();
    fs::write(snapshots.join("mine/snapshot.json"), "{ half").unwrap();
    fs::write(snapshots.join("note.txt"), "").unwrap();
    assert!(all_of(&folder).is_empty());
    for _ in 0..MOST + 2 {
        keep_server(&folder);
    }
    assert_eq!(all_of(&folder).len(), MOST);
    assert!(others.iter().all(|other| snapshots.join(other).is_dir()));
    assert!(snapshots.join("note.txt").is_file());
}

#[test]
fn a_snapshot_that_leads_elsewhere_is_none_and_a_newer_one_is_said() {
    let (_root, folder) = lab();
    fs::write(folder.file(SERVER), "one").unwrap();
    let manifest = keep_server(&folder).join(MANIFEST);
    let text = fs::read_to_string(&manifest).unwrap();
    for path in [
        "../outside.rs",
        "/outside.rs",
        "start_here/../../outside.rs",
    ] {
        fs::write(&manifest, text.replace(SERVER, path)).unwrap();
        assert!(all_of(&folder).is_empty(), "{path}");
    }
    fs::write(&manifest, text.replace("\"version\": 1", "\"version\": 2")).unwrap();
    let lock = StateLock::take(&folder.state_dir()).unwrap();
    assert!(matches!(
        all(&lock),
        Err(StoreError::Newer { version: 2, .. })
    ));
}

#[test]
fn copies_of_other_files_go_before_any_snapshot_does() {
    let (_root, folder) = lab();
    let picture = vec![b'p'; 1 << 20];
    for number in 0..70 {
        fs::write(
            folder.file(&format!("start_here/{number:02}.png")),
            &picture,
        )
        .unwrap();
    }
    for text in ["one", "two", "three"] {
        fs::write(folder.file(SERVER), text).unwrap();
        keep_server(&folder);
    }
    let all = all_of(&folder);
    let texts: Vec<_> = all
        .iter()
        .map(|snapshot| snapshot.files().unwrap()[0].1.clone().unwrap().bytes)
        .collect();
    assert_eq!(texts, [&b"one"[..], b"two", b"three"]);
    // As many pictures as there is room for, and those of the newest snapshot.
    let pictures = |snapshot: &Snapshot| fs::read_dir(snapshot.folder.join("start_here")).unwrap();
    let counts: Vec<usize> = all
        .iter()
        .map(|snapshot| pictures(snapshot).count())
        .collect();
    assert_eq!(counts[..2], [1, 1]);
    let (newest, manifest) = (counts[2], &all[2].manifest);
    assert!((60..=66).contains(&newest), "{newest}");
    assert!(manifest.bytes <= ROOM + 5 && !manifest.left_out.is_empty());
    assert_eq!(all[0].manifest.bytes, 3);
}

#[test]
fn the_last_copy_of_work_does_not_go_without_a_word() {
    let (_root, folder) = lab();
    for number in 0..MOST {
        fs::write(folder.file(SERVER), format!("work {number}")).unwrap();
        keep_server(&folder);
    }
    let next = |text: &str| {
        fs::write(folder.file(SERVER), text).unwrap();
        let lock = StateLock::take(&folder.state_dir()).unwrap();
        let files = now(&folder, &[SERVER.to_string()]).unwrap();
        make(&lock, &folder, Purpose::before("reset b"), &files).unwrap();
        let lost = prune(&lock, &folder);
        lost.into_iter()
            .map(|purpose| purpose.what)
            .collect::<Vec<_>>()
    };
    // Of the oldest, there is another copy in the newest.
    assert!(next("work 0").is_empty());
    assert_eq!(next("more work"), ["reset a"]);
    assert_eq!(all_of(&folder).len(), MOST);
}

#[test]
fn build_output_and_what_is_too_large_is_not_copied() {
    let (_root, folder) = lab();
    for path in ["target/debug/a", "src/target/b", ".git/c"] {
        let path = folder.file("start_here").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x").unwrap();
    }
    fs::write(folder.file("start_here/large"), vec![0; (1 << 20) + 1]).unwrap();
    fs::write(
        folder.file("start_here/a name, with ünusual signs.txt"),
        "a",
    )
    .unwrap();
    // The file that is about to be changed is copied, whatever its size.
    fs::write(folder.file(SERVER), vec![b'x'; 3 << 20]).unwrap();
    let kept = keep_server(&folder);
    for gone in ["target", "src/target", ".git", "large"] {
        assert!(!kept.join("start_here").join(gone).exists(), "{gone}");
    }
    assert!(
        kept.join("start_here/a name, with ünusual signs.txt")
            .is_file()
    );
    assert_eq!(fs::metadata(kept.join(SERVER)).unwrap().len(), 3 << 20);
    let all = all_of(&folder);
    let large = Path::new("start_here").join("large");
    assert_eq!(all[0].manifest.left_out, [large.display().to_string()]);
    assert!(all[0].manifest.bytes > 3 << 20);
}

#[test]
fn a_snapshot_that_cannot_be_complete_is_not_there() {
    let (_root, folder) = lab();
    // A folder in the place of the file.
    fs::create_dir(folder.file(SERVER)).unwrap();
    assert!(keep(&folder, "reset a", &[SERVER.to_string()]).is_err());
    assert!(all_of(&folder).is_empty());
    // A file in the place of the folder.
    fs::remove_dir_all(folder.state_dir()).unwrap();
    fs::create_dir(folder.state_dir()).unwrap();
    fs::write(folder.state_dir().join("snapshots"), "").unwrap();
    assert!(keep(&folder, "reset a", &[]).is_err());
}

#[cfg(unix)]
#[test]
fn permissions_links_pipes_and_names_that_are_no_text() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let (_root, folder) = lab();
    let start_here = folder.file("start_here");
    fs::write(folder.file(SERVER), "one").unwrap();
    fs::set_permissions(folder.file(SERVER), fs::Permissions::from_mode(0o751)).unwrap();
    // Not every file system takes such a name.
    let odd = start_here.join(OsStr::from_bytes(b"odd-\xff\n"));
    let has_odd = fs::write(&odd, "odd").is_ok();
    symlink(&start_here, start_here.join("around")).unwrap();
    symlink(folder.file(SERVER), start_here.join("link.rs")).unwrap();
    symlink("nowhere", start_here.join("dangling")).unwrap();
    let pipe = std::process::Command::new("mkfifo")
        .arg(start_here.join("pipe"))
        .status();
    assert!(pipe.unwrap().success());

    let kept = keep_server(&folder);
    let mode = fs::metadata(kept.join(SERVER))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o751);
    if has_odd {
        let copy = kept.join("start_here").join(odd.file_name().unwrap());
        assert_eq!(fs::read(copy).unwrap(), b"odd");
    }
    assert_eq!(fs::read(kept.join("start_here/link.rs")).unwrap(), b"one");
    for gone in ["around", "dangling", "pipe"] {
        assert!(!kept.join("start_here").join(gone).exists(), "{gone}");
    }
}
