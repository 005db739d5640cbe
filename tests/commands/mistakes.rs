//! What a person mistypes: what is said of it is true, has its exit code, and names what can be typed instead.

use crate::desk::{Desk, answer};
use crate::seal::{Ended, Home};

fn connected() -> (Desk, Home) {
    let desk = Desk::open(|_| answer(200, "{\"id\":\"1\"}"));
    let home = Home::new();
    home.provider("x", &format!("title = \"X\"\napi-url = \"{}\"\n", desk.url));
    home.paste("x", "CANARY-token");
    home.paste("x/working", "CANARY-token");
    (desk, home)
}

#[test]
fn a_name_that_nobody_has() {
    let (_desk, home) = connected();
    for (said, help) in [
        ("gogle", "did you mean `google`? integ connect google"),
        ("gmial/work", "did you mean `gmail`? integ connect gmail/work"),
        ("google/work", "integ connect google/work"),
        ("gmail", "integ connect gmail"),
        ("foo", "integ connect foo --issuer URL; integ providers lists what needs no URL"),
        ("x/workng", "did you mean `x/working`? otherwise: integ connect x/workng"),
    ] {
        let error = home.run(&["token", said, "--json"]).expect(3).json()["error"].clone();
        assert_eq!((error["kind"].as_str(), error["help"].as_str()), (Some("not_connected"), Some(help)));
    }
    let test = home.run(&["test", "gogle", "--json"]).expect(3).json()["tests"][0].clone();
    assert_eq!(
        (&test["outcome"], &test["error"]["kind"]),
        (&"not_connected".into(), &"not_connected".into())
    );
    let text = home.run(&["test", "gogle"]).expect(3).stdout;
    assert!(text.contains("not connected") && !text.contains("needs reauth"), "{text}");

    let status = home.run(&["status", "x", "gogle", "--json"]).expect(3).json();
    assert_eq!(status["connections"][1]["state"], "not_connected");
    let status = home.run(&["status", "x", "gogle"]).expect(3);
    assert!(
        status.stdout.contains("not connected") && !status.stdout.contains("unreadable"),
        "{}",
        status.stdout
    );
    assert!(
        status.stderr.contains("\n1 connection, ") && !status.stderr.contains("gogle: `gogle`"),
        "{}",
        status.stderr
    );

    let unknown = home.run(&["connect", "foo"]).expect(2).stderr;
    assert!(unknown.contains("--issuer URL") && !unknown.contains("did you mean"), "{unknown}");
}

/// The file that was named, not one of ours, and whose mistake it is.
#[test]
fn a_file_that_cannot_be_there() {
    let home = Home::new();
    home.write("plain", "");
    let below = |path: &str| home.path().join(path).display().to_string();
    for (path, why) in [("nowhere/x.ics", "there is no such folder"), ("plain/x.ics", "its folder is a file")]
    {
        let path = below(path);
        for command in [&["calendar", "export", &path][..], &["time", "export", "-o", &path]] {
            let error = home.run(&[command, &["--json"]].concat()).expect(2).json()["error"].clone();
            assert_eq!(
                error["message"].as_str(),
                Some(&*format!("cannot write {path}: {why}")),
                "{command:?}"
            );
            assert!(error["help"].is_null(), "{error}");
        }
    }
    let missing = below("nowhere.json");
    let ended = home.run(&["connect", "google", "--service-account", &missing]).expect(2);
    assert!(ended.stderr.contains("nowhere.json cannot be read: there is no such file"), "{}", ended.stderr);
}

#[test]
fn a_number_that_nothing_has() {
    let home = Home::new();
    for command in [
        &["task", "show", "7"][..],
        &["task", "retry", "7"],
        &["task", "cancel", "7"],
        &["time", "approve", "7"],
        &["time", "remove", "7", "--yes"],
        &["calendar", "disable", "nobodys"],
    ] {
        let error = home.run(&[command, &["--json"]].concat()).expect(2).json()["error"].clone();
        assert!(error["message"].as_str().unwrap().starts_with("there is no "), "{error}");
        assert!(error["help"].as_str().unwrap().ends_with(" list"), "{error}");
    }
}

#[test]
fn a_script_gets_the_tip_too() {
    let home = Home::new();
    for (typed, tip) in [
        (&["statsu", "--json"][..], "'status'"),
        (&["time", "list", "--status", "aproved", "--json"], "'approved'"),
        (&["status", "--chek", "--json"], "'--check'"),
    ] {
        let error = home.run(typed).expect(2).json()["error"].clone();
        assert!(error["help"].as_str().unwrap().contains(tip), "{error}");
    }
    let error = home.run(&["task", "frob", "--json"]).expect(2).json()["error"].clone();
    assert_eq!(error["help"], "integ --help");
}

#[test]
fn variables_that_say_nothing_and_nonsense() {
    let (desk, home) = connected();
    let with = |name: &str, value: &str, arguments: &[&str]| {
        Ended::of(home.command(arguments).env(name, value).output().unwrap())
    };
    for arguments in [&["token", "x"][..], &["token", "x", "--json"], &["status"]] {
        with("INTEG_PROFILE", "", arguments).expect(0);
    }
    home.run(&["status", "--profile", ""]).expect(2);
    let warned = with("TZ", "Foo/Bar", &["status"]).expect(0).stderr;
    assert_eq!(warned.matches("TZ is `Foo/Bar`").count(), 1, "{warned}");
    for good in ["Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3", ":/etc/localtime", ""] {
        let said = with("TZ", good, &["status"]).expect(0).stderr;
        assert!(!said.contains("TZ is"), "{good}: {said}");
    }
    let logged = home.run(&["-vv", "api", "x", "/v1/me"]).expect(0).stderr;
    assert!(logged.contains(&format!("{}/v1/me -> 200", desk.url)), "{logged}");
}

#[test]
fn broken_settings_are_no_missing_certificates() {
    let home = Home::new();
    home.write("config/integ/config.toml", "[limits\n");
    let doctor = home.run(&["doctor", "--json"]).json();
    let roots = doctor["checks"].as_array().unwrap().iter().find(|check| check["name"] == "roots").unwrap();
    assert_eq!((&roots["outcome"], &roots["help"]), (&"fail".into(), &"integ config edit".into()));
}
