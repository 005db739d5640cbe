//! The scripted person: agrees or refuses on the provider's pages and brings the answer back.
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::need::{node, servers_dir};
use super::sealed::Sealed;

/// How the callback ended for the browser.
#[derive(Debug)]
pub(crate) struct Consent {
    pub(crate) callback: Option<String>,
    pub(crate) status: u64,
    pub(crate) page: String,
}

pub(crate) fn consent(url: &str, wishes: &[&str]) -> Consent {
    let out = Command::new(node())
        .arg(servers_dir().join("consent.mjs"))
        .args(wishes)
        .arg(url)
        .env_clear()
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert!(out.status.success(), "the person got stuck on {url}: {}", String::from_utf8_lossy(&out.stderr));
    let said: Value = serde_json::from_slice(&out.stdout).unwrap();
    Consent {
        callback: said["callback"].as_str().map(str::to_owned),
        status: said["status"].as_u64().unwrap_or(0),
        page: said["page"].as_str().unwrap_or_default().to_owned(),
    }
}

/// A program for `$BROWSER` that plays the same person in the background and keeps what it was called with in `calls`.
pub(crate) fn browser_script(home: &Sealed, wishes: &str) -> (PathBuf, PathBuf) {
    let calls = home.outside().join("browser-calls");
    let script = home.hand_over(
        "browser",
        &format!(
            "#!/bin/sh\nprintf '%s\\n' \"$#\" \"$1\" >> '{}'\n'{}' '{}' {wishes} \"$1\" >/dev/null 2>&1 </dev/null &\n",
            calls.display(),
            node().display(),
            servers_dir().join("consent.mjs").display()
        ),
    );
    fs::set_permissions(&script, Permissions::from_mode(0o700)).unwrap();
    (script, calls)
}
