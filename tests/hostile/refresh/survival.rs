//! I2, sentence 2: whatever the provider answers, the next good answer works.

use crate::evil::Evil;
use crate::home::Home;

/// What any refresher must show: `token` is asked for while the provider fails, and once it does not.
pub(super) fn verdict(evil: &Evil, token: impl Fn() -> Result<String, String>) -> Result<(), String> {
    for mode in ["http-503", "http-200-html", "json-truncated", "error-unknown"] {
        evil.mode("token", mode);
        let told = token();
        if told.is_ok() {
            return Err(format!("a token out of {mode}"));
        }
    }
    evil.mode("token", "ok");
    let token = token()?;
    if evil.state().grants.is_live(&token) { Ok(()) } else { Err("a token that does not work".into()) }
}

#[test]
fn no_answer_makes_it_forget() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    let token = || {
        let output = home.run(&["refresh", "evil", "--force"]);
        if output.code != 0 {
            return Err(output.transcript());
        }
        Ok(home.run(&["token", "evil"]).exits(&[0]).out().trim().to_owned())
    };
    verdict(&evil, token).unwrap();
}
