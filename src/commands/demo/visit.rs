//! Plays the person who consents: goes where a browser would go.

use http::{Method, header};
use url::Url;

use crate::app::App;
use crate::error::{Error, Kind};
use crate::http::Request;

/// From the consent page to the listener.
const STEPS: u8 = 4;

/// Goes to the address and wherever it leads. Not with `App::block_on`: a signal has to reach the stage, which tidies
/// up, and would end us here.
pub(super) fn follow(app: &App, url: &Url) -> Result<(), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let http = app.http()?;
        let mut url = url.clone();
        for _ in 0..STEPS {
            let answer = http.send(Request::new(Method::GET, url.clone()), http.limits().deadline).await?;
            let next = answer.headers.get(header::LOCATION).and_then(|value| value.to_str().ok());
            match next.map(|next| url.join(next)) {
                Some(Ok(next)) => url = next,
                _ => return Ok(()),
            }
        }
        Err(Error::new(Kind::ProviderError, "the consent page leads nowhere"))
    })
}
