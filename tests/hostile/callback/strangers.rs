//! CB1, CB3, CB30: where we listen, and that only the one answer is taken.

use std::fs;
use std::net::TcpListener;

use crate::evil::Evil;
use crate::home::{Home, Random, figure, provider_toml, rounds, share_in_words};

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
fn cb30_mutations_of_the_callback_fail() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let mut waiting = home.waiting(&["evil"]);
    // What may change: everything up to the end of the state. Any change there makes it another request.
    let fixed = format!("GET {}?state={}", waiting.path, waiting.state).into_bytes();
    let tail = format!("&code=not-the-code HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", waiting.host);
    let rounds = rounds(1_000, 10_000);
    let (mut random, count) = (Random::new(rounds.start as u64), rounds.len());
    for _ in rounds {
        let mut request = fixed.clone();
        let at = random.below(request.len());
        match random.below(3) {
            0 => request[at] ^= 1 << random.below(8),
            1 => drop(request.remove(at)),
            _ => request.insert(at, b"aA0%&=? "[random.below(8)]),
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
    figure(&format!(
        "listener: {count} mutated callbacks{}: all refused, then the real one",
        share_in_words()
    ));
}
