//! The options of `run-reference client`.

use std::path::Path;

use crate::cli::{ReferenceArgs, ReferenceProgram};
use crate::commands::{Exit, Problem};
use crate::disk::regular;
use crate::guide::notes;
use crate::messages::RouteNote;
use crate::reference::client::{ClientOptions, RPC_OF_NOTES, RPC_OF_POINTS};
use crate::screen;

/// Checks that the options fit together.
///
/// # Errors
///
/// Which do not, and what to do.
pub fn check(args: &ReferenceArgs) -> Result<(), Problem> {
    let options = &args.client;
    let program = screen::invocation();
    let usage = |what: String, next: String| Err(Problem::new(Exit::Usage, what, next));
    if args.program == ReferenceProgram::Server {
        let given = [
            ("--rpc", options.rpc.is_some()),
            ("--points", options.points.is_some()),
            ("--notes", options.notes.is_some()),
        ];
        if let Some((option, _)) = given.iter().find(|(_, is_given)| *is_given) {
            return usage(
                format!("{option} is an option of the client, and this is the server"),
                format!("Run the client with it: `{program} run-reference client {option} …`."),
            );
        }
    }
    if args.program == ReferenceProgram::Client && args.observing.metrics.is_some() {
        return usage(
            "--metrics is an option of the server, and this is the client".to_string(),
            format!("Run the server with it: `{program} run-reference --metrics …`."),
        );
    }
    for (option, is_given, rpc) in [
        ("--points", options.points.is_some(), RPC_OF_POINTS),
        ("--notes", options.notes.is_some(), RPC_OF_NOTES),
    ] {
        if is_given && options.rpc.is_some_and(|only| only != rpc) {
            return usage(
                format!("{option} is for {rpc}, and --rpc names another RPC"),
                format!(
                    "Leave {option} out, or call {rpc} with `--rpc {}`.",
                    rpc.kebab_name()
                ),
            );
        }
    }
    Ok(())
}

/// The options of the lab's client, which makes the completed client's calls. The completed client itself prints
/// what the server sends as it is, as a learner's first client may; a server that is a stranger's can send anything.
///
/// # Errors
///
/// If the file of notes cannot be read.
pub fn read(args: &ReferenceArgs) -> Result<ClientOptions, Problem> {
    let (options, observing) = (&args.client, &args.observing);
    Ok(ClientOptions {
        rpc: options.rpc,
        points: options.points,
        notes: options.notes.as_deref().map(read_notes).transpose()?,
        one_by_one: observing.slow.is_some(),
    })
}

fn read_notes(file: &Path) -> Result<Vec<RouteNote>, Problem> {
    let text = regular::read_to_string(file).map_err(|error| error.to_string());
    text.and_then(|text| notes::from_json(&text))
        .map_err(|error| {
            Problem::new(
                Exit::CouldNot,
                format!("cannot read the notes in {}: {error}", file.display()),
                "The file must hold a JSON list of notes, each such as\n\
                 {\"location\": {\"latitude\": 0, \"longitude\": 1}, \"message\": \"Hello\"}",
            )
        })
}
