//! The lessons in their order: text, hints and checks.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files;
use super::question::Question;
use crate::disk::regular;
use crate::guide::cases::{CheckFile, Proof};
use crate::text::{nearest, sanitize};
use crate::verdict::report::LessonHeading;

/// One lesson.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// Its place in the course, counted from 1.
    pub number: usize,
    /// Id, title, and what its `lesson.toml` says.
    pub head: Head,
    /// The text, as Markdown.
    pub text: String,
    /// The hints, from a nudge to nearly the code, as Markdown.
    pub hints: Vec<String>,
    /// How it is proven.
    pub check: CheckFile,
    /// What somebody has learned who has passed it: a few sentences.
    pub learned: Vec<String>,
    /// What to try after it has passed.
    pub experiment: Option<String>,
    /// A question about it.
    pub question: Option<Question>,
}

/// What is known about a lesson beside its texts and cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The id that people type, from the name of the folder.
    pub id: String,
    /// The title, which is the heading of its text.
    pub title: String,
    /// How many minutes it takes.
    pub minutes: u32,
    /// The part of the course.
    pub part: Part,
    /// The files with an exercise of this lesson, from the lab's root, in the order to write in them.
    pub files: Vec<String>,
}

/// A `lesson.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LessonFile {
    minutes: u32,
    part: Part,
    files: Vec<String>,
    #[serde(default)]
    learned: Vec<String>,
    experiment: Option<String>,
    question: Option<Question>,
}

/// The parts of the course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The codelab, lesson after lesson. Who has passed it has finished the course.
    Codelab,
    /// Lessons for a service in production. They are optional, come after the codelab, and can be taken in any
    /// order.
    Production,
}

impl Part {
    /// What the part is called where its number is said; nothing for the first, which is the course.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Part::Codelab => None,
            Part::Production => Some("Part two"),
        }
    }

    /// What learners read above the lessons of the part; nothing for the first.
    pub fn title(self) -> Option<&'static str> {
        match self {
            Part::Codelab => None,
            Part::Production => Some("Part two: in production"),
        }
    }
}

/// What a lesson is about. The lessons about one component are proven by the same build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "part"))]
pub enum Component {
    /// The .proto, which is parsed and not built.
    Proto,
    /// The server.
    Server,
    /// The client.
    Client,
}

impl Lesson {
    /// The id that people type.
    pub fn id(&self) -> &str {
        &self.head.id
    }

    /// What the lesson is about.
    pub fn component(&self) -> Component {
        match self.check.proves {
            Proof::Messages | Proof::Service => Component::Proto,
            Proof::GeneratedCode | Proof::Methods | Proof::Server => Component::Server,
            Proof::Connection | Proof::Call | Proof::Client | Proof::Together => Component::Client,
            Proof::Requirement => match &self.check.requirement {
                Some(requirement) if requirement.of_server().is_some() => Component::Server,
                _ => Component::Client,
            },
        }
    }

    /// Whether the course is finished without this lesson.
    pub fn is_optional(&self) -> bool {
        self.head.part == Part::Production
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

/// Whether an entry of `lessons/` is a lesson, by its name.
fn is_lesson(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_digit())
}

/// The whole course.
#[derive(Debug, Clone)]
pub struct Course {
    lessons: Vec<Lesson>,
    /// Where it was read from, if it is not that of the binary.
    folder: Option<PathBuf>,
}

impl Course {
    /// Reads the course: from a folder of lessons, such as a teacher's, or from the binary. The folder `lessons/` of a
    /// learner is not read: the learner could change what is asked for.
    ///
    /// # Errors
    ///
    /// [`CourseError`] names the file, and in it the line and the field.
    pub fn open(lessons: Option<&Path>) -> Result<Course, CourseError> {
        match lessons {
            Some(folder) => Ok(Course {
                folder: Some(folder.to_path_buf()),
                ..Course::from_folder(folder)?
            }),
            None => Course::embedded(),
        }
    }

