//! Exercises: what a lesson asks for in one region of one file.

use std::sync::LazyLock;

use super::{files, region};

/// A region as one lesson finds it, and as that lesson leaves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exercise {
    /// The lesson's id.
    pub lesson: &'static str,
    /// The file, from the lab's root: `start_here/src/server.rs`.
    pub file: String,
    /// The region's id: that of the first lesson that writes in it.
    pub region: &'static str,
    /// What the region holds before the lesson. For the first lesson of a region, that is what is handed out;
    /// for a later one, the solution of the lesson before it.
    pub stub: &'static str,
    /// What the region holds when the lesson is done as its text teaches it.
    pub solution: &'static str,
    /// Whether an earlier lesson has written in the region, so that it holds code before this one begins.
    pub taken_up_again: bool,
}

/// The exercises of the course that the binary carries, in the order of the lessons.
///
/// A lesson has an exercise for each region that its `solution/` holds. The stub is the region of the same id
/// in its `stubs/`, unless an earlier lesson has written there.
pub fn all() -> &'static [Exercise] {
    static ALL: LazyLock<Vec<Exercise>> = LazyLock::new(|| {
        let mut all: Vec<Exercise> = Vec::new();
        for path in files::below("lessons") {
            let Some((folder, inside)) = path.split_once("/solution/") else {
                continue;
            };
            let Some((_, lesson)) = folder.rsplit('/').next().and_then(|f| f.split_once('-'))
            else {
                continue;
            };
            let file = format!("start_here/{inside}");
            let solutions = files::text(path).unwrap_or_default();
            let stubs = files::text(&format!("{folder}/stubs/{inside}")).unwrap_or_default();
            for region in region::ids(solutions) {
                let text = |text| region::find(text, region).map_or("", |found| found.text);
                let earlier = all
                    .iter()
                    .rfind(|other| other.file == file && other.region == region);
                all.push(Exercise {
                    lesson,
                    stub: earlier.map_or(text(stubs), |earlier| earlier.solution),
                    solution: text(solutions),
                    taken_up_again: earlier.is_some(),
                    file: file.clone(),
                    region,
                });
            }
        }
        all
    });
    &ALL
}

/// The exercises of a lesson in a file.
pub fn of(lesson: &str, file: &str) -> impl Iterator<Item = &'static Exercise> {
    in_file(file).filter(move |exercise| exercise.lesson == lesson)
}

/// The earlier lessons that have written in a region of a lesson, in the order of the course.
pub fn revised_by(lesson: &str) -> Vec<String> {
    let own: Vec<&Exercise> = all().iter().filter(|e| e.lesson == lesson).collect();
    let mut earlier: Vec<String> = Vec::new();
    for exercise in all().iter().take_while(|e| e.lesson != lesson) {
        let is_revised = own
            .iter()
            .any(|own| own.file == exercise.file && own.region == exercise.region);
        if is_revised && !earlier.iter().any(|id| id == exercise.lesson) {
            earlier.push(exercise.lesson.to_string());
        }
    }
    earlier
}

/// The exercises of all lessons in a file.
pub fn in_file(file: &str) -> impl Iterator<Item = &'static Exercise> {
    all().iter().filter(move |exercise| exercise.file == file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::Course;

    #[test]
    fn every_exercise_asks_for_something() {
        for exercise in all() {
            let Exercise {
                lesson,
                file,
                region,
                ..
            } = exercise;
            assert!(
                !region::is_only_comments(exercise.solution),
                "{lesson}: {file}: {region}"
            );
            assert!(
                !region::same(exercise.stub, exercise.solution),
                "{lesson}: {file}: {region}"
            );
        }
    }

    #[test]
    fn a_lesson_names_the_files_of_its_exercises() {
        for lesson in Course::embedded().unwrap().lessons() {
            let mut files: Vec<&str> = all()
                .iter()
                .filter(|exercise| exercise.lesson == lesson.id())
                .map(|exercise| exercise.file.as_str())
                .collect();
            files.dedup();
            let mut named: Vec<&str> = lesson.head.files.iter().map(String::as_str).collect();
            named.sort_unstable();
            assert_eq!(named, files, "{}", lesson.id());
        }
    }

    #[test]
    fn stubs_are_for_the_first_lesson_of_a_region() {
        for path in files::below("lessons") {
            let Some((folder, inside)) = path.split_once("/stubs/") else {
                continue;
            };
            let id = folder.split_once('-').unwrap().1;
            for region in region::ids(files::text(path).unwrap()) {
                let exercise = of(id, &format!("start_here/{inside}")).find(|e| e.region == region);
                let exercise =
                    exercise.unwrap_or_else(|| panic!("{path}: no solution of {region}"));
                assert!(
                    !exercise.taken_up_again,
                    "{path}: {region} has an earlier solution"
                );
            }
        }
    }
}
