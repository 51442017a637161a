//! Which lessons a check takes, and which of them were meant.

use super::lessons::UnknownLesson;
use super::{Component, Course, Lesson};

/// What is checked.
#[derive(Debug, Clone)]
pub struct Selection<'a> {
    /// All that are checked, in the order of the course.
    pub lessons: Vec<&'a Lesson>,
    /// The ids of those that were asked for; the others come along because they share the build.
    pub asked: Vec<&'a str>,
}

impl<'a> Selection<'a> {
    /// A lesson with those before it that share its build. The .proto belongs to every build. Of the optional
    /// lessons, only those come along that are `begun`: a learner may take them in any order.
    pub fn around(
        course: &'a Course,
        current: &'a Lesson,
        begun: impl Fn(&Lesson) -> bool,
    ) -> Selection<'a> {
        let shares = |lesson: &Lesson| {
            let component = lesson.component();
            component == Component::Proto || component == current.component()
        };
        let comes_along = |lesson: &&Lesson| {
            let is_before = lesson.number < current.number && shares(lesson);
            lesson.number == current.number || is_before && (!lesson.is_optional() || begun(lesson))
        };
        Selection {
            lessons: course.lessons().iter().filter(comes_along).collect(),
            asked: vec![current.id()],
        }
    }

    /// The lessons that are named, each once.
    ///
    /// # Errors
    ///
    /// If there is no such lesson.
    pub fn named(course: &'a Course, words: &[String]) -> Result<Selection<'a>, UnknownLesson> {
        let mut lessons: Vec<&Lesson> = Vec::new();
        for word in words {
            let lesson = course.find(word)?;
            if !lessons.iter().any(|other| other.number == lesson.number) {
                lessons.push(lesson);
            }
        }
        lessons.sort_by_key(|lesson| lesson.number);
        let asked = lessons.iter().map(|lesson| lesson.id()).collect();
        Ok(Selection { lessons, asked })
    }

    /// The whole course; of the optional lessons, those that are `begun`.
    pub fn all(course: &'a Course, begun: impl Fn(&Lesson) -> bool) -> Selection<'a> {
        let comes_along = |lesson: &&Lesson| !lesson.is_optional() || begun(lesson);
        let lessons: Vec<&Lesson> = course.lessons().iter().filter(comes_along).collect();
        Selection {
            asked: lessons.iter().map(|lesson| lesson.id()).collect(),
            lessons,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::Part;

    #[test]
    fn a_lesson_takes_along_what_shares_its_build() {
        let course = Course::embedded().unwrap();
        let ids = |word: &str| -> Vec<usize> {
            let lesson = course.find(word).unwrap();
            let selection = Selection::around(&course, lesson, |_| false);
            assert_eq!(selection.asked, [word]);
            selection.lessons.iter().map(|l| l.number).collect()
        };
        assert_eq!(ids("define-service"), [1, 2]);
        assert_eq!(ids("record-route"), [1, 2, 3, 4, 5]);
        assert_eq!(ids("call-list-features"), [1, 2, 8, 9]);
    }

    #[test]
    fn named_lessons_come_once_and_in_order() {
        let course = Course::embedded().unwrap();
        let words = ["6", "define-messages", "route-chat"].map(String::from);
        let selection = Selection::named(&course, &words).unwrap();
        assert_eq!(selection.asked, ["define-messages", "route-chat"]);
        assert!(Selection::named(&course, &["nothing".into()]).is_err());
    }

    #[test]
    fn optional_lessons_come_along_once_they_are_begun() {
        let course = Course::embedded()
            .unwrap()
            .with_optional(&["one", "two", "three"]);
        let ids = |selection: Selection<'_>| -> Vec<String> {
            let optional = selection
                .lessons
                .iter()
                .filter(|lesson| lesson.is_optional());
            optional.map(|lesson| lesson.id().to_string()).collect()
        };
        let two = course.find("two").unwrap();
        let begun = |lesson: &Lesson| lesson.id() == "one";
        assert_eq!(ids(Selection::around(&course, two, |_| false)), ["two"]);
        assert_eq!(ids(Selection::around(&course, two, begun)), ["one", "two"]);
        let codelab = course.part(Part::Codelab).count();
        assert_eq!(Selection::all(&course, |_| false).lessons.len(), codelab);
        assert_eq!(ids(Selection::all(&course, begun)), ["one"]);
    }
}
