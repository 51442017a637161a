//! Makes what the lab carries inside itself, so that the binary can stand alone: the files of the course.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    // start_here is not among them: it is the learner's, and its original is the completed track
    // with the stubs of the lessons put in. So an edit of the learner's never rebuilds the lab, and
    // never becomes the "original".
    embed(&out, &["proto", "completed", "lessons"])
}

/// Writes `course_files.rs`: a list of pairs, path and text, of every file in these folders.
fn embed(out: &Path, folders: &[&str]) -> Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let mut paths = Vec::new();
    for folder in folders {
        println!("cargo::rerun-if-changed={folder}");
        collect(&root.join(folder), &mut paths)?;
    }
    let mut named = Vec::new();
    for path in paths {
        let inside = path
            .strip_prefix(&root)?
            .to_string_lossy()
            .replace('\\', "/");
        named.push((inside, path.to_string_lossy().into_owned()));
    }
    // As strings: the lab looks them up by binary search.
    named.sort();

    let mut list = String::from("&[\n");
    for (inside, path) in named {
        writeln!(list, "    ({inside:?}, include_str!({path:?})),")?;
    }
    list.push_str("]\n");
    fs::write(out.join("course_files.rs"), list)?;
    Ok(())
}

/// The files below a folder, but for hidden ones and build output.
fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') || name == "target" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), paths)?;
        } else {
            paths.push(entry.path());
        }
    }
    Ok(())
}
