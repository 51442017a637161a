//! The client program: `client [ADDR]`.
//!
//! The address comes from the first argument, or else from the environment variable
//! `ROUTEGUIDE_ADDR`, or else it is `localhost:50051`.

use std::process::ExitCode;

use routeguide::features::Features;
use routeguide::{Error, client};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", routeguide::explain(&error));
            if let Some(status) = error.downcast_ref() {
                client::print_violations(status);
            }
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let addr = std::env::args()
        .nth(1)
        .or_else(|| std::env::var("ROUTEGUIDE_ADDR").ok())
        .unwrap_or_else(|| "localhost:50051".to_string());
    client::run(&addr, &Features::load()?).await
}
