//! `integ api`: the token goes to the provider's hosts and nowhere else, and every answer has its exit code.

mod pace;
mod renewal;
mod safety;

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::desk::{Answer, Asked, Desk, answer};
use crate::seal::{Ended, Home};
use serde_json::json;

const TOKEN: &str = "CANARY-token-1f3a";

/// A home with the connection `x` to this desk.
fn connected(desk: &Desk) -> Home {
    let home = Home::new();
    let url = &desk.url;
    home.provider(
        "x",
        &format!(
            "title = \"X\"\napi-url = \"{url}\"\nok-field = \"ok\"\n[error]\ncode = \"error\"\n\
             missing-scope = [\"missing_scope\"]\nmessage = \"message\"\n"
        ),
    );
    home.paste("x", TOKEN);
    home
}

fn desk_and_home(answers: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> (Desk, Home) {
    let desk = Desk::open(answers);
    let home = connected(&desk);
    (desk, home)
}

#[test]
fn a_body_comes_as_it_was_sent() {
    let (desk, home) = desk_and_home(|_| answer(200, "{\"b\": 1,\n\"a\":\"\u{9b}\"}"));
    let ended = home.run(&["api", "x", "/v1/me?q=1", "-H", "X-Mine: yes"]).expect(0);
    assert_eq!(ended.stdout, "{\"b\": 1,\n\"a\":\"\u{9b}\"}");
    let asked = desk.last();
    assert_eq!((asked.method.as_str(), asked.target.as_str()), ("GET", "/v1/me?q=1"));
    assert_eq!(asked.header("authorization"), Some(format!("Bearer {TOKEN}").as_str()));
    assert_eq!(asked.header("x-mine"), Some("yes"));
}

#[test]
fn fields_are_a_document_or_a_query() {
    let (desk, home) = desk_and_home(|_| answer(201, "{}"));
    home.run(&[
        "api",
        "x",
        "t",
        "-f",
        "title=1",
        "-F",
        "n=1",
        "-F",
        "done=false",
        "-f",
        "p[id]=z",
        "-f",
        "l[]=a",
    ])
    .expect(0);
    let asked = desk.last();
    assert!(asked.is("POST", "/t"));
    assert_eq!(asked.json(), json!({"title": "1", "p": {"id": "z"}, "l": ["a"], "n": 1, "done": false}));
    assert!(asked.header("content-type").unwrap().starts_with("application/json"));

    home.run(&["api", "x", "/t?a=0", "-X", "get", "-f", "a=1 2", "-F", "b=true"]).expect(0);
    assert_eq!(desk.last().target, "/t?a=1+2&b=true");

    home.run_with_input(&["api", "x", "/t", "-X", "PATCH", "--input", "-", "-f", "dry=1"], "{\"raw\":1}")
        .expect(0);
    let asked = desk.last();
    assert!(asked.is("PATCH", "/t") && asked.target.ends_with("?dry=1"));
    assert_eq!(asked.body, "{\"raw\":1}");

    let file = home.write("note.txt", "from a file");
    home.run(&["api", "x", "/t", "-F", &format!("note=@{}", file.display())]).expect(0);
    assert_eq!(desk.last().json(), json!({"note": "from a file"}));
}

#[test]
fn each_refusal_has_its_exit_code_and_its_body() {
    let (_desk, home) = desk_and_home(|asked| match asked.target.as_str() {
        "/401" => answer(401, "{\"error\":\"expired\"}"),
        "/403" => answer(403, "{\"error\":\"not_yours\",\"message\":\"no\"}"),
        "/scope" => answer(403, "{\"error\":\"missing_scope\"}"),
        "/404" => answer(404, "{\"error\":\"nothing\"}"),
        "/slack" => answer(200, "{\"ok\":false,\"error\":\"bad_channel\"}"),
        "/304" => answer(304, ""),
        _ => answer(418, "short and stout"),
    });
    for (path, code, kind) in [
        ("/401", 3, "needs_reauth"),
        ("/403", 1, "provider_error"),
        ("/scope", 3, "missing_scope"),
        ("/404", 1, "provider_error"),
        ("/slack", 1, "provider_error"),
        ("/418", 1, "provider_error"),
    ] {
        let plain = home.run(&["api", "x", path]).expect(code).without(TOKEN);
        assert!(!plain.stdout.is_empty() && plain.stderr.starts_with("error: "), "{path}: {}", plain.stderr);
        let document = home.run(&["--json", "api", "x", path]).expect(code).json();
        assert_eq!(document["error"]["kind"], kind, "{path}");
        assert!(!document["responses"][0]["body"].is_null());
    }
    home.run(&["api", "x", "/304"]).expect(0);
}

#[test]
fn a_provider_that_is_down_is_asked_again_where_that_is_safe() {
    static GETS: AtomicUsize = AtomicUsize::new(0);
    let (desk, home) = desk_and_home(|asked| match (asked.method.as_str(), asked.target.as_str()) {
        ("GET", "/flaky") if GETS.fetch_add(1, Ordering::SeqCst) == 0 => {
            answer(503, "").with("retry-after", "0")
        }
        (_, "/flaky") => answer(200, "{\"up\":1}"),
        (_, "/later") => answer(429, "{}").with("retry-after", "7200"),
        (_, "/limited") => answer(429, "{}").with("retry-after", "0"),
        (_, "/dead") => answer(0, ""),
        _ => answer(500, "oops"),
    });
    assert_eq!(home.run(&["api", "x", "/flaky"]).expect(0).stdout, "{\"up\":1}");
    let ended = home.run(&["api", "x", "/later"]).expect(4);
    assert!(ended.stderr.contains("2 h"), "{}", ended.stderr);
    assert_eq!(desk.count("GET", "/later"), 1, "a longer wait is left to the person");
    assert_eq!(home.run(&["--json", "api", "x", "/later"]).json()["error"]["kind"], "rate_limited");
    home.run(&["api", "x", "/limited", "-X", "POST"]).expect(4);
    assert_eq!(desk.count("POST", "/limited"), 3, "429 says that nothing was done");
    assert_eq!(home.run(&["api", "x", "/500", "-X", "POST"]).expect(4).stdout, "oops");
    assert_eq!(desk.count("POST", "/500"), 1, "a change is not sent twice");
    home.run(&["api", "x", "/500"]).expect(4);
    assert_eq!(desk.count("GET", "/500"), 3);
    let ended = home.run(&["api", "x", "/dead", "-X", "POST"]).expect(4);
    assert_eq!(desk.count("POST", "/dead"), 1);
    assert!(ended.stderr.contains("may have been carried out"), "{}", ended.stderr);
}

#[test]
fn pages_are_followed_to_the_end_in_every_style() {
    let (desk, home) = desk_and_home(|asked| {
        let has = |what: &str| asked.target.contains(what);
        match asked.target.split('?').next().unwrap() {
            "/link" if has("page=2") => answer(200, "[2]"),
            "/link" => {
                answer(200, "[1]").with("Link", "</link?page=2>; rel=\"next\", </link?page=9>; rel=\"last\"")
            }
            "/google" if has("pageToken=b%2Fc") => answer(200, "{\"n\":2}"),
            "/google" => answer(200, "{\"n\":1,\"nextPageToken\":\"b/c\"}"),
            "/slack" if has("cursor=c") => {
                answer(200, "{\"n\":2,\"response_metadata\":{\"next_cursor\":\"\"}}")
            }
            "/slack" => answer(200, "{\"n\":1,\"response_metadata\":{\"next_cursor\":\"c\"}}"),
            "/graph" => answer(
                200,
                format!(
                    "{{\"n\":1,\"@odata.nextLink\":\"http://{}/graph2\"}}",
                    asked.header("host").unwrap()
                ),
            ),
            "/notion" if asked.body.contains("start_cursor") => {
                answer(200, "{\"n\":2,\"has_more\":false,\"next_cursor\":null}")
            }
            "/notion" => answer(200, "{\"n\":1,\"has_more\":true,\"next_cursor\":\"d\"}"),
            "/services/data/query" => answer(
                200,
                "{\"records\":[],\"n\":1,\"done\":false,\"nextRecordsUrl\":\"/services/data/query/2\"}",
            ),
            "/click" if asked.target.contains("page=1") => answer(200, "{\"n\":2,\"last_page\":true}"),
            "/click" => answer(200, "{\"n\":1,\"last_page\":false}"),
            "/half" => answer(200, "{\"n\":1,\"isLast\":false}"),
            "/loop" => answer(200, "{\"nextPageToken\":\"same\"}"),
            _ => answer(200, "{\"n\":2}"),
        }
    });
    let pages = |ended: Ended| -> Vec<serde_json::Value> {
        serde_json::Deserializer::from_str(&ended.stdout).into_iter().map(Result::unwrap).collect()
    };
    assert_eq!(pages(home.run(&["api", "x", "/link", "--paginate"]).expect(0)), [json!([1]), json!([2])]);
    assert_eq!(pages(home.run(&["api", "x", "/link"]).expect(0)), [json!([1])]);
    for path in ["/google?a=1", "/slack", "/graph", "/services/data/query", "/click"] {
        let pages = pages(home.run(&["api", "x", path, "--paginate"]).expect(0));
        assert_eq!(
            pages.iter().map(|page| page["n"].as_i64().unwrap()).collect::<Vec<_>>(),
            [1, 2],
            "{path}"
        );
    }
    assert!(desk.asked().iter().any(|asked| asked.target == "/google?a=1&pageToken=b%2Fc"));
    assert_eq!(pages(home.run(&["api", "x", "/notion", "-f", "q=z", "--paginate"]).expect(0)).len(), 2);
    assert_eq!(desk.last().json(), json!({"q": "z", "start_cursor": "d"}));
    let document = home.run(&["--json", "api", "x", "/link", "--paginate"]).expect(0).json();
    assert_eq!(document["responses"].as_array().unwrap().len(), 2);
    let half = home.run(&["api", "x", "/half", "--paginate"]).expect(1);
    assert_eq!(half.stdout, "{\"n\":1,\"isLast\":false}");
    assert!(half.stderr.contains("there is more"), "{}", half.stderr);
    home.run(&["api", "x", "/half"]).expect(0);
    let before = desk.count("GET", "/loop");
    let ended = home.run(&["api", "x", "/loop", "--paginate"]).expect(1);
    assert!(ended.stderr.contains("repeats"), "{}", ended.stderr);
    assert_eq!(desk.count("GET", "/loop") - before, 2);
}

#[test]
fn a_provider_file_names_its_parameter() {
    let (desk, home) = desk_and_home(|asked| match asked.target.as_str() {
        "/search?nextPageToken=P2" => answer(200, "{\"n\":2,\"isLast\":true}"),
        _ => answer(200, "{\"n\":1,\"nextPageToken\":\"P2\"}"),
    });
    let url = &desk.url;
    let pages = "page-params = { nextPageToken = \"nextPageToken\" }";
    home.provider("x", &format!("title = \"X\"\napi-url = \"{url}\"\n{pages}\n"));
    let ended = home.run(&["api", "x", "/search", "--paginate"]).expect(0);
    assert_eq!(ended.stdout.matches("\"n\":2").count(), 1, "{}", ended.stdout);
    assert_eq!(desk.count("GET", "/search"), 2);
}

#[test]
fn a_large_answer_has_a_limit_of_its_own() {
    let (_desk, home) = desk_and_home(|_| answer(200, "x".repeat(2 << 20)));
    assert_eq!(home.run(&["api", "x", "/big"]).expect(0).stdout.len(), 2 << 20);
    home.run(&["config", "set", "limits.api-answer", "65536"]).expect(0);
    let ended = home.run(&["api", "x", "/big"]).expect(1);
    assert!(ended.stdout.is_empty() && ended.stderr.contains("65536"), "{}", ended.stderr);
}
