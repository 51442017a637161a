//! Where the reference listens.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpListener;

use crate::probe::address::{self, AddressError, Host};

/// How many connections the system keeps until they are accepted.
const BACKLOG: i32 = 1024;
/// How often a port is looked for that is free for IPv4 and for IPv6.
const TRIES: usize = 20;

/// Why the server cannot listen.
#[derive(Debug)]
pub enum ListenError {
    /// What was typed is no address.
    NoAddress(AddressError),
    /// Nobody knows the host, in the system's words.
    NoHost(io::Error),
    /// The system refuses: where, and why.
    Refused(SocketAddr, io::Error),
}

/// Where the server is to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places {
    /// At which addresses this machine reaches it, the best one first. There is at least one.
    pub here: Vec<SocketAddr>,
    /// Whether other machines can reach it.
    pub from_elsewhere: bool,
    /// Under which addresses, as far as the system tells.
    pub elsewhere: Vec<SocketAddr>,
}

/// Listens at an address: `127.0.0.1:50051`, `[::1]:50051`; `localhost:50051` and `:50051`, which mean this machine, by
/// IPv4 and IPv6; `0.0.0.0:50051`, all networks by IPv4; `[::]:50051`, all networks by both. Port 0 stands for any
/// free port.
///
/// # Errors
///
/// If the address is none, or nothing can listen there.
pub async fn listen(typed: &str) -> Result<(Vec<TcpListener>, Places), ListenError> {
    let (host, port) = address::host_and_port(typed).map_err(ListenError::NoAddress)?;
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
    let mut places = Places {
        here: Vec::new(),
        from_elsewhere: false,
        elsewhere: Vec::new(),
    };
    for listener in &listeners {
        let addr = listener
            .local_addr()
            .map_err(|error| ListenError::Refused(v4(Ipv4Addr::UNSPECIFIED), error))?;
        places.add(addr);
    }
    Ok((listeners, places))
}

/// The address to call for what a client was told: a server that listens on all addresses is reached on the
/// loopback.
pub fn to_call(typed: &str) -> String {
    match address::host_and_port(typed) {
        Ok((Host::Unspecified | Host::Any, port)) => format!("localhost:{port}"),
        Ok((Host::AnyV4, port)) => format!("127.0.0.1:{port}"),
        // What is wrong with it, the client finds out.
        Ok((Host::Localhost | Host::Named(_), _)) | Err(_) => typed.to_string(),
    }
}

impl Places {
    fn add(&mut self, addr: SocketAddr) {
        let port = addr.port();
        if !addr.ip().is_unspecified() {
            self.here.push(addr);
            self.from_elsewhere |= !addr.ip().is_loopback();
            if !addr.ip().is_loopback() {
                self.elsewhere.push(addr);
            }
            return;
        }
        self.from_elsewhere = true;
        self.here.push((Ipv4Addr::LOCALHOST, port).into());
        if addr.is_ipv6() {
            self.here.push((Ipv6Addr::LOCALHOST, port).into());
        }
        // A machine that does not tell its addresses has them all the same.
        let interfaces = if_addrs::get_if_addrs().unwrap_or_default();
        let ips = interfaces.iter().map(if_addrs::Interface::ip);
        let mut ips: Vec<IpAddr> = ips
            .filter(|ip| can_be_typed(*ip) && (ip.is_ipv4() || addr.is_ipv6()))
            .collect();
        ips.sort();
        ips.dedup();
        self.elsewhere
            .extend(ips.into_iter().map(|ip| SocketAddr::new(ip, port)));
    }
}

/// Whether another machine can call this address as it stands. Those that a machine gives itself, `169.254…` and
/// `fe80:…`, work within one cable at best, and the latter need the name of an interface.
fn can_be_typed(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !ip.is_loopback() && !ip.is_link_local(),
        IpAddr::V6(ip) => !ip.is_loopback() && !ip.is_unicast_link_local(),
    }
}

/// One port of this machine's own, for IPv4 and, where there is it, for IPv6.
fn both_loopbacks(port: u16) -> Result<Vec<TcpListener>, ListenError> {
    let mut tries = 0;
    loop {
        let v4 = open((Ipv4Addr::LOCALHOST, port).into())?;
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let chosen = v4
            .local_addr()
            .map_err(|error| ListenError::Refused(addr, error))?;
        tries += 1;
        match open((Ipv6Addr::LOCALHOST, chosen.port()).into()) {
            Ok(v6) => return Ok(vec![v4, v6]),
            // Somebody else has that port for IPv6: if any will do, another.
            Err(error) if is_taken(&error) && port == 0 && tries < TRIES => {}
            Err(error) if is_taken(&error) => return Err(error),
            // A machine without IPv6.
            Err(_) => return Ok(vec![v4]),
        }
    }
}

/// The first address of a host at which the system lets us listen, of IPv4 if there is one.
async fn first_of(name: &str, port: u16) -> Result<TcpListener, ListenError> {
    let found = tokio::net::lookup_host((name, port)).await;
    let mut addresses: Vec<SocketAddr> = found.map_err(ListenError::NoHost)?.collect();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    let mut refused = ListenError::NoHost(io::Error::other("the name stands for no address"));
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

/// A socket that listens. One for all addresses of IPv6 takes IPv4 as well, whatever the system's habit is.
fn open(addr: SocketAddr) -> Result<TcpListener, ListenError> {
    let listen = || {
        let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP))?;
        if addr.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) {
            socket.set_only_v6(false)?;
        }
        // A port is free again as soon as its last server has ended. On Windows it is so anyway, and this would
        // let two servers have it at once.
        #[cfg(not(windows))]
        socket.set_reuse_address(true)?;
        socket.bind(&addr.into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        TcpListener::from_std(socket.into())
    };
    listen().map_err(|error| ListenError::Refused(addr, error))
}
