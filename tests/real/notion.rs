//! The built-in Notion against its own published description: what we send is what Notion says it takes.
use crate::harness::{Sealed, Server, needs};

const TOKEN: &str = "ntn_canary4f7a2c9e1b8d3056";

fn start() -> Option<(Server, Sealed)> {
    needs("notion", &["@stoplight/prism-cli", "@notionhq/notion-mcp-server"]).then(|| {
        let (server, home) = (
            Server::start("prism.mjs", &["@notionhq/notion-mcp-server/scripts/notion-openapi.json"], &[]),
            Sealed::new(),
        );
        home.provider("notion", &format!("api-url = \"{}\"\n", server.url));
        home.secrets().plant(TOKEN);
        home.watch(&server.url);
        home.integ(&["connect", "notion", "--token-stdin"]).stdin(TOKEN).run().ok();
        (server, home)
    })
}

#[test]
fn a_pasted_token_is_looked_up_and_tested_as_the_description_says() {
    let Some((server, home)) = start() else { return };
    let test = home.integ(&["test", "notion", "--json"]).run().ok().json();
    assert_eq!(test["tests"][0]["outcome"], "ok", "{test}");
    let status = home.integ(&["status", "--json"]).run().ok().json();
    let account = status["connections"][0]["account"].as_str().unwrap_or_default();
    assert!(!account.is_empty(), "{status}");
    assert_eq!(server.requests("GET", "/v1/users/me"), 2);
    assert_eq!(server.noted("violation"), 0, "{:?}", server.events());
}

#[test]
fn calls_of_the_api_conform_and_what_does_not_is_refused() {
    let Some((server, home)) = start() else { return };
    let search = ["api", "notion", "/v1/search", "-X", "POST", "-f"];
    home.integ(&[&search[..], &["query=plan"]].concat()).run().ok();
    assert_eq!(server.requests("POST", "/v1/search"), 1);
    assert_eq!(server.noted("violation"), 0, "{:?}", server.events());
    // The description would tell: this field is a text.
    home.integ(&["api", "notion", "/v1/search", "-X", "POST", "--input", "-"])
        .stdin(r#"{"query":7}"#)
        .run()
        .exits(1);
    assert_eq!(server.noted("violation"), 1, "{:?}", server.events());
}
