//! CB21, CB22: many connections, slow ones, and bytes that are no request.

use std::io::Write as _;

use crate::evil::{Evil, browser};
use crate::home::Home;

#[test]
fn cb21_two_hundred_slow_connections_do_not_keep_the_callback_out() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let waiting = home.waiting(&["evil"]);
    let mut slow = Vec::new();
    for _ in 0..200 {
        if let Some(mut stream) = browser::connect(&waiting.host) {
            let _ = stream.write_all(b"G");
            slow.push(stream);
        }
    }
    waiting.finishes();
    drop(slow);
}

#[test]
fn cb22_what_is_no_request_is_closed_and_the_wait_goes_on() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let mut waiting = home.waiting(&["evil"]);
    let (host, path, state) = (waiting.host.clone(), waiting.path.clone(), waiting.state.clone());
    let request = |target: &str| {
        format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").into_bytes()
    };
    let many: String = (0..100_000).map(|n| format!("p{n}=1&")).collect();
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("a long request line", [b"GET /", vec![b'a'; 8 << 20].as_slice(), b" HTTP/1.1\r\n\r\n"].concat()),
        ("long headers", [b"GET / HTTP/1.1\r\nX: ", vec![b'a'; 8 << 20].as_slice(), b"\r\n\r\n"].concat()),
        ("many parameters", request(&format!("{path}?{many}code=x&state=wrong"))),
        ("NUL", request(&format!("{path}?code=\0&state=wrong"))),
        ("a bad percent", request(&format!("{path}?code=%zz&state=%"))),
        ("invalid UTF-8", [b"GET /callback?code=\xff\xfe&state=\xc0 HTTP/1.1\r\nHost: ", host.as_bytes(), b"\r\n\r\n"].concat()),
        ("a TLS hello", vec![0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0, 0, 0]),
        ("garbage", (0..=255_u8).cycle().take(4096).chain(*b"\r\n\r\n").collect()),
        ("HTTP/0.9", format!("GET {path}?code=x&state={state}\r\n\r\n").into_bytes()),
        ("bare line feeds", format!("GET {path}?code=x&state=wrong HTTP/1.1\nHost: {host}\n\n").into_bytes()),
        (
            "two lengths",
            format!(
                "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET \
                 {path}?code=x&state=wrong HTTP/1.1\r\n\r\n"
            )
            .into_bytes(),
        ),
        ("nothing", Vec::new()),
    ];
    for (what, bytes) in cases {
        if bytes.is_empty() {
            drop(browser::connect(&host));
        } else {
            let page = waiting.send(&bytes);
            assert!(page.status == 0 || (400..600).contains(&page.status), "{what}: {}", page.head);
        }
        waiting.still_waits(&evil, what);
    }
    waiting.finishes();
}
