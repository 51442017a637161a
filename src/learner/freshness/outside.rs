//! The files outside of the learner's crate that are compiled into it, such as one that `include_str!` names.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::learner::fingerprint;
use crate::process::cargo::Products;

/// The hashes of the files that cargo lists beside programs and that are neither below `start_here` nor generated.
pub fn of(products: &Products, start_here: &Path) -> BTreeMap<PathBuf, Option<u64>> {
    let mut all = BTreeMap::new();
    for artifact in &products.artifacts {
        for list in artifact.files.iter().map(|file| file.with_extension("d")) {
            // Beside a library, there is none.
            let text = fs::read_to_string(list).unwrap_or_default();
            for path in inputs(&text) {
                let generated = products.generated.as_deref();
                let is_generated = generated.is_some_and(|folder| path.starts_with(folder));
                if !is_below(&path, start_here) && !is_generated {
                    let hash = fingerprint::content_hash_of(&path);
                    all.insert(path, hash);
                }
            }
        }
    }
    all
}

/// Whether a file that cargo lists is below a folder. Cargo leaves `..` in paths that lead out of a package.
fn is_below(path: &Path, folder: &Path) -> bool {
    path.starts_with(folder) && !path.components().any(|part| part == Component::ParentDir)
}

/// Whether all these files have the contents that they had.
pub fn are_unchanged(known: &BTreeMap<PathBuf, Option<u64>>) -> bool {
    known
        .iter()
        .all(|(path, hash)| fingerprint::content_hash_of(path) == *hash)
}

/// The files that a list of cargo's names, which is a rule for `make`: `program: file file`. A space in a name has a
/// backslash before it.
fn inputs(list: &str) -> Vec<PathBuf> {
    let rule = list.lines().next().unwrap_or_default();
    let Some((_, files)) = rule.split_once(": ") else {
        return Vec::new();
    };
    let files = files.replace("\\ ", "\0");
    let files = files.split(' ').filter(|file| !file.is_empty());
    files
        .map(|file| PathBuf::from(file.replace('\0', " ")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_cargos_is_read() {
        let list = "/t/debug/server: /a/b.rs /a\\ course/c.rs\n";
        assert_eq!(
            inputs(list),
            ["/a/b.rs", "/a course/c.rs"].map(PathBuf::from)
        );
        let list = "C:\\t\\server.exe: C:\\a\\b.rs\n";
        assert_eq!(inputs(list), ["C:\\a\\b.rs"].map(PathBuf::from));
        assert!(inputs("").is_empty());
    }

    #[test]
    fn a_path_that_leads_out_is_outside() {
        let is_below = |path: &str| is_below(Path::new(path), Path::new("/course/start_here"));
        assert!(is_below("/course/start_here/src/answer.in"));
        assert!(!is_below("/course/answer.in"));
        assert!(!is_below("/course/start_here/src/../../answer.in"));
    }
}
