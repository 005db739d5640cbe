//! The machine: its clock, its browser, its cron jobs, what runs on it.

use std::ffi::OsStr;

use super::{Check, Ground};
use crate::app::environment;
use crate::clock;
use crate::error::{Error, Kind};

pub(super) fn versions(_: &Ground<'_>) -> Vec<Check> {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let system = format!("{} {} {}", std::env::consts::OS, std::env::consts::ARCH, kernel.trim());
    let detail =
        format!("integ {}, SQLite {}, {}", env!("CARGO_PKG_VERSION"), rusqlite::version(), system.trim());
    vec![Check::fine("versions", detail)]
}

/// 2026-01-01: this program is younger, so an earlier clock is wrong.
const YOUNGER: i64 = 1_767_225_600;

/// What can be told without asking anybody: nothing of ours was made in the future.
pub(super) fn clock(ground: &Ground<'_>) -> Vec<Check> {
    let now = clock::now();
    let local = clock::local(now);
    if now < YOUNGER {
        let error = Error::new(Kind::Storage, format!("the clock says {local}"));
        return vec![Check::failure("clock", error.help("set the clock (timedatectl set-ntp true)"))];
    }
    let grants = ground.grants.get().into_iter().flatten();
    let latest = grants.filter_map(|(_, grant)| grant.as_ref().ok()).map(|grant| grant.obtained_at).max();
    vec![match latest {
        Some(made) if made > now + 60 => {
            let detail =
                format!("the clock says {local}, and a token was obtained at {}", clock::local(made));
            Check::warning("clock", detail, "set the clock; `integ doctor --online` compares it")
        }
        _ => Check::fine("clock", format!("{local}; `--online` compares it with the providers'")),
    }]
}

/// What opens an address where `$BROWSER` and the config say nothing.
const OPENERS: &[&str] = &["xdg-open", "gio", "gnome-open", "kde-open", "wslview"];

pub(super) fn browser(ground: &Ground<'_>) -> Vec<Check> {
    let app = ground.app;
    let none = |detail: String| {
        let help = "sign in with --device or --paste, or with --no-browser and a forwarded port (ssh -L)";
        vec![Check::warning("browser", detail, help)]
    };
    let configured = app.config().ok().and_then(|config| config.text("connect.browser")).map(Into::into);
    if let Some(named) = environment::os_text("BROWSER").or(configured) {
        let text = named.to_string_lossy().into_owned();
        let word = text.split_whitespace().next().unwrap_or_default();
        return match environment::program(&named).or_else(|| environment::program(OsStr::new(word))) {
            Some(path) => vec![Check::fine("browser", path.display().to_string())],
            None => none(format!("`{text}` is not a program")),
        };
    }
    if !cfg!(target_os = "linux") {
        return vec![Check::fine("browser", "the system's")];
    }
    let has_screen =
        ["DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"].iter().any(|v| environment::text(v).is_some());
    match OPENERS.iter().find_map(|opener| environment::program(OsStr::new(opener))) {
        Some(path) if has_screen => vec![Check::fine("browser", path.display().to_string())],
        Some(path) => none(format!("{} has no screen to open a browser on", path.display())),
        None => none("there is nothing to open a browser with".into()),
    }
}

/// A cron job has an empty environment: what the vault needs must be found without it.
pub(super) fn cron(ground: &Ground<'_>) -> Vec<Check> {
    let app = ground.app;
    let (Some(_), Ok(vault)) = (ground.grants.get(), app.vault()) else { return Vec::new() };
    if let Some(folders) = environment::moved_folders() {
        let help = format!("set {folders} in the crontab too; integ schedule install does");
        return vec![Check::warning("cron", "a job without this environment looks in other folders", help)];
    }
    if vault.kind() == "file" {
        let lasting = app.paths.key_file.exists()
            || app.config().is_ok_and(|config| {
                let named = config.text("vault.key-file").map(std::path::PathBuf::from);
                // A job starts in another folder.
                named.is_some_and(|file| file.is_absolute() && file.exists())
            });
        return vec![if lasting {
            Check::fine("cron", "the file vault's key is found without an environment")
        } else {
            let help =
                "set INTEG_VAULT_KEY_FILE in the crontab too, or: integ config set vault.key-file FILE";
            Check::warning("cron", "the file vault's key is known to this environment only", help)
        }];
    }
    keychain_without_environment()
}

#[cfg(target_os = "linux")]
fn keychain_without_environment() -> Vec<Check> {
    let bus = format!("/run/user/{}/bus", nix::unistd::geteuid());
    vec![if std::path::Path::new(&bus).exists() {
        Check::fine("cron", format!("a job without an environment reaches the keychain through {bus}"))
    } else {
        let help = "set DBUS_SESSION_BUS_ADDRESS in the crontab, or use a file vault: integ vault move file";
        Check::warning(
            "cron",
            format!("a job without an environment would not reach the keychain: there is no {bus}"),
            help,
        )
    }]
}

#[cfg(not(target_os = "linux"))]
fn keychain_without_environment() -> Vec<Check> {
    vec![Check::fine("cron", "the keychain needs no environment")]
}
