//! A home whose vault is a keychain, and what is in it as the system's own tool shows it. Only tests/real has one.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::Home;

/// A busy machine's keychain is slow, which is not what is tried.
pub(crate) const PATIENT: &str = "[vault]\ntimeout = \"30s\"\n";

const ADDRESS: &str = "DBUS_SESSION_BUS_ADDRESS";

thread_local! {
    /// Homes that this thread makes have the keychain on this bus, not a file vault.
    pub(crate) static BUS: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Locks of a keychain's items lie in the account's own home, so the profile is nobody else's.
pub(super) fn environment(env: &mut BTreeMap<String, String>) {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let Some(bus) = BUS.with_borrow(Clone::clone) else { return };
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    env.insert("INTEG_VAULT".into(), "keychain".into());
    env.insert(ADDRESS.into(), bus);
    env.insert("INTEG_PROFILE".into(), format!("real-points-{}-{number}", std::process::id()));
}

impl Home {
    pub(crate) fn has_keychain(&self) -> bool {
        self.env.contains_key(ADDRESS)
    }

    /// The grants of this home's profile.
    pub(super) fn grants_in_the_keychain(&self) -> Vec<Value> {
        let ours = format!("{}/", self.env["INTEG_PROFILE"]);
        let found = self.secret_tool(&["search", "--all", "service", "integ"], "");
        let secrets = found.lines().filter_map(|line| line.strip_prefix("secret = "));
        let grants = secrets.filter_map(|text| serde_json::from_str::<Value>(text).ok());
        grants.filter(|grant| grant["item"].as_str().is_some_and(|item| item.starts_with(&ours))).collect()
    }

    pub(super) fn put_into_the_keychain(&self, grant: &Value) {
        let item = grant["item"].as_str().unwrap();
        let store = ["store", "--label", "integ", "service", "integ", "username", item];
        self.secret_tool(&store, &grant.to_string());
    }

    fn secret_tool(&self, args: &[&str], stdin: &str) -> String {
        let mut tool = Command::new("secret-tool");
        tool.args(args).env(ADDRESS, &self.env[ADDRESS]).stdin(Stdio::piped());
        let mut tool = tool.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        tool.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        String::from_utf8(tool.wait_with_output().unwrap().stdout).unwrap()
    }
}
