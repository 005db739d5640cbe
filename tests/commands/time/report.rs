//! `time report` and `export`.

use serde_json::json;

use super::{document, entries, time};
use crate::seal::Home;

/// Five entries in two weeks over the turn of a year; the last one is pending, one rejected.
fn worked() -> Home {
    let home = Home::new();
    for arguments in [
        ["50m", "a", "--on", "2026-12-28", "--project", "acme", "--client", "Acme Ltd"],
        ["1h", "b", "--on", "2027-01-01", "--project", "acme", "--client", "Acme Ltd"],
        ["2h", "c", "--on", "2027-01-01", "--project", "other", "--client", "Acme Ltd"],
        ["30m", "d", "--on", "2027-01-04", "--project", "", "--client", ""],
        ["4h", "rejected", "--on", "2027-01-04", "--project", "acme", "--client", ""],
        ["8h", "pending", "--on", "2027-01-05", "--project", "acme", "--client", ""],
    ] {
        entries(&home, &[&["add"], &arguments[..]].concat());
    }
    time(&home, &["reject", "5"]).expect(0);
    time(&home, &["approve", "1", "2", "3", "4"]).expect(0);
    home
}

const ALL: [&str; 4] = ["--from", "2026-12-01", "--to", "2027-01-31"];

#[test]
fn time_adds_up_by_day_week_project_and_client() {
    let home = worked();
    for (by, expected, total) in [
        ("day", json!([["2026-12-28", 3000], ["2027-01-01", 10800], ["2027-01-04", 1800]]), 15_600),
        // The first of January is in the last week of the old year.
        ("week", json!([["2026-W53", 13800], ["2027-W01", 1800]]), 15_600),
        ("project", json!([["other", 7200], ["acme", 6600], [null, 1800]]), 15_600),
        ("client", json!([["Acme Ltd", 13800], [null, 1800]]), 15_600),
    ] {
        let report = document(&home, &[&["report", "--by", by], &ALL[..]].concat());
        let rows: Vec<_> =
            report["rows"].as_array().unwrap().iter().map(|row| json!([row[by], row["seconds"]])).collect();
        assert_eq!((json!(rows), &report["total"]["seconds"]), (expected, &total.into()), "{by}");
        assert_eq!((&report["counted"], &report["pending_seconds"]), (&"approved".into(), &28_800.into()));
    }
    let all = document(&home, &[&["report", "--all", "--project", "acme"], &ALL[..]].concat());
    assert_eq!((&all["total"]["hours"], &all["total"]["entries"]), (&9.8333.into(), &3.into()));
    let text = time(&home, &[&["report", "--by", "project"], &ALL[..]].concat()).expect(0);
    assert!(text.stdout.contains("(no project)") && text.stdout.contains("4 h 20 min"), "{}", text.stdout);
    assert!(!text.stdout.contains('█'), "bars in a pipe: {}", text.stdout);
    assert!(text.stderr.contains("8 h still pending"), "{}", text.stderr);
    let week = document(&home, &["report", "--week=2026-W53"]);
    assert_eq!((&week["from"], &week["to"]), (&"2026-12-28".into(), &"2027-01-03".into()));
}

/// What the hint says to type is done as it stands there.
#[test]
fn what_is_pending_can_be_approved_as_the_hint_says() {
    let home = worked();
    for (asked, expected) in [
        (&["--week"][..], "integ time approve --week=today,"),
        (&[], "integ time approve --week,"),
        (&["--on", "2027-01-05", "--project", "acme"], "approve --on=2027-01-05 --project=acme,"),
        (&["--from", "2026-01-01", "--client", "a b"], "approve --from=2026-01-01 --client='a b',"),
    ] {
        entries(&home, &["add", "10m", "now", "--project", "acme", "--client", "a b"]);
        let text = time(&home, &[&["report"], asked].concat()).expect(0).stderr;
        assert!(text.contains(expected), "{asked:?}: {text}");
    }
    let hint = time(&home, &["report", "--on", "2027-01-05"]).expect(0).stderr;
    for command in hint.trim().split("integ time ").skip(1) {
        let words: Vec<&str> = command.trim_end_matches(", or ").split_whitespace().collect();
        time(&home, &words).expect(0);
    }
    let after = document(&home, &["report", "--on", "2027-01-05"]);
    assert_eq!((&after["pending_seconds"], &after["total"]["seconds"]), (&0.into(), &28_800.into()));
}

