//! `reset`: a lesson's place as it was handed out. What was there is kept.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{Exit, Lab, Problem};
use crate::course::{files, region};
use crate::learner::{Folder, snapshot};
use crate::screen;

/// Puts back one lesson's regions, or its whole files.
///
/// # Errors
///
/// If there is no lab here, its files cannot be read or written, there is no such lesson, or a region
/// cannot be found; then nothing has been changed.
pub fn run(word: Option<&str>, whole_file: bool) -> Result<Exit, Problem> {
    let lab = Lab::open()?;
    let lesson = lab.lesson(word)?;
    let id = lesson.id();
    if lesson.head.files.is_empty() {
        screen::print(&format!(
            "{id} has no code of its own: there is nothing to put back.\n"
        ));
        return Ok(Exit::Passed);
    }
    // All new texts are made before anything is written.
    let mut changes: Vec<(PathBuf, String)> = Vec::new();
    for file in &lesson.head.files {
        let new = new_text(&lab.folder, file, id, whole_file)?;
        let path = lab.folder.file(file);
        if fs::read_to_string(&path).ok().as_deref() != Some(new.as_str()) {
            changes.push((path, new));
        }
    }
    if changes.is_empty() {
        screen::print(&format!(
            "{id} is as it was handed out: there is nothing to put back.\n"
        ));
        return Ok(Exit::Passed);
    }
    let kept = snapshot::keep(&lab.folder, &format!("reset-{id}"), &lesson.head.files)?;
    for (path, text) in changes {
        write(&path, &text).map_err(|error| {
            Problem::new(
                Exit::CouldNot,
                format!("cannot write {}: {error}", path.display()),
                format!("What was there is kept in {}.", kept.display()),
            )
        })?;
    }
    let reset = if whole_file {
        lessons_in(&lesson.head.files)
    } else {
        vec![id.to_string()]
    };
    lab.store
        .update(|progress| reset.iter().for_each(|id| progress.note_reset(id)))?;
    screen::print(&format!(
        "{} {} as handed out again: {}.\nWhat was there is kept in {}.\n",
        reset.join(", "),
        if reset.len() == 1 { "is" } else { "are" },
        lesson.head.files.join(" and "),
        kept.display()
    ));
    Ok(Exit::Passed)
}

/// The lessons that have a place in these files.
fn lessons_in(files: &[String]) -> Vec<String> {
    files
        .iter()
        .filter_map(|file| files::finished(file))
        .flat_map(region::lessons)
        .collect()
}

/// A file as it will be.
fn new_text(folder: &Folder, file: &str, id: &str, whole_file: bool) -> Result<String, Problem> {
    let broken = |what: String| Problem::new(Exit::CouldNot, what, "");
    if whole_file {
        return files::original(file)
            .ok_or_else(|| broken(format!("this binary carries no original of {file}")))?
            .map_err(|error| broken(format!("{file}, as handed out: {error}")));
    }
    let stub = files::stub(file, id).ok_or_else(|| {
        broken(format!(
            "this binary carries no original of `{id}` in {file}"
        ))
    })?;
    let advice = format!(
        "Put the line back, or let `{} reset {id} --whole-file` put back the whole file. \
         What is in it now would be kept.",
        screen::invocation()
    );
    let text = fs::read_to_string(folder.file(file)).map_err(|error| {
        Problem::new(
            Exit::CouldNot,
            format!("cannot read {file}: {error}"),
            advice.clone(),
        )
    })?;
    region::replace(&text, id, stub)
        .map_err(|error| Problem::new(Exit::CouldNot, format!("{file}: {error}"), advice))
}

/// Writes beside the file and renames, so that a crash leaves the old text or the new one. A link stays
/// a link: it is what it leads to that is written.
fn write(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let mut file = tempfile::NamedTempFile::new_in(parent)?;
    file.write_all(text.as_bytes())?;
    if let Ok(old) = fs::metadata(&path) {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(&path).map_err(|error| error.error)?;
    Ok(())
}