    /// The folder that it was read from, if it is not that of the binary.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The course that the binary carries.
    ///
    /// # Errors
    ///
    /// As [`Course::open`]; the tests of the lab see to it that there is none.
    pub fn embedded() -> Result<Course, CourseError> {
        let mut folders: Vec<&str> = files::below("lessons")
            .filter_map(|path| path.split('/').nth(1))
            .filter(|name| is_lesson(name))
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
            if is_lesson(&name) && entry.path().is_dir() {
                names.push(name);
            }
        }
        names.sort();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        Course::read(&names, |path| {
            let path = folder.join(path);
            regular::read_to_string(&path).map_err(|error| unreadable(&path, error))
        })
    }

    fn read(
        folders: &[&str],
        text: impl Fn(&str) -> Result<String, CourseError>,
    ) -> Result<Course, CourseError> {
        let mut lessons = Vec::new();
        for (index, folder) in folders.iter().enumerate() {
            let place = |file: &str| format!("lessons/{folder}/{file}");
            let document = sanitize(&text(&format!("{folder}/lesson.md"))?);
            let (title, body) = titled(&document).ok_or_else(|| {
                let problem = "the first line must be the title: `# Stream features to the client`";
                CourseError::new(place("lesson.md"), Some(1), problem)
            })?;
            let id = id(folder).ok_or_else(|| {
                let problem = "the name of a lesson's folder is its number, `-` and its id, which has only \
                               letters, digits, `-` and `_`";
                CourseError::new(format!("lessons/{folder}"), None, problem)
            })?;
            let file = text(&format!("{folder}/lesson.toml"))?;
            let LessonFile {
                minutes,
                part,
                files,
                learned,
                experiment,
                question,
            } = toml::from_str(&file).map_err(|error| {
                let line = error.span().map(|span| line_at(&file, span.start));
                CourseError::new(place("lesson.toml"), line, error.message())
            })?;
            let check =
                CheckFile::from_json(&text(&format!("{folder}/check.json"))?).map_err(|error| {
                    CourseError::new(place("check.json"), Some(error.line), &error.to_string())
                })?;
            lessons.push(Lesson {
                number: index + 1,
                head: Head {
                    id: id.to_string(),
                    title: title.to_string(),
                    minutes,
                    part,
                    files,
                },
                text: body.trim_start().to_string(),
                hints: hints(&sanitize(&text(&format!("{folder}/hints.md"))?)),
                check,
                learned,
                experiment,
                question,
            });
        }
        if lessons.is_empty() {
            return Err(CourseError::new(
                "lessons".to_string(),
                None,
                "there is no lesson in it",
            ));
        }
        Ok(Course {
            lessons,
            folder: None,
        })
    }

    /// This course with these optional lessons at its end, in place of its own.
    #[cfg(test)]
    pub fn with_optional(mut self, ids: &[&str]) -> Course {
        self.lessons.retain(|lesson| !lesson.is_optional());
        for id in ids {
            let mut lesson = self.lessons[self.lessons.len() - 1].clone();
            lesson.number += 1;
            lesson.head.id = (*id).to_string();
            lesson.head.part = Part::Production;
            self.lessons.push(lesson);
        }
        self
    }

    /// The lessons, in order.
    pub fn lessons(&self) -> &[Lesson] {
        &self.lessons
    }

    /// The lessons of one part, in order.
    pub fn part(&self, part: Part) -> impl DoubleEndedIterator<Item = &Lesson> {
        self.lessons
            .iter()
            .filter(move |lesson| lesson.head.part == part)
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
                nearest: nearest(word, self.lessons.iter().map(Lesson::id)),
            })
    }
}

/// The id in the name of a lesson's folder: `start-server` of `07-start-server`.
pub(super) fn id(folder: &str) -> Option<&str> {
    let (number, id) = folder.split_once('-')?;
    let is_number = !number.is_empty() && number.bytes().all(|c| c.is_ascii_digit());
    let is_plain = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
    (is_number && !id.is_empty() && id.bytes().all(is_plain)).then_some(id)
}

/// The title of a `lesson.md`, which is its first line, and the text below it.
fn titled(document: &str) -> Option<(&str, &str)> {
    let (heading, text) = document.split_once('\n')?;
    Some((heading.strip_prefix("# ")?.trim(), text))
}

