//! Listeners on the addresses that RouteGuide servers usually have, to find a client that connects
//! there instead of where it has to.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use futures_util::future::select_all;
use tokio::net::TcpListener;
use tokio::sync::{Mutex, MutexGuard};

use crate::checker::CheckError;

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

    /// The address at which a connection arrives first while a client runs, which is stopped then.
    ///
    /// # Errors
    ///
    /// Those of the run.
    pub async fn watch<T>(
        &self,
        run: impl Future<Output = Result<T, CheckError>>,
    ) -> Result<Option<String>, CheckError> {
        tokio::select! {
            addr = self.first_connection() => Ok(Some(addr.to_string())),
            ended = run => {
                ended?;
                let late = tokio::time::timeout(LATE, self.first_connection()).await;
                Ok(late.ok().map(|addr| addr.to_string()))
            }
        }
    }

    async fn first_connection(&self) -> SocketAddr {
        let accepting = self.listeners.iter().map(|(addr, listener)| {
            Box::pin(async move {
                match listener.accept().await {
                    Ok(_) => *addr,
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
