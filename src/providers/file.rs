//! One provider file: read, parsed, merged over another, and what makes it no use.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::ProviderError;
use super::meaning::dangers;
use super::schema::{Protocol, Provider};
use crate::output::sanitise;
use crate::vault::is_authorization;

/// A longer file is none of a provider (bytes).
const LONGEST: u64 = 1 << 20;

/// Its text; `None` where there is no such file.
pub(super) fn text(path: &Path) -> Result<Option<String>, ProviderError> {
    let bytes = match read_file(path) {
        Ok(bytes) => bytes,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(ProviderError::Unreadable { path: path.to_owned(), cause }),
    };
    let wrong = |why: &str| ProviderError::Invalid { path: path.to_owned(), why: why.to_owned() };
    if bytes.len() as u64 > LONGEST {
        return Err(wrong("it is too large for a provider file"));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| wrong("it is not text (UTF-8)"))
}

/// A regular file, and no more of it than is looked at. A pipe of that name must not stop us.
fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, nix::libc::O_NONBLOCK);
    let file = options.open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Parses one file by itself, so that what is wrong is named with its file and line.
pub(super) fn read<'t>(text: &'t str, path: &Path) -> Result<DeTable<'t>, ProviderError> {
    let wrong = |error: &toml::de::Error| {
        let at = error.span().map_or(String::new(), |span| format!("line {}: ", line_of(text, span.start)));
        // `message` alone: the excerpt that toml shows could hold something that was meant to be secret.
        let message = error.message().split(", expected one of").next().unwrap_or_default();
        ProviderError::Invalid { path: path.to_owned(), why: format!("{at}{message}") }
    };
    let table = DeTable::parse(text).map_err(|e| wrong(&e))?.into_inner();
    of_table(table.clone()).map_err(|e| wrong(&e))?;
    Ok(table)
}

/// Every provider is made by this one deserializer: each further kind is 160 KB of program.
pub(super) fn of_table(table: DeTable<'_>) -> Result<Provider, toml::de::Error> {
    Provider::deserialize(Deserializer::from(Spanned::new(0..0, table)))
}

/// The line, counted from 1, in which a byte of the text stands.
pub(crate) fn line_of(text: &str, position: usize) -> usize {
    text.get(..position).unwrap_or_default().matches('\n').count() + 1
}

/// Tables merge key by key; anything else is replaced.
pub(super) fn merge<'t>(base: &mut DeTable<'t>, over: DeTable<'t>) {
    for (key, mut value) in over {
        match (base.get_mut(&key).map(Spanned::get_mut), value.get_mut()) {
            (Some(DeValue::Table(below)), DeValue::Table(above)) => merge(below, std::mem::take(above)),
            _ => {
                base.insert(key, value);
            }
        }
    }
}

/// What no line shows: required keys, and addresses that a token may be sent to.
pub(super) fn check(provider: &Provider) -> Result<(), String> {
    if provider.title.is_empty() {
        return Err("`title` is missing".into());
    }
    // It stands in the middle of many a sentence.
    if sanitise::line(&provider.title) != provider.title {
        return Err("`title` holds control characters".into());
    }
    let paste_has_one = !provider.has_oauth() && provider.paste.as_ref().is_some_and(|p| p.api_url.is_some());
    if provider.protocol == Protocol::Http
        && provider.api_url.is_none()
        && provider.issuer.is_none()
        && provider.api_url_at.is_none()
        && !paste_has_one
    {
        return Err("`api-url` or `issuer` is missing".into());
    }
    let faults = dangers(provider).into_iter().chain(provider.template_faults());
    if let Some((key, what)) = faults.into_iter().next() {
        return Err(format!("`{key}` {what}"));
    }
    let pasted = provider.paste.as_ref().and_then(|paste| paste.authorization.as_ref());
    for (key, header) in [("authorization", provider.authorization.as_ref()), ("paste.authorization", pasted)]
    {
        if let Some(header) = header.filter(|header| !is_authorization(header)) {
            return Err(format!("`{key}` is not a header with `{{token}}` in it: {header}"));
        }
    }
    let pause = provider.rate.as_ref().and_then(|rate| rate.pause.clone());
    for (key, life) in [
        ("access-life", &provider.access_life),
        ("refresh-life", &provider.refresh_life),
        ("testing-life", &provider.testing_life),
        ("pause", &pause),
    ] {
        if let Some(life) = life {
            crate::duration::parse(life).map_err(|why| format!("`{key}`: {why}"))?;
        }
    }
    let body = provider.whoami.as_ref().and_then(|whoami| whoami.body.as_deref());
    if let Some(Err(why)) = body.map(serde_json::from_str::<serde::de::IgnoredAny>) {
        return Err(format!("`whoami.body` is not JSON: {why}"));
    }
    for (service, view) in &provider.service {
        if let Some(stray) = view.capabilities.iter().find(|c| !provider.capability.contains_key(*c)) {
            return Err(format!("service `{service}` names the capability `{stray}`, which is not defined"));
        }
    }
    Ok(())
}
