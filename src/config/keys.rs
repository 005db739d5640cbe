//! Every setting: its key, type, range, default and meaning. `config`, the man page and the README read this table.

use super::kind::Kind;

pub(crate) struct Key {
    /// As typed: `limits.deadline`. `*` stands for a name: a provider's, a rule's.
    pub name: &'static str,
    pub kind: Kind,
    pub default: &'static str,
    pub doc: &'static str,
}

pub(crate) const KEYS: &[Key] = &[
    Key {
        name: "vault.kind",
        kind: Kind::Choice(&["keychain", "file"]),
        default: "keychain",
        doc: "where secrets live; chosen at the first connect, changed by `integ vault move`",
    },
    Key {
        name: "vault.key-file",
        kind: Kind::Path,
        default: "",
        doc: "the key of the file vault, an age identity (mode 0600)",
    },
    Key {
        name: "vault.timeout",
        kind: Kind::Duration(1, 60),
        default: "3s",
        doc: "how long the keychain may take when nobody is there to unlock it",
    },
    Key {
        name: "vault.unlock-timeout",
        kind: Kind::Duration(1, 600),
        default: "60s",
        doc: "how long to wait at a terminal for the keychain to be unlocked",
    },
    Key {
        name: "limits.deadline",
        kind: Kind::Duration(1, 600),
        default: "30s",
        doc: "what one command waits for one provider, retries included",
    },
    Key {
        name: "limits.connect",
        kind: Kind::Duration(1, 60),
        default: "5s",
        doc: "what a connection to a provider may take to stand",
    },
    Key {
        name: "limits.tries",
        kind: Kind::Number(1, 10),
        default: "3",
        doc: "how often a request is tried where trying again is safe",
    },
    Key {
        name: "limits.lock-wait",
        kind: Kind::Duration(0, 3600),
        default: "60s",
        doc: "how long to wait for another integ that works on the same connection",
    },
    Key {
        name: "limits.answer",
        kind: Kind::Number(65_536, 1 << 30),
        default: "1048576",
        doc: "the largest answer of an OAuth endpoint (bytes)",
    },
    Key {
        name: "limits.api-answer",
        kind: Kind::Number(65_536, 1 << 32),
        default: "16777216",
        doc: "the largest answer that `integ api` and `integ sync` accept (bytes)",
    },
    Key {
        name: "sync.past",
        kind: Kind::Duration(0, 100 * 365 * 86_400),
        default: "30d",
        doc: "how far back calendars are mirrored",
    },
    Key {
        name: "sync.future",
        kind: Kind::Duration(86_400, 100 * 365 * 86_400),
        default: "365d",
        doc: "how far ahead calendars are mirrored",
    },
    Key {
        name: "connect.timeout",
        kind: Kind::Duration(1, 900),
        default: "15m",
        doc: "how long a sign-in may take",
    },
    Key {
        name: "connect.browser",
        kind: Kind::Text,
        default: "",
        doc: "the browser to open, where `$BROWSER` is not set",
    },
    Key {
        name: "connect.qr",
        kind: Kind::Choice(&["auto", "never"]),
        default: "auto",
        doc: "a QR code beside a device code, where the terminal is wide enough for it",
    },
    Key {
        name: "refresh.due",
        kind: Kind::Duration(0, 86_400),
        default: "10m",
        doc: "`refresh --due` refreshes what expires sooner than this",
    },
    Key {
        name: "refresh.idle",
        kind: Kind::Number(1, 99),
        default: "50",
        doc: "`refresh --due` also refreshes what is unused for this share of its refresh token's life (percent)",
    },
    Key {
        name: "schedule.retry",
        kind: Kind::Duration(0, 3600),
        default: "30s",
        doc: "the first pause of `schedule run` before it tries again; the second and third are three times as long",
    },
    Key {
        name: "output.color",
        kind: Kind::Choice(&["auto", "always", "never"]),
        default: "auto",
        doc: "colours; `NO_COLOR` and `--color` go before it",
    },
    Key { name: "log.file", kind: Kind::Path, default: "", doc: "where every run writes what it did" },
    Key {
        name: "log.format",
        kind: Kind::Choice(&["text", "json"]),
        default: "text",
        doc: "lines for people or JSON lines",
    },
    Key {
        name: "history.keep",
        kind: Kind::Duration(3600, 3650 * 86_400),
        default: "90d",
        doc: "how long the index remembers what was run",
    },
    Key {
        name: "time.round",
        kind: Kind::Duration(0, 86_400),
        default: "0",
        doc: "`time convert` counts time in units of this; 0: as it is",
    },
    Key {
        name: "time.rounding",
        kind: Kind::Choice(&["up", "nearest"]),
        default: "up",
        doc: "to the next unit or to the nearest one",
    },
    Key {
        name: "time.rules.*.calendar",
        kind: Kind::List,
        default: "",
        doc: "`time convert`: this rule is for events of this calendar (a name, an id, CONNECTION/NAME); the first rule that holds counts",
    },
    Key {
        name: "time.rules.*.words",
        kind: Kind::List,
        default: "",
        doc: "this rule is for events with any of these words or phrases in the title",
    },
    Key {
        name: "time.rules.*.attendee",
        kind: Kind::List,
        default: "",
        doc: "this rule is for events with any of these people: an address, or a domain",
    },
    Key {
        name: "time.rules.*.project",
        kind: Kind::Text,
        default: "",
        doc: "the project of what falls under this rule",
    },
    Key {
        name: "time.rules.*.client",
        kind: Kind::Text,
        default: "",
        doc: "the client of what falls under this rule",
    },
    Key {
        name: "notify.command",
        kind: Kind::Command,
        default: "",
        doc: "run once when a connection starts to need a sign-in and once when it is well again; the event is JSON on its standard input",
    },
    Key {
        name: "calendar.export",
        kind: Kind::Text,
        default: "",
        doc: "an iCalendar file that is rewritten after each sync (a whole path)",
    },
    Key {
        name: "calendar.export-calendars",
        kind: Kind::List,
        default: "",
        doc: "the calendars in it: [\"CALENDAR\", …]; none: all that are mirrored",
    },
    Key {
        name: "calendar.export-past",
        kind: Kind::Duration(0, 36_500 * 86_400),
        default: "30d",
        doc: "how far back it goes",
    },
    Key {
        name: "calendar.export-future",
        kind: Kind::Duration(0, 36_500 * 86_400),
        default: "365d",
        doc: "how far ahead it goes",
    },
    Key {
        name: "task.default",
        kind: Kind::Text,
        default: "",
        doc: "where a task goes that nobody says a place for: NAME or NAME/LIST",
    },
    Key {
        name: "task.routes",
        kind: Kind::Rules,
        default: "",
        doc: "where tasks of a kind go, the first rule that fits: [\"tag:work=linear/ENG\", \"word:invoice=clickup/Office\", \"kind:event=google\"]; before `task.default`",
    },
    Key {
        name: "client.*.id",
        kind: Kind::Text,
        default: "",
        doc: "the OAuth client of a provider; `integ setup` sets it",
    },
    Key {
        name: "client.*.port",
        kind: Kind::Number(1, 65_535),
        default: "",
        doc: "the port of this client's registered redirect URI",
    },
    Key {
        name: "client.*.registered",
        kind: Kind::Text,
        default: "",
        doc: "the redirect URI of a client that integ registered by itself",
    },
    Key {
        name: "client.*.expires",
        kind: Kind::Number(0, 253_402_300_799),
        default: "",
        doc: "when the secret of such a client ends (Unix seconds)",
    },
];

/// The definition of a key as a person typed it.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| match key.name.split_once('*') {
        Some((before, after)) => name
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|middle| crate::name::simple(middle).is_ok()),
        None => key.name == name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_acceptable() {
        for key in KEYS.iter().filter(|key| !key.default.is_empty()) {
            assert!(key.kind.parse(key.default).is_ok(), "{}", key.name);
        }
    }

    #[test]
    fn keys_are_found_as_typed() {
        assert_eq!(find("client.my-idp.id").map(|k| k.name), Some("client.*.id"));
        assert!(find("client..id").is_none());
        assert!(find("limits.deadlin").is_none());
    }

    #[test]
    fn a_wrong_value_is_refused_with_the_right_ones() {
        let refusal = |key: &str, value: &str| find(key).unwrap().kind.parse(value).unwrap_err();
        assert!(refusal("vault.kind", "paper").contains("keychain, file"));
        assert!(refusal("limits.deadline", "0").contains("1 to 600"));
        assert!(refusal("limits.tries", "many").contains("whole number"));
        assert!(refusal("notify.command", "mail me").contains("list"));
    }
}
