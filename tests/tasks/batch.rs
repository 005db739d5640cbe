//! Many at once, and titles that mean harm.

use std::time::Duration;

use serde_json::{Value, json};

use crate::dialects::{LINEAR, TODOIST};
use crate::kills::times;
use crate::server::{Dialect, Target, Trap};

/// The title of a task, as its provider keeps it.
pub(crate) fn title_of(task: &Value) -> String {
    let places = [
        "/content",
        "/title",
        "/name",
        "/summary",
        "/fields/summary",
        "/properties/hs_task_subject",
        "/Subject",
    ];
    if let Some(text) = places.iter().find_map(|place| task.pointer(place)?.as_str()) {
        return text.to_owned();
    }
    // Notion's is in pieces.
    let pieces = task.pointer("/properties/Aufgabe/title").and_then(Value::as_array);
    let pieces = pieces.unwrap_or_else(|| panic!("no title: {task}"));
    pieces.iter().map(|piece| piece["text"]["content"].as_str().unwrap()).collect()
}

fn titles(target: &Target) -> Vec<String> {
    let mut titles: Vec<String> = target.tasks().iter().map(title_of).collect();
    titles.sort();
    titles
}

#[test]
fn three_forms_from_a_file_or_from_standard_input() {
    let target = Target::open(TODOIST);
    let home = target.home();
    home.write("a.csv", "title,list,tags,priority\n\"One, two\",Offers,x;y,high\nThree,,,\n");
    let ended = home.run(&["task", "create", "--batch", "a.csv", "--to", "todoist", "--json"]).expect(0);
    assert_eq!(ended.json()["tasks"].as_array().unwrap().len(), 2);
    let lines = "{\"title\":\"Four\",\"notes\":\"n\"}\n{\"title\":\"Five\",\"to\":\"todoist/Offers\"}\n";
    home.run_with_input(&["task", "create", "--batch", "-", "--to", "todoist"], lines).expect(0);
    home.run_with_input(&["task", "create", "--batch", "-", "--to", "todoist"], "- [ ] Six\n- [x] never\n")
        .expect(0);
    assert_eq!(titles(&target), ["Five", "Four", "One, two", "Six", "Three"]);
    target.is_content();
}

#[test]
fn some_fail_and_again_creates_nothing_new() {
    let target = Target::open(LINEAR);
    let home = target.home();
    let text = "{\"title\":\"a\"}\n{\"titel\":\"b\"}\n{\"title\":\"c\",\"assignee\":\"nobody\"}\n{\"title\":\"\"}\n{\"title\":\"e\"}\n";
    home.write("t.jsonl", text);
    let run = || home.run(&["task", "create", "--batch", "t.jsonl", "--to", "linear/ENG", "--json"]);
    let document = run().expect(8).json();
    let states: Vec<&Value> =
        document["tasks"].as_array().unwrap().iter().map(|task| &task["state"]).collect();
    assert_eq!(states, ["done", "refused", "refused", "refused", "done"]);
    assert_eq!(document["tasks"][3]["line"], 4);
    let again = run().expect(8).json();
    assert_eq!(again["tasks"][0]["remote_id"], document["tasks"][0]["remote_id"]);
    assert_eq!(titles(&target), ["a", "e"]);
    assert_eq!(target.creates().len(), 2);
}

#[test]
fn a_limit_in_the_middle_is_waited_for() {
    let target = Target::open(LINEAR);
    let home = target.home();
    home.run(&["task", "targets"]).expect(0);
    let limited = json!({"errors": [{"message": "slow", "extensions": {"code": "RATELIMITED"}}]});
    (0..3).for_each(|_| target.trap(Trap::None));
    (0..8).for_each(|_| target.trap(Trap::Refuse(400, vec![("retry-after", "1".into())], limited.clone())));
    let lines: Vec<String> = (0..40).map(|n| format!("* task {n:02}")).collect();
    home.write("t.md", &lines.join("\n"));
    home.run(&["task", "create", "--batch", "t.md", "--to", "linear/ENG"]).expect(0);
    assert_eq!(target.tasks().len(), 40);
}

#[test]
fn a_batch_is_sent_side_by_side() {
    let target = Target::open(LINEAR);
    let home = target.home();
    home.run(&["task", "targets"]).expect(0);
    target.tell(|play| play.latency = Duration::from_millis(20));
    let lines: Vec<String> = (0..100).map(|n| format!("{{\"title\":\"t{n}\"}}")).collect();
    let ended =
        home.run_with_input(&["task", "create", "--batch", "-", "--to", "linear/ENG"], &lines.join("\n"));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(target.tasks().len(), 100);
    assert_eq!(ended.stdout.lines().count(), 100, "a line for each");
}

#[test]
fn tk07_a_hostile_title_arrives_to_the_byte_or_is_refused() {
    let mut all = hostile();
    all.sort();
    all.dedup();
    assert!(all.len() >= 480, "{}", all.len());
    let (arrived, refused) = arrive(LINEAR, "linear/ENG", &all);
    assert!(refused > 20 && arrived > 300, "{refused} refused, {arrived} arrived");
    // The other targets take some of them, all of them where there is time.
    crate::each::at_each(|dialect, to| {
        let some: Vec<String> = all.iter().step_by(times(12, 1)).cloned().collect();
        let (arrived, refused) = arrive(dialect, to, &some);
        assert!(refused > 0 && arrived > refused, "{to}: {refused} refused, {arrived} arrived");
    });
}

