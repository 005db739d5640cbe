//! Group TE: what must be said and done beyond what `matrix` asks of every answer of a token endpoint. A row's modes run
//! side by side, since most of their time is waiting.

mod answers;
mod limits;
mod networks;
mod refusals;
mod revocation;
mod scopes;

use std::sync::Mutex;
use std::thread;

use crate::evil::Evil;
use crate::evil::token_modes::{self, Does, Mode};
use crate::evil::wire::Request;
use crate::home::{Home, Output};

/// What a mode did to a refresh and to a sign-in.
pub(crate) struct Tried {
    pub(crate) mode: &'static Mode,
    pub(crate) refresh: Output,
    pub(crate) code: Output,
    /// The token requests that the refresh made.
    pub(crate) refreshes: Vec<Request>,
}

/// All modes of a row, and what holds for each of them whatever it is.
pub(crate) fn row(id: &str) -> Vec<Tried> {
    let modes: Vec<&Mode> = token_modes::all().filter(|mode| mode.row == id).collect();
    assert!(!modes.is_empty(), "no mode belongs to {id}");
    let queue = Mutex::new(modes.into_iter());
    let done = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let Some(mode) = queue.lock().unwrap().next() else { break };
                    let (refresh, refreshes) = refresh(mode);
                    let code = sign_in(mode);
                    done.lock().unwrap().push(Tried { mode, refresh, code, refreshes });
                }
            });
        }
    });
    done.into_inner().unwrap()
}

/// At its most talkative, in JSON and into a log: where a secret would slip out (CL2), and where one document must
/// stay one document (CL11).
fn loud(home: &Home, args: &[&str]) -> Vec<String> {
    let log = home.path("home/integ.log").to_str().unwrap().to_owned();
    let flags = ["--json", "-vv", "--log-file", &log];
    args.iter().chain(&flags).map(|&arg| arg.to_owned()).collect()
}

/// An expired grant meets the mode; afterwards the grant must still be worth what it was.
fn refresh(mode: &Mode) -> (Output, Vec<Request>) {
    let evil = Evil::start();
    let home = Home::new(&evil).deadline("3s");
    let grant = home.expired(&evil, "evil");
    evil.mode("token", mode.name);
    let args = loud(&home, &["token", "evil"]);
    let output = home.call(&args).env("RUST_LOG", "trace").run();
    explain(mode, "refresh", &output, mode.refresh);
    let sent = evil.log("token");
    if output.code == 0 {
        let document = output.json();
        let token = document["tokens"][0]["access_token"].as_str().unwrap_or_default();
        assert!(evil.state().grants.is_live(token), "{}: printed a token that nobody issued", mode.name);
    } else {
        assert!(!output.kind().is_empty(), "{}", output.transcript());
    }
    if output.code == 4 {
        // Trouble that passes must not send a person to the browser.
        for word in ["sign in again", "log in again", "integ connect"] {
            output.never_says(word);
        }
    }
    // I2: the token that a person depends on is still there, and is the one presented next.
    if output.code != 0 && matches!(mode.does, Does::Says(_)) {
        assert_eq!(home.recovers(&evil, "evil"), grant.refresh, "{}: the refresh token changed", mode.name);
    }
    (output, sent)
}

/// A sign-in meets the mode at the exchange of its code: refused means that nothing is stored.
fn sign_in(mode: &Mode) -> Output {
    let evil = Evil::start();
    let home = Home::new(&evil).deadline("3s");
    evil.mode("token", mode.name);
    let args = loud(&home, &["evil"]);
    let (output, pages) = home.connect(&args.iter().map(String::as_str).collect::<Vec<_>>());
    explain(mode, "sign-in", &output, mode.code);
    assert_eq!(evil.count("token", "authorization_code"), 1, "{}: a code is good for one request", mode.name);
    if output.code != 0 {
        assert_eq!(
            home.vault_files().len(),
            0,
            "{}: something was stored\n{}",
            mode.name,
            output.transcript()
        );
        let claims = pages.iter().any(|page| page.body.contains("ada@example.com"));
        assert!(!claims, "{}: the page claims success", mode.name);
    }
    output
}

#[track_caller]
fn explain(mode: &Mode, what: &str, output: &Output, codes: &[i32]) {
    assert!(
        codes.contains(&output.code),
        "{} {} {what}: exit {} instead of {codes:?}\n{}",
        mode.row,
        mode.name,
        output.code,
        output.transcript()
    );
}
