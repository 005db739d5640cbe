//! What the one answer leads to.

use super::*;

fn refusal_target(error: &str, description: &str) -> String {
    format!("/callback?error={error}&error_description={description}&state={STATE}")
}

#[test]
fn the_answer_before_wait_is_not_lost() {
    run(async {
        let mut listener = Loopback::bind(&any_port()).await.unwrap();
        let port = listener.port();
        let mut tab = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        tab.write_all(browser(port, &true_target()).as_bytes()).await.unwrap();
        listener.wait(STATE).await.reply(connected()).await;
        let mut answer = String::new();
        tab.read_to_string(&mut answer).await.unwrap();
        assert_eq!(status(&answer), 200);
    });
}

#[test]
fn one_exchange_even_when_the_browser_asks_twice() {
    run(async {
        let mut listener = Loopback::bind(&any_port()).await.unwrap();
        let port = listener.port();
        let request = browser(port, &true_target());
        let terminal = async {
            let callback = listener.wait(STATE).await;
            let second = ask(port, &request).await;
            assert_eq!(status(&second), 409);
            assert!(second.contains("Already being handled"));
            assert_eq!(status(&ask(port, request.replace(STATE, "other")).await), 400);
            assert_eq!(status(&ask(port, browser(port, "/favicon.ico")).await), 404);
            still_waiting(&mut listener, ask(port, &request)).await;
            callback.reply(connected()).await;
        };
        let (first, ()) = tokio::join!(ask(port, &request), terminal);
        assert_eq!(status(&first), 200);
    });
}

#[test]
fn a_refusal_ends_the_wait_and_its_text_is_tamed() {
    run(async {
        let mut listener = Loopback::bind(&any_port()).await.unwrap();
        let port = listener.port();
        let hostile = "%1b%5b31m%3Cscript%3E%E2%80%AE%0d%0aSet-Cookie".to_owned() + &"x".repeat(1000);
        let terminal = async {
            let callback = listener.wait(STATE).await;
            let Answer::Refused { error, description } = &callback.answer else { panic!("not a refusal") };
            assert_eq!(error, "access_denied");
            let description = description.clone().unwrap();
            assert!(description.starts_with("\u{FFFD}[31m<script>\u{FFFD}  Set-Cookiexx"), "{description}");
            assert_eq!(description.chars().count(), 301);
            callback
                .reply(Page {
                    ok: false,
                    title: "Google was not connected".into(),
                    message: description,
                    details: Vec::new(),
                    next: Some("integ connect google".into()),
                })
                .await;
        };
        let asked = ask(port, browser(port, &refusal_target("access_denied", &hostile)));
        let (answer, ()) = tokio::join!(asked, terminal);
        assert_eq!(status(&answer), 400);
        assert!(answer.contains("<code>integ connect google</code>") && !answer.contains("<script"));
    });
}

#[test]
fn every_issuer_is_handed_on() {
    run(async {
        let mut listener = Loopback::bind(&any_port()).await.unwrap();
        let port = listener.port();
        for (turn, (query, expected)) in
            [("", &[][..]), ("&iss=a", &["a"]), ("&iss=https%3A%2F%2Fa%2F&iss=b", &["https://a/", "b"])]
                .into_iter()
                .enumerate()
        {
            let state = format!("{STATE}{turn}");
            let target = format!("/callback?code=c&state={state}{query}");
            let (_, ()) = tokio::join!(ask(port, browser(port, &target)), async {
                let callback = listener.wait(&state).await;
                assert_eq!(callback.iss, expected);
                callback.reply(connected()).await;
            });
        }
    });
}

#[test]
fn a_dropped_callback_and_a_closed_tab_hang_nobody() {
    run(async {
        let mut listener = Loopback::bind(&any_port()).await.unwrap();
        let port = listener.port();
        let request = browser(port, &true_target());
        let (answer, ()) = tokio::join!(ask(port, &request), async { drop(listener.wait(STATE).await) });
        assert_eq!(status(&answer), 400);
        assert!(answer.contains("did not finish"));

        let mut tab = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        tab.write_all(request.replace(STATE, "second").as_bytes()).await.unwrap();
        let callback = listener.wait("second").await;
        drop(tab);
        callback.reply(connected()).await;

        let callback = {
            let mut tab = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
            tab.write_all(request.replace(STATE, "third").as_bytes()).await.unwrap();
            listener.wait("third").await
        };
        drop(listener);
        callback.reply(connected()).await;
    });
}

#[test]
fn an_empty_state_is_never_expected() {
    run(async {
        let mut listener = Loopback::bind(&any_port()).await.unwrap();
        let port = listener.port();
        tokio::select! {
            biased;
            _ = listener.wait("") => panic!("an empty state was accepted"),
            answer = ask(port, browser(port, "/callback?code=x&state=")) => assert_eq!(status(&answer), 400),
        }
    });
}
