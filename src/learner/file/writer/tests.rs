//! Files on disk: whole, in their places, and never over what another program has written.

use super::*;
use crate::learner::file::read;

/// A folder to write in, with a folder for new files.
struct Folder {
    folder: tempfile::TempDir,
    root: WriteRoot,
    scratch: PathBuf,
}

impl Folder {
    fn new() -> Folder {
        let folder = tempfile::tempdir().unwrap();
        let scratch = folder.path().join("scratch");
        fs::create_dir(&scratch).unwrap();
        Folder {
            root: WriteRoot::new(folder.path()).unwrap(),
            folder,
            scratch,
        }
    }

    fn writer(&self) -> Writer<'_> {
        Writer {
            root: &self.root,
            scratch: &self.scratch,
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    #[track_caller]
    fn nothing_is_left_over(&self) {
        assert_eq!(fs::read_dir(&self.scratch).unwrap().count(), 0);
    }
}

fn text(text: &str) -> Content {
    Content {
        bytes: text.into(),
        permissions: None,
    }
}

const DONE: Replaced = Replaced::Done {
    has_other_names: false,
};

#[test]
fn a_file_is_written_whole_and_nothing_is_left_beside_it() {
    let folder = Folder::new();
    let (writer, path) = (folder.writer(), folder.at("a/b.rs"));
    assert!(read(&path).unwrap().is_none());
    writer.write(&path, b"one", None).unwrap();
    writer.write(&path, b"two\r\n", None).unwrap();
    assert_eq!(read(&path).unwrap().unwrap().bytes, b"two\r\n");
    folder.nothing_is_left_over();
    assert_eq!(fs::read_dir(folder.at("a")).unwrap().count(), 1);
    assert_eq!(writer.take_away(&path, b"two\r\n", None).unwrap(), DONE);
    assert_eq!(
        writer.take_away(&path, b"two\r\n", None).unwrap(),
        Replaced::Meanwhile
    );
    assert!(!path.exists());
    // A folder in the place of a file is no file.
    fs::create_dir(&path).unwrap();
    assert!(read(&path).is_err());
    assert!(writer.write(&path, b"three", None).is_err());
    assert!(writer.take_away(&path, b"three", None).is_err());
    assert!(path.is_dir());
    folder.nothing_is_left_over();
}

#[test]
fn what_has_come_meanwhile_is_not_written_over() {
    let folder = Folder::new();
    let (writer, path) = (folder.writer(), folder.at("a/b.rs"));
    writer.create(&path, b"one", None).unwrap();
    let permissions = fs::metadata(&path).unwrap().permissions();
    for refused in [
        writer.create(&path, b"two", None),
        create_in_place(&path, b"two", &permissions),
    ] {
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    }
    assert_eq!(fs::read(&path).unwrap(), b"one");
    folder.nothing_is_left_over();
}

/// Both ways to replace a file: by an exchange, and where there is none.
#[test]
fn a_file_is_replaced_only_if_it_holds_what_it_held() {
    let folder = Folder::new();
    let (writer, path, keep) = (folder.writer(), folder.at("a.rs"), folder.at("kept.rs"));
    for can_exchange in [true, false] {
        let replace = |old: &str, new: &str| {
            let exchange = |one: &Path, other: &Path| match can_exchange {
                true => exchange(one, other),
                false => Ok(false),
            };
            let (old, new) = (old.as_bytes(), text(new));
            writer
                .replace_by(exchange, &path, old, &new, Some(&keep))
                .unwrap()
        };
        fs::write(&path, "one").unwrap();
        assert_eq!(replace("one", "two"), DONE);
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read(&keep).unwrap(), b"one");
        fs::remove_file(&keep).unwrap();

        fs::write(&path, "saved").unwrap();
        assert_eq!(replace("two", "three"), Replaced::Meanwhile);
        assert_eq!(fs::read(&path).unwrap(), b"saved");
        let taken = writer.take_away(&path, b"two", Some(&keep)).unwrap();
        assert_eq!(taken, Replaced::Meanwhile);
        assert_eq!(fs::read(&path).unwrap(), b"saved");

        fs::remove_file(&path).unwrap();
        assert_eq!(replace("saved", "three"), Replaced::Meanwhile);
        assert!(!path.exists() && !keep.exists());
        folder.nothing_is_left_over();
    }
}

