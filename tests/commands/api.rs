//! `integ api`: the token goes to the provider's hosts and nowhere else, and every answer has its exit code.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::desk::{Answer, Asked, Desk, answer};
use crate::seal::{Ended, Home};
use serde_json::json;

const TOKEN: &str = "CANARY-token-1f3a";

/// A home with the connection `x` to this desk.
fn connected(desk: &Desk) -> Home {
    let home = Home::new();
    let url = &desk.url;
    home.provider(
        "x",
        &format!(
            "title = \"X\"\napi-url = \"{url}\"\nok-field = \"ok\"\n[error]\ncode = \"error\"\n\
             missing-scope = [\"missing_scope\"]\nmessage = \"message\"\n"
        ),
    );
    home.paste("x", TOKEN);
    home
}

fn desk_and_home(answers: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> (Desk, Home) {
    let desk = Desk::open(answers);
    let home = connected(&desk);
    (desk, home)
}

#[test]
fn a_body_comes_as_it_was_sent() {
    let (desk, home) = desk_and_home(|_| answer(200, "{\"b\": 1,\n\"a\":\"\u{9b}\"}"));
    let ended = home.run(&["api", "x", "/v1/me?q=1", "-H", "X-Mine: yes"]).expect(0);
    assert_eq!(ended.stdout, "{\"b\": 1,\n\"a\":\"\u{9b}\"}");
    let asked = desk.last();
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("GET", "/v1/me?q=1"));
    assert_eq!(asked.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(asked.header("x-mine"), Some("yes"));
}

#[test]
fn fields_are_a_document_or_a_query() {
    let (desk, home) = desk_and_home(|_| answer(201, "{}"));
    home.run(&[
        "api",
        "x",
        "t",
        "-f",
        "title=1",
        "-F",
        "n=1",
        "-F",
        "done=false",
        "-f",
        "p[id]=z",
        "-f",
        "l[]=a",
    ])
    .expect(0);
    let asked = desk.last();
    assert!(asked.is("POST", "/t"));
    assert_eq!(asked.json(), json!({"title": "1", "p": {"id": "z"}, "l": ["a"], "n": 1, "done": false}));
    assert!(asked.header("content-type").unwrap().starts_with("application/json"));

    home.run(&["api", "x", "/t?a=0", "-X", "get", "-f", "a=1 2", "-F", "b=true"]).expect(0);
    assert_eq!(desk.last().target, "/t?a=1+2&b=true");

    home.run_with_input(&["api", "x", "/t", "-X", "PATCH", "--input", "-", "-f", "dry=1"], "{\"raw\":1}")
        .expect(0);
    let asked = desk.last();
    assert!(asked.is("PATCH", "/t") && asked.target.ends_with("?dry=1"));
    assert_eq!(asked.body, "{\"raw\":1}");

    let file = home.write("note.txt", "from a file");
    home.run(&["api", "x", "/t", "-F", &format!("note=@{}", file.display())]).expect(0);
    assert_eq!(desk.last().json(), json!({"note": "from a file"}));
}

#[test]
fn what_a_person_may_not_say_is_refused_before_anything_is_sent() {
    let (desk, home) = desk_and_home(|_| answer(200, "{}"));
    for header in [
        "Authorization: Bearer y",
        "COOKIE: a=b",
        "Host: evil.example",
        "Content-Length: 3",
        "no colon",
        "a b: c",
    ] {
        home.run(&["api", "x", "/", "-H", header]).expect(2);
    }
    home.run(&["api", "x", "/", "-X", "TRACE"]).expect(2);
    home.run(&["api", "x", "/", "-f", "novalue"]).expect(2);
    home.run(&["api", "x", "/", "-F", "a=@-", "--input", "-"]).expect(2);
    home.run(&["api", "x", "/", "--input", "/nonexistent"]).expect(2);
    home.run(&["api", "x", "/a\r\nX: y"]).expect(2);
    home.run(&["api", "y", "/"]).expect(3);
    assert!(desk.asked().is_empty());
}

#[test]
fn the_token_stays_with_the_providers_hosts() {
    let other = Desk::open(|_| answer(200, "LEAK"));
    let elsewhere = format!("{}/take", other.url);
    let (desk, home) = desk_and_home(move |asked| match asked.target.as_str() {
        "/off" => answer(302, "").with("location", &elsewhere),
        "/on" => answer(302, "").with("location", "there?x=1"),
        "/page" => answer(200, "{\"a\":1}").with("link", &format!("<{elsewhere}>; rel=\"next\"")),
        _ => answer(200, "{\"here\":1}"),
    });
    let port = other.port;
    for place in [
        format!("http://127.0.0.1:{port}/x"),
        format!("http://x@{}/", desk.url.trim_start_matches("http://")),
        "https://evil.example/".into(),
        "file:///etc/passwd".into(),
        "http://169.254.169.254/latest".into(),
    ] {
        let ended = home.run(&["api", "x", &place, "--json"]).expect(6);
        assert_eq!(ended.json()["error"]["kind"], "unsafe", "{place}");
    }
    assert!(desk.asked().is_empty() && other.asked().is_empty());
    for trick in [
        format!("//127.0.0.1:{port}/x"),
        format!("\\\\127.0.0.1:{port}\\x"),
        format!("@127.0.0.1:{port}/"),
        format!("/../..//127.0.0.1:{port}"),
        format!("?u=http://127.0.0.1:{port}"),
        "{token}".into(),
    ] {
        assert_eq!(home.run(&["api", "x", &trick]).expect(0).stdout, "{\"here\":1}", "{trick}");
    }
    home.run(&["api", "x", "/off"]).expect(6).without(TOKEN);
    home.run(&["api", "x", "/off", "-X", "POST"]).expect(6);
    home.run(&["api", "x", "/on"]).expect(0);
    assert_eq!(desk.last().target, "/there?x=1");
    let ended = home.run(&["api", "x", "/page", "--paginate"]).expect(6);
    assert_eq!(ended.stdout, "{\"a\":1}", "what came before stays");
    assert!(other.asked().is_empty(), "{:?}", other.asked());
}

#[test]
fn each_refusal_has_its_exit_code_and_its_body() {
    let (_desk, home) = desk_and_home(|asked| match asked.target.as_str() {
        "/401" => answer(401, "{\"error\":\"expired\"}"),
        "/403" => answer(403, "{\"error\":\"not_yours\",\"message\":\"no\"}"),
        "/scope" => answer(403, "{\"error\":\"missing_scope\"}"),
        "/404" => answer(404, "{\"error\":\"nothing\"}"),
        "/slack" => answer(200, "{\"ok\":false,\"error\":\"bad_channel\"}"),
        "/304" => answer(304, ""),
        _ => answer(418, "short and stout"),
    });
    for (path, code, kind) in [
        ("/401", 3, "needs_reauth"),
        ("/403", 1, "provider_error"),
        ("/scope", 3, "missing_scope"),
        ("/404", 1, "provider_error"),
        ("/slack", 1, "provider_error"),
        ("/418", 1, "provider_error"),
    ] {
        let plain = home.run(&["api", "x", path]).expect(code).without(TOKEN);
        assert!(!plain.stdout.is_empty() && plain.stderr.starts_with("error: "), "{path}: {}", plain.stderr);
        let document = home.run(&["--json", "api", "x", path]).expect(code).json();
        assert_eq!(document["error"]["kind"], kind, "{path}");
        assert!(!document["responses"][0]["body"].is_null());
    }
    home.run(&["api", "x", "/304"]).expect(0);
}

#[test]
fn a_provider_that_is_down_is_asked_again_where_that_is_safe() {
    static GETS: AtomicUsize = AtomicUsize::new(0);
    let (desk, home) = desk_and_home(|asked| match (asked.method.as_str(), asked.target.as_str()) {
        ("GET", "/flaky") if GETS.fetch_add(1, Ordering::SeqCst) == 0 => {
            answer(503, "").with("retry-after", "0")
        }
        (_, "/flaky") => answer(200, "{\"up\":1}"),
        (_, "/later") => answer(429, "{}").with("retry-after", "7200"),
        (_, "/limited") => answer(429, "{}").with("retry-after", "0"),
        (_, "/dead") => answer(0, ""),
        _ => answer(500, "oops"),
    });
    assert_eq!(home.run(&["api", "x", "/flaky"]).expect(0).stdout, "{\"up\":1}");
    let ended = home.run(&["api", "x", "/later"]).expect(4);
    assert!(ended.stderr.contains("2 h"), "{}", ended.stderr);
    assert_eq!(desk.count("GET", "/later"), 1, "a longer wait is left to the person");
    assert_eq!(home.run(&["--json", "api", "x", "/later"]).json()["error"]["kind"], "rate_limited");
    home.run(&["api", "x", "/limited", "-X", "POST"]).expect(4);
    assert_eq!(desk.count("POST", "/limited"), 3, "429 says that nothing was done");
    assert_eq!(home.run(&["api", "x", "/500", "-X", "POST"]).expect(4).stdout, "oops");
    assert_eq!(desk.count("POST", "/500"), 1, "a change is not sent twice");
    home.run(&["api", "x", "/500"]).expect(4);
    assert_eq!(desk.count("GET", "/500"), 3);
    let ended = home.run(&["api", "x", "/dead", "-X", "POST"]).expect(4);
    assert_eq!(desk.count("POST", "/dead"), 1);
    assert!(ended.stderr.contains("may have been carried out"), "{}", ended.stderr);
}

#[test]
fn pages_are_followed_to_the_end_in_every_style() {
    let (desk, home) = desk_and_home(|asked| {
        let has = |what: &str| asked.target.contains(what);
        match asked.target.split('?').next().unwrap() {
            "/link" if has("page=2") => answer(200, "[2]"),
            "/link" => {
                answer(200, "[1]").with("Link", "</link?page=2>; rel=\"next\", </link?page=9>; rel=\"last\"")
            }
            "/google" if has("pageToken=b%2Fc") => answer(200, "{\"n\":2}"),
            "/google" => answer(200, "{\"n\":1,\"nextPageToken\":\"b/c\"}"),
            "/slack" if has("cursor=c") => {
                answer(200, "{\"n\":2,\"response_metadata\":{\"next_cursor\":\"\"}}")
            }
            "/slack" => answer(200, "{\"n\":1,\"response_metadata\":{\"next_cursor\":\"c\"}}"),
            "/graph" => answer(
                200,
                format!(
                    "{{\"n\":1,\"@odata.nextLink\":\"http://{}/graph2\"}}",
                    asked.header("host").unwrap()
                ),
            ),
            "/notion" if asked.body.contains("start_cursor") => {
                answer(200, "{\"n\":2,\"has_more\":false,\"next_cursor\":null}")
            }
            "/notion" => answer(200, "{\"n\":1,\"has_more\":true,\"next_cursor\":\"d\"}"),
            "/loop" => answer(200, "{\"nextPageToken\":\"same\"}"),
            _ => answer(200, "{\"n\":2}"),
        }
    });
    let pages = |ended: Ended| -> Vec<serde_json::Value> {
        serde_json::Deserializer::from_str(&ended.stdout).into_iter().map(Result::unwrap).collect()
    };
    assert_eq!(pages(home.run(&["api", "x", "/link", "--paginate"]).expect(0)), [json!([1]), json!([2])]);
    assert_eq!(pages(home.run(&["api", "x", "/link"]).expect(0)), [json!([1])]);
    for path in ["/google?a=1", "/slack", "/graph"] {
        let pages = pages(home.run(&["api", "x", path, "--paginate"]).expect(0));
        assert_eq!(
            pages.iter().map(|page| page["n"].as_i64().unwrap()).collect::<Vec<_>>(),
            [1, 2],
            "{path}"
        );
    }
    assert!(desk.asked().iter().any(|asked| asked.target == "/google?a=1&pageToken=b%2Fc"));
    assert_eq!(pages(home.run(&["api", "x", "/notion", "-f", "q=z", "--paginate"]).expect(0)).len(), 2);
    assert_eq!(desk.last().json(), json!({"q": "z", "start_cursor": "d"}));
    let document = home.run(&["--json", "api", "x", "/link", "--paginate"]).expect(0).json();
    assert_eq!(document["responses"].as_array().unwrap().len(), 2);
    let before = desk.count("GET", "/loop");
    let ended = home.run(&["api", "x", "/loop", "--paginate"]).expect(1);
    assert!(ended.stderr.contains("repeats"), "{}", ended.stderr);
    assert_eq!(desk.count("GET", "/loop") - before, 2);
}

#[test]
fn a_large_answer_has_a_limit_of_its_own() {
    let (_desk, home) = desk_and_home(|_| answer(200, "x".repeat(2 << 20)));
    assert_eq!(home.run(&["api", "x", "/big"]).expect(0).stdout.len(), 2 << 20);
    home.run(&["config", "set", "limits.api-answer", "65536"]).expect(0);
    let ended = home.run(&["api", "x", "/big"]).expect(1);
    assert!(ended.stdout.is_empty() && ended.stderr.contains("65536"), "{}", ended.stderr);
}

#[test]
fn include_shows_the_answers_head_and_never_the_requests() {
    let (_desk, home) = desk_and_home(|asked| {
        let echo = asked.header("authorization").unwrap().to_owned();
        answer(if asked.target == "/ok" { 200 } else { 400 }, format!("you sent {echo}"))
            .with("x-echo", &echo)
    });
    let ended = home.run(&["api", "x", "/ok", "--include"]).expect(0);
    let (head, _) = ended.stdout.split_once("\n\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\n") && head.contains("\ncontent-length: "), "{head}");
    assert!(!head.contains(TOKEN), "{head}");
    home.run(&["api", "x", "/no", "--include", "-vv"]).expect(1).without(TOKEN);
}

