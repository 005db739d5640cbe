use super::*;

fn grant(obtained_at: i64, expires_at: Option<i64>) -> Grant {
    let text = format!(
        r#"{{"v":1,"generation":1,"provider":"x","access_token":"a","token_type":"Bearer",
            "obtained_at":{obtained_at},"connected_at":0}}"#
    );
    let mut grant: Grant = serde_json::from_str(&text).unwrap();
    grant.expires_at = expires_at;
    grant
}

#[test]
fn stale_at_five_minutes_or_half_the_life() {
    let hour = grant(1_000, Some(4_600));
    assert!(hour.is_fresh(4_299, None));
    assert!(!hour.is_fresh(4_300, None));
    let minute = grant(1_000, Some(1_060));
    assert!(minute.is_fresh(1_029, None));
    assert!(!minute.is_fresh(1_030, None));
    assert!(hour.is_fresh(1_000, Some(3_599)));
    assert!(!hour.is_fresh(1_000, Some(3_600)));
}

/// RF16: the promise in one sentence, against a thousand lives and moments.
#[test]
fn rf16_stale_is_what_has_five_minutes_or_less() {
    let mut chance = 0x9E37_79B9_7F4A_7C15_u64;
    let mut below = |limit: i64| {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        i64::try_from(chance % limit.unsigned_abs()).unwrap()
    };
    for _ in 0..1_000 {
        let (start, life) = (1_700_000_000 + below(1_000_000), 600 + below(90_000));
        let token = grant(start, Some(start + life));
        for left in [299, 300, 301, below(life)] {
            assert_eq!(token.is_fresh(start + life - left, None), left > 300, "{life} {left}");
        }
    }
}

#[test]
fn unknown_life_is_fresh_and_a_token_from_the_future_is_not() {
    assert!(grant(1_000, None).is_fresh(9_999_999, None));
    assert!(!grant(1_000_000, Some(1_003_600)).is_fresh(5, None));
}

fn changed(change: impl FnOnce(&mut Grant)) -> Grant {
    let mut grant = grant(1_000, None);
    change(&mut grant);
    grant
}

fn machine() -> Option<Machine> {
    Some(Machine { scopes: Vec::new(), key: None })
}

/// A minute of skew is no jump; a clock that went back further makes a token stale.
#[test]
fn a_minute_from_the_future_is_borne() {
    let token = grant(1_060, Some(5_000));
    assert!(token.is_fresh(1_000, None) && !token.is_fresh(999, None));
    assert_eq!((token.remaining(4_000), grant(0, None).remaining(4_000)), (Some(1_000), None));
}

#[test]
fn who_renews_and_what_that_spends() {
    use RefreshRule::{None as Never, On401, Rotating, Stable};
    for (token, rule, machine, can, rotates) in [
        (true, Stable, None, true, false),
        (true, Rotating, None, true, true),
        (true, On401, None, true, true),
        (true, Never, None, false, true),
        (false, Rotating, None, false, true),
        (false, Never, machine(), true, false),
        (true, Rotating, machine(), true, false),
    ] {
        let shown = format!("{token} {rule:?} {machine:?}");
        let grant = changed(|grant| {
            grant.refresh_token = token.then(|| Secret::new("r"));
            (grant.refresh, grant.machine) = (rule, machine);
        });
        assert_eq!((grant.can_refresh(), grant.rotates()), (can, rotates), "{shown}");
    }
}

#[test]
fn a_person_has_to_sign_in_only_after_a_final_no() {
    let of = |kind| {
        changed(|grant| {
            grant.verified = true;
            grant.trouble = Some(Trouble { kind, at: 0, code: String::new(), reason: None });
        })
    };
    let (ended, lost) = (of(TroubleKind::NeedsReauth), of(TroubleKind::AnswerLost));
    assert!(ended.needs_reauth() && !lost.needs_reauth());
    assert_eq!((ended.state(0), lost.state(0)), ("needs_reauth", "connected"));
}

#[test]
fn identity_is_the_providers_word_and_the_site_stands_for_a_workspace() {
    let told = |account: Option<&str>, workspace: Option<&str>| Identity {
        id: Some("7".into()),
        account: account.map(str::to_owned),
        workspace: workspace.map(str::to_owned),
    };
    let take = |machine: Option<Machine>, identity: Identity| {
        let mut grant = changed(|grant| {
            grant.machine = machine;
            grant.identity.account = Some("robot".into());
            grant.extra.insert(SITE_NAME.into(), "site".into());
        });
        grant.take_identity(identity);
        assert!(grant.verified);
        grant.identity
    };
    assert_eq!(take(None, told(Some("ada"), Some("Acme"))), told(Some("ada"), Some("Acme")));
    assert_eq!(take(None, told(None, None)), told(None, Some("site")));
    assert_eq!(take(machine(), told(None, None)), told(Some("robot"), Some("site")));
    assert_eq!(take(machine(), told(Some("ada"), None)), told(Some("ada"), Some("site")));
}

#[test]
fn a_password_and_a_borrowed_token_are_known() {
    assert!(!changed(|_| {}).is_password() && changed(|_| {}).via().is_none());
    assert!(changed(|grant| grant.token_type = PASSWORD.into()).is_password());
    let via = changed(|grant| drop(grant.options.insert("via".into(), "google".into())));
    assert_eq!(via.via(), Some("google"));
}
