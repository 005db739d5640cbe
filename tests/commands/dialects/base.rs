//! `api-url-at`: the token answer says where the API is, within what the provider file allows.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// A second machine of the provider's, and one of somebody else's.
struct Places {
    desk: Desk,
    own: Arc<Desk>,
    evil: Desk,
    turn: Arc<AtomicUsize>,
}

/// The first answer names `own`, the second what `then` says.
fn places(then: impl Fn(&Desk, &Desk) -> Value) -> Places {
    let own = Arc::new(Desk::open(|_| answer(200, "{\"id\": \"1\"}")));
    let evil = Desk::open(|_| answer(200, "{\"id\": \"1\"}"));
    let turn = Arc::new(AtomicUsize::new(0));
    let (count, first, second) = (Arc::clone(&turn), json!(format!("{}/base/", own.url)), then(&own, &evil));
    let desk = Desk::open(move |asked| {
        let mut document = tokens();
        let named = if count.load(Ordering::SeqCst) == 0 { &first } else { &second };
        document["instance_url"] = named.clone();
        answer(200, if asked.is("POST", "/token") { document.to_string() } else { "{}".into() })
    });
    Places { desk, own, evil, turn }
}

fn home(places: &Places) -> Home {
    let home = Home::new();
    let more = format!(
        "api-url-at = \"instance_url\"\nhosts = [\"127.0.0.1:{}\"]\n[whoami]\npath = \"/me\"\nid = \"id\"",
        places.own.port
    );
    home.provider("x", &file(&places.desk, &more));
    home
}

#[test]
fn calls_go_where_the_answer_said() {
    let places = places(|own, _| json!(format!("{}/elsewhere", own.url)));
    let home = home(&places);
    sign_in(&home, &["x"]).0.expect(0);
    assert_eq!(places.own.count("GET", "/base/me"), 1);
    home.run(&["api", "x", "/things"]).expect(0);
    assert_eq!(places.own.last().target, "/base/things");
    places.turn.store(1, Ordering::SeqCst);
    home.run(&["refresh", "x", "--force"]).expect(0);
    home.run(&["api", "x", "/things"]).expect(0);
    assert_eq!(places.own.last().target, "/elsewhere/things");
}

#[test]
fn another_host_is_refused_and_nothing_changes() {
    let strangers: [fn(&Desk, &Desk) -> Value; 6] = [
        |_, evil| json!(evil.url),
        |own, _| json!(own.url.replace("http://", "http://127.0.0.1@")),
        |_, _| json!("http://169.254.169.254/latest"),
        |own, _| json!(format!("{}/?q=", own.url)),
        |_, _| json!(["https://evil.example"]),
        |_, _| json!(""),
    ];
    for stranger in strangers {
        let places = places(stranger);
        let home = home(&places);
        sign_in(&home, &["x"]).0.expect(0);
        places.turn.store(1, Ordering::SeqCst);
        home.run(&["refresh", "x", "--force"]).expect(6);
        home.run(&["api", "x", "/things"]).expect(0);
        assert_eq!(places.own.last().target, "/base/things", "the grant is as it was");
        sign_in(&home, &["x/new"]).0.expect(6);
        assert!(status(&home, "x/new").is_null(), "nothing was stored");
        assert_eq!(places.evil.asked().len(), 0);
    }
}

#[test]
fn an_import_may_name_it_within_the_same_rule() {
    let places = places(|own, _| json!(own.url));
    let home = home(&places);
    let given = |url: &str| json!({"access_token": "CANARY-a", "extra": {"instance_url": url}}).to_string();
    home.run_with_input(&["import", "x"], &given(&places.evil.url)).expect(6);
    let ended = home.run_with_input(&["import", "x"], "CANARY-a").expect(1);
    assert!(ended.stderr.contains("instance_url"), "{}", ended.stderr);
    home.run_with_input(&["import", "x"], &given(&places.own.url)).expect(0);
    home.run(&["api", "x", "/things"]).expect(0);
    assert_eq!(places.own.last().target, "/things");
    assert_eq!(places.evil.asked().len(), 0);
}

#[test]
fn a_check_of_the_network_goes_there_too() {
    let places = places(|own, _| json!(own.url));
    let home = home(&places);
    // Nothing is connected yet, and nobody knows where the API is.
    home.run(&["config", "set", "client.x.id", "cid"]).expect(0);
    home.run(&["doctor", "--online"]).expect(0);
    assert_eq!(places.own.asked().len(), 0);
    sign_in(&home, &["x"]).0.expect(0);
    home.run(&["doctor", "--online"]).expect(0);
    assert_eq!(places.own.last().target, "/base");
}
