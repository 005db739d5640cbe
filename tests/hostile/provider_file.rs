//! A provider file that is malformed or hostile: a bundle or a copied recipe may bring one. It ends what needs it with a
//! clear error, before anybody is spoken to, and a connection that is there stays as it was.

use std::fs;

use crate::evil::Evil;
use crate::home::{Home, provider_toml};

/// What is in the file, or instead of a key of a good one.
enum Wrong {
    Whole(Vec<u8>),
    Key(&'static str, &'static str),
    Below(&'static str),
}
use Wrong::{Below, Key, Whole};

fn cases() -> Vec<(Wrong, &'static str)> {
    vec![
        (Whole(Vec::new()), "title"),
        (Whole(b"title = \"X\"\n[[[".to_vec()), "line 2"),
        (Whole(b"title = \"\xff\xfe\"\n".to_vec()), "UTF-8"),
        (Whole(b"title = \"\0\"\n".to_vec()), "line 1"),
        (Whole(vec![b'#'; 3 << 20]), "too large"),
        (Whole(format!("title = \"X\"\nscopes = {}\n", "[".repeat(60_000)).into_bytes()), "evil.toml"),
        (Whole(format!("{}title = \"X\"\n", "\u{feff}\u{feff}").into_bytes()), "line 1"),
        (Key("token-url", "\"http://as.example/token\""), "token-url"),
        (Key("token-url", "\"javascript:alert(1)\""), "token-url"),
        (Key("token-url", "\"file:///etc/passwd\""), "token-url"),
        (Key("token-url", "\"https://user:pass@as.example/token\""), "token-url"),
        (Key("authorize-url", "\"data:text/html,x\""), "authorize-url"),
        (Key("device-url", "\"http://as.example/device\""), "device-url"),
        (Key("revoke-url", "\"ftp://as.example/revoke\""), "revoke-url"),
        (Key("api-url", "\"http://169.254.169.254/latest\""), "api-url"),
        (Key("api-url", "\"https://{tenant}.example\""), "tenant"),
        (Key("client-auth", "\"none; basic\""), "none; basic"),
        (Key("client-secret", "\"canary-in-a-file\""), "client-secret"),
        (Key("authorization", "\"Bearer {token}\\r\\nX-Injected: 1\""), "authorization"),
        (Key("authorization", "\"Bearer\""), "authorization"),
        (Key("authorize-params", "{ state = \"known\" }"), "state"),
        (Key("authorize-params", "{ redirect_uri = \"https://elsewhere.example\" }"), "redirect_uri"),
        (Key("hosts", "[\"*.com\"]"), "*.com"),
        (Key("hosts", "[\"*\"]"), "hosts"),
        (Key("api-headers", "{ \"X-A\" = \"a\\r\\nX-Injected: 1\" }"), "api-headers"),
        (Key("api-headers", "{ \"X A:\" = \"a\" }"), "api-headers"),
        (Key("title", "7"), "line"),
        (Key("access-life", "\"for ever\""), "access-life"),
        (Below("[introspect]\nurl = \"http://as.example/introspect\"\n"), "introspect"),
        (Below("[service.x]\ntitle = \"X\"\ncapabilities = [\"no-such\"]\n"), "no-such"),
        (Below("[rate]\npause = \"-1s\"\n"), "pause"),
    ]
}

fn written(evil: &Evil, home: &Home, wrong: &Wrong) {
    let text = match wrong {
        Whole(bytes) => bytes.clone(),
        Key(key, literal) => provider_toml(evil, &[(key, literal)]).into_bytes(),
        Below(table) => format!("{}\n{table}", provider_toml(evil, &[])).into_bytes(),
    };
    fs::write(home.config().join("providers/evil.toml"), text).unwrap();
}

#[test]
fn pf01_what_is_wrong_in_it_is_named_and_nobody_is_spoken_to() {
    for (wrong, words) in cases() {
        let evil = Evil::start();
        let home = Home::new(&evil);
        written(&evil, &home, &wrong);
        for args in [
            &["connect", "evil", "--no-browser"][..],
            &["connect", "evil", "--token-stdin"],
            &["setup", "evil"],
        ] {
            home.run_with(args, "canary-token-0123456789")
                .exits(&[2])
                .says(words)
                .says("integ providers check evil");
        }
        home.run(&["providers", "check", "evil"]).exits(&[2]).says(words);
        // A list shows the others.
        home.run(&["providers"]).exits(&[0]).says("notion");
        assert_eq!(evil.requests(), 0, "{words}");
        assert!(home.vault_files().is_empty() && !home.config().join("config.toml").exists(), "{words}");
    }
}

#[test]
fn pf02_a_connection_outlives_its_file() {
    for (wrong, words) in cases() {
        let evil = Evil::start();
        let home = Home::new(&evil);
        home.fresh(&evil, "evil");
        home.expired(&evil, "evil/old");
        let before: Vec<Vec<u8>> = home.vault_files().iter().map(|path| fs::read(path).unwrap()).collect();
        written(&evil, &home, &wrong);
        home.run(&["token", "evil"]).exits(&[0]);
        for args in [
            &["token", "evil/old"][..],
            &["refresh", "evil", "--force"],
            &["api", "evil", "/me"],
            &["test", "evil"],
        ] {
            home.run(args).exits(&[2]).says(words);
        }
        home.run(&["status"]).exits(&[0, 2, 3]).says("evil/old");
        assert_eq!(evil.requests(), 0, "{words}");
        let after: Vec<Vec<u8>> = home.vault_files().iter().map(|path| fs::read(path).unwrap()).collect();
        assert!(before == after, "{words}: the vault was written to");
    }
}

/// What only a sign-in needs does not stop a refresh.
#[test]
fn pf02_a_wrong_redirect_is_the_sign_ins_alone() {
    for redirect in ["http://192.0.2.1:9/callback", "http://127.0.0.1:99999/callback", "http://127.0.0.1/x"] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        home.expired(&evil, "evil");
        written(&evil, &home, &Key("redirect", format!("{redirect:?}").leak()));
        home.run(&["connect", "evil/two", "--no-browser"]).exits(&[2]).says("redirect");
        assert_eq!((evil.requests(), home.vault_files().len()), (0, 1), "{redirect}");
        home.run(&["token", "evil"]).exits(&[0]);
    }
}

/// Nor does it hang, or follow to where it should not.
#[test]
fn pf03_what_is_no_file_is_refused() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let path = home.config().join("providers/evil.toml");
    fs::remove_file(&path).unwrap();
    nix::unistd::mkfifo(&path, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
    home.run(&["connect", "evil", "--no-browser"]).exits(&[2, 5, 6]).says("evil.toml");
    home.run(&["providers"]).exits(&[0]).says("notion");
    fs::remove_file(&path).unwrap();
    crate::home::private_dir(&path);
    home.run(&["connect", "evil", "--no-browser"]).exits(&[2, 5, 6]).says("evil.toml");
    home.run(&["providers"]).exits(&[0]).says("notion");
    assert_eq!(evil.requests(), 0);
}
