//! The commands that prove the README's five sentences, and the rows of `tests/figures`, name tests that exist: a filter
//! that matches nothing passes.

use std::path::Path;

use crate::{here, text};

/// The tests below a folder by their paths, as `cargo test` names them.
fn tests_below(folder: &Path, module: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let inner =
            if ["main", "mod"].contains(&stem) { module.to_owned() } else { format!("{module}{stem}::") };
        if path.is_dir() {
            tests_below(&path, &inner, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let source = text(&path);
            let after_marks = source.split("#[test]\n").skip(1);
            let names = after_marks.filter_map(|rest| rest.split_once("fn ")?.1.split_once('('));
            found.extend(names.map(|(name, _)| format!("{inner}{name}")));
        }
    }
}

/// How many tests `cargo test --test TARGET FILTER` runs.
fn run_by(target: &str, filter: &str) -> usize {
    let mut all = Vec::new();
    tests_below(&here().join("tests").join(target), "", &mut all);
    all.iter().filter(|name| name.contains(filter)).count()
}

fn must_run_something(command: &str) {
    let words: Vec<&str> =
        command.split_whitespace().filter(|word| !["--", "--locked"].contains(word)).collect();
    let (target, filter) = match words[..] {
        ["cargo", "test", "--test", target] => (target, ""),
        ["cargo", "test", "--test", target, filter] => (target, filter),
        _ => panic!("not a command that is understood here: {command}"),
    };
    assert!(run_by(target, filter) > 0, "no test is run by: {command}");
}

#[test]
fn of_the_five_sentences_run_tests() {
    let readme = text("README.md");
    let (_, section) = readme.split_once("\n### Hard to break, and shown to be\n").unwrap();
    let rows: Vec<_> = section.lines().skip_while(|line| !line.starts_with("|---")).skip(1).collect();
    let rows: Vec<_> = rows.into_iter().take_while(|line| line.starts_with('|')).collect();
    assert_eq!(rows.len(), 5);
    for row in rows {
        let proof = row.trim_end_matches([' ', '|']).rsplit_once(" | ").unwrap().1;
        let commands: Vec<_> = proof.split('`').filter(|part| part.starts_with("cargo ")).collect();
        assert!(!commands.is_empty(), "without a command: {row}");
        commands.into_iter().for_each(must_run_something);
    }
}

#[test]
fn of_the_figures_run_tests() {
    let script = text("tests/figures");
    let variable = |name: &str| {
        let line = script.lines().find_map(|line| line.strip_prefix(&format!("{name}='"))).unwrap();
        line.trim_end_matches('\'').to_owned()
    };
    let (hostile, real) = (variable("hostile"), variable("real"));
    let mut count = 0;
    for row in script.lines().filter(|line| line.contains(" | $hostile ") || line.contains(" | $real ")) {
        let command = row.split(" | ").nth(2).unwrap().trim();
        must_run_something(&command.replace("$hostile", &hostile).replace("$real", &real));
        count += 1;
    }
    assert!(count > 8, "{count} rows");
}

#[test]
fn a_filter_that_matches_nothing_is_seen() {
    assert!(run_by("hostile", "") > 300);
    assert_eq!(run_by("hostile", "no_such_test"), 0);
    assert_eq!(run_by("supply", "proofs::a_filter_that_matches_nothing_is_seen"), 1);
}
