//! Which vault this profile has: chosen once, recorded in the config, overridden only by `INTEG_VAULT`.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use age::x25519::Identity;
use zeroize::Zeroizing;

use super::paths::Paths;
use super::{App, environment};
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::output::Out;
use crate::vault::lock::{self, Lock};
use crate::vault::{FileVault, Keychain, Reach, Store, Vault, VaultError};

pub(super) fn open(app: &App) -> Result<Vault, Error> {
    let store: Box<dyn Store> = match chosen_kind(&*app.config()?, &app.paths)?.as_str() {
        "file" => Box::new(file_vault(app)?),
        _ => Box::new(keychain(app)?),
    };
    Ok(Vault::new(store, &app.profile))
}

/// `INTEG_VAULT`, else what the config recorded, else the file vault where a key is given or where there is one: settings
/// that were lost take no connection away. Else the keychain.
fn chosen_kind(config: &Config, paths: &Paths) -> Result<String, Error> {
    if let Some(kind) = environment::text("INTEG_VAULT") {
        return match kind.as_str() {
            "file" | "keychain" => Ok(kind),
            _ => Err(Error::new(Kind::Config, format!("INTEG_VAULT is `{kind}`: use `file` or `keychain`"))),
        };
    }
    if let Some(kind) = config.own("vault.kind") {
        return Ok(kind);
    }
    let key_given =
        ["INTEG_VAULT_KEY", "INTEG_VAULT_KEY_FILE"].iter().any(|v| environment::text(v).is_some());
    let is_there = || paths.key_file.is_file() && paths.file_vault.is_dir();
    Ok(if key_given || is_there() { "file" } else { "keychain" }.to_owned())
}

impl App {
    /// At the first `setup`, `connect` or `import`: from now on the profile has this vault.
    pub(crate) fn record_vault(&self) -> Result<(), Error> {
        if self.config()?.own("vault.kind").is_none() {
            let kind = self.vault()?.kind();
            self.change_config(|config| match config.own("vault.kind") {
                Some(_) => Ok(()),
                None => config.set("vault.kind", kind),
            })?;
        }
        Ok(())
    }

    /// A connection that is gone may only have gone to the other vault while we waited for its lock.
    pub(super) fn mind_the_move(&self, error: Error, name: &Name) -> Error {
        if error.kind == Kind::NotConnected && self.was_moved() { moved(name) } else { error }
    }

    /// Whether the profile has another vault by now than when this process opened it.
    fn was_moved(&self) -> bool {
        let chosen = || chosen_kind(&Config::load(&self.paths.config).ok()?, &self.paths).ok();
        chosen().is_some_and(|kind| self.vault().is_ok_and(|vault| vault.kind() != kind))
    }

    /// The locks under which a connection is saved that nobody knows of yet: `vault move` locks those that it sees, so it
    /// must not be under way, and what is saved where it moved from would never be found.
    pub(crate) async fn lock_to_save(&self, name: &Name) -> Result<[Lock; 2], Error> {
        let place = self.lock_place().await?;
        let held = self.vault()?.lock(name, self.lock_wait()?).await?;
        if self.was_moved() { Err(moved(name)) } else { Ok([place, held]) }
    }

    /// Held by who changes where the secrets of this profile live, and by who saves what is new.
    pub(crate) async fn lock_place(&self) -> Result<Lock, Error> {
        let key = format!("{}/vault", self.profile);
        Ok(lock::acquire(&self.paths.index_locks(), &key, None, self.lock_wait()?).await?)
    }

    pub(crate) fn keychain(&self) -> Result<Keychain, Error> {
        keychain(self)
    }
}

fn moved(name: &Name) -> Error {
    Error::new(Kind::Busy, format!("the vault of {name} was moved meanwhile")).help("try again")
}

