//! CL10: every code point and a thousand escape sequences, through every command that prints what somebody else wrote:
//! to a terminal, into a pipe, as JSON. That no control character reaches the first two is a standing invariant; here
//! the texts are put in their way, must be seen to have come through, and must be whole in the JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::evil::Evil;
use crate::home::{
    GrantText, Home, Output, figure, in_share, private_dir, private_file, share_in_words, times,
};
use crate::matrix::cell::{Surface, provider};

/// Short enough that nothing cuts it.
const LENGTH: usize = 250;
/// So many texts are dealt with by one command: all of the first plane.
const AT_ONCE: usize = 400;

/// Every Unicode scalar value of the first plane, or of all, and a thousand sequences; each text between two marks.
fn texts() -> Vec<Vec<String>> {
    let last = if times(0, 1) == 1 { 0x10_FFFF } else { 0xFFFF };
    let points: Vec<char> = (0..=last).filter_map(char::from_u32).collect();
    let mut bodies: Vec<String> = points.chunks(LENGTH).map(|chunk| chunk.iter().collect()).collect();
    let sequences: Vec<String> = (0..1_000).map(sequence).collect();
    for chunk in sequences.chunks(8) {
        bodies.push(chunk.concat());
    }
    let marked = |(n, body): (usize, &String)| format!("m{n:05}<{body}>m{n:05}");
    bodies.chunks(AT_ONCE).map(|part| part.iter().enumerate().map(marked).collect()).collect()
}

/// The play on a stage for each part of the texts.
fn all_texts(what: &str, play: fn(&mut Stage)) {
    let (mut characters, mut texts_in_all, mut printed) = (0, 0, 0);
    for (_, texts) in texts().into_iter().enumerate().filter(|(part, _)| in_share(*part)) {
        let mut stage = Stage::new(texts);
        play(&mut stage);
        characters += stage.texts.iter().map(|text| text.chars().count()).sum::<usize>();
        texts_in_all += stage.texts.len();
        printed += stage.printed;
    }
    figure(&format!(
        "terminal: {what}: {characters} characters in {texts_in_all} texts, {printed} runs{}: none came through raw",
        share_in_words()
    ));
}

/// CSI, OSC 8 and 52, titles, DCS, APC, PM, SOS, in seven and in eight bits, ended in each way or not at all.
fn sequence(n: u32) -> String {
    let end = ["\u{7}", "\u{1b}\\", "\u{9c}", ""][n as usize % 4];
    let last = char::from(0x40 + u8::try_from(n % 63).unwrap());
    match n % 10 {
        0 => format!("\u{1b}[{n}{last}"),
        1 => format!("\u{9b}?{n};1{last}"),
        2 => format!("\u{1b}]8;;http://evil.invalid/{n}{end}link\u{1b}]8;;{end}"),
        3 => format!("\u{1b}]52;c;{n}{end}"),
        4 => format!("\u{9d}{};title{end}", n % 120),
        5 => format!("\u{1b}P{n}q{end}"),
        6 => format!("\u{90}$q{n}{end}"),
        7 => format!("\u{1b}_{n}{end}\u{1b}^{n}{end}\u{1b}X{n}{end}"),
        8 => format!("\u{1b}{last}\r\n::error::{n}\u{8}\u{8}"),
        _ => format!("\u{9f}{n}{end}\u{202e}{n}\u{2066}{n}\u{2069}"),
    }
}

struct Stage {
    evil: Evil,
    home: Home,
    texts: Vec<String>,
    /// Commands times surfaces.
    printed: usize,
}

impl Stage {
    /// One connection to a provider of calendars and tasks.
    fn new(texts: Vec<String>) -> Stage {
        let evil = Evil::start();
        let home = Home::new(&evil);
        home.provider("evil", &provider(&evil));
        let (_, grant) = GrantText::scoped(&evil, "evil", 4_000_000_000, "openid calendar.readonly");
        home.run_with(&["import", "-"], grant.0.to_string()).exits(&[0]);
        Stage { evil, home, texts, printed: 0 }
    }

    /// A command on every surface. `whole`: it prints each text, JSON the very same.
    fn prints(&mut self, args: &[&str], codes: &[i32], whole: bool) {
        for surface in Surface::ALL {
            let output = surface.call(&self.home, args).run();
            output.exits(codes);
            self.printed += 1;
            if whole {
                self.came_through(surface, &output);
            }
        }
    }

