//! The token endpoint.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::answers::{filled, is_form, is_json, limited, reply, scopes_of};
use super::{Play, SECRET, Seen};
use crate::desk::{Answer, answer};
use crate::dialect::{At, Auth, Browser, Dialect, Machine, Refresh, Secret};

impl Play {
    pub(super) fn token(&mut self, dialect: &Dialect, browser: &Browser, seen: &Seen) -> Answer {
        let asked = seen.asked;
        self.must(asked.method == "POST", "token: POST");
        self.must(seen.query.is_empty(), "token: nothing in the address");
        let sent = asked.header("content-type").unwrap_or_default();
        self.must(
            if browser.json { is_json(asked) } else { is_form(asked) },
            format!("token: {} is wanted, not {sent}", if browser.json { "JSON" } else { "a form" }),
        );
        self.common(dialect, asked);
        let grant = seen.fields.get("grant_type").cloned().unwrap_or_default();
        if let Some(limits) = &self.limits {
            return limited(limits);
        }
        if grant == "urn:ietf:params:oauth:grant-type:jwt-bearer" {
            return self.by_machine(dialect, seen);
        }
        let is_device = grant == "urn:ietf:params:oauth:grant-type:device_code";
        // Whoever signs in with a code has no secret.
        let auth = if is_device { Auth::Public } else { browser.auth };
        // But it may have one all the same, and then it may say so.
        let shows = seen.fields.get("client_secret").is_some_and(|secret| secret == SECRET);
        let auth = if is_device && shows && browser.secret == Secret::Needed { Auth::Body } else { auth };
        self.client(auth, seen);
        if let Some((status, raw)) = &self.raw {
            return answer(*status, raw.clone()).with("Content-Type", "text/html");
        }
        match grant.as_str() {
            "authorization_code" => self.by_code(browser, seen),
            "refresh_token" => self.by_refresh(dialect, browser, seen),
            _ if is_device => self.by_device(dialect, browser, seen),
            other => {
                self.note(format!("token: grant_type {other}"));
                reply(400, &json!({"error": "unsupported_grant_type"}))
            }
        }
    }

