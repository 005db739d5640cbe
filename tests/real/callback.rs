//! The listener while a real provider's sign-in waits: strangers can neither finish nor end it.
use std::net::TcpStream;

use nix::sys::signal::Signal;

use crate::harness::{Oidc, Running, Sealed, consent, needs, raw, request};

fn unescape(text: &str) -> String {
    text.replace("%3A", ":").replace("%2F", "/")
}

/// The query parameter `name` of `url`.
fn part(url: &str, name: &str) -> String {
    let query = url.split_once('?').unwrap().1;
    unescape(query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap())
}

fn waiting(home: &Sealed) -> (Running<'_>, String, String, String) {
    let (running, url) = home.ask_to_connect(&["acme"]);
    let redirect = part(&url, "redirect_uri");
    let host = redirect.strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned();
    (running, url, redirect, host)
}

fn start() -> Option<(Oidc, Sealed)> {
    needs("callback", &["oidc-provider"]).then(|| {
        let (server, home) = (Oidc::start(&[]), Sealed::new());
        server.known_to(&home);
        (server, home)
    })
}

#[test]
fn strangers_get_4xx_and_it_still_waits() {
    let Some((server, home)) = start() else { return };
    let (running, url, redirect, host) = waiting(&home);
    let state = part(&url, "state");
    let wrong = [
        ("GET", format!("http://{host}/favicon.ico")),
        ("GET", format!("http://{host}/")),
        ("GET", format!("{redirect}/deeper?code=x&state={state}")),
        ("GET", redirect.clone()),
        ("GET", format!("{redirect}?code=stolen")),
        ("GET", format!("{redirect}?code=stolen&state=")),
        ("GET", format!("{redirect}?code=stolen&state={}", &state[1..])),
        ("GET", format!("{redirect}?code=stolen&state={state}x")),
        ("GET", format!("{redirect}?code=stolen&state=wrong&state={state}")),
        ("GET", format!("{redirect}?error=access_denied")),
        ("GET", format!("{redirect}?error=access_denied&state=wrong")),
        ("GET", format!("{redirect}?state={state}")),
        ("GET", format!("{redirect}?code=&state={state}")),
        ("POST", format!("{redirect}?code=stolen&state={state}")),
        ("PUT", format!("{redirect}?code=stolen&state={state}")),
        ("DELETE", format!("{redirect}?code=stolen&state={state}")),
        ("OPTIONS", format!("{redirect}?code=stolen&state={state}")),
    ];
    for (method, target) in &wrong {
        let answer = request(method, target, "", &[]).unwrap();
        assert!((400..500).contains(&answer.status), "{method} {target}: {}", answer.head);
        assert!(
            !answer.body.contains("stolen") && !answer.head.to_lowercase().contains("access-control-allow"),
            "{}",
            answer.head
        );
    }
    let path = redirect.strip_prefix(&format!("http://{host}")).unwrap();
    for other in ["evil.example", "127.0.0.1.evil.example", "127.0.0.1:1", ""] {
        let bytes = format!(
            "GET {path}?code=stolen&state={state} HTTP/1.1\r\nhost: {other}\r\nconnection: close\r\n\r\n"
        );
        let answer = raw(&host, bytes.as_bytes()).unwrap();
        assert!((400..500).contains(&answer.status), "host {other:?}: {}", answer.head);
    }
    for noise in [&b"\x16\x03\x01\x02\x00\x01\x00"[..], b"GET /\r\n\r\n", b"\0\0\0\0\r\n\r\n"] {
        let _ = raw(&host, noise);
    }
    let kept: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(&host).unwrap()).collect();
    assert_eq!(server.token_requests(), 0);
    assert_eq!(consent(&url, &[]).status, 200);
    running.finish().ok();
    drop(kept);
    assert!(TcpStream::connect(&host).is_err(), "the listener outlived the command");
}

#[test]
fn an_answer_from_another_issuer_is_refused_before_any_exchange() {
    let Some((server, home)) = start() else { return };
    for wrong in ["http%3A%2F%2F127.0.0.1%3A1", "", "slash"] {
        let (running, url, _, _) = waiting(&home);
        let callback = consent(&url, &["--no-deliver"]).callback.unwrap();
        let (rest, iss) = callback.split_once("&iss=").unwrap();
        let answer = match wrong {
            "" => rest.to_owned(),
            "slash" => format!("{rest}&iss={iss}%2F"),
            other => format!("{rest}&iss={other}"),
        };
        request("GET", &answer, "", &[]).unwrap();
        running.finish().exits(6);
    }
    assert_eq!(server.token_requests(), 0);
    assert_eq!(home.vault_files().len(), 0);
}

#[test]
fn the_last_page_is_strict_and_shows_no_code() {
    let Some((_server, home)) = start() else { return };
    let (running, url, _, _) = waiting(&home);
    let callback = consent(&url, &["--no-deliver"]).callback.unwrap();
    let answer = request("GET", &callback, "", &[]).unwrap();
    running.finish().ok();
    let head = answer.head.to_lowercase();
    for wanted in [
        "content-security-policy: default-src 'none'",
        "x-content-type-options: nosniff",
        "referrer-policy: no-referrer",
        "cache-control: no-store",
    ] {
        assert!(head.contains(wanted), "no {wanted}\n{head}");
    }
    assert_eq!(answer.status, 200);
    for name in ["code", "state"] {
        assert!(!answer.body.contains(&part(&callback, name)), "the page shows the {name}");
    }
}

#[test]
fn two_sign_ins_cannot_be_swapped() {
    let Some((server, home)) = start() else { return };
    let (one, first) = home.ask_to_connect(&["acme/one"]);
    let (two, second) = home.ask_to_connect(&["acme/two"]);
    let callback = consent(&first, &["--no-deliver"]).callback.unwrap();
    let query = callback.split_once('?').unwrap().1;
    let answer = request("GET", &format!("{}?{query}", part(&second, "redirect_uri")), "", &[]).unwrap();
    assert!((400..500).contains(&answer.status), "{}", answer.head);
    assert_eq!(server.token_requests(), 0);
    request("GET", &callback, "", &[]).unwrap();
    one.finish().ok();
    consent(&second, &[]);
    two.finish().ok();
}

#[test]
fn nobody_came() {
    let Some((server, home)) = start() else { return };
    let (running, url) = home.ask_to_connect(&["acme", "--timeout", "1"]);
    let host =
        part(&url, "redirect_uri").strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned();
    let out = running.finish().exits(3);
    assert_eq!(out.error(), "signin_timeout");
    assert!(TcpStream::connect(&host).is_err(), "the listener outlived the command");
    assert_eq!((server.token_requests(), home.vault_files().len()), (0, 0));
}

#[test]
fn a_signal_ends_it_and_leaves_nothing() {
    let Some((_server, home)) = start() else { return };
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143), (Signal::SIGHUP, 129)] {
        let (running, _, _, host) = waiting(&home);
        running.signal(signal);
        running.finish().exits(code);
        assert!(TcpStream::connect(&host).is_err(), "the listener outlived the command");
    }
    assert_eq!(home.vault_files().len(), 0);
}
