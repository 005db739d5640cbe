//! SY6 and SY8 against others' judgement: Thunderbird's parser reads our iCalendar, Python's zone rules tell our times.
use std::process::Command;

use rusqlite::{Connection, params};
use serde_json::Value;

use crate::harness::{Sealed, needs, node, real_dir, servers_dir};

const ZONES: [&str; 9] = [
    "Europe/Zurich",
    "America/New_York",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "Africa/Casablanca",
    "UTC",
];

/// A calendar that holds these: title, start and end (unix seconds), whole days.
fn mirrored(home: &Sealed, events: &[(String, i64, i64, bool)]) {
    home.integ(&["calendar", "list", "--offline"]).run().ok();
    let mut index = Connection::open(home.home().join(".local/share/integ/index.db")).unwrap();
    let transaction = index.transaction().unwrap();
    let insert = "INSERT INTO calendar (id, connection, remote, name, enabled, pass) VALUES (1, 'c', 'r', 'A,B;C', 1, 1)";
    transaction.execute(insert, []).unwrap();
    for (n, (title, start, end, whole)) in events.iter().enumerate() {
        transaction
            .execute(
                "INSERT INTO event (calendar, remote, pass, uid, version, start, end, all_day, title, status, free, private,
                     description, attendees)
                 VALUES (1, ?1, 1, ?1, '1', ?2, ?3, ?4, ?5, 'confirmed', 0, 0, ?5, 'a@example.org' || char(10) || 'ö@example.org')",
                params![format!("e{n:05}"), start, end, whole, title],
            )
            .unwrap();
    }
    transaction.commit().unwrap();
}

#[test]
fn sy8_thunderbirds_parser_reads_what_was_exported() {
    if !needs("sy8_thunderbirds_parser", &["ical.js"]) {
        return;
    }
    let home = Sealed::new();
    let titles = [
        "plain",
        "a,b;c\\d\\n",
        "CR\rLF\nCRLF\r\nend",
        "\0\u{1b}]52;c;x\u{7}tail",
        "日本語👩‍🚀",
        "END:VEVENT\r\nBEGIN:VEVENT",
        "\u{2028}x\u{85}y",
        "",
    ];
    let clean = [
        "plain",
        "a,b;c\\d\\n",
        "CR\nLF\nCRLF\nend",
        "]52;c;xtail",
        "日本語👩‍🚀",
        "END:VEVENT\nBEGIN:VEVENT",
        "\nx\ny",
        "",
    ];
    let day = 86_400;
    let all: Vec<_> = titles
        .iter()
        .zip(0..)
        .map(|(title, n)| {
            (
                title.repeat(100),
                1_800_000_000 / day * day + n * day,
                1_800_000_000 / day * day + (n + 1) * day,
                n % 2 == 0,
            )
        })
        .collect();
    mirrored(&home, &all);
    let file = home.outside().join("all.ics");
    home.integ(&["calendar", "export", file.to_str().unwrap(), "--future", "3650d"]).run().ok();
    let output = Command::new(node())
        .arg(servers_dir().join("read_ics.mjs"))
        .arg(&file)
        .env("INTEG_REAL_DIR", real_dir())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(read["components"], titles.len());
    let events = read["events"].as_array().unwrap();
    for (n, event) in events.iter().enumerate() {
        assert_eq!(event["summary"].as_str().unwrap_or_default(), clean[n].repeat(100), "{n}");
        assert_eq!(event["description"].as_str().unwrap_or_default(), clean[n].repeat(100), "{n}");
        assert_eq!(event["whole"], n % 2 == 0);
        assert_eq!(event["categories"][0], "A,B;C");
        assert_eq!(event["attendees"][1], "mailto:%C3%B6@example.org");
    }
    assert_eq!(
        (events[0]["start"].as_str(), events[0]["end"].as_str()),
        (Some("20270115"), Some("20270116"))
    );
    assert_eq!(events[1]["start"], "20270116T000000Z");
}

#[test]
fn sy6_times_are_those_of_pythons_zone_rules() {
    if !needs("sy6_pythons_zone_rules", &["$python3"]) {
        return;
    }
    let home = Sealed::new();
    // Around every change of the clocks there may be, days that did not exist, and spread over the years.
    let mut seconds: Vec<i64> = (0..1_000).map(|n| n * 1_728_000 + n * 977).collect();
    for edge in [1_774_746_000, 1_792_890_000, 1_772_953_200, 1_793_512_800, 1_325_239_200, 1_541_300_400] {
        seconds.extend((-30..30).map(|half| edge + half * 1_800));
    }
    let events: Vec<_> = seconds.iter().map(|at| (at.to_string(), *at, at + 60, false)).collect();
    mirrored(&home, &events);
    for zone in ZONES {
        let args =
            ["calendar", "events", "--json", "--from", "1969-01-01", "--to", "2100-01-01", "--tz", zone];
        let document = home.integ(&args).run().ok().json();
        let shown: Vec<String> = document["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| format!("{} {}", event["title"].as_str().unwrap(), event["start"].as_str().unwrap()))
            .collect();
        assert_eq!(shown.len(), events.len(), "{zone}");
        let script = "import sys, zoneinfo, datetime\n\
                      zone = zoneinfo.ZoneInfo(sys.argv[1])\n\
                      for line in sys.stdin:\n    \
                          at = datetime.datetime.fromtimestamp(int(line), zone)\n    \
                          print(line.strip(), at.isoformat())\n";
        let mut child = Command::new("python3")
            .args(["-c", script, zone])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let asked: String =
            shown.iter().map(|line| format!("{}\n", line.split(' ').next().unwrap())).collect();
        let writer = std::thread::spawn(move || std::io::Write::write_all(&mut input, asked.as_bytes()));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        assert_eq!(told.lines().count(), shown.len(), "{zone}");
        for (mine, theirs) in shown.iter().zip(told.lines()) {
            assert_eq!(mine, theirs, "{zone}");
        }
    }
}
