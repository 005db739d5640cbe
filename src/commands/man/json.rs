//! The contract of `--json`: what a script may rely on.

use clap_mangen::roff::{Roff, roman};

use super::entry::{entry, verbatim};

const PROMISE: &str = "With --json a command prints one document on standard output; connect, status --watch and \
    demo --serve print one object a line. Talk goes to standard error. Fields are only ever added: v rises before a \
    field changes its meaning or goes. Names are in snake_case, times in RFC 3339 (UTC), and what is not known is null.";

const DOCUMENTS: &[(&str, &str)] = &[
    (
        "status",
        r#"{"v":1, "profile", "vault": "keychain" | "file", "connections": [{
  "name", "provider", "services": [], "account", "account_id", "workspace",
  "state": "connected" | "unverified" | "needs_reauth" | "expired" |
           "unreadable" | "not_connected",
  "capabilities": [], "scopes": [], "missing_scopes": [], "verified",
  "access_expires_at", "refresh_expires_at", "refresh_rule", "connected_at",
  "options": {},
  "last_check_at", "last_check_ok", "reason", "retry_at",
  "last_error": null | {"kind", "message", "help", "reason", "at"},
  "calendars": [{"id", "name", "events", "last_sync",
    "error": null | {"kind", "message", "help", "at"}}],
  "tasks": null | {"can", "list", "needs_list", "lists", "missing": [
    {"what": "sign_in" | "workspace" | "scope" | "list", "message", "help"}]}}]}
and "error" in place of what is in the vault where that cannot be read
reason: null | "expired" | "revoked" | "password_changed" | "admin_policy" |
        "testing_mode" | "idle" | "deactivated""#,
    ),
    (
        "connect",
        r#"{"v":1, "event": "authorize", "url", "redirect_uri"}
{"v":1, "event": "device", "user_code", "url", "url_complete"}
{"v":1, "event": "connected", "name", "provider", "account", "account_id",
  "workspace", "scopes": [], "missing_scopes": [], "verified", "notes": []}"#,
    ),
    (
        "setup",
        r#"{"v":1, "event": "setup", "provider", "console_url", "steps": [], "redirect_uri",
  "scopes": [], "manifest"}"#,
    ),
    (
        "token",
        r#"{"v":1, "tokens": [{"name", "access_token", "token_type",
  "authorization_scheme", "expires_at"}]}
authorization_scheme is what stands before the token in the Authorization
header; null: nothing does. token --header prints the whole header"#,
    ),
    (
        "test",
        r#"{"v":1, "tests": [{"name", "account", "account_id", "workspace",
  "missing_scopes": [], "milliseconds", "detail", "error", "reason", "retry_at",
  "outcome": "ok" | "missing_scopes" | "needs_reauth" | "not_connected" |
             "down" | "rate_limited" | "failed",
  "capabilities": [{"name", "error",
    "outcome": "ok" | "missing_scopes" | "failed" | "unknown"}],
  "warnings": [{"name", "message"}]}]}"#,
    ),
    (
        "refresh",
        r#"{"v":1, "refreshes": [{"name", "expires_at", "error", "reason", "retry_at",
  "outcome": "refreshed" | "adopted" | "fresh" | "unsupported" | "failed"}]}"#,
    ),
    (
        "disconnect",
        r#"{"v":1, "disconnected": [{"name", "revoked": true | false | null,
  "manage_url"}]}
null: the provider cannot be told; manage_url is where consent is withdrawn"#,
    ),
    (
        "sync",
        r#"{"v":1, "calendars": [{"connection", "calendar", "id",
  "outcome": "synced" | "unchanged" | "failed", "added", "changed", "removed",
  "left", "unchanged", "unreadable", "not_understood": [{"id", "problem"}],
  "requests", "milliseconds", "full", "retry_at", "error"}]}"#,
    ),
    (
        "calendar list, enable, disable, remove",
        r#"{"v":1, "calendars": [{"connection", "id", "name", "color", "time_zone",
  "access": "owner" | "writer" | "reader" | "freebusy", "primary", "enabled",
  "gone", "last_sync", "error": null | {"kind", "message", "help", "at"}}]}"#,
    ),
    (
        "calendar events",
        r#"{"v":1, "events": [{"id", "uid", "connections": [], "calendars": [], "title",
  "status", "response", "all_day", "start", "end", "time_zone", "location",
  "description", "organizer", "attendees": [], "url", "meeting_url", "free",
  "private", "series"}]}
start and end are in the zone that is shown; of what is all day they are dates"#,
    ),
    ("calendar export", r#"{"v":1, "exports": [{"file", "events", "changed"}]}"#),
    (
        "task create, list, show, done, open, retry, cancel",
        r#"{"v":1, "tasks": [{"id", "key", "connection", "target", "title",
  "state": "queued" | "sending" | "done" | "parked" | "unknown" | "cancelled",
  "remote_id", "url", "error", "created_at", "sent_at", "retry_at"}]}
