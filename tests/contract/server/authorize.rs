//! The consent page, and a person who consents at once.

use super::answers::fits;
use super::{CLIENT, Play, Seen};
use crate::desk::{Answer, answer};
use crate::dialect::{At, Browser};

impl Play {
    pub(super) fn authorize(&mut self, browser: &Browser, seen: &Seen) -> Answer {
        let query = &seen.query;
        let get = |name: &str| query.get(name).map_or("", String::as_str);
        self.must(seen.asked.method == "GET", "authorize: GET");
        self.must(get("client_id") == CLIENT, "authorize: client_id");
        self.must(get("response_type") == "code", "authorize: response_type");
        self.must(get("state").len() >= 22, "authorize: a long state");
        for (name, value) in browser.params {
            self.must(get(name) == *value, format!("authorize: {name}={value}, not {}", get(name)));
        }
        let redirect = get("redirect_uri").to_owned();
        let registered = browser.redirect.iter().any(|uri| fits(&redirect, uri));
        self.must(registered, format!("authorize: {redirect} is not registered"));
        self.must(get("code_challenge").len() == if browser.pkce { 43 } else { 0 }, "authorize: PKCE");
        self.must(!browser.pkce || get("code_challenge_method") == "S256", "authorize: S256");
        let mut known = vec!["client_id", "response_type", "state", "redirect_uri"];
        known.extend(browser.params.iter().map(|(name, _)| *name));
        known.extend(browser.scope.iter().map(|(param, _)| *param));
        known.extend(["code_challenge", "code_challenge_method"].iter().filter(|_| browser.pkce));
        self.only("authorize", query, &known);
        if let Some((param, separator)) = browser.scope {
            self.scopes("authorize", browser.scopes, get(param), separator);
            self.asked.insert("scope".into(), get(param).to_owned());
        }
        self.asked.insert("redirect_uri".into(), redirect.clone());
        self.asked.insert("code_challenge".into(), get("code_challenge").to_owned());
        if redirect.starts_with("urn:") {
            // The code is shown to the person, with nothing around it.
            return answer(200, "code-1");
        }
        let mut back: url::Url = redirect.parse().unwrap();
        match &self.refuses {
            Some((At::Consent, _, word)) => {
                back.query_pairs_mut().append_pair("error", word.as_str().unwrap());
            }
            _ => {
                back.query_pairs_mut().append_pair("code", "code-1");
            }
        }
        back.query_pairs_mut().append_pair("state", get("state"));
        answer(302, "").with("Location", back.as_str())
    }
}
