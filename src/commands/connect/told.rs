//! What is said in the end: connected as whom, and what is missing.

use serde_json::json;

use super::settle::Settled;
use crate::app::App;
use crate::error::Error;
use crate::name::Name;
use crate::output::sanitise;
use crate::vault::Grant;

pub(super) fn tell(app: &App, name: &Name, settled: &Settled, notes: &[String]) -> Result<(), Error> {
    let Settled { grant, missing, warning, .. } = settled;
    if let Some(warning) = warning {
        app.out.warn(warning);
    }
    if app.out.json {
        return Ok(app.out.object(json!({
            "v": 1,
            "event": "connected",
            "name": name.as_str(),
            "provider": grant.provider,
            "account": grant.identity.account,
            "account_id": grant.identity.id,
            "workspace": grant.identity.workspace,
            "scopes": grant.scopes,
            "missing_scopes": missing,
            "verified": grant.verified,
            "notes": notes,
        }))?);
    }
    let who = who(grant);
    let done = if grant.verified { "is connected" } else { "is stored" };
    app.out.say(format!("{name} {done}{who}."));
    notes.iter().for_each(|note| app.out.say(note));
    if !missing.is_empty() {
        app.out.warn(&format!("not granted: {}", missing.join(", ")));
        app.out.hint(&format!("integ connect {name} asks again"));
    } else if grant.verified {
        app.out.say(format!("Try: integ test {name}"));
    }
    Ok(())
}

/// ` as alice@example.com (Example Inc)`
pub(in crate::commands) fn who(grant: &Grant) -> String {
    let account = grant.identity.account.as_ref().map_or(String::new(), |account| format!(" as {account}"));
    let workspace = grant.identity.workspace.as_ref().map_or(String::new(), |place| format!(" ({place})"));
    sanitise::line(&format!("{account}{workspace}")).into_owned()
}
