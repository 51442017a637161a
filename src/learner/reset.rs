//! Putting a lesson back to its beginning.

use super::rewrite::{self, Change, ChangeError, Rewrite, Rewritten, Transaction, content_of};
use super::snapshot::{self, Files, Purpose};
use super::{Folder, Store};
use crate::course::{Exercise, Lesson, exercise, files, places, region};

/// How much is put back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The lesson's places.
    Places,
    /// The whole files in which they are, for when they cannot be found any more.
    WholeFiles,
}

/// What putting a lesson back would change.
#[derive(Debug)]
pub struct Plan {
    /// The files that would be changed. None, if the lesson is as it was handed out.
    pub changes: Vec<Change>,
    /// The lessons whose code would be gone.
    pub lessons: Vec<String>,
    /// Whether it only adds places that the files lack.
    pub adds_places: bool,
}

/// Plans to put a lesson back, from what its files hold. Nothing is read or written.
///
/// # Errors
///
/// [`ChangeError`] if a place cannot be found, or the binary carries no original.
pub fn plan(lesson: &Lesson, scope: Scope, now: &Files) -> Result<Plan, ChangeError> {
    match scope {
        Scope::Places => {
            let missing = missing_places(lesson, now)?;
            if !missing.is_empty() {
                return Ok(Plan {
                    changes: missing,
                    lessons: vec![lesson.id().to_string()],
                    adds_places: true,
                });
            }
            let changes = rewrite::plan(lesson, now, |exercise| exercise.stub)?;
            let lessons = lessons_of(lesson);
            Ok(Plan {
                changes,
                lessons,
                adds_places: false,
            })
        }
        Scope::WholeFiles => {
            let mut changes = Vec::new();
            for file in &lesson.head.files {
                let old = content_of(now, file);
                changes.extend(rewrite::change(file, original(file, old)?, old));
            }
            let lessons = lessons_in(&changes);
            Ok(Plan {
                changes,
                lessons,
                adds_places: false,
            })
        }
    }
}

/// Plans to put a lesson back, from its files as they are. Nothing is changed: it is for asking first.
///
/// # Errors
///
/// As [`plan`], and if a file cannot be read.
pub fn preview(folder: &Folder, lesson: &Lesson, scope: Scope) -> Result<Plan, ChangeError> {
    let now = snapshot::now(folder, &lesson.head.files)?;
    plan(lesson, scope, &now)
}

/// Puts a lesson back, after a snapshot.
///
/// # Errors
///
/// [`ChangeError`]; then nothing has been changed, unless it says otherwise.
pub fn reset(
    folder: &Folder,
    store: &Store,
    lesson: &Lesson,
    scope: Scope,
) -> Result<Rewrite, ChangeError> {
    if lesson.head.files.is_empty() {
        return Ok(Rewrite::NoCode);
    }
    let transaction = Transaction::take(folder, store)?;
    let before = snapshot::now(folder, &lesson.head.files)?;
    let plan = plan(lesson, scope, &before)?;
    if plan.changes.is_empty() {
        return Ok(Rewrite::AlreadySo);
    }
    let whole = match scope {
        Scope::Places => "",
        Scope::WholeFiles => " --whole-file",
    };
    let purpose = Purpose::before(format!("reset {}{whole}", lesson.id()));
    let changed = transaction.change(purpose, &before, &plan.changes, |progress| {
        plan.lessons.iter().for_each(|id| progress.note_reset(id));
    })?;
    Ok(Rewrite::Done(Rewritten {
        files: plan.changes.into_iter().map(|change| change.file).collect(),
        lessons: plan.lessons,
        adds_places: plan.adds_places,
        kept: changed.snapshot.folder().to_path_buf(),
        dropped: changed.dropped,
        other_names: changed.other_names,
    }))
}

/// The changes that bring places back which a lesson's files lack, where it is certain where they belong. Nothing else is
/// reset then: the learner has not seen the places yet, and other lessons may have written in the lesson's other places.
fn missing_places(lesson: &Lesson, now: &Files) -> Result<Vec<Change>, ChangeError> {
    let mut changes = Vec::new();
    for file in &lesson.head.files {
        let old = content_of(now, file);
        let text = rewrite::readable(file, lesson.id(), old)?;
        let ids = region::ids(text);
        if rewrite::exercises(lesson, file)?
            .iter()
            .all(|exercise| ids.contains(&exercise.region))
        {
            continue;
        }
        if let Some(complete) = places::with_missing(text, &original(file, None)?) {
            changes.extend(rewrite::change(file, complete, old));
        }
    }
    Ok(changes)
}

