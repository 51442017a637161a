//! One line about something that the lab has done, in the words of the keys.

use std::path::Path;

use crate::course::Lesson;
use crate::learner::snapshot::SnapshotSide;
use crate::learner::undo::Undone;

/// A lesson has been put back.
pub fn reset(lesson: &Lesson) -> String {
    format!(
        "Lesson {} is as handed out. u brings your code back.",
        lesson.number
    )
}

/// There was nothing to put back.
pub fn nothing_to_reset(lesson: &Lesson) -> String {
    format!(
        "Lesson {} is as handed out: there is nothing to put back.",
        lesson.number
    )
}

/// A solution is in the learner's files.
pub fn solution_written(lesson: &Lesson) -> String {
    format!(
        "The solution of lesson {} is in your files. u brings your code back.",
        lesson.number
    )
}

/// It was there already.
pub fn solution_there(lesson: &Lesson) -> String {
    format!(
        "The solution of lesson {} is in your files already.",
        lesson.number
    )
}

/// There is nothing to undo.
pub fn nothing_to_undo() -> String {
    "There is nothing to undo: the lab has not changed your files.".to_string()
}

/// The files are so already.
pub fn undone_already() -> String {
    "Your files are already as they were then: there is nothing to bring back.".to_string()
}

/// Something was undone, or done again.
pub fn undone(done: &Undone) -> String {
    let what = match done.purpose.side {
        SnapshotSide::Before => "Undone",
        SnapshotSide::After => "Done again",
    };
    format!(
        "{what}: {}. u once more changes it back.",
        done.purpose.what
    )
}

/// A file of progress could not be read.
pub fn set_aside(aside: &Path) -> String {
    format!(
        "Your progress could not be read. The file is kept as {}, and a new one begins.",
        aside.display()
    )
}

/// Somebody else holds the lock.
pub fn waiting_for_another() -> String {
    "Another lab is using .routeguide-lab; waiting for it. Is one stopped, in another window?"
        .to_string()
}

/// No editor is known.
pub fn no_editor(file: &str, line: usize) -> String {
    format!("No editor is known here: set $EDITOR to its command. The place is {file}:{line}.")
}

/// A file was opened in a window.
pub fn opened(file: &str, line: usize) -> String {
    format!("Opened {file}:{line} in your editor.")
}

/// The editor did not do it.
pub fn editor_failed(why: &str) -> String {
    format!("Your editor ($VISUAL or $EDITOR) did not open the file: {why}")
}
