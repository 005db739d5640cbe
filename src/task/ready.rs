//! Whether a connection can take tasks, and what it lacks: told without asking its provider.

use crate::app::{App, Ended, reachable, sign_in_again};
use crate::clock;
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::providers::Provider;
use crate::providers::tasks::{Dialect, Part};
use crate::vault::Grant;

pub(crate) struct Readiness {
    /// What its provider calls a list.
    pub list: &'static str,
    pub needs_list: bool,
    /// So many of them are known.
    pub lists: usize,
    pub lacks: Vec<Lack>,
}

pub(crate) struct Lack {
    /// One word for scripts: `sign_in`, `workspace`, `scope`, `list`.
    pub what: &'static str,
    pub error: Error,
}

impl Readiness {
    /// `None`: the provider takes no tasks at all.
    pub(crate) fn of(app: &App, name: &Name, grant: &Grant) -> Option<Readiness> {
        let provider = app.catalogue().provider(&grant.provider).ok()?;
        let traits = Dialect::of(&provider)?.traits();
        let account = account_of(grant).unwrap_or_default();
        let known = app.index().and_then(|index| Ok(index.targets(name.as_str(), &account)?));
        let known = known.unwrap_or_default();
        let lists = known.iter().filter(|target| target.part == Part::List.word()).count();
        let mut lacks = Vec::new();
        if matches!(grant.state(clock::now()), "needs_reauth" | "expired") {
            let error = sign_in_again(name, Some(&provider), &Ended::of(grant));
            lacks.push(Lack { what: "sign_in", error });
        }
        lacks.extend(match app.provider(grant) {
            Ok(provider) => lack_of_setup(name, &provider, grant),
            // What has to be chosen of it was not, or is not there any more.
            Err(error) => Some(Lack { what: "workspace", error }),
        });
        if traits.needs_list && lists == 0 {
            let error = Error::new(Kind::NoTarget, format!("{name}: no {} is known yet", traits.list));
            lacks.push(Lack { what: "list", error: error.help(format!("integ task targets {name}")) });
        }
        Some(Readiness { list: traits.list, needs_list: traits.needs_list, lists, lacks })
    }

    /// A list that nobody asked for yet is asked for when its name is used.
    pub(crate) fn can(&self) -> bool {
        self.lacks.iter().all(|lack| lack.what == "list")
    }

    /// How many lists, or what is missing, in a few words.
    pub(crate) fn words(&self) -> String {
        let lacks: Vec<&str> = self.lacks.iter().map(|lack| lack.what).collect();
        match (lacks.as_slice(), self.lists) {
            ([], 0) => "ready".to_owned(),
            ([], 1) => format!("1 {}", self.list),
            ([], count) => format!("{count} {}", plural(self.list)),
            (lacks, _) => format!("missing: {}", lacks.join(", ").replace('_', " ")),
        }
    }
}

/// What only a person can change: without it nothing can be sent.
pub(super) fn lack_of_setup(name: &Name, provider: &Provider, grant: &Grant) -> Option<Lack> {
    if let Err(error) = reachable(provider) {
        return Some(Lack { what: "workspace", error });
    }
    let missing = provider.missing_scopes(&["tasks".to_owned()], &grant.scopes);
    (!missing.is_empty()).then(|| {
        let message = format!("{name} may not write tasks: {} was not granted", missing.join(", "));
        let help = format!("integ connect {name} --scope {}", missing.join(" --scope "));
        Lack { what: "scope", error: Error::new(Kind::MissingScope, message).help(help) }
    })
}

fn plural(word: &str) -> String {
    match word.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{word}s"),
    }
}

/// Whom a connection belongs to, for rows that must not go to anybody else.
pub(super) fn account_of(grant: &Grant) -> Option<String> {
    let identity = &grant.identity;
    let id = identity.id.as_ref().or(grant.subject.as_ref()).or(identity.account.as_ref())?;
    Some(format!("{}:{id}", grant.provider))
}
