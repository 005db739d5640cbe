//! The way without a listener: the person pastes the address that their browser ended on.

use super::attempt::Attempt;
use super::target::Target;
use super::{Connect, Settled};
use crate::app::App;
use crate::error::{Error, Kind};
use crate::oauth::{Server, read_callback};
use crate::output::{sanitise, secret_from_stdin};

pub(super) async fn sign_in(
    app: &App,
    arguments: &Connect,
    target: &Target,
    server: &Server,
    redirect_uri: &str,
) -> Result<Settled, Error> {
    let provider = &target.provider;
    if !app.prompt.is_allowed() && !arguments.paste {
        return Err(Error::new(
            Kind::InteractionNeeded,
            "somebody has to paste an address, and there is no terminal",
        )
        .help(format!("integ connect {} --paste reads it from standard input", target.name)));
    }
    let attempt = Attempt::new(app, arguments, target, server, redirect_uri).await?;
    let signin = attempt.begin(redirect_uri).await?;
    app.out.say(
        "Open this address in any browser and sign in. It ends on a page that does not load: that is as it",
    );
    app.out.say("should be. Copy the whole address of that page from the address bar and paste it here.");
    app.out.always(&sanitise::line(signin.url.as_str()));
    let pasted = if app.prompt.is_allowed() { app.prompt.secret("Address")? } else { secret_from_stdin()? };
    let (answer, iss) = read_callback(pasted.expose(), signin.state(), provider.uses_pkce())?;
    attempt.complete(signin, &answer, &iss).await
}
