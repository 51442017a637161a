//! The lab that a command works on.

use std::path::{Path, PathBuf};

use super::problem::{Exit, Problem};
use crate::course::{Course, Lesson, Part};
use crate::learner::{Folder, Progress, Store};
use crate::learner::{lesson_status, scaffold};
use crate::screen;

/// An opened lab: what nearly every command needs.
pub struct Lab {
    /// The lab's folder.
    pub folder: Folder,
    /// The course.
    pub course: Course,
    /// Where the progress is recorded.
    pub store: Store,
    /// The progress when the lab was opened.
    pub progress: Progress,
    /// A warning about the progress, if there is one.
    pub warning: Option<String>,
}

impl Lab {
    /// Opens the lab around the current folder, and prints its warning.
    ///
    /// # Errors
    ///
    /// If there is no lab here, or its files cannot be read.
    pub fn open() -> Result<Lab, Problem> {
        let lab = Lab::open_quietly()?;
        if let Some(warning) = &lab.warning {
            screen::print_error(&format!("warning: {warning}"));
        }
        Ok(lab)
    }

    /// Opens the lab around the current folder.
    ///
    /// # Errors
    ///
    /// As [`Lab::open`].
    pub fn open_quietly() -> Result<Lab, Problem> {
        Lab::open_at(&current_folder()?)
    }

    fn open_at(here: &Path) -> Result<Lab, Problem> {
        let folder = Folder::find(here)?;
        let course = course(Some(&folder))?;
        let store = Store::new(folder.state_dir());
        let loaded = store.load()?;
        let warning = loaded
            .set_aside
            .map(|aside| screen::lab::notices::set_aside(&aside));
        Ok(Lab {
            folder,
            course,
            store,
            progress: loaded.progress,
            warning,
        })
    }

    /// The first lesson of the codelab that has neither passed nor is skipped; then the first that is skipped.
    /// After the codelab, the first optional lesson that the learner has begun.
    pub fn current(&self) -> Option<&Lesson> {
        let codelab = lesson_status::next(&self.course, &self.progress, 0);
        let begun = || lesson_status::optional_begun(&self.course, &self.progress);
        self.course.lessons().get(codelab.or_else(begun)?)
    }

    /// The lesson with this id or number; without one, the current lesson or, if the codelab has passed, its last.
    ///
    /// # Errors
    ///
    /// If there is no such lesson.
    pub fn lesson(&self, name: Option<&str>) -> Result<&Lesson, Problem> {
        match name {
            Some(name) => Ok(self.course.find(name)?),
            None => self
                .current()
                .or(self.course.part(Part::Codelab).last())
                .ok_or_else(|| Problem::new(Exit::CouldNot, "this course has no lessons", "")),
        }
    }
}

/// The current folder.
///
/// # Errors
///
/// If the system does not know it.
pub fn current_folder() -> Result<PathBuf, Problem> {
    std::env::current_dir().map_err(|error| {
        Problem::new(
            Exit::CouldNot,
            format!("cannot determine the current folder: {error}"),
            "",
        )
    })
}

/// The course in a lab's folder; without one, the course that the program contains.
///
/// # Errors
///
/// If a file of the course cannot be used.
pub fn course(folder: Option<&Folder>) -> Result<Course, Problem> {
    Course::open(folder.map(Folder::root)).map_err(|error| {
        let way_back = folder.map(|folder| {
            let is_made = scaffold::is_made(folder.root());
            scaffold::way_back(is_made, &error.path)
        });
        let next = way_back.map_or(String::new(), |way_back| {
            format!("Fix that file, or restore it with {way_back}.")
        });
        Problem::new(Exit::CouldNot, error, next)
    })
}
