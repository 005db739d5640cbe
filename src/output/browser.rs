//! Hands an address to a browser: `$BROWSER` with one argument and no shell, else the system's own way. Neither is
//! waited for: a launcher that hangs must not hold us up.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use url::Url;

/// `Err` says why no browser could be started.
pub(crate) fn open(url: &Url, browser: Option<&OsStr>) -> Result<(), String> {
    match browser {
        Some(browser) => {
            let mut command = browser_command(browser, url);
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command.spawn().map(drop).map_err(|cause| format!("{}: {cause}", browser.to_string_lossy()))
        }
        None => open::that_detached(url.as_str()).map_err(|cause| cause.to_string()),
    }
}

/// `$BROWSER` may name a program with arguments and `%s`, as other programs read it; words are split at spaces, never
/// by a shell, and the address is one argument whatever is in it.
fn browser_command(browser: &OsStr, url: &Url) -> Command {
    if std::path::Path::new(browser).is_file() {
        let mut command = Command::new(browser);
        command.arg(url.as_str());
        return command;
    }
    let text = browser.to_string_lossy();
    let mut words = text.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or("xdg-open"));
    let mut given = false;
    for word in words {
        given |= word.contains("%s");
        command.arg(word.replace("%s", url.as_str()));
    }
    if !given {
        command.arg(url.as_str());
    }
    command
}
