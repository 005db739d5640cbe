//! Calls a provider's API with a connection's token.

mod body;
mod call;
mod caller;
mod fields;
mod show;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use clap::Args;
use http::Method;

use super::name_argument;
use crate::app::{App, speaks_http};
use crate::error::{Error, Kind};
use crate::http::Budget;
use crate::name::Name;
use crate::providers::{self, pages};
use body::Body;
pub(super) use body::read as read_input;
use call::{Call, header};
use caller::Caller;
use show::Shown;

/// A listing that is longer than this does not end (pages).
const MOST_PAGES: usize = 10_000;

/// Call a provider's API
///
/// The path stands below the provider's API address; a whole URL must be on one of its hosts. The body of the answer
/// comes as the provider sent it; on a terminal JSON is laid out. A refused answer is printed too, and the exit code
/// tells.
#[derive(Args)]
pub(crate) struct Api {
    /// The connection
    #[arg(value_parser = name_argument)]
    name: Name,
    /// A path such as /v1/users/me, or a URL
    path: String,
    /// The method: GET, or POST where there are fields or an input
    #[arg(short = 'X', long, value_name = "METHOD", value_parser = method_argument)]
    method: Option<Method>,
    /// A text field; `a[b]=c` and `a[]=c` nest
    #[arg(short = 'f', long = "raw-field", value_name = "KEY=VALUE")]
    raw_fields: Vec<String>,
    /// A field that may be true, false, null or a number; @FILE and @- (standard input) stand for a content
    #[arg(short = 'F', long = "field", value_name = "KEY=VALUE")]
    typed_fields: Vec<String>,
    /// A further request header
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<call::Header>,
    /// The body of the request, from a file or from standard input (-)
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Follow the pages of a listing to its end
    #[arg(long)]
    paginate: bool,
    /// Print the status and the headers of the answer too
    #[arg(short, long)]
    include: bool,
    /// Show what would be sent, with its secrets masked; send and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

impl Api {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let call = self.call()?;
        let (name, grant) = app.connection(&self.name)?;
        app.subject.set(Some(name.to_string()));
        let provider = app.provider(&grant)?;
        speaks_http(&provider, &name)?;
        crate::app::reachable(&provider)?;
        let http = app.api_http()?;
        // Refused before anything is sent anywhere, a refresh included.
        providers::Api::new(&provider, http, &grant, Budget::starting_now(http.limits().deadline))
            .url(&call.path)?;
        let mut caller = Caller::new(app, &name, &provider, http, grant);
        let mut shown = Shown::new(app, self.include);
        let outcome = app.block_on(self.ask(&mut caller, call, &mut shown))?;
        shown.finish(outcome)
    }

    /// One page, or all of them; each is shown as it comes.
    async fn ask(&self, caller: &mut Caller<'_>, mut call: Call, shown: &mut Shown<'_>) -> Result<(), Error> {
        let mut seen = std::collections::HashSet::new();
        for _ in 0..MOST_PAGES {
            if !seen.insert(fingerprint(&call)) {
                return Err(endless(caller, "it repeats a page"));
            }
            let reply = caller.ask(&call).await?;
            let body =
                (self.paginate && reply.error.is_none()).then(|| reply.answer.json().unwrap_or_default());
            let next =
                body.as_ref().and_then(|body| caller.next_page(&reply.url, &reply.answer.headers, body));
            shown.answer(&reply)?;
            match (reply.error, next) {
                (Some(error), _) => return Err(error),
                (None, None) if body.as_ref().is_some_and(pages::is_partial) => {
                    return Err(cut_off(caller));
                }
                (None, None) => return Ok(()),
                (None, Some(next)) => call.turn_to(next, &reply.url)?,
            }
        }
        Err(endless(caller, &format!("it has more than {MOST_PAGES} pages")))
    }

    fn call(&self) -> Result<Call, Error> {
        let stdin_fields = self.typed_fields.iter().filter(|field| field.ends_with("=@-")).count();
        let stdin_input = usize::from(self.input.as_deref().is_some_and(|path| path == "-"));
        if stdin_fields + stdin_input > 1 {
            return Err(Error::usage("standard input can be read once only"));
        }
        let fields = fields::read(&self.raw_fields, &self.typed_fields)?;
        let sends = !fields.is_empty() || self.input.is_some();
        let method = self.method.clone().unwrap_or(if sends { Method::POST } else { Method::GET });
        let takes_body = matches!(method, Method::POST | Method::PUT | Method::PATCH);
        let (body, query) = match &self.input {
            Some(path) => (Body::Bytes(body::read(path)?), fields::query(&fields)),
            None if takes_body && !fields.is_empty() => (Body::Json(fields::document(&fields)?), Vec::new()),
            None => (Body::None, fields::query(&fields)),
        };
        Ok(Call { method, path: self.path.clone(), query, headers: self.headers.clone(), body })
    }
}

fn fingerprint(call: &Call) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&call.path, &call.query, call.body.bytes()).hash(&mut hasher);
    hasher.finish()
}

fn endless(caller: &Caller<'_>, why: &str) -> Error {
    Error::new(Kind::ProviderError, format!("the listing of {} does not end: {why}", caller.title()))
}

/// Half of a listing must not be taken for the whole.
fn cut_off(caller: &Caller<'_>) -> Error {
    let message =
        format!("there is more than this, and {} does not say where in a way that is known", caller.title());
    Error::new(Kind::ProviderError, message)
        .help("ask for the next page without --paginate, as the provider's documentation says")
}

/// TRACE would send the token back; CONNECT is no request to a provider.
fn method_argument(text: &str) -> Result<Method, String> {
    match Method::from_bytes(text.to_ascii_uppercase().as_bytes()) {
        Ok(Method::TRACE | Method::CONNECT) | Err(_) => {
            Err("use GET, POST, PUT, PATCH, DELETE, HEAD, …".into())
        }
        Ok(method) => Ok(method),
    }
}
