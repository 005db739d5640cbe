//! Chromium, and the pictures it takes.
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::need::{node, real_dir, servers_dir};

/// Goes through the sign-in in a real browser; the pictures stay as `target/test-artifacts/NAME-{light,dark}.png`.
pub(crate) fn browse(url: &str, name: &str, wishes: &[&str]) -> Value {
    let shot = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-artifacts").join(name);
    let room = tempfile::tempdir().unwrap();
    let out = Command::new(node())
        .arg(servers_dir().join("browse.mjs"))
        .arg(url)
        .arg(&shot)
        .args(wishes)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", room.path())
        .env("TMPDIR", room.path())
        .env("INTEG_REAL_DIR", real_dir())
        .output()
        .unwrap();
    assert!(out.status.success(), "the browser got stuck: {}", String::from_utf8_lossy(&out.stderr));
    for scheme in ["light", "dark"] {
        let picture = shot.with_file_name(format!("{name}-{scheme}.png"));
        assert!(picture.metadata().unwrap().len() > 2000, "no picture in {}", picture.display());
    }
    serde_json::from_slice(&out.stdout).unwrap()
}
