//! TE12: no redirect is followed on an OAuth endpoint, wherever it leads.

use super::super::wire::{self, Answer};
use super::{Mode, UNSAFE, says};

fn to(status: &str, location: &str) -> Answer {
    wire::http(status, &[("Location", location)], "")
}

pub(crate) const MODES: &[Mode] = &[
    says("TE12", "redir-301-other", |f| to("301 Moved Permanently", &f.other), UNSAFE, UNSAFE),
    says("TE12", "redir-302-other", |f| to("302 Found", &f.other), UNSAFE, UNSAFE),
    says("TE12", "redir-303-other", |f| to("303 See Other", &f.other), UNSAFE, UNSAFE),
    says("TE12", "redir-307-other", |f| to("307 Temporary Redirect", &f.other), UNSAFE, UNSAFE),
    says("TE12", "redir-308-other", |f| to("308 Permanent Redirect", &f.other), UNSAFE, UNSAFE),
    says(
        "TE12",
        "redir-loop",
        |f| to("307 Temporary Redirect", &format!("{}/token", f.base)),
        UNSAFE,
        UNSAFE,
    ),
    says("TE12", "redir-file", |_| to("302 Found", "file:///etc/passwd"), UNSAFE, UNSAFE),
    says(
        "TE12",
        "redir-userinfo",
        |f| to("307 Temporary Redirect", &f.other.replace("http://", "http://accounts.example@")),
        UNSAFE,
        UNSAFE,
    ),
];
