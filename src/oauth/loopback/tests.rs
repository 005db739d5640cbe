//! The real listener against raw sockets.

mod attacks;
mod crowds;
mod mutations;
mod ports;
mod reading;
mod replies;

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

const STATE: &str = "kZ4x_Qb-7Yt2mWJd0aRsUeVhLc9pNoXgFi3TlBMqE5w";
const CODE: &str = "4/0AeanS0b-the.code_of~this+sign";

fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // A guard against hanging for ever, far above what any test takes.
    runtime.block_on(async { tokio::time::timeout(Duration::from_secs(60), test).await.unwrap() })
}

fn any_port() -> [Want; 1] {
    [Want { host: Host::Ipv4, port: None, path: "/callback".into() }]
}

fn connected() -> Page {
    let details = vec![("Account".into(), "ada@example.com".into())];
    Page { ok: true, title: "Notion is connected".into(), message: String::new(), details, next: None }
}

/// What a browser sends when the provider sends it back.
fn browser(port: u16, target: &str) -> String {
    format!(
        "GET {target} HTTP/1.1\r\n\
         Host: 127.0.0.1:{port}\r\n\
         Connection: keep-alive\r\n\
         Upgrade-Insecure-Requests: 1\r\n\
         User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n\
         Accept: text/html,*/*;q=0.8\r\n\
         Sec-Fetch-Site: cross-site\r\n\
         Sec-Fetch-Mode: navigate\r\n\
         Sec-Fetch-User: ?1\r\n\
         Sec-Fetch-Dest: document\r\n\
         \r\n"
    )
}

fn true_target() -> String {
    format!(
        "/callback?code={}&state={STATE}&iss=https%3A%2F%2Fas.example",
        CODE.replace('+', "%2B").replace('/', "%2F")
    )
}

/// Sends the bytes and the end of the stream, returns all that comes back; a reset ends it too.
async fn ask(port: u16, request: impl AsRef<[u8]>) -> String {
    let (mut reading, mut writing) = TcpStream::connect(("127.0.0.1", port)).await.unwrap().into_split();
    let write = async {
        let _ = writing.write_all(request.as_ref()).await;
        let _ = writing.shutdown().await;
    };
    let mut answer = Vec::new();
    let read = async {
        let mut chunk = [0; 4096];
        while let Ok(count @ 1..) = reading.read(&mut chunk).await {
            answer.extend_from_slice(&chunk[..count]);
        }
    };
    tokio::join!(write, read);
    String::from_utf8(answer).unwrap()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
}

/// Everything in `knocks` happens while the sign-in waits, and it still waits afterwards.
async fn still_waiting<T>(listener: &mut Loopback, knocks: impl Future<Output = T>) -> T {
    tokio::select! {
        biased;
        _ = listener.wait(STATE) => panic!("the sign-in was ended by a request that is not the answer"),
        outcome = knocks => outcome,
    }
}

/// The true answer, with the true page in the browser.
async fn completes(listener: &mut Loopback) {
    let port = listener.port();
    let terminal = async {
        let callback = listener.wait(STATE).await;
        assert!(matches!(&callback.answer, Answer::Code(code) if code.expose() == CODE));
        assert_eq!(callback.iss, ["https://as.example"]);
        callback.reply(connected()).await;
    };
    let (answer, ()) = tokio::join!(ask(port, browser(port, &true_target())), terminal);
    assert!(
        answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("<h1>Notion is connected</h1>"),
        "{answer}"
    );
}
