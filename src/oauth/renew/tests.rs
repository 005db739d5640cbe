use std::path::Path;

use age::secrecy::ExposeSecret;
use age::x25519::Identity;
use serde_json::{Value, json};

use super::*;
use crate::http::Limits;
use crate::http::scripted::{Scripted, reply, reply_with, run};
use crate::oauth::stage::{Stage, grant, provider};
use crate::vault::FileVault;

const FILE: &str = "token-url = \"BASE/token\"\n";
const TOKENS: &str = r#"{"access_token":"new-access","token_type":"Bearer","refresh_token":"new-refresh"}"#;
const DEAD: &str = r#"{"error":"invalid_grant"}"#;

/// A vault with one connection, and a server that plays its script.
struct Home {
    dir: tempfile::TempDir,
    key: Identity,
    vault: Vault,
    name: Name,
    stage: Stage,
}

fn home(file: &str, change: Value, answers: &[String]) -> Home {
    let dir = tempfile::tempdir().unwrap();
    let key = Identity::generate();
    let vault = Vault::new(Box::new(FileVault::new(dir.path().to_owned(), key.clone())), "default");
    let (name, stage) =
        ("acme".parse().unwrap(), Stage::new(&format!("{FILE}{file}"), answers.iter().map(String::as_str)));
    vault.save(&name, &mut grant(change)).unwrap();
    Home { dir, key, vault, name, stage }
}

impl Home {
    fn renewal(&self) -> Renewal<'_> {
        let lock_wait = Duration::from_secs(5);
        Renewal {
            vault: &self.vault,
            name: &self.name,
            lock_wait,
            min_valid: None,
            force: false,
            rejected: None,
        }
    }

    fn run(&self, change: impl FnOnce(&mut Renewal<'_>)) -> Result<Renewed, RenewError> {
        let mut renewal = self.renewal();
        change(&mut renewal);
        run(renewal.run(&self.stage.context()))
    }

    fn stored(&self) -> Grant {
        self.vault.grant(&self.name).unwrap().unwrap()
    }

    fn requests(&self) -> usize {
        self.stage.server.asked().len()
    }
}

fn fresh() -> Value {
    json!({"obtained_at": clock::now(), "expires_at": clock::now() + 3_600})
}

fn with(mut one: Value, other: Value) -> Value {
    one.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    one
}

fn ended() -> Value {
    json!({"trouble": {"kind": "needs_reauth", "at": 5, "code": "gone", "reason": null}})
}

#[test]
fn a_stale_grant_is_renewed_once_and_kept() {
    let home = home("", json!({}), &[reply(200, TOKENS)]);
    let Ok(renewed @ Renewed::Refreshed(_)) = home.run(|_| {}) else { panic!() };
    assert_eq!(renewed.into_grant().access_token.expose(), "new-access");
    let stored = home.stored();
    assert_eq!(stored.access_token.expose(), "new-access");
    assert_eq!(stored.refresh_token, Some(Secret::new("new-refresh")));
    assert!(stored.generation > 1);
    // Now it is fresh, and nobody is asked.
    let Ok(adopted @ Renewed::Adopted(_)) = home.run(|_| {}) else { panic!() };
    assert_eq!(adopted.into_grant().access_token.expose(), "new-access");
    assert_eq!(home.requests(), 1);
}

#[test]
fn what_is_settled_is_used_as_it_is() {
    let (old, other) = (Secret::new("old-access"), Secret::new("an-older-one"));
    let of = |change: Value, set: &dyn Fn(&mut Renewal<'_>)| {
        let home = home("", change, &[reply(200, TOKENS)]);
        let mut renewal = home.renewal();
        set(&mut renewal);
        renewal.is_settled(&home.stored())
    };
    assert!(of(fresh(), &|_| {}));
    assert!(!of(json!({}), &|_| {}), "it is stale");
    assert!(!of(fresh(), &|renewal| renewal.force = true));
    assert!(!of(fresh(), &|renewal| renewal.min_valid = Some(4_000)));
    assert!(!of(with(fresh(), ended()), &|_| {}));
    // Where the API has refused a token, only that one matters.
    let rejecting = |change: Value, which: &Secret| {
        let home = home("", change, &[]);
        Renewal { rejected: Some(which), ..home.renewal() }.is_settled(&home.stored())
    };
    assert!(!rejecting(fresh(), &old));
    assert!(rejecting(fresh(), &other) && rejecting(json!({}), &other), "somebody has renewed it");
    assert!(!rejecting(ended(), &other));
}

