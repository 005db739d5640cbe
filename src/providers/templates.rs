//! Where a provider file may hold `{name}`: one list, so that what is checked is what is filled.

use super::schema::Provider;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A whole URL.
    Address,
    /// A path below `api-url` or a URL, a header, a parameter, a pattern of hosts.
    Text,
}

pub(crate) struct Template<'a> {
    /// As a person knows it from the file.
    pub key: String,
    pub text: &'a mut String,
    pub place: Place,
    /// `{token}` and `{client-id}` may stand there.
    pub reserved: bool,
}

/// The names between braces. Braces around anything else are text: JSON and GraphQL have their own.
pub(crate) fn placeholders(text: &str) -> Vec<&str> {
    let pieces = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    pieces.map(|(name, _)| name).filter(|name| is_name(name)).collect()
}

impl Provider {
    pub(super) fn templates(&mut self) -> Vec<Template<'_>> {
        use Place::{Address, Text};
        let mut all: Vec<Template<'_>> = Vec::new();
        let mut add = |key: String, text, place, reserved| all.push(Template { key, text, place, reserved });
        let addresses = [
            ("issuer", &mut self.issuer, false),
            ("authorize-url", &mut self.authorize_url, false),
            ("token-url", &mut self.token_url, false),
            ("refresh-url", &mut self.refresh_url, false),
            ("revoke-url", &mut self.revoke_url, true),
            ("device-url", &mut self.device_url, false),
            ("api-url", &mut self.api_url, false),
            ("manage-url", &mut self.manage_url, true),
        ];
        for (key, address, reserved) in addresses {
            if let Some(text) = address {
                add(key.into(), text, Address, reserved);
            }
        }
        for (key, text) in [("authorization", &mut self.authorization), ("api-prefix", &mut self.api_prefix)]
        {
            if let Some(text) = text {
                add(key.into(), text, Text, true);
            }
        }
        self.hosts.iter_mut().for_each(|text| add("hosts".into(), text, Text, false));
        let maps = [
            ("api-headers", &mut self.api_headers),
            ("authorize-params", &mut self.authorize_params),
            ("token-params", &mut self.token_params),
        ];
        for (key, map) in maps {
            map.iter_mut().for_each(|(name, text)| add(format!("{key}.{name}"), text, Text, false));
        }
        if let Some(paste) = &mut self.paste {
            let texts = [
                ("paste.authorization", &mut paste.authorization, Text),
                ("paste.api-url", &mut paste.api_url, Address),
                ("paste.url", &mut paste.url, Address),
            ];
            for (key, text, place) in texts {
                if let Some(text) = text {
                    add(key.into(), text, place, true);
                }
            }
        }
        if let Some(site) = &mut self.site {
            add("site.path".into(), &mut site.path, Text, false);
        }
        if let Some(whoami) = &mut self.whoami {
            add("whoami.path".into(), &mut whoami.path, Text, false);
            whoami
                .headers
                .iter_mut()
                .for_each(|(n, text)| add(format!("whoami.headers.{n}"), text, Text, false));
        }
        if let Some(introspect) = &mut self.introspect {
            add("introspect.url".into(), &mut introspect.url, Text, true);
        }
        for (name, capability) in &mut self.capability {
            if let Some(probe) = &mut capability.probe {
                add(format!("capability.{name}.probe"), probe, Text, false);
            }
        }
        for (name, check) in &mut self.check {
            add(format!("check.{name}.path"), &mut check.path, Text, false);
        }
        if let Some(audience) = self.jwt_bearer.as_mut().and_then(|jwt| jwt.audience.as_mut()) {
            add("jwt-bearer.audience".into(), audience, Text, false);
        }
        all
    }
}
