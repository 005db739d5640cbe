//! What is too large, too strange, or no HTTP.

use super::*;

pub(super) fn knocks(port: u16) -> Vec<Knock> {
    let target = true_target();
    let own = format!("Host: 127.0.0.1:{port}\r\n");
    let megabytes = "a".repeat(8 << 20);
    let bytes = |text: String| text.into_bytes();
    let mut not_utf8 = bytes(format!("GET {target}&x="));
    not_utf8.extend(b"\xff\xfe HTTP/1.1\r\n");
    not_utf8.extend(bytes(format!("{own}\r\n")));
    vec![
        Knock(
            "8 MB request line",
            &[0, 431],
            bytes(format!("GET /callback?{megabytes} HTTP/1.1\r\n{own}\r\n")),
        ),
        Knock(
            "8 MB field",
            &[0, 431],
            bytes(format!("GET {target} HTTP/1.1\r\n{own}X: {megabytes}\r\n\r\n")),
        ),
        Knock(
            "8 MB of fields",
            &[0, 431],
            bytes(format!("GET {target} HTTP/1.1\r\n{own}{}\r\n", "X: y\r\n".repeat(1 << 20))),
        ),
        Knock(
            "101 fields",
            &[400],
            bytes(format!("GET {target} HTTP/1.1\r\n{own}{}\r\n", "X: y\r\n".repeat(100))),
        ),
        Knock(
            "100,000 parameters",
            &[0, 431],
            plain_get(port, &format!("{target}{}", "&a=b".repeat(100_000))),
        ),
        Knock("NUL", &[400], bytes(format!("GET {target}\0 HTTP/1.1\r\n{own}\r\n"))),
        Knock("invalid UTF-8", &[400], not_utf8),
        Knock("TLS hello", &[400], b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()),
        Knock("garbage", &[0, 400], b"\x00\x01\x02\xfe\xff".to_vec()),
        Knock("HTTP/0.9", &[0, 400], bytes(format!("GET {target}\r\n"))),
        Knock("HTTP/2", &[400], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        Knock("HTTP/1.2", &[400], bytes(format!("GET {target} HTTP/1.2\r\n{own}\r\n"))),
        Knock("bare LF", &[400], bytes(format!("GET {target} HTTP/1.1\n{}\n\n", own.trim()))),
        Knock("bare CR", &[400], bytes(format!("GET {target} HTTP/1.1\r{own}\r\n"))),
        Knock("two spaces", &[400], bytes(format!("GET  {target} HTTP/1.1\r\n{own}\r\n"))),
        Knock("tab", &[400], bytes(format!("GET\t{target} HTTP/1.1\r\n{own}\r\n"))),
        Knock("space in the target", &[400], bytes(format!("GET {target} x HTTP/1.1\r\n{own}\r\n"))),
        Knock("folded field", &[400], bytes(format!("GET {target} HTTP/1.1\r\n{own} x\r\n\r\n"))),
        Knock(
            "space before colon",
            &[400],
            bytes(format!("GET {target} HTTP/1.1\r\nHost : 127.0.0.1:{port}\r\n\r\n")),
        ),
        Knock("field without colon", &[400], bytes(format!("GET {target} HTTP/1.1\r\n{own}x\r\n\r\n"))),
        Knock("empty lines", &[400], b"\r\n\r\n".to_vec()),
        Knock("unfinished", &[0], bytes(format!("GET {target} HTTP/1.1\r\n{own}"))),
        Knock("nothing", &[0], Vec::new()),
    ]
}
