//! The lessons in their order: text, hints and checks.

use std::fmt;
use std::path::Path;

use super::files;
use super::front_matter::{self, FrontMatter};
use crate::guide::cases::{CheckFile, Proof};
use crate::verdict::report::LessonHeading;

/// One lesson.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// Its place in the course, counted from 1.
    pub number: usize,
    /// Id, title, minutes and files.
    pub head: FrontMatter,
    /// The text, as Markdown.
    pub text: String,
    /// The hints, from a nudge to nearly the code, as Markdown.
    pub hints: Vec<String>,
    /// How it is proven.
    pub check: CheckFile,
}

/// The parts of the course. The lessons of a part are proven by the same build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Lessons about the .proto, which is parsed and not built.
    Proto,
    /// Lessons about the server.
    Server,
    /// Lessons about the client.
    Client,
}

impl Lesson {
    /// The id that people type.
    pub fn id(&self) -> &str {
        &self.head.id
    }

    /// The part that the lesson belongs to.
    pub fn part(&self) -> Part {
        match self.check.proves {
            Proof::Messages | Proof::Service => Part::Proto,
            Proof::GeneratedCode | Proof::Methods | Proof::Server => Part::Server,
            Proof::Connection | Proof::Call | Proof::Client | Proof::Together => Part::Client,
        }
    }
}

impl LessonHeading for Lesson {
    fn id(&self) -> &str {
        &self.head.id
    }

    fn title(&self) -> &str {
        &self.head.title
    }
}

/// The whole course.
#[derive(Debug, Clone)]
pub struct Course {
    lessons: Vec<Lesson>,
}

impl Course {
    /// Reads the course: from `lessons/` in the lab's folder if there is one, so that a teacher can
    /// change it, and otherwise from the binary.
    ///
    /// # Errors
    ///
    /// [`CourseError`] names the file, and in it the line and the field.
    pub fn open(root: Option<&Path>) -> Result<Course, CourseError> {
        match root
            .map(|root| root.join("lessons"))
            .filter(|folder| folder.is_dir())
        {
            Some(folder) => Course::from_folder(&folder),
            None => Course::embedded(),
        }
    }

    /// The course that the binary carries.
    ///
    /// # Errors
    ///
    /// As [`Course::open`]; the tests of the lab see to it that there is none.
    pub fn embedded() -> Result<Course, CourseError> {
        let mut folders: Vec<&str> = files::below("lessons")
            .filter_map(|path| path.split('/').nth(1))
            .collect();
        folders.dedup();
        Course::read(&folders, |path| {
            files::text(&format!("lessons/{path}"))
                .map(str::to_string)
                .ok_or_else(|| {
                    CourseError::new(format!("lessons/{path}"), None, "not in this binary")
                })
        })
    }

    fn from_folder(folder: &Path) -> Result<Course, CourseError> {
        let unreadable = |path: &Path, error: std::io::Error| {
            CourseError::new(path.display().to_string(), None, &error.to_string())
        };
        let mut names = Vec::new();
        for entry in folder
            .read_dir()
            .map_err(|error| unreadable(folder, error))?
        {
            let entry = entry.map_err(|error| unreadable(folder, error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(|first: char| first.is_ascii_digit()) && entry.path().is_dir() {
                names.push(name);
            }
        }
        names.sort();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Course::read(&names, |path| {
            let path = folder.join(path);
            std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))
        })
    }

    fn read(
        folders: &[&str],
        text: impl Fn(&str) -> Result<String, CourseError>,
    ) -> Result<Course, CourseError> {
        let mut lessons = Vec::new();
        for (index, folder) in folders.iter().enumerate() {
            let place = |file: &str| format!("lessons/{folder}/{file}");
            let document = text(&format!("{folder}/lesson.md"))?;
            let (head, body) = front_matter::split(&document).map_err(|error| {
                CourseError::new(place("lesson.md"), Some(error.line), &error.problem)
            })?;
            let check =
                CheckFile::from_json(&text(&format!("{folder}/check.json"))?).map_err(|error| {
                    CourseError::new(place("check.json"), Some(error.line), &error.to_string())
                })?;
            lessons.push(Lesson {
                number: index + 1,
                head,
                text: body.trim_start().to_string(),
                hints: hints(&text(&format!("{folder}/hints.md"))?),
                check,
            });
        }
        if lessons.is_empty() {
            return Err(CourseError::new(
                "lessons".to_string(),
                None,
                "there is no lesson in it",
            ));
        }
        Ok(Course { lessons })
    }

