//! `run-reference`: the completed server, or the completed client.

mod client_options;
pub(super) mod hosting;

use std::io;
use std::path::Path;
use std::sync::Arc;

use routeguide::features::Features;
use tower_layer::Layer as _;

use super::observing::Observing;
use super::{Exit, Problem};
use crate::cli::{ReferenceArgs, ReferenceProgram};
use crate::course::files;
use crate::disk::regular;
use crate::draw::output;
use crate::reference::client::{self, ClientOptions};
use crate::reference::incoming::Incoming;
use crate::reference::listen;
use crate::reference::observe::observer::CallSide;
use crate::reference::server::{self, ServerOptions};
use crate::reference::tls::{self, TlsError};
use crate::screen;
use crate::transcript;

/// The address of the server, if none is given.
const DEFAULT_ADDR: &str = "127.0.0.1:50051";

/// Runs the server until a shutdown signal, or the client until it has made its calls.
///
/// # Errors
///
/// If the options contradict each other, the database or the address cannot be used, or a call fails.
pub async fn run(args: &ReferenceArgs) -> Result<Exit, Problem> {
    client_options::check(args)?;
    hosting::check(args)?;
    let addr = args.addr.as_deref().unwrap_or(DEFAULT_ADDR);
    let features = load(args.db.as_deref())?;
    match args.program {
        ReferenceProgram::Server => serve(addr, features, args).await,
        ReferenceProgram::Client => super::interruptible(call(addr, features, args)).await,
    }
}

async fn serve(addr: &str, features: Features, args: &ReferenceArgs) -> Result<Exit, Problem> {
    let observing = Observing::prepare(CallSide::Server, &args.observing).await?;
    let tls = hosting::tls_acceptor(&args.hosting)?;
    let (listeners, addresses) = hosting::listen(addr, "run-reference").await?;
    // Caught before the first line is printed: a program that reads that line may send a signal.
    let (stop, stop_now) = hosting::shutdown_signals();
    screen::print(&screen::hosting::announcement(&addresses));
    // A server whose address cannot be read is of no use.
    if let Some(error) = output::unwritten() {
        return Err(Problem::unwritten(&error));
    }
    let incoming = Incoming::new(listeners, tls, Arc::new(hosting::notify_once()));
    let options = ServerOptions {
        grace: hosting::grace(&args.hosting),
        observe: observing.layer(),
        ..ServerOptions::default()
    };
    let serving = server::serve(incoming, features, options, stop, hosting::notify);
    let served = async {
        tokio::select! {
            served = serving => Ok(served),
            signal = stop_now => Err(signal),
        }
    };
    match observing.start()?.during(served).await {
        Ok(Ok(())) => Ok(Exit::Passed),
        Ok(Err(error)) => Err(Problem::new(
            Exit::CouldNot,
            format!("the server failed: {error}"),
            "",
        )),
        Err(signal) => Ok(Exit::Ended(signal)),
    }
}

async fn call(addr: &str, features: Features, args: &ReferenceArgs) -> Result<Exit, Problem> {
    let addr = &listen::connect_address(addr);
    let options = client_options::read(args)?;
    let observing = Observing::prepare(CallSide::Client, &args.observing).await?;
    match call_with(addr, &features, &options, args, observing).await? {
        Ok(()) => Ok(Exit::Passed),
        Err(error) => Err(client_problem(addr, &error)),
    }
}

/// Makes the calls with the lab's client.
async fn call_with(
    addr: &str,
    features: &Features,
    options: &ClientOptions,
    args: &ReferenceArgs,
    observing: Observing,
) -> Result<Result<(), routeguide::Error>, Problem> {
    // A trace shows everything that would be printed.
    let print: fn(&str) = match args.observing.trace {
        true => |_| (),
        false => |line| screen::print(&format!("{line}\n")),
    };
    let layer = observing.layer();
    let calling = async {
        let channel = match &args.hosting.tls_ca {
            None => client::connect(addr).await?,
            Some(authority) => tls::connect(addr, authority).await?,
        };
        match layer {
            None => client::run(channel, features, options, print).await,
            Some(layer) => client::run(layer.layer(channel), features, options, print).await,
        }
    };
    Ok(observing.start()?.during(calling).await)
}

/// Why the client failed, and what to do.
fn client_problem(addr: &str, error: &routeguide::Error) -> Problem {
    if let Some(error) = error.downcast_ref::<TlsError>() {
        return Problem::new(Exit::CouldNot, error, error.advice());
    }
    let next = if let Some(status) = error.downcast_ref::<tonic::Status>() {
        // A status that tonic makes for a failed connection has a source; one from the server has none.
        match std::error::Error::source(status) {
            Some(_) => format!(
                "The connection to {addr} broke. Look at the server's output. If the server requires TLS, add \
                 --tls-ca with the certificates to trust."
            ),
            None => format!("A server answered on {addr}, but not as this client expects."),
        }
    } else if is_unreachable(error.as_ref()) {
        format!(
            "Is a server listening on {addr}? `{} run-reference` in another terminal runs the completed one.",
            screen::invocation()
        )
    } else {
        // The server was reached, but cannot be trusted, for example.
        String::new()
    };
    let what = match error.downcast_ref::<tonic::Status>() {
        // Codes are called here as everywhere in the course.
        Some(status) if std::error::Error::source(status).is_none() => {
            transcript::Status::from(status).to_string()
        }
        _ => routeguide::explain(error),
    };
    Problem::new(Exit::CouldNot, format!("the client failed: {what}"), next)
}

/// Whether the system reports that the server cannot be reached.
fn is_unreachable(error: &(dyn std::error::Error + 'static)) -> bool {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut from_system = causes.filter_map(|cause| cause.downcast_ref::<io::Error>());
    from_system.any(|error| error.raw_os_error().is_some())
}

/// The features in a file, or those that are built in.
fn load(file: Option<&Path>) -> Result<Features, Problem> {
    let loaded = match file {
        Some(file) => regular::read_to_string(file)
            .map_err(|error| error.to_string())
            .and_then(|text| Features::from_json(&text))
            .map_err(|error| format!("cannot load the features from {}: {error}", file.display())),
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
