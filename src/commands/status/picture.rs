//! The connections as a person sees them: a table, what is wrong, where tasks can go.

use console::Style;

use super::row::Row;
use crate::app::{App, access_words, refresh_words};
use crate::clock;
use crate::error::Error;
use crate::output::{self, Shown, Table, sanitise};

pub(super) fn show(app: &App, rows: &[Row], now: i64) -> Result<(), Error> {
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
            let named = message.trim_start_matches('`').starts_with(row.name.as_str());
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
    let (count, kind) = (rows.iter().filter(|row| row.is_connected()).count(), app.vault()?.kind());
    let place = if kind == "file" { "the file vault" } else { "the keychain" };
    let plural = if count == 1 { "" } else { "s" };
    app.out.say(format!("{count} connection{plural}, profile {}, secrets in {place}.", app.profile));
    Ok(())
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
    fn cells(&self, now: i64) -> Vec<String> {
        let state = self.state(now);
        let words = state.replace('_', " ");
        let Ok(grant) = &self.grant else {
            return vec![symbol(state).into(), self.name.to_string(), words];
        };
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".into());
        let can = self.granted(grant);
        let can = if can.is_empty() { "-".to_owned() } else { can.join(", ") };
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

    /// The mirrored calendars whose last sync failed.
    fn calendar_troubles(&self) -> impl Iterator<Item = (String, Option<String>)> {
        self.calendars.iter().filter_map(|calendar| {
            let error = calendar.error.as_ref()?;
            let at = clock::local(error.at);
            Some((format!("calendar {}: {} ({at})", calendar.full_name(), error.message), calendar.cure()))
        })
    }
}
