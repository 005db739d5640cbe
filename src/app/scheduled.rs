//! What a scheduler has to be told so that what it starts finds this program, this profile and this vault again: its
//! environment is not ours. Paths and switches are written down, secrets never.

use std::path::PathBuf;
use std::process::Command;

use url::Url;

use super::App;
use super::environment::{self, without_secrets};
use crate::error::{Error, Kind};
use crate::schedule::{Ground, Scheduler};

/// Paths and switches that decide what is found.
const KEPT: [&str; 8] = [
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "INTEG_VAULT",
    "INTEG_VAULT_KEY_FILE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NO_PROXY",
    "no_proxy",
];
/// As well, unless a password is in them.
const PROXIES: [&str; 6] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// What was found here that a scheduled run needs.
#[derive(Default)]
pub(crate) struct Surrounding {
    pub variables: Vec<(String, String)>,
    /// What a scheduled run will not have.
    pub missing: Vec<String>,
}

impl App {
    pub(crate) fn ground(&self) -> Result<Ground, Error> {
        let no_home = || Error::new(Kind::Storage, "there is no home directory").help("set HOME");
        let home =
            environment::path("HOME").or_else(|| environment::path("USERPROFILE")).ok_or_else(no_home)?;
        let config_home = self.paths.config_home();
        Ok(Ground {
            profile: self.profile.clone(),
            config_home,
            runtime_dir: environment::runtime_dir(),
            user: user(),
            uid: uid(),
            home,
            bare: without_secrets,
        })
    }

    /// What tells this machine and this profile from others, the same from day to day.
    pub(crate) fn seed(&self, ground: &Ground) -> String {
        let id = ["/etc/machine-id", "/var/lib/dbus/machine-id"]
            .iter()
            .find_map(|path| std::fs::read_to_string(path).ok().filter(|id| !id.trim().is_empty()));
        // Machines that were made from one image may share the id.
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
        let host = host.or_else(|| environment::text("COMPUTERNAME")).or_else(|| host_name(ground));
        let parts = [id.unwrap_or_default(), host.unwrap_or_default(), ground.user.clone()];
        format!("{}\n{}", parts.map(|part| part.trim().to_owned()).join("\n"), self.profile)
    }

    /// The path under which this program will be found tomorrow too: a package manager replaces what its link points to.
    pub(crate) fn own_path(&self) -> Result<String, Error> {
        let unknown = |why: String| Error::new(Kind::Storage, format!("cannot tell where integ lies: {why}"));
        let own = std::env::current_exe().map_err(|cause| unknown(cause.to_string()))?;
        let linked = environment::program("integ".as_ref()).filter(|path| path.is_absolute());
        let same =
            |path: &PathBuf| matches!((path.canonicalize(), own.canonicalize()), (Ok(a), Ok(b)) if a == b);
        let path = linked.filter(same).unwrap_or(own);
        if !path.is_file() {
            return Err(unknown(format!("{} is gone", path.display())));
        }
        let text = path.to_str().map(str::to_owned);
        text.ok_or_else(|| unknown(format!("{} is not UTF-8", path.display())))
    }

    /// The environment that a scheduled run needs. A key that is nowhere but in our environment cannot be given to it.
    pub(crate) fn surrounding(&self, ground: &Ground) -> Result<Surrounding, Error> {
        let mut found = Surrounding::default();
        if account_home().is_some_and(|home| home != ground.home) {
            found.variables.push(("HOME".to_owned(), unicode("HOME", ground.home.clone().into())?));
        }
        for name in KEPT {
            let Some(value) = environment::os_text(name) else { continue };
            // A relative path means nothing elsewhere; of XDG's, it is to be ignored.
            let is_path = !matches!(name, "INTEG_VAULT" | "NO_PROXY" | "no_proxy");
            let path = PathBuf::from(&value);
            let value = match (is_path && path.is_relative(), name.starts_with("XDG_")) {
                (false, _) => value,
                (true, true) => continue,
                (true, false) => std::path::absolute(path).map_or(value, PathBuf::into_os_string),
            };
            found.variables.push((name.to_owned(), unicode(name, value)?));
        }
        for name in PROXIES {
            let Some(value) = environment::text(name) else { continue };
            if holds_password(&value) {
                found.missing.push(format!("{name} holds a password and is not written down"));
            } else {
                found.variables.push((name.to_owned(), value));
            }
        }
        self.mind_the_key(&mut found)?;
        for (name, what) in environment::clients() {
            match what {
                environment::Half::Id(value) => found.variables.push((name, value)),
                environment::Half::Secret(provider) => found.missing.push(format!(
                    "{name} is only in this environment: integ setup {provider} --client-secret-stdin keeps it in the vault"
                )),
            }
        }
        Ok(found)
    }

