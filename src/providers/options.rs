//! Options: what a person chooses per connection and what stands as `{name}` in a provider file. A provider is filled
//! once, here; whoever uses it afterwards sees whole addresses.

use std::collections::BTreeMap;

use url::Url;

use super::schema::{Choice, ChoiceKind, ChoiceWhen, Provider};
use super::templates::{Place, placeholders};
use crate::http::host;

pub(crate) type Options = BTreeMap<String, String>;

/// `title` is the provider's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OptionError {
    #[error("{title} has no option `{name}`")]
    Unknown { title: String, name: String, known: Vec<String> },
    /// Nobody chose, and there is no usual choice.
    #[error("{title} needs the option `{name}`{what}")]
    Missing { title: String, provider: String, name: String, what: String, choices: Vec<String> },
    #[error("the option `{name}` of {title} {why}")]
    Wrong { title: String, name: String, why: String, choices: Vec<String> },
    /// What a grant remembers leads somewhere else than the provider file allows.
    #[error("{0}")]
    Unsafe(String),
}

impl Choice {
    fn applies(&self, pasted: bool) -> bool {
        match self.when {
            ChoiceWhen::Always => true,
            ChoiceWhen::Paste => pasted,
            ChoiceWhen::SignIn => !pasted,
        }
    }

    fn names(&self) -> Vec<String> {
        self.choices.keys().cloned().collect()
    }
}

impl Provider {
    /// The choice behind an option's name; that of the sites needs no table of its own.
    pub(crate) fn choice(&self, name: &str) -> Option<Choice> {
        let of_site = self.site.as_ref().is_some_and(|site| site.option == name);
        self.option.get(name).cloned().or_else(|| {
            let title = "which site, where the account has several: its name, address or id".to_owned();
            of_site.then(|| Choice { title, ..Choice::default() })
        })
    }

    pub(crate) fn option_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.option.keys().cloned().collect();
        names.extend(
            self.site.iter().map(|site| site.option.clone()).filter(|n| !self.option.contains_key(n)),
        );
        names
    }

    /// What has to be chosen before a token is asked for or pasted. The site is chosen from a list, with the token.
    pub(crate) fn needed_options(&self, given: &Options, pasted: bool) -> Vec<(&str, &Choice)> {
        let is_site = |name: &str| self.site.as_ref().is_some_and(|site| site.option == name);
        self.option
            .iter()
            .filter(|(name, choice)| choice.applies(pasted) && choice.default.is_none() && !is_site(name))
            .filter(|(_, choice)| !choice.optional)
            .filter(|(name, _)| !given.contains_key(*name))
            .map(|(name, choice)| (name.as_str(), choice))
            .collect()
    }

    /// A value as it is kept: short names stand for what they mean, an address is written out.
    pub(crate) fn option_value(&self, name: &str, given: &str) -> Result<String, OptionError> {
        let choice = self.choice(name).ok_or_else(|| OptionError::Unknown {
            title: self.title.clone(),
            name: name.to_owned(),
            known: self.option_names(),
        })?;
        let value = choice.choices.get(given).map_or(given, String::as_str).trim();
        let mut hosts = self.hosts.clone();
        hosts.iter_mut().for_each(|pattern| *pattern = pattern.replace(&format!("{{{name}}}"), value));
        fitting(choice.is, value, &hosts).map_err(|why| OptionError::Wrong {
            title: self.title.clone(),
            name: name.to_owned(),
            why,
            choices: choice.names(),
        })
    }

    /// This provider as one connection sees it. `pasted`: its token was given, not signed in for. Filling what is
    /// filled already changes nothing.
    pub(crate) fn with_options(&self, options: &Options, pasted: bool) -> Result<Provider, OptionError> {
        let mut values = Options::new();
        for (name, given) in options {
            values.insert(name.clone(), self.option_value(name, given)?);
        }
        if let Some((name, choice)) = self.needed_options(&values, pasted).first() {
            return Err(OptionError::Missing {
                title: self.title.clone(),
                provider: self.name.clone(),
                name: (*name).to_owned(),
                what: Some(&choice.title)
                    .filter(|t| !t.is_empty())
                    .map_or(String::new(), |t| format!(": {t}")),
                choices: choice.names(),
            });
        }
        for (name, choice) in &self.option {
            if let Some(default) = choice.default.as_ref().filter(|_| !values.contains_key(name)) {
                values.insert(name.clone(), self.option_value(name, default)?);
            }
        }
        let mut provider = self.clone();
        provider.fill(&values);
        if pasted && let Some(base) = provider.paste.as_ref().and_then(|paste| paste.api_url.clone()) {
            provider.api_url = Some(base);
        }
        match provider.address_faults().into_iter().next() {
            Some((key, what)) => Err(OptionError::Unsafe(format!("`{key}` {what}"))),
            None => Ok(provider),
        }
    }

    fn fill(&mut self, values: &Options) {
        for text in self.templates() {
            for (name, value) in values {
                let hole = format!("{{{name}}}");
                if text.text.contains(&hole) {
                    *text.text = text.text.replace(&hole, value);
                }
            }
        }
    }

    /// Addresses that are whole and that no token may be sent to, with what is wrong with them.
    fn address_faults(&mut self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        for text in self.templates() {
            if text.place == Place::Address && placeholders(text.text).is_empty() {
                let address = &*text.text;
                let what = match address.parse::<Url>() {
                    Err(_) => "is not a URL",
                    Ok(url) => match host::safe(&url) {
                        Err(why) => why,
                        Ok(()) => continue,
                    },
                };
                faults.push((text.key, format!("{what}: {address}")));
            }
        }
        faults
    }

    /// What keeps a file's own words from being filled: every name must be an option's, every address one once it is
    /// filled with the usual choice or, where there is none, with something that fits.
    pub(crate) fn template_faults(&self) -> Vec<(String, String)> {
        let mut faults = Vec::new();
        for (name, choice) in &self.option {
            let sound = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if name.is_empty() || !sound || matches!(name.as_str(), "token" | "client-id") {
                let what = "cannot be its name: use lower-case letters, digits and `-`";
                faults.push((format!("option.{name}"), what.to_owned()));
                continue;
            }
            let values = choice.choices.values().map(|value| ("choices", value));
            for (what, value) in choice.default.iter().map(|d| ("default", d)).chain(values) {
                if let Err(error) = self.option_value(name, value) {
                    faults.push((format!("option.{name}.{what}"), format!("is wrong: {error}")));
                }
            }
        }
        let known = self.option_names();
        let mut filled = self.clone();
        for text in filled.templates() {
            for hole in placeholders(text.text) {
                let reserved = text.reserved && matches!(hole, "token" | "client-id");
                if !reserved && !known.iter().any(|name| name == hole) {
                    faults.push((text.key.clone(), format!("names `{{{hole}}}`, which is no option")));
                }
            }
        }
        let stand_ins: Options = known
            .iter()
            .filter_map(|name| {
                let choice = self.choice(name)?;
                let first = choice.default.clone().or_else(|| choice.choices.values().next().cloned());
                let usual = first.and_then(|value| self.option_value(name, &value).ok());
                Some((name.clone(), usual.unwrap_or_else(|| stand_in(choice.is, &self.hosts))))
            })
            .collect();
        filled.fill(&stand_ins);
        let reserved = ["token", "client-id"].map(|name| (name.to_owned(), "x".to_owned()));
        filled.fill(&reserved.into_iter().collect());
        faults.extend(filled.address_faults());
        faults
    }
}

