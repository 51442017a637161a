//! One line about something that the lab has done or could not do, for the foot of the screen.

use std::path::Path;

use crate::course::Lesson;
use crate::learner::changes::PollingReason;
use crate::learner::fingerprint::MOST;
use crate::learner::rewrite::Rewritten;
use crate::learner::snapshot::{Purpose, SnapshotSide};
use crate::learner::undo::Undone;
use crate::location::Location;
use crate::text;

/// The learner's crate holds more than the lab looks at.
pub fn too_many_files() -> String {
    format!(
        "start_here holds more than {MOST} files and folders. Changes in the others are not noticed: move what is no \
         code out of it."
    )
}

/// The lessons in the lab's folder are not those that count.
pub fn other_lessons(files: &[String]) -> String {
    format!(
        "{} not as in this program, whose own lessons and cases count. To use those of a folder, add `--lessons \
         DIR`; `init` restores them.",
        text::some_of(files, "is", "are")
    )
}

/// Programs that a killed lab has left behind have been ended; each with its name.
pub fn ended_left_behind(programs: &[String]) -> String {
    format!(
        "A lab that was killed had left programs running. They have been ended: {}.",
        programs.join(", ")
    )
}

/// The files are polled, for this reason.
pub fn polling(reason: &PollingReason) -> String {
    let line = format!("Polling your files four times a second, {reason}.");
    text::on_one_line(&line).to_string()
}

/// A line was typed that is no command.
pub fn unknown_command(line: &str) -> String {
    format!("`{line}` is no command. Type ? and Enter for all commands.")
}

/// A lesson has been reset.
pub fn reset(lesson: &Lesson, done: &Rewritten) -> String {
    if done.adds_places {
        return format!(
            "The place of lesson {} has been added. Nothing else has been changed.{}",
            lesson.number,
            besides(&done.other_names, &done.dropped)
        );
    }
    format!(
        "Lesson {} has been reset. u restores your code.{}",
        lesson.number,
        besides(&done.other_names, &done.dropped)
    )
}

/// What else a change has done: files that have other names, and copies of work that had to go.
fn besides(other_names: &[String], dropped: &[Purpose]) -> String {
    let mut text = String::new();
    if !other_names.is_empty() {
        let files = other_names.join(", ");
        text.push_str(&format!(
            " The other name (hard link) of {files} keeps the earlier contents."
        ));
    }
    for purpose in dropped {
        let what = &purpose.what;
        text.push_str(&format!(" The oldest copy (`{what}`) has been removed."));
    }
    text
}

/// A lesson was to be reset, but is unchanged.
pub fn nothing_to_reset(lesson: &Lesson) -> String {
    format!(
        "Lesson {} is unchanged, so there is nothing to reset.",
        lesson.number
    )
}

/// A solution has been written.
pub fn solution_written(lesson: &Lesson, done: &Rewritten) -> String {
    format!(
        "The solution of lesson {} is in your files. u restores your code.{}",
        lesson.number,
        besides(&done.other_names, &done.dropped)
    )
}

/// A solution was to be written, but the files contain it.
pub fn solution_unchanged(lesson: &Lesson) -> String {
    format!(
        "Your files already contain the solution of lesson {}.",
        lesson.number
    )
}

/// There is nothing to undo.
pub fn nothing_to_undo() -> String {
    "There is nothing to undo: the lab has not changed your files.".to_string()
}

/// There is nothing to redo.
pub fn nothing_to_redo() -> String {
    "There is nothing to redo. A small u undoes.".to_string()
}

/// All changes have been undone.
pub fn nothing_more_to_undo() -> String {
    "There is nothing more to undo. U redoes what was undone.".to_string()
}

/// The files already have the contents that were to be restored.
pub fn undo_unchanged() -> String {
    "Your files already have these contents.".to_string()
}

/// A change has been undone or redone.
pub fn undone(done: &Undone) -> String {
    let what = &done.purpose.what;
    let besides = besides(&done.other_names, &done.dropped);
    match done.purpose.side {
        SnapshotSide::Before => format!("Undone: {what}. U redoes it.{besides}"),
        SnapshotSide::After => format!("Redone: {what}. u undoes it.{besides}"),
    }
}

/// The progress could not be read.
pub fn set_aside(aside: &Path) -> String {
    format!(
        "Your progress could not be read and starts again. The file is kept as {}.",
        aside.display()
    )
}

/// Another process holds the lock.
pub fn waiting_for_another_lab() -> String {
    "Another lab is using .routeguide-lab; waiting for it. Is one suspended in another terminal?"
        .to_string()
}

/// There is no editor to open.
pub fn no_editor(location: &Location) -> String {
    format!("No editor found: set $EDITOR to open {location}.")
}

/// A file was opened in an editor that has its own window.
pub fn opened(location: &Location) -> String {
    format!("Opened {location} in your editor.")
}

/// The editor could not be started, or reported a failure.
pub fn editor_failed(why: &str) -> String {
    format!("Your editor ($VISUAL or $EDITOR) did not open the file: {why}")
}
