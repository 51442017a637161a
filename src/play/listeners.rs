//! The sockets at which the server is called.

use std::io;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::event::TakenAddress;
use crate::process::sockets;
use crate::reference::listen::{self, ListenError, ServerAddresses};

/// The port that the course's clients call, and how many above it are tried.
const USUAL_PORT: u16 = 50_051;
const MOST_PORTS: u16 = 20;

/// Sockets that listen, and what clients have to be told.
#[derive(Debug)]
pub struct Listeners {
    /// The sockets.
    pub sockets: Vec<TcpListener>,
    /// The address for clients on this machine.
    pub addr: SocketAddr,
    /// The usual address, if it was taken.
    pub taken: Option<TakenAddress>,
}

impl Listeners {
    /// Sockets that listen already.
    pub fn of(sockets: Vec<TcpListener>, addresses: &ServerAddresses) -> Listeners {
        Listeners {
            sockets,
            // There is at least one.
            addr: addresses
                .local
                .first()
                .copied()
                .unwrap_or_else(|| usual(USUAL_PORT)),
            taken: None,
        }
    }

    /// The usual port of this machine or, if that is taken, the next free one.
    ///
    /// # Errors
    ///
    /// If the system has no port to listen on.
    pub async fn usual() -> Result<Listeners, ListenError> {
        let mut taken = None;
        for port in (USUAL_PORT..USUAL_PORT + MOST_PORTS).chain([0]) {
            match listen::listen(&usual(port).to_string()).await {
                Ok((sockets, addresses)) => {
                    return Ok(Listeners {
                        taken,
                        ..Listeners::of(sockets, &addresses)
                    });
                }
                Err(ListenError::Refused(addr, error))
                    if port != 0 && error.kind() == io::ErrorKind::AddrInUse =>
                {
                    if taken.is_none() {
                        let holder = sockets::listener_at(addr).await;
                        taken = Some(TakenAddress { addr, holder });
                    }
                }
                Err(error) => return Err(error),
            }
        }
        // Port 0 is one that is free, or an error.
        Err(ListenError::Refused(
            usual(USUAL_PORT),
            io::ErrorKind::AddrInUse.into(),
        ))
    }
}

fn usual(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}
