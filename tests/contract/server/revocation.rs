//! Giving a token up.

use super::answers::{is_form, is_json, reply};
use super::{CLIENT, Play, Seen};
use crate::desk::Answer;
use crate::dialect::{At, Auth, Dialect, RevokeAuth};

impl Play {
    pub(super) fn revokes(&mut self, dialect: &Dialect, seen: &Seen) -> Option<Answer> {
        let revoke = dialect.revoke.as_ref()?;
        let (method, address) = revoke.at.split_once(' ').unwrap();
        let address = address.replace("{client-id}", CLIENT);
        let (path, query) = address.split_once('?').unwrap_or((&address, ""));
        let in_path = path.split_once("{token}").filter(|_| query.is_empty());
        let path_token =
            in_path.and_then(|(before, after)| seen.path.strip_prefix(before)?.strip_suffix(after));
        if seen.asked.method != method || seen.path != path && path_token.is_none() {
            return None;
        }
        let token = match (revoke.param, path_token) {
            (_, Some(token)) => token.to_owned(),
            (Some((param, json)), _) => {
                self.must(
                    if json { is_json(seen.asked) } else { is_form(seen.asked) },
                    "revoke: the kind of body",
                );
                seen.fields.get(param).cloned().unwrap_or_default()
            }
            (None, None) if query.contains("{token}") => {
                seen.query.get(query.split('=').next().unwrap()).cloned().unwrap_or_default()
            }
            (None, None) => String::new(),
        };
        let param = revoke.param.map_or("", |(param, _)| param);
        self.only("revoke", &seen.fields, &[param, "token_type_hint", "client_id", "client_secret"]);
        let fails = self.refused_at(At::Revoke).is_some();
        match revoke.auth {
            RevokeAuth::Client => self.client(dialect.browser.as_ref().unwrap().auth, seen),
            RevokeAuth::Basic => self.client(Auth::Basic, seen),
            RevokeAuth::Token => {
                let header = seen.asked.header("authorization").unwrap_or_default().to_owned();
                let own = self.access.iter().find(|token| header.contains(token.as_str())).cloned();
                self.must(own.is_some(), format!("revoke: with the token that ends, not {header}"));
                self.revoked.extend(own.filter(|_| token.is_empty() && !fails));
            }
            RevokeAuth::Nothing => {
                self.must(seen.asked.header("authorization").is_none(), "revoke: no Authorization header");
            }
        }
        if !token.is_empty() {
            let pool =
                if revoke.refresh_token && !self.refresh.is_empty() { &self.refresh } else { &self.access };
            let live = pool.contains(&token);
            self.must(live, format!("revoke: {token} is not the token to give up"));
            self.revoked.extend(Some(token).filter(|_| !fails));
        }
        Some(self.refused_at(At::Revoke).unwrap_or_else(|| reply(revoke.answer.0, &revoke.answer.1)))
    }
}
