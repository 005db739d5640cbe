//! The API: who am I, and whatever else a test of the connection asks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::answers::{limited, reply, scopes_of};
use super::{CLIENT, Play, Seen};
use crate::desk::Answer;
use crate::dialect::{At, Dialect};

impl Play {
    pub(super) fn api(&mut self, dialect: &Dialect, seen: &Seen) -> Answer {
        let asked = seen.asked;
        self.common(dialect, asked);
        let Some(path) = self.whose(dialect, seen) else {
            return reply(dialect.dead.0, &dialect.dead.1);
        };
        if let Some(limits) = &self.limits {
            return limited(limits);
        }
        if let Some(refusal) = self.refused_at(At::Api) {
            return refusal;
        }
        let whole = asked.target.trim_start_matches('/').replacen(seen.path, &path, 1);
        let decode = |text: &str| text.replace("%24", "$").replace("%2C", ",").replace("%2c", ",");
        let request = format!("{} {}", asked.method, decode(&whole));
        let of_paste = dialect.paste.as_ref().and_then(|paste| paste.me);
        if request == dialect.me.at || of_paste == Some(&request) {
            if let Some(body) = &dialect.me.body {
                let sent = serde_json::from_str::<Value>(&asked.body).unwrap_or_default();
                self.must(sent == *body, format!("{request}: the body is {sent}"));
            }
            let mut answer = reply(200, &dialect.me.answer);
            // A pasted token has the scopes that its maker chose.
            if let Some(scope) = self.granted.as_ref().or(self.asked.get("scope")) {
                answer = answer.with("X-OAuth-Scopes", &scopes_of(Some(scope)).join(", "));
            }
            return answer;
        }
        if let Some((_, fine, wrong, _)) =
            dialect.paste.as_ref().and_then(|p| p.warns.as_ref()).filter(|w| w.0 == request)
        {
            let of_bot = self.is_pasted(dialect).is_some();
            return match (of_bot, self.warns) {
                (false, _) => reply(dialect.dead.0, &dialect.dead.1),
                (true, warns) => reply(200, if warns { wrong } else { fine }),
            };
        }
        match dialect.others.iter().find(|(known, _)| *known == request) {
            Some((_, body)) => reply(200, body),
            None => {
                self.note(format!("{request} is asked of nobody"));
                reply(404, &json!({"message": "not found"}))
            }
        }
    }

    /// The path without what shows whose request it is; `None`: nobody's.
    fn whose(&mut self, dialect: &Dialect, seen: &Seen) -> Option<String> {
        let header = seen.asked.header("authorization").unwrap_or_default().to_owned();
        let token = self.is_pasted(dialect);
        let pasted = dialect.paste.as_ref().zip(token);
        if let Some((_, token)) = pasted.filter(|(paste, _)| paste.authorization.is_empty()) {
            self.must(header.is_empty(), "the token is in the address alone");
            let before = format!("/bot{token}");
            return seen.path.contains(&before).then(|| seen.path.replace(&before, ""));
        }
        let own = |token: &str, template: &str| {
            let text = template.replace("{token}", token).replace("{client-id}", CLIENT);
            match text.strip_prefix("Basic ") {
                Some(plain) => format!("Basic {}", STANDARD.encode(plain)),
                None => text,
            }
        };
        let fits = match pasted {
            Some((paste, token)) => header == own(token, paste.authorization),
            None => self.access.iter().any(|token| header == own(token, "Bearer {token}")),
        };
        fits.then(|| seen.path.to_owned())
    }

    fn is_pasted(&self, dialect: &Dialect) -> Option<&'static str> {
        let tokens = dialect.paste.as_ref()?.tokens;
        tokens.iter().find(|token| self.access.contains(**token)).copied()
    }
}
