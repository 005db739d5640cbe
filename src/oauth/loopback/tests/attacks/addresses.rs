//! Wrong paths, methods and hosts.

use super::*;

pub(super) fn knocks(port: u16) -> Vec<Knock> {
    let target = true_target();
    let query = target.split_once('?').unwrap().1;
    let paths = [
        "/",
        "/favicon.ico",
        "/callback/",
        "/callback/x",
        "//callback",
        "/./callback",
        "/x/../callback",
        "/Callback",
        "/%63allback",
        "/callback%2F",
        "/callback%00",
        "/callback;x",
        "/callbac",
        "/callback%3F",
        "*",
    ];
    let mut knocks: Vec<Knock> = paths
        .map(|path| Knock("path", &[404, 400], plain_get(port, &format!("{path}?{query}"))))
        .into_iter()
        .collect();
    for method in
        ["HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT", "get", "Get", "GETT"]
    {
        knocks.push(Knock("method", &[405], with_method(port, method, "")));
    }
    let own = format!("Host: 127.0.0.1:{port}\r\n");
    let other = if port == 65535 { 1025 } else { port + 1 };
    knocks.extend([
        Knock("host missing", &[400], with_fields("")),
        Knock("host empty", &[421], with_fields("Host:\r\n")),
        Knock("host twice", &[400], with_fields(&format!("{own}{own}"))),
        Knock("host twice, foreign", &[400], with_fields(&format!("{own}Host: evil.example\r\n"))),
        Knock("host foreign", &[421], with_fields("Host: evil.example\r\n")),
        Knock("host foreign with port", &[421], with_fields(&format!("Host: evil.example:{port}\r\n"))),
        Knock("host without port", &[421], with_fields("Host: 127.0.0.1\r\n")),
        Knock("host wrong port", &[421], with_fields(&format!("Host: 127.0.0.1:{other}\r\n"))),
        Knock("host suffix", &[421], with_fields(&format!("Host: 127.0.0.1:{port}.evil.example\r\n"))),
        Knock("host suffix name", &[421], with_fields(&format!("Host: 127.0.0.1.evil.example:{port}\r\n"))),
        Knock("host prefix", &[421], with_fields(&format!("Host: evil127.0.0.1:{port}\r\n"))),
        Knock("host user", &[421], with_fields(&format!("Host: x@127.0.0.1:{port}\r\n"))),
        Knock("host other name of us", &[421], with_fields(&format!("Host: localhost:{port}\r\n"))),
        Knock("absolute form", &[400], plain_get(port, &format!("http://127.0.0.1:{port}{target}"))),
        Knock("absolute form, foreign", &[400], plain_get(port, &format!("http://evil.example{target}"))),
        Knock("authority form", &[400], plain_get(port, &format!("127.0.0.1:{port}"))),
        Knock("fragment kept", &[400], plain_get(port, &format!("{target}#x"))),
    ]);
    knocks
}
