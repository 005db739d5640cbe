//! The second half of a sign-in that another process began.

use std::time::Duration;

use super::arguments::Connect;
use super::attempt::{Attempt, patience};
use super::settle::Settled;
use super::target::Target;
use super::waiting::{self, Half, Waiting};
use super::{client, device, flow, paste};
use crate::app::{App, no_client};
use crate::error::Error;
use crate::name::Name;
use crate::oauth::SignIn;

pub(super) async fn finish(
    app: &App,
    arguments: &Connect,
    wanted: &str,
) -> Result<(Name, Settled, Vec<String>), Error> {
    let found = waiting::find(app, wanted);
    waiting::sweep(app);
    let waiting = found?;
    let Some(left) = waiting.left() else { return Err(waiting::gone(wanted)) };
    app.subject.set(Some(waiting.name.to_string()));
    let kept = Connect { timeout: arguments.timeout, ..waiting.arguments.to_keep() };
    let target = Target::of(app, &kept)?;
    let (target, server) = flow::meet(app, &kept, target).await?;
    let client = app.client(&target.provider)?.ok_or_else(|| no_client(&target.provider.name))?;
    waiting.check(&server, &client.id)?;
    let provider = client::with_its_auth(&target, &server, &client)?;
    target.settlement(&kept).prove(app).await?;
    let attempt = Attempt { app, arguments: &kept, target: &target, server: &server, client, provider };
    let patience = patience(app, &kept)?.min(left);
    let name = target.name.clone();
    let settled = second_half(&attempt, waiting, left, patience).await?;
    flow::finish(app, &target, &settled)?;
    Ok((name, settled, target.notes()))
}

async fn second_half(
    attempt: &Attempt<'_>,
    waiting: Waiting,
    left: Duration,
    patience: Duration,
) -> Result<Settled, Error> {
    let (app, id) = (attempt.app, waiting.id.as_str());
    match &waiting.half {
        Half::Browser(kept) => {
            let signin = SignIn::from(kept);
            if app.prompt.is_allowed() {
                paste::explain(app, &signin);
            }
            // What was pasted wrongly costs nothing: the sign-in still waits for what is right.
            let pasted = paste::ask(app, &signin, patience).await?;
            let (answer, iss) = pasted.ok_or_else(|| match attempt.nobody_pasted(patience) {
                error if patience < left => error.help(waiting::waits(app, id)),
                error => error,
            })?;
            waiting::claim(app, id).await?;
            match attempt.redeem(&attempt.context()?, &signin, &answer, &iss).await {
                Ok(tokens) => attempt.settle(tokens).await,
                Err(error) if error.left_no_trace() => {
                    waiting.store(app)?;
                    Err(attempt.words(error).help(waiting::waits(app, id)))
                }
                Err(error) => Err(attempt.spent(error)),
            }
        }
        Half::Device(kept) => {
            let device = kept.resume(left);
            device::tell(app, &device)?;
            let tokens = device::wait(attempt, device, patience).await;
            // A wait that was cut short may be taken up again; an answer is final.
            match tokens {
                Err(device::Failed::Later(error)) => Err(error),
                Err(error) => {
                    waiting::claim(app, id).await?;
                    Err(error.into())
                }
                Ok(tokens) => {
                    waiting::claim(app, id).await?;
                    attempt.settle(tokens).await
                }
            }
        }
    }
}
