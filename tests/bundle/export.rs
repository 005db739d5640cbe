use std::fs;

use serde_json::json;

use super::home::Home;
use super::provider::Acme;

/// A laptop with `acme` connected by a rotating grant, and a server that knows nothing.
fn set_up() -> (Home, Home, Acme) {
    let (laptop, server, acme) = (Home::new(), Home::new(), Acme::start());
    laptop.provider_file("acme", &acme.file());
    acme.allow("CANARY-access", "CANARY-refresh", "alice@example.com");
    let given = json!({"provider": "acme", "access_token": "CANARY-access", "expires_in": 3600,
        "refresh_token": "CANARY-refresh", "client_id": "client-1", "client_secret": "CANARY-secret"});
    laptop.run_with(&["import"], given.to_string().as_bytes()).ok();
    (laptop, server, acme)
}

#[test]
fn a_bundle_moves_a_connection_with_its_client_and_provider() {
    let (laptop, server, acme) = set_up();
    let recipient = server.run(&["vault", "recipient"]).ok().out;
    assert_eq!(recipient.trim(), server.recipient());
    let file = laptop.path("bundle.age");
    let export = ["export", "acme", "--to", recipient.trim(), "--move", "--output", file.to_str().unwrap()];
    laptop.run(&export).failed(2).says("--yes");
    let with_yes = [&export[..], &["--yes"]].concat();
    laptop.run(&with_yes).ok().says("not revoked");
    assert_eq!(laptop.grants(), 0);
    assert_eq!(acme.state.lock().unwrap().revocations, 0);
    let ran = server.run(&["import", file.to_str().unwrap(), "--json"]).ok();
    assert!(!ran.err.contains("only one machine"), "it was given up over there: {}", ran.err);
    assert_eq!(ran.json()["imported"][0]["verified"], json!(true));
    server.run(&["refresh", "acme", "--force"]).ok();
    assert_eq!(server.run(&["token", "acme"]).ok().out, "CANARY-a1\n");
    // What is sealed is read by nobody else.
    Home::new().run(&["import", file.to_str().unwrap()]).failed(5).says("another key");
}

#[test]
fn a_second_use_warns_and_keeps_what_is_newer() {
    let (laptop, server, _acme) = set_up();
    let bundle =
        laptop.run(&["export", "acme", "--to", &server.recipient()]).ok().says("only one machine").out;
    assert!(bundle.starts_with("-----BEGIN AGE ENCRYPTED FILE-----"));
    server.run_with(&["import"], bundle.as_bytes()).ok().says("only one machine");
    server.run(&["refresh", "acme", "--force"]).ok();
    server.run_with(&["import"], bundle.as_bytes()).ok().says("used here before");
    assert_eq!(server.run(&["token", "acme"]).ok().out, "CANARY-a1\n", "the newer grant stays");
}

#[test]
fn a_passphrase_seals_and_opens() {
    let (laptop, server, _acme) = set_up();
    let export = ["export", "acme", "--passphrase-fd", "3", "--binary"];
    let file = server.path("sealed");
    let with_output = [&export[..], &["--output", file.to_str().unwrap()]].concat();
    laptop.run_with_descriptor(&with_output, b"").failed(2).says("empty");
    laptop.run_with_descriptor(&with_output, b"corr\xc3\xa8ct horse\n").ok();
    let sealed = fs::read(&file).unwrap();
    assert!(sealed.starts_with(b"age-encryption.org/v1\n-> scrypt "));
    // ST8: 2^18 rounds of a function that needs 256 MiB for them.
    let stanza = sealed.split(|&byte| byte == b'\n').nth(1).unwrap();
    assert!(stanza.ends_with(b" 18"), "{}", String::from_utf8_lossy(stanza));
    let import = ["import", file.to_str().unwrap()];
    server.run(&import).failed(3).says("--passphrase-fd");
    let with_fd = [&import[..], &["--passphrase-fd", "3"]].concat();
    server.run_with_descriptor(&with_fd, b"corre\xcc\x80ct horse").failed(5).says("passphrase is wrong");
    assert_eq!(server.grants(), 0);
    server.run_with_descriptor(&with_fd, b"corr\xc3\xa8ct horse").ok();
    laptop.run(&["export", "acme", "--passphrase"]).failed(3).says("passphrase");
}

