//! What a person and a program get to see of a test.

use serde_json::{Value, json};

use super::Checked;
use super::further::{Can, Capable};
use crate::app::App;
use crate::clock;
use crate::error::{Error, Kind};
use crate::output::{Table, sanitise};
use crate::vault::Identity;

pub(super) fn show(app: &App, checked: &[Checked]) -> Result<(), Error> {
    let mut table = Table::new(&["", "Connection", "Result", "Account", "Workspace", "Time"])
        .spare(&["Workspace", "Time"]);
    for one in checked {
        let dash = || "-".to_owned();
        let (mark, account, workspace) = match &one.outcome {
            Ok(proven) => (
                if one.word() == "ok" { "✓" } else { "!" },
                proven.identity.account.clone().unwrap_or_else(dash),
                proven.identity.workspace.clone().unwrap_or_else(dash),
            ),
            Err(_) => ("✗", dash(), dash()),
        };
        let result = one.word().replace('_', " ");
        let result = if one.outcome.is_ok() && result == "failed" { "works in part" } else { &result };
        let time = format!("{} ms", one.milliseconds);
        table.row(&[mark, one.name.as_str(), result, &account, &workspace, &time]);
    }
    app.out.line(table.render())?;
    checked.iter().for_each(|one| explain(app, one));
    Ok(())
}

/// What stands below the table about one connection.
fn explain(app: &App, one: &Checked) {
    let name = &one.name;
    let proven = match &one.outcome {
        Ok(proven) => proven,
        Err(error) => {
            let named = error.message.contains(name.as_str());
            let message = if named { error.message.clone() } else { format!("{name}: {}", error.message) };
            app.out.always(&sanitise::line(&message));
            if let Some(help) = &error.help {
                app.out.hint(&sanitise::line(help));
            }
            return;
        }
    };
    if proven.unasked {
        app.out.say(format!("{name}: the provider has no call that tells whose token it is"));
    }
    if let Some(detail) = &proven.detail {
        app.out.say(&sanitise::line(&format!("{name}: {detail}")));
    }
    for Capable { name: capability, error, .. } in &proven.capabilities {
        if let Some(error) = error {
            // The name stands before it already.
            let own = format!("{name}: ");
            let why = error.message.strip_prefix(&own).unwrap_or(&error.message);
            app.out.warn(&sanitise::line(&format!("{name}: works, but {capability} will fail: {why}")));
            if let Some(help) = &error.help {
                app.out.hint(&sanitise::line(help));
            }
        }
    }
    for warning in &proven.warnings {
        app.out.warn(&sanitise::line(&format!("{name}: {}", warning.words)));
    }
}

impl Checked {
    pub(super) fn word(&self) -> &'static str {
        match &self.outcome {
            Ok(proven) => {
                let some = |can: Can| proven.capabilities.iter().any(|capable| capable.outcome == can);
                match (proven.missing.is_empty(), some(Can::MissingScopes), some(Can::Failed)) {
                    (true, false, false) => "ok",
                    (true, false, true) => "failed",
                    _ => "missing_scopes",
                }
            }
            Err(error) => match error.kind {
                Kind::NeedsReauth => "needs_reauth",
                Kind::NotConnected => "not_connected",
                Kind::MissingScope => "missing_scopes",
                Kind::RateLimited => "rate_limited",
                Kind::Unavailable | Kind::Unreachable | Kind::AnswerLost => "down",
                _ => "failed",
            },
        }
    }

    pub(super) fn json(&self) -> Value {
        let proven = self.outcome.as_ref().ok();
        let error = self.outcome.as_ref().err();
        let field = |get: fn(&Identity) -> &Option<String>| proven.and_then(|p| get(&p.identity).clone());
        let capabilities = proven.map(|p| p.capabilities.iter().map(Capable::json).collect::<Vec<_>>());
        let warnings = proven.map(|p| {
            p.warnings
                .iter()
                .map(|w| json!({"name": w.name, "message": sanitise::line(&w.words)}))
                .collect::<Vec<_>>()
        });
        // A capability that fails is what the exit code is about.
        let told = error.or_else(|| proven.filter(|_| self.word() == "failed").and_then(|p| p.failure()));
        json!({
            "name": self.name.as_str(),
            "outcome": self.word(),
            "account": field(|i| &i.account),
            "account_id": field(|i| &i.id),
            "workspace": field(|i| &i.workspace),
            "missing_scopes": proven.map_or_else(|| error.map_or(&[][..], |e| &e.needed), |p| &p.missing),
            "capabilities": capabilities.unwrap_or_default(),
            "warnings": warnings.unwrap_or_default(),
            "detail": proven.and_then(|p| p.detail.as_deref()),
            "reason": error.and_then(|error| error.reason),
            "retry_at": error.and_then(|error| error.retry_at).map(clock::rfc3339),
            "milliseconds": u64::try_from(self.milliseconds).unwrap_or(u64::MAX),
            "error": told.map(Error::json),
        })
    }

    /// A capability that will fail is a failure too.
    pub(super) fn into_error(self) -> Option<Error> {
        let word = self.word();
        match self.outcome {
            Ok(_) if word == "ok" => None,
            Ok(mut proven) if word == "failed" => proven
                .capabilities
                .iter_mut()
                .find(|capable| capable.outcome == Can::Failed)
                .and_then(|capable| capable.error.take()),
            Ok(proven) => {
                Some(Error::new(Kind::MissingScope, format!("not granted: {}", proven.missing.join(", "))))
            }
            Err(error) => Some(error),
        }
    }
}

impl super::prove::Proven {
    fn failure(&self) -> Option<&Error> {
        self.capabilities.iter().find(|c| c.outcome == Can::Failed).and_then(|c| c.error.as_ref())
    }
}

impl Capable {
    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "outcome": self.outcome.word(),
            "error": self.error.as_ref().map(Error::json),
        })
    }
}
