//! Where the reference listens.

use std::net::SocketAddr;

/// The addresses that a name such as `localhost:50051` stands for, the IPv4 one first.
///
/// # Errors
///
/// If the name is none.
pub async fn resolve(name: &str) -> std::io::Result<Vec<SocketAddr>> {
    let mut addresses: Vec<SocketAddr> = tokio::net::lookup_host(name).await?.collect();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    Ok(addresses)
}