/// Sends these titles; how many arrived, each to the byte, and how many were refused before they were sent.
fn arrive(dialect: Dialect, to: &str, all: &[String]) -> (usize, usize) {
    let target = Target::open(dialect);
    let home = target.home();
    home.run(&["task", "targets", dialect.provider]);
    let lines: Vec<String> = all.iter().map(|title| json!({"title": title}).to_string()).collect();
    let ended =
        home.run_with_input(&["task", "create", "--batch", "-", "--to", to, "--json"], &lines.join("\n"));
    let document = ended.json();
    let results = document["tasks"].as_array().unwrap();
    assert_eq!(results.len(), all.len(), "{to}");
    let mut done = Vec::new();
    for (title, result) in all.iter().zip(results) {
        match result["state"].as_str() {
            Some("done") => done.push(title.clone()),
            Some("refused") => assert_eq!(result["error"]["kind"], "usage", "{to} {title:?}"),
            other => panic!("{to} {title:?}: {other:?}"),
        }
    }
    let is_changed = |title: &String| title.trim() != title || title.chars().any(char::is_control);
    assert!(!done.iter().any(is_changed), "{to}: providers change such titles");
    done.sort();
    assert_eq!(titles(&target), done, "{to}: to the byte");
    assert_eq!(target.creates().len(), done.len(), "{to}: nothing was sent in vain");
    assert!(!ended.stdout.chars().any(|c| c.is_control() && c != '\n'), "nothing raw reaches a terminal");
    target.is_content();
    (done.len(), all.len() - done.len())
}

#[test]
fn tk07_as_an_argument_too() {
    let target = Target::open(TODOIST);
    let home = target.home();
    for title in [
        "-x",
        "--yes",
        "@file",
        "$(reboot)",
        "`id`",
        "a\tb",
        "a\r\nb: c",
        "\u{202e}evil",
        "%s%n",
        "\u{1b}[2J",
    ] {
        let before = target.tasks().len();
        let ended = home.run(&["task", "create", "--to", "todoist", "--", title]);
        let arrived = target.tasks().get(before).map(|task| task["content"].as_str().unwrap().to_owned());
        match ended.code {
            0 => assert_eq!(arrived.as_deref(), Some(title)),
            2 => assert_eq!(arrived, None, "{title:?}"),
            other => panic!("{title:?}: {other} {}", ended.stderr),
        }
        assert!(!ended.stdout.contains('\u{1b}') && !ended.stderr.contains('\u{1b}'));
    }
    let long = "x".repeat(100_000);
    home.run(&["task", "create", "--to", "todoist", &long]).expect(2);
}

/// About 500 texts that break programs, made here.
fn hostile() -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for code in (0..0x20).chain(0x7f..0xa0) {
        found.push(format!("a{}b", char::from_u32(code).unwrap()));
    }
    for code in [
        0x200b, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2028, 0x2029, 0x2060, 0x2066,
        0x2067, 0x2069, 0xfeff, 0xfff9, 0xfffd, 0xfffe, 0xffff, 0x1f600, 0x1f468, 0x10ffff, 0xe0041, 0xd7ff,
        0xe000, 0x300, 0x345, 0x3164, 0x115f,
    ] {
        found.push(format!("a{}b", char::from_u32(code).unwrap()));
        found.push(char::from_u32(code).unwrap().to_string().repeat(40));
    }
    for text in [
        "",
        " ",
        "\t",
        "null",
        "undefined",
        "NaN",
        "true",
        "0",
        "-1",
        "1e309",
        "0x0",
        "-",
        "--",
        "--help",
        "-rf /",
        "@file",
        "$(id)",
        "`id`",
        "${HOME}",
        "; ls",
        "| cat",
        "&& true",
        "'",
        "\"",
        "\\",
        "\\\\",
        "\\n",
        "\\u0000",
        "\\ud800",
        "%00",
        "%s%s%n",
        "{{7*7}}",
        "{0}",
        "<script>alert(1)</script>",
        "<!--",
        "]]>",
        "' OR 1=1 --",
        "'; DROP TABLE outbox; --",
        "../../etc/passwd",
        "C:\\con",
        "https://x.example/?a=b&c=d#e",
        "=1+1",
        "+1",
        "@SUM(1)",
        "[ ] x",
        "- [ ] x",
        "# x",
        "**x**",
        "a  b",
        " a",
        "a ",
        "a\r\nSet-Cookie: b",
        "a\nb",
        "}\n{\"title\":\"second\"}",
        "\"}]}",
        "日本語",
        "שלום",
        "مرحبا",
        "Ünïcödé",
        "ﷺ",
        "👨‍👩‍👧‍👦",
        "🇩🇪",
        "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    ] {
        found.push(text.to_owned());
    }
    for (n, piece) in ["\"", "\\", "'", "😀", "é", "\u{202e}", "$(x)", "%0a", "<b>", "{}", "\u{0}", "\r\n"]
        .iter()
        .enumerate()
    {
        for count in 1..=28 {
            found.push(format!("{n} {} {}", piece.repeat(count), "z".repeat(count)));
        }
    }
    found.push("x".repeat(1 << 20));
    found.push("😀".repeat(300));
    found
}
