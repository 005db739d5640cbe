//! `authorization`: how the header looks, decided when the grant is made and known without the provider file.

use super::*;

fn header(home: &Home, name: &str) -> String {
    home.run(&["token", name, "--header"]).expect(0).stdout.trim().to_owned()
}

#[test]
fn every_template_reaches_the_api_and_the_terminal() {
    for (template, expected, scheme) in [
        ("Bot {token}", "Bot CANARY-t", json!("Bot")),
        ("{token}", "CANARY-t", Value::Null),
        ("Bearer {token}", "Bearer CANARY-t", json!("Bearer")),
        ("Basic ada:{token}", "Basic YWRhOkNBTkFSWS10", json!("Basic")),
    ] {
        let desk = Desk::open(|_| answer(200, "{}"));
        let home = Home::new();
        let url = &desk.url;
        home.provider("x", &format!("title = \"X\"\napi-url = \"{url}\"\nauthorization = \"{template}\"\n"));
        home.paste("x", "CANARY-t");
        home.run(&["api", "x", "/"]).expect(0);
        assert_eq!(desk.last().header("authorization"), Some(expected), "{template}");
        // The hot path has no provider file.
        std::fs::remove_file(home.path().join("config/integ/providers/x.toml")).unwrap();
        assert_eq!(header(&home, "x"), format!("Authorization: {expected}"));
        let tokens = home.run(&["token", "x", "--json"]).expect(0).json();
        assert_eq!(tokens["tokens"][0]["authorization_scheme"], scheme);
        assert_eq!(home.run(&["token", "x"]).expect(0).stdout.trim(), "CANARY-t");
    }
}

#[test]
fn a_sign_in_has_its_own() {
    let desk = desk(tokens());
    let home = Home::new();
    let more =
        format!("api-url = \"{}\"\nauthorization = 'OAuth key=\"{{client-id}}\", t=\"{{token}}\"'", desk.url);
    home.provider("x", &file(&desk, &more));
    sign_in(&home, &["x"]).0.expect(0);
    assert_eq!(header(&home, "x"), "Authorization: OAuth key=\"cid\", t=\"CANARY-at\"");
    home.run(&["refresh", "x", "--force"]).expect(0);
    assert_eq!(header(&home, "x"), "Authorization: OAuth key=\"cid\", t=\"CANARY-at\"");
}

#[test]
fn an_encoded_token_that_a_server_repeats_is_masked() {
    let echo = |asked: &Asked| {
        let sent = asked.header("authorization").unwrap_or_default();
        answer(400, json!({"error": {"message": format!("bad header {sent}")}}).to_string())
            .with("x-echo", sent)
    };
    let desk = Desk::open(echo);
    let home = Home::new();
    let url = &desk.url;
    home.provider(
        "x",
        &format!(
            "title = \"X\"\napi-url = \"{url}\"\nauthorization = \"Basic ada:{{token}}\"\n\
             [error]\nmessage = \"error.message\"\n[whoami]\npath = \"/me\"\n"
        ),
    );
    let connect = ["-vv", "connect", "x", "--token-stdin"];
    let ended = home.run_with_input(&connect, "CANARY-t").expect(0).without("YWRhOkNBTkFSWS10");
    assert!(ended.stderr.contains("bad header Basic ***"), "{}", ended.stderr);
    home.run(&["-vv", "api", "x", "/", "--include"])
        .expect(1)
        .without("YWRhOkNBTkFSWS10")
        .without("CANARY-t");
    home.run(&["-vv", "test", "x"]).without("YWRhOkNBTkFSWS10").without("CANARY-t");
}
