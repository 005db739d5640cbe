//! `[paste]`: a token that is given is sent where and how its own rules say, beside those of a sign-in.

use super::*;

/// Signing in gives a bearer token; personal tokens have another header and another address.
fn provider(desk: &Desk, own: &Desk) -> String {
    let more = format!(
        "api-url = \"{}\"\nhosts = [\"127.0.0.1:{}\"]\n[whoami]\npath = \"/me\"\nid = \"id\"\n[paste]\nwhat = \"personal token\"\n\
         prefixes = [\"pk_\"]\nauthorization = \"{{token}}\"\napi-url = \"http://{{site}}\"\n\
         [option.site]\nis = \"host\"\nwhen = \"paste\"",
        desk.url, own.port
    );
    file(desk, &more)
}

#[test]
fn both_ways_side_by_side() {
    let me = |_: &Asked| answer(200, "{\"id\": \"1\"}");
    let (desk, own) = (desk_with(tokens(), me), Desk::open(me));
    let home = Home::new();
    home.provider("x", &provider(&desk, &own));
    let site = format!("site=127.0.0.1:{}", own.port);
    let paste = ["connect", "x", "--token-stdin", "--option", &site];
    let ended = home.run_with_input(&paste, "xoxb-1").expect(2);
    assert!(ended.stderr.contains("pk_"), "{}", ended.stderr);
    home.run_with_input(&paste, "pk_CANARY").expect(0);
    assert_eq!(own.last().target, "/me");
    assert_eq!(own.last().header("authorization"), Some("pk_CANARY"));
    assert_eq!(desk.asked().len(), 0);
    home.run(&["api", "x", "/things"]).expect(0);
    assert_eq!(own.last().target, "/things");
    home.run(&["test", "x"]).expect(0);

    sign_in(&home, &["x/app"]).0.expect(0);
    home.run(&["api", "x/app", "/things"]).expect(0);
    assert_eq!(desk.last().header("authorization"), Some("Bearer CANARY-at"));
    // Signing in anew where a token was pasted: its rules go, the choice stays.
    sign_in(&home, &["x"]).0.expect(0);
    home.run(&["api", "x", "/things"]).expect(0);
    assert_eq!(desk.last().header("authorization"), Some("Bearer CANARY-at"));
}

#[test]
fn an_imported_token_counts_as_what_it_looks_like() {
    let me = |_: &Asked| answer(200, "{\"id\": \"1\"}");
    let (desk, own) = (desk_with(tokens(), me), Desk::open(me));
    let home = Home::new();
    home.provider("x", &provider(&desk, &own));
    let site = format!("site=127.0.0.1:{}", own.port);
    home.run_with_input(&["import", "x", "--option", &site], "pk_CANARY").expect(0);
    assert_eq!(own.last().header("authorization"), Some("pk_CANARY"));
    home.run_with_input(&["import", "x/app"], "CANARY-oauth").expect(0);
    assert_eq!(desk.last().header("authorization"), Some("Bearer CANARY-oauth"));
    home.run_with_input(&["import", "x/other"], "pk_CANARY").expect(3);
    // Whole grants travel with their way.
    let other = Home::new();
    let recipient = other.run(&["vault", "recipient"]).expect(0).stdout.trim().to_owned();
    let bundle = home.run(&["export", "x", "--to", &recipient]).expect(0).stdout;
    let path = other.write("bundle.age", &bundle);
    other.run(&["import", path.to_str().unwrap()]).expect(0);
    other.run(&["api", "x", "/there"]).expect(0);
    assert_eq!(own.last().target, "/there");
    assert_eq!(own.last().header("authorization"), Some("pk_CANARY"));
}

#[test]
fn a_token_of_an_app_needs_the_app_first() {
    let desk = Desk::open(|_| answer(200, "{\"id\": \"1\"}"));
    let home = Home::new();
    let url = &desk.url;
    home.provider(
        "t",
        &format!(
            "title = \"T\"\napi-url = \"{url}\"\nclient-auth = \"none\"\n\
             authorization = 'OAuth oauth_consumer_key=\"{{client-id}}\", oauth_token=\"{{token}}\"'\n\
             [paste]\nwhat = \"token\"\nurl = \"{url}/authorize?key={{client-id}}\"\n[whoami]\npath = \"/me\"\nid = \"id\"\n"
        ),
    );
    let paste = ["connect", "t", "--token-stdin"];
    let ended = home.run_with_input(&paste, "CANARY-t").expect(3);
    assert!(ended.stderr.contains("integ setup t"), "{}", ended.stderr);
    home.run_with_input(&["import", "t"], "CANARY-t").expect(3);
    home.run(&["setup", "t", "--client-id", "key-1"]).expect(0);
    home.run_with_input(&paste, "CANARY-t").expect(0);
    let expected = "OAuth oauth_consumer_key=\"key-1\", oauth_token=\"CANARY-t\"";
    assert_eq!(desk.last().header("authorization"), Some(expected));
    home.run_with_input(&["import", "t/b"], "CANARY-t").expect(0);
    assert_eq!(desk.last().header("authorization"), Some(expected));
    let providers = home.run(&["providers", "--json"]).expect(0).json();
    let row = providers["providers"].as_array().unwrap().iter().find(|row| row["name"] == "t").unwrap();
    assert_eq!(row["has_client"], true);
}
