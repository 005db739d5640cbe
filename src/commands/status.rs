//! Every connection at a glance: who, what it can do, how long it lasts, what went wrong and what cures it.

use std::time::Duration;

use clap::Args;
use console::Style;
use serde_json::{Value, json};

use super::name_argument;
use crate::app::{App, Ended, access_words, refresh_words};
use crate::clock;
use crate::error::{Error, Kind};
use crate::index::{Calendar, Health};
use crate::name::Name;
use crate::output::{self, Out, Shown, Table, sanitise};
use crate::providers::Provider;
use crate::reason::Reason;
use crate::task::Readiness;
use crate::vault::Grant;

/// Show every connection
#[derive(Args)]
pub(crate) struct Status {
    /// Only these
    #[arg(value_parser = name_argument)]
    names: Vec<Name>,
    /// Ask each provider whether the token works
    #[arg(long)]
    check: bool,
    /// Show it again every few seconds
    #[arg(long)]
    watch: bool,
}

/// How often `--watch` looks.
const INTERVAL: Duration = Duration::from_secs(2);

struct Row {
    name: Name,
    grant: Result<Grant, Error>,
    provider: Option<Provider>,
    health: Health,
    /// Those that are mirrored.
    calendars: Vec<Calendar>,
    /// `None`: its provider takes no tasks.
    tasks: Option<Readiness>,
}

impl Status {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        if !self.watch {
            return self.once(app);
        }
        loop {
            if Out::stdout_is_terminal() && !app.out.json {
                let _ = console::Term::stdout().clear_screen();
            }
            // A connection that needs a person is shown, not a reason to stop looking.
            match self.once(app) {
                Err(error) if !error.told => return Err(error),
                // A timer can only be made inside the runtime.
                _ => app.block_on(async { tokio::time::sleep(INTERVAL).await })?,
            }
        }
    }

    fn once(&self, app: &App) -> Result<(), Error> {
        // Where no vault was ever chosen and there is no keychain, nothing can be connected.
        if let Err(error) = app.vault().and_then(|vault| Ok(vault.grants()?))
            && matches!(error.kind, Kind::VaultAbsent)
            && self.names.is_empty()
            && app.config()?.own("vault.kind").is_none()
            && app.vault().is_ok_and(|vault| vault.kind() == "keychain")
        {
            app.out.say(format!("Nothing is connected yet, and {}.", error.message));
            app.out.hint("integ vault init makes a file vault");
            return self.nothing(app);
        }
        if self.check {
            let found = app.connections(&self.names)?;
            app.block_on(super::test::check_all(app, found))?;
        }
        // What was learnt is a help, not a condition: without it the connections are shown all the same.
        if let Err(error) = app.index() {
            app.out.warn(&error.message);
        }
        let now = clock::now();
        let rows: Vec<Row> =
            app.connections(&self.names)?.into_iter().map(|(name, grant)| row(app, name, grant)).collect();
        if app.out.json {
            app.out.object(json!({"v": 1, "profile": app.profile, "vault": app.vault()?.kind(),
                "connections": rows.iter().map(|row| row.json(now)).collect::<Vec<_>>()}))?;
        } else if rows.is_empty() {
            app.out.say("Nothing is connected yet.");
            app.out.hint("integ connect google (or notion, slack, telegram, …); integ providers; integ demo");
        } else {
            self.show(app, &rows, now)?;
        }
        match rows.iter().find_map(|row| row.problem(now)) {
            Some(mut problem) => {
                problem.told = true;
                Err(problem)
            }
            None => Ok(()),
        }
    }

    fn nothing(&self, app: &App) -> Result<(), Error> {
        if app.out.json {
            app.out.object(json!({"v": 1, "profile": app.profile, "vault": null, "connections": []}))?;
        }
        Ok(())
    }

    fn show(&self, app: &App, rows: &[Row], now: i64) -> Result<(), Error> {
        let mut table = Table::new(&[
            "",
            "Connection",
            "State",
            "Account",
            "Workspace",
            "Can",
            "Access",
            "Refresh token",
            "Checked",
        ])
        .spare(&["Refresh token", "Workspace", "Can", "Checked"]);
        for row in rows {
            let cells = row.cells(now);
            table.row(&cells.iter().map(String::as_str).collect::<Vec<_>>());
        }
        app.out.line(colour_symbols(&table.render()))?;
        for row in rows {
            if let Some((message, help)) = row.trouble(now) {
                // Most messages name the connection themselves.
                let own = format!("{}: ", row.name);
                let named = message.starts_with(row.name.as_str());
                let message = if named { message } else { format!("{own}{message}") };
                app.out.say(&sanitise::line(&message));
                if let Some(help) = help {
                    app.out.hint(&help);
                }
            }
        }
        for (message, help) in rows.iter().flat_map(Row::calendar_troubles) {
            app.out.say(&sanitise::line(&message));
            if let Some(help) = help {
                app.out.hint(&help);
            }
        }
        tell_tasks(app, rows);
        let (count, kind) = (rows.len(), app.vault()?.kind());
        let place = if kind == "file" { "the file vault" } else { "the keychain" };
        let plural = if count == 1 { "" } else { "s" };
        app.out.say(format!("{count} connection{plural}, profile {}, secrets in {place}.", app.profile));
        Ok(())
    }
}

