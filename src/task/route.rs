//! Where a task goes that nobody gave a place: the first rule that fits, the default, the only connection that can, or a
//! question.

use super::names::{Destination, destination};
use crate::app::App;
use crate::config::rule::{Rule, When};
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::new_task::NewTask;
use crate::providers::tasks::Dialect;

/// `kind`: one of `config::rule::KINDS`.
pub(crate) fn route(app: &App, to: Option<&str>, task: &NewTask, kind: &str) -> Result<Destination, Error> {
    if let Some(to) = to {
        return destination(app, to);
    }
    let config = app.config()?;
    for text in config.command("task.routes").unwrap_or_default() {
        let rule =
            Rule::parse(&text).map_err(|why| Error::new(Kind::Config, format!("task.routes: {why}")))?;
        if fits(&rule.when, task, kind) {
            return destination(app, &rule.to).map_err(|error| error.about(&format!("task.routes: {text}")));
        }
    }
    if let Some(to) = config.text("task.default") {
        return destination(app, &to).map_err(|error| error.about("task.default"));
    }
    let able = able(app)?;
    match able.as_slice() {
        [] => Err(Error::new(Kind::NotConnected, "nothing that is connected can take tasks")
            .help("integ connect todoist (or notion, linear, google, …); integ task targets")),
        [one] => destination(app, one.as_str()),
        several => ask(app, several),
    }
}

fn ask(app: &App, able: &[Name]) -> Result<Destination, Error> {
    let names: Vec<String> = able.iter().map(Name::to_string).collect();
    if !app.prompt.is_allowed() {
        return Err(Error::new(Kind::InteractionNeeded, "nobody said where the task shall go")
            .help(format!("--to one of: {}; or: integ config set task.default NAME", names.join(", "))));
    }
    let chosen = app.prompt.choose("Where to?", &names)?;
    names.get(chosen).map_or_else(|| Err(Error::usage("nothing was chosen")), |name| destination(app, name))
}

/// Connections that can take tasks.
pub(crate) fn able(app: &App) -> Result<Vec<Name>, Error> {
    let takes = |grant: &crate::vault::Grant| {
        app.provider(grant).is_ok_and(|provider| Dialect::of(&provider).is_some())
    };
    let grants = app.vault()?.grants()?.into_iter();
    Ok(grants.filter_map(|(name, grant)| grant.is_ok_and(|grant| takes(&grant)).then_some(name)).collect())
}

fn fits(when: &When, task: &NewTask, kind: &str) -> bool {
    match when {
        When::Tag(tag) => task.tags.iter().any(|own| own.to_lowercase() == *tag),
        When::Kind(wanted) => wanted == kind,
        When::Word(word) => {
            let title = task.title.to_lowercase();
            let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
            title.match_indices(word.as_str()).any(|(at, found)| {
                let before = title.get(..at).and_then(|text| text.chars().next_back());
                let after = title.get(at + found.len()..).and_then(|text| text.chars().next());
                is_edge(before) && is_edge(after)
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_a_whole_word() {
        let task = |title: &str| NewTask { title: title.into(), ..NewTask::default() };
        let word = When::Word("milk".into());
        for title in ["Buy MILK", "milk!", "soy-milk"] {
            assert!(fits(&word, &task(title), "task"), "{title}");
        }
        assert!(!fits(&word, &task("milkman"), "task"));
        assert!(fits(&When::Kind("event".into()), &task("x"), "event"));
    }
}
