//! `connect --dry-run`: the sign-in without a browser, a listener and an answer.

use super::arguments::Connect;
use super::attempt::Attempt;
use super::settle::Settled;
use super::target::Target;
use crate::app::App;
use crate::error::Error;
use crate::oauth::{Redirect, Server};
use crate::vault::Secret;

/// Shows what the browser would be sent to, then what its answer would be exchanged for.
pub(super) async fn sign_in(
    app: &App,
    arguments: &Connect,
    target: &Target,
    server: &Server,
    redirect: &Redirect,
) -> Result<Settled, Error> {
    let redirect_uri =
        redirect.unheard().ok_or_else(|| Error::usage("there is no sign-in in a browser to show"))?;
    let attempt = Attempt::new(app, arguments, target, server, &redirect_uri).await?;
    let signin = attempt.begin(&redirect_uri).await?;
    app.sketch_browser(&signin.url);
    let tokens = signin.exchange(&attempt.context()?, server, &Secret::new("CODE")).await?;
    attempt.settle(tokens).await
}
