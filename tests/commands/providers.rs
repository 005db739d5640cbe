//! `integ providers`: the catalogue, with what is wrong in it.

use crate::seal::{Ended, Home};

#[test]
fn a_broken_file_is_a_row_and_hides_no_other() {
    let home = Home::new();
    home.provider("broken", "title = \"B\"\ncolour = 1\n");
    home.provider("mine", "title = \"Mine\"\napi-url = \"https://mine.example\"\n[capability.tasks]\n");
    let document = home.run(&["providers", "--json"]).expect(0).json();
    let providers = document["providers"].as_array().unwrap();
    let of = |name: &str| providers.iter().find(|provider| provider["name"] == name).unwrap();
    assert_eq!(of("broken")["error"]["kind"], "config");
    assert_eq!(of("mine")["capabilities"], serde_json::json!(["tasks"]));
    assert_eq!(of("mine")["flow"], "token");
    assert_eq!(of("google")["flow"], "loopback");
    assert_eq!(of("notion")["flow"], "fixed-port");
    assert_eq!(of("asana")["flow"], "paste");
    assert_eq!(of("github")["ways"], serde_json::json!(["browser", "device code", "pasted token"]));
    assert_eq!(of("mine")["proof"], serde_json::Value::Null);
    assert!(providers.iter().all(|p| p["origin"] != "built in" || p["proof"].is_string()));
    assert!(of("slack")["console_url"].as_str().unwrap().starts_with("https://"));
    assert!(of("google")["services"].as_array().unwrap().contains(&"gmail".into()));
    let ended = home.run(&["providers"]).expect(0);
    assert!(ended.stdout.contains("broken") && ended.stdout.contains("Mine"), "{}", ended.stdout);
    assert!(ended.stderr.contains("line 2"), "{}", ended.stderr);
    home.run(&["providers", "broken"]).expect(2);
    let ended = home.run(&["providers", "gogle"]).expect(2);
    assert!(ended.stderr.contains("`google`"), "{}", ended.stderr);
}