    fn mind_the_key(&self, found: &mut Surrounding) -> Result<(), Error> {
        if environment::text("INTEG_VAULT_KEY").is_none() || self.vault()?.kind() != "file" {
            return Ok(());
        }
        let config = self.config()?;
        let named =
            environment::path("INTEG_VAULT_KEY_FILE").or(config.text("vault.key-file").map(Into::into));
        let file = named.unwrap_or_else(|| self.paths.key_file.clone());
        if !file.is_file() {
            let message = "the vault's key is only in INTEG_VAULT_KEY, which a scheduled run does not have and which is never written down";
            let help = "put the key into a file (mode 0600), then: integ config set vault.key-file FILE";
            return Err(Error::new(Kind::Config, message).help(help));
        }
        // Without the variable, only the config would say that it is the file vault.
        let says_so = config.own("vault.kind").is_some()
            || found.variables.iter().any(|(name, _)| name.starts_with("INTEG_VAULT"));
        if !says_so {
            found.variables.push(("INTEG_VAULT".to_owned(), "file".to_owned()));
        }
        Ok(())
    }

    /// This program, started as that scheduler would start it.
    pub(crate) fn as_started_by(
        &self,
        scheduler: Scheduler,
        program: &str,
        variables: &[(String, String)],
    ) -> Command {
        let mut command = Command::new(program);
        if let Some(left) = scheduler.leaves_of_environment() {
            command.env_clear().env("PATH", "/usr/bin:/bin");
            for name in left {
                if let Some(value) = environment::os_text(name) {
                    command.env(name, value);
                }
            }
            // A session's home is the account's, whatever HOME says here.
            if let Some(home) = account_home() {
                command.env("HOME", home);
            }
        }
        without_secrets(&mut command);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command
    }
}

fn unicode(name: &str, value: std::ffi::OsString) -> Result<String, Error> {
    value.into_string().map_err(|_| {
        Error::new(Kind::Config, format!("{name} is not UTF-8: a scheduler cannot be told")).help("rename it")
    })
}

fn holds_password(proxy: &str) -> bool {
    match Url::parse(proxy) {
        Ok(url) if url.has_host() => url.password().is_some() || !url.username().is_empty(),
        _ => proxy.contains('@'),
    }
}

#[cfg(unix)]
fn account_home() -> Option<PathBuf> {
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).ok()??;
    user.dir.is_absolute().then_some(user.dir)
}

#[cfg(not(unix))]
fn account_home() -> Option<PathBuf> {
    None
}

#[cfg(unix)]
fn user() -> String {
    let known = nix::unistd::User::from_uid(nix::unistd::geteuid()).ok().flatten();
    known.map_or_else(|| environment::text("USER").unwrap_or_default(), |user| user.name)
}

#[cfg(not(unix))]
fn user() -> String {
    let part = |name| environment::text(name).unwrap_or_default();
    match part("USERDOMAIN") {
        domain if domain.is_empty() => part("USERNAME"),
        domain => format!(r"{domain}\{}", part("USERNAME")),
    }
}

#[cfg(unix)]
fn uid() -> u32 {
    nix::unistd::geteuid().as_raw()
}

#[cfg(not(unix))]
fn uid() -> u32 {
    0
}

/// Where neither a file nor a variable says it.
fn host_name(ground: &Ground) -> Option<String> {
    let mut command = Command::new("hostname");
    (ground.bare)(&mut command);
    let said = command.stdin(std::process::Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&said.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_proxys_address_is_seen() {
        for with in ["http://u:p@proxy.example:3128", "http://u@proxy.example", "u:p@proxy.example:3128"] {
            assert!(holds_password(with), "{with}");
        }
        for without in ["http://proxy.example:3128", "proxy.example:3128", "socks5://127.0.0.1:9050"] {
            assert!(!holds_password(without), "{without}");
        }
    }
}
