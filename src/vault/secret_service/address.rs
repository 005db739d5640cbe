//! Where the session bus may be, and a connection to the first place that takes one.

use std::ffi::OsString;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::sys::socket::{AddressFamily, SockFlag, SockType, UnixAddr, connect, socket};

use super::KeychainError;
use super::deadline::Deadline;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    Path(PathBuf),
    Abstract(Vec<u8>),
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Path(path) => write!(f, "unix:path={}", path.to_string_lossy().escape_debug()),
            Self::Abstract(name) => write!(f, "unix:abstract={}", name.escape_ascii()),
        }
    }
}

/// An address that was given is the only one: falling back from it could reach another keychain than the one meant.
/// Without one (cron has no environment) the bus is where the login manager puts it.
pub(super) fn candidates(given: Option<&str>, runtime_dir: Option<&Path>) -> Vec<Address> {
    if let Some(given) = given.filter(|given| !given.is_empty()) {
        return parse(given);
    }
    let mut places = Vec::new();
    if let Some(dir) = runtime_dir.filter(|dir| dir.is_absolute()) {
        places.push(Address::Path(dir.join("bus")));
    }
    let usual = Address::Path(PathBuf::from(format!("/run/user/{}/bus", nix::unistd::getuid())));
    if !places.contains(&usual) {
        places.push(usual);
    }
    places
}

/// `unix:path=…` and `unix:abstract=…`, several separated by `;`. Other transports cannot carry a local keychain.
fn parse(list: &str) -> Vec<Address> {
    let local = list.split(';').filter_map(|entry| entry.trim().strip_prefix("unix:"));
    local
        .filter_map(|keys| {
            keys.split(',').find_map(|pair| match pair.split_once('=')? {
                ("path", value) => Some(Address::Path(OsString::from_vec(unescape(value)?).into())),
                ("abstract", value) => Some(Address::Abstract(unescape(value)?)),
                _ => None,
            })
        })
        .collect()
}

fn unescape(value: &str) -> Option<Vec<u8>> {
    let mut bytes = value.bytes();
    let mut plain = Vec::with_capacity(value.len());
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'%' => {
                let mut digit = || (bytes.next()? as char).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            other => other,
        });
    }
    Some(plain)
}

pub(super) fn connect_first(
    given: Option<&str>,
    places: &[Address],
    deadline: Deadline,
) -> Result<UnixStream, KeychainError> {
    let mut tried = Vec::new();
    for place in places {
        match connect_one(place, deadline)? {
            Ok(stream) => return Ok(stream),
            // A listener with a full queue: it is there, but does not serve anybody.
            Err(Errno::EAGAIN) => return Err(deadline.passed()),
            Err(errno) => tried.push(format!("{place} ({})", errno.desc())),
        }
    }
    if tried.is_empty() {
        tried.push(format!("{} (not a local address)", given.unwrap_or_default().escape_debug()));
    }
    Err(KeychainError::NoBus { tried: tried.join(", ") })
}

/// The standard library cannot put a time limit on this connect, and a stopped bus with a full queue would hold it for ever.
fn connect_one(place: &Address, deadline: Deadline) -> Result<Result<UnixStream, Errno>, KeychainError> {
    let address = match place {
        Address::Path(path) => UnixAddr::new(path.as_path()),
        Address::Abstract(name) => UnixAddr::new_abstract(name),
    };
    let made = address.and_then(|address| {
        let fd = socket(AddressFamily::Unix, SockType::Stream, SockFlag::SOCK_CLOEXEC, None)?;
        Ok((address, UnixStream::from(fd)))
    });
    let (address, stream) = match made {
        Ok(made) => made,
        Err(errno) => return Ok(Err(errno)),
    };
    loop {
        if stream.set_write_timeout(Some(deadline.left()?)).is_err() {
            return Ok(Err(Errno::EINVAL));
        }
        match connect(stream.as_raw_fd(), &address) {
            Ok(()) => return Ok(Ok(stream)),
            Err(Errno::EINTR) => {}
            Err(errno) => return Ok(Err(errno)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Address {
        Address::Path(PathBuf::from(text))
    }

    #[test]
    fn reads_every_local_form() {
        assert_eq!(parse("unix:path=/run/user/1000/bus"), [path("/run/user/1000/bus")]);
        assert_eq!(parse("unix:path=/tmp/bus,guid=0123456789abcdef"), [path("/tmp/bus")]);
        assert_eq!(parse("unix:guid=01,path=/tmp/a%20b%2Cc"), [path("/tmp/a b,c")]);
        assert_eq!(parse("unix:abstract=/tmp/dbus-x,guid=1"), [Address::Abstract(b"/tmp/dbus-x".to_vec())]);
        assert_eq!(
            parse("tcp:host=localhost,port=1;unix:path=/one;unix:abstract=two"),
            [path("/one"), Address::Abstract(b"two".to_vec())]
        );
    }

    #[test]
    fn ignores_what_it_cannot_reach() {
        for useless in
            ["", "disabled:", "autolaunch:", "unix:", "unix:runtime=yes", "unix:path=/a%2", "unix:path=/a%zz"]
        {
            assert_eq!(parse(useless), [], "{useless}");
        }
    }

    #[test]
    fn falls_back_only_without_an_address() {
        let usual = path(&format!("/run/user/{}/bus", nix::unistd::getuid()));
        assert_eq!(candidates(None, None), vec![usual.clone()]);
        assert_eq!(candidates(Some(""), Some(Path::new("/x"))), [path("/x/bus"), usual]);
        assert_eq!(candidates(Some("unix:path=/given"), Some(Path::new("/x"))), [path("/given")]);
        assert_eq!(candidates(Some("disabled:"), Some(Path::new("/x"))), []);
    }
}
