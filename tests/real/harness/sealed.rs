//! A home that is nobody's: own directories, own environment, own vault, and a check after every run in it.
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use nix::sys::stat::{Mode, umask};
use nix::unistd::{User, getuid};
use tempfile::TempDir;

use super::invariants;
use super::keyring::Keyring;
use super::output::Output;
use super::run::Run;
use super::secrets::Secrets;

/// A provider that nobody answers for.
pub(crate) const ACME: &str = r#"
title = "Acme"
authorize-url = "http://127.0.0.1:9/authorize"
token-url = "http://127.0.0.1:9/token"
api-url = "http://127.0.0.1:9"
client-id = "desk"
client-auth = "none"
scopes = ["openid"]
"#;

pub(crate) struct Sealed {
    root: TempDir,
    env: BTreeMap<String, String>,
    secrets: Secrets,
    live: AtomicUsize,
}

impl Sealed {
    /// With an encrypted file vault, whose key `vault init` made.
    pub(crate) fn new() -> Self {
        let mut home = Self::empty();
        home.set("INTEG_VAULT", "file");
        home.integ(&["vault", "init"]).run().ok();
        home
    }

    /// With the keychain behind `keyring`. The profile is its own: locks of keychain items lie under the real home of the account.
    pub(crate) fn with_keyring(keyring: &Keyring) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let mut home = Self::empty();
        let profile = format!("real-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        home.set("INTEG_PROFILE", &profile);
        home.set("DBUS_SESSION_BUS_ADDRESS", &keyring.address());
        home
    }

    pub(crate) fn empty() -> Self {
        // Nothing may rely on a kind umask: modes are what the program asks for.
        umask(Mode::empty());
        let root = tempfile::Builder::new().prefix("integ-real-").tempdir().unwrap();
        let mut env = BTreeMap::new();
        // Where they are without any of these variables, so that HOME alone finds the same things.
        let rooms = [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "home/.config"),
            ("XDG_DATA_HOME", "home/.local/share"),
            ("XDG_STATE_HOME", "home/.local/state"),
            ("XDG_CACHE_HOME", "home/.cache"),
            ("XDG_RUNTIME_DIR", "home/runtime"),
            ("TMPDIR", "tmp"),
            ("", "outside"),
        ];
        for (name, room) in rooms {
            let path = root.path().join(room);
            DirBuilder::new().recursive(true).mode(0o700).create(&path).unwrap();
            env.insert(name.to_owned(), path.display().to_string());
        }
        env.remove("");
        env.insert("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned());
        env.insert("LANG".to_owned(), "C.UTF-8".to_owned());
        Self { root, env, secrets: Secrets::default(), live: AtomicUsize::new(0) }
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.env.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn var(&self, name: &str) -> &str {
        &self.env[name]
    }

    pub(crate) fn env(&self) -> &BTreeMap<String, String> {
        &self.env
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.root.path().join("home")
    }

    /// For what a test hands over or takes out: nothing there is checked.
    pub(crate) fn outside(&self) -> PathBuf {
        self.root.path().join("outside")
    }

    /// Writes a file there, readable for its owner only.
    pub(crate) fn hand_over(&self, name: &str, text: &str) -> PathBuf {
        let path = self.outside().join(name);
        write_private(&path, text);
        path
    }

    pub(crate) fn provider(&self, name: &str, toml: &str) {
        let room = self.home().join(".config/integ/providers");
        DirBuilder::new().recursive(true).mode(0o700).create(&room).unwrap();
        write_private(&room.join(format!("{name}.toml")), toml);
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Whatever this server hands out must not leak here.
    pub(crate) fn watch(&self, server: &str) {
        self.secrets.watch(server);
    }

    pub(crate) fn integ(&self, args: &[&str]) -> Run<'_> {
        Run::new(self, env!("CARGO_BIN_EXE_integ"), args)
    }

    pub(crate) fn began(&self) {
        self.live.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn ended(&self, out: &Output, reveals: bool) {
        self.secrets.learn();
        invariants::of_output(out, &self.secrets, reveals);
        if self.live.fetch_sub(1, Ordering::SeqCst) == 1 {
            invariants::of_disk(&self.home(), &self.root.path().join("tmp"), &self.secrets, out);
        }
    }

    /// The grants in the file vault.
    pub(crate) fn vault_files(&self) -> Vec<PathBuf> {
        let is_grant = |path: &PathBuf| path.extension().is_some_and(|ext| ext == "age");
        invariants::everything_in(&self.home().join(".local/share/integ"))
            .into_iter()
            .filter(is_grant)
            .collect()
    }
}

impl Drop for Sealed {
    /// Locks of keychain items lie in the account's own home; those of this profile are nobody's any more.
    fn drop(&mut self) {
        let Some(profile) = self.env.get("INTEG_PROFILE") else { return };
        let Ok(Some(account)) = User::from_uid(getuid()) else { return };
        for path in invariants::everything_in(&account.dir.join(".local/state/integ-locks")) {
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&format!("{profile}~")))
            {
                let _ = fs::remove_file(path);
            }
        }
    }
}

fn write_private(path: &Path, text: &str) {
    let _ = fs::remove_file(path);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}
