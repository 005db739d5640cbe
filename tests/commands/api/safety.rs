//! The token goes to the provider's hosts, and is seen nowhere else.

use super::{TOKEN, desk_and_home};
use crate::desk::{Desk, answer};
use crate::seal::Home;

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
