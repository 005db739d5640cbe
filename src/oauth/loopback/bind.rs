//! Which sockets a sign-in listens on. Only 127.0.0.1 and ::1, never shared with another process.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

use super::holder;

/// Some port is free on both families after very few tries, unless something is badly wrong.
const TRIES: usize = 16;
const BACKLOG: u32 = 1024;

/// How the redirect URI names this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    /// `http://127.0.0.1:PORT`
    Ipv4,
    /// `http://localhost:PORT`. The browser decides which family that is, so both must be ours.
    Localhost,
}

#[derive(Clone, Debug)]
pub(crate) struct Want {
    pub(crate) host: Host,
    /// As registered; none means any free port.
    pub(crate) port: Option<u16>,
    /// As registered, `/callback`.
    pub(crate) path: String,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum BindError {
    #[error("{}", taken(ports, holder.as_deref()))]
    PortTaken {
        ports: Vec<u16>,
        /// Who listens on the first of them, where the system tells: `pid 123 (name)`.
        holder: Option<String>,
    },
    #[error("{}", reserved(ports))]
    PortReserved { ports: Vec<u16> },
    #[error("this machine has neither 127.0.0.1 nor ::1: {0}")]
    NoLoopback(io::Error),
    #[error("cannot listen on this machine: {0}")]
    Io(io::Error),
}

pub(super) struct Bound {
    pub(super) sockets: Vec<TcpListener>,
    pub(super) host: &'static str,
    pub(super) port: u16,
}

/// The first of these places that is free; where none is, all are named.
pub(super) fn bind(wants: &[Want]) -> Result<(Bound, &Want), BindError> {
    let (mut taken, mut reserved) = (Vec::new(), Vec::new());
    for want in wants {
        let Some(port) = want.port else { return Ok((any_port(want.host)?, want)) };
        match bind_port(want.host, port) {
            Ok(Some(bound)) => return Ok((bound, want)),
            Ok(None) => taken.push(port),
            // Ports below 1024, and ranges that Windows has set aside.
            Err(BindError::Io(error)) if error.kind() == io::ErrorKind::PermissionDenied => {
                reserved.push(port);
            }
            Err(other) => return Err(other),
        }
    }
    let Some(first) = taken.first() else { return Err(BindError::PortReserved { ports: reserved }) };
    let holder = holder::of(*first);
    taken.extend(reserved);
    Err(BindError::PortTaken { ports: taken, holder })
}

fn any_port(host: Host) -> Result<Bound, BindError> {
    for _ in 0..TRIES {
        if let Some(bound) = bind_port(host, 0)? {
            return Ok(bound);
        }
    }
    Err(BindError::Io(io::ErrorKind::AddrInUse.into()))
}

/// `None` when somebody else has the port, in either family that matters.
fn bind_port(host: Host, port: u16) -> Result<Option<Bound>, BindError> {
    let mut sockets = Vec::new();
    let mut port = port;
    let mut absent = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for (ip, literal) in
        [(IpAddr::V4(Ipv4Addr::LOCALHOST), "127.0.0.1"), (IpAddr::V6(Ipv6Addr::LOCALHOST), "[::1]")]
    {
        match listen(ip, port).map_err(BindError::Io)? {
            Listen::Ours(socket, bound) => {
                sockets.push(socket);
                port = bound;
                if host == Host::Ipv4 {
                    return Ok(Some(Bound { sockets, host: literal, port }));
                }
            }
            Listen::Taken => return Ok(None),
            Listen::Absent(error) => absent = error,
        }
    }
    if sockets.is_empty() {
        return Err(BindError::NoLoopback(absent));
    }
    Ok(Some(Bound { sockets, host: "localhost", port }))
}

enum Listen {
    Ours(TcpListener, u16),
    Taken,
    /// This machine has no such address.
    Absent(io::Error),
}

fn listen(ip: IpAddr, port: u16) -> io::Result<Listen> {
    let opened = || {
        let socket = if ip.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        // A registered port is still in TIME_WAIT when a person signs in twice within a minute. On Linux this option
        // only waives that: two listeners stay impossible. Elsewhere it would let one process steal from another.
        #[cfg(target_os = "linux")]
        socket.set_reuseaddr(port != 0)?;
        socket.bind(SocketAddr::new(ip, port))?;
        // A free port that is registered now is a registered port the next time.
        #[cfg(target_os = "linux")]
        socket.set_reuseaddr(true)?;
        let listener = socket.listen(BACKLOG)?;
        let bound = listener.local_addr()?.port();
        Ok(Listen::Ours(listener, bound))
    };
    opened().or_else(unbound)
}

/// Why nobody listens: another program, a machine without such addresses, or trouble.
fn unbound(error: io::Error) -> io::Result<Listen> {
    match error.kind() {
        io::ErrorKind::AddrInUse => Ok(Listen::Taken),
        io::ErrorKind::AddrNotAvailable => Ok(Listen::Absent(error)),
        _ if error.raw_os_error() == Some(NO_SUCH_FAMILY) => Ok(Listen::Absent(error)),
        _ => Err(error),
    }
}

/// EAFNOSUPPORT, which the standard library has no name for.
const NO_SUCH_FAMILY: i32 = if cfg!(windows) {
    10047
} else if cfg!(target_os = "linux") {
    97
} else {
    47
};

fn reserved(ports: &[u16]) -> String {
    let list = ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    let what = if ports.len() == 1 { "port" } else { "ports" };
    format!("{what} {list}: the system keeps it for itself and lets no program of yours listen there")
}

fn taken(ports: &[u16], holder: Option<&str>) -> String {
    let list = ports.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
    match (ports.len(), holder) {
        (1, Some(holder)) => format!("port {list} is taken by {holder}"),
        (1, None) => format!("port {list} is taken by another program"),
        (_, Some(holder)) => format!("ports {list} are all taken, the first by {holder}"),
        (_, None) => format!("ports {list} are all taken by other programs"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_without_an_address_is_no_trouble() {
        let of = |error: io::Error| unbound(error).ok();
        assert!(matches!(of(io::ErrorKind::AddrInUse.into()), Some(Listen::Taken)));
        assert!(matches!(of(io::ErrorKind::AddrNotAvailable.into()), Some(Listen::Absent(_))));
        assert!(matches!(of(io::Error::from_raw_os_error(NO_SUCH_FAMILY)), Some(Listen::Absent(_))));
        assert!(of(io::ErrorKind::PermissionDenied.into()).is_none());
    }
}
