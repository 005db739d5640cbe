//! `[manifest]`: an app made from a text instead of by hand.

use super::*;

#[test]
fn the_manifest_is_printed_ready_to_paste() {
    let desk = desk(tokens());
    let home = Home::new();
    let more = format!(
        "api-url = \"{}\"\nredirect = \"http://localhost:4711/cb\"\nscopes = [\"a:read\", \"b\"]\n\
         [manifest]\nwhat = \"Create app, From a manifest\"\n\
         text = '{{\"redirect_urls\": [\"{{redirect}}\"], \"scopes\": [{{scopes}}]}}'",
        desk.url
    );
    home.provider("x", &file(&desk, &more));
    let document = home.run(&["setup", "x", "--json"]).expect(0).json();
    let manifest: Value = serde_json::from_str(document["manifest"].as_str().unwrap()).unwrap();
    let expected = json!({"redirect_urls": ["http://localhost:4711/cb"], "scopes": ["a:read", "b"]});
    assert_eq!(manifest, expected);
    let ended = home.run(&["setup", "x"]).expect(3);
    assert!(
        ended.stderr.contains("From a manifest") && ended.stderr.contains("\"a:read\",\"b\""),
        "{}",
        ended.stderr
    );
}

#[cfg(unix)]
#[test]
fn the_console_is_opened_in_the_browser_that_is_configured() {
    let desk = desk(tokens());
    let home = Home::new();
    let more = format!(
        "api-url = \"{}\"\nconsole-url = \"https://console.example/\"\nclient-auth = \"none\"",
        desk.url
    );
    home.provider("x", &file(&desk, &more));
    let opened = home.path().join("opened");
    let browser = home.write("browser", &format!("#!/bin/sh\necho \"$1\" > '{}'\n", opened.display()));
    std::fs::set_permissions(&browser, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let setup = |browser: &str| {
        home.run(&["config", "set", "connect.browser", browser]).expect(0);
        let (shown, code) = crate::tty::at_terminal(home.command(&["setup", "x"]), 100, "Client ID", "cid\n");
        assert_eq!(code, Some(0), "{shown}");
        shown
    };
    assert!(setup(browser.to_str().unwrap()).contains("Opening https://console.example/"));
    // The browser is not waited for.
    while std::fs::read_to_string(&opened).unwrap_or_default().is_empty() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(std::fs::read_to_string(&opened).unwrap(), "https://console.example/\n");
    let shown = setup("/no/such/browser");
    assert!(!shown.contains("Opening") && shown.contains("Open https://console.example/"), "{shown}");
}
