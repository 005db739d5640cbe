//! The wire: requests are read and answers written as raw bytes, because most faults cannot be said through an
//! HTTP library.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// What was asked, as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) at: Instant,
    pub(crate) endpoint: &'static str,
    /// The mode that answered it.
    pub(crate) mode: String,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A field of the body, form or JSON.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        if let Ok(Value::Object(map)) = serde_json::from_slice::<Value>(&self.body) {
            return map.get(name).and_then(Value::as_str).map(str::to_owned);
        }
        form(&self.body).into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub(crate) fn bearer(&self) -> Option<&str> {
        self.header("authorization").and_then(|value| value.strip_prefix("Bearer "))
    }
}

pub(crate) fn form(bytes: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(bytes).into_owned().collect()
}

/// How the bytes go out.
#[derive(Clone)]
pub(crate) enum Answer {
    Bytes(Vec<u8>),
    /// The head at once, the rest one byte at a time.
    Drip(Vec<u8>, Vec<u8>),
    /// The head, then the chunk again and again, until the client leaves or this many bytes went out.
    Flood(Vec<u8>, Vec<u8>, usize),
    /// Nothing, until the client leaves.
    Hang,
    Close,
    /// Closed with unread bytes, so that the system sends a reset.
    Reset,
}

pub(crate) fn http(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Answer {
    let body = body.as_ref();
    let mut out = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        out.push_str(&format!("{name}: {value}\r\n"));
    }
    out.push_str("\r\n");
    let mut out = out.into_bytes();
    out.extend_from_slice(body);
    Answer::Bytes(out)
}

pub(crate) const JSON: (&str, &str) = ("Content-Type", "application/json");

pub(crate) fn json(status: &str, value: &Value) -> Answer {
    http(status, &[JSON, ("Cache-Control", "no-store")], value.to_string())
}

/// Reads one request without taking it from the socket: what stays unread makes a reset possible.
pub(crate) fn read(stream: &TcpStream, stop: &AtomicBool) -> Option<Request> {
    let started = Instant::now();
    let mut buffer = vec![0_u8; 256 * 1024];
    loop {
        let seen = stream.peek(&mut buffer).ok()?;
        if let Some(request) = parse(&buffer[..seen]) {
            return Some(request);
        }
        if seen == 0 || started.elapsed() > Duration::from_secs(20) || stop.load(Ordering::SeqCst) {
            return None;
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn parse(bytes: &[u8]) -> Option<Request> {
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|l| l.split_once(':'))
        .map(|(k, v)| (k.trim().to_owned(), v.trim().to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.parse::<usize>().ok())
        .unwrap_or(0);
    let body = bytes.get(end + 4..end + 4 + length)?.to_vec();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    Some(Request {
        at: Instant::now(),
        endpoint: "",
        mode: String::new(),
        method,
        path: path.to_owned(),
        query: form(query.as_bytes()),
        headers,
        body,
    })
}

/// Writes the answer; errors mean that the client left, which is its right.
pub(crate) fn write(mut stream: TcpStream, answer: Answer, stop: &AtomicBool) {
    if matches!(answer, Answer::Reset) {
        return;
    }
    let mut taken = vec![0_u8; 256 * 1024];
    let _ = stream.read(&mut taken);
    let _ = match answer {
        Answer::Bytes(bytes) => stream.write_all(&bytes),
        Answer::Drip(head, rest) => drip(&mut stream, &head, &rest, stop),
        Answer::Flood(head, chunk, limit) => flood(&mut stream, &head, &chunk, limit),
        Answer::Hang => hang(&mut stream, stop),
        Answer::Close | Answer::Reset => Ok(()),
    };
    let _ = stream.flush();
    let _ = stream.shutdown(std::net::Shutdown::Write);
    // Closing with unread input would send a reset and might eat the answer.
    let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
    while matches!(stream.read(&mut taken), Ok(n) if n > 0) {}
}

fn drip(stream: &mut TcpStream, head: &[u8], rest: &[u8], stop: &AtomicBool) -> io::Result<()> {
    stream.write_all(head)?;
    for byte in rest {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        stream.write_all(&[*byte])?;
        thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

fn flood(stream: &mut TcpStream, head: &[u8], chunk: &[u8], limit: usize) -> io::Result<()> {
    stream.set_write_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(head)?;
    let mut sent = 0;
    while sent < limit {
        stream.write_all(chunk)?;
        sent += chunk.len();
    }
    Ok(())
}

fn hang(stream: &mut TcpStream, stop: &AtomicBool) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_millis(50)))?;
    let mut byte = [0_u8; 1];
    while !stop.load(Ordering::SeqCst) {
        match stream.read(&mut byte) {
            Ok(0) => break,
            Err(error) if !matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                break;
            }
            _ => {}
        }
    }
    Ok(())
}
