//! What servers publish about themselves, and what a resource says of them, is believed only about themselves.

use std::net::IpAddr;

use http::{HeaderMap, StatusCode};
use serde_json::Value;
use url::Url;

use super::metadata::{self, Metadata, Said};
use super::{Server, resource};
use crate::fuzz::holds::is_presentable;
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
        // Without its port.
        let host = host.rsplit_once(':').filter(|_| !host.ends_with(']')).map_or(host, |(host, _)| host);
        let (name, number) = (host.trim_end_matches('.'), host.trim_matches(['[', ']']).parse::<IpAddr>());
        let is_of_this_machine = name == "localhost"
            || name.ends_with(".localhost")
            || number.is_ok_and(|ip| ip.to_canonical().is_loopback() || ip.to_canonical().is_unspecified());
        assert!(!is_of_this_machine, "{url}");
    }
}
