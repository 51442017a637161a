//! The server program: `server [ADDR]`.
//!
//! The address comes from the first argument, or else from the environment variable
//! `ROUTEGUIDE_ADDR`, or else it is `localhost:50051`.

use std::net::SocketAddr;
use std::process::ExitCode;

use routeguide::Error;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", routeguide::explain(&error));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let name = std::env::args()
        .nth(1)
        .or_else(|| std::env::var("ROUTEGUIDE_ADDR").ok())
        .unwrap_or_else(|| "localhost:50051".to_string());
    routeguide::server::serve(resolve(&name).await?).await
}

/// Looks up a name such as `localhost:50051`. A name can stand for several addresses: the IPv4 one is
/// taken if there is one, since every machine has it.
async fn resolve(name: &str) -> Result<SocketAddr, Error> {
    let addresses: Vec<SocketAddr> = tokio::net::lookup_host(name)
        .await
        .map_err(|error| format!("cannot use the address {name:?}: {error}"))?
        .collect();
    addresses
        .iter()
        .find(|address| address.is_ipv4())
        .or(addresses.first())
        .copied()
        .ok_or_else(|| format!("the name {name:?} stands for no address").into())
}
