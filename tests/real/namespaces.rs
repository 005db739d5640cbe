//! CB2: machines where one of the two loopback addresses is missing. The redirect URI names what was bound.
use std::process::{Command, Stdio};

use crate::harness::{ACME, Run, Running, Sealed, needs, skip};
use serde_json::Value;

/// A network of its own that lives as long as this; None where the machine does not allow one.
fn network<'a>(home: &'a Sealed, without: &str) -> Option<Running<'a>> {
    let setup = format!("ip link set lo up && ip addr del {without} dev lo && echo ready && exec sleep 60");
    let mut holder = Run::new(home, "unshare", &["-rn", "sh", "-c", &setup])
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .start();
    if holder.line(|line| (line == "ready").then_some(())).is_none() {
        skip("namespaces", &format!("no network namespace here: {}", holder.finish().stderr.trim()));
        return None;
    }
    Some(holder)
}

fn inside(holder: &Running<'_>) -> Vec<String> {
    let pid = holder.pid().to_string();
    ["-t", &pid, "-U", "-n", "--preserve-credentials"].map(str::to_owned).to_vec()
}

/// Waits with `redirect`, is told by a visitor at the address it named that the person refused, and ends.
fn is_reachable(redirect: &str, without: &str, host: &str) {
    let home = Sealed::new();
    home.provider("acme", &format!("{ACME}redirect = \"{redirect}\"\n"));
    let Some(holder) = network(&home, without) else { return };
    let enter = inside(&holder);
    let mut args: Vec<&str> = enter.iter().map(String::as_str).collect();
    args.extend([env!("CARGO_BIN_EXE_integ"), "connect", "acme", "--no-browser", "--json"]);
    let mut waiting = Run::new(&home, "nsenter", &args).start();
    let Some(event) = waiting.line(authorize) else { panic!("{}", waiting.finish()) };
    let back = event["redirect_uri"].as_str().unwrap();
    let port = back
        .strip_prefix(&format!("http://{host}:"))
        .and_then(|rest| rest.strip_suffix("/callback"))
        .unwrap_or_else(|| panic!("{back} is not at {host}"));
    let state = event["url"].as_str().unwrap().split("state=").nth(1).unwrap().split('&').next().unwrap();
    // Not by name: what a resolver makes of `localhost` is not what is tested here.
    let address = if without.starts_with("127") { "::1" } else { "127.0.0.1" };
    let visit = format!(
        "exec 3<>/dev/tcp/{address}/{port} && \
         printf 'GET /callback?error=access_denied&state={state} HTTP/1.1\\r\\nHost: {host}:{port}\\r\\nConnection: close\\r\\n\\r\\n' >&3 && \
         head -n 1 <&3"
    );
    let answer = Command::new("nsenter")
        .args(&enter)
        .args(["timeout", "30", "bash", "-c", &visit])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&answer.stdout).into_owned();
    assert!(said.starts_with("HTTP/1.1 "), "{back}: {said}{}", String::from_utf8_lossy(&answer.stderr));
    let out = waiting.finish().exits(1);
    assert_eq!(out.error(), "denied", "{out}");
}

fn authorize(line: &str) -> Option<Value> {
    serde_json::from_str(line).ok().filter(|event: &Value| event["event"] == "authorize")
}

const PROGRAMS: [&str; 4] = ["$unshare", "$nsenter", "$ip", "$bash"];

#[test]
fn only_ipv6() {
    if needs("namespaces", &PROGRAMS) {
        is_reachable("loopback", "127.0.0.1/8", "[::1]");
    }
}

#[test]
fn only_ipv4() {
    if needs("namespaces", &PROGRAMS) {
        is_reachable("loopback", "::1/128", "127.0.0.1");
    }
}

#[test]
fn localhost_over_ipv6_only() {
    if needs("namespaces", &PROGRAMS) {
        is_reachable("localhost", "127.0.0.1/8", "localhost");
    }
}

#[test]
fn localhost_over_ipv4_only() {
    if needs("namespaces", &PROGRAMS) {
        is_reachable("localhost", "::1/128", "localhost");
    }
}
