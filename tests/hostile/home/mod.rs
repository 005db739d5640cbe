//! A sealed home: its own HOME, XDG directories and file vault, nothing of the real environment. After every run the
//! standing invariants are asserted, so that each test of a fault is also a test of all of them.

mod call;
mod clock;
mod disk;
mod gate;
mod invariants;
pub(crate) mod keychain;
mod ledger;
mod often;
mod output;
mod preload;
mod running;
mod seed;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, Mutex, Once};

use tempfile::TempDir;

pub(crate) use call::Call;
pub(crate) use disk::{Act, Point};
pub(crate) use gate::Gate;
pub(crate) use often::{Random, in_share, rounds, seed, share_in_words, times};
pub(crate) use output::{Output, figure};
pub(crate) use running::Running;
pub(crate) use seed::GrantText;

use crate::evil::{Evil, Shared};

/// Identities made for these tests; they open nothing else.
pub(crate) const IDENTITY: &str =
    "AGE-SECRET-KEY-1FVEU87995UJPH0GHLL0XWQEJYRTS7X36X9TW7C0Q2M3HYDDLN9FSP90NHM";
pub(crate) const OTHER_IDENTITY: &str =
    "AGE-SECRET-KEY-16EP6NUF6L4RDKZNUJDP79D8GW9JJAWN6K0ADGQ6MWUQGL8LQJVGS09ZD09";

pub(crate) struct Home {
    root: TempDir,
    env: BTreeMap<String, String>,
    evil: Option<Arc<Shared>>,
    /// Commands that run now: temporary files are theirs.
    live: Arc<AtomicUsize>,
    /// A command was killed here: what it left behind is allowed to lie around.
    killed: AtomicBool,
    /// Modes and symlinks were tampered with by the test.
    pub(crate) tampered: AtomicBool,
    pub(crate) secrets: Vec<String>,
    /// Stored refresh tokens are held against what the provider issued (I2, I8).
    audited: AtomicBool,
    ledger: Mutex<ledger::Ledger>,
}

impl Home {
    /// A home that knows the provider `evil`.
    pub(crate) fn new(evil: &Evil) -> Home {
        let home = Home { evil: Some(evil.shared()), ..Home::empty() };
        home.provider("evil", &provider_toml(evil, &[]));
        home
    }

