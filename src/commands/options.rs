//! What a person chooses per connection: `--option NAME=VALUE`, else what was chosen before, else a question.

use crate::app::App;
use crate::error::Error;
use crate::providers::{Options, Provider};

/// `NAME=VALUE` as clap reads it.
pub(super) fn option_argument(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() && !value.is_empty() => {
            Ok((name.to_owned(), value.to_owned()))
        }
        _ => Err("use NAME=VALUE".to_owned()),
    }
}

/// The options of a connection. What was chosen before stays as long as the provider file still has a place for it;
/// what is given must fit.
pub(super) fn chosen(
    provider: &Provider,
    given: &[(String, String)],
    before: &Options,
) -> Result<Options, Error> {
    let mut options = Options::new();
    for (name, value) in before {
        if let Ok(value) = provider.option_value(name, value) {
            options.insert(name.clone(), value);
        }
    }
    for (name, value) in given {
        // A site is named as its list does, which only the provider knows: it is chosen later.
        match provider.site.as_ref().is_some_and(|site| site.option == *name) {
            true => drop(options.remove(name)),
            false => drop(options.insert(name.clone(), provider.option_value(name, value)?)),
        }
    }
    Ok(options)
}

/// Asks for what is needed and was not given, where somebody is there to answer.
pub(super) fn ask(app: &App, provider: &Provider, options: &mut Options, pasted: bool) -> Result<(), Error> {
    if !app.prompt.is_allowed() {
        return Ok(());
    }
    let needed: Vec<(String, crate::providers::Choice)> = provider
        .needed_options(options, pasted)
        .into_iter()
        .map(|(name, choice)| (name.to_owned(), choice.clone()))
        .collect();
    for (name, choice) in needed {
        let title = if choice.title.is_empty() { &name } else { &choice.title };
        for (number, step) in choice.steps.iter().enumerate() {
            app.out.step(number + 1, step);
        }
        let mut known: Vec<(&str, &str)> =
            choice.choices.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut typed = None;
        if !known.is_empty() {
            known.push(("another", ""));
            let lines: Vec<String> = known.iter().map(|(name, value)| format!("{name}  {value}")).collect();
            let picked = app.prompt.choose(title, &lines)?;
            typed = known
                .get(picked)
                .filter(|(_, value)| !value.is_empty())
                .map(|(_, value)| (*value).to_owned());
        }
        let typed = match typed {
            Some(value) => value,
            None => app.prompt.text(title)?,
        };
        options.insert(name.clone(), provider.option_value(&name, &typed)?);
    }
    Ok(())
}