    fn came_through(&self, surface: Surface, output: &Output) {
        if surface == Surface::Json {
            let mut strings = Vec::new();
            strings_of(&output.json(), &mut strings);
            let lost = self.texts.iter().find(|text| !strings.iter().any(|own| own.contains(text.as_str())));
            assert!(lost.is_none(), "{:?} is not whole in the JSON of {:?}", lost, output.args);
            return;
        }
        let shown = output.out() + &output.err();
        for n in 0..self.texts.len() {
            let seen = shown.contains(&format!("m{n:05}<")) && shown.contains(&format!(">m{n:05}"));
            assert!(seen, "text {n} was not shown by {:?}\n{}", output.args, output.transcript());
        }
    }

    /// As many connections as texts, and whoever asks about one is told the next text.
    fn many_accounts(&self) {
        let each = self.texts.iter().enumerate();
        self.evil.says_each(
            "/me",
            "200 OK",
            each.map(|(n, text)| json!({"sub": n.to_string(), "email": text, "org": {"name": text}})),
        );
        let all: Vec<Value> = (0..self.texts.len())
            .map(|n| GrantText::new(&self.evil, &format!("evil/n{n}"), 4_000_000_000).1.0)
            .collect();
        self.home.run_with(&["import", "-"], json!(all).to_string()).exits(&[0]);
    }
}

fn strings_of(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings_of(item, found)),
        Value::Object(map) => map.values().for_each(|item| strings_of(item, found)),
        _ => {}
    }
}

#[test]
fn cl10_calendars_events_and_the_time_made_of_them() {
    all_texts("calendars, events, time", calendars_events_and_the_time_made_of_them);
}

fn calendars_events_and_the_time_made_of_them(stage: &mut Stage) {
    let at = |n: usize| {
        let at = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(600 - (n % 500) as i64);
        json!({"dateTime": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), "timeZone": "UTC"})
    };
    let calendars: Vec<Value> = stage
        .texts
        .iter()
        .enumerate()
        .map(|(n, text)| json!({"id": if n == 0 { "primary".into() } else { format!("c{n}") }, "summary": text, "primary": n == 0}))
        .collect();
    let events: Vec<Value> = stage
        .texts
        .iter()
        .enumerate()
        .map(|(n, text)| {
            json!({"id": format!("e{n}"), "status": "confirmed", "summary": text, "location": text, "start": at(n),
                   "end": at(n + 5), "organizer": {"email": text}})
        })
        .collect();
    let says = |path: &str, body: Value| {
        stage.evil.says(path, "200 OK", &[], &body.to_string());
    };
    says("/calendar/v3/users/me/calendarList", json!({"items": calendars}));
    says("/calendar/v3/calendars/primary/events", json!({"items": events, "nextSyncToken": "c"}));
    stage.prints(&["sync", "--full"], &[0, 8, 1, 3, 4], false);
    stage.prints(&["calendar", "list"], &[0], true);
    stage.prints(&["calendar", "events", "--from", "-2d", "--to", "+2d"], &[0], true);
    for form in ["--csv", "--ics"] {
        for surface in [Surface::Pipe, Surface::Terminal] {
            surface.call(&stage.home, &["calendar", "events", form]).run().exits(&[0]);
            stage.printed += 1;
        }
    }
    stage.prints(&["time", "convert", "--from", "-2d", "--to", "+2d"], &[0, 3, 8], false);
    stage.prints(&["time", "list", "--from", "-2d", "--to", "+2d"], &[0], true);
    stage.prints(&["time", "report", "--from", "-2d", "--to", "+2d"], &[0], false);
    stage.prints(&["time", "export"], &[0], false);
}

#[test]
fn cl10_account_and_workspace_names() {
    all_texts("accounts", account_and_workspace_names);
}

fn account_and_workspace_names(stage: &mut Stage) {
    stage.many_accounts();
    stage.prints(&["status"], &[0], true);
    stage.prints(&["test"], &[0, 6, 8], false);
    stage.prints(&["doctor"], &[0, 1, 3, 5, 8], false);
}

#[test]
fn cl10_error_texts() {
    all_texts("errors", error_texts);
}

fn error_texts(stage: &mut Stage) {
    stage.many_accounts();
    let error = |text: &String| json!({"error": "odd", "error_description": text, "error_uri": text});
    stage.evil.says_each("/token", "400 Bad Request", stage.texts.iter().map(error));
    // Each refusal is noted on the disk: every text on the terminal, where it matters, and a third of them elsewhere.
    for (surface, step) in [(Surface::Terminal, 1), (Surface::Pipe, 3), (Surface::Json, 3)] {
        let names: Vec<String> = (0..stage.texts.len()).step_by(step).map(|n| format!("evil/n{n}")).collect();
        let force: Vec<&str> =
            ["refresh", "--force"].into_iter().chain(names.iter().map(String::as_str)).collect();
        surface.call(&stage.home, &force).run().exits(&[1, 8]);
        stage.printed += 1;
    }
    let message = |text: &String| json!({"error": {"message": text}});
    stage.evil.says_each("/me", "403 Forbidden", stage.texts.iter().map(message));
    stage.prints(&["test"], &[1, 3, 8], false);
    stage.prints(&["status"], &[0, 3], false);
}

