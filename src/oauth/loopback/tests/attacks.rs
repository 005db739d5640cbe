//! Requests that are not the answer: each gets what the table says, and the sign-in goes on.

mod addresses;
mod browsers;
mod garbage;
mod parameters;

use super::*;

/// The status of a refusal; 0 is a closed connection.
struct Knock(&'static str, &'static [u16], Vec<u8>);

fn plain_get(port: u16, target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").into()
}

fn with_method(port: u16, method: &str, fields: &str) -> Vec<u8> {
    format!("{method} {} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{fields}\r\n", true_target()).into()
}

fn with_fields(fields: &str) -> Vec<u8> {
    format!("GET {} HTTP/1.1\r\n{fields}\r\n", true_target()).into()
}

fn refused(table: fn(u16) -> Vec<Knock>) {
    run(async {
        let mut listener = Loopback::bind(&any_port()).await.unwrap();
        let port = listener.port();
        still_waiting(&mut listener, async {
            for Knock(name, expected, request) in table(port) {
                let answer = ask(port, &request).await;
                assert!(expected.contains(&status(&answer)), "{name}: {answer}");
                assert!(!answer.contains(STATE) && !answer.contains("AeanS0b"), "{name} repeats a secret");
                assert!(!answer.to_lowercase().contains("access-control-"), "{name}");
                if status(&answer) == 403 {
                    assert!(answer.ends_with("\r\n\r\n"), "{name} has a body");
                }
                assert_eq!(status(&answer) == 405, answer.contains("\r\nAllow: GET\r\n"), "{name}");
            }
        })
        .await;
        completes(&mut listener).await;
    });
}

#[test]
fn wrong_paths_methods_and_hosts() {
    refused(addresses::knocks);
}

#[test]
fn wrong_parameters() {
    refused(parameters::knocks);
}

#[test]
fn what_browsers_send_that_is_no_visit() {
    refused(browsers::knocks);
}

#[test]
fn what_is_no_http() {
    refused(garbage::knocks);
}

#[test]
fn every_response_is_protected() {
    run(async {
        let mut listener = Loopback::bind(&any_port()).await.unwrap();
        let port = listener.port();
        let mut answers = still_waiting(&mut listener, async {
            let mut answers = Vec::new();
            for table in [addresses::knocks, parameters::knocks, browsers::knocks] {
                for Knock(_, _, request) in table(port) {
                    answers.push(ask(port, &request).await);
                }
            }
            answers
        })
        .await;
        let (answer, ()) = tokio::join!(ask(port, browser(port, &true_target())), async {
            listener.wait(STATE).await.reply(connected()).await;
        });
        answers.push(answer);
        for answer in answers {
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            for field in [
                "\r\nContent-Security-Policy: default-src 'none'; style-src 'sha256-",
                "; frame-ancestors 'none'; base-uri 'none'; form-action 'none'\r\n",
                "\r\nX-Content-Type-Options: nosniff\r\n",
                "\r\nReferrer-Policy: no-referrer\r\n",
                "\r\nCache-Control: no-store\r\n",
                "\r\nCross-Origin-Opener-Policy: same-origin\r\n",
                "\r\nConnection: close",
            ] {
                assert!(head.contains(field), "{field} is missing:\n{head}");
            }
            assert!(head.contains(&format!("\r\nContent-Length: {}\r\n", body.len())));
        }
    });
}

#[test]
fn mistakes_of_providers_come_with_a_hint() {
    run(async {
        let mut listener = Loopback::bind(&any_port()).await.unwrap();
        let port = listener.port();
        still_waiting(&mut listener, async {
            let form = format!("code={CODE}&state={STATE}");
            let length = form.len();
            let post = ask(port, format!("POST /callback HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {length}\r\n\r\n{form}"));
            assert!(post.await.contains("response_mode=form_post"));
            assert!(ask(port, plain_get(port, "/callback")).await.contains("implicit flow"));
            assert!(ask(port, plain_get(port, "/callback?code=x&state=old")).await.contains("another sign-in"));
        })
        .await;
        completes(&mut listener).await;
    });
}
