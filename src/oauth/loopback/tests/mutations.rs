//! A thousand damaged copies of the true request: none passes whose address, state or code was touched.

use super::*;
use crate::fuzz::damage::{Random, damage};

fn damaged(request: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = request.to_vec();
    for _ in 0..=random.below(3) {
        damage(&mut bytes, 180, random);
    }
    bytes
}

/// Judges by the bytes alone: everything that makes the request ours must have survived in its place.
fn is_intact(bytes: &[u8], port: u16, state: &str) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Some((line, fields)) = text.split_once("\r\n") else {
        return false;
    };
    let parameters: Vec<&str> = line
        .strip_prefix("GET /callback?")
        .and_then(|rest| rest.split_once(" HTTP/1."))
        .map(|(query, _)| query.split('&').collect())
        .unwrap_or_default();
    let states = parameters.iter().filter(|p| p.starts_with("state=")).count();
    let codes = parameters.iter().filter(|p| p.starts_with("code=") && p.len() > 5).count();
    let errors = parameters.iter().filter(|p| p.starts_with("error=") && p.len() > 6).count();
    let hosts: Vec<&str> =
        fields.split("\r\n").filter(|f| f.to_ascii_lowercase().starts_with("host:")).collect();
    states == 1
        && codes + errors == 1
        && parameters.contains(&format!("state={state}").as_str())
        && hosts.len() == 1
        && hosts[0][5..].trim() == format!("127.0.0.1:{port}")
        && text.contains("\r\n\r\n")
}

#[test]
fn only_the_true_request_of_a_thousand_succeeds() {
    run(async {
        let mut listener = Loopback::bind(&any_port()).await.unwrap();
        let port = listener.port();
        let mut random = Random(0x1e67_2024_0c0d_e5ed);
        let mut refused = 0;
        for turn in 0..1000 {
            let state = format!("{STATE}{turn}");
            let request = browser(port, &format!("/callback?code={CODE}&state={state}"))
                .replace('+', "%2B")
                .into_bytes();
            let untouched = turn % 100 == 0;
            let sent = if untouched { request.clone() } else { damaged(&request, &mut random) };
            let callback = tokio::select! {
                biased;
                callback = listener.wait(&state) => Some(callback),
                _ = ask(port, &sent) => None,
            };
            let shown = String::from_utf8_lossy(&sent);
            match callback {
                Some(_) => assert!(is_intact(&sent, port, &state), "turn {turn} was accepted:\n{shown}"),
                None => {
                    refused += 1;
                    assert!(!untouched, "turn {turn} was refused:\n{shown}");
                }
            }
        }
        assert!(refused > 500, "the damage is too mild: {refused}");
    });
}
