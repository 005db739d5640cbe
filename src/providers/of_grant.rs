//! A provider as one grant sees it: with the options that were chosen for it, and the API where its token answer said
//! that it is.

use url::Url;

use super::options::OptionError;
use super::schema::Provider;
use super::templates::placeholders;
use crate::http::host;
use crate::vault::{Grant, SITE_NAME, SITE_URL};

impl Provider {
    /// A grant may come from a stranger's bundle: what it names is held against the provider file each time.
    pub(crate) fn of_grant(&self, grant: &Grant) -> Result<Provider, OptionError> {
        let mut provider = self.with_options(&grant.options, grant.pasted)?;
        let named = provider.api_url_at.as_ref().and_then(|field| grant.extra.get(field));
        if let Some(named) = named {
            let base = provider.named_base(named.as_str().unwrap_or_default())?;
            // The usual address stays one of the provider's own.
            if let Some(usual) = provider.api_url.replace(base).and_then(|text| text.parse::<Url>().ok()) {
                let port = usual.port().map_or(String::new(), |port| format!(":{port}"));
                provider.hosts.push(format!("{}{port}", usual.host_str().unwrap_or_default()));
            }
        }
        Ok(provider)
    }

    /// The base that a token answer names, on the provider's own hosts and nowhere else.
    pub(crate) fn named_base(&self, text: &str) -> Result<String, OptionError> {
        let refuse = |why: &str| {
            let at = self.api_url_at.as_deref().unwrap_or_default();
            let shown = crate::output::sanitise::excerpt(text);
            OptionError::Unsafe(format!("`{at}` of the answer of {} {why}: {shown}", self.title))
        };
        let url: Url = text.parse().map_err(|_| refuse("is no address"))?;
        host::safe(&url).map_err(refuse)?;
        let usual = self.api_url.as_deref().and_then(|usual| usual.parse::<Url>().ok());
        let own = usual.is_some_and(|usual| host::allowed(&url, &usual, &self.hosts));
        if url.query().is_some() || url.fragment().is_some() || !(own || host::listed(&url, &self.hosts)) {
            return Err(refuse("is on none of its hosts"));
        }
        Ok(url.as_str().trim_end_matches('/').to_owned())
    }

    /// The option without which no call can be made: that of the site, until one was chosen.
    pub(crate) fn lacks(&self) -> Option<&str> {
        let whoami = self.whoami.as_ref().map_or("", |whoami| whoami.path.as_str());
        let names: Vec<String> = self.option_names();
        [self.api_base(), whoami]
            .into_iter()
            .flat_map(placeholders)
            .find(|hole| names.iter().any(|name| name == hole))
    }

    /// What a new grant remembers of its `Authorization` header; `None`: the usual one. Without a client `{client-id}`
    /// stays: `needs_client` says when one has to be there.
    pub(crate) fn authorization_of(&self, pasted: bool, client_id: Option<&str>) -> Option<String> {
        let of_paste = self.paste.as_ref().and_then(|paste| paste.authorization.as_ref()).filter(|_| pasted);
        let template = of_paste.or(self.authorization.as_ref())?;
        let filled = match client_id {
            Some(id) => template.replace("{client-id}", id),
            None => template.clone(),
        };
        (filled != "Bearer {token}").then_some(filled)
    }

    /// Whether a field of the token answer stays with the grant, for everybody to see.
    pub(crate) fn keeps(&self, field: &str) -> bool {
        let of_site = self.site.is_some() && matches!(field, SITE_NAME | SITE_URL);
        let kept =
            of_site || self.keep.iter().any(|key| key == field) || self.api_url_at.as_deref() == Some(field);
        kept && !self.keep_secret.iter().any(|key| key == field)
    }

    /// Whether a token that is pasted belongs to an app that a person has to register first.
    pub(crate) fn paste_needs_client(&self) -> bool {
        let paste = self.paste.as_ref();
        let texts = [
            paste.and_then(|paste| paste.url.as_ref()),
            paste.and_then(|paste| paste.authorization.as_ref()).or(self.authorization.as_ref()),
        ];
        texts.into_iter().flatten().any(|text| text.contains("{client-id}"))
    }

    /// Whether a person has to register an app for it.
    pub(crate) fn needs_client(&self) -> bool {
        self.has_oauth() || self.paste_needs_client() || self.client_credentials
    }

    /// Whether a token that came without more is one that a person gives, and not one that was signed in for.
    pub(crate) fn is_pasted(&self, token: &crate::vault::Secret) -> bool {
        let prefixes = self.paste.as_ref().map_or(&[][..], |paste| &paste.prefixes);
        !self.has_oauth() || prefixes.iter().any(|prefix| token.expose().starts_with(prefix.as_str()))
    }
}
