//! What a report says of the files that it is about: what was changed that is given, and whose cases were used.

use super::TrackCode;
use crate::course::{Course, Track, files};
use crate::text;
use crate::verdict::Diagnosis;

/// The notes on a check of a track. They are no reason to fail: a learner may change all files.
pub fn of_track(course: &Course, code: &TrackCode) -> Vec<Diagnosis> {
    let mut notes = of_course(course);
    if code.track == Track::StartHere {
        let changed = files::changed_outside(code.folder.root());
        if !changed.is_empty() {
            let message = format!(
                "{} not as handed out, outside of the places that the lessons write in.",
                text::some_of(&changed, "is", "are")
            );
            notes.push(Diagnosis::mistake("given-code-changed", message));
        }
        if course.folder().is_none() {
            let others = files::other_lessons(code.folder.root());
            if !others.is_empty() {
                let message = format!(
                    "{} not as in this program. Its own cases were used.",
                    text::some_of(&others, "is", "are")
                );
                notes.push(Diagnosis::mistake("lessons-changed", message));
            }
        }
    }
    notes
}

/// The note on cases that are not the program's own.
pub fn of_course(course: &Course) -> Vec<Diagnosis> {
    let note = |folder: &std::path::Path| {
        let message = format!("The cases were those of {}.", folder.display());
        Diagnosis::mistake("lessons-of-folder", message)
    };
    course.folder().map(note).into_iter().collect()
}
