//! The places of temporary copies of the course.
//!
//! What cargo has compiled of a copy's crate stays at its place, and the next copy there is compiled with it: in a
//! quarter of the time that the first one takes. So there are as many places as copies at one time, and not as tests.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::folders::remove;
use crate::{build_folder, temporary_folder};

/// A place for one copy, which no other copy gets before this value is dropped, in whatever test program.
pub struct Place {
    number: usize,
    _lock: File,
}

impl Place {
    /// The first place that is free, with nothing at it but what has one of these names.
    pub fn free(kept: &[&str]) -> Place {
        let locks = temporary_folder().join("places");
        fs::create_dir_all(&locks).unwrap();
        let take = |number: usize| {
            let lock = File::create(locks.join(format!("{number}.lock"))).unwrap();
            match lock.try_lock() {
                Ok(()) => Some(Place {
                    number,
                    _lock: lock,
                }),
                Err(TryLockError::WouldBlock) => None,
                Err(TryLockError::Error(error)) => panic!("{error}"),
            }
        };
        let place = (0..).find_map(take).unwrap();
        let root = place.root();
        if root.exists() {
            clear(&root, kept);
        }
        fs::create_dir_all(&root).unwrap();
        place
    }

    /// The folder of the copy.
    pub fn root(&self) -> PathBuf {
        temporary_folder().join(format!("course-{}", self.number))
    }

    /// The folder that cargo builds it in.
    pub fn build_folder(&self) -> PathBuf {
        build_folder::for_place(self.number)
    }

    /// The version of the copy's crate.
    ///
    /// Cargo tells crates apart by name, version and place *within* their workspace: in a shared build folder, those of
    /// two places would be taken for each other.
    pub fn version(&self) -> String {
        format!("0.1.0-course-{}", self.number)
    }
}

/// Removes all that is in a folder but what has one of these names.
fn clear(folder: &Path, kept: &[&str]) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if !kept.iter().any(|name| entry.file_name() == *name) {
            remove(&entry.path());
        }
    }
}