/// The line of a place in a text, counted from 1.
fn line_at(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().iter().take(offset);
    before.filter(|byte| **byte == b'\n').count() + 1
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
#[derive(Debug, thiserror::Error)]
#[error("{path}{}: {problem}", line.map_or(String::new(), |line| format!(":{line}")))]
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

/// A word that names no lesson.
#[derive(Debug, thiserror::Error)]
#[error("there is no lesson called `{word}`{}", did_you_mean(nearest.as_deref()))]
pub struct UnknownLesson {
    /// The word.
    pub word: String,
    /// The id that comes nearest, if one comes near.
    pub nearest: Option<String>,
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest.map_or(String::new(), |nearest| {
        format!("; did you mean `{nearest}`?")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_lesson_has_three_hints_and_a_text() {
        let course = Course::embedded().unwrap();
        for (index, lesson) in course.lessons().iter().enumerate() {
            assert_eq!(lesson.number, index + 1);
            assert_eq!(lesson.hints.len(), 3, "{}", lesson.id());
            assert!(lesson.text.len() > 500, "{}", lesson.id());
        }
    }

    #[test]
    fn optional_lessons_come_after_the_codelab() {
        let course = Course::embedded().unwrap();
        let codelab = course.part(Part::Codelab).count();
        assert!(codelab > 0);
        for lesson in course.lessons() {
            assert_eq!(
                lesson.is_optional(),
                lesson.number > codelab,
                "{}",
                lesson.id()
            );
        }
    }

    /// Ids are stored in the learner's progress, and typed.
    #[test]
    fn the_ids_of_the_codelab_do_not_change() {
        let course = Course::embedded().unwrap();
        let ids: Vec<&str> = course.part(Part::Codelab).map(Lesson::id).collect();
        assert_eq!(
            ids.join(" "),
            "define-messages define-service generate-code list-features record-route route-chat \
             start-server create-client call-list-features call-record-route call-route-chat run-client \
             try-it-out"
        );
    }

    /// A course of one lesson with this text and this `lesson.toml`.
    fn course_of(folder: &str, document: &str, toml: &str) -> Result<Course, CourseError> {
        Course::read(&[folder], |path| {
            Ok(match path.rsplit('/').next() {
                Some("lesson.md") => document.to_string(),
                Some("lesson.toml") => toml.to_string(),
                Some("check.json") => r#"{"proves": "connection"}"#.to_string(),
                _ => String::new(),
            })
        })
    }

    #[test]
    fn a_lesson_is_read_from_its_folder() {
        let toml = "minutes = 5\npart = \"production\"\nfiles = [\"start_here/src/server.rs\"]\n";
        let course = course_of("21-my-own", "# Mine: all of it\n\nText\n", toml).unwrap();
        let lesson = &course.lessons()[0];
        assert_eq!(
            (lesson.number, lesson.id(), lesson.text.as_str()),
            (1, "my-own", "Text\n")
        );
        assert_eq!(lesson.head.title, "Mine: all of it");
        assert!(lesson.is_optional());
    }

    #[test]
    fn what_is_wrong_in_a_lesson_is_said_with_file_and_line() {
        let toml = "minutes = 5\npart = \"codelab\"\nfiles = []\n";
        let error = |folder, document, toml: &str| {
            course_of(folder, document, toml).unwrap_err().to_string()
        };
        for (toml, said) in [
            (
                "minutes = 5\npart = 1\nfiles = []\n",
                "lessons/21-a/lesson.toml:2: ",
            ),
            (
                "minutes = \"five\"\n",
                "lessons/21-a/lesson.toml:1: invalid type",
            ),
            (
                "part = \"codelab\"\nfiles = []\n",
                "lessons/21-a/lesson.toml:1: missing field `minutes`",
            ),
            (
                "minuts = 5\n",
                "lessons/21-a/lesson.toml:1: unknown field `minuts`",
            ),
        ] {
            let error = error("21-a", "# A\n", toml);
            assert!(error.starts_with(said), "{error}");
        }
        let no_title = error("21-a", "Text\n", toml);
        assert!(
            no_title.starts_with("lessons/21-a/lesson.md:1: the first line"),
            "{no_title}"
        );
        let no_id = error("21", "# A\n", toml);
        assert!(no_id.starts_with("lessons/21: the name"), "{no_id}");
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
        let beyond = (course.lessons().len() + 1).to_string();
        assert!(course.find("0").is_err() && course.find(&beyond).is_err());
    }
}
