//! HTTP/1.1 with connections that stay, as a provider's are.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Asked, Dialect, Fault, Inner, google, microsoft};

pub(super) fn listen(listener: TcpListener, inner: Arc<Inner>) {
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if inner.stop.load(Ordering::SeqCst) {
                break;
            }
            let inner = Arc::clone(&inner);
            thread::spawn(move || drop(serve(&stream, &inner)));
        }
    });
}

fn serve(stream: &TcpStream, inner: &Inner) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    while let Some(asked) = read(&mut reader)? {
        if inner.stop.load(Ordering::SeqCst) || !answer(stream, inner, asked)? {
            break;
        }
    }
    Ok(())
}

fn read(reader: &mut impl BufRead) -> std::io::Result<Option<Asked>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(':') {
            Some((name, value)) => headers.push((name.trim().to_owned(), value.trim().to_owned())),
            None => break,
        }
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    Ok(Some(Asked { path: path.to_owned(), query: crate::evil::wire::form(query.as_bytes()), headers }))
}

/// Whether the connection stays.
fn answer(stream: &TcpStream, inner: &Inner, asked: Asked) -> std::io::Result<bool> {
    let is_list = asked.path.ends_with("/calendarList") || asked.path.ends_with("/me/calendars");
    let fault = {
        let mut state = inner.lock();
        state.asked.push(asked.clone());
        state.at_once += 1;
        state.most_at_once = state.most_at_once.max(state.at_once);
        if is_list { Fault::Fine } else { state.next_fault() }
    };
    if let Fault::Late(pause) = fault {
        thread::sleep(pause);
    }
    let kept = respond(stream, inner, &asked, fault);
    inner.lock().at_once -= 1;
    kept
}

fn respond(stream: &TcpStream, inner: &Inner, asked: &Asked, fault: Fault) -> std::io::Result<bool> {
    let token = asked.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let good = token.is_some_and(|token| inner.evil.lock().grants.is_live(token));
    let (status, headers, body): (u16, Vec<(&str, String)>, String) = match fault {
        Fault::Drop => return Ok(false),
        Fault::Unauthorized => {
            inner.evil.lock().grants.live.retain(|live| Some(live.as_str()) != token);
            (401, vec![], google::error(401, "authError", "Invalid Credentials").1.to_string())
        }
        _ if !good => (401, vec![], google::error(401, "authError", "Invalid Credentials").1.to_string()),
        Fault::Status(status) => (status, vec![], json!({"error": {"message": "no"}}).to_string()),
        Fault::Limited(seconds) => {
            let body = google::error(429, "rateLimitExceeded", "Rate Limit Exceeded").1;
            (429, vec![("Retry-After", seconds.to_string())], body.to_string())
        }
        Fault::Forbidden(reason) => (403, vec![], google::error(403, reason, "Forbidden").1.to_string()),
        Fault::Says(body) => (200, vec![], body),
        other => {
            let (status, body) = route(inner, asked, &other);
            let body = body.to_string();
            if other == Fault::Cut {
                let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n", body.len());
                let mut stream = stream;
                stream.write_all(head.as_bytes())?;
                stream.write_all(&body.as_bytes()[..body.len() / 2])?;
                return Ok(false);
            }
            (status, vec![], body)
        }
    };
    let mut head = format!(
        "HTTP/1.1 {status} X\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body.as_bytes());
    let mut stream = stream;
    stream.write_all(&bytes)?;
    Ok(true)
}

fn route(inner: &Inner, asked: &Asked, fault: &Fault) -> (u16, Value) {
    let mut state = inner.lock();
    match inner.dialect {
        Dialect::Google => google::answer(&mut state, asked, fault),
        Dialect::Microsoft => microsoft::answer(&mut state, asked, fault, &inner.base),
    }
}
