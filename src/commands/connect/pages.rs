//! What the browser tab says in the end.

use crate::error::Error;
use crate::name::Name;
use crate::oauth::page::Page;
use crate::providers::Provider;

use super::settle::Settled;

pub(super) fn success(provider: &Provider, name: &Name, settled: &Settled) -> Page {
    let identity = &settled.grant.identity;
    let rows = [
        ("Account", identity.account.clone()),
        ("Workspace", identity.workspace.clone()),
        ("Can", Some(settled.grant.capabilities.join(", ")).filter(|can| !can.is_empty())),
        ("Not granted", Some(settled.missing.join(", ")).filter(|missing| !missing.is_empty())),
    ];
    Page {
        ok: true,
        title: format!("{} is connected", provider.title),
        message: String::new(),
        details: rows.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect(),
        next: Some(format!("integ test {name}")),
    }
}

pub(super) fn failure(provider: &Provider, name: &Name, error: &Error) -> Page {
    Page {
        ok: false,
        title: format!("{} was not connected", provider.title),
        message: error.message.clone(),
        details: Vec::new(),
        next: Some(error.help.clone().unwrap_or_else(|| format!("integ connect {name}"))),
    }
}
