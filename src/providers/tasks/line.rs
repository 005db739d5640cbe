//! The line to one connection's tasks: requests at the provider's pace, answers judged.

use http::{HeaderMap, Method, StatusCode};
use serde_json::Value;
use url::Url;

use super::memo::{Listing, Memo};
use crate::http::{HttpError, Request};
use crate::providers::pages::{self, Next};
use crate::providers::{Answered, Api, ApiError, Refusal, failure};

/// A listing that is longer than this is not read to its end (pages).
const MOST_PAGES: usize = 200;

/// Why something did not come about.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// No answer, or none that may be used.
    Api(ApiError),
    /// The token is no longer good.
    Rejected(Box<Refusal>),
    MissingScope(Box<Refusal>),
    /// Not now. 429 stands for every way of saying: not so fast; nothing was done then.
    Later {
        status: u16,
        at: Option<i64>,
    },
    /// A plain no, for good.
    Refused {
        status: u16,
        refusal: Box<Refusal>,
    },
    /// It said yes, and not what came of it.
    Odd,
    /// What was asked for cannot be put to this provider: in our words, found before anything was created.
    Unfit(String),
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Trouble {
        Trouble::Api(error)
    }
}

/// An answer that has not been judged yet.
pub(crate) struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

pub(crate) struct Line<'a> {
    pub api: Api<'a>,
    /// Where the tasks are, where that is not the API's own base.
    pub base: Option<&'a str>,
    /// How often what changes nothing is tried.
    pub tries: u32,
    /// What this run has read, and since when (unix seconds) it would have to be read to be enough.
    pub memo: Option<(&'a Memo, i64)>,
}

impl Line<'_> {
    /// A path of this API; each `{}` stands for the next of `parts`, which may hold anything.
    pub(crate) fn url(&self, path: &str, parts: &[&str]) -> Result<Url, Trouble> {
        let mut filled = String::new();
        let mut parts = parts.iter();
        for (place, piece) in path.split("{}").enumerate() {
            if place > 0 {
                let part = parts.next().copied().unwrap_or_default();
                // `.` and `..` would be ways through the path, however they are escaped.
                if part.chars().all(|c| c == '.') {
                    return Err(Trouble::Unfit(format!("`{part}` is no id")));
                }
                filled.push_str(&escaped(part));
            }
            filled.push_str(piece);
        }
        Ok(match self.base {
            Some(base) => self.api.url(&format!("{}{filled}", base.trim_end_matches('/')))?,
            None => self.api.url(&filled)?,
        })
    }

    pub(crate) fn get(&self, path: &str, parts: &[&str]) -> Result<Request, Trouble> {
        Ok(Request::new(Method::GET, self.url(path, parts)?).header("accept", "application/json"))
    }

    pub(crate) fn post(&self, path: &str, parts: &[&str], body: &Value) -> Result<Request, Trouble> {
        self.send_json(Method::POST, path, parts, body)
    }

    pub(crate) fn send_json(
        &self,
        method: Method,
        path: &str,
        parts: &[&str],
        body: &Value,
    ) -> Result<Request, Trouble> {
        Ok(Request::new(method, self.url(path, parts)?).header("accept", "application/json").json(body))
    }

    /// For what changes nothing when it is sent twice: tried again while the network or the provider is unwell.
    pub(crate) async fn ask(&self, request: Request) -> Result<Value, Trouble> {
        Ok(self.asked(request).await?.body)
    }

    async fn asked(&self, request: Request) -> Result<Reply, Trouble> {
        let mut tried = 1;
        loop {
            let outcome = match self.once(request.clone()).await {
                Ok(reply) => return Ok(reply),
                Err(trouble) => trouble,
            };
            let pause = match &outcome {
                Trouble::Api(ApiError::Http(error)) if error.is_transient() => None,
                Trouble::Later { at, .. } => at.map(|at| at.saturating_sub(crate::clock::now()).max(0)),
                _ => return Err(outcome),
            };
            if tried >= self.tries || !self.api.budget.pause(tried, pause).await {
                return Err(outcome);
            }
            tried += 1;
        }
    }

    /// Sends a request once.
    pub(crate) async fn once(&self, request: Request) -> Result<Reply, Trouble> {
        let (reply, refused) = self.raw(request).await?;
        refused.map_or(Ok(reply), Err)
    }

    /// Sends a request once; the answer, whatever it is, and what is wrong with it.
    pub(crate) async fn raw(&self, request: Request) -> Result<(Reply, Option<Trouble>), Trouble> {
        let answer = self.api.send(request).await?;
        let status = answer.status;
        let refused = failure(self.api.provider, self.api.token, &answer).map(|answered| match answered {
            Answered::Rejected(refusal) => Trouble::Rejected(refusal.into()),
            Answered::MissingScope(refusal) => Trouble::MissingScope(refusal.into()),
            Answered::Later { status, at, .. } => Trouble::Later { status, at },
            Answered::Refused(refusal) => {
                Trouble::Refused { status: status.as_u16(), refusal: refusal.into() }
            }
            Answered::As { .. } | Answered::Unknown => Trouble::Odd,
        });
        let body = match (answer.body.is_empty(), answer.json()) {
            (_, Some(body)) => body,
            (true, None) => Value::Null,
            // A captive portal says 200 too.
            (false, None) if refused.is_none() => return Err(Trouble::Odd),
            (false, None) => Value::Null,
        };
        Ok((Reply { status, headers: answer.headers, body }, refused))
    }

    /// The listing that `ask` brings, or one that was read before and shows all that an earlier try can have left.
    pub(super) async fn listed(
        &self,
        what: &[&str],
        ask: impl AsyncFnOnce() -> Result<Vec<Value>, Trouble>,
    ) -> Result<Listing, Trouble> {
        match self.memo {
            Some((memo, not_before)) => memo.listing(what, not_before, ask).await,
            None => Ok(ask().await?.into()),
        }
    }

    /// Every item of a listing, from all its pages; `at`: the field that holds them (empty: the answer itself).
    pub(crate) async fn all(&self, request: Request, at: &str) -> Result<Vec<Value>, Trouble> {
        let (mut found, mut request) = (Vec::new(), request);
        for _ in 0..MOST_PAGES {
            let mut reply = self.asked(request.clone()).await?;
            let next = pages::next(self.api.provider, &request.url, &reply.headers, &reply.body);
            let items = if at.is_empty() {
                reply.body.take()
            } else {
                reply.body.get_mut(at).map(Value::take).unwrap_or_default()
            };
            match items {
                Value::Array(items) => found.extend(items),
                _ => return Err(Trouble::Odd),
            }
            match next {
                None => break,
                Some(Next::Address(address)) => {
                    let url = request.url.join(&address).map_err(|_| Trouble::Odd)?;
                    request.url = self.api.url(url.as_str())?;
                }
                Some(Next::Parameter(name, value)) => turn_to(&mut request, &name, &value),
            }
        }
        Ok(found)
    }
}

