//! `[option.NAME]`: chosen once per connection, and everything that is sent afterwards knows it.

use super::*;

const TENANT: &str = "[option.tenant]\ntitle = \"Which directory\"\ndefault = \"common\"\n\
    [option.tenant.choices]\nwork = \"organizations\"\n";

fn tenant_file(desk: &Desk) -> String {
    let url = &desk.url;
    format!(
        "title = \"X\"\nauthorize-url = \"{url}/{{tenant}}/authorize\"\ntoken-url = \"{url}/token\"\n\
         refresh-url = \"{url}/{{tenant}}/refresh\"\nrevoke-url = \"{url}/{{tenant}}/revoke\"\n\
         api-url = \"{url}/{{tenant}}\"\nclient-id = \"cid\"\n[api-headers]\nx-tenant = \"{{tenant}}\"\n\
         [authorize-params]\naudience = \"{{tenant}}\"\n[whoami]\npath = \"/{{tenant}}/me\"\nid = \"id\"\n{TENANT}"
    )
}

#[test]
fn an_option_stands_in_every_address_and_stays_with_the_connection() {
    let desk = Desk::open(|asked| match asked.target.split('?').next().unwrap() {
        "/token" | "/organizations/refresh" | "/t-1/refresh" => answer(200, tokens().to_string()),
        _ => answer(200, "{\"id\": \"1\"}"),
    });
    let home = Home::new();
    home.provider("x", &tenant_file(&desk));
    let (ended, page) = sign_in(&home, &["x", "--option", "tenant=work"]);
    ended.expect(0);
    assert!(page.contains("/organizations/authorize?") && page.contains("audience=organizations"), "{page}");
    assert_eq!(status(&home, "x")["options"], json!({"tenant": "organizations"}));
    assert_eq!(desk.count("GET", "/organizations/organizations/me"), 1);
    home.run(&["refresh", "x", "--force"]).expect(0);
    assert_eq!(desk.count("POST", "/organizations/refresh"), 1);
    home.run(&["api", "x", "/things"]).expect(0);
    let asked = desk.last();
    assert_eq!(asked.target, "/organizations/things");
    assert_eq!(asked.header("x-tenant"), Some("organizations"));

    let (ended, page) = sign_in(&home, &["x"]);
    ended.expect(0);
    assert!(page.contains("/organizations/authorize?"), "what was chosen stays: {page}");
    let (ended, page) = sign_in(&home, &["x", "--option", "tenant=t-1"]);
    ended.expect(0);
    assert!(page.contains("/t-1/authorize?"), "{page}");
    home.run(&["disconnect", "x", "--yes"]).expect(0);
    assert_eq!(desk.count("POST", "/t-1/revoke"), 1);
    let (ended, page) = sign_in(&home, &["x"]);
    ended.expect(0);
    assert!(page.contains("/common/authorize?"), "the usual choice: {page}");
}

#[test]
fn what_does_not_fit_is_refused_with_what_would() {
    let desk = desk(tokens());
    let home = Home::new();
    home.provider("x", &tenant_file(&desk));
    for (option, word) in [
        ("tenent=a", "its options: tenant"),
        ("tenant=../../evil", "work"),
        ("tenant=a/b", "letters, digits"),
        ("tenant=a@evil.example", "letters, digits"),
        ("tenant=..", "letters, digits"),
        ("tenant", "NAME=VALUE"),
        ("tenant=", "NAME=VALUE"),
    ] {
        let ended = home.run(&["connect", "x", "--option", option]).expect(2);
        assert!(ended.stderr.contains(word), "{option}: {}", ended.stderr);
    }
    home.run(&["connect", "google", "--option", "tenant=a"]).expect(2);
    assert_eq!(desk.asked().len(), 0);
}

#[test]
fn an_address_that_is_chosen_stays_on_the_hosts_of_the_file() {
    let desk = desk(tokens());
    let (home, url) = (Home::new(), &desk.url);
    home.provider(
        "x",
        &format!(
            "title = \"X\"\nauthorize-url = \"{{host}}/authorize\"\ntoken-url = \"{{host}}/token\"\n\
             api-url = \"{{host}}\"\nclient-id = \"cid\"\nhosts = [\"*.x.example\", \"127.0.0.1:{}\"]\n\
             [option.host]\ntitle = \"Where do you sign in\"\nis = \"url\"\n[option.host.choices]\n\
             test = \"{url}\"\n",
            desk.port
        ),
    );
    // Nobody is there to be asked.
    let ended = home.run(&["connect", "x"]).expect(3);
    assert!(
        ended.stderr.contains("--option host=VALUE") && ended.stderr.contains("test"),
        "{}",
        ended.stderr
    );
    for bad in [
        "https://evil.example",
        "http://a.x.example",
        "https://a.x.example.evil.example",
        "https://u@a.x.example",
        "https://a.x.example/?x=",
        "https://x.example",
        "https://a.x.example:8443",
        "file:///etc/passwd",
    ] {
        home.run(&["connect", "x", "--option", &format!("host={bad}")]).expect(2);
    }
    let (ended, page) = sign_in(&home, &["x", "--option", "host=test"]);
    ended.expect(0);
    assert!(page.starts_with(&format!("{url}/authorize?")), "{page}");
    // A file that was changed since, so that what was chosen is no longer allowed.
    let moved = std::fs::read_to_string(home.path().join("config/integ/providers/x.toml")).unwrap();
    home.provider("x", &moved.replace("127.0.0.1:", "127.0.0.2:").replace("test = ", "#"));
    home.run(&["refresh", "x", "--force"]).expect(2);
}

