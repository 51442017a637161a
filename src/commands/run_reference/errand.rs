//! What the client of the reference is asked to do.

use std::path::Path;

use crate::cli::{ReferenceArgs, Side};
use crate::commands::{Exit, Problem};
use crate::guide::notes;
use crate::messages::{RouteNote, Rpc};
use crate::reference::own_client::{self, Errand};
use crate::screen;

/// Looks for wishes that contradict each other.
///
/// # Errors
///
/// Which, and what to do.
pub fn consistent(args: &ReferenceArgs) -> Result<(), Problem> {
    let errand = &args.errand;
    let has = [
        ("--rpc", errand.rpc.is_some()),
        ("--points", errand.points.is_some()),
        ("--notes", errand.notes.is_some()),
    ];
    let program = screen::invocation();
    let usage = |what: String, next: String| Err(Problem::new(Exit::Usage, what, next));
    match args.side {
        Side::Server => {
            if let Some((option, _)) = has.iter().find(|(_, is_there)| *is_there) {
                return usage(
                    format!("{option} says what the client is to call, and this is the server"),
                    format!("Run the client with it: `{program} run-reference client {option} …`."),
                );
            }
        }
        Side::Client => {
            if args.watching.metrics.is_some() {
                return usage(
                    "--metrics shows the figures of a server, and this is the client".to_string(),
                    format!("Run the server with it: `{program} run-reference --metrics …`."),
                );
            }
        }
    }
    let other = |needed: Rpc| errand.rpc.is_some_and(|rpc| rpc != needed);
    for (option, is_there, called) in [
        ("--points", errand.points.is_some(), own_client::WITH_POINTS),
        ("--notes", errand.notes.is_some(), own_client::WITH_NOTES),
    ] {
        if is_there && other(called) {
            let word = called.kebab_name();
            return usage(
                format!("{option} is for {called}, and --rpc names another RPC"),
                format!("Leave {option} out, or call {called} with `--rpc {word}`."),
            );
        }
    }
    Ok(())
}

/// What the lab's own client has to do; none if the completed client can do it.
///
/// # Errors
///
/// If the notes cannot be read.
pub fn errand(args: &ReferenceArgs) -> Result<Option<Errand>, Problem> {
    let (wishes, watching) = (&args.errand, &args.watching);
    let is_encrypted = args.hosting.tls_ca.is_some();
    let is_own =
        wishes.rpc.is_some() || wishes.points.is_some() || wishes.notes.is_some() || is_encrypted;
    if !is_own && !watching.trace && watching.slow.is_none() {
        return Ok(None);
    }
    let notes = wishes.notes.as_deref().map(read_notes).transpose()?;
    Ok(Some(Errand {
        rpc: wishes.rpc,
        points: wishes.points,
        notes,
        one_by_one: watching.slow.is_some(),
    }))
}

fn read_notes(file: &Path) -> Result<Vec<RouteNote>, Problem> {
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string());
    text.and_then(|text| notes::from_json(&text))
        .map_err(|problem| {
            Problem::new(
                Exit::CouldNot,
                format!("cannot read the notes in {}: {problem}", file.display()),
                "The file must hold a JSON list of notes, each such as\n\
             {\"location\": {\"latitude\": 0, \"longitude\": 1}, \"message\": \"Hello\"}",
            )
        })
}
