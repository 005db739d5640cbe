//! How a request is read, without a socket: each bound from both sides.

use super::*;
use crate::oauth::loopback::head::{Head, whole};
use crate::oauth::loopback::judge::{Place, judge};
use crate::oauth::loopback::query::Query;
use crate::oauth::loopback::refusal::{self, Refusal};
use crate::oauth::loopback::{holder, is_code, respond};

fn head(line: &str, fields: &str) -> Option<Head> {
    whole(format!("{line}\r\n{fields}\r\n").as_bytes())
}

#[test]
fn one_line_of_three_words_and_no_other() {
    for good in ["GET / HTTP/1.1", "GET /a?b HTTP/1.0", "M-X! * HTTP/1.1"] {
        assert!(head(good, "").is_some(), "{good}");
    }
    for bad in [
        "GET / HTTP/2",
        "GET / HTTP/1.1 x",
        "GET  / HTTP/1.1",
        "GET / ",
        "GET /",
        "",
        " / HTTP/1.1",
        "G(T / HTTP/1.1",
        "GET /\u{e9} HTTP/1.1",
    ] {
        assert!(head(bad, "").is_none(), "{bad}");
    }
    let read = head("GET /a?b HTTP/1.1", "").unwrap();
    assert_eq!((read.method.as_str(), read.target.as_str()), ("GET", "/a?b"));
}

#[test]
fn fields_have_a_name_and_there_are_a_hundred_at_most() {
    let read = head("GET / HTTP/1.1", "Host: a\r\nX-Y:  b \r\nhost:c\r\nempty:\r\n").unwrap();
    assert_eq!(read.all("host").collect::<Vec<_>>(), [b"a".as_slice(), b"c"]);
    assert_eq!(read.all("x-y").collect::<Vec<_>>(), [b"b"]);
    assert!(read.has("empty") && !read.has("x"));
    for bad in ["no colon\r\n", ": x\r\n", "a b: x\r\n", " folded: x\r\n"] {
        assert!(head("GET / HTTP/1.1", bad).is_none(), "{bad}");
    }
    let many = |count: usize| head("GET / HTTP/1.1", &"a: b\r\n".repeat(count));
    assert!(many(100).is_some() && many(101).is_none());
}

#[test]
fn no_byte_that_could_be_read_in_two_ways() {
    let with = |text: &str| whole(format!("GET / HTTP/1.1\r\na: {text}\r\n\r\n").as_bytes()).is_some();
    for good in ["x\ty", "\u{80}", "~"] {
        assert!(with(good), "{good:?}");
    }
    for bad in ["x\ny", "x\ry", "x\r\ry", "x\0", "\u{1f}", "\u{7f}", "\r\t"] {
        assert!(!with(bad), "{bad:?}");
    }
    assert!(whole(b"GET / HTTP/1.1\r\n").is_none(), "it has not ended");
    let long = |length: usize| with(&"x".repeat(length));
    // What one read brings beyond the bound is still judged.
    assert!(long(32 * 1024 - 100) && long(33 * 1024) && !long(34 * 1024 + 100));
}

