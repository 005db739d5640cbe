//! What servers publish about themselves, and what a resource says of them, is believed only about themselves.

use http::{HeaderMap, StatusCode};
use serde_json::Value;
use url::Url;

use super::metadata::{self, Metadata, Said};
use super::{Server, resource};
use crate::fuzz::is_presentable;
use crate::http::Answer;
use crate::providers::Provider;

const ISSUER: &str = "https://as.example/tenant";

pub(crate) fn discovery(data: &[u8]) {
    let answer = Answer { status: StatusCode::OK, headers: HeaderMap::new(), body: data.to_vec() };
    let issuer: Url = ISSUER.parse().unwrap();
    let provider = Provider { title: "Acme".into(), ..Provider::default() };
    match metadata::judge::<Metadata>("Acme", ISSUER, &answer) {
        Said::Odd(error) => is_presentable(&error),
        Said::No => panic!("status 200 says that it is there"),
        Said::Yes(metadata) => match Server::read(metadata, &provider, ISSUER, &issuer) {
            Err(error) => is_presentable(&error),
            Ok(server) => stays_at_home(&server, data),
        },
    }
    resource::fuzz(&answer, data);
}

fn stays_at_home(server: &Server, data: &[u8]) {
    // What nobody reads need not be sound.
    if let Ok(named) = serde_json::from_slice::<Value>(data) {
        assert_eq!(named["issuer"], ISSUER);
    }
    assert!(server.token.is_some());
    for url in [&server.token, &server.revoke, &server.device, &server.push, &server.register, &server.whoami]
        .into_iter()
        .flatten()
    {
        assert!(url.as_str().starts_with("https://as.example/"), "secrets would go to {url}");
    }
    if let Some(url) = &server.authorize {
        let host = url.as_str().strip_prefix("https://").unwrap().split(['/', '?', '#']).next().unwrap();
        assert!(!host.is_empty() && !host.contains('@'), "{url}");
        assert!(!host.starts_with("127.") && host != "localhost" && !host.starts_with("[::1]"), "{url}");
    }
}
