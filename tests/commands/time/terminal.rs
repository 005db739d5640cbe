//! At a terminal: bars as wide as it is, and a question before many are decided on.

use super::{entries, time};
use crate::seal::Home;
use crate::tty;

/// Types this and returns what was shown.
fn at_terminal(home: &Home, columns: u16, arguments: &[&str], keys: &str, code: i32) -> String {
    let mut command = home.command(&["time"]);
    command.args(arguments).env("TZ", "Europe/Berlin");
    let (shown, ended) = tty::at_terminal(command, columns, "[y/N]", keys);
    assert_eq!(ended, Some(code), "{shown}");
    shown
}

#[test]
fn bars_are_as_wide_as_the_terminal_allows() {
    let home = Home::new();
    entries(&home, &["add", "4h", "a", "--on", "2026-11-19", "--project", "日本語プロジェクト"]);
    entries(&home, &["add", "2h", "b", "--on", "2026-11-20", "--project", &"long ".repeat(30)]);
    time(&home, &["approve", "--all"]).expect(0);
    let full = |line: &str| line.chars().filter(|c| *c == '█').count();
    let mut widest = 0;
    for columns in [40, 80, 160] {
        let shown = at_terminal(&home, columns, &["report", "--by", "project", "--week=2026-W47"], "", 0);
        let rows: Vec<&str> = shown.lines().filter(|line| line.contains('█')).collect();
        assert_eq!(rows.len(), 2, "{shown}");
        assert!(
            rows.iter().all(|row| console::measure_text_width(row) <= usize::from(columns)),
            "{columns}: {shown}"
        );
        assert_eq!(full(rows[0]) / 2, full(rows[1]), "{shown}");
        assert!(full(rows[0]) > widest, "{columns}: {shown}");
        widest = full(rows[0]);
    }
    let narrow = at_terminal(&home, 12, &["report", "--week=2026-W47"], "", 0);
    assert!(!narrow.contains('█'), "{narrow}");
}

#[test]
fn many_are_decided_on_after_a_question() {
    let home = Home::new();
    for title in ["a", "b"] {
        entries(&home, &["add", "1h", title, "--project", "p"]);
    }
    let approved = || entries(&home, &["list", "--status", "approved"]).len();
    let shown = at_terminal(&home, 120, &["approve", "--project", "p"], "n", 2);
    assert!(shown.contains("Approve these 2?"), "{shown}");
    assert_eq!(approved(), 0);
    at_terminal(&home, 120, &["approve", "--project", "p"], "y", 0);
    assert_eq!(approved(), 2);
    // One that is named is meant.
    let shown = at_terminal(&home, 120, &["edit", "1", "--reopen"], "", 0);
    assert!(!shown.contains("[y/N]"), "{shown}");
    at_terminal(&home, 120, &["reject", "1"], "", 0);
    at_terminal(&home, 120, &["remove", "1"], "n", 2);
    at_terminal(&home, 120, &["remove", "1"], "y", 0);
    assert_eq!(entries(&home, &["list"]).len(), 1);
}