#[test]
fn parameters_are_decoded_in_one_way() {
    let of = |raw: &str| {
        let query = Query::parse(raw)?;
        Some(query.all("a").map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(of("a=b+c%2Bd%c3%a9&x=1&a=").unwrap(), ["b c+d\u{e9}", ""]);
    assert_eq!(of("a&&b").unwrap(), [""]);
    assert_eq!(of("%61=1=2").unwrap(), ["1=2"]);
    for bad in ["a=%", "a=%4", "a=%zz", "a=%4g", "a=%ff", "a=%00", "%=a"] {
        assert!(of(bad).is_none(), "{bad}");
    }
    assert_eq!(of(&["a=1"; 64].join("&")).unwrap().len(), 64);
    assert!(of(&["a=1"; 65].join("&")).is_none());
    let query = Query::parse("a=1&b=2&b=3").unwrap();
    assert!(matches!(query.once("a"), Ok(Some("1"))) && matches!(query.once("c"), Ok(None)));
    assert!(query.once("b").is_err());
}

#[test]
fn a_code_is_visible_ascii_of_some_length() {
    for good in ["a", "!~", &"x".repeat(4_096)] {
        assert!(is_code(good), "{good:.9}");
    }
    for bad in ["", "a b", "\u{e9}", "a\n", &"x".repeat(4_097)] {
        assert!(!is_code(bad), "{bad:.9}");
    }
}

fn judged(line: &str, fields: &str) -> Result<String, Refusal> {
    let place = Place { authority: "127.0.0.1:7".into(), path: "/cb".into() };
    let read = head(line, &format!("host: 127.0.0.1:7\r\n{fields}")).unwrap();
    judge(&read, &place, "st").map(|response| match response.answer {
        Answer::Code(code) => code.expose().to_owned(),
        Answer::Refused { error, description } => format!("{error} {description:?}"),
    })
}

#[test]
fn each_thing_that_is_not_the_answer_has_its_refusal() {
    let get = |query: &str| judged(&format!("GET /cb{query} HTTP/1.1"), "");
    let with = |fields: &str| judged("GET /cb?code=c&state=st HTTP/1.1", fields);
    let method =
        |method: &str, fields: &str| judged(&format!("{method} /cb?code=c&state=st HTTP/1.1"), fields);
    assert_eq!(get("?code=c&state=st").unwrap(), "c");
    assert_eq!(get("?error=e&state=st&error_description=d").unwrap(), "e Some(\"d\")");
    assert_eq!(get("?error=e&state=st&error_description=").unwrap(), "e None");
    for (query, expected) in [
        ("", Refusal::NoQuery),
        ("?", Refusal::NoQuery),
        ("?x=1", Refusal::NoQuery),
        ("?code=c", Refusal::State),
        ("?error=e", Refusal::State),
        ("?code=c&state=other", Refusal::State),
        ("?code=c&state=st&state=st", Refusal::State),
        ("?state=st", Refusal::Answer),
        ("?code=&state=st", Refusal::Answer),
        ("?error=&state=st", Refusal::Answer),
        ("?code=c&error=e&state=st", Refusal::Answer),
        ("?code=c&code=c&state=st", Refusal::Answer),
        ("?code=%&state=st", Refusal::Malformed),
        ("#x", Refusal::Malformed),
        ("/x?code=c&state=st", Refusal::Path),
    ] {
        assert_eq!(get(query), Err(expected), "{query}");
    }
    for (fields, expected) in [
        ("host: x\r\n", Refusal::Malformed),
        ("content-length: 1\r\n", Refusal::Malformed),
        ("transfer-encoding: chunked\r\n", Refusal::Malformed),
        ("sec-fetch-dest: image\r\n", Refusal::NotNavigation),
        ("sec-fetch-mode: cors\r\n", Refusal::NotNavigation),
        ("sec-purpose: Prefetch;x\r\n", Refusal::Prefetch),
        ("purpose: preview\r\n", Refusal::Prefetch),
        ("x-moz: prerender\r\n", Refusal::Prefetch),
    ] {
        assert_eq!(with(fields), Err(expected), "{fields}");
    }
    for fine in [
        "content-length: 0\r\n",
        "sec-fetch-dest: document\r\nsec-fetch-mode: navigate\r\n",
        "purpose: x\r\n",
    ] {
        assert!(with(fine).is_ok(), "{fine}");
    }
    for (name, fields, expected) in [
        ("POST", "", Refusal::Post),
        ("HEAD", "", Refusal::Head),
        ("PUT", "", Refusal::Method),
        ("OPTIONS", "", Refusal::Method),
        ("OPTIONS", "access-control-request-method: GET\r\n", Refusal::Preflight),
        ("OPTIONS", "access-control-request-private-network: true\r\n", Refusal::Preflight),
    ] {
        assert_eq!(method(name, fields), Err(expected), "{name} {fields}");
    }
}

#[test]
fn every_refusal_has_its_status_and_its_reason() {
    for (refused, line, has_page) in [
        (Refusal::Malformed, "400 Bad Request", true),
        (Refusal::State, "400 Bad Request", true),
        (Refusal::NotNavigation, "403 Forbidden", false),
        (Refusal::Prefetch, "403 Forbidden", false),
        (Refusal::Preflight, "403 Forbidden", false),
        (Refusal::Path, "404 Not Found", true),
        (Refusal::Method, "405 Method Not Allowed", true),
        (Refusal::Head, "405 Method Not Allowed", false),
        (Refusal::Post, "405 Method Not Allowed", true),
        (Refusal::Late, "408 Request Timeout", true),
        (Refusal::AlreadyAnswered, "409 Conflict", true),
        (Refusal::ForeignHost, "421 Misdirected Request", true),
        (Refusal::TooLarge, "431 Request Header Fields Too Large", true),
    ] {
        let text = String::from_utf8(respond::refusal(refused)).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with(&format!("HTTP/1.1 {line}\r\n")), "{refused:?} {head}");
        assert!(head.contains(&format!("Content-Length: {}\r\n", body.len())));
        assert_eq!(head.contains("Allow: GET"), line.starts_with("405"), "{refused:?}");
        assert_eq!(!body.is_empty(), has_page, "{refused:?}");
    }
    for (page, status) in [(connected(), "HTTP/1.1 200 OK\r\n"), (refusal::unfinished(), "HTTP/1.1 400 ")] {
        assert!(String::from_utf8(respond::outcome(&page)).unwrap().starts_with(status));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn who_listens_is_named_and_a_free_port_is_nobodys() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let me = std::fs::read_to_string("/proc/self/comm").unwrap();
    let plain: String = me.chars().filter(char::is_ascii_graphic).collect();
    assert_eq!(holder::of(port), Some(format!("pid {} ({plain})", std::process::id())));
    drop(listener);
    assert_eq!(holder::of(port), None);
}
