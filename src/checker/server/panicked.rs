//! Whose the panics are that a server has written about.

use crate::checker::Check;
use crate::course::Lesson;
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
    let inside = |panic: &&Panic, lesson: &Lesson| holds(check, lesson, &panic.location);
    let own = panics.iter().filter(|panic| inside(panic, lesson));
    let own: Vec<Panic> = own.cloned().collect();
    if !own.is_empty() {
        return (own, true);
    }
    let of_none = |panic: &&Panic| !lessons.iter().any(|other| inside(panic, other));
    (panics.iter().filter(of_none).cloned().collect(), false)
}

/// The panics that a server has written about, each at the innermost place in the regions of these lessons that led
/// to it, if there is one.
pub fn panics_in(check: &Check<'_>, stderr: &str, lessons: &[&Lesson]) -> Vec<Panic> {
    let panics = panics::find(stderr).into_iter();
    let Some(code) = check.subject.code() else {
        return panics.collect();
    };
    let root = code.folder.root().to_string_lossy().into_owned();
    let is_own = |place: &Location| lessons.iter().any(|lesson| holds(check, lesson, place));
    panics
        .map(|panic| panic.relative_to(&root).at(is_own))
        .collect()
}

/// Whether a place is in a lesson's region. Where a marker is gone, nothing is known to be inside.
fn holds(check: &Check<'_>, lesson: &Lesson, place: &Location) -> bool {
    let code = check.subject.code();
    let regions = code.map(|code| work::regions(&code.folder, lesson));
    let regions = regions.and_then(Result::ok).unwrap_or_default();
    regions.iter().any(|region| region.holds(place))
}
