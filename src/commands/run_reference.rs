//! `run-reference`: the finished server, or the finished client.

mod errand;
mod hosting;
mod watching;

use std::io;
use std::path::Path;
use std::sync::Arc;

use routeguide::features::Features;
use tower_layer::Layer as _;

use super::{Exit, Problem};
use crate::cli::{ReferenceArgs, Side};
use crate::course::files;
use crate::reference::incoming::Incoming;
use crate::reference::tls::{self, TlsError};
use crate::reference::watched::observer;
use crate::reference::{Options, listening, own_client};
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
    hosting::consistent(args)?;
    let addr = args.addr.as_deref().unwrap_or(DEFAULT_ADDR);
    let features = load(args.db.as_deref())?;
    match args.side {
        Side::Server => serve(addr, features, args).await,
        Side::Client => super::interruptible(call(addr, features, args)).await,
    }
}

async fn serve(addr: &str, features: Features, args: &ReferenceArgs) -> Result<Exit, Problem> {
    let watching = Watching::prepare(observer::Side::Server, &args.watching).await?;
    let tls = hosting::encryption(&args.hosting)?;
    let (listeners, places) = hosting::listen(addr).await?;
    // Caught before anybody can know that there is something to end.
    let (stop, at_once) = hosting::stopping();
    screen::print(&screen::hosting::announcement(&places));
    let tell = hosting::told_once();
    let incoming = Incoming::new(listeners, tls, Arc::new(tell));
    let options = Options {
        grace: hosting::grace(&args.hosting),
        watch: watching.watch(),
        ..Options::default()
    };
    let serving = reference::serve(incoming, features, options, stop, hosting::tell);
    let served = async {
        tokio::select! {
            served = serving => Some(served),
            () = at_once => None,
        }
    };
    match watching.start()?.during(served).await {
        Some(Ok(())) => Ok(Exit::Passed),
        Some(Err(error)) => Err(Problem::new(
            Exit::CouldNot,
            format!("the server broke down: {error}"),
            "",
        )),
        None => Ok(Exit::Interrupted),
    }
}

async fn call(addr: &str, features: Features, args: &ReferenceArgs) -> Result<Exit, Problem> {
    let addr = &listening::to_call(addr);
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
                let channel = match &args.hosting.tls_ca {
                    None => own_client::connect(addr).await?,
                    Some(authority) => tls::connect(addr, authority).await?,
                };
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
        if let Some(error) = error.downcast_ref::<TlsError>() {
            return Problem::new(Exit::CouldNot, error, error.advice());
        }
        // A server that answers with a status was reached, and so was one that is not to be trusted, for example.
        let next = if let Some(status) = error.downcast_ref::<tonic::Status>() {
            // A status that the library has made up has a cause; one that the server has sent has none.
            match std::error::Error::source(status) {
                Some(_) => format!(
                    "The connection to {addr} broke. See what the server says; if it speaks TLS, --tls-ca names \
                     the certificates to trust."
                ),
                None => format!("A server answered on {addr}, but not as this client expects."),
            }
        } else if is_unreachable(error.as_ref()) {
            format!(
                "Is a server listening on {addr}? `{} run-reference` in another terminal runs the finished one.",
                screen::invocation()
            )
        } else {
            String::new()
        };
        let words = routeguide::explain(&error);
        Problem::new(Exit::CouldNot, format!("the client ended with an error: {words}"), next)
    })?;
    Ok(Exit::Passed)
}

/// Whether it is the system that says that nobody is to be reached.
fn is_unreachable(error: &(dyn std::error::Error + 'static)) -> bool {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut from_system = causes.filter_map(|cause| cause.downcast_ref::<io::Error>());
    from_system.any(|error| error.raw_os_error().is_some())
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
