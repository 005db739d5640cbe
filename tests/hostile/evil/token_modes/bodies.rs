//! TE5, TE6, TE15: the body is not what it should be, or far too much of it.

use super::super::wire::{self, Answer, JSON};
use super::{DONE, EITHER, Mode, PROTOCOL, gzip, says};
use super::{Facts, alters};

const OPEN_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";

fn raw(body: impl AsRef<[u8]>) -> Answer {
    wire::http("200 OK", &[JSON], body)
}

fn html(status: &str) -> Answer {
    let page = "<!doctype html><title>Hotel Wi-Fi</title><form>Please accept our terms</form>";
    wire::http(status, &[("Content-Type", "text/html; charset=utf-8")], page)
}

fn utf16(f: &Facts) -> Vec<u8> {
    std::iter::once(0xFEFF).chain(f.text().encode_utf16()).flat_map(u16::to_le_bytes).collect()
}

/// In place of the one number that a token document has; elsewhere beside what is there.
fn number(f: &Facts, text: &str) -> Answer {
    let (usual, odd) = ("\"expires_in\":3600", format!("\"expires_in\":{text}"));
    match f.text().contains(usual) {
        true => raw(f.text().replace(usual, &odd)),
        false => raw(f.text().replacen('{', &format!("{{{odd},"), 1)),
    }
}

pub(crate) const MODES: &[Mode] = &[
    says("TE5", "http-200-html", |_| html("200 OK"), PROTOCOL, PROTOCOL),
    says("TE5", "http-200-empty", |_| raw(""), PROTOCOL, PROTOCOL),
    says(
        "TE5",
        "http-204",
        |_| Answer::Bytes(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()),
        PROTOCOL,
        PROTOCOL,
    ),
    says("TE5", "http-403-html", |_| html("403 Forbidden"), PROTOCOL, PROTOCOL),
    says("TE5", "http-404", |_| wire::http("404 Not Found", &[], ""), PROTOCOL, PROTOCOL),
    says("TE5", "http-400-html", |_| html("400 Bad Request"), PROTOCOL, PROTOCOL),
    says("TE5", "json-null", |_| raw("null"), PROTOCOL, PROTOCOL),
    says("TE5", "json-array", |f| raw(format!("[{}]", f.document)), PROTOCOL, PROTOCOL),
    says("TE5", "json-string", |_| raw("\"ok\""), PROTOCOL, PROTOCOL),
    says("TE5", "json-truncated", |f| raw(&f.text()[..f.text().len() - 20]), PROTOCOL, PROTOCOL),
    says("TE5", "json-trailing", |f| raw(f.text() + "<!-- served by proxy -->"), PROTOCOL, PROTOCOL),
    alters("TE5", "json-bom", |f| raw(format!("\u{feff}{}", f.document)), EITHER, EITHER),
    says("TE5", "json-utf16", |f| raw(utf16(f)), PROTOCOL, PROTOCOL),
    says(
        "TE5",
        "json-badutf8",
        |f| {
            let text = f.text().into_bytes();
            raw([&text[..text.len() - 1], b",\"x\":\"\xff\xfe\"}"].concat())
        },
        PROTOCOL,
        PROTOCOL,
    ),
    says("TE5", "json-nan", |f| number(f, "NaN"), PROTOCOL, PROTOCOL),
    alters("TE5", "json-bigint", |f| number(f, &"9".repeat(40)), EITHER, EITHER),
    alters("TE5", "json-infinite", |f| number(f, "1e999"), EITHER, EITHER),
    says("TE5", "json-deep", |f| number(f, &"[".repeat(50_000)), PROTOCOL, PROTOCOL),
    says(
        "TE5",
        "json-deep-closed",
        |f| number(f, &format!("{}{}", "[".repeat(5_000), "]".repeat(5_000))),
        PROTOCOL,
        PROTOCOL,
    ),
    says(
        "TE6",
        "big-10mb",
        |f| raw(f.text().replacen('{', &format!("{{\"x\":\"{}\",", "x".repeat(10 << 20)), 1)),
        PROTOCOL,
        PROTOCOL,
    ),
    says(
        "TE6",
        "big-infinite",
        |_| Answer::Flood([OPEN_HEAD, b"{\"x\":\""].concat(), vec![b'x'; 64 << 10], 256 << 20),
        PROTOCOL,
        PROTOCOL,
    ),
    says(
        "TE6",
        "gzip-bomb",
        |_| wire::http("200 OK", &[JSON, ("Content-Encoding", "gzip")], gzip::bomb()),
        PROTOCOL,
        PROTOCOL,
    ),
    says(
        "TE6",
        "header-flood",
        |f| {
            let many: String = (0..20_000).map(|n| format!("X-Flood-{n}: {n}\r\n")).collect();
            let (body, length) = (f.text(), f.text().len());
            let text = format!("HTTP/1.1 200 OK\r\n{many}Content-Length: {length}\r\n\r\n{body}");
            Answer::Bytes(text.into_bytes())
        },
        PROTOCOL,
        PROTOCOL,
    ),
    says(
        "TE6",
        "header-long",
        |f| wire::http("200 OK", &[JSON, ("X-Long", &"x".repeat(4 << 20))], f.text()),
        PROTOCOL,
        PROTOCOL,
    ),
    says(
        "TE15",
        "form-encoded",
        |f| {
            let pairs = f.document.as_object().unwrap();
            let pairs = pairs.iter().map(|(key, value)| (key, value.to_string().replace('"', "")));
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
            wire::http("200 OK", &[("Content-Type", "application/x-www-form-urlencoded")], body)
        },
        PROTOCOL,
        PROTOCOL,
    ),
    alters(
        "TE15",
        "wrong-ctype",
        |f| wire::http("200 OK", &[("Content-Type", "text/plain")], f.text()),
        DONE,
        DONE,
    ),
];
