//! From the arguments of a check to its subject, its lessons and its setting.

use std::path::Path;
use std::time::Duration;

use super::{Exit, Lab, Problem};
use crate::checker::{Command, Role, STARTUP, Setting, Subject, TrackCode};
use crate::cli::CheckArgs;
use crate::commands::current_folder;
use crate::course::{Course, Lesson, files};
use crate::disk::regular;
use crate::guide::Database;
use crate::probe::Address;
use crate::screen::{self, Canvas};

/// What the arguments ask to be checked, if it is not a track.
///
/// # Errors
///
/// If the system does not tell the current folder, where commands run.
pub fn foreign(args: &CheckArgs) -> Result<Option<Subject>, Problem> {
    let Some(addr) = args.addr.clone() else {
        return Ok(None);
    };
    let (role, line) = match (&args.client, &args.server) {
        (Some(line), _) => (Role::Client, line.clone()),
        (None, Some(line)) => (Role::Server, line.clone()),
        (None, None) => return Ok(Some(Subject::Address(addr))),
    };
    let folder = current_folder()?;
    Ok(Some(Subject::Command(Command {
        role,
        line,
        addr,
        database_file: args.db.as_ref().map(|file| folder.join(file)),
        folder,
    })))
}

/// The track that the arguments ask for.
pub fn track(args: &CheckArgs, lab: &Lab) -> TrackCode {
    TrackCode {
        folder: lab.folder.clone(),
        track: args.track,
        colour: args.format.is_for_people() && Canvas::stdout().paint.is_on(),
    }
}

/// How it is to be checked.
///
/// # Errors
///
/// If the file of the features cannot be used.
pub fn setting(args: &CheckArgs) -> Result<Setting, Problem> {
    let database = match &args.db {
        Some(file) => load_database(file)?,
        None => codelabs_database()?,
    };
    let patience = Duration::from_secs(args.timeout);
    Ok(Setting {
        database,
        seed: args.seed.unwrap_or_else(|| fastrand::u64(..1_000_000)),
        patience,
        startup: STARTUP.max(patience),
    })
}

/// The features that the binary carries.
///
/// # Errors
///
/// None in a binary that passes its tests.
pub fn codelabs_database() -> Result<Database, Problem> {
    Database::from_json(files::DATABASE).map_err(|error| {
        let what = format!("the codelab's database: {error}");
        Problem::new(Exit::CouldNot, what, "")
    })
}

/// The features of a file.
///
/// # Errors
///
/// If it cannot be read, or holds no features.
pub fn load_database(file: &Path) -> Result<Database, Problem> {
    let problem = |error: &dyn std::fmt::Display| {
        Problem::new(
            Exit::CouldNot,
            format!("cannot load the features from {}: {error}", file.display()),
            "The file must hold a JSON list of features, each such as\n\
             {\"location\": {\"latitude\": 407127753, \"longitude\": -740059728}, \"name\": \"City Hall\"}",
        )
    };
    let text = regular::read_to_string(file).map_err(|error| problem(&error))?;
    Database::from_json(&text).map_err(|error| problem(&error))
}

/// The lessons by which a subject that is not a track is to be checked, in the order of the course: those that are
/// named, or all that are about it.
///
/// # Errors
///
/// If there is no such lesson, or it does not apply.
pub fn lessons<'a>(
    args: &CheckArgs,
    subject: &Subject,
    course: &'a Course,
) -> Result<Vec<&'a Lesson>, Problem> {
    if args.lessons.is_empty() {
        return Ok(subject.lessons(course));
    }
    let (what, option) = match args.client {
        Some(_) => ("is not about a client alone", "--client"),
        None => ("is not about the RPCs of a server", "--addr"),
    };
    let mut lessons: Vec<&Lesson> = Vec::new();
    for word in &args.lessons {
        let lesson = course.find(word)?;
        if !subject.applies(lesson) {
            let all = course
                .lessons()
                .iter()
                .filter(|lesson| subject.applies(lesson));
            let names: Vec<&str> = all.map(Lesson::id).collect();
            return Err(Problem::new(
                Exit::Usage,
                format!("`{}` {what}", lesson.id()),
                format!(
                    "With {option}, these lessons can be checked: {}.",
                    names.join(", ")
                ),
            ));
        }
        if !lessons.iter().any(|other| other.number == lesson.number) {
            lessons.push(lesson);
        }
    }
    lessons.sort_by_key(|lesson| lesson.number);
    Ok(lessons)
}

/// The command line that checks the same server or client again, as it is to be typed.
pub fn again(args: &CheckArgs) -> String {
    let mut words = Vec::new();
    let mut option = |name: &str, value: Option<String>| {
        words.extend(
            value
                .into_iter()
                .flat_map(|value| [name.to_string(), value]),
        );
    };
    option("--client", args.client.clone());
    option("--addr", args.addr.as_ref().map(Address::to_string));
    option("--server", args.server.clone());
    option(
        "--db",
        args.db.as_ref().map(|file| file.display().to_string()),
    );
    words.extend(args.lessons.iter().cloned());
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("{} check {}", screen::invocation(), words.join(" "))
}

/// A word with quotation marks around it, if a shell would not take it for one word.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=+,@%\\".contains(c);
    match word {
        word if !word.is_empty() && word.chars().all(plain) => word.to_string(),
        word if cfg!(windows) || word.contains('\'') => {
            format!("\"{}\"", word.replace('"', "\\\""))
        }
        word => format!("'{word}'"),
    }
}
