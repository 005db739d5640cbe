//! What each command does with a misbehaviour, and what must work once the provider is good again.

use std::collections::BTreeMap;

use super::cell::Cell;
use crate::evil::{Evil, browser};
use crate::home::Home;

impl Cell {
    /// A second sign-in, or a first one elsewhere, while a connection is there that must survive it.
    pub(super) fn connect(&self, evil: &Evil, home: &Home) {
        let mcp = format!("{}/mcp", evil.base);
        let found = ["connect", "mine", "--issuer", &evil.base];
        let mut args = match self.endpoint {
            "token" | "authorize" | "me" => vec!["connect", "evil"],
            "device" => vec!["connect", "evil", "--device"],
            "resource" => vec!["connect", "mine", "--resource", &mcp],
            "register" => found.to_vec(),
            _ => [&found[..], &["--client-id", "client-evil"]].concat(),
        };
        args.extend(["--no-browser", "--timeout", "4"]);
        evil.mode(
            "discovery",
            match self.endpoint {
                "par" => "par-required",
                "register" | "resource" => "registration",
                _ => "ok",
            },
        );
        let before = home.stored();
        evil.mode(self.endpoint, self.mode);
        let mut running = self.started(home, &args);
        let url = if self.endpoint == "device" { None } else { running.find_url() };
        let pages = url.map(|url| browser::visit(&url)).unwrap_or_default();
        let output = running.wait();
        self.is_the_providers(&output);
        if output.code != 0 {
            assert_eq!(home.stored(), before, "a sign-in that failed has stored something");
            let claims = pages.iter().any(|page| page.body.contains("ada@example.com"));
            assert!(!claims || self.endpoint == "me", "the page claims success");
        }
        assert!(evil.count("token", "authorization_code") <= 1, "a code was sent twice");
        self.becomes_good(evil);
        let token = home.run(&["token", "evil"]).exits(&[0]).out();
        assert!(evil.state().grants.is_live(token.trim()), "the connection of before is worth nothing");
        home.run(&["refresh", "evil", "--force"]).exits(&[0]);
    }

    pub(super) fn refresh(&self, evil: &Evil, home: &Home) {
        let before = home.stored();
        evil.mode(self.endpoint, self.mode);
        let output = self.call(home, &["refresh", "evil", "--force"]);
        self.is_the_providers(&output);
        if output.code == 4 {
            // Trouble that passes must not send a person to the browser.
            for words in ["sign in again", "log in again", "integ connect"] {
                output.never_says(words);
            }
        }
        self.works_again(evil, home, output.code, &before);
    }

    pub(super) fn sync(&self, evil: &Evil, home: &Home) {
        if self.endpoint == "token" {
            home.expire();
        }
        let before = home.stored();
        evil.mode(self.endpoint, self.mode);
        let output = self.call(home, &["sync"]);
        self.is_the_providers(&output);
        if self.works_again(evil, home, output.code, &before) {
            // What was taken although it was odd stays until everything is read again.
            home.run(&["sync", "--full", "--force"]).exits(&[0]);
            let events = home.run(&["calendar", "events", "--to", "+3d", "--json"]).exits(&[0]).json();
            let mut titles: Vec<&str> =
                events["events"].as_array().unwrap().iter().filter_map(|e| e["title"].as_str()).collect();
            titles.sort_unstable();
            assert_eq!(titles, ["Event e1", "Event e2"], "{events}");
        }
    }

    pub(super) fn task(&self, evil: &Evil, home: &Home) {
        if self.endpoint == "token" {
            home.expire();
        }
        let before = home.stored();
        evil.mode(self.endpoint, self.mode);
        let create = ["task", "create", "A task of the matrix", "--to", "evil/offers"];
        let output = self.call(home, &create);
        self.is_the_providers(&output);
        if !self.works_again(evil, home, output.code, &before) {
            return;
        }
        let listed = home.run(&["task", "list", "--json"]).exits(&[0]).json();
        match listed["tasks"].as_array().and_then(|tasks| tasks.first()) {
            // It was refused before it was anybody's. Names that were learnt are kept until somebody asks again.
            None => {
                home.run(&["task", "targets", "evil", "--refresh"]).exits(&[0]);
                home.run(&create).exits(&[0]);
            }
            Some(task) if task["state"] == "done" => {}
            Some(task) => {
                let number = task["id"].as_i64().map(|id| id.to_string()).unwrap_or_default();
                home.run(&["task", "retry", &number]).exits(&[0]);
            }
        }
        let titles: Vec<String> = evil.state().tasks.iter().map(|(_, title)| title.clone()).collect();
        // A provider that says that it has created what it has not is believed.
        let lied = output.code == 0 && self.endpoint == "task-create" && !self.may_have_happened();
        assert!(
            titles == ["A task of the matrix"] || lied && titles.is_empty(),
            "not there once: {titles:?}"
        );
    }

    fn becomes_good(&self, evil: &Evil) {
        evil.mode(self.endpoint, "ok");
        // Who registered for this sign-in alone is nobody that the older connection has to be.
        evil.state().grants.client = None;
    }

    /// The provider is good again: the next command has what was stored before. `false` where the provider's own rule
    /// has made a sign-in necessary.
    fn works_again(&self, evil: &Evil, home: &Home, code: i32, before: &BTreeMap<String, String>) -> bool {
        self.becomes_good(evil);
        let lost = self.endpoint == "token" && code != 0 && self.may_have_happened();
        if self.endpoint == "token" && code != 0 && !lost {
            assert_eq!(&home.stored(), before, "the stored refresh token changed");
        }
        let output = home.run(&["refresh", "evil", "--force"]);
        if lost {
            // It was spent, and the new one was lost on the way: by the provider's rule that is the end, and is said.
            output.exits(&[0, 3]);
            return output.code == 0;
        }
        output.exits(&[0]);
        true
    }
}