/// The next page's parameter goes where the request's own are.
fn turn_to(request: &mut Request, name: &str, value: &str) {
    if let Ok(Value::Object(mut body)) = serde_json::from_slice::<Value>(&request.body) {
        body.insert(name.to_owned(), value.into());
        request.body = Value::Object(body).to_string().into_bytes();
        return;
    }
    let kept: Vec<(String, String)> =
        request.url.query_pairs().filter(|(own, _)| own != name).map(|(n, v)| (n.into(), v.into())).collect();
    request.url.query_pairs_mut().clear().extend_pairs(kept).append_pair(name, value);
}

/// One segment of a path, or one value of a query, whatever is in it.
fn escaped(part: &str) -> String {
    let text: String = url::form_urlencoded::byte_serialize(part.as_bytes()).collect();
    text.replace('+', "%20")
}

impl HttpError {
    /// Another try may succeed.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, HttpError::Unreachable { .. } | HttpError::TimedOut { .. } | HttpError::Broken { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_segment_of_a_path() {
        assert_eq!(escaped("a/b?c#d é"), "a%2Fb%3Fc%23d%20%C3%A9");
        assert_eq!(escaped("@default"), "%40default");
    }

    #[test]
    fn a_page_follows_a_page() {
        let mut request = Request::new(Method::GET, "https://x.example/a?limit=2&cursor=1".parse().unwrap());
        turn_to(&mut request, "cursor", "a b");
        assert_eq!(request.url.as_str(), "https://x.example/a?limit=2&cursor=a+b");
        let mut post = Request::new(Method::POST, "https://x.example/q".parse().unwrap());
        post = post.json(&serde_json::json!({"page_size": 100}));
        turn_to(&mut post, "start_cursor", "c");
        assert_eq!(post.body, br#"{"page_size":100,"start_cursor":"c"}"#);
    }
}
