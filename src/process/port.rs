//! Free ports, for programs that have to be told where to listen.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// How long to wait between two connection attempts. There is no event to wait for instead: the system does not
/// report when another process begins to listen.
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(10);

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
        tokio::time::sleep(BETWEEN_ATTEMPTS).await;
    }
}

/// Connects to an address, and never to ourselves: while nothing listens on a port, the system may choose the
/// same port for our side of the connection. Such a connection succeeds, and keeps a server from listening there
/// for a minute.
///
/// # Errors
///
/// If the connection is not accepted.
pub async fn connect(addr: SocketAddr) -> io::Result<TcpStream> {
    let from = match addr.ip() {
        ip if ip.is_loopback() => ip,
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    loop {
        let socket = match addr {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket.bind(SocketAddr::new(from, 0))?;
        if socket.local_addr()?.port() != addr.port() {
            return socket.connect(addr).await;
        }
    }
}

// Windows takes seconds to find out that nothing listens.
#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_where_nothing_listens_is_never_our_own() {
        let one = free().await.unwrap();
        // Linux chooses odd ports for one side, and even ones for the other.
        let other = SocketAddr::new(one.ip(), one.port() ^ 1);
        for addr in [one, other] {
            // More often than there are ports to choose from: the system goes through them in turn.
            for _ in 0..30_000 {
                assert!(connect(addr).await.is_err());
            }
            TcpListener::bind(addr).await.unwrap();
        }
    }
}
