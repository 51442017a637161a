//! One lesson: its text, its hints and its check.

use serde::{Deserialize, Serialize};

use super::exercise;
use super::question::Question;
use crate::guide::cases::{CheckFile, Proof};
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
                Some(requirement) if requirement.is_of_server() => Component::Server,
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

    fn revises(&self) -> Vec<String> {
        exercise::revised_by(&self.head.id)
    }
}
