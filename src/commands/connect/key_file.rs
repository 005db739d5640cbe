//! The file that holds a machine's key: read once, checked, and never quoted.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::app::App;
use crate::error::{Error, cannot_read};
use crate::http::host;
use crate::oauth::{KeyError, check_key};
use crate::providers::{KeyFile, Provider};
use crate::vault::{MachineKey, Secret};

/// No key file is larger (bytes).
const LARGEST: u64 = 64 * 1024;

/// A service account's key, as Google's console gives it.
#[derive(Deserialize)]
struct ServiceAccount {
    client_email: String,
    private_key: Secret,
    private_key_id: Option<String>,
    token_uri: Option<String>,
}

/// What the file says; for whom the key acts is not in it.
pub(super) fn read(app: &App, provider: &Provider, path: &Path) -> Result<MachineKey, Error> {
    let shown = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
    let text = contents(path).map_err(|cause| cannot_read(&shown, &cause))?;
    if text.len() as u64 > LARGEST {
        return Err(Error::usage(format!("{shown} is too large for a key file")));
    }
    let wrong = |why: &str| Error::usage(format!("{shown} is not a usable key: {why}; nothing was stored"));
    let text = std::str::from_utf8(&text).map_err(|_| wrong("it is not text"))?;
    let rules = provider.jwt_bearer.clone().unwrap_or_default();
    let key = match rules.key {
        KeyFile::ServiceAccount => service_account(provider, text).map_err(|why| wrong(&why))?,
        KeyFile::Pem => {
            if text.trim_start().starts_with('{') {
                return Err(wrong(&format!("it is JSON, and {} takes a private key in PEM", provider.title)));
            }
            let issuer = app.client_id(provider)?.ok_or_else(|| crate::app::no_client(&provider.name))?;
            MachineKey { pem: Secret::new(text.trim()), id: None, issuer, subject: None }
        }
    };
    check_key(&key.pem).map_err(|error| {
        let wrong = wrong(&error.to_string());
        match error {
            KeyError::Locked => {
                wrong.help("openssl pkey -in FILE unlocks it; give it with --service-account -")
            }
            KeyError::NotRsa => wrong.help("openssl genrsa 2048 makes one"),
            KeyError::NoKey | KeyError::Damaged => wrong,
        }
    })?;
    if others_can_read(path) {
        app.out
            .warn(&format!("{shown} can be read by every user of this machine: chmod 600 it, or delete it"));
    }
    Ok(key)
}

fn contents(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut text = Zeroizing::new(Vec::new());
    if path == Path::new("-") {
        io::stdin().lock().take(LARGEST + 1).read_to_end(&mut text)?;
    } else {
        File::open(path)?.take(LARGEST + 1).read_to_end(&mut text)?;
    }
    Ok(text)
}

fn service_account(provider: &Provider, text: &str) -> Result<MachineKey, String> {
    #[derive(Deserialize)]
    struct Kind {
        #[serde(rename = "type")]
        kind: Option<String>,
    }
    if text.contains("-----BEGIN") && !text.trim_start().starts_with('{') {
        return Err(format!("{} takes the JSON file that the key came in, not the bare key", provider.title));
    }
    // serde's own words could quote the key.
    let kind: serde_json::Value = serde_json::from_str(text).map_err(|_| "it is not JSON".to_owned())?;
    if kind.get("installed").is_some() || kind.get("web").is_some() {
        return Err(format!("it is an OAuth client, which belongs to `integ setup {}`", provider.name));
    }
    let kind: Kind = serde_json::from_value(kind).map_err(|_| "it is not a service account's".to_owned())?;
    if kind.kind.as_deref() != Some("service_account") {
        return Err("its `type` is not `service_account`".into());
    }
    let account: ServiceAccount = serde_json::from_str(text)
        .map_err(|_| "`client_email` or `private_key` is missing or is no text".to_owned())?;
    let plain = |text: &str| !text.is_empty() && text.len() < 1_000 && !text.chars().any(char::is_control);
    if !plain(&account.client_email) || !account.private_key_id.as_deref().is_none_or(plain) {
        return Err("its `client_email` or `private_key_id` is not one".into());
    }
    if let Some(uri) = &account.token_uri
        && !is_at_home(provider, uri)
    {
        return Err(format!("its `token_uri` is not on a host of {}", provider.title));
    }
    let ServiceAccount { client_email: issuer, private_key: pem, private_key_id: id, .. } = account;
    Ok(MachineKey { pem, id, issuer, subject: None })
}

/// What the key signs goes to the provider file's endpoint; a key for another server would only be refused there.
fn is_at_home(provider: &Provider, uri: &str) -> bool {
    let Ok(url) = uri.parse() else { return false };
    let own = [&provider.token_url, &provider.authorize_url, &provider.api_url, &provider.issuer];
    own.into_iter()
        .flatten()
        .filter_map(|base| base.parse().ok())
        .any(|base| host::allowed(&url, &base, &provider.hosts))
}

#[cfg(unix)]
fn others_can_read(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path != Path::new("-")
        && path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn others_can_read(_path: &Path) -> bool {
    false
}
