//! Which lessons a check takes, and which of them were meant.

use super::lesson::UnknownLesson;
use super::{Course, Lesson, Part};

/// What is checked.
#[derive(Debug, Clone)]
pub struct Selection<'a> {
    /// All that are checked, in the order of the course.
    pub lessons: Vec<&'a Lesson>,
    /// The ids of those that were asked for; the others come along because they share the build.
    pub asked: Vec<&'a str>,
}

impl<'a> Selection<'a> {
    /// A lesson with those before it that share its build. The .proto belongs to every build.
    pub fn around(course: &'a Course, current: &'a Lesson) -> Selection<'a> {
        let shares = |part: Part| part == Part::Proto || part == current.part();
        let lessons = course.lessons().iter();
        Selection {
            lessons: lessons
                .filter(|lesson| lesson.number <= current.number && shares(lesson.part()))
                .collect(),
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

    /// The whole course.
    pub fn all(course: &'a Course) -> Selection<'a> {
        Selection {
            lessons: course.lessons().iter().collect(),
            asked: course.lessons().iter().map(Lesson::id).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_takes_along_what_shares_its_build() {
        let course = Course::embedded().unwrap();
        let ids = |word: &str| -> Vec<usize> {
            let selection = Selection::around(&course, course.find(word).unwrap());
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
        assert_eq!(Selection::all(&course).lessons.len(), 13);
    }
}