#[test]
fn cl10_task_lists_and_tasks() {
    all_texts("tasks", task_lists_and_tasks);
}

fn task_lists_and_tasks(stage: &mut Stage) {
    let results = |make: &dyn Fn(usize, &String) -> Value| {
        let all: Vec<Value> = stage.texts.iter().enumerate().map(|(n, text)| make(n, text)).collect();
        json!({"results": all, "next_cursor": null}).to_string()
    };
    let lists = results(&|n, text| json!({"id": format!("p{n}"), "name": text}));
    let tasks = results(&|n, text| json!({"id": format!("T{n}"), "content": text, "due": {"date": text}}));
    stage.evil.says("/projects", "200 OK", &[], &lists).says("/tasks", "200 OK", &[], &tasks);
    stage.prints(&["task", "targets", "--refresh"], &[0], true);
    stage.prints(&["task", "list", "--remote", "evil"], &[0], true);
    stage.evil.says_no_more("/tasks");
    stage.home.run(&["task", "create", "Plain", "--to", "evil"]).exits(&[0]);
    stage.evil.says_each(
        "/tasks/T1",
        "200 OK",
        stage.texts.iter().map(|text| json!({"id": "T1", "content": text})),
    );
    // One task at a time: a sample of the texts, the sequences among them.
    for _ in 0..times(10, 200) {
        stage.prints(&["task", "show", "1"], &[0], false);
    }
    stage.evil.says_each(
        "/tasks",
        "422 Unprocessable Content",
        stage.texts.iter().map(|text| json!({"error": text})),
    );
    let lines: String =
        (0..stage.texts.len()).map(|n| format!("{{\"title\":\"t{n}\",\"to\":\"evil\"}}\n")).collect();
    let file = stage.home.path("home/tasks.jsonl");
    private_file(&file, lines.as_bytes());
    stage.prints(&["task", "create", "--batch", file.to_str().unwrap()], &[0, 1, 8], false);
    stage.prints(&["task", "list", "--limit", "100000"], &[0], false);
    stage.prints(&["task", "retry"], &[0, 1, 8], false);
}

#[test]
fn cl10_provider_files_and_the_names_of_files() {
    all_texts("provider files, file names", provider_files_and_the_names_of_files);
}

fn provider_files_and_the_names_of_files(stage: &mut Stage) {
    for (n, text) in stage.texts.iter().enumerate() {
        let mut literal = String::from("\"");
        text.chars().for_each(|c| write!(literal, "\\U{:08X}", u32::from(c)).unwrap());
        literal.push('"');
        // A title that is not one line is refused, and the refusal is shown as well.
        let key = if n % 10 == 0 { "title" } else { "docs" };
        let steps = format!("[{literal}]");
        let toml = crate::home::provider_toml(&stage.evil, &[(key, &literal), ("setup-steps", &steps)]);
        stage.home.provider(&format!("p{n}"), &toml);
    }
    stage.prints(&["providers"], &[0, 2], false);
    stage.prints(&["providers", "check"], &[0, 1, 2, 8], false);
    for n in (0..stage.texts.len()).step_by(times(24, 1)) {
        stage.prints(&["providers", &format!("p{n}")], &[0, 2], false);
    }
    let last = stage.texts.len() - 1;
    // A file's name holds 255 bytes, and neither a slash nor a zero. A line break in a name that a person typed stays one.
    let short =
        |text: &String| -> String { text.chars().filter(|c| !"/\0\n\r".contains(*c)).take(60).collect() };
    private_dir(&stage.home.path("home/files"));
    for text in [&stage.texts[0], &stage.texts[last], &stage.texts[last - 1]].map(short) {
        let path = format!("{}/{text}", stage.home.path("home/files").display());
        for args in [
            &["import", &path][..],
            &["time", "export", "--output", &path],
            &["calendar", "export", &path],
            &["providers", "check", &path],
        ] {
            stage.prints(args, &[0, 1, 2, 3, 5, 8], false);
            let _ = std::fs::remove_file(&path);
        }
    }
}