    pub(crate) fn empty() -> Home {
        // Everything must be private even where nobody asks for it (I6).
        static OPEN: Once = Once::new();
        OPEN.call_once(|| {
            let _ = nix::sys::stat::umask(nix::sys::stat::Mode::empty());
        });
        let root = tempfile::Builder::new().prefix("integ hostile ").tempdir().unwrap();
        let mut env = BTreeMap::new();
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        for (name, below) in [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "home/.config"),
            ("XDG_DATA_HOME", "home/.local/share"),
            ("XDG_STATE_HOME", "home/.local/state"),
            ("XDG_CACHE_HOME", "home/.cache"),
            ("XDG_RUNTIME_DIR", "home/run"),
            ("TMPDIR", "home/tmp"),
            ("PATH", "bin"),
        ] {
            let path = root.path().join(below);
            private_dir(&path);
            env.insert(name.to_owned(), text(&path));
        }
        private_dir(&root.path().join("cwd"));
        private_file(&root.path().join("key"), IDENTITY.as_bytes());
        env.insert("INTEG_VAULT".into(), "file".into());
        env.insert("INTEG_VAULT_KEY_FILE".into(), text(&root.path().join("key")));
        keychain::environment(&mut env);
        let home = Home {
            root,
            env,
            evil: None,
            live: Arc::default(),
            killed: AtomicBool::new(false),
            tampered: AtomicBool::new(false),
            secrets: vec![IDENTITY.into(), OTHER_IDENTITY.into()],
            audited: AtomicBool::new(false),
            ledger: Mutex::default(),
        };
        if home.has_keychain() {
            private_file(&home.settings(), keychain::PATIENT.as_bytes());
        }
        home
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) -> &mut Home {
        self.env.insert(name.into(), value.into());
        self
    }

    pub(crate) fn unset(&mut self, name: &str) -> &mut Home {
        self.env.remove(name);
        self
    }

    pub(crate) fn provider(&self, name: &str, toml: &str) -> &Home {
        let path = self.config().join("providers").join(format!("{name}.toml"));
        private_file(&path, toml.as_bytes());
        self
    }

    /// How long a command may wait for one provider.
    pub(crate) fn deadline(self, limit: &str) -> Home {
        let settings = format!("{}\n[limits]\ndeadline = \"{limit}\"\n", keychain::PATIENT);
        private_file(&self.settings(), settings.as_bytes());
        self
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.path().join(below)
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.path("home/.config/integ")
    }

    /// The profile's own; provider files are everybody's.
    pub(crate) fn settings(&self) -> PathBuf {
        let config = self.config();
        let room =
            self.env.get("INTEG_PROFILE").map_or(config.clone(), |name| config.join("profiles").join(name));
        room.join("config.toml")
    }

    pub(crate) fn data(&self) -> PathBuf {
        let data = self.path("home/.local/share/integ");
        self.env.get("INTEG_PROFILE").map_or(data.clone(), |profile| data.join("profiles").join(profile))
    }

    pub(crate) fn vault(&self) -> PathBuf {
        self.data().join("vault")
    }

    pub(crate) fn index(&self) -> PathBuf {
        self.data().join("index.db")
    }

    /// The vault's files, sorted.
    pub(crate) fn vault_files(&self) -> Vec<PathBuf> {
        let mut found = files_below(&self.vault());
        found.retain(|path| path.extension().is_some_and(|e| e == "age"));
        found.sort();
        found
    }

    /// A fake program on PATH.
    pub(crate) fn program(&self, name: &str, script: &str) -> PathBuf {
        let path = self.path("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        path
    }

    /// Another home with the same contents, as after a backup and a restore.
    pub(crate) fn copy(&self) -> Home {
        let mut other = Home { evil: self.evil.clone(), ..Home::empty() };
        for from in files_below(&self.path("home")) {
            let to = other.path("home").join(from.strip_prefix(self.path("home")).unwrap());
            private_file(&to, &fs::read(&from).unwrap());
        }
        for (name, value) in &self.env {
            other.env.entry(name.clone()).or_insert_with(|| value.clone());
        }
        other
    }
}

/// A provider file for the evil provider, with top-level keys replaced by TOML literals (an empty one: left out).
pub(crate) fn provider_toml(evil: &Evil, overrides: &[(&str, &str)]) -> String {
    let base = &evil.base;
    let mut keys: BTreeMap<&str, String> = BTreeMap::from([
        ("title", "\"Evil\"".to_owned()),
        ("authorize-url", format!("\"{base}/authorize\"")),
        ("token-url", format!("\"{base}/token\"")),
        ("revoke-url", format!("\"{base}/revoke\"")),
        ("api-url", format!("\"{base}\"")),
        ("client-id", "\"client-evil\"".to_owned()),
        ("client-auth", "\"none\"".to_owned()),
        ("refresh", "\"rotating\"".to_owned()),
        ("scopes", "[\"openid\"]".to_owned()),
    ]);
    for (key, literal) in overrides {
        keys.insert(key, (*literal).to_owned());
    }
    keys.retain(|_, literal| !literal.is_empty());
    let top: String = keys.iter().map(|(key, literal)| format!("{key} = {literal}\n")).collect();
    format!(
        "{top}\n[capability.calendars]\nrequired = [\"calendar.readonly\"]\noptional = [\"calendar.events\"]\n\n\
         [whoami]\npath = \"/me\"\nid = \"sub\"\naccount = \"email\"\nworkspace = \"org.name\"\n\n\
         [error]\nmessage = \"error.message\"\n"
    )
}

pub(crate) fn private_dir(path: &Path) {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path).unwrap();
}

pub(crate) fn private_file(path: &Path, contents: &[u8]) {
    private_dir(path.parent().unwrap());
    let mut file =
        fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path).unwrap();
    file.write_all(contents).unwrap();
}

/// Every regular file below a directory; symbolic links are not followed.
pub(crate) fn files_below(root: &Path) -> Vec<PathBuf> {
    walk(root).into_iter().filter(|path| path.symlink_metadata().is_ok_and(|m| m.is_file())).collect()
}

pub(crate) fn walk(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.symlink_metadata().is_ok_and(|meta| meta.is_dir()) {
            found.extend(walk(&path));
        }
        found.push(path);
    }
    found
}
