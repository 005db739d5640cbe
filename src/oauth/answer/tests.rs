use super::*;

fn accept(json: &str) -> Result<Tokens, OauthError> {
    let provider = Provider { title: "X".into(), ..Provider::default() };
    let answer: Answer = serde_json::from_str(json).map_err(|e| OauthError::Malformed(e.to_string()))?;
    answer.accept(&provider)
}

#[test]
fn lives_are_read_leniently_and_bounded() {
    for (expires_in, expected) in [
        ("60", Some(60)),
        ("60.9", Some(60)),
        ("\"60\"", Some(60)),
        ("0", Some(USUAL)),
        ("-5", Some(USUAL)),
        ("true", Some(USUAL)),
        ("null", Some(USUAL)),
        ("1e300", Some(LONGEST)),
        ("99999999999999999999", Some(LONGEST)),
    ] {
        let json = format!(
            r#"{{"access_token":"a","token_type":"bearer","refresh_token":"r","expires_in":{expires_in}}}"#
        );
        assert_eq!(accept(&json).unwrap().life, expected, "{expires_in}");
    }
    assert_eq!(accept(r#"{"access_token":"a","token_type":"Bearer"}"#).unwrap().life, None);
}

#[test]
fn what_is_no_token_is_refused() {
    for json in [
        r#"{"token_type":"Bearer"}"#,
        r#"{"access_token":"","token_type":"Bearer"}"#,
        r#"{"access_token":null,"token_type":"Bearer"}"#,
        r#"{"access_token":7,"token_type":"Bearer"}"#,
        r#"{"access_token":"a\r\nX-Injected: 1","token_type":"Bearer"}"#,
        r#"{"access_token":"a\u001b[2J","token_type":"Bearer"}"#,
        r#"{"access_token":"a"}"#,
        r#"{"access_token":"a","token_type":"mac"}"#,
        r#"{"access_token":"a","access_token":"b","token_type":"Bearer"}"#,
        r#"{"access_token":"a","token_type":"Bearer","refresh_token":"r r"}"#,
    ] {
        assert!(accept(json).is_err(), "{json}");
    }
}

#[test]
fn scopes_come_in_three_shapes() {
    for scope in [r#""a b""#, r#""a,b""#, r#"["a","b"]"#] {
        let json = format!(r#"{{"access_token":"a","token_type":"Bearer","scope":{scope}}}"#);
        assert_eq!(accept(&json).unwrap().scopes.unwrap(), ["a", "b"]);
    }
    assert!(accept(r#"{"access_token":"a","token_type":"Bearer","scope":""}"#).unwrap().scopes.is_none());
}

fn with(file: &str, fields: &str) -> Result<Tokens, OauthError> {
    let json = format!(r#"{{"access_token":"a","token_type":"Bearer"{fields}}}"#);
    serde_json::from_str::<Answer>(&json).unwrap().accept(&crate::oauth::stage::provider(file))
}

#[test]
fn a_year_is_the_longest_life() {
    let life = |seconds: i64| with("", &format!(r#","expires_in":{seconds}"#)).unwrap().life;
    assert_eq!(life(31_535_999), Some(31_535_999));
    assert_eq!(life(31_536_001), Some(31_536_000));
}

#[test]
fn what_says_no_life_is_not_taken_for_one() {
    for nothing in ["-5", "-5.5", "0.4", "\"-5\"", "\"0\"", "\"soon\"", "{}", "[60]"] {
        let of = |field: &str| with("", &format!(r#","refresh_token":"r","{field}":{nothing}"#)).unwrap();
        assert_eq!(of("expires_in").life, Some(USUAL), "{nothing}");
        assert_eq!(of("refresh_token_expires_in").refresh_life, None, "{nothing}");
    }
    assert_eq!(with("", r#","expires_in":1"#).unwrap().life, Some(1));
    assert_eq!(with("", r#","refresh_expires_in":"90""#).unwrap().refresh_life, Some(90));
}

/// Told, else the provider file's, else an hour; a provider whose tokens last until they are refused has no hour.
#[test]
fn whose_word_counts_for_the_life() {
    for (file, fields, expected) in [
        ("access-life = \"2h\"", r#","refresh_token":"r","expires_in":60"#, Some(60)),
        ("access-life = \"2h\"", r#","refresh_token":"r""#, Some(7_200)),
        ("access-life = \"2h\"", "", Some(7_200)),
        ("", r#","refresh_token":"r""#, Some(USUAL)),
        ("", "", None),
        ("refresh = \"on-401\"", r#","refresh_token":"r""#, None),
        ("refresh = \"on-401\"", r#","refresh_token":"r","expires_in":60"#, Some(60)),
    ] {
        assert_eq!(with(file, fields).unwrap().life, expected, "{file} {fields}");
    }
}

#[test]
fn only_visible_ascii_up_to_sixty_four_kilobytes_is_a_token() {
    let long = |length: usize| "x".repeat(length);
    for good in ["!", "~", "a.b-c_d/e+f=", &long(65_536)] {
        assert!(is_token(good), "{good:.9}");
    }
    for bad in ["", " ", "a b", "a\n", "\u{7f}", "é", &long(65_537)] {
        assert!(!is_token(bad), "{bad:.9}");
    }
}

#[test]
fn an_empty_refresh_token_is_none_and_a_type_of_the_file_counts() {
    assert!(with("", r#","refresh_token":"""#).unwrap().refresh_token.is_none());
    assert!(with("", r#","refresh_token":null"#).unwrap().refresh_token.is_none());
    assert_eq!(with("", r#","refresh_token":"r""#).unwrap().refresh_token, Some(Secret::new("r")));
    let typed = |file: &str, kind: &str| {
        let json = format!(r#"{{"access_token":"a","token_type":"{kind}"}}"#);
        let provider = crate::oauth::stage::provider(file);
        serde_json::from_str::<Answer>(&json).unwrap().accept(&provider).map(|tokens| tokens.token_type)
    };
    assert_eq!(typed("token-types = [\"bot\"]", "BOT").unwrap(), "Bearer");
    assert_eq!(typed("token-types = [\"\"]", "").unwrap(), "Bearer");
    assert!(typed("token-types = [\"bot\"]", "user").is_err());
    assert!(typed("", "bot").is_err());
}

#[test]
fn scopes_that_say_nothing_are_as_asked() {
    let of = |fields: &str| with("", fields).unwrap().scopes;
    assert_eq!(of(r#","scope":" a,,b ""#), Some(vec!["a".into(), "b".into()]));
    assert_eq!(of(r#","scope":["a","",7]"#), Some(vec!["a".into()]));
    for nothing in ["\" ,\"", "[]", "[\"\"]", "7", "null", "{}"] {
        assert_eq!(of(&format!(r#","scope":{nothing}"#)), None, "{nothing}");
    }
    // The plural counts where it lists and the singular does not.
    assert_eq!(of(r#","scopes":["c"]"#), Some(vec!["c".into()]));
    assert_eq!(of(r#","scopes":["c"],"scope":"a""#), Some(vec!["a".into()]));
    assert_eq!(of(r#","scopes":"c""#), None, "a text under this name is something else");
}

#[test]
fn what_is_kept_is_what_the_file_names_and_no_null() {
    let file = "keep = [\"bot_id\", \"gone\"]\nkeep-secret = [\"hook\"]";
    let tokens = with(file, r#","bot_id":"B1","gone":null,"hook":{"url":"https://x"},"other":1"#).unwrap();
    assert_eq!(tokens.extra.keys().collect::<Vec<_>>(), ["bot_id"]);
    assert_eq!(tokens.secrets.keys().collect::<Vec<_>>(), ["hook"]);
    assert_eq!(tokens.secrets["hook"].expose(), r#"{"url":"https://x"}"#);
}

#[test]
fn the_api_may_only_be_named_on_the_providers_hosts() {
    let file = "api-url = \"https://api.acme.example\"\napi-url-at = \"base\"\nhosts = [\"*.acme.example\"]";
    assert!(with(file, r#","base":"https://eu.acme.example""#).is_ok());
    assert!(with(file, "").is_ok() && with(file, r#","base":null"#).is_ok(), "it need not be named");
    for bad in [r#","base":"https://evil.example""#, r#","base":7"#, r#","base":"""#] {
        assert!(matches!(with(file, bad), Err(OauthError::Unsafe(_))), "{bad}");
    }
}

#[test]
fn the_subject_is_that_of_the_id_token() {
    use base64::Engine;
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let of = |claims: &str| {
        let token = format!("e30.{}.c2ln", engine.encode(claims));
        with("", &format!(r#","id_token":"{token}""#)).unwrap().subject
    };
    assert_eq!(of(r#"{"sub":"1066","aud":"x"}"#).as_deref(), Some("1066"));
    for nothing in ["{}", r#"{"sub":7}"#, "[]", "?"] {
        assert_eq!(of(nothing), None, "{nothing}");
    }
    for odd in [r#","id_token":"no dots""#, r#","id_token":"a.%.c""#, r#","id_token":7"#, ""] {
        assert_eq!(with("", odd).unwrap().subject, None, "{odd}");
    }
}

/// What the library asks of an answer is what the server said.
#[test]
fn an_answer_is_mute_and_tells_the_library_the_truth() {
    let json = r#"{"access_token":"hunter2","refresh_token":"hunter3","expires_in":60,"scope":"a"}"#;
    let answer: Answer = serde_json::from_str(json).unwrap();
    assert_eq!(format!("{answer:?}"), "***");
    assert_eq!(answer.access_token().secret(), "hunter2");
    assert_eq!(answer.token_type(), &BasicTokenType::Bearer);
    assert_eq!(answer.expires_in(), Some(Duration::from_secs(60)));
    assert_eq!(answer.refresh_token().map(|token| token.secret().as_str()), Some("hunter3"));
    assert!(answer.scopes().is_none(), "scopes are ours to read");
}