#[test]
fn an_import_brings_its_options_and_an_export_takes_them_along() {
    let desk = desk_with(tokens(), |asked| match asked.is("GET", "/v23/10550/me") {
        true => answer(200, "{\"id\": \"7\"}"),
        false => answer(404, "{}"),
    });
    let file = format!(
        "title = \"W\"\napi-url = \"{}/v23\"\n[option.phone-number-id]\nis = \"number\"\n[whoami]\n\
         path = \"/{{phone-number-id}}/me\"\nid = \"id\"\n",
        desk.url
    );
    let home = Home::new();
    home.provider("w", &file);
    let ended = home.run_with_input(&["import", "w"], "CANARY-token").expect(3);
    assert!(
        ended.stderr.contains("phone-number-id") && ended.stderr.contains("`options`"),
        "{}",
        ended.stderr
    );
    let given = ["import", "w", "--option", "phone-number-id=10550"];
    home.run_with_input(&given, "CANARY-token").expect(0).without("CANARY");
    assert_eq!(status(&home, "w")["options"]["phone-number-id"], "10550");
    let written = json!({"provider": "w", "name": "w/b", "access_token": "CANARY-b", "options": {"phone-number-id": 10550}});
    home.run_with_input(&["import"], &written.to_string()).expect(0);
    assert_eq!(status(&home, "w/b")["account_id"], "7");
    home.run_with_input(&["import", "w/c", "--option", "phone-number-id=1e5"], "CANARY-c").expect(2);

    let other = Home::new();
    let recipient = other.run(&["vault", "recipient"]).expect(0).stdout.trim().to_owned();
    let bundle = home.run(&["export", "w", "--to", &recipient]).expect(0).stdout;
    let path = other.write("bundle.age", &bundle);
    other.run(&["import", path.to_str().unwrap()]).expect(0);
    assert_eq!(status(&other, "w")["options"]["phone-number-id"], "10550");
    assert_eq!(status(&other, "w")["account_id"], "7");
}

#[test]
fn an_option_for_pasted_tokens_is_no_business_of_a_sign_in() {
    let desk = desk(tokens());
    let home = Home::new();
    let more = format!(
        "api-url = \"{}\"\n[paste]\nwhat = \"API token\"\nauthorization = \"Basic {{email}}:{{token}}\"\n\
         [option.email]\nis = \"email\"\nwhen = \"paste\"\n[option.tenant]\nwhen = \"sign-in\"",
        desk.url
    );
    home.provider("x", &file(&desk, &more));
    let ended = home.run_with_input(&["connect", "x", "--token-stdin"], "t").expect(3);
    assert!(ended.stderr.contains("--option email="), "{}", ended.stderr);
    for bad in ["ada", "ada@", "a:b@example.com", "a b@example.com", "a@b@example.com"] {
        let option = format!("email={bad}");
        home.run_with_input(&["connect", "x", "--token-stdin", "--option", &option], "t").expect(2);
    }
    let ended = home.run(&["connect", "x"]).expect(3);
    assert!(ended.stderr.contains("--option tenant="), "{}", ended.stderr);
    sign_in(&home, &["x", "--option", "tenant=a"]).0.expect(0);
}

#[test]
fn a_file_that_cannot_be_filled_is_wrong_and_says_where() {
    let home = Home::new();
    let base = "title = \"X\"\napi-url = \"https://api.x.example\"\n";
    for (more, word) in [
        ("token-url = \"https://{host}/token\"\n", "`{host}`"),
        ("token-url = \"ftp://{host}/token\"\n[option.host]\nis = \"host\"\n", "must be https"),
        ("token-url = \"https://{token}/token\"\n", "`{token}`"),
        ("[option.a]\nis = \"number\"\ndefault = \"x\"\n", "option.a.default"),
        ("[option.a]\n[option.a.choices]\nb = \"/\"\n", "option.a.choices"),
        ("[option.token]\n", "option.token"),
        ("authorization = \"Bearer\"\n", "`authorization`"),
        ("[paste]\napi-url = \"http://x.example\"\n", "`paste.api-url`"),
    ] {
        home.provider("x", &format!("{base}{more}"));
        let ended = home.run(&["providers", "x"]).expect(2);
        assert!(ended.stderr.contains(word), "{more}: {}", ended.stderr);
    }
    home.provider("x", "title = \"X\"\nhosts = [\"*.x.example\"]\napi-url-at = \"instance_url\"\n");
    home.run(&["providers", "x"]).expect(0);
}

#[test]
fn the_catalogue_shows_what_can_be_chosen() {
    let desk = desk(tokens());
    let home = Home::new();
    home.provider("x", &tenant_file(&desk));
    let text = home.run(&["providers", "x"]).expect(0).stdout;
    assert!(text.contains("Which directory") && text.contains("work = organizations"), "{text}");
    let document = home.run(&["providers", "x", "--json"]).expect(0).json();
    assert_eq!(document["providers"][0]["options"]["tenant"]["default"], "common");
}

#[test]
fn a_sign_in_in_two_halves_keeps_its_options() {
    let desk = desk(tokens());
    let home = Home::new();
    home.provider("x", &tenant_file(&desk));
    let begun = home.run(&["connect", "x", "--detach", "--paste", "--option", "tenant=work"]).expect(0);
    let page =
        begun.stderr.split_whitespace().find(|word| word.contains("redirect_uri=")).unwrap().to_owned();
    assert!(page.contains("/organizations/authorize?"), "{page}");
    let url: url::Url = page.parse().unwrap();
    let parameter = |name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    let back = format!("{}?code=CANARY-code&state={}", parameter("redirect_uri"), parameter("state"));
    home.run_with_input(&["connect", "--resume", "x"], &back).expect(0);
    assert_eq!(status(&home, "x")["options"]["tenant"], "organizations");
    assert_eq!(desk.count("GET", "/organizations/organizations/me"), 1);
}
