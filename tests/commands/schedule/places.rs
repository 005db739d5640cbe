//! Where a schedule is written, and that nothing else is touched.

use std::fs;

use super::{Machine, files};

#[test]
fn a_crontab_gets_one_block_and_loses_it_again_to_the_last_byte() {
    let machine = Machine::new().with_crontab();
    for before in [&b"MAILTO=me\n# mine\n5 * * * * true 100\\% \xff\n\n"[..], b"\n"] {
        fs::write(machine.table(), before).unwrap();
        machine.run(&["schedule", "install", "--yes"]).expect(0);
        let with = fs::read(machine.table()).unwrap();
        assert!(with.starts_with(before) && with.len() > before.len());
        machine.run(&["schedule", "install", "--yes"]).expect(0);
        assert_eq!(fs::read(machine.table()).unwrap(), with, "twice is once");
        machine.run(&["schedule", "remove"]).expect(0);
        assert_eq!(fs::read(machine.table()).unwrap(), before);
        machine.run(&["schedule", "remove"]).expect(0);
        assert_eq!(fs::read(machine.table()).unwrap(), before);
    }
}

#[test]
fn a_crontab_that_was_not_there_is_not_there_afterwards() {
    let machine = Machine::new().with_crontab();
    machine.run(&["schedule", "remove"]).expect(0);
    machine.run(&["schedule", "install", "--yes", "--every", "15m", "--only", "refresh"]).expect(0);
    let table = fs::read_to_string(machine.table()).unwrap();
    let line = table.lines().nth(1).unwrap();
    assert!(line.contains(env!("CARGO_BIN_EXE_integ")) && line.contains("--every 15m"), "{line}");
    assert!(line.ends_with("--only refresh"), "{line}");
    let removed = machine.run(&["schedule", "remove", "--json"]).expect(0).json();
    assert_eq!(removed["removed"], serde_json::json!(["crontab"]));
    assert!(!machine.table().exists());
}

#[test]
fn profiles_have_a_block_each() {
    let machine = Machine::new().with_crontab();
    machine.run(&["schedule", "install", "--yes"]).expect(0);
    machine.run(&["--profile", "work", "vault", "init"]).expect(0);
    machine.run(&["--profile", "work", "schedule", "install", "--yes"]).expect(0);
    let both = fs::read_to_string(machine.table()).unwrap();
    assert_eq!(both.matches(": begin").count(), 2, "{both}");
    machine.run(&["schedule", "remove"]).expect(0);
    let one = fs::read_to_string(machine.table()).unwrap();
    assert!(one.contains("--profile work") && !one.contains("--profile default"), "{one}");
    assert_eq!(
        machine.run(&["schedule", "status", "--json"]).expect(0).json()["schedules"],
        serde_json::json!([])
    );
    let status = machine.run(&["--profile", "work", "schedule", "status", "--json"]).expect(0).json();
    let status = &status["schedules"][0];
    assert_eq!((&status["scheduler"], &status["every"]), (&"crontab".into(), &3600.into()));
    assert_eq!((&status["vault_reachable"], &status["last_at"]), (&true.into(), &serde_json::Value::Null));
}

#[test]
fn a_torn_block_is_left_to_the_person() {
    let machine = Machine::new().with_crontab();
    let torn = "# integ schedule, profile default: begin\n0 0 * * * backup\n";
    fs::write(machine.table(), torn).unwrap();
    for command in ["install --yes", "remove", "status"] {
        let words: Vec<&str> = ["schedule"].into_iter().chain(command.split(' ')).collect();
        let ended = machine.run(&words).expect(2);
        assert!(ended.stderr.contains("crontab -e"), "{}", ended.stderr);
    }
    assert_eq!(fs::read_to_string(machine.table()).unwrap(), torn);
}

#[test]
fn a_user_manager_goes_before_cron_and_its_schedule_replaces_crons() {
    let machine = Machine::new().with_crontab();
    machine.run(&["schedule", "install", "--yes"]).expect(0);
    let machine = machine.with_systemctl("UnitPath");
    machine.run(&["schedule", "install", "--yes", "--every", "1d"]).expect(0);
    assert_eq!(files(&machine.units()), ["integ-default.service", "integ-default.timer"]);
    assert!(!machine.table().exists(), "it would run twice");
    let calls = machine.systemctl_calls();
    for call in ["daemon-reload", "enable integ-default.timer", "restart integ-default.timer"] {
        assert!(calls.lines().any(|line| line == format!("--user {call}")), "{call}\n{calls}");
    }
    machine.run(&["schedule", "remove"]).expect(0);
    assert!(files(&machine.units()).is_empty());
    assert!(machine.systemctl_calls().contains("--user disable --now integ-default.timer"));
    machine.run(&["schedule", "remove"]).expect(0);
}

#[test]
fn what_the_manager_does_not_take_up_is_not_left_behind() {
    let machine = Machine::new().with_systemctl("enable integ");
    let ended = machine.run(&["schedule", "install", "--yes"]).expect(5);
    assert!(ended.stderr.contains("no such thing"), "{}", ended.stderr);
    assert!(files(&machine.units()).is_empty());
}