fn row(app: &App, name: Name, grant: Result<Grant, Error>) -> Row {
    let provider = grant.as_ref().ok().and_then(|grant| app.provider(grant).ok());
    // A damaged index hides what was learnt, not what is connected.
    let health = app.index().and_then(|index| Ok(index.health(&name)?)).unwrap_or_default();
    let calendars = app.index().and_then(|index| Ok(index.calendars_of(&name)?)).unwrap_or_default();
    let calendars = calendars.into_iter().filter(|calendar| calendar.enabled).collect();
    let tasks = grant.as_ref().ok().and_then(|grant| Readiness::of(app, &name, grant));
    Row { name, grant, provider, health, calendars, tasks }
}

/// Which of them can take tasks, and what the others lack: with its cure where somebody wanted them to.
fn tell_tasks(app: &App, rows: &[Row]) {
    let found = || rows.iter().filter_map(|row| Some((row, row.tasks.as_ref()?)));
    let told = |can: bool| {
        let own = found().filter(|(_, tasks)| tasks.can() == can);
        let texts: Vec<String> =
            own.map(|(row, tasks)| format!("{} ({})", row.name, tasks.words())).collect();
        (!texts.is_empty()).then(|| texts.join(", "))
    };
    let can = told(true).map(|names| format!("Tasks can go to {names}."));
    let cannot = told(false).map(|names| format!("No tasks can go to {names}."));
    can.iter().chain(&cannot).for_each(|text| app.out.say(&sanitise::line(text)));
    for (_, tasks) in found().filter(|(row, _)| row.was_asked_for("tasks")) {
        // A sign-in that ended and a scope that was asked for are told above.
        for lack in tasks.lacks.iter().filter(|lack| matches!(lack.what, "list" | "workspace")) {
            app.out.hint(lack.error.help.as_deref().unwrap_or(&lack.error.message));
        }
    }
}

fn calendar_json(calendar: &Calendar) -> Value {
    json!({
        "id": calendar.remote,
        "name": calendar.name,
        "events": calendar.events,
        "last_sync": calendar.synced_at.map(clock::rfc3339),
        "error": calendar.error.as_ref().map(|error| json!({
            "kind": error.kind, "message": error.message, "help": error.help, "at": clock::rfc3339(error.at)})),
    })
}

/// Symbols that mean the same without colour: the word beside them says it too.
fn symbol(state: &str) -> &'static str {
    match state {
        "connected" => "✓",
        "unverified" => "?",
        _ => "✗",
    }
}

fn colour_symbols(table: &str) -> Shown<'static> {
    let paint = |line: &str| -> Shown<'static> {
        let (before, after) = line.split_at(line.len() - line.trim_start().len());
        let mut rest = after.chars();
        let style = match rest.next() {
            Some('✓') => Style::new().green().bold(),
            Some('?') => Style::new().yellow().bold(),
            Some('✗') => Style::new().red().bold(),
            _ => return Shown::from(line.to_owned()),
        };
        let symbol = after.strip_suffix(rest.as_str()).unwrap_or_default();
        Shown::from(before.to_owned()).and(output::paint_data(symbol, style)).and(rest.as_str().to_owned())
    };
    Shown::lines(table.lines().map(paint))
}

