use serde_json::Value;

use super::*;
use crate::oauth::keys;

fn machine(scopes: &[&str]) -> Machine {
    Machine { scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(), key: None }
}

fn key(id: Option<&str>, subject: Option<&str>) -> MachineKey {
    MachineKey {
        pem: Secret::new(keys::one()),
        id: id.map(str::to_owned),
        issuer: "robot@acme.example".into(),
        subject: subject.map(str::to_owned),
    }
}

/// Header and claims, once the signature has been verified.
fn read(assertion: &Secret) -> (Value, Value) {
    let parts: Vec<&str> = assertion.expose().split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("three parts") };
    let signed = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let known = rustls::crypto::ring::default_provider().signature_verification_algorithms.all;
    let fits = |algorithm: &&dyn rustls::pki_types::SignatureVerificationAlgorithm| {
        algorithm.verify_signature(&keys::one_public(), signed.as_bytes(), &signature).is_ok()
    };
    assert!(known.iter().any(fits), "the signature is not the key's");
    let json = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    (json(header), json(claims))
}

#[test]
fn a_key_that_cannot_sign_is_named() {
    let of = |text: String| check_key(&Secret::new(text));
    assert_eq!(of(keys::one()), Ok(()));
    assert_eq!(of(keys::two()), Ok(()), "PKCS#1");
    for (text, expected) in [
        (String::new(), KeyError::NoKey),
        ("ssh-rsa AAAA".into(), KeyError::NoKey),
        (keys::armoured("ENCRYPTED PRIVATE KEY", "MIIF\n"), KeyError::Locked),
        ("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n".into(), KeyError::Locked),
        (keys::short(), KeyError::Damaged),
        (keys::armoured("PRIVATE KEY", "MIIB\n"), KeyError::Damaged),
        (keys::armoured("EC PRIVATE KEY", "MIIB\n"), KeyError::NotRsa),
        (keys::elliptic(), KeyError::NotRsa),
    ] {
        assert_eq!(of(text), Err(expected));
    }
}

#[test]
fn it_says_who_asks_whom_for_what_and_for_how_long() {
    let endpoint: Url = "https://as.example/token".parse().unwrap();
    let rules = JwtBearer { scope_claim: true, ..JwtBearer::default() };
    let before = clock::now();
    let sealed = assertion(&rules, &machine(&["a", "b"]), &key(Some("k1"), Some("ada")), &endpoint, ",");
    let (header, claims) = read(&sealed.unwrap());
    assert_eq!(header, json!({"alg": "RS256", "typ": "JWT", "kid": "k1"}));
    for (name, expected) in
        [("iss", "robot@acme.example"), ("aud", "https://as.example/token"), ("sub", "ada"), ("scope", "a,b")]
    {
        assert_eq!(claims[name], expected, "{name}");
    }
    let issued = claims["iat"].as_i64().unwrap();
    assert!((before..=clock::now()).contains(&issued));
    assert_eq!(claims["exp"].as_i64(), Some(issued + LONGEST));
}

#[test]
fn what_is_not_asked_for_is_not_said() {
    let endpoint: Url = "https://as.example/token".parse().unwrap();
    let of = |rules: &JwtBearer, scopes: &[&str]| {
        read(&assertion(rules, &machine(scopes), &key(None, None), &endpoint, " ").unwrap())
    };
    let silent = JwtBearer { audience: Some("https://aud.example".into()), ..JwtBearer::default() };
    let (header, claims) = of(&silent, &["a"]);
    assert!(header.get("kid").is_none() && claims.get("sub").is_none() && claims.get("scope").is_none());
    assert_eq!(claims["aud"], "https://aud.example");
    let (_, claims) = of(&JwtBearer { scope_claim: true, ..JwtBearer::default() }, &[]);
    assert!(claims.get("scope").is_none(), "no scopes, no claim");
    for (life, expected) in [("5m", 300), ("3h", LONGEST), ("nonsense", LONGEST)] {
        let (_, claims) = of(&JwtBearer { life: Some(life.into()), ..JwtBearer::default() }, &[]);
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), expected, "{life}");
    }
}