#[cfg(unix)]
#[test]
fn files_are_private_and_never_overwritten_unasked() {
    use std::os::unix::fs::MetadataExt;
    let (laptop, server, _acme) = set_up();
    let dir = laptop.path("shared");
    fs::create_dir(&dir).unwrap();
    let mode_before = fs::metadata(&dir).unwrap().mode();
    let file = dir.join("b.age");
    let file = file.to_str().unwrap();
    laptop.run(&["export", "acme", "--to", &server.recipient(), "--output", file]).ok();
    assert_eq!(fs::metadata(file).unwrap().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&dir).unwrap().mode(), mode_before, "the person's folder is left as it is");
    let before = fs::read(file).unwrap();
    laptop.run(&["export", "acme", "--to", &server.recipient(), "--output", file]).failed(2).says("exists");
    assert_eq!(fs::read(file).unwrap(), before);
    laptop.run(&["export", "acme", "--to", &server.recipient(), "--output", file, "--force"]).ok();
    assert_ne!(fs::read(file).unwrap(), before);
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 1, "nothing is left beside it");
}

#[test]
fn a_bundle_that_cannot_be_written_moves_nothing() {
    let (laptop, server, _acme) = set_up();
    let to = ["export", "acme", "--to", &server.recipient(), "--move", "--yes", "--output"];
    let output = laptop.path("missing/b.age");
    let folder = format!("there is no folder {}", laptop.path("missing").display());
    laptop.run(&[&to[..], &[output.to_str().unwrap()]].concat()).failed(2).says(&folder).says("mkdir -p");
    if let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") {
        let mut command = laptop.command(&["export", "acme", "--to", &server.recipient(), "--move", "--yes"]);
        let output = super::home::ran(command.stdout(full).output().unwrap());
        assert_ne!(output.code, 0);
    }
    assert_eq!(laptop.grants(), 1);
}

#[test]
fn nothing_leaves_unsealed() {
    let (laptop, server, _acme) = set_up();
    laptop.run(&["export", "acme"]).failed(2).says("always sealed");
    laptop.run(&["export", "acme", "--to", "nonsense"]).failed(2);
    let secret = "AGE-SECRET-KEY-1QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQS3G4GJ";
    for more in [&[][..], &["--move"]] {
        let ran = laptop.run(&[&["export", "acme", "--to", secret], more].concat()).failed(2);
        assert!(!ran.err.contains("1QQQ"), "{}", ran.err);
    }
    laptop.run(&["export", "nobody", "--to", &server.recipient()]).failed(3);
    let document = laptop.run(&["export", "acme", "--to", &server.recipient(), "--json"]).ok().json();
    assert_eq!(document["exported"][0]["name"], json!("acme"));
    let bundle = document["bundle"].as_str().unwrap();
    assert!(!bundle.contains("CANARY"));
    server.run_with(&["import"], bundle.as_bytes()).ok();
}

/// What is typed as the help says does what was meant.
#[test]
fn what_has_to_be_confirmed_is_repeated_whole() {
    let (laptop, _server, _acme) = set_up();
    let file = laptop.path("a b.age");
    fs::write(&file, "old").unwrap();
    let flags = ["--passphrase-fd", "3", "--binary", "--force", "--move", "--output", file.to_str().unwrap()];
    let ran = laptop.run_with_descriptor(&[&["export", "acme"], &flags[..]].concat(), b"horse").failed(2);
    let line = ran.err.lines().find_map(|line| line.trim().strip_prefix("help: ")).unwrap().to_owned();
    let words = laptop.path("words");
    fs::write(&words, "horse").unwrap();
    let typed = line
        .replacen("integ", env!("CARGO_BIN_EXE_integ"), 1)
        .replace("PASSPHRASE-FILE", &format!("'{}'", words.display()));
    let mut shell = std::process::Command::new("/bin/sh");
    let key = laptop.command(&[]);
    shell
        .env_clear()
        .envs(key.get_envs().filter_map(|(name, value)| Some((name, value?))))
        .args(["-c", &typed]);
    super::home::ran(shell.output().unwrap()).ok();
    assert!(fs::read(&file).unwrap().starts_with(b"age-encryption.org/v1"));
    assert_eq!(laptop.grants(), 0);
}
