//! The bytes of a response. Every one carries the same protection, whatever its status.

use super::refusal::Refusal;
use crate::oauth::page::{self, Page};

pub(super) fn outcome(page: &Page) -> Vec<u8> {
    response(if page.ok { 200 } else { 400 }, &page.html())
}

pub(super) fn refusal(refusal: Refusal) -> Vec<u8> {
    response(refusal.status(), &refusal.page().map(|page| page.html()).unwrap_or_default())
}

fn response(status: u16, html: &str) -> Vec<u8> {
    let reason = match status {
        200 => "OK",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        421 => "Misdirected Request",
        431 => "Request Header Fields Too Large",
        _ => "Bad Request",
    };
    let allow = if status == 405 { "Allow: GET\r\n" } else { "" };
    format!(
        "HTTP/1.1 {status} {reason}\r\n\
         {allow}\
         Content-Type: text/html; charset=utf-8\r\n\
         Content-Length: {length}\r\n\
         Content-Security-Policy: {policy}\r\n\
         X-Content-Type-Options: nosniff\r\n\
         X-Frame-Options: DENY\r\n\
         Referrer-Policy: no-referrer\r\n\
         Cache-Control: no-store\r\n\
         Cross-Origin-Opener-Policy: same-origin\r\n\
         Cross-Origin-Resource-Policy: same-origin\r\n\
         Connection: close\r\n\
         \r\n\
         {html}",
        length = html.len(),
        policy = page::CONTENT_SECURITY_POLICY,
    )
    .into_bytes()
}
