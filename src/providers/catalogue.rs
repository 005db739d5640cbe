//! The catalogue: provider files built into the program, and a person's own, which add to them or are merged over
//! them key by key. Only the file that is asked for is parsed.

use std::fs;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::ProviderError;
use super::file::{self, check, merge, of_table};
use super::schema::Provider;

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
        file::text(&self.path_of(name))
    }

    /// The provider of this name as it is, or would be, with this file of the person's own.
    pub(crate) fn with_own(&self, name: &str, own: Option<&str>) -> Result<Provider, ProviderError> {
        let built_in = built_in(name);
        let path = self.path_of(name);
        let mut merged = DeTable::new();
        let mut origin = "built in".to_owned();
        if let Some(text) = built_in {
            merge(&mut merged, file::read(text, Path::new(name))?);
        }
        if let Some(text) = own {
            merge(&mut merged, file::read(text, &path)?);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::Protocol;

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