#[test]
fn one_is_told_with_everything_that_registering_takes() {
    let home = Home::new();
    let text = home.run(&["providers", "notion"]).expect(0).stdout;
    for part in ["http://localhost:53187/callback", "checked 20", "integ setup", "1. ", "Not confirmed"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let text = home.run(&["providers", "microsoft"]).expect(0).stdout;
    assert!(text.contains("http://localhost/callback (any port of it)"), "{text}");
    home.run(&["config", "set", "client.notion.port", "4001"]).expect(0);
    home.run(&["config", "set", "client.notion.id", "c"]).expect(0);
    let document = home.run(&["providers", "notion", "--json"]).expect(0).json();
    let notion = &document["providers"][0];
    assert_eq!(notion["redirect_uri"], "http://localhost:4001/callback");
    assert_eq!(notion["has_client"], true);
    let google = home.run(&["providers", "gmail", "--json"]).expect(0).json();
    assert_eq!(google["providers"][0]["name"], "google");
    assert!(
        !google["providers"][0]["capability_scopes"]["messages"]["required"].as_array().unwrap().is_empty()
    );
    let output =
        home.command(&["providers", "slack", "--json"]).env("INTEG_SLACK_CLIENT_ID", "x").output().unwrap();
    assert_eq!(Ended::of(output).json()["providers"][0]["has_client"], true);
}

const WRONG: &str = r#"titel = "X"
api-url = "http://x.example"
scopes = ["a", 7]
client-auth = "basi"
client-secret = "s"
access-life = "soon"
redirect = "http://192.168.1.1:9/cb"
hosts = ["*.com", "https://a.example"]
token-url = "https://x.example/{tenant}/token"
authorize-url = "https://x.example/a"
authorize-params = { state = "1", prompt = "consent" }
pkce = "yes"

[capability.tasks]
required = ["t"]
requird = ["t"]

[service.todo]
title = "To do"
capabilities = ["tsks"]

[whoami]
path = "https://elsewhere.example/me"
id = 7
method = "FETCH"

[colour]
red = 1
"#;

#[test]
fn check_names_everything_that_is_wrong_with_its_line() {
    let home = Home::new();
    home.provider("x", WRONG);
    let document = home.run(&["providers", "check", "x", "--json"]).expect(2).json();
    let check = &document["checks"][0];
    assert_eq!(check["outcome"], "wrong");
    let problems = check["problems"].as_array().unwrap();
    for (line, key, words) in [
        (Some(1), "titel", "did you mean `title`"),
        (None, "title", "is missing"),
        (Some(2), "api-url", "must be https"),
        (Some(3), "scopes", "invalid type"),
        (Some(4), "client-auth", "basic, body, none"),
        (Some(5), "client-secret", "integ setup"),
        (Some(6), "access-life", "not a duration"),
        (Some(7), "redirect", "is none of"),
        (Some(8), "hosts", "`*.com` fits too many"),
        (Some(8), "hosts", "`https://a.example` is no host"),
        (Some(9), "token-url", "`{tenant}`, which is no option"),
        (Some(11), "authorize-params.state", "set by integ itself"),
        (Some(12), "pkce", "invalid type"),
        (Some(16), "capability.tasks.requird", "did you mean `required`"),
        (Some(20), "service.todo.capabilities", "`tsks`"),
        (Some(23), "whoami.path", "not in `hosts`"),
        (Some(24), "whoami.id", "a text or a list of texts"),
        (Some(25), "whoami.method", "`FETCH`"),
        (Some(27), "colour", "no such key"),
    ] {
        let found = problems.iter().any(|problem| {
            problem["line"].as_u64() == line
                && problem["key"] == key
                && problem["message"].as_str().unwrap().contains(words)
        });
        assert!(found, "{line:?} {key}: {words}: {document:#}");
    }
    let ended = home.run(&["providers", "check", "x"]).expect(2);
    assert!(ended.stdout.contains("line 1: `titel` there is no such key"), "{}", ended.stdout);
    assert!(!ended.stderr.contains("error:"), "{}", ended.stderr);
}

#[test]
fn check_survives_what_is_no_toml_and_says_what_is_built_in() {
    let home = Home::new();
    for broken in [
        "title = ",
        "[[[",
        "title = \"X\"\ntitle = \"Y\"\n",
        "= 1\n[whoami\n",
        "\u{0}",
        "title = 1979-05-27\n",
    ] {
        home.provider("x", broken);
        let document = home.run(&["providers", "check", "x", "--json"]).expect(2).json();
        assert!(document["checks"][0]["problems"][0]["line"].as_u64().is_some(), "{broken}: {document}");
    }
    home.provider("x", "title = \"X\"\napi-url = \"https://x.example\"\n");
    home.provider("google", "api-url = \"http://127.0.0.1:9\"\n[whoami]\npath = \"/me\"\n");
    let document = home.run(&["providers", "check", "--json"]).expect(0).json();
    let checks = document["checks"].as_array().unwrap();
    let google = checks.iter().find(|check| check["name"] == "google").unwrap();
    assert_eq!(google["overrides"], serde_json::json!(["api-url", "whoami.path"]));
    assert_eq!(google["outcome"], "ok");
    assert!(checks.iter().any(|check| check["name"] == "notion" && check["origin"] == "built in"));
    home.provider("add", "title = \"X\"\napi-url = \"https://x.example\"\n");
    home.run(&["providers", "check"]).expect(2);
    home.run(&["providers", "check", "gogle"]).expect(2);
}

#[test]
fn add_writes_a_file_once_and_refuses_names_that_are_taken() {
    let server = Metadata::serve();
    let home = Home::new();
    let issuer = server.base.as_str();
    let ended = home.run(&["providers", "add", "mine", "--issuer", issuer, "--json"]).expect(0).json();
    let path = ended["added"][0]["path"].as_str().unwrap().to_owned();
    let text = std::fs::read_to_string(&path).unwrap();
    for part in [&format!("issuer = \"{issuer}\""), "client-auth = \"none\"", "scopes = [\"openid\"]"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    home.run(&["providers", "check", "mine"]).expect(0);
    let document = home.run(&["providers", "mine", "--json"]).expect(0).json();
    assert_eq!(document["providers"][0]["origin"], path.as_str());
    let again = home.run(&["providers", "add", "mine", "--issuer", issuer]).expect(2);
    assert!(again.stderr.contains("--force"), "{}", again.stderr);
    home.run(&["providers", "add", "mine", "--issuer", issuer, "--force"]).expect(0);
    for taken in ["google", "add", "check", "help", "../x", "A"] {
        home.run(&["providers", "add", taken, "--issuer", issuer]).expect(2);
    }
    home.run(&["providers", "add", "other"]).expect(3);
    home.run(&["providers", "add", "other", "--issuer", "http://x.example"]).expect(2);
    home.run(&["providers", "add", "other", "--issuer", &format!("{issuer}/nowhere")]).expect(6);
    home.run(&["providers", "add", "other", "--issuer", "http://127.0.0.1:1"]).expect(4);
    assert!(!home.path().join("config/integ/providers/other.toml").exists());
}

#[test]
fn check_online_says_what_the_server_says_otherwise() {
    let server = Metadata::serve();
    let home = Home::new();
    let base = &server.base;
    let file = |token: &str, more: &str| {
        format!("title = \"X\"\nissuer = \"{base}\"\ntoken-url = \"{base}{token}\"\n{more}\n")
    };
    home.provider("same", &file("/token", "client-auth = \"none\"\nscopes = [\"openid\"]"));
    let same = home.run(&["providers", "check", "same", "--online", "--json"]).expect(0).json();
    assert_eq!(
        (&same["checks"][0]["outcome"], &same["checks"][0]["issuer"]),
        (&"ok".into(), &base.as_str().into())
    );

    home.provider("moved", &file("/old", "client-auth = \"basic\"\npkce = false\nscopes = [\"other\"]"));
    let moved = home.run(&["providers", "check", "moved", "--online", "--json"]).expect(2).json();
    let drift = moved["checks"][0]["drift"].as_array().unwrap();
    for key in ["token-url", "client-auth", "pkce"] {
        assert!(drift.iter().any(|found| found["key"] == key), "{key}: {moved:#}");
    }
    assert!(moved["checks"][0]["notes"][0].as_str().unwrap().contains("other"), "{moved:#}");
    home.run(&["providers", "check", "moved"]).expect(0);

    home.provider("gone", "title = \"X\"\nissuer = \"http://127.0.0.1:1\"\n");
    let gone = home.run(&["providers", "check", "gone", "--online", "--json"]).expect(4).json();
    assert_eq!(gone["checks"][0]["error"]["kind"], "unreachable");
    // Without `issuer`, the server's host is asked all the same.
    home.provider("plain", &format!("title = \"X\"\napi-url = \"{base}\"\nauthorize-url = \"{base}/authorize\"\ntoken-url = \"{base}/old\"\n"));
    home.run(&["providers", "check", "plain", "--online"]).expect(2);
}

/// A server that says where its endpoints are, and nothing else.
struct Metadata {
    base: String,
}

impl Metadata {
    fn serve() -> Metadata {
        use std::io::{Read, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let document = serde_json::json!({
            "issuer": base,
            "authorization_endpoint": format!("{base}/authorize"),
            "token_endpoint": format!("{base}/token"),
            "scopes_supported": ["openid"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
        })
        .to_string();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let _ = stream.read(&mut [0; 4096]);
                let _ = write!(
                    stream,
                    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{document}",
                    document.len()
                );
            }
        });
        Metadata { base }
    }
}
