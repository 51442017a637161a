//! The server that is called: its address, the connection, and its contract if it tells that.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use tonic::transport::Channel;

use crate::caller::contract::Contract;
use crate::caller::reflection::{self, ReflectionError};
use crate::checker::PATIENCE;
use crate::checker::connect::{self, ConnectError};
use crate::cli::CallArgs;
use crate::commands::{Exit, Problem};
use crate::learner::Folder;
use crate::probe::Address;
use crate::screen;

/// Where the course's server listens, and the variable that names another address, as for the course's programs.
const DEFAULT_ADDR: &str = "localhost:50051";
const ADDR_VARIABLE: &str = "ROUTEGUIDE_ADDR";

/// The address that is given, or that of the environment, or the usual one.
///
/// # Errors
///
/// If the one of the environment is no address.
pub fn address(args: &CallArgs) -> Result<Address, Problem> {
    if let Some(addr) = &args.addr {
        return Ok(addr.clone());
    }
    let (typed, source) = match std::env::var(ADDR_VARIABLE) {
        Ok(typed) if !typed.is_empty() => (typed, ADDR_VARIABLE),
        _ => (DEFAULT_ADDR.to_string(), "the usual address"),
    };
    typed
        .parse()
        .map_err(|error| Problem::new(Exit::Usage, format!("{source} is `{typed}`: {error}"), ""))
}

/// Connects to the server.
///
/// # Errors
///
/// If nothing listens there, or something that does not speak HTTP/2: what to do.
pub async fn open(addr: &Address) -> Result<Channel, Problem> {
    let addresses = addr.resolve().await.map_err(|error| {
        let what = format!("cannot find the server {addr}: {error}");
        Problem::new(
            Exit::CouldNot,
            what,
            "Is the name of the host spelt correctly?",
        )
    })?;
    match connect::first(&addresses, PATIENCE).await {
        Ok((_, channel)) => Ok(channel),
        Err(ConnectError::UnsupportedProtocol(diagnosis)) => {
            let hint = diagnosis.hint.clone().unwrap_or_default();
            Err(Problem::new(Exit::CouldNot, &diagnosis.message, hint))
        }
        Err(ConnectError::Refused(refused)) => {
            let what = format!("could not connect to {addr}: {}", why_refused(&refused));
            Err(Problem::new(
                Exit::CouldNot,
                what,
                screen::call::start_a_server(addr, in_course_folder()),
            ))
        }
    }
}

/// What the system says: once, if it says the same of all addresses.
fn why_refused(refused: &[(SocketAddr, std::io::Error)]) -> String {
    let said: BTreeSet<String> = refused.iter().map(|(_, error)| error.to_string()).collect();
    match refused {
        [(_, error), ..] if said.len() == 1 => error.to_string(),
        several => {
            let each = several
                .iter()
                .map(|(addr, error)| format!("{addr}: {error}"));
            each.collect::<Vec<_>>().join("; ")
        }
    }
}

fn in_course_folder() -> bool {
    std::env::current_dir().is_ok_and(|here| Folder::find(&here).is_ok())
}

/// The contract that a server tells.
///
/// # Errors
///
/// If it cannot be reached, or does not tell.
pub async fn contract(addr: &Address, timeout: Option<Duration>) -> Result<Contract, Problem> {
    let channel = open(addr).await?;
    let asked = reflection::ask(&channel);
    let asked = match timeout {
        None => asked.await,
        Some(timeout) => match tokio::time::timeout(timeout, asked).await {
            Ok(asked) => asked,
            Err(_) => {
                let what = format!(
                    "the server at {addr} has not told its contract within {} s",
                    timeout.as_secs_f64()
                );
                return Err(Problem::new(Exit::NotYet, what, ""));
            }
        },
    };
    asked.map_err(|error| {
        let next = match &error {
            ReflectionError::NotOffered => {
                "Leave out --reflection: then the course's contract is used."
            }
            ReflectionError::Failed(_) | ReflectionError::Invalid(_) => "",
        };
        Problem::new(
            Exit::NotYet,
            format!("cannot ask {addr} for its contract: {error}"),
            next,
        )
    })
}
