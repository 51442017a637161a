//! The client program: `client [ADDR]`.
//!
//! The address comes from the first argument, or else from the environment variable
//! `ROUTEGUIDE_ADDR`, or else it is `localhost:50051`.

use routeguide::Error;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let addr = std::env::args()
        .nth(1)
        .or_else(|| std::env::var("ROUTEGUIDE_ADDR").ok())
        .unwrap_or_else(|| "localhost:50051".to_string());
    routeguide::client::run(&addr).await
}