#[test]
fn without_days_it_is_this_week() {
    let home = Home::new();
    entries(&home, &["add", "1h", "now"]);
    entries(&home, &["add", "2h", "then", "--on", "-14d"]);
    time(&home, &["approve", "--all"]).expect(0);
    assert_eq!(document(&home, &["report"])["total"]["seconds"], 3_600);
    time(&home, &["report", "--on", "2001-01-01"]).expect(0);
    // What has no end has none to show.
    let open = document(&home, &["report", "--from", "2001-01-01"]);
    assert_eq!((&open["from"], &open["to"]), (&"2001-01-01".into(), &().into()));
    let open = document(&home, &["report", "--to", "2001-01-01"]);
    assert_eq!((&open["from"], &open["to"]), (&().into(), &"2001-01-01".into()));
    let shown = time(&home, &["report", "--from", "2001-01-01"]).expect(0);
    assert!(shown.stderr.contains("From 2001-01-01 on"), "{}", shown.stderr);
    let shown = time(&home, &["report", "--to", "2001-01-01"]).expect(0);
    assert!(shown.stderr.contains("Up to 2001-01-01"), "{}", shown.stderr);
}

#[test]
fn the_export_is_a_table_that_spreadsheets_may_open() {
    let home = worked();
    entries(
        &home,
        &[
            "add",
            "10:00-11:15",
            "=HYPERLINK(\"x\")",
            "--on",
            "2026-12-29",
            "--note",
            "\u{1b}[2Jtwo\nlines, \"quoted\"",
        ],
    );
    time(&home, &["approve", "7"]).expect(0);
    let text = time(&home, &["export"]).expect(0).stdout;
    assert!(!text.contains('\u{1b}'), "{text:?}");
    let rows: Vec<Vec<String>> = csv::Reader::from_reader(text.as_bytes())
        .into_records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    assert_eq!(rows.len(), 5, "{text}");
    let header = text.lines().next().unwrap();
    assert_eq!(
        header,
        "id,date,week,start,end,hours,title,project,client,status,note,flag,connection,calendar,event"
    );
    assert_eq!(rows[0][..6], ["1", "2026-12-28", "2026-W53", "", "", "0.8333"]);
    let formula = rows.iter().find(|row| row[0] == "7").unwrap();
    assert_eq!(
        formula[3..7],
        ["2026-12-29T10:00:00+01:00", "2026-12-29T11:15:00+01:00", "1.25", "'=HYPERLINK(\"x\")"]
    );
    assert_eq!(formula[10], "\u{fffd}[2Jtwo lines, \"quoted\"");
    assert_eq!(entries(&home, &["export"]).len(), 5);
    assert_eq!(entries(&home, &["export", "--all", "--week=2027-W01"]).len(), 2);
    assert_eq!(entries(&home, &["export"])[1]["title"], "=HYPERLINK(\"x\")", "JSON needs no apostrophe");
    time(&home, &["export", "-o", "out.csv"]).expect(0);
    time(&home, &["export", "-o", "out.csv"]).expect(2);
    time(&home, &["export", "-o", "out.csv", "--force"]).expect(0);
    assert_eq!(std::fs::read_to_string(home.path().join("out.csv")).unwrap(), text);
    let file = time(&home, &["export", "-o", "out.json", "--json"]).expect(0);
    assert!(file.stdout.is_empty());
    let written = std::fs::read_to_string(home.path().join("out.json")).unwrap();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&written).unwrap()["entries"].as_array().unwrap().len(),
        5
    );
}
