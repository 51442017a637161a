//! Free ports, for programs that have to be told where to listen.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};

/// How long to wait between two looks at a port. There is no event to wait for instead: the system
/// does not say when another process begins to listen.
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// A loopback address on which nothing listens at this moment.
///
/// # Errors
///
/// If the system has no free port.
pub async fn free() -> io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await?
        .local_addr()
}

/// Waits until something accepts connections at `addr`. Never returns if nothing ever does.
pub async fn accepting(addr: SocketAddr) {
    while TcpStream::connect(addr).await.is_err() {
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}
