//! The lab that a command works on.

use std::path::{Path, PathBuf};

use super::problem::{Exit, Problem};
use crate::course::{self, Course, Lesson, Part};
use crate::learner::lesson_status;
use crate::learner::{Folder, Progress, Store};
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
    /// Opens the lab around the current folder, with the lessons of a folder or those of the program, and prints its
    /// warning.
    ///
    /// # Errors
    ///
    /// If there is no lab here, or its files cannot be read.
    pub fn open(lessons: Option<&Path>) -> Result<Lab, Problem> {
        let lab = Lab::open_quietly(lessons)?;
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
    pub fn open_quietly(lessons: Option<&Path>) -> Result<Lab, Problem> {
        Lab::open_at(&current_folder()?, lessons)
    }

    fn open_at(here: &Path, lessons: Option<&Path>) -> Result<Lab, Problem> {
        let folder = Folder::find(here)?;
        let course = course(lessons)?;
        let store = Store::new(folder.state_dir());
        let loaded = store.load()?;
        let warning = loaded
            .set_aside
            .map(|aside| screen::lab::notices::set_aside(&aside))
            .or_else(|| other_lessons(&course, &folder));
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

/// The course in a folder of lessons; without one, the course that the program contains.
///
/// # Errors
///
/// If a file of the course cannot be used.
pub fn course(lessons: Option<&Path>) -> Result<Course, Problem> {
    Course::open(lessons).map_err(|error| {
        let next = lessons.map_or("", |_| "Fix that file, or leave out --lessons.");
        Problem::new(Exit::CouldNot, error, next)
    })
}

/// What is said if the lessons in the lab's folder are not those that count.
fn other_lessons(course: &Course, folder: &Folder) -> Option<String> {
    if course.folder().is_some() {
        return None;
    }
    let others = course::files::other_lessons(folder.root());
    (!others.is_empty()).then(|| screen::lab::notices::other_lessons(&others))
}
