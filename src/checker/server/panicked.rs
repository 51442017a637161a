//! Whose the panics are that a server has written about.

use crate::checker::{Check, TrackCode};
use crate::course::{Lesson, Track, files};
use crate::disk::regular;
use crate::learner::work;
use crate::location::Location;
use crate::verdict::panics::{self, Panic};

/// The panics in a lesson's own region, and that they are; or, if there are none, those in no lesson's.
pub fn panics_of(
    check: &Check<'_>,
    lesson: &Lesson,
    lessons: &[&Lesson],
    panics: &[Panic],
) -> (Vec<Panic>, bool) {
    // What a program panics at that was started for one lesson is that lesson's.
    if check.subject.code().is_none() && lessons.len() == 1 {
        return (panics.to_vec(), true);
    }
    // A function that a method calls may be anywhere: the method is among the places that led there.
    let inside = |panic: &&Panic, lesson: &Lesson| {
        let mut places = std::iter::once(&panic.location).chain(&panic.frames);
        places.any(|place| holds(check, lesson, place))
    };
    let own = panics.iter().filter(|panic| inside(panic, lesson));
    let own: Vec<Panic> = own.cloned().collect();
    if !own.is_empty() {
        return (own, true);
    }
    let of_none = |panic: &&Panic| !lessons.iter().any(|other| inside(panic, other));
    (panics.iter().filter(of_none).cloned().collect(), false)
}

/// The panics that a server has written about, each at the innermost place that led to it in what the learner has written:
/// in the regions of these lessons, in files that were not handed out, and in lines that were not.
pub fn panics_in(check: &Check<'_>, stderr: &str, lessons: &[&Lesson]) -> Vec<Panic> {
    let panics = panics::find(stderr).into_iter();
    let Some(code) = check.subject.code() else {
        return panics.collect();
    };
    let root = code.folder.root().to_string_lossy().into_owned();
    let is_own = |place: &Location| {
        lessons.iter().any(|lesson| holds(check, lesson, place)) || was_added(code, place)
    };
    panics
        .map(|panic| panic.relative_to(&root).at(is_own))
        .collect()
}

/// Whether a line of the learner's crate is not one that was handed out.
fn was_added(code: &TrackCode, place: &Location) -> bool {
    if code.track != Track::StartHere || !place.file.starts_with(Track::StartHere.name()) {
        return false;
    }
    let text = regular::read_to_string(&code.folder.file(&place.file)).unwrap_or_default();
    let Some(line) = place
        .line
        .checked_sub(1)
        .and_then(|before| text.lines().nth(before))
    else {
        return false;
    };
    match files::original(&place.file) {
        None => true,
        Some(original) => original.is_ok_and(|text| !text.lines().any(|other| other == line)),
    }
}

/// Whether a place is in a lesson's region. Where a marker is gone, nothing is known to be inside.
fn holds(check: &Check<'_>, lesson: &Lesson, place: &Location) -> bool {
    let code = check.subject.code();
    let regions = code.map(|code| work::regions(&code.folder, lesson));
    let regions = regions.and_then(Result::ok).unwrap_or_default();
    regions.iter().any(|region| region.holds(place))
}
