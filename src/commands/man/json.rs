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
  "state": "connected" | "unverified" | "needs_reauth" | "expired" | "unreadable",
  "capabilities": [], "scopes": [], "missing_scopes": [], "verified",
  "access_expires_at", "refresh_expires_at", "refresh_rule", "connected_at",
  "options": {},
  "last_check_at", "last_check_ok", "reason", "retry_at",
  "last_error": null | {"kind", "message", "help", "reason", "at"},
  "tasks": null | {"can", "list", "needs_list", "lists", "missing": [
    {"what": "sign_in" | "workspace" | "scope" | "list", "message", "help"}]}}]}
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
  "missing_scopes": [], "milliseconds", "error", "reason", "retry_at",
  "outcome": "ok" | "missing_scopes" | "needs_reauth" | "down" |
             "rate_limited" | "failed",
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
    ("vault", r#"{"v":1, "vaults": [{"kind", "recipient", "key_file"}]}"#),
    ("doctor", r#"{"v":1, "checks": [{"name", "outcome": "ok" | "warn" | "fail", "detail", "help"}]}"#),
    (
        "config get, set, unset, list",
        r#"{"v":1, "settings": [{"key", "value", "default", "set", "accepts", "doc"}]}"#,
    ),
    ("config path", r#"{"v":1, "path"}"#),
    ("demo --serve", r#"{"v":1, "event": "serving", "url", "provider_file"}"#),
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
