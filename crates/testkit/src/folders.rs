//! Copying files and folders.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

/// Copies a file or a folder.
pub fn copy(from: &Path, to: &Path) {
    copy_and(from, to, &|_, _| {});
}

/// Copies a file or a folder, with the time of now: so cargo sees that it is not what it has compiled. Some systems copy
/// the time as well.
pub fn copy_anew(from: &Path, to: &Path) {
    copy_and(from, to, &|_, copy| {
        if copy.is_file() {
            let file = fs::File::options().append(true).open(copy).unwrap();
            file.set_modified(SystemTime::now()).unwrap();
        }
    });
}

/// Copies a file or a folder, with all times: so cargo sees that what it has compiled of it is not out of date.
pub fn copy_with_times(from: &Path, to: &Path) {
    copy_and(from, to, &set_time_of);
}

/// Makes a file or a folder the same as another one, with all times. What is the same already is left as it is: to make a
/// file takes a hundred times as long as to read it.
pub fn refresh(from: &Path, to: &Path) {
    let is_folder = from.is_dir();
    let is_kind = |about: fs::Metadata| about.file_type() == from.metadata().unwrap().file_type();
    if !fs::symlink_metadata(to).is_ok_and(is_kind) || (!is_folder && !is_same(from, to)) {
        remove(to);
        return copy_with_times(from, to);
    }
    if !is_folder {
        return;
    }
    for entry in fs::read_dir(to).unwrap() {
        let entry = entry.unwrap();
        if !from.join(entry.file_name()).exists() {
            remove(&entry.path());
        }
    }
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        refresh(&entry.path(), &to.join(entry.file_name()));
    }
    set_time_of(from, to);
}

/// Whether two files have the same content, time and rights.
fn is_same(one: &Path, other: &Path) -> bool {
    let about = |file: &Path| {
        let about = fs::metadata(file).unwrap();
        (about.len(), about.modified().unwrap(), about.permissions())
    };
    about(one) == about(other) && fs::read(one).unwrap() == fs::read(other).unwrap()
}

/// Removes what is at a path, if there is anything.
pub fn remove(path: &Path) {
    let removed = match fs::symlink_metadata(path) {
        Ok(about) if about.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(_) => Ok(()),
    };
    removed.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

/// Shows a folder of the checkout in a copy of the course: the lab's own sources, which cargo looks for in a workspace
/// and which no test writes to.
#[cfg(unix)]
pub fn share(from: &Path, to: &Path) {
    remove(to);
    std::os::unix::fs::symlink(from, to).unwrap();
}

/// Shows a folder of the checkout in a copy of the course. Not everybody may make links on Windows.
#[cfg(not(unix))]
pub fn share(from: &Path, to: &Path) {
    refresh(from, to);
}

/// Copies a file or a folder, and does something to each that is copied.
fn copy_and(from: &Path, to: &Path, finish: &dyn Fn(&Path, &Path)) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            copy_and(&entry.path(), &to.join(entry.file_name()), finish);
        }
    } else {
        fs::copy(from, to).unwrap();
    }
    finish(from, to);
}

/// Gives a copy the time of what it is a copy of.
fn set_time_of(original: &Path, copy: &Path) {
    let time = fs::metadata(original).unwrap().modified().unwrap();
    let file = match copy.is_dir() {
        // Windows opens no folder as a file. Cargo then runs build scripts once more.
        true if cfg!(windows) => return,
        true => fs::File::open(copy),
        // On Windows, only a file that is open for writing can be given a time.
        false => fs::File::options().append(true).open(copy),
    };
    file.unwrap().set_modified(time).unwrap();
}