fn keychain(app: &App) -> Result<Keychain, Error> {
    let config = app.config()?;
    let waits_for_person = app.prompt.is_allowed();
    let reach = Reach {
        address: environment::text("DBUS_SESSION_BUS_ADDRESS"),
        runtime_dir: environment::path("XDG_RUNTIME_DIR"),
        limit: config.duration("vault.timeout").max(Duration::from_secs(1)),
        unlock: waits_for_person.then(|| config.duration("vault.unlock-timeout")),
        locks: Box::new({
            let paths = app.paths.clone();
            move || paths.locks()
        }),
        say_waiting: Box::new({
            let quiet = app.out.quiet;
            move || Out { json: false, quiet }.always("The keychain is locked; waiting for you to unlock it.")
        }),
    };
    Ok(Keychain::new(reach))
}

/// The key of the file vault, and the file it was read from where it was one.
pub(crate) struct VaultKey {
    pub identity: Identity,
    pub file: Option<PathBuf>,
}

/// The key that is given: by the environment, by the config, or as `vault init` wrote it.
pub(crate) fn vault_key(app: &App) -> Result<VaultKey, Error> {
    if let Some(key) = environment::secret("INTEG_VAULT_KEY") {
        return Ok(VaultKey { identity: parse_identity(key.expose(), "INTEG_VAULT_KEY")?, file: None });
    }
    let chosen = app.config()?.text("vault.key-file").map(PathBuf::from);
    let named = environment::path("INTEG_VAULT_KEY_FILE");
    let is_chosen = named.is_none() && chosen.as_ref().is_some_and(|file| *file != app.paths.key_file);
    let file = named.or(chosen).unwrap_or_else(|| app.paths.key_file.clone());
    match read_identity(&file) {
        Err(error) if is_chosen && error.kind == Kind::VaultAbsent => {
            Err(error.help("put it back; if it is lost: integ config unset vault.key-file"))
        }
        identity => Ok(VaultKey { identity: identity?, file: Some(file) }),
    }
}

fn file_vault(app: &App) -> Result<FileVault, Error> {
    Ok(FileVault::new(app.paths.file_vault.clone(), vault_key(app)?.identity))
}

/// A key file may be a link (that is how orchestrators mount secrets); it must be its owner's alone.
fn read_identity(path: &Path) -> Result<Identity, Error> {
    let shown = path.display().to_string();
    let bad = |why: String| Error::from(VaultError::BadKey(format!("{shown}: {why}")));
    let meta = match fs::metadata(path) {
        Ok(meta) => meta,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            return Err(VaultError::NoKey(path.to_owned()).into());
        }
        Err(cause) => return Err(bad(cause.to_string())),
    };
    if !meta.is_file() || meta.len() > 64 * 1024 {
        return Err(bad("it is not a key file".into()));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if !may_own(meta.uid(), nix::unistd::geteuid().as_raw()) {
            let help = format!("see whose it is (ls -l {shown}), then: chown \"$(id -u)\" {shown}");
            return Err(bad("it belongs to somebody else".into()).help(help));
        }
        if meta.mode() & 0o077 != 0 {
            return Err(bad("others can read it".into()).help(format!("chmod 600 {shown}")));
        }
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(|cause| bad(cause.to_string()))?);
    parse_identity(&text, &shown)
}

/// Who else owns a key knows it, and what is sealed to it is theirs. The system may: it mounts secrets.
#[cfg(unix)]
const fn may_own(owner: u32, own: u32) -> bool {
    owner == own || owner == 0
}

/// The first `AGE-SECRET-KEY-1…` line; comments and blank lines are as in the age tool's files.
fn parse_identity(text: &str, origin: &str) -> Result<Identity, Error> {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    let identity = line.and_then(|line| Identity::from_str(line).ok());
    identity.ok_or_else(|| {
        VaultError::BadKey(format!("{origin} holds no age identity (AGE-SECRET-KEY-1…)")).into()
    })
}

#[cfg(test)]
mod tests {
    #[test]
    #[cfg(unix)]
    fn st09_a_key_is_ours_or_the_systems() {
        for (owner, own, may) in
            [(1000, 1000, true), (0, 1000, true), (0, 0, true), (1001, 1000, false), (1000, 0, false)]
        {
            assert_eq!(super::may_own(owner, own), may, "{owner} for {own}");
        }
    }
}
