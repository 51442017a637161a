//! Making sure that what is judged was built from what is in the learner's files, whoever built last.
//!
//! Cargo takes a file for unchanged if it is not newer than the last build. But a file that was moved to its place,
//! copied with its modification time or restored from a backup has another content and may be older; the last build
//! may be one of the learner's own, or of another course that shares the target folder; and the clock may have been
//! put back since. So the lab records, after each build, the contents that it was made from and a stamp of each file
//! that cargo made. Before a build, the modification time of each file whose content differs from the record is set to
//! now. After it, each file that cargo has not made anew must have the stamp that was recorded. If one has not, the
//! whole crate is built again: all its files get a modification time that is later than that of what cargo made.
//!
//! Cargo runs build.rs again when a file changes that build.rs names. If it does not name the folder of the .proto any
//! more, build.rs counts as changed with each change of a .proto.

mod contents;
mod dating;
mod outside;
mod record;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use self::contents::Contents;
use self::record::{BuildRecord, Stamp};
use super::fingerprint::{self, SourceFile};
use super::{Folder, StoreError};
use crate::disk::{WriteRoot, regular};
use crate::process::cargo::{Artifact, ArtifactKind, Products};

/// The build script, as the record names it.
const BUILD_SCRIPT: &str = "build.rs";

/// How much later than a product a file is dated, where now is not later: file systems store times in steps of up to
/// two seconds.
const LATER: Duration = Duration::from_secs(2);

/// The learner's files, made ready for a build.
#[derive(Debug)]
pub struct Prepared {
    contents: Contents,
    /// Whether the whole crate has to be built.
    everything: bool,
    /// Whether other files than those of Rust have changed since the last build: build.rs may read them.
    others_changed: bool,
    record: BuildRecord,
}

/// Gives each file whose content is not the recorded one a modification time that shows it to cargo, unless it has one.
/// Contents are never changed. A file whose time cannot be set is left as it is: what cargo then builds is not
/// confirmed, if it is not right.
///
/// # Errors
///
/// [`StoreError`] if a source file is no regular file: the compiler would wait for a pipe.
pub fn prepare(folder: &Folder) -> Result<Prepared, StoreError> {
    let mut record = BuildRecord::load(folder);
    let (contents, files) = Contents::read(folder);
    for (_, file) in files.iter().filter(|(name, _)| is_source(name)) {
        file.is_regular().map_err(StoreError::at(&file.path))?;
    }
    let others_changed = contents
        .differences(&record.contents)
        .any(|name| !name.ends_with(".rs"));
    // Which file a module is in changes with the files that are there, which cargo does not see.
    let mut everything = record.products.is_empty()
        || !outside::are_unchanged(&record.outside)
        || !contents.modules().eq(record.contents.modules());
    let now = SystemTime::now();
    // What was made while the clock was ahead is newer than what is written now.
    let time = match record.newest {
        Some(newest) if newest >= now => newest + LATER,
        _ => now,
    };
    let is_changed = |name: &String| !contents.agrees(&record.contents, name);
    let is_newer = |file: &SourceFile| {
        record
            .newest
            .is_none_or(|newest| file.changed > Some(newest))
    };
    everything |= files
        .iter()
        .any(|(name, file)| is_changed(name) && !is_newer(file) && !set_time(folder, file, time));
    // Where nothing was built since the last preparation, a file keeps the time that it got then.
    let is_dated = |name: &String, file: &SourceFile| {
        let since = record
            .dated
            .is_some_and(|dated| file.changed >= Some(dated));
        since && !is_changed(name)
    };
    for (name, file) in &files {
        let is_hidden = || name == BUILD_SCRIPT && others_changed && !names_the_proto(file);
        // It would be built again and again.
        let is_ahead = || file.changed > Some(time);
        if (everything && !is_dated(name, file)) || is_ahead() || is_hidden() {
            set_time(folder, file, time);
        }
    }
    if everything {
        let known = record.clone();
        record.dated = record.dated.or(Some(time));
        record.contents = contents.clone();
        record.products.clear();
        record.outside.clear();
        if record != known {
            // If that is not possible, the files get a time again.
            record.save(folder).ok();
        }
    }
    Ok(Prepared {
        contents,
        everything,
        others_changed,
        record,
    })
}

/// Whether cargo, the compiler or build.rs reads a file.
fn is_source(name: &str) -> bool {
    let extensions = [".rs", ".proto", ".toml"];
    extensions.iter().any(|extension| name.ends_with(extension))
}

