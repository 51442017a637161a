//! The completed client, run against a server.

use routeguide::features::Features;
use routeguide::{Error, client};

/// Makes the three calls of the completed client, in order, and prints what it prints.
///
/// # Errors
///
/// The first error that a call meets.
pub async fn call(addr: &str, features: &Features) -> Result<(), Error> {
    client::run(addr, features).await
}