create adds "notices": [] where there are any, and of a file "line": what was
not taken has the state "refused". show adds "exists", "task" and
"remote": null | {"title", "done", "due", "url"}. list --remote prints
{"connection", "remote_id", "title", "url", "done", "due"}"#,
    ),
    (
        "task targets",
        r#"{"v":1, "targets": [{"connection", "part", "kind", "id", "name", "alias", "path",
  "to"}]}"#,
    ),
    (
        "time add, list, edit, approve, reject, export",
        r#"{"v":1, "entries": [{"id", "date", "week", "start", "end", "seconds", "hours",
  "title", "note", "project", "client",
  "status": "pending" | "approved" | "rejected",
  "flag": null | "changed" | "cancelled" | "declined", "overlaps": [],
  "event": null | {"connection", "calendar", "id",
    "now": null | {"title", "all_day", "start", "end"}},
  "created_at", "changed_at"}]}"#,
    ),
    (
        "time convert",
        r#"{"v":1, "dry_run", "entries": [as above], "skipped": [{"connection", "calendar",
  "id", "title", "reason": "all-day" | "declined" | "free" | "no-length" |
                           "no-rule" | "converted"}]}"#,
    ),
    ("time remove", r#"{"v":1, "removed": [ID]}"#),
    (
        "time report",
        r#"{"v":1, "by", "from", "to", "counted": "approved" | "all",
  "rows": [{BY, "seconds", "hours", "entries"}],
  "total": {"seconds", "hours", "entries"}, "pending_seconds"}
by, and the key of a row, is "day", "week", "project" or "client""#,
    ),
    (
        "schedule install, status",
        r#"{"v":1, "schedules": [{"profile", "scheduler", "places": [], "every", "active",
  "notes": [], "next_at", "running", "last_at", "last_outcome",
  "last_milliseconds", "vault_reachable", "vault_error"}]}
install --print: {"v":1, "scheduler", "pieces": [{"place", "text"}]}"#,
    ),
    ("schedule remove", r#"{"v":1, "removed": [SCHEDULER]}"#),
    (
        "schedule run",
        r#"{"v":1, "skipped", "runs": [{"name", "outcome": "done" | "failed", "error"}]}
skipped: another run goes on; name is null for what is of no connection"#,
    ),
    (
        "api",
        r#"{"v":1, "responses": [{"status", "headers": {}, "body" or "body_base64"}]}
and "error" beside them where the last answer was a refusal"#,
    ),
    ("import", r#"{"v":1, "imported": [{"name", "provider", "account", "verified"}]}"#),
    (
        "export",
        r#"{"v":1, "exported": [{"name", "provider", "moved"}], "output", "bundle"}
bundle is null where it went to a file"#,
    ),
    ("rename", r#"{"v":1, "renamed": [{"from", "to"}]}"#),
    (
        "providers",
        r#"{"v":1, "providers": [{"name", "title", "capabilities": [], "services": [],
  "flow", "ways", "proof", "console_url", "docs", "origin",
  "tasks": null | {"list", "needs_list"}}]}
and with a NAME also "checked", "unconfirmed", "api_url", "hosts",
"redirect_uri", "scopes", "capability_scopes", "access_life", "refresh_life",
"refresh_rule", "setup_steps", "manage_url",
"options": {NAME: {"title", "steps", "default", "choices": {}}},
"tasks": {"connections": [{"name", "can", "lists", "missing": []}]}"#,
    ),
    ("providers add", r#"{"v":1, "added": [{"name", "path"}]}"#),
    (
        "providers check",
        r#"{"v":1, "checks": [{"name", "origin", "outcome": "ok" | "wrong" | "drifted" | "unreachable",
  "problems": [{"line", "key", "message"}], "overrides": [], "issuer",
  "drift": [{"key", "message"}], "notes": [], "error"}]}"#,
    ),
    ("vault init, recipient, move", r#"{"v":1, "vaults": [{"kind", "recipient", "key_file"}]}"#),
    ("doctor", r#"{"v":1, "checks": [{"name", "outcome": "ok" | "warn" | "fail", "detail", "help"}]}"#),
    (
        "config get, set, unset, list",
        r#"{"v":1, "settings": [{"key", "value", "default", "set", "accepts", "doc"}]}"#,
    ),
    ("config path", r#"{"v":1, "path"}"#),
    ("man", r#"{"v":1, "pages": [FILE]}, where it was given a folder"#),
    ("demo --serve", r#"{"v":1, "event": "serving", "url", "provider_file"}"#),
    (
        "--dry-run of connect, refresh, disconnect, api, import, task create",
        r#"{"v":1, "requests": [{"method", "url", "headers": {}, "body"}]}"#,
    ),
    (
        "an error of any command",
        r#"{"v":1, "error": {"kind", "message", "help", "exit"}}
and, where they are known, "reason", "retry_at", "missing_scopes": [], "link""#,
    ),
];

pub(super) fn write(roff: &mut Roff) {
    roff.control("SH", ["JSON"]);
    roff.text([roman(PROMISE)]);
    for (command, document) in DOCUMENTS {
        entry(roff, command, "");
        verbatim(roff, document);
    }
}

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory};

    use super::*;
    use crate::commands::Cli;

    /// They print what another program says, or nothing.
    const WITHOUT: &[&str] = &["run", "completions", "config edit"];

    fn leaves(command: &Command, before: &str, found: &mut Vec<String>) {
        for one in command.get_subcommands() {
            let name = format!("{before} {}", one.get_name()).trim_start().to_owned();
            if !one.has_subcommands() || !one.is_subcommand_required_set() {
                found.push(name.clone());
            }
            leaves(one, &name, found);
        }
    }

    #[test]
    fn every_command_has_its_document() {
        let mut documented: Vec<String> = Vec::new();
        for (commands, _) in DOCUMENTS {
            let head = commands.split(' ').next().unwrap_or_default();
            let names = commands.split(", ").enumerate();
            documented.extend(
                names.map(|(n, name)| if n == 0 { name.to_owned() } else { format!("{head} {name}") }),
            );
        }
        let mut all = Vec::new();
        leaves(&Cli::command(), "", &mut all);
        assert!(all.len() > 40, "{all:?}");
        for name in &all {
            let is_told = documented.iter().any(|one| one == name || one.starts_with(&format!("{name} --")));
            assert_ne!(is_told, WITHOUT.contains(&name.as_str()), "{name}");
        }
    }
}
