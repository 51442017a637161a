//! `check --addr` and `check --server`: a server that somebody else has written, judged over the wire.

use std::path::Path;
use std::time::Instant;

use super::check::{codelabs_database, exit, setting, show};
use super::{Exit, Problem};
use crate::checker::any_server::{self, Target};
use crate::cli::{CheckArgs, Format};
use crate::contract::Database;
use crate::course::{Course, Lesson};
use crate::learner::Folder;
use crate::probe::Address;
use crate::screen::{self, Canvas, building::Activity};
use crate::verdict::{CheckReport, Outcome};

/// Checks any server, and reports. Nothing is recorded: it is no lesson of the learner's.
///
/// # Errors
///
/// If nothing can be checked: no such host, no such lesson, a database that cannot be used.
pub async fn check(args: &CheckArgs, addr: &Address) -> Result<Exit, Problem> {
    let started = Instant::now();
    let course = course()?;
    let lessons = if args.lessons.is_empty() {
        any_server::lessons(&course)
    } else {
        let what = "is not about the RPCs of a server";
        select(&course, &args.lessons, any_server::applies, what, "--addr")?
    };
    let database = match &args.db {
        Some(file) => load(file)?,
        None => codelabs_database()?,
    };
    let setting = setting(args, database);
    let target = Target {
        addr: addr.clone(),
        command: command_of(args)?,
    };
    let checked = {
        let activity = Activity::start();
        let watch = &mut |doing| activity.show(doing);
        any_server::check(&setting, &target, &lessons, watch).await?
    };
    let report = CheckReport {
        seed: setting.seed,
        duration: started.elapsed(),
        target: addr.to_string(),
        lessons: checked.lessons,
        warnings: checked.warnings,
        notes: checked.notes,
    };
    let command = command(args, addr);
    show(args, &report, &command, None)?;
    if args.format == Format::Human {
        let passed = report.outcome() == Outcome::Pass;
        screen::print(&screen::target::last_line(
            passed,
            &report.target,
            &command,
            Canvas::stdout(),
        ));
    }
    Ok(exit(&report))
}

/// The command that starts the server, in the current folder.
fn command_of(args: &CheckArgs) -> Result<Option<any_server::Command>, Problem> {
    let Some(words) = args.server.clone() else {
        return Ok(None);
    };
    let folder = std::env::current_dir().map_err(|error| {
        let what = format!("cannot tell the current folder: {error}");
        Problem::new(Exit::CouldNot, what, "")
    })?;
    Ok(Some(any_server::Command { words, folder }))
}

/// The course of the lab around the current folder, if there is one; otherwise that of the binary.
///
/// # Errors
///
/// If a lesson's file cannot be used.
pub fn course() -> Result<Course, Problem> {
    let lab = std::env::current_dir()
        .ok()
        .and_then(|here| Folder::find(&here).ok());
    Ok(Course::open(lab.as_ref().map(Folder::root))?)
}

/// The lessons that are named, in the order of the course. `what` is said of one that does not apply to
/// what is checked with this option.
///
/// # Errors
///
/// If there is no such lesson, or it does not apply.
pub fn select<'a>(
    course: &'a Course,
    words: &[String],
    applies: fn(&Lesson) -> bool,
    what: &str,
    option: &str,
) -> Result<Vec<&'a Lesson>, Problem> {
    let mut lessons: Vec<&Lesson> = Vec::new();
    for word in words {
        let lesson = course.find(word)?;
        if !applies(lesson) {
            let all = course.lessons().iter().filter(|lesson| applies(lesson));
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

/// The features of a file.
///
/// # Errors
///
/// If it cannot be read, or holds no features.
pub fn load(file: &Path) -> Result<Database, Problem> {
    let problem = |error: &dyn std::fmt::Display| {
        Problem::new(
            Exit::CouldNot,
            format!("cannot load the features from {}: {error}", file.display()),
            "The file must hold a JSON list of features, each such as\n\
             {\"location\": {\"latitude\": 407127753, \"longitude\": -740059728}, \"name\": \"City Hall\"}",
        )
    };
    let text = std::fs::read_to_string(file).map_err(|error| problem(&error))?;
    Database::from_json(&text).map_err(|error| problem(&error))
}

/// The words that check the same again, as they are to be typed.
fn command(args: &CheckArgs, addr: &Address) -> String {
    let mut words = vec!["--addr".to_string(), addr.to_string()];
    if let Some(command) = &args.server {
        words.extend(["--server".to_string(), command.clone()]);
    }
    if let Some(file) = &args.db {
        words.extend(["--db".to_string(), file.display().to_string()]);
    }
    words.extend(args.lessons.iter().cloned());
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("{} check {}", screen::invocation(), words.join(" "))
}

/// A word with quotation marks around it, if a shell would not take it for one word.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=+,@%\\".contains(c);
    match word {
        word if !word.is_empty() && word.chars().all(plain) => word.to_string(),
        word if cfg!(windows) || word.contains('\'') => {
            format!("\"{}\"", word.replace('"', "\\\""))
        }
        word => format!("'{word}'"),
    }
}
