//! `run-reference`: the finished server, or the finished client.

mod errand;
mod watching;

use std::path::Path;

use routeguide::features::Features;
use tokio::net::TcpListener;
use tower_layer::Layer as _;

use super::{Exit, Problem};
use crate::cli::{ReferenceArgs, Side};
use crate::course::files;
use crate::reference::own_client;
use crate::reference::watched::observer;
use crate::{reference, screen};
use watching::Watching;

/// Where the reference listens unless told otherwise.
const DEFAULT_ADDR: &str = "127.0.0.1:50051";

/// Runs one side until it is done, or until Ctrl-C.
///
/// # Errors
///
/// If the database or the address cannot be used, or the client meets an error.
pub async fn run(args: &ReferenceArgs) -> Result<Exit, Problem> {
    errand::consistent(args)?;
    let addr = args.addr.as_deref().unwrap_or(DEFAULT_ADDR);
    let features = load(args.db.as_deref())?;
    match args.side {
        Side::Server => serve(addr, features, args).await,
        Side::Client => super::interruptible(call(addr, features, args)).await,
    }
}

async fn serve(addr: &str, features: Features, args: &ReferenceArgs) -> Result<Exit, Problem> {
    let watching = Watching::prepare(observer::Side::Server, &args.watching).await?;
    let addresses = reference::listening::resolve(addr).await.map_err(|error| {
        Problem::new(
            Exit::Usage,
            format!("cannot use the address {addr:?}: {error}"),
            "An address is a host and a port, such as 127.0.0.1:50051.",
        )
    })?;
    let listener = TcpListener::bind(addresses.as_slice())
        .await
        .map_err(|error| {
            let next = if error.kind() == std::io::ErrorKind::AddrInUse {
                format!(
                    "Something listens there already, perhaps a server in another terminal. \
                 Stop it, or choose another port: `{} run-reference --addr 127.0.0.1:50052`.",
                    screen::invocation()
                )
            } else {
                String::new()
            };
            Problem::new(
                Exit::CouldNot,
                format!("cannot listen on {addr}: {error}"),
                next,
            )
        })?;
    let listening = listener
        .local_addr()
        .map_or(addr.to_string(), |addr| addr.to_string());
    // Caught before anybody can know that there is something to end.
    let asked = super::asked_to_end();
    let asked_to_end = async {
        let _ = asked.await;
    };
    screen::print(&format!("Starting server on {listening}\n"));
    let watch = watching.watch();
    watching
        .start()?
        .during(reference::serve(listener, features, watch, asked_to_end))
        .await
        .map_err(|error| {
            Problem::new(
                Exit::CouldNot,
                format!("the server broke down: {error}"),
                "",
            )
        })?;
    Ok(Exit::Passed)
}

async fn call(addr: &str, features: Features, args: &ReferenceArgs) -> Result<Exit, Problem> {
    let called = match errand::errand(args)? {
        None => reference::client::call(addr, &features).await,
        Some(errand) => {
            let watching = Watching::prepare(observer::Side::Client, &args.watching).await?;
            let watch = watching.watch();
            // What is drawn says the same, and more.
            let say: fn(&str) = match args.watching.trace {
                true => |_| (),
                false => |line| screen::print(&format!("{line}\n")),
            };
            let calling = async {
                let channel = own_client::connect(addr).await?;
                match watch {
                    None => own_client::run(channel, &features, errand, say).await,
                    Some(watch) => {
                        own_client::run(watch.layer(channel), &features, errand, say).await
                    }
                }
            };
            watching.start()?.during(calling).await
        }
    };
    called.map_err(|error| {
        // A server that answers with a status was reached.
        let next = if error.is::<tonic::Status>() {
            format!("A server answered on {addr}, but not as this client expects.")
        } else {
            format!(
                "Is a server listening on {addr}? `{} run-reference` in another terminal runs the finished one.",
                screen::invocation()
            )
        };
        let words = routeguide::explain(&error);
        Problem::new(Exit::CouldNot, format!("the client ended with an error: {words}"), next)
    })?;
    Ok(Exit::Passed)
}

/// The features of a file, or those that the binary carries.
fn load(file: Option<&Path>) -> Result<Features, Problem> {
    let loaded = match file {
        Some(file) => Features::from_file(file).map_err(|error| error.to_string()),
        None => Features::from_json(files::DATABASE),
    };
    loaded.map_err(|error| {
        Problem::new(
            Exit::CouldNot,
            error,
            "The file must hold a JSON list of features, each such as\n\
             {\"location\": {\"latitude\": 407127753, \"longitude\": -740059728}, \"name\": \"City Hall\"}",
        )
    })
}
