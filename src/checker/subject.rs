//! What is checked: a track, a command or an address.

use std::path::PathBuf;

use crate::course::{Course, Lesson, Track};
use crate::guide::cases::Proof;
use crate::guide::production::Requirement;
use crate::learner::Folder;
use crate::probe::Address;

/// What is checked.
#[derive(Debug, Clone)]
pub enum Subject {
    /// One of the two tracks, whose crate is built first.
    Track(TrackCode),
    /// A server or a client that a command starts.
    Command(Command),
    /// A server that runs already.
    Address(Address),
}

/// The crate of a track: the learner's, or the finished one.
#[derive(Debug, Clone)]
pub struct TrackCode {
    /// The lab folder.
    pub folder: Folder,
    /// Which of the two.
    pub track: Track,
    /// Whether the compiler may use colour.
    pub colour: bool,
}

/// A command that starts a server or a client, in any language.
#[derive(Debug, Clone)]
pub struct Command {
    /// What it starts.
    pub role: Role,
    /// The command, as it was typed for the system's shell.
    pub line: String,
    /// The folder that it runs in.
    pub folder: PathBuf,
    /// The address of the server that the command starts or, for a client, of the recording server.
    pub addr: Address,
    /// For a client: the features that it may travel along, if they are not the codelab's.
    pub database_file: Option<PathBuf>,
}

/// The two sides of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A server.
    Server,
    /// A client.
    Client,
}

impl Subject {
    /// Its name in reports: a track or an address.
    pub fn name(&self) -> String {
        match self {
            Subject::Track(code) => code.track.name().to_string(),
            Subject::Command(Command { addr, .. }) | Subject::Address(addr) => addr.to_string(),
        }
    }

    /// The crate, if it is a track.
    pub fn code(&self) -> Option<&TrackCode> {
        match self {
            Subject::Track(code) => Some(code),
            Subject::Command(_) | Subject::Address(_) => None,
        }
    }

    /// What it is, if it is not a crate with both a server and a client.
    fn role(&self) -> Option<Role> {
        match self {
            Subject::Track(_) => None,
            Subject::Command(command) => Some(command.role),
            Subject::Address(_) => Some(Role::Server),
        }
    }

    /// Whether a lesson can be checked with it: any server, with the lessons about the RPCs of a server; any
    /// client, with those about a client alone or about both sides of a call.
    pub fn applies(&self, lesson: &Lesson) -> bool {
        let proves = lesson.check.proves;
        let requirement = lesson.check.requirement.as_ref();
        match self.role() {
            None => true,
            Some(Role::Server) => match proves {
                Proof::Methods => true,
                Proof::Requirement => requirement.is_some_and(Requirement::is_of_server),
                _ => false,
            },
            Some(Role::Client) => match proves {
                Proof::Connection | Proof::Call | Proof::Client => true,
                Proof::Methods => lesson.check.client.is_some(),
                Proof::Requirement => requirement.is_some_and(|asked| asked.of_client().is_some()),
                _ => false,
            },
        }
    }

    /// The lessons that are checked if none are named: all that apply and ask for no more than RouteGuide promises; of a
    /// client, those about its calls.
    pub fn lessons<'a>(&self, course: &'a Course) -> Vec<&'a Lesson> {
        let is_client = self.role() == Some(Role::Client);
        let lessons = course
            .lessons()
            .iter()
            .filter(|lesson| self.applies(lesson));
        lessons
            .filter(|lesson| lesson.check.proves != Proof::Requirement)
            .filter(|lesson| !is_client || lesson.check.client.is_some())
            .collect()
    }
}
