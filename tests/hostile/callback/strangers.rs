//! CB1 to CB15, CB28 to CB30: what a stranger on this machine, or a page in the same browser, can send.

use std::fs;
use std::net::TcpListener;

use crate::evil::Evil;
use crate::home::{Home, provider_toml};

/// The addresses on which a process listens, as the kernel lists them (hex).
fn listens(pid: u32) -> Vec<String> {
    let sockets: Vec<String> = fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .flatten()
        .filter_map(|fd| fs::read_link(fd.path()).ok()?.to_str()?.strip_prefix("socket:[").map(str::to_owned))
        .map(|inode| inode.trim_end_matches(']').to_owned())
        .collect();
    let mut found = Vec::new();
    for table in ["tcp", "tcp6"] {
        for line in fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default().lines().skip(1)
        {
            let words: Vec<&str> = line.split_whitespace().collect();
            if words[3] == "0A" && sockets.iter().any(|inode| inode == words[9]) {
                found.push(words[1].split(':').next().unwrap().to_owned());
            }
        }
    }
    found
}

#[test]
fn cb01_only_loopback_listens() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let waiting = home.waiting(&["evil"]);
    let addresses = listens(waiting.running.pid());
    assert!(!addresses.is_empty());
    for address in addresses {
        assert!(["0100007F", "00000000000000000000000001000000"].contains(&address.as_str()), "{address}");
    }
    waiting.finishes();
}

#[test]
fn cb03_a_registered_port_that_is_taken_is_named_and_never_shared() {
    let squatter = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = squatter.local_addr().unwrap().port();
    let evil = Evil::start();
    let home = Home::new(&evil);
    let redirect = format!("\"http://127.0.0.1:{port}/callback\"");
    home.provider("evil", &provider_toml(&evil, &[("redirect", &redirect)]));
    let (output, _) = home.connect(&["evil", "--timeout", "5"]);
    output.exits(&[1, 2, 3, 4, 5]).says(&port.to_string());
    assert_eq!(evil.log("token").len(), 0);
}

#[test]
fn cb05_to_cb09_other_paths_methods_and_hosts_do_not_end_the_wait() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let mut waiting = home.waiting(&["evil"]);
    let (host, target) = (waiting.host.clone(), waiting.target());
    let port = host.rsplit(':').next().unwrap().to_owned();
    let query = target.split_once('?').unwrap().1.to_owned();
    let mut requests: Vec<(String, String)> = Vec::new();
    for path in
        ["/", "/favicon.ico", "/callback/", "/x/../callback", "/%63allback", "//callback", "/CALLBACK"]
    {
        requests.push((
            path.into(),
            format!("GET {path}?{query} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        ));
    }
    for method in ["POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "get", "CONNECT"] {
        let text = format!(
            "{method} {target} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        requests.push((method.into(), text));
    }
    let foreign = [
        "Host: evil.invalid\r\n".to_owned(),
        String::new(),
        format!("Host: {host}\r\nHost: {host}\r\n"),
        format!("Host: 127.0.0.1:{}\r\n", if port == "1" { "2" } else { "1" }),
        format!("Host: {host}.evil.invalid\r\n"),
        format!("Host: evil.{host}\r\n"),
    ];
    for header in foreign {
        requests
            .push((header.clone(), format!("GET {target} HTTP/1.1\r\nConnection: close\r\n{header}\r\n")));
    }
    requests.push((
        "absolute form".into(),
        format!("GET http://{host}{target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
    ));
    for (what, request) in requests {
        let page = waiting.send(&request);
        assert!([400, 403, 404, 405, 421, 0].contains(&page.status), "{what}: {}", page.head);
        assert!(!page.body.contains("not-the-code"), "{what}");
        waiting.still_waits(&evil, &what);
    }
    waiting.finishes();
}

#[test]
fn cb10_to_cb16_a_callback_without_the_right_state_and_one_code_is_refused() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let mut waiting = home.waiting(&["evil"]);
    let state = waiting.state.clone();
    let swapped: String = state
        .chars()
        .map(|c| if c.is_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect();
    let queries = [
        "code=x&state=wrong".to_owned(),
        "code=x".to_owned(),
        "code=x&state=".to_owned(),
        format!("code=x&state={}", &state[..state.len() - 1]),
        format!("code=x&state={state}A"),
        format!("code=x&state={swapped}"),
        format!("code=x&state={state}&state=wrong"),
        format!("code=x&state=wrong&state={state}"),
        format!("code=x&state={state}%00"),
        "error=access_denied".to_owned(),
        "error=access_denied&state=wrong".to_owned(),
        "error=access_denied&state=".to_owned(),
        format!("state={state}"),
        format!("code=&state={state}"),
        format!("code=x&code=y&state={state}"),
        format!("code=x&error=access_denied&state={state}&state={state}"),
        String::new(),
    ];
    for query in queries {
        let page = waiting.get(&format!("{}?{query}", waiting.path));
        assert!((400..500).contains(&page.status), "{query}: {}", page.head);
        waiting.still_waits(&evil, &query);
    }
    waiting.finishes();
}

#[test]
fn cb28_a_page_in_the_browser_gets_nothing_from_a_sub_resource() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let mut waiting = home.waiting(&["evil"]);
    for kind in ["image", "script", "iframe"] {
        let page = waiting.send(format!(
            "GET {}?code=x&state=guess HTTP/1.1\r\nHost: {}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Dest: {kind}\r\nConnection: close\r\n\r\n",
            waiting.path, waiting.host
        ));
        assert!((400..500).contains(&page.status), "{}", page.head);
        assert!(page.header("access-control-allow-origin").is_none());
        waiting.still_waits(&evil, kind);
    }
    waiting.finishes();
}

#[test]
fn cb29_a_private_network_preflight_is_never_allowed() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let mut waiting = home.waiting(&["evil"]);
    let page = waiting.send(format!(
        "OPTIONS {} HTTP/1.1\r\nHost: {}\r\nOrigin: https://evil.invalid\r\nAccess-Control-Request-Method: GET\r\n\
         Access-Control-Request-Private-Network: true\r\nConnection: close\r\n\r\n",
        waiting.path, waiting.host
    ));
    assert!(!page.head.to_lowercase().contains("access-control-allow"), "{}", page.head);
    waiting.still_waits(&evil, "a preflight");
    waiting.finishes();
}

#[test]
fn cb30_a_thousand_mutations_of_the_callback_fail() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let mut waiting = home.waiting(&["evil"]);
    // What may change: everything up to the end of the state. Any change there makes it another request.
    let fixed = format!("GET {}?state={}", waiting.path, waiting.state).into_bytes();
    let tail = format!("&code=not-the-code HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", waiting.host);
    let mut seed = 0x5eed_u64;
    let mut below = |limit: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % limit
    };
    for _ in 0..1_000 {
        let mut request = fixed.clone();
        let at = below(request.len());
        match below(3) {
            0 => request[at] ^= 1 << below(8),
            1 => drop(request.remove(at)),
            _ => request.insert(at, b"aA0%&=? "[below(8)]),
        }
        if request.ends_with(format!("?&state={}", waiting.state).as_bytes()) {
            // An empty parameter more is the same request.
            continue;
        }
        let page = waiting.send([request.as_slice(), tail.as_bytes()].concat());
        assert_ne!(page.status, 200, "{:?}", String::from_utf8_lossy(&request));
        waiting.still_waits(&evil, &String::from_utf8_lossy(&request));
    }
    waiting.finishes();
}
