//! Listening sockets, from the address that a user types.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;

use crate::probe::address::{self, AddressError, Host};

/// How many connections the system queues until they are accepted.
const BACKLOG: i32 = 1024;
/// How often to look for a port that is free for both IPv4 and IPv6.
const MAX_ATTEMPTS: usize = 20;

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// What was typed is not an address.
    #[error(transparent)]
    InvalidAddress(AddressError),
    /// The name of the host has no address.
    #[error(transparent)]
    UnknownHost(io::Error),
    /// The system does not let the server listen at this address.
    #[error("cannot listen on {0}: {1}")]
    Refused(SocketAddr, #[source] io::Error),
}

/// The addresses at which a server can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddresses {
    /// Those for clients on this machine, the best one first. There is at least one.
    pub local: Vec<SocketAddr>,
    /// Whether clients on other machines can reach the server.
    pub is_remote: bool,
    /// Those for clients on other machines, as far as the system lists them.
    pub remote: Vec<SocketAddr>,
}

/// Listens at an address: `127.0.0.1:50051`, `[::1]:50051`; `localhost:50051` and `:50051`, which mean this machine
/// by IPv4 and IPv6; `0.0.0.0:50051`, all interfaces by IPv4; `[::]:50051`, all interfaces by both. Port 0 means any
/// free port.
///
/// # Errors
///
/// If this is not an address, or the server cannot listen there.
pub async fn listen(typed: &str) -> Result<(Vec<TcpListener>, ServerAddresses), ListenError> {
    let (host, port) = address::host_and_port(typed).map_err(ListenError::InvalidAddress)?;
    let v4 = |ip: Ipv4Addr| SocketAddr::from((ip, port));
    let listeners = match host {
        Host::Unspecified | Host::Localhost => both_loopbacks(port)?,
        Host::AnyV4 => vec![open(v4(Ipv4Addr::UNSPECIFIED))?],
        Host::Any => vec![match open((Ipv6Addr::UNSPECIFIED, port).into()) {
            // A machine without IPv6.
            Err(error) if !is_taken(&error) => open(v4(Ipv4Addr::UNSPECIFIED))?,
            result => result?,
        }],
        Host::Named(name) => vec![first_of(&name, port).await?],
    };
    let mut addresses = ServerAddresses {
        local: Vec::new(),
        is_remote: false,
        remote: Vec::new(),
    };
    for listener in &listeners {
        let addr = listener
            .local_addr()
            .map_err(|error| ListenError::Refused(v4(Ipv4Addr::UNSPECIFIED), error))?;
        addresses.add(addr);
    }
    Ok((listeners, addresses))
}

/// The address that a client connects to for the address that a server listens at: a server that listens on all
/// interfaces is reached by the loopback interface.
pub fn connect_address(typed: &str) -> String {
    match address::host_and_port(typed) {
        Ok((Host::Unspecified | Host::Any, port)) => format!("localhost:{port}"),
        Ok((Host::AnyV4, port)) => format!("127.0.0.1:{port}"),
        // If it is invalid, connecting fails and says why.
        Ok((Host::Localhost | Host::Named(_), _)) | Err(_) => typed.to_string(),
    }
}

impl ServerAddresses {
    fn add(&mut self, addr: SocketAddr) {
        let port = addr.port();
        if !addr.ip().is_unspecified() {
            self.local.push(addr);
            self.is_remote |= !addr.ip().is_loopback();
            if !addr.ip().is_loopback() {
                self.remote.push(addr);
            }
            return;
        }
        self.is_remote = true;
        self.local.push((Ipv4Addr::LOCALHOST, port).into());
        if addr.is_ipv6() {
            self.local.push((Ipv6Addr::LOCALHOST, port).into());
        }
        // If the system does not list its addresses, the server can be reached all the same.
        let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
        let ips = interfaces.iter().map(if_addrs::Interface::ip);
        let mut ips: Vec<IpAddr> = ips
            .filter(|ip| is_usable_remotely(*ip) && (ip.is_ipv4() || addr.is_ipv6()))
            .collect();
        ips.sort();
        ips.dedup();
        self.remote
            .extend(ips.into_iter().map(|ip| SocketAddr::new(ip, port)));
    }
}

/// Whether other machines can connect to this address. Link-local addresses, `169.254…` and `fe80:…`, work within
/// one network segment only, and the latter need the name of an interface.
fn is_usable_remotely(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_link_local(),
        IpAddr::V6(ip) => !ip.is_loopback() && !ip.is_unicast_link_local(),
    }
}

/// The same port of both loopback addresses; only of IPv4's on a machine without IPv6.
fn both_loopbacks(port: u16) -> Result<Vec<TcpListener>, ListenError> {
    let mut attempts = 0;
    loop {
        let v4 = open((Ipv4Addr::LOCALHOST, port).into())?;
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let chosen = v4
            .local_addr()
            .map_err(|error| ListenError::Refused(addr, error))?;
        attempts += 1;
        match open((Ipv6Addr::LOCALHOST, chosen.port()).into()) {
            Ok(v6) => return Ok(vec![v4, v6]),
            // Another process has this port for IPv6. If any port will do, try another.
            Err(error) if is_taken(&error) && port == 0 && attempts < MAX_ATTEMPTS => {}
            Err(error) if is_taken(&error) => return Err(error),
            // A machine without IPv6.
            Err(_) => return Ok(vec![v4]),
        }
    }
}

/// Listens at the first address of a host that works, those of IPv4 first.
async fn first_of(name: &str, port: u16) -> Result<TcpListener, ListenError> {
    let found = tokio::net::lookup_host((name, port)).await;
    let mut addresses: Vec<SocketAddr> = found.map_err(ListenError::UnknownHost)?.collect();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    let mut refused = ListenError::UnknownHost(io::Error::other("the name has no address"));
    for addr in addresses {
        match open(addr) {
            Ok(listener) => return Ok(listener),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

fn is_taken(error: &ListenError) -> bool {
    matches!(error, ListenError::Refused(_, error) if error.kind() == io::ErrorKind::AddrInUse)
}

/// A listening socket. One for all IPv6 interfaces accepts IPv4 as well, whatever the default of the system is.
fn open(addr: SocketAddr) -> Result<TcpListener, ListenError> {
    let listen = || {
        let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
        if addr.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) {
            socket.set_only_v6(false)?;
        }
        // Without this, Unix keeps a port for a while after its server has ended. Windows does not, and there the
        // option would allow two servers on one port.
        #[cfg(not(windows))]
        socket.set_reuse_address(true)?;
        socket.bind(&addr.into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        TcpListener::from_std(socket.into())
    };
    listen().map_err(|error| ListenError::Refused(addr, error))
}
