//! TE1, TE2, RF9: the connection itself fails.

use super::super::wire::{self, Answer, JSON};
use super::{LATER, Mode, PROTOCOL, alters, gzip, says};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n";

fn head(length: usize) -> Vec<u8> {
    [HEAD, format!("Content-Length: {length}\r\n\r\n").as_bytes()].concat()
}

fn cut(text: &str) -> Answer {
    let half = &text.as_bytes()[..text.len() / 2];
    Answer::Bytes([head(text.len()), half.to_vec()].concat())
}

pub(crate) const MODES: &[Mode] = &[
    says("TE1", "hang", |_| Answer::Hang, LATER, LATER),
    says(
        "TE1",
        "slow-headers",
        |f| Answer::Drip(vec![], [head(999), f.text().into()].concat()),
        LATER,
        LATER,
    ),
    says("TE1", "slow-body", |f| Answer::Drip(head(f.text().len()), f.text().into()), LATER, LATER),
    says("TE2", "close-before", |_| Answer::Close, LATER, LATER),
    says("TE2", "close-mid", |f| cut(&f.text()), LATER, LATER),
    // All of the JSON, but less than was announced: it may parse, and is still not the answer.
    says("TE2", "close-short", |f| Answer::Bytes([head(9_999), f.text().into()].concat()), LATER, LATER),
    says("TE2", "reset", |_| Answer::Reset, LATER, LATER),
    says(
        "TE2",
        "chunked-bad",
        |f| {
            let body = format!("Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n", f.text());
            Answer::Bytes([HEAD, body.as_bytes()].concat())
        },
        LATER,
        LATER,
    ),
    says(
        "TE2",
        "chunked-cut",
        |f| {
            let body = format!("Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n", f.text().len(), f.text());
            Answer::Bytes([HEAD, body.as_bytes()].concat())
        },
        LATER,
        LATER,
    ),
    says(
        "TE2",
        "status-garbage",
        |_| Answer::Bytes(b"GARBAGE GARBAGE\r\n\r\n{}".to_vec()),
        PROTOCOL,
        PROTOCOL,
    ),
    says("TE2", "http-0.9", |f| Answer::Bytes(f.text().into()), PROTOCOL, PROTOCOL),
    says(
        "TE2",
        "gzip-truncated",
        |f| {
            let packed = gzip::store(f.text().as_bytes());
            let headers = [JSON, ("Content-Encoding", "gzip")];
            wire::http("200 OK", &headers, &packed[..packed.len() - 12])
        },
        PROTOCOL,
        PROTOCOL,
    ),
    // The provider has spent the old refresh token, and the new one is lost.
    alters("RF9", "rotate-then-hang", |_| Answer::Hang, LATER, LATER),
    alters("RF9", "rotate-then-reset", |_| Answer::Reset, LATER, LATER),
    alters("RF9", "rotate-then-500", |_| wire::http("500 Internal Server Error", &[], "oops"), LATER, LATER),
    alters("RF9", "rotate-then-truncate", |f| cut(&f.text()), LATER, LATER),
];