/// A file as it was handed out, with the line ends of the one that is there.
fn original(file: &str, old: Option<&super::file::Content>) -> Result<String, ChangeError> {
    let lacks = |what: String| ChangeError::NotCarried { what };
    let original = files::original(file)
        .ok_or_else(|| lacks(format!("original of {file}")))?
        .map_err(|error| lacks(format!("whole original of {file}: {error}")))?;
    let windows = old.is_some_and(|old| old.bytes.windows(2).any(|pair| pair == b"\r\n"));
    Ok(if windows {
        original.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        original
    })
}

/// A lesson, and those that have taken up its places again: their code is gone, too.
fn lessons_of(lesson: &Lesson) -> Vec<String> {
    let is_in = |place: &Exercise| {
        let mut own = exercise::of(lesson.id(), &place.file);
        own.any(|own| own.region == place.region)
    };
    let mut lessons = vec![lesson.id().to_string()];
    let from = exercise::all().iter().position(|e| e.lesson == lesson.id());
    for later in exercise::all().iter().skip(from.unwrap_or(usize::MAX)) {
        if is_in(later) && !lessons.iter().any(|id| id == later.lesson) {
            lessons.push(later.lesson.to_string());
        }
    }
    lessons
}

/// The lessons that have a place in files that are changed.
fn lessons_in(changes: &[Change]) -> Vec<String> {
    let mut lessons: Vec<String> = Vec::new();
    for exercise in changes
        .iter()
        .flat_map(|change| exercise::in_file(&change.file))
    {
        if !lessons.iter().any(|id| id == exercise.lesson) {
            lessons.push(exercise.lesson.to_string());
        }
    }
    lessons
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::Course;

    const SERVER: &str = "start_here/src/server.rs";

    fn lesson(id: &str) -> Lesson {
        Course::embedded().unwrap().find(id).unwrap().clone()
    }

    fn holding(file: &str, text: &str) -> Files {
        vec![(file.to_string(), rewrite::text(text.to_string(), None))]
    }

    fn new_text(plan: &Plan) -> &str {
        let [change] = plan.changes.as_slice() else {
            panic!("{plan:?}");
        };
        std::str::from_utf8(&change.new.as_ref().unwrap().bytes).unwrap()
    }

    #[test]
    fn only_the_lessons_own_place_is_put_back() {
        let finished = files::finished(SERVER).unwrap();
        let now = holding(SERVER, finished);
        let plan = plan(&lesson("record-route"), Scope::Places, &now).unwrap();
        let new = new_text(&plan);
        assert_eq!(region::outside(new), region::outside(finished));
        let place = |text, id| region::find(text, id).unwrap().text.to_string();
        let stub = exercise::of("record-route", SERVER).next().unwrap().stub;
        assert_eq!(place(new, "record-route"), stub);
        assert_eq!(place(new, "route-chat"), place(finished, "route-chat"));
        assert_eq!(plan.lessons, ["record-route"]);
    }

    #[test]
    fn what_is_as_handed_out_is_not_changed() {
        let now = holding(SERVER, &files::original(SERVER).unwrap().unwrap());
        for scope in [Scope::Places, Scope::WholeFiles] {
            let plan = plan(&lesson("record-route"), scope, &now).unwrap();
            assert!(plan.changes.is_empty());
        }
    }

    #[test]
    fn whole_files_need_no_markers_nor_to_be_there_and_keep_windows_line_ends() {
        let lesson = lesson("record-route");
        let original = files::original(SERVER).unwrap().unwrap();
        let lost = holding(SERVER, "// nothing is left\r\n");
        assert!(matches!(
            plan(&lesson, Scope::Places, &lost),
            Err(ChangeError::Markers { .. })
        ));
        let put_back = plan(&lesson, Scope::WholeFiles, &lost).unwrap();
        assert_eq!(new_text(&put_back), original.replace('\n', "\r\n"));
        assert!(put_back.lessons.contains(&"route-chat".to_string()));

        let gone = vec![(SERVER.to_string(), None)];
        assert!(matches!(
            plan(&lesson, Scope::Places, &gone),
            Err(ChangeError::Unreadable { .. })
        ));
        let made = plan(&lesson, Scope::WholeFiles, &gone).unwrap();
        assert_eq!(new_text(&made), original);
    }

    #[test]
    fn what_is_no_text_is_said() {
        let now = vec![(
            SERVER.to_string(),
            Some(crate::learner::file::Content {
                bytes: vec![0xff, 0xfe],
                permissions: None,
            }),
        )];
        let lesson = lesson("record-route");
        assert!(matches!(
            plan(&lesson, Scope::Places, &now),
            Err(ChangeError::Unreadable { .. })
        ));
        assert_eq!(
            plan(&lesson, Scope::WholeFiles, &now)
                .unwrap()
                .changes
                .len(),
            1
        );
    }
}
