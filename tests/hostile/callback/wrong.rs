//! A small listener that is right in everything but one thing, as others have been wrong.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::attacks::Place;
use super::battery::Listener;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    FirstRequestWins,
    NoState,
    StateByPrefix,
    LastStateCounts,
    ErrorNeedsNoState,
    ReflectsTheError,
    AnyHost,
    AnyMethod,
    AnyPath,
    AnyFetch,
    AllowsOrigins,
    DiesOfGarbage,
}

impl Flaw {
    pub(super) const ALL: [Flaw; 12] = [
        Flaw::FirstRequestWins,
        Flaw::NoState,
        Flaw::StateByPrefix,
        Flaw::LastStateCounts,
        Flaw::ErrorNeedsNoState,
        Flaw::ReflectsTheError,
        Flaw::AnyHost,
        Flaw::AnyMethod,
        Flaw::AnyPath,
        Flaw::AnyFetch,
        Flaw::AllowsOrigins,
        Flaw::DiesOfGarbage,
    ];
}

pub(super) struct Wrong {
    place: Place,
    ended: Arc<AtomicBool>,
}

impl Wrong {
    pub(super) fn start(flaw: Option<Flaw>) -> Wrong {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let place = Place { host, path: "/callback".into(), state: "bq3oJxE5mUu0Zt9kC7wYRA".into() };
        let ended = Arc::new(AtomicBool::new(false));
        let (own, over) = (place.clone(), Arc::clone(&ended));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                serve(stream, &own, flaw, &over);
            }
        });
        Wrong { place, ended }
    }
}

impl Listener for Wrong {
    fn place(&self) -> Place {
        self.place.clone()
    }

    fn has_ended(&mut self) -> Option<String> {
        self.ended.load(Ordering::SeqCst).then(|| "it was content".to_owned())
    }
}

impl Drop for Wrong {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(&self.place.host);
    }
}

fn serve(mut stream: TcpStream, place: &Place, flaw: Option<Flaw>, ended: &AtomicBool) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(1)));
    let mut head = Vec::new();
    let mut chunk = [0_u8; 4096];
    while head.len() < 16 << 10 && !head.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut chunk) {
            Ok(read @ 1..) => head.extend_from_slice(&chunk[..read]),
            _ => break,
        }
    }
    let text = std::str::from_utf8(&head).ok();
    let verdict = text.and_then(|text| judge(text, place, flaw));
    let is = |wrong: Flaw| flaw == Some(wrong);
    let over = verdict == Some(true)
        || is(Flaw::FirstRequestWins) && text.is_some_and(|text| text.contains("code="))
        || is(Flaw::DiesOfGarbage) && text.is_none();
    let allow = if is(Flaw::AllowsOrigins) { "Access-Control-Allow-Origin: *\r\n" } else { "" };
    let line = if over { "200 OK" } else { "400 Bad Request" };
    let said =
        url::Url::parse("http://x").unwrap().join(text.and_then(|t| t.split(' ').nth(1)).unwrap_or("/"));
    let words = said.ok().and_then(|url| {
        url.query_pairs().find(|(key, _)| key == "error_description").map(|(_, v)| v.into_owned())
    });
    let body = words.filter(|_| is(Flaw::ReflectsTheError)).unwrap_or_default();
    let answer = format!(
        "HTTP/1.1 {line}\r\nConnection: close\r\nContent-Length: {}\r\n{allow}\r\n{body}",
        body.len()
    );
    // Before it is told: who hears the answer finds that it is so.
    ended.fetch_or(over, Ordering::SeqCst);
    let _ = stream.write_all(answer.as_bytes());
    let _ = stream.shutdown(Shutdown::Write);
    while matches!(stream.read(&mut chunk), Ok(read) if read > 0) {}
}

/// `None`: no request. `Some(true)`: the one answer of the authorization server.
fn judge(text: &str, place: &Place, flaw: Option<Flaw>) -> Option<bool> {
    let is = |wrong: Flaw| flaw == Some(wrong);
    let head = text.split_once("\r\n\r\n")?.0;
    let mut lines = head.split("\r\n");
    let words: Vec<&str> = lines.next()?.split(' ').collect();
    let [method, target, "HTTP/1.1" | "HTTP/1.0"] = words.as_slice() else { return None };
    let headers: Vec<(String, &str)> = lines
        .map(|line| line.split_once(':').filter(|(name, _)| !name.contains(' ')))
        .map(|header| header.map(|(name, value)| (name.to_lowercase(), value.trim())))
        .collect::<Option<_>>()?;
    let all = |name: &str| {
        headers.iter().filter(|(own, _)| own == name).map(|(_, value)| *value).collect::<Vec<_>>()
    };
    let has = |names: &[&str]| headers.iter().any(|(own, _)| names.contains(&own.as_str()));
    let (path, query) = target.split_once('?')?;
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let of =
        |name: &str| pairs.iter().filter(|(key, _)| key == name).map(|(_, v)| v.as_str()).collect::<Vec<_>>();
    let sound = (is(Flaw::AnyHost) || all("host") == [place.host.as_str()])
        && (is(Flaw::AnyMethod) || *method == "GET")
        && (is(Flaw::AnyPath) || path == place.path)
        && (is(Flaw::AnyFetch)
            || !has(&["sec-fetch-dest", "sec-fetch-mode", "sec-purpose", "purpose", "x-purpose", "x-moz"]))
        && !has(&["transfer-encoding"])
        && all("content-length").iter().all(|length| *length == "0")
        && headers.len() < 100
        && !target.contains('#');
    let (states, codes, errors) = (of("state"), of("code"), of("error"));
    let states_are_right = match flaw {
        Some(Flaw::NoState) => true,
        Some(Flaw::StateByPrefix) => {
            states.first().is_some_and(|state| place.state.starts_with(state) && !state.is_empty())
        }
        Some(Flaw::LastStateCounts) => states.last() == Some(&place.state.as_str()),
        Some(Flaw::ErrorNeedsNoState) if !errors.is_empty() => true,
        _ => states == [place.state.as_str()],
    };
    let usable = |code: &&str| {
        !code.is_empty() && code.len() < 4096 && code.bytes().all(|b| b.is_ascii_graphic() && b != b'%')
    };
    let answers = (codes.len() == 1 && errors.is_empty() && codes.iter().all(usable))
        || (errors.len() == 1 && codes.is_empty());
    Some(sound && states_are_right && answers)
}
