//! `check --client`: a client that somebody else has written, judged by its calls and its output.

use std::time::Instant;

use super::{Exit, Problem, asked, show};
use crate::checker::any_client::{self, Target};
use crate::cli::CheckArgs;
use crate::course::Lesson;
use crate::probe::Address;
use crate::screen::{self, building::Activity};

/// Checks any client, and reports. Nothing is recorded: it is no lesson of the learner's.
///
/// # Errors
///
/// If nothing can be checked: no such host, no such lesson, a database that cannot be used.
pub async fn check(args: &CheckArgs, command: &str, addr: &Address) -> Result<Exit, Problem> {
    let started = Instant::now();
    let course = asked::course()?;
    let lessons: Vec<&Lesson> = if args.lessons.is_empty() {
        any_client::lessons(&course)
    } else {
        let what = "is not about a client alone";
        asked::select(
            &course,
            &args.lessons,
            any_client::applies,
            what,
            "--client",
        )?
    };
    let setting = asked::setting(args)?;
    let folder = asked::current_folder()?;
    let target = Target {
        command: command.to_string(),
        addr: addr.clone(),
        lessons_are_named: !args.lessons.is_empty(),
        database_file: args.db.as_ref().map(|file| folder.join(file)),
        folder,
    };
    let checked = {
        let watch = &Activity::start();
        any_client::check(&setting, &target, &lessons, watch).await?
    };
    let report = checked.report(setting.seed, started.elapsed(), addr.to_string());
    let again = asked::again(args, addr);
    show::report_on_target(args, &report, &again, |passed, canvas| {
        screen::check::of_client(passed, command, &again, canvas)
    })
}
