//! One HTTP request to a loopback server, with the standard library only.
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

pub(crate) fn get(url: &str) -> io::Result<Answer> {
    request("GET", url, "", &[])
}

pub(crate) fn post(url: &str, body: &str) -> io::Result<Answer> {
    request("POST", url, body, &[("content-type", "application/json")])
}

pub(crate) fn request(method: &str, url: &str, body: &str, headers: &[(&str, &str)]) -> io::Result<Answer> {
    let rest = url.strip_prefix("http://").ok_or(io::ErrorKind::InvalidInput)?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut lines = format!("{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
    for (name, value) in headers {
        lines += &format!("{name}: {value}\r\n");
    }
    lines += &format!("content-length: {}\r\n\r\n{body}", body.len());
    raw(host, lines.as_bytes())
}

/// Sends bytes as they are: a listener must survive whatever they say.
pub(crate) fn raw(host: &str, bytes: &[u8]) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(bytes)?;
    let mut all = Vec::new();
    stream.read_to_end(&mut all)?;
    let text = String::from_utf8_lossy(&all).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    let status =
        head.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
    let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    let body = if chunked { unchunk(body) } else { body.to_owned() };
    Ok(Answer { status, head: head.to_owned(), body })
}

fn unchunk(mut rest: &str) -> String {
    let mut all = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let Some(part) = after.get(..size) else { break };
        if size == 0 {
            break;
        }
        all += part;
        rest = after.get(size + 2..).unwrap_or("");
    }
    all
}
