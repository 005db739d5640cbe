//! The way for machines without a browser: a code that is entered on another device.

use serde_json::json;

use super::attempt::{Attempt, patience};
use super::target::Target;
use super::{Connect, Settled};
use crate::app::App;
use crate::error::Error;
use crate::oauth::{DeviceSignIn, OauthError, Server};
use crate::output::{Progress, sanitise};

pub(super) async fn sign_in(
    app: &App,
    arguments: &Connect,
    target: &Target,
    server: &Server,
) -> Result<Settled, Error> {
    let attempt = Attempt::new(app, arguments, target, server, "").await?;
    let context = attempt.context()?;
    let device = DeviceSignIn::begin(&context, server, &target.scopes).await?;
    if app.out.json {
        let complete = device.page_with_code.as_ref().unwrap_or(&device.page);
        app.out.object(json!({"v": 1, "event": "device", "user_code": device.user_code,
            "url": device.page.as_str(), "url_complete": complete.as_str()}))?;
    }
    app.out.always(&format!("Open  {}\nCode  {}", sanitise::line(device.page.as_str()), device.user_code));
    let progress = Progress::new(&app.out, 0, "Waiting for you to enter the code");
    let patience = patience(app, arguments)?;
    let tokens = match tokio::time::timeout(patience, device.wait(&context, server)).await {
        Ok(tokens) => tokens.map_err(|error| attempt.words(error))?,
        Err(_) => return Err(OauthError::TimedOut("the code was not entered in time".into()).into()),
    };
    drop(progress);
    attempt.settle(tokens).await
}
