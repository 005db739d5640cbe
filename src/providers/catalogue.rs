//! The catalogue: provider files built into the program, and a person's own, which add to them or are merged over
//! them key by key. Only the file that is asked for is parsed.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Deserializer};

use super::ProviderError;
use super::lint::dangers;
use super::schema::{Protocol, Provider};
use crate::output::sanitise;
use crate::vault::is_authorization;

const BUILT_IN: &[(&str, &str)] = &[
    ("asana", include_str!("asana.toml")),
    ("clickup", include_str!("clickup.toml")),
    ("discord", include_str!("discord.toml")),
    ("github", include_str!("github.toml")),
    ("google", include_str!("google.toml")),
    ("imap", include_str!("imap.toml")),
    ("hubspot", include_str!("hubspot.toml")),
    ("jira", include_str!("jira.toml")),
    ("linear", include_str!("linear.toml")),
    ("microsoft", include_str!("microsoft.toml")),
    ("notion", include_str!("notion.toml")),
    ("salesforce", include_str!("salesforce.toml")),
    ("slack", include_str!("slack.toml")),
    ("telegram", include_str!("telegram.toml")),
    ("todoist", include_str!("todoist.toml")),
    ("trello", include_str!("trello.toml")),
    ("whatsapp", include_str!("whatsapp.toml")),
    ("zoom", include_str!("zoom.toml")),
];

/// A longer file is none of a provider (bytes).
const LONGEST: u64 = 1 << 20;

/// Where a person's own provider files are.
pub(crate) struct Catalogue {
    dir: PathBuf,
}

impl Catalogue {
    pub(crate) fn new(dir: PathBuf) -> Catalogue {
        Catalogue { dir }
    }

    pub(crate) fn path_of(&self, name: &str) -> PathBuf {
        self.dir.join(format!("{name}.toml"))
    }

    /// Every provider that has a file, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect();
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let file = entry.file_name();
            if let Some(name) = file.to_str().and_then(|f| f.strip_suffix(".toml"))
                && crate::name::simple(name).is_ok()
            {
                names.push(name.to_owned());
            }
        }
        names.sort();
        names.dedup();
        names
    }

    /// The provider of this name.
    pub(crate) fn provider(&self, name: &str) -> Result<Provider, ProviderError> {
        let own = self.own_file(name)?;
        if own.is_none() && !Catalogue::is_built_in(name) {
            return Err(ProviderError::Unknown { name: name.to_owned(), known: self.names() });
        }
        self.with_own(name, own.as_deref())
    }

    pub(crate) fn is_built_in(name: &str) -> bool {
        BUILT_IN.iter().any(|(known, _)| *known == name)
    }

    /// The person's own file of this name.
    pub(crate) fn own_file(&self, name: &str) -> Result<Option<String>, ProviderError> {
        let path = self.path_of(name);
        let bytes = match read_file(&path) {
            Ok(bytes) => bytes,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(ProviderError::Unreadable { path, cause }),
        };
        let wrong = |why: &str| ProviderError::Invalid { path: path.clone(), why: why.to_owned() };
        if bytes.len() as u64 > LONGEST {
            return Err(wrong("it is too large for a provider file"));
        }
        String::from_utf8(bytes).map(Some).map_err(|_| wrong("it is not text (UTF-8)"))
    }

    /// The provider of this name as it is, or would be, with this file of the person's own.
    pub(crate) fn with_own(&self, name: &str, own: Option<&str>) -> Result<Provider, ProviderError> {
        let built_in = built_in(name);
        let path = self.path_of(name);
        let mut merged = DeTable::new();
        let mut origin = "built in".to_owned();
        if let Some(text) = built_in {
            merge(&mut merged, read(text, Path::new(name))?);
        }
        if let Some(text) = own {
            merge(&mut merged, read(text, &path)?);
            let path = path.display().to_string();
            origin = if built_in.is_some() { format!("built in + {path}") } else { path };
        }
        let wrong = |why: String| ProviderError::Invalid { path: path.clone(), why };
        let provider = of_table(merged).map_err(|e| wrong(e.message().to_owned()))?;
        let provider = Provider { name: name.to_owned(), origin, ..provider };
        check(&provider).map_err(wrong)?;
        Ok(provider)
    }

    /// The provider whose service this is: `gmail` is `google` with `messages`.
    pub(crate) fn provider_of_service(&self, service: &str) -> Option<Provider> {
        self.names()
            .iter()
            .filter_map(|name| self.provider(name).ok())
            .find(|provider| provider.service.contains_key(service))
    }
}

