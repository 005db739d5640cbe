//! The same for a script.

use serde_json::{Value, json};

use super::row::Row;
use crate::clock;
use crate::index::Calendar;
use crate::providers::Provider;

impl Row {
    pub(super) fn json(&self, now: i64) -> Value {
        let health = &self.health;
        let calendars: Vec<Value> = self.calendars.iter().map(calendar_json).collect();
        let mut object = json!({
            "name": self.name.as_str(),
            "state": self.state(now),
            "last_check_at": health.checked_at.map(clock::rfc3339),
            "last_check_ok": health.check_ok,
            "last_error": health.error.as_ref().map(|error| json!({
                "kind": error.kind, "message": error.message, "help": error.help, "reason": error.reason,
                "at": clock::rfc3339(error.at)})),
            "reason": self.problem(now).and_then(|problem| problem.reason),
            "retry_at": health.waits_until(now).map(clock::rfc3339),
            "calendars": calendars,
            "tasks": self.tasks.as_ref().map(crate::commands::task::readiness_json),
        });
        match &self.grant {
            Ok(grant) => {
                let services = self.provider.as_ref().map(|p| p.services_of(&grant.capabilities));
                let rest = json!({
                    "provider": grant.provider,
                    "services": services.unwrap_or_default(),
                    "account": grant.identity.account,
                    "account_id": grant.identity.id,
                    "workspace": grant.identity.workspace,
                    "capabilities": grant.capabilities,
                    "scopes": grant.scopes,
                    "missing_scopes": self.missing(grant),
                    "access_expires_at": grant.expires_at.map(clock::rfc3339),
                    "refresh_expires_at": grant.refresh_expires_at.map(clock::rfc3339),
                    "refresh_rule": match &grant.machine {
                        Some(machine) => Some(machine.renewal().1.to_owned()),
                        None => self.provider.as_ref().map(Provider::refresh_words),
                    },
                    "verified": grant.verified,
                    "connected_at": clock::rfc3339(grant.connected_at),
                    "options": grant.options,
                });
                if let (Value::Object(object), Value::Object(rest)) = (&mut object, rest) {
                    object.extend(rest);
                }
            }
            Err(error) => {
                if let Value::Object(object) = &mut object {
                    object.insert("error".into(), error.json());
                }
            }
        }
        object
    }
}

fn calendar_json(calendar: &Calendar) -> Value {
    json!({
        "id": calendar.remote,
        "name": calendar.name,
        "events": calendar.events,
        "last_sync": calendar.synced_at.map(clock::rfc3339),
        "error": calendar.error.as_ref().map(|error| json!({
            "kind": error.kind, "message": error.message, "help": calendar.cure(), "at": clock::rfc3339(error.at)})),
    })
}
