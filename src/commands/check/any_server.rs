//! `check --addr` and `check --server`: a server that somebody else has written, judged over the wire.

use std::time::Instant;

use super::{Exit, Problem, asked, show};
use crate::checker::any_server::{self, Target};
use crate::cli::CheckArgs;
use crate::probe::Address;
use crate::screen::{self, building::Activity};

/// Checks any server, and reports. Nothing is recorded: it is no lesson of the learner's.
///
/// # Errors
///
/// If nothing can be checked: no such host, no such lesson, a database that cannot be used.
pub async fn check(args: &CheckArgs, addr: &Address) -> Result<Exit, Problem> {
    let started = Instant::now();
    let course = asked::course()?;
    let lessons = if args.lessons.is_empty() {
        any_server::lessons(&course)
    } else {
        let what = "is not about the RPCs of a server";
        asked::select(&course, &args.lessons, any_server::applies, what, "--addr")?
    };
    let setting = asked::setting(args)?;
    let target = Target {
        addr: addr.clone(),
        command: command(args)?,
        lessons_are_named: !args.lessons.is_empty(),
    };
    let checked = {
        let watch = &Activity::start();
        any_server::check(&setting, &target, &lessons, watch).await?
    };
    let report = checked.report(setting.seed, started.elapsed(), addr.to_string());
    let again = asked::again(args, addr);
    show::report_on_target(args, &report, &again, |passed, canvas| {
        screen::check::of_server(passed, &report.target, &again, canvas)
    })
}

/// The command that starts the server, in the current folder.
fn command(args: &CheckArgs) -> Result<Option<any_server::Command>, Problem> {
    let Some(words) = args.server.clone() else {
        return Ok(None);
    };
    let folder = asked::current_folder()?;
    Ok(Some(any_server::Command { words, folder }))
}