    /// The lessons, in order.
    pub fn lessons(&self) -> &[Lesson] {
        &self.lessons
    }

    /// Finds a lesson by its id or its number.
    ///
    /// # Errors
    ///
    /// [`UnknownLesson`], with the id that comes nearest.
    pub fn find(&self, word: &str) -> Result<&Lesson, UnknownLesson> {
        let number: Option<usize> = word.parse().ok();
        self.lessons
            .iter()
            .find(|lesson| lesson.id() == word || Some(lesson.number) == number)
            .ok_or_else(|| UnknownLesson {
                word: word.to_string(),
                nearest: self.nearest(word),
            })
    }

    fn nearest(&self, word: &str) -> Option<String> {
        let word = word.to_lowercase();
        self.lessons
            .iter()
            .map(|lesson| (strsim::jaro_winkler(&word, lesson.id()), lesson.id()))
            .filter(|(likeness, _)| *likeness > 0.7)
            .max_by(|one, other| one.0.total_cmp(&other.0))
            .map(|(_, id)| id.to_string())
    }
}

/// The sections of a `hints.md`, without their headings.
fn hints(document: &str) -> Vec<String> {
    let mut hints: Vec<String> = Vec::new();
    for line in document.lines() {
        if line.starts_with("## ") {
            hints.push(String::new());
        } else if let Some(hint) = hints.last_mut() {
            hint.push_str(line);
            hint.push('\n');
        }
    }
    hints.iter().map(|hint| hint.trim().to_string()).collect()
}

/// A file of the course that cannot be used.
#[derive(Debug)]
pub struct CourseError {
    /// The file.
    pub path: String,
    /// The line, counted from 1, where one is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: String,
}

impl CourseError {
    fn new(path: String, line: Option<usize>, problem: &str) -> CourseError {
        CourseError {
            path,
            line,
            problem: problem.to_string(),
        }
    }
}

impl fmt::Display for CourseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for CourseError {}

/// A word that names no lesson.
#[derive(Debug)]
pub struct UnknownLesson {
    /// The word.
    pub word: String,
    /// The id that comes nearest, if one comes near.
    pub nearest: Option<String>,
}

impl fmt::Display for UnknownLesson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no lesson called `{}`", self.word)?;
        if let Some(nearest) = &self.nearest {
            write!(f, "; did you mean `{nearest}`?")?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownLesson {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::region;

    const IDS: [&str; 13] = [
        "define-messages",
        "define-service",
        "generate-code",
        "list-features",
        "record-route",
        "route-chat",
        "start-server",
        "create-client",
        "call-list-features",
        "call-record-route",
        "call-route-chat",
        "run-client",
        "try-it-out",
    ];

    #[test]
    fn the_course_has_its_thirteen_lessons_in_order() {
        let course = Course::embedded().unwrap();
        let ids: Vec<&str> = course.lessons().iter().map(Lesson::id).collect();
        assert_eq!(ids, IDS);
        for lesson in course.lessons() {
            assert_eq!(lesson.hints.len(), 3, "{}", lesson.id());
            assert!(lesson.text.len() > 500, "{}", lesson.id());
        }
    }

    #[test]
    fn the_files_of_a_lesson_are_those_with_its_region() {
        let course = Course::embedded().unwrap();
        for lesson in course.lessons() {
            let mut with_region: Vec<String> = files::of_start_here()
                .filter(|path| {
                    let text = files::finished(path).unwrap();
                    region::lessons(text).iter().any(|id| id == lesson.id())
                })
                .collect();
            with_region.sort();
            let mut named = lesson.head.files.clone();
            named.sort();
            assert_eq!(named, with_region, "{}", lesson.id());
        }
    }

    #[test]
    fn lessons_are_found_by_id_by_number_and_nearly() {
        let course = Course::embedded().unwrap();
        assert_eq!(course.find("route-chat").unwrap().number, 6);
        assert_eq!(course.find("6").unwrap().id(), "route-chat");
        let error = course.find("rout-chat").unwrap_err();
        assert_eq!(
            error.to_string(),
            "there is no lesson called `rout-chat`; did you mean `route-chat`?"
        );
        assert_eq!(course.find("zzz").unwrap_err().nearest, None);
        assert!(course.find("0").is_err() && course.find("14").is_err());
    }
}
