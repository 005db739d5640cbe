//! The person's browser: opens the authorization URL, follows where it is sent, and says what it saw last.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::thread;
use std::time::Duration;

#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }
}

/// Every page seen after the provider's own, in order.
pub(crate) fn visit(address: &str) -> Vec<Page> {
    let mut seen = Vec::new();
    let first = fetch("GET", address, "");
    if first.header("content-type") == Some("application/x-visits") {
        for line in first.body.lines() {
            seen.extend(follow(line));
        }
    } else if let Some(next) = first.header("location") {
        seen.extend(follow(&format!("GET {next}")));
    } else {
        seen.push(first);
    }
    seen
}

fn follow(line: &str) -> Vec<Page> {
    let mut words = line.splitn(3, ' ');
    let (method, address) = (words.next().unwrap_or_default(), words.next().unwrap_or_default().to_owned());
    match method {
        "TOUCH" => {
            let _ = TcpStream::connect(authority(&address));
            Vec::new()
        }
        "BOTH" => {
            let twin = address.clone();
            let second = thread::spawn(move || fetch("GET", &twin, ""));
            let first = fetch("GET", &address, "");
            vec![first, second.join().unwrap_or_default()]
        }
        _ => vec![fetch(method, &address, words.next().unwrap_or_default())],
    }
}

fn authority(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned()
}

pub(crate) fn fetch(method: &str, address: &str, body: &str) -> Page {
    let host = authority(address);
    let target =
        address.split_once(&host).map_or("/", |(_, target)| target).split('#').next().unwrap_or_default();
    let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    if !body.is_empty() {
        head +=
            &format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n", body.len());
    }
    send(&host, format!("{head}\r\n{body}").as_bytes())
}

/// Raw bytes to a loopback address; an empty page when the connection was closed without a word.
pub(crate) fn send(host: &str, bytes: &[u8]) -> Page {
    exchange(host, bytes, false)
}

/// The same; what is no whole request is followed by an end, so that nobody has to wait for more of it.
pub(crate) fn send_and_end(host: &str, bytes: &[u8]) -> Page {
    exchange(host, bytes, !bytes.windows(4).any(|w| w == b"\r\n\r\n"))
}

fn exchange(host: &str, bytes: &[u8], ends: bool) -> Page {
    let Some(mut stream) = connect(host) else { return Page::default() };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(45)));
    let _ = stream.set_write_timeout(Some(Duration::from_secs(20)));
    let _ = stream.write_all(bytes);
    if ends {
        let _ = stream.shutdown(std::net::Shutdown::Write);
    }
    let mut answer = Vec::new();
    let mut chunk = [0_u8; 16 * 1024];
    while let Ok(read @ 1..) = stream.read(&mut chunk) {
        answer.extend_from_slice(&chunk[..read]);
    }
    let text = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|word| word.parse().ok()).unwrap_or(0);
    Page { status, head: head.to_owned(), body: body.to_owned() }
}

pub(crate) fn connect(host: &str) -> Option<TcpStream> {
    host.to_socket_addrs()
        .ok()?
        .find_map(|address| TcpStream::connect_timeout(&address, Duration::from_secs(5)).ok())
}
