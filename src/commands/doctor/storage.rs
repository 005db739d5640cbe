//! What lies on this machine: settings, provider files, vault, locks, index.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Check, Ground};
use crate::app::{App, salvage_words};
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::index::{Index, IndexError};
use crate::output::survive_full_disks;
use crate::vault::private::own_dir;
use crate::vault::{VaultError, entry, lock};

pub(super) fn config(ground: &Ground<'_>) -> Vec<Check> {
    let app = ground.app;
    let path = app.paths.config.display().to_string();
    let read = || -> Result<String, Error> {
        let settings = Config::load(&app.paths.config)?.set_keys().len();
        Ok(if app.paths.config.exists() {
            format!("{path}, {settings} settings")
        } else {
            format!("{path} is not there: defaults")
        })
    };
    vec![Check::of("config", read())]
}

/// One line for all that are right, one for each that is not.
pub(super) fn provider_files(ground: &Ground<'_>) -> Vec<Check> {
    let app = ground.app;
    let names = app.catalogue().names();
    let mut checks: Vec<Check> = names
        .iter()
        .filter_map(|name| app.catalogue().provider(name).err())
        .map(|wrong| Check::failure("providers", Error::from(wrong).help("mend the file, or take it away")))
        .collect();
    let loose: Vec<String> = names
        .iter()
        .map(|name| app.catalogue().path_of(name))
        .filter(|path| others_may_write(path))
        .map(|path| path.display().to_string())
        .collect();
    if !loose.is_empty() {
        let help = format!("chmod go-w {}", loose.join(" "));
        checks.push(Check::warning("providers", "others can change where tokens are sent", help));
    }
    if checks.is_empty() {
        checks.push(Check::fine("providers", format!("{} providers", names.len())));
    }
    checks
}

pub(super) fn vault(ground: &Ground<'_>) -> Vec<Check> {
    let app = ground.app;
    let prove = || -> Result<String, Error> {
        let vault = app.vault()?;
        vault.round_trip().map_err(unanswered)?;
        let grants = vault.grants().map_err(unanswered)?.into_iter();
        let grants = grants.map(|(name, grant)| (name, grant.map_err(unanswered)));
        let _ = ground.grants.set(grants.collect());
        Ok(format!("{}: written, read back and deleted", vault.kind()))
    };
    vec![Check::of("vault", prove())]
}

/// Elsewhere the cure is to come here.
fn unanswered(error: VaultError) -> Error {
    let help = match &error {
        VaultError::Silent(_) => {
            "start the keychain's service anew (log out and in), or give it longer: integ config set vault.timeout 30s".into()
        }
        VaultError::Refused(_) => "see what the keychain's own program says of it; integ vault move file does without".into(),
        VaultError::Storage { path, cause, .. } => match cause.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => "make room on its disk".to_owned(),
            ErrorKind::ReadOnlyFilesystem => "mount its disk for writing, or choose another: XDG_DATA_HOME".to_owned(),
            ErrorKind::PermissionDenied => format!("see whose it is and who may write (ls -ld {}), and give it to yourself", path.display()),
            ErrorKind::AlreadyExists | ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
                format!("take away what is in the place of {}", path.display())
            }
            _ => format!("see to the disk that has {}", path.display()),
        },
        _ => return error.into(),
    };
    Error::from(error).help(help)
}

/// A lock of its own name, so that nobody is kept waiting; its file is taken away again.
pub(super) fn locks(ground: &Ground<'_>) -> Vec<Check> {
    let app = ground.app;
    let (Some(_), Ok(vault)) = (ground.grants.get(), app.vault()) else { return Vec::new() };
    let dir = vault.lock_dir();
    let key = format!("{}/check:{}", app.profile, std::process::id());
    let prove = || -> Result<String, Error> {
        let held =
            app.block_on(lock::acquire(dir, &key, None, Duration::from_secs(1)))?.map_err(unanswered)?;
        let _ = std::fs::remove_file(dir.join(format!("{}.lock", entry::file_stem(&key))));
        drop(held);
        Ok(dir.display().to_string())
    };
    vec![Check::of("locks", prove())]
}

/// Opening it migrates it, looks through what cannot be had again, and moves it aside where that is damaged.
pub(super) fn index(ground: &Ground<'_>) -> Vec<Check> {
    let app = ground.app;
    vec![Check::of("index", examined(app))]
}

