//! `check --client`: a client that somebody else has written, judged by its calls and its output.

use std::time::Instant;

use super::check::{codelabs_database, exit, setting, show};
use super::check_any::{course, load, quoted, select};
use super::{Exit, Problem};
use crate::checker::any_client::{self, Target};
use crate::cli::{CheckArgs, Format};
use crate::course::Lesson;
use crate::probe::Address;
use crate::screen::{self, Canvas, building::Activity};
use crate::verdict::{CheckReport, Outcome};

/// Checks any client, and reports. Nothing is recorded: it is no lesson of the learner's.
///
/// # Errors
///
/// If nothing can be checked: no such host, no such lesson, a database that cannot be used.
pub async fn check(args: &CheckArgs, command: &str, addr: &Address) -> Result<Exit, Problem> {
    let started = Instant::now();
    let course = course()?;
    let lessons: Vec<&Lesson> = if args.lessons.is_empty() {
        any_client::lessons(&course)
    } else {
        let what = "is not about a client alone";
        select(
            &course,
            &args.lessons,
            any_client::applies,
            what,
            "--client",
        )?
    };
    let database = match &args.db {
        Some(file) => load(file)?,
        None => codelabs_database()?,
    };
    let setting = setting(args, database);
    let here = |error| {
        let what = format!("cannot tell the current folder: {error}");
        Problem::new(Exit::CouldNot, what, "")
    };
    let folder = std::env::current_dir().map_err(here)?;
    let target = Target {
        command: command.to_string(),
        addr: addr.clone(),
        database_file: args.db.as_ref().map(|file| folder.join(file)),
        folder,
    };
    let checked = {
        let activity = Activity::start();
        let watch = &mut |doing| activity.show(doing);
        any_client::check(&setting, &target, &lessons, watch).await?
    };
    let report = CheckReport {
        seed: setting.seed,
        duration: started.elapsed(),
        target: addr.to_string(),
        lessons: checked.lessons,
        warnings: checked.warnings,
        notes: checked.notes,
    };
    let again = again(args, command, addr);
    show(args, &report, &again, None)?;
    if args.format == Format::Human {
        let passed = report.outcome() == Outcome::Pass;
        let canvas = Canvas::stdout();
        screen::print(&screen::target::last_line_of_client(
            passed, command, &again, canvas,
        ));
    }
    Ok(exit(&report))
}

/// The words that check the same again, as they are to be typed.
fn again(args: &CheckArgs, command: &str, addr: &Address) -> String {
    let mut words = vec!["--client".to_string(), command.to_string()];
    words.extend(["--addr".to_string(), addr.to_string()]);
    if let Some(file) = &args.db {
        words.extend(["--db".to_string(), file.display().to_string()]);
    }
    words.extend(args.lessons.iter().cloned());
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("{} check {}", screen::invocation(), words.join(" "))
}
