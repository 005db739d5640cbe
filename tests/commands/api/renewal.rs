//! A token that the API refuses is renewed, once for everybody who meets it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::desk::{Answer, Asked, Desk, answer};
use crate::seal::{Ended, Home};

/// A provider that rotates: each refresh gives the tokens of the next generation.
fn rotating(
    refreshes: &'static AtomicUsize,
    api: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static,
) -> Desk {
    Desk::open(move |asked| {
        let tokens = |n: usize| {
            let body = json!({"access_token": format!("access-{n}"), "refresh_token": format!("refresh-{n}"),
                "token_type": "Bearer", "expires_in": 3600});
            answer(200, body.to_string()).with("content-type", "application/json")
        };
        if asked.is("POST", "/token") {
            if asked.body.contains("authorization_code") {
                return tokens(0);
            }
            let n = refreshes.load(Ordering::SeqCst);
            return match asked.body.contains(&format!("refresh-{n}")) {
                true => tokens(refreshes.fetch_add(1, Ordering::SeqCst) + 1),
                false => answer(400, "{\"error\":\"invalid_grant\"}"),
            };
        }
        api(asked, refreshes.load(Ordering::SeqCst))
    })
}

/// Signs in as a browser would: asks the redirect URI with a code.
fn signed_in(desk: &Desk) -> Home {
    let home = Home::new();
    let url = &desk.url;
    home.provider(
        "r",
        &format!(
            "title = \"R\"\napi-url = \"{url}\"\nauthorize-url = \"{url}/authorize\"\ntoken-url = \"{url}/token\"\n\
             client-id = \"c\"\nclient-auth = \"none\"\nrefresh = \"rotating\"\n"
        ),
    );
    let mut command = home.command(&["connect", "r", "--no-browser", "--json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let event: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    let address: url::Url = event["url"].as_str().unwrap().parse().unwrap();
    let state = address.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let back: url::Url = event["redirect_uri"].as_str().unwrap().parse().unwrap();
    let authority = format!("127.0.0.1:{}", back.port().unwrap());
    let mut stream = TcpStream::connect(&authority).unwrap();
    write!(stream, "GET {}?code=c&state={state} HTTP/1.1\r\nHost: {authority}\r\n\r\n", back.path()).unwrap();
    let mut page = String::new();
    let _ = stream.read_to_string(&mut page);
    assert!(child.wait().unwrap().success(), "{page}");
    home
}

#[test]
fn a_refused_token_is_renewed_once_and_the_call_sent_again() {
    static REFRESHES: AtomicUsize = AtomicUsize::new(0);
    let desk = rotating(&REFRESHES, |asked, n| match asked.target.as_str() {
        "/never" => answer(401, "{\"no\":1}"),
        _ if asked.header("authorization") == Some(&format!("Bearer access-{n}")) && n > 0 => {
            answer(200, "{\"yes\":1}")
        }
        _ => answer(401, "{\"no\":1}"),
    });
    let home = signed_in(&desk);
    assert_eq!(home.run(&["api", "r", "/me", "-f", "a=1"]).expect(0).stdout, "{\"yes\":1}");
    assert_eq!((desk.count("POST", "/me"), REFRESHES.load(Ordering::SeqCst)), (2, 1));
    let ended = home.run(&["api", "r", "/never"]).expect(3);
    assert_eq!(ended.stdout, "{\"no\":1}");
    assert!(ended.stderr.contains("integ connect r"), "{}", ended.stderr);
    assert_eq!((desk.count("GET", "/never"), REFRESHES.load(Ordering::SeqCst)), (2, 2));
    home.run(&["api", "r", "http://127.0.0.1:1/"]).expect(6);
    assert_eq!(REFRESHES.load(Ordering::SeqCst), 2);
}

#[test]
fn many_that_meet_a_refused_token_renew_it_once() {
    static REFRESHES: AtomicUsize = AtomicUsize::new(0);
    let desk = rotating(&REFRESHES, |asked, n| {
        match n > 0 && asked.header("authorization") == Some(&format!("Bearer access-{n}")) {
            true => answer(200, "{}"),
            false => answer(401, "{}"),
        }
    });
    let home = signed_in(&desk);
    let running: Vec<_> = (0..8)
        .map(|_| {
            home.command(&["api", "r", "/me"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in running {
        Ended::of(child.wait_with_output().unwrap()).expect(0);
    }
    assert_eq!(REFRESHES.load(Ordering::SeqCst), 1);
}