impl Prepared {
    /// The folder that cargo is going to put programs into, as far as that can be said before.
    pub fn programs_folder(&self, folder: &Folder) -> PathBuf {
        let set = ["CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR"]
            .into_iter()
            .find_map(std::env::var_os);
        let usual = || {
            let target = set.unwrap_or_else(|| "target".into());
            folder.root().join(target).join("debug")
        };
        self.record.programs.clone().unwrap_or_else(usual)
    }

    /// Whether what a build has left was made from the files as they were when they were prepared. It is recorded, or
    /// that it was not: then all is built the next time. `locked` is the folder of the programs in which no other lab
    /// was building.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the record cannot be written.
    pub fn confirm(
        &self,
        folder: &Folder,
        products: &Products,
        locked: &Path,
    ) -> Result<bool, StoreError> {
        if Contents::of(folder) != self.contents {
            // The verdict will not hold, and it is not known what was built.
            return Ok(true);
        }
        let mut record = self.record.clone();
        let programs = folder_of_programs(products);
        let is_locked = programs
            .as_deref()
            .is_none_or(|programs| is_same_folder(programs, locked));
        record.programs = programs.or(record.programs);
        let generated = products.generated.as_deref().map(fingerprint::of_folder);
        let is_known = is_locked
            && products.artifacts.iter().all(|made| self.is_known(made))
            && self.generates(products, generated);
        if !is_known || self.everything || record.contents != self.contents {
            // What was not needed this time would be of other contents.
            record.products.clear();
            record.outside.clear();
        }
        let files = products.artifacts.iter().flat_map(|made| &made.files);
        let stamps = files.filter_map(|file| Some((file.clone(), Stamp::of(file)?)));
        let stamps: BTreeMap<PathBuf, Stamp> = stamps.collect();
        record.dated = None;
        record.newest = stamps.values().map(Stamp::modified).max();
        if is_known {
            record.contents = self.contents.clone();
            record.generated = generated.or(record.generated);
            record.products.extend(stamps);
            let known = record.products.values().map(Stamp::modified).max();
            record.newest = record.newest.max(known);
            record
                .outside
                .extend(outside::of(products, &folder.start_here()));
        }
        if record != self.record {
            record.save(folder)?;
        }
        Ok(is_known)
    }

    /// Whether something that cargo made was built from the files as they are.
    fn is_known(&self, made: &Artifact) -> bool {
        let is_recorded = || {
            let mut files = made.files.iter().filter(|file| !file.is_dir());
            files.all(|file| self.record.has(file))
        };
        made.is_new || (!self.everything && is_recorded())
    }

    /// Whether build.rs has generated its code from the files as they are.
    fn generates(&self, products: &Products, generated: Option<u64>) -> bool {
        let script = products.artifacts.iter();
        let script = script
            .into_iter()
            .find(|made| made.kind == ArtifactKind::BuildScript);
        // A build script runs when it is new, and when a file changes that it names.
        generated.is_none()
            || generated == self.record.generated
            || script.is_some_and(|script| script.is_new)
            || self.others_changed
    }
}

/// The folder of the programs, if there are any.
fn folder_of_programs(products: &Products) -> Option<PathBuf> {
    let mut programs = products
        .artifacts
        .iter()
        .filter(|made| made.kind == ArtifactKind::Program);
    let program = programs.next()?.files.first()?;
    program.parent().map(Path::to_path_buf)
}

fn is_same_folder(one: &Path, other: &Path) -> bool {
    one == other
        || fs::canonicalize(one).is_ok_and(|one| fs::canonicalize(other).is_ok_and(|o| o == one))
}

/// Whether a build script tells cargo to run it again when the .proto changes. One that tells cargo nothing at all is
/// run again after every change.
fn names_the_proto(script: &SourceFile) -> bool {
    let text = regular::read_to_string(&script.path).unwrap_or_default();
    let lines = || {
        text.lines()
            .filter(|line| !line.trim_start().starts_with("//"))
    };
    let mut tells = lines().filter(|line| line.contains("rerun-if-")).peekable();
    tells.peek().is_none() || tells.any(|line| line.contains("proto"))
}

/// Sets the modification time of a file. Returns whether it has it then. One outside of the course folder, which a
/// link leads to, is left alone.
fn set_time(folder: &Folder, file: &SourceFile, time: SystemTime) -> bool {
    let inside = WriteRoot::new(folder.root()).and_then(|root| root.inside(&file.path));
    inside.is_ok_and(|path| dating::set_modified(&path, time).is_ok())
}

#[cfg(test)]
mod tests;