pub(super) fn built_in(name: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
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
fn read<'t>(text: &'t str, path: &Path) -> Result<DeTable<'t>, ProviderError> {
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
fn check(provider: &Provider) -> Result<(), String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue_with(files: &[(&str, &str)]) -> (tempfile::TempDir, Catalogue) {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(dir.path().join(format!("{name}.toml")), text).unwrap();
        }
        let catalogue = Catalogue::new(dir.path().to_owned());
        (dir, catalogue)
    }

    #[test]
    fn every_built_in_file_is_sound() {
        let (_dir, catalogue) = catalogue_with(&[]);
        for (name, _) in BUILT_IN {
            let provider = catalogue.provider(name).unwrap();
            assert!(provider.docs.is_some() && provider.checked.is_some(), "{name} has a dated source");
            assert!(!provider.setup_steps.is_empty(), "{name} says how to register");
            let is_mail = provider.protocol == Protocol::Imap;
            assert!(is_mail || provider.whoami.is_some(), "{name} can be tested");
            assert!(provider.proof.is_some(), "{name} says how far it is proven");
            assert!(is_mail || provider.has_oauth() || provider.paste.is_some(), "{name} can be connected");
        }
    }

    #[test]
    fn services_lead_to_their_provider() {
        let (_dir, catalogue) = catalogue_with(&[]);
        for service in ["gmail", "google-calendar", "google-drive", "google-tasks"] {
            assert_eq!(catalogue.provider_of_service(service).unwrap().name, "google");
        }
        for service in ["outlook", "outlook-calendar", "teams", "todo"] {
            assert_eq!(catalogue.provider_of_service(service).unwrap().name, "microsoft");
        }
        assert!(catalogue.provider_of_service("google").is_none());
    }

    #[test]
    fn a_file_of_the_same_name_is_merged_key_by_key() {
        let (_dir, catalogue) =
            catalogue_with(&[("google", "api-url = \"http://127.0.0.1:9\"\n[whoami]\npath = \"/me\"\n")]);
        let provider = catalogue.provider("google").unwrap();
        assert_eq!(provider.api_base(), "http://127.0.0.1:9");
        let whoami = provider.whoami.unwrap();
        assert_eq!(whoami.path, "/me");
        assert!(!whoami.account.0.is_empty(), "keys that were not named stay");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        for (text, expected) in [
            ("title = \"X\"\napi-url = \"https://x.example\"\ncolour = 1\n", "line 3"),
            ("title = \"X\"\n", "`api-url` or `issuer` is missing"),
            ("api-url = \"https://x.example\"\n", "`title` is missing"),
            ("title = \"X\\n::y\"\napi-url = \"https://x.example\"\n", "`title` holds control characters"),
            ("title = \"X\"\napi-url = \"http://x.example\"\n", "`api-url`"),
            ("title = \"X\"\napi-url = \"https://u:p@x.example\"\n", "`api-url`"),
            ("title = \"X\"\napi-url = \"https://x.example\"\naccess-life = \"soon\"\n", "access-life"),
            ("title = \"X\"\napi-url = \"https://x.example\"\n[whoami]\nbody = \"{\"\n", "`whoami.body`"),
            ("title = \"X\"\napi-url = \"https://x.example\"\n[rate]\npause = \"soon\"\n", "`pause`"),
        ] {
            let (_dir, catalogue) = catalogue_with(&[("x", text)]);
            let message = catalogue.provider("x").unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
