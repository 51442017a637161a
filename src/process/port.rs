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
    any_accepting(&[addr]).await;
}

/// Waits until something accepts connections at one of these addresses, and returns that. Never returns
/// if nothing ever does.
pub async fn any_accepting(addresses: &[SocketAddr]) -> SocketAddr {
    loop {
        for addr in addresses.iter().copied() {
            if connect(addr).await.is_ok() {
                return addr;
            }
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// Connects to an address. While nobody listens on a free port, the system may happen to choose that
/// very port for our own side, and then connects us with ourselves: that is nobody, too.
///
/// # Errors
///
/// If nobody accepts the connection.
pub async fn connect(addr: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(addr).await?;
    if stream.local_addr()? == addr {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok(stream)
}
