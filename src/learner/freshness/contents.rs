//! The contents of the learner's files at one instant.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::learner::Folder;
use crate::learner::fingerprint::{self, SourceFile};

/// The hash of each file's content, by path from the learner's crate. None for a file that cannot be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Contents(BTreeMap<String, Option<u64>>);

impl Contents {
    /// The contents now, and the files that have them.
    pub fn read(folder: &Folder) -> (Contents, Vec<(String, SourceFile)>) {
        let root = folder.start_here();
        let files: Vec<(String, SourceFile)> = fingerprint::files(folder)
            .map(|file| (name(&root, &file), file))
            .collect();
        let hashes = files
            .iter()
            .map(|(name, file)| (name.clone(), file.content_hash()));
        (Contents(hashes.collect()), files)
    }

    /// The contents now.
    pub fn of(folder: &Folder) -> Contents {
        Contents::read(folder).0
    }

    /// Whether a file has the same content here and there, or can be read neither here nor there.
    pub fn agrees(&self, other: &Contents, name: &str) -> bool {
        let here = self.0.get(name);
        here.is_some() && other.0.get(name) == here
    }

    /// The files of Rust.
    pub fn modules(&self) -> impl Iterator<Item = &str> {
        let names = self.0.keys().map(String::as_str);
        names.filter(|name| name.ends_with(".rs"))
    }

    /// The files that are different here and there, or missing in one of the two.
    pub fn differences<'a>(&'a self, other: &'a Contents) -> impl Iterator<Item = &'a str> {
        let gone = other.0.keys().filter(|name| !self.0.contains_key(*name));
        let names = self.0.keys().chain(gone);
        names
            .filter(|name| !self.agrees(other, name))
            .map(String::as_str)
    }
}

/// The path of a file from the learner's crate.
fn name(root: &Path, file: &SourceFile) -> String {
    let path = file.path.strip_prefix(root).unwrap_or(&file.path);
    path.to_string_lossy().replace('\\', "/")
}