fn stand_in(kind: ChoiceKind, hosts: &[String]) -> String {
    let whole = hosts.iter().find(|pattern| !pattern.contains('{'));
    let host = whole.map_or("host.example".to_owned(), |pattern| pattern.replacen('*', "x", 1));
    match kind {
        ChoiceKind::Word => "x".to_owned(),
        ChoiceKind::Number => "1".to_owned(),
        ChoiceKind::Email => "x@example.com".to_owned(),
        ChoiceKind::Login => "x".to_owned(),
        ChoiceKind::Host => host,
        ChoiceKind::Url => format!("https://{host}"),
    }
}

/// The value as it is to stand, or what is wrong with it. None of these can leave the place where it stands.
fn fitting(kind: ChoiceKind, value: &str, hosts: &[String]) -> Result<String, String> {
    let of = |extra: &[u8]| {
        (1..=200).contains(&value.len())
            && value.bytes().all(|b| b.is_ascii_alphanumeric() || extra.contains(&b))
    };
    let dotted = value.starts_with('.') || value.ends_with('.') || value.contains("..");
    let fits =
        |holds: bool, what: &str| if holds { Ok(value.to_owned()) } else { Err(format!("must be {what}")) };
    match kind {
        ChoiceKind::Word => fits(of(b"._-") && !dotted, "letters, digits, `.`, `_` and `-`"),
        ChoiceKind::Number => fits(of(b"") && value.bytes().all(|b| b.is_ascii_digit()), "a number"),
        ChoiceKind::Email => {
            let sound = value.split_once('@').is_some_and(|(own, domain)| {
                !own.is_empty() && domain.contains('.') && !domain.contains(['@', '+'])
            });
            fits(of(b"._-+@") && sound && !dotted, "a mail address")
        }
        ChoiceKind::Login => {
            let sound = (1..=200).contains(&value.chars().count())
                && !value.chars().any(|c| c.is_control() || c.is_whitespace());
            fits(sound, "a name without spaces")
        }
        ChoiceKind::Host => {
            let lower = value.to_ascii_lowercase();
            let url = Url::parse(&format!("https://{lower}")).ok();
            let name = lower.split_once(':').map_or(lower.as_str(), |(name, _)| name);
            // As it was written, so that no spelling of an address hides another.
            let sound = url.as_ref().is_some_and(|url| url.host_str() == Some(name) && url.path() == "/");
            if !of(b".-:") || !sound || dotted {
                return Err("must be a host name: example.com".to_owned());
            }
            match url.is_some_and(|url| hosts.is_empty() || host::listed(&url, hosts)) {
                true => Ok(lower),
                false => Err(format!("must be one of: {}", hosts.join(", "))),
            }
        }
        ChoiceKind::Url => {
            let text = if value.contains("://") { value.to_owned() } else { format!("https://{value}") };
            let url: Url = text.parse().map_err(|_| "must be an address: https://example.com".to_owned())?;
            host::safe(&url).map_err(str::to_owned)?;
            if url.query().is_some() || url.fragment().is_some() {
                return Err("must be an address without `?` and `#`".to_owned());
            }
            if !host::listed(&url, hosts) {
                return Err(format!("must be an address on one of: {}", hosts.join(", ")));
            }
            Ok(url.as_str().trim_end_matches('/').to_owned())
        }
    }
}