#[cfg(any(target_os = "linux", target_vendor = "apple"))]
#[test]
fn of_two_saves_in_the_instant_of_a_change_the_last_is_there() {
    let folder = Folder::new();
    let path = folder.at("a.rs");
    let saves = std::cell::RefCell::new(vec!["second", "first"]);
    // An editor saves before each exchange.
    let exchange = |one: &Path, other: &Path| {
        if let Some(save) = saves.borrow_mut().pop() {
            fs::write(folder.at("editor"), save).unwrap();
            fs::rename(folder.at("editor"), &path).unwrap();
        }
        exchange(one, other)
    };
    fs::write(&path, "old").unwrap();
    let replaced = folder
        .writer()
        .replace_by(exchange, &path, b"old", &text("new"), None);
    assert_eq!(replaced.unwrap(), Replaced::Meanwhile);
    assert_eq!(fs::read(&path).unwrap(), b"second");
    folder.nothing_is_left_over();
}

#[cfg(unix)]
#[test]
fn what_is_written_to_the_old_file_later_is_kept() {
    let folder = Folder::new();
    let (path, keep) = (folder.at("a.rs"), folder.at("kept.rs"));
    fs::write(&path, "old").unwrap();
    let mut open = fs::File::options().append(true).open(&path).unwrap();
    let replaced = folder
        .writer()
        .replace(&path, b"old", &text("new"), Some(&keep));
    assert_eq!(replaced.unwrap(), DONE);
    open.write_all(b" and more").unwrap();
    assert_eq!(fs::read(&keep).unwrap(), b"old and more");
    assert_eq!(fs::read(&path).unwrap(), b"new");
}

#[cfg(unix)]
#[test]
fn other_names_of_a_file_are_told() {
    let folder = Folder::new();
    let (path, keep) = (folder.at("a.rs"), folder.at("kept.rs"));
    fs::write(&path, "old").unwrap();
    fs::hard_link(&path, folder.at("other")).unwrap();
    fs::write(&keep, "old").unwrap();
    let replaced = folder
        .writer()
        .replace(&path, b"old", &text("new"), Some(&keep));
    let has_other_names = true;
    assert_eq!(replaced.unwrap(), Replaced::Done { has_other_names });
    fs::write(folder.at("other"), "another").unwrap();
    assert_eq!(fs::read(&keep).unwrap(), b"old");
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_stays_one_and_its_end_is_written() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new();
    let (writer, at) = (folder.writer(), |name: &str| folder.at(name));
    symlink("second", at("first")).unwrap();
    symlink("end", at("second")).unwrap();
    writer.write(&at("first"), b"new", None).unwrap();
    assert!(at("first").is_symlink() && at("second").is_symlink());
    assert_eq!(fs::read(at("end")).unwrap(), b"new");

    let outside = tempfile::tempdir().unwrap();
    symlink("no/such/folder", at("lost")).unwrap();
    symlink("round", at("round")).unwrap();
    symlink(outside.path().join("new"), at("out")).unwrap();
    for name in ["lost", "round", "out"] {
        assert!(writer.write(&at(name), b"new", None).is_err());
        assert!(writer.create(&at(name), b"new", None).is_err());
        assert!(at(name).is_symlink(), "{name}");
    }
    assert!(!at("no").exists());
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = Folder::new();
    let (path, link) = (folder.at("file"), folder.at("link"));
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    symlink("file", &link).unwrap();
    let mut content = read(&link).unwrap().unwrap();
    let permissions = content.permissions.as_ref();
    folder.writer().write(&link, b"new", permissions).unwrap();
    let is_right = |text: &[u8]| {
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        link.is_symlink() && fs::read(&path).unwrap() == text && mode & 0o777 == 0o640
    };
    assert!(is_right(b"new"));
    content.bytes = b"newer".to_vec();
    let replaced = folder.writer().replace(&link, b"new", &content, None);
    assert_eq!(replaced.unwrap(), DONE);
    assert!(is_right(b"newer"));
}
