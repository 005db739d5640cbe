//! TE22: proxies. Loopback is never proxied, and a proxy that wants a password is named.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::evil::Evil;
use crate::home::{Home, provider_toml};

/// A proxy that counts who asks, and refuses everybody.
fn proxy() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            counter.fetch_add(1, Ordering::SeqCst);
            let _ = stream.read(&mut [0_u8; 4096]);
            let _ = stream.write_all(
                b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\
                  Content-Length: 0\r\nConnection: close\r\n\r\n",
            );
        }
    });
    (address, asked)
}

#[test]
fn te22_loopback_is_never_proxied() {
    let (address, asked) = proxy();
    let evil = Evil::start();
    let mut home = Home::new(&evil);
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy"] {
        home.set(name, &address);
    }
    home.connect(&["evil"]).0.exits(&[0]);
    home.run(&["refresh", "evil", "--force"]).exits(&[0]);
    home.run(&["test", "evil"]).exits(&[0]);
    assert_eq!(asked.load(Ordering::SeqCst), 0, "the proxy saw loopback traffic");
}

#[test]
fn te22_a_proxy_that_refuses_is_named() {
    let (address, asked) = proxy();
    let evil = Evil::start();
    let mut home = Home::new(&evil).deadline("5s");
    let grant = home.expired(&evil, "evil");
    home.provider("evil", &provider_toml(&evil, &[("token-url", "\"https://accounts.evil.invalid/token\"")]));
    home.set("HTTPS_PROXY", &address);
    home.run(&["token", "evil"]).exits(&[4]).says("proxy");
    assert!(asked.load(Ordering::SeqCst) > 0, "the proxy was not asked");
    home.provider("evil", &provider_toml(&evil, &[]));
    assert_eq!(home.recovers(&evil, "evil"), grant.refresh);
}

#[test]
fn te22_a_host_that_does_not_exist_is_trouble_that_passes() {
    let evil = Evil::start();
    let home = Home::new(&evil).deadline("5s");
    let grant = home.expired(&evil, "evil");
    home.provider("evil", &provider_toml(&evil, &[("token-url", "\"http://127.0.0.1:1/token\"")]));
    let output = home.run(&["token", "evil", "--json"]);
    assert_eq!(output.exits(&[4]).kind(), "unreachable");
    home.provider("evil", &provider_toml(&evil, &[]));
    assert_eq!(home.recovers(&evil, "evil"), grant.refresh);
}
