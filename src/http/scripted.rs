//! A server for tests: it gives its answers one after the other and keeps what it was asked. After the last one nobody
//! listens any more.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use url::Url;

use super::{Client, Limits};

/// Far above what any test takes.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Scripted {
    pub(crate) base: Url,
    asked: Arc<Mutex<Vec<Asked>>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    /// `POST /token?a=b`
    pub(crate) line: String,
    /// By name in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// An answer with further header lines, each with its line break.
pub(crate) fn reply_with(status: u16, lines: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n{lines}\r\n{body}")
}

pub(crate) fn reply(status: u16, body: &str) -> String {
    reply_with(status, "content-type: application/json\r\n", body)
}

impl Scripted {
    pub(crate) fn new<T: Into<String>>(answers: impl IntoIterator<Item = T>) -> Scripted {
        let answers: Vec<String> = answers.into_iter().map(Into::into).collect();
        let mut answers = answers.into_iter();
        Scripted::answering(answers.len(), move || answers.next().unwrap_or_default())
    }

    /// `answer` is called when a request has come; what it does is done before the answer.
    pub(crate) fn answering(times: usize, mut answer: impl FnMut() -> String + Send + 'static) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        std::thread::spawn(move || {
            for _ in 0..times {
                let Ok((stream, _)) = listener.accept() else { return };
                if let Some(heard) = hear(&stream) {
                    log.lock().unwrap().push(heard);
                }
                let _ = (&stream).write_all(answer().as_bytes());
            }
        });
        Scripted { base, asked }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        self.base.join(path).unwrap()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The one request that came.
    pub(crate) fn only(&self) -> Asked {
        let mut asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked.remove(0)
    }
}

impl Asked {
    pub(crate) fn form(&self) -> BTreeMap<String, String> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

fn hear(stream: &TcpStream) -> Option<Asked> {
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut reading = BufReader::new(stream);
    let mut first = String::new();
    reading.read_line(&mut first).ok()?;
    let mut heard = Asked { line: first.rsplit_once(' ')?.0.to_owned(), ..Asked::default() };
    loop {
        let mut line = String::new();
        reading.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        heard.headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = heard.header("content-length").parse().unwrap_or(0);
    let mut body = vec![0; length];
    reading.read_exact(&mut body).ok()?;
    heard.body = String::from_utf8(body).ok()?;
    Some(heard)
}

/// Tries a request twice where that is safe.
pub(crate) fn client() -> Client {
    Client::new(Limits { connect: PATIENCE, deadline: PATIENCE, tries: 2, body: 1 << 20 })
}

pub(crate) fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(PATIENCE * 2, test).await.unwrap() })
}