#[test]
fn nobody_is_asked_and_nothing_is_written_without_a_yes() {
    let machine = Machine::new().with_crontab();
    let ended = machine.run(&["schedule", "install"]).expect(2);
    assert!(
        ended.stderr.contains("schedule install --yes") && ended.stderr.contains(": begin"),
        "{}",
        ended.stderr
    );
    machine.run(&["schedule", "install", "--print"]).expect(0);
    for scheduler in ["systemd", "launchd", "task-scheduler"] {
        let pieces =
            machine.run(&["--json", "schedule", "install", "--print", "--scheduler", scheduler]).expect(0);
        assert_eq!(pieces.json()["scheduler"], scheduler);
    }
    assert!(!machine.table().exists() && files(&machine.units()).is_empty());
}

#[test]
fn a_machine_without_any_scheduler_is_told_what_to_do() {
    let machine = Machine::new();
    let ended = machine.run(&["schedule", "install", "--yes"]).expect(2);
    assert!(ended.stderr.contains("schedule run"), "{}", ended.stderr);
    machine.run(&["schedule", "status"]).expect(0);
    machine.run(&["schedule", "remove"]).expect(0);
}

#[test]
fn periods_that_no_calendar_has_are_refused_with_those_it_has() {
    let machine = Machine::new().with_crontab();
    for every in ["0", "59s", "7m", "90m", "2d"] {
        let ended = machine.run(&["schedule", "install", "--print", "--every", every]).expect(2);
        assert!(ended.stderr.contains("15m"), "{every}: {}", ended.stderr);
    }
    machine.run(&["schedule", "install", "--print", "nothing-of-this-name"]).expect(3);
}

#[test]
fn paths_are_written_down_and_secrets_never() {
    let machine = Machine::new().with_crontab();
    let mut command = machine.command(&["schedule", "install", "--yes"]);
    command
        .env("HTTPS_PROXY", "http://me:CANARY-proxy@proxy.example:3128")
        .env("HTTP_PROXY", "http://proxy.example:3128")
        .env("no_proxy", "intern.example")
        .env("INTEG_ACME_CLIENT_SECRET", "CANARY-client")
        .env("INTEG_ACME_CLIENT_ID", "id-of-acme")
        .env("INTEG_IMPORT", "CANARY-import")
        .env("SSL_CERT_FILE", "certs/mine.pem")
        .env("XDG_DATA_HOME", machine.home.path().join("data"));
    let ended = super::Ended::of(command.output().unwrap()).expect(0);
    let table = fs::read_to_string(machine.table()).unwrap();
    assert!(
        !format!("{table}{}{}", ended.stdout, ended.stderr).contains("CANARY"),
        "{table}{}",
        ended.stderr
    );
    for warned in ["HTTPS_PROXY", "integ setup acme --client-secret-stdin"] {
        assert!(ended.stderr.contains(warned), "{warned}: {}", ended.stderr);
    }
    let home = machine.home.path().display().to_string();
    for kept in [
        "HTTP_PROXY=http://proxy.example:3128",
        "INTEG_ACME_CLIENT_ID=id-of-acme",
        "INTEG_VAULT=file",
        "no_proxy=intern.example",
        &format!("HOME={home}"),
        &format!("XDG_DATA_HOME={home}/data"),
        &format!("SSL_CERT_FILE={home}/certs/mine.pem"),
    ] {
        assert!(table.contains(kept), "{kept}\n{table}");
    }
}

#[test]
fn a_key_that_is_only_in_the_environment_is_no_key_for_a_schedule() {
    let machine = Machine::new().with_crontab();
    let key = fs::read_to_string(machine.home.path().join("config/integ/vault.key")).unwrap();
    let key = key.lines().find(|line| line.starts_with("AGE-SECRET-KEY")).unwrap().to_owned();
    fs::remove_file(machine.home.path().join("config/integ/vault.key")).unwrap();
    let install = |file: Option<&std::path::Path>| {
        let mut command = machine.command(&["schedule", "install", "--yes"]);
        command.env("INTEG_VAULT_KEY", &key);
        if let Some(file) = file {
            command.env("INTEG_VAULT_KEY_FILE", file);
        }
        super::Ended::of(command.output().unwrap()).without(&key)
    };
    let ended = install(None).expect(2);
    assert!(ended.stderr.contains("vault.key-file"), "{}", ended.stderr);
    assert!(!machine.table().exists());
    let file = machine.home.write("elsewhere.key", &key);
    std::process::Command::new("chmod").arg("600").arg(&file).status().unwrap();
    install(Some(&file)).expect(0);
    let table = fs::read_to_string(machine.table()).unwrap();
    assert!(table.contains(&format!("INTEG_VAULT_KEY_FILE={}", file.display())) && !table.contains(&key));
}

#[test]
fn a_vault_that_the_schedule_cannot_reach_is_told_at_once() {
    let machine = Machine::new().with_crontab();
    machine.run(&["config", "set", "vault.kind", "keychain"]).expect(0);
    let mut command = machine.command(&["schedule", "install", "--yes"]);
    command.env("INTEG_VAULT", "keychain");
    // Where cron looks for the bus there may be one on this machine: a profile of its own has nothing in it either way.
    let ended = super::Ended::of(command.output().unwrap()).expect(0);
    if !std::path::Path::new(&format!("/run/user/{}/bus", nix::unistd::getuid())).exists() {
        assert!(ended.stderr.contains("the vault cannot be reached"), "{}", ended.stderr);
        let mut command = machine.command(&["schedule", "status", "--json"]);
        let status =
            super::Ended::of(command.env("INTEG_VAULT", "keychain").output().unwrap()).expect(0).json();
        assert_eq!(status["schedules"][0]["vault_error"]["kind"], "vault_absent");
    }
}
