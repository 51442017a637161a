//! The learner's folder as others may have left it: with links, pipes, files of other users, parts that are gone, and
//! editors that save in the instant of a change.

mod damaged;
#[cfg(unix)]
mod links;
mod parts;
#[cfg(unix)]
mod pipes;
mod planted;
mod races;
#[cfg(unix)]
mod rights;

use std::fs;
use std::path::{Path, PathBuf};

use testkit::outside::lab;
use testkit::{Run, copy, course, run};

const SERVER: &str = "start_here/src/server.rs";

/// A course folder that the binary has made outside of the checkout, and beside it a folder that is not the lab's.
struct Made {
    _outside: tempfile::TempDir,
    course: PathBuf,
    elsewhere: PathBuf,
}

impl Made {
    fn new() -> Made {
        Made::by(|course| {
            let words = ["init", course.to_str().unwrap()];
            run(&mut lab(course.parent().unwrap(), &words)).exits(0);
        })
    }

    /// A copy of the course folder, which is faster to make.
    fn copy(&self) -> Made {
        Made::by(|course| copy(&self.course, course))
    }

    fn by(make: impl FnOnce(&Path)) -> Made {
        let outside = tempfile::tempdir().unwrap();
        // On macOS, the folder for temporary files is behind a link.
        let root = fs::canonicalize(outside.path()).unwrap();
        make(&root.join("course"));
        fs::create_dir(root.join("elsewhere")).unwrap();
        Made {
            course: root.join("course"),
            elsewhere: root.join("elsewhere"),
            _outside: outside,
        }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.course.join(file)
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    /// Writes code into a lesson's region of the server.
    fn write_place(&self, lesson: &str, code: &str) {
        let mut text = self.read(SERVER);
        let place = course::place(&text, lesson).unwrap();
        text.replace_range(place, code);
        fs::write(self.path(SERVER), text).unwrap();
    }

    fn run(&self, words: &[&str]) -> Run {
        run(&mut lab(&self.course, words))
    }

    /// The newest snapshot.
    fn snapshot(&self) -> PathBuf {
        let folders = fs::read_dir(self.path(".routeguide-lab/snapshots")).unwrap();
        let mut folders: Vec<PathBuf> = folders.map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        folders.pop().unwrap()
    }
}