    fn by_code(&mut self, browser: &Browser, seen: &Seen) -> Answer {
        let get = |name: &str| seen.fields.get(name).map_or("", String::as_str);
        self.only(
            "token",
            &seen.fields,
            &["grant_type", "code", "redirect_uri", "client_id", "client_secret", "code_verifier"],
        );
        self.must(get("code") == "code-1", "token: the code");
        let same = self.asked.get("redirect_uri").is_some_and(|uri| uri == get("redirect_uri"));
        self.must(same, "token: redirect_uri as in the authorization");
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(get("code_verifier")));
        let proven = self.asked.get("code_challenge").is_some_and(|c| *c == challenge);
        self.must(if browser.pkce { proven } else { get("code_verifier").is_empty() }, "token: PKCE");
        self.refused_at(At::Code).unwrap_or_else(|| self.tokens(seen, &browser.answer))
    }

    fn by_refresh(&mut self, dialect: &Dialect, browser: &Browser, seen: &Seen) -> Answer {
        self.only("refresh", &seen.fields, &["grant_type", "refresh_token", "client_id", "client_secret"]);
        self.must(dialect.refresh != Refresh::Never, "refresh: there is no refresh token");
        let token = seen.fields.get("refresh_token").cloned().unwrap_or_default();
        self.must(self.refresh.contains(&token), format!("refresh: {token} is not live"));
        self.must(self.newest.as_ref() == Some(&token), format!("refresh: {token} is not the newest"));
        if let Some(refusal) = self.refused_at(At::Refresh) {
            return refusal;
        }
        if dialect.refresh == Refresh::Rotates && self.odd.is_none() {
            self.refresh.remove(&token);
        }
        self.tokens(seen, &browser.renewed)
    }

    fn by_device(&mut self, dialect: &Dialect, browser: &Browser, seen: &Seen) -> Answer {
        self.only("device", &seen.fields, &["grant_type", "device_code", "client_id", "client_secret"]);
        let code = seen.fields.get("device_code").map(String::as_str);
        self.must(code == Some("device-1"), "device: the device code");
        let device = dialect.device.as_ref().unwrap();
        if let Some(end) = &self.device_ends {
            return reply(device.status, &json!({"error": end}));
        }
        if let Some(slower) = device.slows.as_ref().filter(|_| self.slow > 0) {
            self.slow -= 1;
            return reply(device.status, slower);
        }
        if self.pending > 0 {
            self.pending -= 1;
            return reply(device.status, &json!({"error": "authorization_pending"}));
        }
        self.tokens(seen, &browser.answer)
    }

    fn by_machine(&mut self, dialect: &Dialect, seen: &Seen) -> Answer {
        let Some(machine) = &dialect.machine else {
            self.note("token: no machines here");
            return reply(400, &json!({"error": "unsupported_grant_type"}));
        };
        self.only("machine", &seen.fields, &["grant_type", "assertion"]);
        self.must(seen.asked.header("authorization").is_none(), "machine: no Authorization header");
        self.assertion(machine, seen);
        self.refused_at(At::Machine).unwrap_or_else(|| {
            self.tokens(
                seen,
                &json!({"access_token": "ACCESS", "token_type": "Bearer", "expires_in": 3600,
                "instance_url": "BASE/acme.my.salesforce.com"}),
            )
        })
    }

    /// Whether it is signed rightly is asked in tests/hostile.
    fn assertion(&mut self, machine: &Machine, seen: &Seen) {
        let parts: Vec<Value> = seen
            .fields
            .get("assertion")
            .map_or("", String::as_str)
            .split('.')
            .take(2)
            .map(|part| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap())
            .collect();
        let (head, claims) = (&parts[0], &parts[1]);
        let host = seen.asked.header("host").unwrap_or_default();
        self.must(head["alg"] == "RS256" && head["typ"] == "JWT", format!("assertion: {head}"));
        self.must(claims["iss"] == machine.issuer, format!("assertion: iss in {claims}"));
        let audience = format!("http://{host}/{}", machine.audience);
        self.must(claims["aud"] == audience, format!("assertion: aud in {claims}"));
        self.must(claims["sub"].as_str() == machine.subject, format!("assertion: sub in {claims}"));
        match machine.scopes {
            Some(scopes) => {
                self.scopes("assertion", scopes, claims["scope"].as_str().unwrap_or_default(), " ")
            }
            None => self.must(claims.get("scope").is_none(), format!("assertion: scope in {claims}")),
        }
        let life = claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(exp, iat)| exp - iat);
        self.must(life == Some(machine.life), format!("assertion: exp in {claims}"));
    }

    fn tokens(&mut self, seen: &Seen, template: &Value) -> Answer {
        self.issued += 1;
        let (access, refresh) = (format!("access-{}", self.issued), format!("refresh-{}", self.issued));
        self.access.insert(access.clone());
        let asked = self.asked.get("scope").cloned().unwrap_or_default();
        let scope = self.granted.clone().unwrap_or(asked);
        let base = format!("http://{}", seen.asked.header("host").unwrap_or_default());
        let template: Value = serde_json::from_str(&template.to_string().replace("BASE", &base)).unwrap();
        let values = [
            ("ACCESS", json!(access)),
            ("REFRESH", json!(refresh)),
            ("SCOPE", json!(scope)),
            ("SCOPES", json!(scopes_of(Some(&scope)))),
        ];
        let mut body = filled(&template, &values);
        if let Some(odd) = self.odd {
            odd(&mut body);
        }
        if body.to_string().contains(&refresh) {
            self.refresh.insert(refresh.clone());
            self.newest = Some(refresh);
        }
        reply(200, &body)
    }
}
