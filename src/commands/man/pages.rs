//! One page for each command, nested ones included.

use std::io;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::{entry, sections};

pub(super) struct Page {
    /// `integ-vault-init.1`
    pub(super) file: String,
    pub(super) text: String,
}

/// The first one is the program's.
pub(super) fn all(program: Command) -> io::Result<Vec<Page>> {
    // With the names that the pages need: `integ-vault-init`, `integ vault init`.
    let mut program = program.disable_help_subcommand(true);
    program.build();
    let mut pages = Vec::new();
    add(&program, true, &mut pages)?;
    Ok(pages)
}

fn add(command: &Command, is_program: bool, pages: &mut Vec<Page>) -> io::Result<()> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let text = in_ascii(&String::from_utf8_lossy(&text(command, &name, is_program)?));
    pages.push(Page { file: format!("{name}.1"), text });
    for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
        add(sub, false, pages)?;
    }
    Ok(())
}

fn text(command: &Command, name: &str, is_program: bool) -> io::Result<Vec<u8>> {
    let after = command.get_after_help().map(ToString::to_string);
    // Options that every command has are told once, on the program's page.
    let own = command.clone().mut_args(|argument| {
        let common = argument.is_global_set() || matches!(argument.get_id().as_str(), "help" | "version");
        argument.hide(common && !is_program)
    });
    let source = concat!("integ ", env!("CARGO_PKG_VERSION"));
    let page = Man::new(own).title(name).source(source).manual("integ");
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    if command.get_arguments().any(|argument| is_program || !argument.is_global_set()) {
        page.render_options_section(&mut text)?;
    }
    if command.get_subcommands().next().is_some() {
        page.render_subcommands_section(&mut text)?;
    }
    if is_program {
        sections::write(&mut text)?;
        return Ok(text);
    }
    let mut rest = Roff::new();
    if let Some(after) = after {
        told_after(&mut rest, &after);
    }
    rest.control("SH", ["SEE ALSO"]);
    rest.text([
        bold("integ"),
        roman("(1): the options of every command, exit status, environment, files, settings, JSON"),
    ]);
    rest.to_writer(&mut text)?;
    Ok(text)
}

/// Not every roff reads UTF-8.
fn in_ascii(text: &str) -> String {
    let escaped = |c: char| if c.is_ascii() { c.to_string() } else { format!("\\[u{:04X}]", u32::from(c)) };
    text.chars().map(escaped).collect()
}

/// What `--help` shows last: examples line by line, anything else as it is.
fn told_after(roff: &mut Roff, after: &str) {
    match after.strip_prefix("Examples:\n") {
        Some(examples) => {
            roff.control("SH", ["EXAMPLES"]);
            entry::verbatim(roff, examples);
        }
        None => {
            roff.control("SH", ["NOTES"]);
            roff.text([roman(after)]);
        }
    }
}
