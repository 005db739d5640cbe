//! Where things are: the XDG base directories, and one folder of each for every profile but `default`.

use std::path::{Path, PathBuf};
use std::{fs, iter};

use etcetera::{BaseStrategy, choose_base_strategy};

use super::environment;
use crate::error::{Error, Kind};

#[derive(Clone)]
pub(crate) struct Paths {
    /// Provider files: shared by all profiles.
    pub providers: PathBuf,
    pub config: PathBuf,
    pub key_file: PathBuf,
    pub index: PathBuf,
    pub file_vault: PathBuf,
    data: PathBuf,
    config_base: PathBuf,
}

impl Paths {
    pub(crate) fn of(profile: &str) -> Result<Paths, Error> {
        let no_home = || {
            Error::new(Kind::Storage, "there is no home directory: HOME is not set to an absolute path")
                .help("set HOME, or XDG_CONFIG_HOME and XDG_DATA_HOME")
        };
        let absolute = |variable: &str| environment::path(variable).filter(|path| path.is_absolute());
        let strategy = choose_base_strategy().ok().filter(|s| s.home_dir().is_absolute());
        let base = |variable: &str, usual: fn(&etcetera::base_strategy::Xdg) -> PathBuf| {
            absolute(variable).or_else(|| strategy.as_ref().map(usual)).ok_or_else(no_home)
        };
        let config = base("XDG_CONFIG_HOME", |s| s.config_dir())?;
        let data = base("XDG_DATA_HOME", |s| s.data_dir())?;
        Ok(Paths::below(config, &data, profile))
    }

    /// With these base directories.
    pub(super) fn below(config_base: PathBuf, data_base: &Path, profile: &str) -> Paths {
        let (config, data) = (config_base.join("integ"), data_base.join("integ"));
        let of_profile = |base: &Path| match profile {
            "default" => base.to_owned(),
            other => base.join("profiles").join(other),
        };
        let (own_config, own_data) = (of_profile(&config), of_profile(&data));
        Paths {
            providers: config.join("providers"),
            config: own_config.join("config.toml"),
            key_file: own_config.join("vault.key"),
            index: own_data.join("index.db"),
            file_vault: own_data.join("vault"),
            data,
            config_base,
        }
    }

    /// Where other programs have their settings too.
    pub(crate) fn config_home(&self) -> PathBuf {
        self.config_base.clone()
    }

    /// Whether somebody uses another profile: the provider files are for all of them.
    pub(crate) fn has_other_profiles(&self) -> bool {
        let all = self.config_base.join("integ");
        let named =
            fs::read_dir(all.join("profiles")).into_iter().flatten().flatten().map(|entry| entry.path());
        let mut configs = iter::once(all.clone()).chain(named).map(|profile| profile.join("config.toml"));
        configs.any(|config| config != self.config && config.exists())
    }

    /// Locks of what is in the index: beside it.
    pub(crate) fn index_locks(&self) -> PathBuf {
        self.index.with_file_name("locks")
    }

    /// Locks of the keychain's items. Asked only when one is taken: looking the account up is dear.
    pub(crate) fn locks(&self) -> PathBuf {
        account_home().unwrap_or_else(|| self.data.clone()).join("integ-locks")
    }
}

/// The home of the account, not of the environment: cron, a terminal and a program with another `HOME` share one
/// keychain and must meet at the same locks.
#[cfg(unix)]
fn account_home() -> Option<PathBuf> {
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).ok()??;
    user.dir.is_absolute().then(|| user.dir.join(".local/state"))
}

#[cfg(not(unix))]
fn account_home() -> Option<PathBuf> {
    None
}
