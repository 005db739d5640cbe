//! What a browser sends that is not a person's visit.

use super::*;

pub(super) fn knocks(port: u16) -> Vec<Knock> {
    let own = format!("Host: 127.0.0.1:{port}\r\n");
    let with = |fields: &str| with_fields(&format!("{own}{fields}\r\n"));
    let wrong_state = |fields: &str| {
        format!("GET /callback?code=x&state=wrong HTTP/1.1\r\n{own}{fields}\r\n\r\n").into_bytes()
    };
    vec![
        Knock("image", &[403], with("Sec-Fetch-Dest: image")),
        Knock("script", &[403], with("sec-fetch-dest: script")),
        Knock("iframe", &[403], with("Sec-Fetch-Dest: iframe\r\nSec-Fetch-Mode: navigate")),
        Knock("fetch", &[403], with("Sec-Fetch-Dest: empty\r\nSec-Fetch-Mode: cors")),
        Knock("mode", &[403], with("Sec-Fetch-Mode: no-cors")),
        Knock("dest twice", &[403], with("Sec-Fetch-Dest: document\r\nSec-Fetch-Dest: image")),
        Knock(
            "image, wrong state",
            &[403],
            wrong_state("Sec-Fetch-Site: cross-site\r\nSec-Fetch-Dest: image"),
        ),
        Knock("prefetch", &[403], with("Sec-Purpose: prefetch;anonymous-client-ip")),
        Knock("prerender", &[403], with("Sec-Purpose: prefetch;prerender")),
        Knock("old prefetch", &[403], with("Purpose: prefetch")),
        Knock("mozilla prefetch", &[403], with("X-Moz: Prefetch")),
        Knock(
            "preflight",
            &[403],
            with_method(
                port,
                "OPTIONS",
                "Origin: https://evil.example\r\nAccess-Control-Request-Method: GET\r\n\
                 Access-Control-Request-Private-Network: true\r\n",
            ),
        ),
        Knock("body", &[400], with("Content-Length: 3\r\n\r\nabc")),
        Knock("chunked body", &[400], with("Transfer-Encoding: chunked")),
        Knock("two framings", &[400], with("Content-Length: 0\r\nTransfer-Encoding: chunked")),
    ]
}
