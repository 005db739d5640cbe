//! `[site]`: several places behind one account, asked for after the sign-in.

use std::sync::{Arc, Mutex};

use super::*;

fn sites() -> Value {
    json!([{"id": "id-1", "name": "One", "url": "https://one.example"}, {"id": "id-2", "name": "Two", "url": "https://two.example"}])
}

struct Sited {
    desk: Desk,
    home: Home,
    list: Arc<Mutex<Answer>>,
}

fn sited(list: Value) -> Sited {
    let list = Arc::new(Mutex::new(answer(200, list.to_string())));
    let shown = Arc::clone(&list);
    let desk = desk_with(tokens(), move |asked| match asked.target.as_str() {
        "/sites" => {
            let list = shown.lock().unwrap();
            Answer { status: list.status, headers: Vec::new(), body: list.body.clone() }
        }
        "/ex/id-1/me" | "/ex/id-2/me" => answer(200, "{\"id\": \"7\", \"mail\": \"ada@example.com\"}"),
        _ => answer(404, "{}"),
    });
    let home = Home::new();
    let url = &desk.url;
    let more = format!(
        "api-url = \"{url}/ex/{{site}}\"\n[site]\noption = \"site\"\npath = \"{url}/sites\"\nid = \"id\"\n\
         name = \"name\"\nurl = \"url\"\n[whoami]\npath = \"/me\"\nid = \"id\"\naccount = \"mail\""
    );
    home.provider("x", &file(&desk, &more));
    Sited { desk, home, list }
}

#[test]
fn the_only_one_is_taken() {
    let Sited { desk, home, .. } = sited(json!([sites()[0]]));
    sign_in(&home, &["x"]).0.expect(0);
    let status = status(&home, "x");
    assert_eq!((&status["options"]["site"], &status["workspace"]), (&json!("id-1"), &json!("One")));
    assert_eq!(desk.count("GET", "/ex/id-1/me"), 1);
    home.run(&["test", "x"]).expect(0);
    assert_eq!(desk.count("GET", "/ex/id-1/me"), 2);
}

#[test]
fn of_several_one_is_named_by_its_id_its_name_or_its_address() {
    for wanted in ["id-2", "two", "https://two.example/", "two.example"] {
        let Sited { home, .. } = sited(sites());
        sign_in(&home, &["x", "--option", &format!("site={wanted}")]).0.expect(0);
        assert_eq!(status(&home, "x")["options"]["site"], "id-2", "{wanted}");
        // Signing in again stays there, and another one can be asked for.
        sign_in(&home, &["x"]).0.expect(0);
        assert_eq!(status(&home, "x")["options"]["site"], "id-2");
        sign_in(&home, &["x", "--option", "site=One"]).0.expect(0);
        assert_eq!(status(&home, "x")["workspace"], "One");
        // A site that is not there costs nobody a connection.
        let ended = sign_in(&home, &["x", "--option", "site=Three"]).0.expect(3);
        assert!(ended.stderr.contains("nothing was changed"), "{}", ended.stderr);
        assert_eq!(status(&home, "x")["options"]["site"], "id-1");
    }
}

#[test]
fn a_sign_in_without_its_site_is_finished_later() {
    let Sited { desk, home, .. } = sited(sites());
    let ended = sign_in(&home, &["x"]).0.expect(3);
    for part in ["id-1", "Two", "https://one.example", "--option site=ID", "without another sign-in"] {
        assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
    }
    assert_eq!(status(&home, "x")["state"], "unverified");
    let ended = home.run(&["api", "x", "/me"]).expect(3);
    assert!(ended.stderr.contains("--option site="), "{}", ended.stderr);
    home.run(&["connect", "x"]).expect(3);
    home.run(&["connect", "x", "--option", "site=Nine"]).expect(3);
    home.run(&["connect", "x", "--option", "site=Two"]).expect(0);
    assert_eq!(status(&home, "x")["account"], "ada@example.com");
    assert_eq!(desk.count("GET", "/ex/id-2/me"), 1);
    assert_eq!(desk.count("POST", "/token"), 1, "one sign-in was enough");
}

#[test]
fn lists_that_are_no_help() {
    for (status, list, code) in [
        (200, json!([]), 3),
        (200, json!([{"id": "../../evil", "name": "E"}, {"id": 5, "name": "E\u{1b}[2J"}]), 0),
        (200, json!({"sites": 1}), 4),
        (503, json!({}), 4),
        (401, json!({}), 3),
        (302, json!({}), 4),
    ] {
        let Sited { desk, home, list: shown } = sited(Value::Null);
        *shown.lock().unwrap() = answer(status, list.to_string());
        let ended = sign_in(&home, &["x"]).0;
        if code == 0 {
            // Only what fits into an address is a site.
            assert!(
                desk.count("GET", "/ex/5/me") > 0 && !ended.stderr.contains('\u{1b}'),
                "{}",
                ended.stderr
            );
            continue;
        }
        ended.expect(code);
        // What is refused for good is not kept; what may be different later is.
        let kept = !super::status(&home, "x").is_null();
        assert_eq!(kept, status != 401, "{status} {list}");
        if kept {
            *shown.lock().unwrap() = answer(200, json!([sites()[0]]).to_string());
            home.run(&["connect", "x"]).expect(0);
        }
    }
}

#[test]
fn an_import_chooses_too() {
    let Sited { home, .. } = sited(sites());
    let ended = home.run_with_input(&["import", "x"], "CANARY-a").expect(3);
    assert!(ended.stderr.contains("id-1"), "{}", ended.stderr);
    assert!(status(&home, "x").is_null());
    home.run_with_input(&["import", "x", "--option", "site=Two"], "CANARY-a").expect(0);
    assert_eq!(status(&home, "x")["options"]["site"], "id-2");
}
