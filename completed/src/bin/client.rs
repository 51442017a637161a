//! The client program: `client [ADDR]`.
//!
//! The address comes from the first argument, or else from the environment variable
//! `ROUTEGUIDE_ADDR`, or else it is `localhost:50051`.

use std::process::ExitCode;

use routeguide::Error;
use routeguide::features::Features;

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
    let addr = std::env::args()
        .nth(1)
        .or_else(|| std::env::var("ROUTEGUIDE_ADDR").ok())
        .unwrap_or_else(|| "localhost:50051".to_string());
    routeguide::client::run(&addr, &Features::load()?).await
}