impl Row {
    fn state(&self, now: i64) -> &'static str {
        self.grant.as_ref().map_or("unreadable", |grant| grant.state(now))
    }

    fn missing(&self, grant: &Grant) -> Vec<String> {
        self.provider.as_ref().map_or(Vec::new(), |p| p.missing_scopes(&grant.capabilities, &grant.scopes))
    }

    fn was_asked_for(&self, capability: &str) -> bool {
        self.grant.as_ref().is_ok_and(|grant| grant.capabilities.iter().any(|own| own == capability))
    }

    fn cells(&self, now: i64) -> Vec<String> {
        let state = self.state(now);
        let words = state.replace('_', " ");
        let Ok(grant) = &self.grant else {
            return vec![symbol(state).into(), self.name.to_string(), words];
        };
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
        let can = if grant.capabilities.is_empty() { "-".to_owned() } else { grant.capabilities.join(", ") };
        let checked = match (self.health.checked_at, self.health.check_ok) {
            (Some(at), Some(true)) => format!("{} ago", crate::duration::words(now - at)),
            (Some(at), _) => format!("failed {} ago", crate::duration::words(now - at)),
            (None, _) => "never".into(),
        };
        vec![
            symbol(state).into(),
            self.name.to_string(),
            words,
            or_dash(&grant.identity.account),
            or_dash(&grant.identity.workspace),
            can,
            access_words(grant, now),
            refresh_words(grant, now),
            checked,
        ]
    }

    /// What to say below the table, and its cure.
    fn trouble(&self, now: i64) -> Option<(String, Option<String>)> {
        let grant = match &self.grant {
            Ok(grant) => grant,
            Err(error) => return Some((error.message.clone(), error.help.clone())),
        };
        if let Some(problem) = self.problem(now) {
            return Some((problem.message, problem.help));
        }
        // A rate limit that is over asks nobody for anything.
        let is_over = self.health.retry_at.is_some() && self.health.waits_until(now).is_none();
        if let Some(error) =
            self.health.error.as_ref().filter(|error| !(is_over && error.kind == Kind::RateLimited.word()))
        {
            return Some((format!("{} ({})", error.message, clock::local(error.at)), error.help.clone()));
        }
        let missing = self.missing(grant);
        if !missing.is_empty() {
            let help = format!("integ connect {}", self.name);
            return Some((format!("not granted: {}", missing.join(", ")), Some(help)));
        }
        None
    }

    /// What a person must do something about.
    fn problem(&self, now: i64) -> Option<Error> {
        let grant = match &self.grant {
            Ok(grant) => grant,
            Err(error) => {
                let mut copy = Error::new(error.kind, error.message.clone());
                copy.help.clone_from(&error.help);
                return Some(copy);
            }
        };
        match grant.state(now) {
            "needs_reauth" => {
                let error = crate::app::sign_in_again(&self.name, self.provider.as_ref(), &Ended::of(grant));
                Some(error.of_machine(&self.name, grant))
            }
            "expired" => Some(
                Error::new(Kind::NeedsReauth, format!("{} has expired and has no refresh token", self.name))
                    .because(Some(Reason::Expired))
                    .help(format!("integ connect {}", self.name)),
            ),
            _ => None,
        }
    }

    /// The mirrored calendars whose last sync failed.
    fn calendar_troubles(&self) -> impl Iterator<Item = (String, Option<String>)> {
        self.calendars.iter().filter_map(|calendar| {
            let error = calendar.error.as_ref()?;
            let at = clock::local(error.at);
            Some((format!("calendar {}: {} ({at})", calendar.full_name(), error.message), error.help.clone()))
        })
    }

    fn json(&self, now: i64) -> Value {
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
            "tasks": self.tasks.as_ref().map(super::task::readiness_json),
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
