//! Listeners on the addresses that RouteGuide servers usually have, to find a client that connects
//! there instead of where it has to.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::time::Duration;

use futures_util::future::select_all;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::Instant;

use crate::checker::CheckError;
use crate::process::{self, sockets};

/// The ports of the public RouteGuide examples.
const PORTS: [u16; 2] = [50051, 10000];

/// How long a connection that was made may take to be seen.
const LATE: Duration = Duration::from_millis(200);

/// The addresses are the machine's: two checks side by side would get in each other's way.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// Listeners where no other program listens.
#[derive(Debug)]
pub struct Decoys {
    _only: MutexGuard<'static, ()>,
    listeners: Vec<(SocketAddr, TcpListener)>,
    /// Where another program does.
    pub taken: Vec<String>,
}

impl Decoys {
    /// Listens wherever that is possible.
    pub async fn open() -> Decoys {
        let mut decoys = Decoys {
            _only: ONE_AT_A_TIME.lock().await,
            listeners: Vec::new(),
            taken: Vec::new(),
        };
        for port in PORTS {
            for addr in [
                SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
                SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
            ] {
                match TcpListener::bind(addr).await {
                    Ok(listener) => decoys.listeners.push((addr, listener)),
                    Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                        decoys.taken.push(addr.to_string());
                    }
                    // This machine has no such address, so no client can reach it either.
                    Err(_) => {}
                }
            }
        }
        decoys
    }

    /// The address at which a connection arrives first while a client runs, which is stopped then. Connections of
    /// programs that are known to have nothing to do with the client do not count.
    ///
    /// # Errors
    ///
    /// Those of the run.
    pub async fn watch<T>(
        &self,
        run: impl Future<Output = Result<T, CheckError>>,
    ) -> Result<Option<String>, CheckError> {
        let mut run = pin!(run);
        loop {
            tokio::select! {
                connection = self.connection() => if !connection.is_foreign().await {
                    return Ok(Some(connection.to.to_string()));
                },
                ended = &mut run => {
                    ended?;
                    break;
                }
            }
        }
        let late = Instant::now() + LATE;
        while let Ok(connection) = tokio::time::timeout_at(late, self.connection()).await {
            if !connection.is_foreign().await {
                return Ok(Some(connection.to.to_string()));
            }
        }
        Ok(None)
    }

    /// The next connection.
    async fn connection(&self) -> Connection {
        let accepting = self.listeners.iter().map(|(addr, listener)| {
            Box::pin(async move {
                match listener.accept().await {
                    Ok((stream, from)) => Connection {
                        to: *addr,
                        from,
                        _stream: stream,
                    },
                    Err(_) => std::future::pending().await,
                }
            })
        });
        let accepting: Vec<_> = accepting.collect();
        if accepting.is_empty() {
            return std::future::pending().await;
        }
        select_all(accepting).await.0
    }
}

/// A connection that has arrived.
struct Connection {
    to: SocketAddr,
    from: SocketAddr,
    /// It stays open until it is known whose it is: the system does not tell of a closed one.
    _stream: TcpStream,
}

impl Connection {
    /// Whether it is known to be of a program that has nothing to do with the client.
    async fn is_foreign(&self) -> bool {
        let process = sockets::connected_from(self.from).await;
        process.is_some_and(process::is_foreign)
    }
}