fn examined(app: &App) -> Result<String, Error> {
    let shown = app.paths.index.display();
    survive_full_disks();
    // Opened for this alone: what is moved aside must not be in use, by us least of all.
    let (index, salvage) = Index::open(&app.paths.index).map_err(unusable)?;
    if let Some(salvage) = salvage {
        app.out.warn(&salvage_words(&salvage));
    }
    let is_sound = index.examine().is_ok();
    drop(index);
    if is_sound {
        return Ok(format!("{shown} is sound"));
    }
    match Index::renew(&app.paths.index).map_err(unusable)? {
        (_, Some(salvage)) => Err(Error::new(Kind::IndexBroken, salvage_words(&salvage)).help("integ sync")),
        (_, None) => Ok(format!("{shown} is sound")),
    }
}

/// Elsewhere the cure is to come here.
fn unusable(error: IndexError) -> Error {
    let says_how = matches!(error, IndexError::Busy | IndexError::TooNew { .. });
    let error = Error::from(error);
    match says_how {
        true => error,
        false => error.help(
            "make room on its disk, or give it to yourself; moved away, it is made anew without the tasks and the time in it",
        ),
    }
}

/// Everything of ours is its owner's alone. Loose modes are repaired, and said.
pub(super) fn permissions(ground: &Ground<'_>) -> Vec<Check> {
    let app = ground.app;
    let (mut repaired, mut refused, mut count) = (Vec::new(), Vec::new(), 0);
    for path in private_paths(app) {
        match tighten(&path) {
            Ok(Mode::Private) => count += 1,
            Ok(Mode::Repaired) => repaired.push(path.display().to_string()),
            Ok(Mode::Absent) => {}
            Err(why) => refused.push(format!("{}: {why}", path.display())),
        }
    }
    if !refused.is_empty() {
        let error = Error::new(crate::error::Kind::Storage, refused.join("; "));
        return vec![Check::failure(
            "permissions",
            error.help("give the files to yourself, or take them away"),
        )];
    }
    if !repaired.is_empty() {
        let detail = format!("others could read {}: repaired", repaired.join(", "));
        return vec![Check::warning("permissions", detail, "if others use this machine, sign in again")];
    }
    vec![Check::fine("permissions", format!("yours alone: {count} files and folders"))]
}

fn private_paths(app: &App) -> Vec<PathBuf> {
    let paths = &app.paths;
    let index = paths.index.display();
    let mut all = vec![
        paths.config.clone(),
        paths.key_file.clone(),
        paths.index.clone(),
        paths.file_vault.clone(),
        paths.file_vault.join("locks"),
        paths.locks(),
        format!("{index}-wal").into(),
        format!("{index}-shm").into(),
    ];
    all.extend(paths.config.parent().map(Path::to_owned));
    all.extend(paths.index.parent().map(Path::to_owned));
    for dir in [paths.file_vault.clone(), paths.file_vault.join("locks")] {
        all.extend(std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()));
    }
    all.sort();
    all.dedup();
    all
}

enum Mode {
    Private,
    Repaired,
    Absent,
}

#[cfg(unix)]
fn tighten(path: &Path) -> Result<Mode, String> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let meta = match std::fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Mode::Absent),
        Err(cause) => return Err(cause.to_string()),
    };
    // People keep their settings in a folder of theirs and link to them; a link's own mode means nothing.
    if meta.is_symlink() {
        let fit = if path.is_dir() { own_dir(path) } else { Ok(()) };
        return fit.map(|()| Mode::Private).map_err(|error| error.to_string());
    }
    if meta.uid() != nix::unistd::geteuid().as_raw() {
        return Err("it belongs to somebody else".into());
    }
    if meta.mode() & 0o077 == 0 {
        return Ok(Mode::Private);
    }
    let mode = if meta.is_dir() { 0o700 } else { 0o600 };
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
        .map_err(|cause| cause.to_string())?;
    Ok(Mode::Repaired)
}

#[cfg(not(unix))]
fn tighten(path: &Path) -> Result<Mode, String> {
    Ok(if path.exists() { Mode::Private } else { Mode::Absent })
}

#[cfg(unix)]
fn others_may_write(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).is_ok_and(|meta| meta.mode() & 0o022 != 0)
}

#[cfg(not(unix))]
fn others_may_write(_: &Path) -> bool {
    false
}
