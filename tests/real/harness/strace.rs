//! What `integ` asks of the system, seen and disturbed from outside by `strace`.
use std::fs;
use std::process::{Command, Stdio};

use super::need::skip;
use super::output::Output;
use super::run::Run;
use super::sealed::Sealed;

/// Runs `integ` under `strace` with `options`; None where the machine does not allow tracing.
pub(crate) fn strace(home: &Sealed, options: &[&str], args: &[&str]) -> Option<(Output, Vec<String>)> {
    let log = log(home);
    let out = Run::new(home, "strace", &command(&log, options, args)).run();
    if out.stderr.contains("ptrace") {
        skip("strace", "this machine does not allow tracing");
        return None;
    }
    Some((out, calls(&log)))
}

/// The program's own arguments: every process, file names behind descriptors, strings cut at a length no secret has.
fn command<'a>(log: &'a str, options: &[&'a str], args: &[&'a str]) -> Vec<&'a str> {
    [&["-f", "-y", "-s", "8", "-o", log], options, &[env!("CARGO_BIN_EXE_integ")], args].concat()
}

fn log(home: &Sealed) -> String {
    home.outside().join("calls").display().to_string()
}

fn calls(log: &str) -> Vec<String> {
    fs::read_to_string(log).unwrap_or_default().lines().map(str::to_owned).collect()
}

pub(crate) struct Faulted {
    pub(crate) out: Output,
    /// The call that failed.
    pub(crate) line: String,
    /// Whether a request with a token had left before it.
    pub(crate) after_post: bool,
}

/// Runs `integ` with the `n`th call of a kind failing; None when that call was not storage this time.
pub(crate) fn faulted(
    home: &Sealed,
    (call, error, n): (&str, &str, usize),
    args: &[&str],
) -> Option<Faulted> {
    let log = log(home);
    let trace = format!("trace={call},writev,sendto");
    let inject = format!("inject={call}:error={error}:when={n}");
    let command = command(&log, &["-e", &trace, "-e", &inject], args);
    // Not a `Run`: what it checks cannot hold where the call that fails turns out to be the runtime's own.
    let ran = Command::new("timeout")
        .args(["-s", "KILL", "60", "strace"])
        .args(command)
        .env_clear()
        .envs(home.env())
        .current_dir(home.outside())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let calls = calls(&log);
    let at = calls.iter().position(|line| line.contains("(INJECTED)"))?;
    let line = calls[at].clone();
    if line.contains("<anon_inode:") || line.contains("<socket:") {
        return None;
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let out = Output {
        command: format!("integ {} with {inject}", args.join(" ")),
        code: ran.status.code().unwrap_or_else(|| panic!("never ended: {inject}")),
        stdout: text(&ran.stdout),
        stderr: text(&ran.stderr),
    };
    home.began();
    home.ended(&out, false);
    let after_post = calls[..at].iter().any(|line| line.contains("\"POST "));
    Some(Faulted { out, line, after_post })
}
