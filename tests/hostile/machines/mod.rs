//! Grants without a person: keys that sign, clients that ask for themselves, and their renewal.

mod client;
mod jwt;
pub(crate) mod keys;
mod malformed;
mod renewal;

use serde_json::{Value, json};

use crate::evil::Evil;
use crate::evil::machine::Rules;
use crate::home::{Home, Output, private_file, provider_toml};

pub(crate) const ROBOT: &str = "robot@project.iam.example";

/// A home where `evil` has service accounts, and no key may be seen.
pub(crate) fn home(evil: &Evil) -> Home {
    let mut home = Home::new(evil);
    home.provider("evil", &service_accounts(evil));
    home.secrets.extend(keys::marks());
    home
}

pub(crate) fn service_accounts(evil: &Evil) -> String {
    provider_toml(evil, &[]) + "\n[jwt-bearer]\nwhat = \"service account key\"\nscope-claim = true\n"
}

/// What Google's console would give.
pub(crate) fn document(evil: &Evil) -> Value {
    json!({
        "type": "service_account", "project_id": "project", "private_key_id": "kid-1",
        "private_key": keys::one(), "client_email": ROBOT, "client_id": "104",
        "auth_uri": format!("{}/authorize", evil.base), "token_uri": format!("{}/token", evil.base),
        "universe_domain": "googleapis.com",
    })
}

pub(crate) fn rules(evil: &Evil) -> Rules {
    Rules {
        public: keys::one_public(),
        key_id: Some("kid-1".into()),
        issuer: ROBOT.into(),
        subject: None,
        audience: format!("{}/token", evil.base),
        scope: Some("openid calendar.readonly calendar.events".into()),
        life: 3_600,
    }
}

/// Outside of what the leak detector looks through, as a download folder is.
pub(crate) fn key_file(home: &Home, text: &str) -> String {
    let path = home.path("downloads/key");
    private_file(&path, text.as_bytes());
    path.to_str().unwrap().to_owned()
}

/// `evil/robot`, connected with a key.
#[track_caller]
pub(crate) fn connect(evil: &Evil, home: &Home) -> Output {
    evil.state().grants.machine = Some(rules(evil));
    let file = key_file(home, &document(evil).to_string());
    let output = home.run(&["connect", "evil/robot", "--service-account", &file]);
    output.exits(&[0]);
    assert_eq!(evil.state().grants.machine_problems, Vec::<String>::new());
    output
}

/// The same, with an access token that has run out.
#[track_caller]
pub(crate) fn expired(evil: &Evil, home: &Home) {
    evil.state().grants.access_ttl = 1;
    connect(evil, home);
    evil.state().grants.access_ttl = 3_600;
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    evil.state().forget();
}
