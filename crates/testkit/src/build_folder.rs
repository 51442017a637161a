//! The folders that cargo builds copies of the course in.
//!
//! Cargo locks such a folder for as long as it builds, and builds a small crate with one processor: with one folder for
//! all copies, tests would wait for each other, and processors for them. So there are several. What cargo has compiled
//! of third-party crates for the checkout is linked into each of them, and compiled for none.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Once, OnceLock};

use crate::folders::copy_with_times;
use crate::{checkout, target_folder, temporary_folder};

/// How many folders there are: enough that tests which run side by side seldom meet in one.
const FOLDERS: usize = 4;

/// What cargo has made of the checkout's own crates begins with one of these names. Copies have their own.
const OWN: [&str; 12] = [
    "benches",
    "client",
    "completed",
    "conformance",
    "it",
    "routeguide",
    "routeguide-lab",
    "routeguide_lab",
    "server",
    "stage",
    "start_here",
    "testkit",
];

/// The folder that the copies at the place of this number are built in.
pub fn for_place(number: usize) -> PathBuf {
    static SEEDED: [OnceLock<PathBuf>; FOLDERS] = [const { OnceLock::new() }; FOLDERS];
    let index = number % FOLDERS;
    let folder = SEEDED[index].get_or_init(|| {
        let folder = temporary_folder().join(format!("build-{index}"));
        complete();
        seed(&folder).unwrap();
        folder
    });
    folder.clone()
}

/// Has cargo compile what the crate of the course needs of others' crates, as learners have it: for tests, cargo compiles
/// some of them with more features.
fn complete() {
    static COMPLETE: Once = Once::new();
    COMPLETE.call_once(|| {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo
            .args(["build", "--offline", "--quiet"])
            .args(["-p", "routeguide-lab", "-p", "completed", "--bin", "stage"])
            .current_dir(checkout())
            .env("CARGO_TARGET_DIR", target_folder());
        let output = cargo.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
    });
}

/// Gives a build folder what cargo has compiled of third-party crates for the checkout, as far as it is not there yet.
fn seed(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    // Other test programs may do the same now.
    let lock = File::create(folder.join("seed.lock"))?;
    lock.lock()?;
    // What cargo knows of a crate last: with it, the crate counts as compiled.
    for part in ["deps", "build", ".fingerprint"] {
        let (from, to) = (
            target_folder().join("debug").join(part),
            folder.join("debug").join(part),
        );
        fs::create_dir_all(&to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            let name = entry.file_name();
            let to = to.join(&name);
            if !is_own(&name.to_string_lossy()) && !to.exists() {
                link(&entry.path(), &to)?;
            }
        }
    }
    Ok(())
}

/// Whether a file or a folder of cargo's is about one of the checkout's own crates.
fn is_own(name: &str) -> bool {
    let name = name.strip_prefix("lib").unwrap_or(name);
    name.rsplit_once('-')
        .is_some_and(|(name, _hash)| OWN.contains(&name))
}

/// Makes compiled code appear at a second place, and copies what cargo may write to: both with the times that cargo
/// goes by.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    if from.is_dir() {
        // A folder counts as there only when it is whole.
        let part = to.with_extension("part");
        if part.exists() {
            fs::remove_dir_all(&part)?;
        }
        copy_with_times(from, &part);
        return fs::rename(part, to);
    }
    let is_code = from.extension().is_some_and(|extension| extension != "d");
    if !is_code || fs::hard_link(from, to).is_err() {
        copy_with_times(from, to);
    }
    Ok(())
}
