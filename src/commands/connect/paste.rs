//! The way without a listener: the person pastes the address that their browser ended on.

use super::attempt::Attempt;
use super::target::Target;
use super::{Connect, Settled, browser};
use crate::app::App;
use crate::error::{Error, Kind};
use crate::oauth::loopback::Host;
use crate::oauth::{Server, read_callback};
use crate::output::sanitise;

/// Nothing listens on it; a provider that takes any port takes this one.
const UNUSED_PORT: u16 = 53_187;

pub(super) async fn sign_in(
    app: &App,
    arguments: &Connect,
    target: &Target,
    server: &Server,
) -> Result<Settled, Error> {
    let provider = &target.provider;
    if !app.prompt.is_allowed() {
        return Err(Error::new(Kind::InteractionNeeded, "pasting an address needs a person at a terminal")
            .help(format!("at a terminal: integ connect {} --paste", target.name)));
    }
    let redirect_uri = match provider.redirect.as_deref() {
        Some(https) if https.starts_with("https:") => https.to_owned(),
        _ => {
            let want = browser::want(app, provider, arguments.port)?;
            let host = if want.host == Host::Ipv4 { "127.0.0.1" } else { "localhost" };
            format!("http://{host}:{}{}", want.ports.first().copied().unwrap_or(UNUSED_PORT), want.path)
        }
    };
    let attempt = Attempt::new(app, arguments, target, server, &redirect_uri).await?;
    let signin = attempt.begin(&redirect_uri).await?;
    app.out.say(
        "Open this address in any browser and sign in. It ends on a page that does not load: that is as it",
    );
    app.out.say("should be. Copy the whole address of that page from the address bar and paste it here.");
    app.out.always(&sanitise::line(signin.url.as_str()));
    let pasted = app.prompt.secret("Address")?;
    let (answer, iss) = read_callback(pasted.expose(), signin.state(), provider.uses_pkce())?;
    attempt.complete(signin, &answer, &iss).await
}
