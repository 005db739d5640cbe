//! Hands an address to a browser: `$BROWSER` with one argument and no shell, else the system's own way. Neither is
//! waited for: a launcher that hangs must not hold us up.

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use url::Url;

/// `Err` says why no browser could be started. `prepare` takes out of its environment what is not its business.
pub(crate) fn open(url: &Url, browser: Option<&OsStr>, prepare: fn(&mut Command)) -> Result<(), String> {
    let candidates = match browser {
        Some(browser) => vec![browser_command(browser, url)],
        None => open::commands(url.as_str()),
    };
    let mut why = "there is none".to_owned();
    for mut command in candidates {
        prepare(&mut command);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        match command.spawn() {
            Ok(_) => return Ok(()),
            Err(cause) => why = format!("{}: {cause}", command.get_program().to_string_lossy()),
        }
    }
    Err(why)
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