#[test]
fn what_has_ended_is_not_presented_again_unless_forced() {
    let dead = home("", ended(), &[reply(200, TOKENS)]);
    let error = dead.run(|_| {}).unwrap_err();
    assert!(
        matches!(&error, RenewError::Final { words, at: 5, earlier: true, .. } if words == "gone"),
        "{error:?}"
    );
    assert_eq!(dead.requests(), 0);
    assert!(matches!(dead.run(|renewal| renewal.force = true), Ok(Renewed::Refreshed(_))));
    assert!(dead.stored().trouble.is_none(), "it lives again");
    let bare = home("", json!({"refresh_token": null}), &[]);
    assert!(matches!(bare.run(|_| {}), Err(RenewError::NoRefreshToken)));
    let gone = home("", json!({}), &[]);
    gone.vault.delete(&gone.name).unwrap();
    assert!(matches!(gone.run(|_| {}), Err(RenewError::Gone)));
    // A lost answer is no end.
    let lost = json!({"trouble": {"kind": "answer_lost", "at": 5, "code": "answer_lost"}});
    assert!(matches!(home("", lost, &[reply(200, TOKENS)]).run(|_| {}), Ok(Renewed::Refreshed(_))));
}

#[test]
fn a_final_no_is_marked_and_any_other_leaves_the_grant_alone() {
    let named = "error.reconnect = [\"dead\"]\nerror.code = \"why\"\nerror.detail = \"finer\"\n";
    for (file, body, is_final) in [
        ("", DEAD, true),
        ("", r#"{"error":"invalid_client"}"#, false),
        (named, r#"{"why":"dead"}"#, true),
        (named, r#"{"why":"other","finer":"dead"}"#, true),
        (named, r#"{"why":"other"}"#, false),
    ] {
        let home = home(file, json!({"refresh": "rotating"}), &[reply(400, body)]);
        let error = home.run(|_| {}).unwrap_err();
        assert_eq!(matches!(error, RenewError::Final { earlier: false, .. }), is_final, "{body} {error:?}");
        assert_eq!(matches!(error, RenewError::Oauth(OauthError::Refused { .. })), !is_final, "{body}");
        assert_eq!(home.stored().needs_reauth(), is_final, "{body}");
        assert_eq!(home.stored().refresh_token, Some(Secret::new("old-refresh")), "nothing is deleted");
    }
}

/// A token that is spent when it is presented may be gone; one that stays is simply presented again.
#[test]
fn a_lost_answer_costs_a_rotating_token_and_no_other() {
    let page = || reply_with(200, "content-type: text/html\r\n", "<html>");
    let rotating = home("", json!({"refresh": "rotating"}), &[page(), reply(200, TOKENS)]);
    let error = rotating.run(|_| {}).unwrap_err();
    assert!(matches!(error, RenewError::AnswerLost(OauthError::Page { .. })), "{error:?}");
    assert_eq!(rotating.requests(), 1);
    assert_eq!(rotating.stored().trouble.unwrap().kind, TroubleKind::AnswerLost);
    let stable = home("", json!({"refresh": "stable"}), &[page(), reply(200, TOKENS)]);
    assert!(matches!(stable.run(|_| {}), Ok(Renewed::Refreshed(_))));
    assert_eq!(stable.requests(), 2);
    // It was certainly not acted on: so it may be presented again.
    let refused = home("", json!({"refresh": "rotating"}), &[reply(503, ""), reply(200, TOKENS)]);
    assert!(matches!(refused.run(|_| {}), Ok(Renewed::Refreshed(_))));
    // Not more often than the settings say, and without a mark where nothing was lost.
    let down = home("", json!({"refresh": "stable"}), &[page(), page(), reply(200, TOKENS)]);
    assert!(matches!(down.run(|_| {}), Err(RenewError::Oauth(OauthError::Page { .. }))));
    assert_eq!((down.requests(), down.stored().trouble.is_none()), (2, true));
    let final_no = home("", json!({}), &[reply(400, r#"{"error":"invalid_client"}"#), reply(200, TOKENS)]);
    assert!(final_no.run(|_| {}).is_err());
    assert_eq!(final_no.requests(), 1, "a no is not asked about twice");
}

#[test]
fn nobody_waits_longer_than_there_is_time() {
    let mut home = home("", json!({}), &[reply_with(503, "retry-after: 90\r\n", ""), reply(200, TOKENS)]);
    let short = Duration::from_secs(10);
    home.stage.http =
        crate::http::Client::new(Limits { connect: short, deadline: short, tries: 3, body: 1 << 20 });
    assert!(matches!(home.run(|_| {}), Err(RenewError::Oauth(OauthError::Unavailable { .. }))));
    assert_eq!(home.requests(), 1);
}

#[test]
fn another_persons_token_is_not_taken() {
    use base64::Engine;
    let of = |before: Value, sub: &str| {
        let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!(r#"{{"sub":"{sub}"}}"#));
        let body =
            format!(r#"{{"access_token":"new-access","token_type":"Bearer","id_token":"e30.{claims}.x"}}"#);
        let home = home("", json!({"subject": before}), &[reply(200, &body)]);
        (home.run(|_| {}).map(Renewed::into_grant), home.stored())
    };
    let (outcome, stored) = of(json!("ada"), "eve");
    assert!(matches!(outcome, Err(RenewError::OtherAccount)));
    assert_eq!(stored.access_token.expose(), "old-access");
    assert_eq!(of(json!("ada"), "ada").0.unwrap().subject.as_deref(), Some("ada"));
    assert_eq!(of(json!(null), "ada").1.subject.as_deref(), Some("ada"), "now it is known");
}

/// A home whose vault `change` meets while the server has the request and has not answered yet.
fn meanwhile(answer: String, before: Value, change: impl Fn(&Path, &Vault) + Send + 'static) -> Home {
    let mut home = home("refresh = \"rotating\"", before, &[]);
    let (dir, key) = (home.dir.path().to_owned(), home.key.to_string().expose_secret().to_owned());
    home.stage.server = Scripted::answering(1, move || {
        let key = key.parse().unwrap();
        change(&dir, &Vault::new(Box::new(FileVault::new(dir.clone(), key)), "default"));
        answer.clone()
    });
    home.stage.provider.token_url = Some(home.stage.server.url("token").into());
    home
}

/// Somebody who does not know our locks has rotated the token while we asked with the old one.
#[test]
fn what_somebody_else_has_renewed_meanwhile_is_adopted() {
    let of = |change: Value| {
        let home = meanwhile(reply(400, DEAD), json!({"refresh": "rotating"}), move |_, vault| {
            let name = "acme".parse().unwrap();
            vault.save(&name, &mut grant(change.clone())).unwrap();
        });
        home.run(|_| {})
    };
    let theirs = json!({"refresh": "rotating", "refresh_token": "theirs"});
    let adopted = of(with(fresh(), theirs.clone()));
    assert!(
        matches!(&adopted, Ok(Renewed::Adopted(grant)) if grant.refresh_token == Some(Secret::new("theirs"))),
        "{adopted:?}"
    );
    assert!(matches!(of(theirs), Err(RenewError::Final { .. })), "theirs is stale: it does not count");
    assert!(matches!(of(fresh()), Err(RenewError::Final { .. })), "it is the token that was refused");
    let machine = json!({"refresh_token": "old-refresh", "machine": {"scopes": ["other"]}});
    assert!(matches!(of(with(fresh(), machine)), Ok(Renewed::Adopted(_))), "it is another machine's by now");
}

#[test]
fn what_the_vault_does_not_take_is_kept_aside() {
    let blocked = |before: Value| {
        meanwhile(reply(200, TOKENS), before, |dir, _| {
            let item = dir.join("default~acme.age");
            std::fs::remove_file(&item).unwrap();
            std::fs::create_dir(&item).unwrap();
        })
    };
    let home = blocked(json!({}));
    let error = home.run(|_| {}).unwrap_err();
    assert!(matches!(error, RenewError::NotSaved { aside: true, .. }), "{error:?}");
    let aside = home.dir.path().join("locks").join("default~acme.unsaved");
    let sealed = std::fs::read(&aside).unwrap();
    assert!(!sealed.windows(10).any(|part| part == b"new-access"), "it is sealed");
    // Who comes next finds the old one in the vault, and beside it the new one.
    std::fs::remove_dir(home.dir.path().join("default~acme.age")).unwrap();
    home.vault.save(&home.name, &mut grant(json!({}))).unwrap();
    drop(run(home.vault.lock(&home.name, Duration::ZERO)).unwrap());
    assert_eq!(home.stored().access_token.expose(), "new-access");
    assert!(!aside.exists());
    let machine = blocked(json!({"refresh_token": null, "machine": {"scopes": []}}));
    assert!(matches!(machine.run(|_| {}), Err(RenewError::NotSaved { aside: false, .. })), "it asks anew");
}

/// What was written has to read back as it was: else it is not kept.
#[test]
fn a_vault_that_changes_what_it_is_given_has_not_saved_it() {
    let home = home("", json!({}), &[]);
    let mut newer = grant(json!({"access_token": "other"}));
    let slot = home.vault.reserve(&home.name, &newer).unwrap();
    home.renewal().save(slot, &mut newer).unwrap();
    assert_eq!((home.stored().access_token.expose(), newer.generation), ("other", 2));
    let elsewhere: Name = "acme/two".parse().unwrap();
    let slot = home.vault.reserve(&elsewhere, &newer).unwrap();
    newer.access_token = Secret::new("newest");
    let outcome = home.renewal().save(slot, &mut newer);
    assert!(matches!(outcome, Err(VaultError::Refused(_))), "{outcome:?}");
}

#[test]
fn a_rehearsal_sends_nothing_that_counts() {
    let stage = Stage::new(FILE, [reply(200, TOKENS), reply(400, DEAD)]);
    assert!(run(rehearse(&stage.context(), &grant(json!({})))).is_ok());
    assert!(matches!(run(rehearse(&stage.context(), &grant(json!({})))), Err(OauthError::Refused { .. })));
    let mut dry = Stage::new(FILE, [""; 0]);
    let noted = crate::http::Sketches::default();
    dry.http = crate::http::scripted::client().noting(Some(noted.clone()));
    assert!(run(rehearse(&dry.context(), &grant(json!({})))).is_ok());
    assert_eq!(noted.borrow().len(), 1);
}

#[test]
fn what_renews_is_presented_where_it_belongs() {
    let of = |file: &str, change: Value| {
        let provider = provider(file);
        refresh_endpoint(&provider, &grant(change))
            .map(|url| url.to_string())
            .map_err(|error| error.to_string())
    };
    let (refresh, token) =
        ("refresh-url = \"https://a.example/r\"\n", "token-url = \"https://a.example/t\"\n");
    let pinned = json!({"endpoints": {"issuer": null, "token": "https://a.example/p", "revoke": null, "whoami": null}});
    let machine = || json!({"machine": {"scopes": []}});
    assert_eq!(of(&format!("{refresh}{token}"), pinned.clone()).unwrap(), "https://a.example/r");
    assert_eq!(of(&format!("{refresh}{token}"), machine()).unwrap(), "https://a.example/t");
    assert_eq!(of(token, pinned.clone()).unwrap(), "https://a.example/t");
    assert_eq!(of("", pinned).unwrap(), "https://a.example/p");
    assert_eq!(of("", json!({})).unwrap_err(), "Acme has no token endpoint");
    assert_eq!(of("token-url = \"nonsense\"", json!({})).unwrap_err(), "nonsense is no URL");
    let stage = Stage::new(FILE, [reply(200, TOKENS), reply(200, TOKENS)]);
    let context = stage.context();
    run(ask(&context, &grant(with(json!({"refresh_token": null}), machine())))).unwrap();
    run(ask(&context, &grant(json!({})))).unwrap();
    let asked = stage.server.asked();
    assert_eq!(asked[0].form()["grant_type"], "client_credentials");
    assert_eq!(asked[1].form()["refresh_token"], "old-refresh");
    let nothing = run(ask(&context, &grant(json!({"refresh_token": null}))));
    assert!(matches!(nothing, Err(OauthError::Unsupported(_))));
}

fn tokens(change: Value) -> Tokens {
    let text = with(json!({"access_token": "new-access", "token_type": "Bearer"}), change);
    let answer: crate::oauth::answer::Answer = serde_json::from_value(text).unwrap();
    answer.accept(&provider("keep = [\"team\"]\nkeep-secret = [\"hook\"]")).unwrap()
}

#[test]
fn new_tokens_are_laid_over_the_old_ones() {
    let take = |file: &str, before: Value, told: Value| {
        let mut grant = grant(before);
        grant.take(tokens(told), &provider(file));
        grant
    };
    let now = clock::now();
    let near = |at: Option<i64>, expected: i64| at.is_some_and(|at| (0..=30).contains(&(at - expected)));
    let kept = take(
        "",
        with(ended(), json!({"scopes": ["a"], "extra": {"old": 1}})),
        json!({"expires_in": 60, "team": "T"}),
    );
    assert!(near(kept.expires_at, now + 60) && near(Some(kept.obtained_at), now));
    assert_eq!(kept.refresh_token, Some(Secret::new("old-refresh")), "RFC 6749 §6");
    assert_eq!((kept.scopes.as_slice(), kept.trouble.is_none()), (&["a".to_owned()][..], true));
    assert_eq!(kept.extra.keys().collect::<Vec<_>>(), ["old", "team"]);
    assert_eq!(kept.refresh_expires_at, None);
    let rotated = take("", json!({}), json!({"refresh_token": "n", "scope": "b", "hook": "h"}));
    assert_eq!((rotated.refresh_token, rotated.scopes), (Some(Secret::new("n")), vec!["b".to_owned()]));
    assert!(rotated.secrets.contains_key("hook"));
    assert_eq!(take("", json!({}), json!({})).expires_at, None, "nobody tells");
    // The refresh token's life: told, else the provider file's where there is such a token.
    let life = "refresh-life = \"180d\"";
    assert!(near(
        take(life, json!({}), json!({"refresh_token_expires_in": 90})).refresh_expires_at,
        now + 90
    ));
    assert!(near(take(life, json!({}), json!({})).refresh_expires_at, now + 180 * 86_400));
    assert_eq!(take(life, json!({"refresh_token": null}), json!({})).refresh_expires_at, None);
}

/// What was told of a refresh token holds as long as the token does; what was assumed begins anew with every use.
#[test]
fn a_told_end_is_kept_until_another_token_comes() {
    let (file, far) = ("refresh-life = \"180d\"", clock::now() + 180 * 86_400);
    let end = |told: bool, answer: Value| {
        let before = json!({"refresh_expires_at": 5_000, "refresh_end_told": told});
        let mut grant = grant(before);
        let answer = with(json!({"access_token": "n", "token_type": "Bearer"}), answer);
        let answer: crate::oauth::answer::Answer = serde_json::from_value(answer).unwrap();
        grant.take(answer.accept(&provider(file)).unwrap(), &provider(file));
        (grant.refresh_expires_at.unwrap(), grant.refresh_end_told)
    };
    assert_eq!(end(true, json!({})), (5_000, true));
    assert_eq!(end(true, json!({"refresh_token": "old-refresh"})), (5_000, true), "it is the same");
    let (renewed, told) = end(true, json!({"refresh_token": "another"}));
    assert!(renewed >= far && !told);
    assert!(end(false, json!({})).0 >= far);
    let (told_again, told) = end(true, json!({"refresh_token_expires_in": 90}));
    assert!((5_001..far).contains(&told_again) && told);
}