#[test]
fn a_token_in_the_path_is_never_shown() {
    let desk = Desk::open(|asked| match asked.target.as_str() {
        path if path.ends_with("/moved") => answer(302, "").with("location", "http://evil.example/"),
        path if path.ends_with("/good") => answer(200, "{\"ok\":true}"),
        path if path.ends_with("/dead") => answer(0, ""),
        path => answer(404, format!("{{\"ok\":false,\"error\":404,\"message\":\"no {path}\"}}"))
            .with("x-path", path),
    });
    let home = Home::new();
    let url = &desk.url;
    home.provider(
        "bot",
        &format!(
            "title = \"Bot\"\napi-url = \"{url}\"\ntoken-in = \"path\"\napi-prefix = \"/bot{{token}}\"\nok-field = \"ok\"\n\
             [error]\ncode = \"error\"\nmessage = \"message\"\nreconnect = [\"404\"]\n"
        ),
    );
    home.paste("bot", TOKEN);
    let log = home.path().join("log");
    let log = log.to_str().unwrap();
    let run = |path: &str, code| {
        home.run(&["api", "bot", path, "-vv", "--include", "--log-file", log]).expect(code).without(TOKEN)
    };
    run("/good", 0);
    assert_eq!(desk.last().target, format!("/bot{TOKEN}/good"));
    assert_eq!(desk.last().header("authorization"), None);
    run("/none", 1);
    run("/moved", 6);
    run("/dead", 4);
    run("../../{token}", 1);
    assert_eq!(desk.last().target, "/%7Btoken%7D");
    assert!(!std::fs::read_to_string(log).unwrap().contains(TOKEN));
}

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
