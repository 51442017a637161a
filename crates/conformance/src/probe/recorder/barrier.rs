//! Knowing that no connection waits to be accepted any more.

use std::collections::HashSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Mutex;

use tokio::net::TcpSocket;
use tokio::sync::Notify;

use super::lock;

/// Connections are accepted in the order in which they were made. So once one of the recorder's own has been accepted,
/// all that were made before it have been, too.
#[derive(Debug, Default)]
pub struct Barrier {
    /// The recorder's own addresses of connections that have not been accepted.
    expected: Mutex<HashSet<SocketAddr>>,
    accepted: Notify,
}

impl Barrier {
    /// Makes a connection to a listener, and waits until it has been accepted.
    ///
    /// # Errors
    ///
    /// If it cannot be made.
    pub async fn pass(&self, listener: SocketAddr) -> io::Result<()> {
        let ip = match listener.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let socket = match ip {
            IpAddr::V4(_) => TcpSocket::new_v4()?,
            IpAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket.bind(SocketAddr::new(ip, 0))?;
        let own = socket.local_addr()?;
        lock(&self.expected).insert(own);
        let connected = socket.connect(SocketAddr::new(ip, listener.port())).await;
        if let Err(error) = connected {
            lock(&self.expected).remove(&own);
            return Err(error);
        }
        loop {
            let accepted = self.accepted.notified();
            if !lock(&self.expected).contains(&own) {
                return Ok(());
            }
            accepted.await;
        }
    }

    /// Whether a connection that has been accepted is the recorder's own, from the address at its other end.
    pub fn is_own(&self, peer: SocketAddr) -> bool {
        let is_own = lock(&self.expected).remove(&peer);
        if is_own {
            self.accepted.notify_waiters();
        }
        is_own
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use crate::guide::synthetic::SyntheticAnswers;
    use crate::probe::recorder::{FaultInjection, Recorder, Source};

    /// The test and the recorder share a thread, so that nothing is accepted while the test does not wait.
    #[tokio::test]
    async fn a_connection_that_is_gone_before_it_is_accepted_counts() {
        for addr in ["127.0.0.1:0", "0.0.0.0:0"] {
            let addr = addr.parse().unwrap();
            let recorder = Recorder::start(&[addr], source()).await.unwrap();
            let at = std::net::SocketAddr::from(([127, 0, 0, 1], recorder.addr().port()));
            drop(std::net::TcpStream::connect(at).unwrap());
            assert_eq!(recorder.recording().connections, 0);
            recorder.caught_up(Duration::from_secs(60)).await;
            assert_eq!(recorder.recording().connections, 1);
            recorder.caught_up(Duration::from_secs(60)).await;
            assert_eq!(recorder.recording().connections, 1, "its own do not count");
        }
    }

    fn source() -> Source {
        Source::Synthetic {
            answers: Arc::new(SyntheticAnswers::new(1)),
            fault: FaultInjection::None,
        }
    }
}
