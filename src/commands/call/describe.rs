//! `call --describe`: a part of the contract as text.

use std::io;
use std::path::Path;

use super::server;
use crate::caller::contract::{Contract, Item, UnknownName};
use crate::caller::describe;
use crate::cli::CallArgs;
use crate::commands::{Exit, Problem};
use crate::course::Track;
use crate::disk::regular;
use crate::learner::Folder;
use crate::probe::proto;
use crate::screen::{self, Canvas};
use crate::verdict::proto::syntax;

/// A contract, and where it is from.
struct Source {
    contract: Contract,
    name: String,
}

/// Prints what has this name; without a name, all of the contract.
///
/// # Errors
///
/// If there is no such thing, the server cannot be asked, or the .proto cannot be read.
pub async fn run(args: &CallArgs, name: Option<&str>) -> Result<Exit, Problem> {
    let name = match (name, &args.rpc) {
        (Some(name), Some(rpc)) => {
            let what = format!("two names are given, `{rpc}` and `{name}`");
            let next = "--describe prints one thing, and makes no call.";
            return Err(Problem::new(Exit::Usage, what, next));
        }
        (name, rpc) => name.or(rpc.as_deref()),
    };
    let Some(source) = source(args).await? else {
        return Ok(Exit::NotYet);
    };
    let items: Vec<Item> = match name {
        Some(name) => {
            let found = source.contract.find(name);
            found.map_err(|error| unknown(&error, &source.name))?
        }
        None => {
            let all = source.contract.items().into_iter();
            all.filter(|item| !item.is_inner()).collect()
        }
    };
    if items.is_empty() {
        let what = format!("{} defines nothing yet", source.name);
        return Err(Problem::new(Exit::NotYet, what, ""));
    }
    match (name, items.as_slice()) {
        (Some(_), [only]) => screen::print_error(&screen::call::origin(only, &source.name)),
        _ => screen::print_error(&format!("From {}:", source.name)),
    }
    let texts: Vec<String> = items.iter().map(describe::text).collect();
    screen::print(&texts.join("\n"));
    Ok(Exit::Passed)
}

fn unknown(error: &UnknownName, source: &str) -> Problem {
    let next = match error.known.as_slice() {
        [] => "It defines nothing yet.".to_string(),
        known => format!("It defines {}.", known.join(", ")),
    };
    let what = error.sentence(&format!("{source} does not define"));
    Problem::new(Exit::Usage, what, next)
}

/// The contract that is asked for: the server's; or the learner's in a course folder; or the course's. None if the
/// learner's has an error, which has been printed then.
async fn source(args: &CallArgs) -> Result<Option<Source>, Problem> {
    if args.reflection {
        let addr = server::address(args)?;
        let contract = server::contract(&addr, args.timeout).await?;
        let name = format!("the server at {addr}");
        return Ok(Some(Source { contract, name }));
    }
    let folder = std::env::current_dir()
        .ok()
        .and_then(|here| Folder::find(&here).ok());
    match folder {
        Some(folder) => of_learner(&folder),
        None => Ok(Some(Source {
            contract: super::courses_contract()?,
            name: "the course's contract".to_string(),
        })),
    }
}

fn of_learner(folder: &Folder) -> Result<Option<Source>, Problem> {
    let file = Track::StartHere.proto();
    let path = folder.file(file);
    let text = regular::read_to_string(&path).map_err(|error| {
        let next = match error.kind() {
            io::ErrorKind::InvalidData => regular::AS_UTF_8.to_string(),
            _ => format!(
                "If it is gone, `{} reset define-messages --whole-file` brings it back.",
                screen::invocation()
            ),
        };
        Problem::new(Exit::CouldNot, format!("cannot read {file}: {error}"), next)
    })?;
    let imports = path.parent().unwrap_or(Path::new("."));
    match proto::parse("route_guide.proto", &text, imports) {
        Ok(parsed) => Ok(Some(Source {
            contract: Contract::of(parsed.file.parent_pool().clone()),
            name: file.to_string(),
        })),
        Err(error) => {
            let diagnosis = syntax(&error, file);
            screen::print_error(screen::call::broken(&diagnosis, Canvas::stderr()).trim_end());
            Ok(None)
        }
    }
}
