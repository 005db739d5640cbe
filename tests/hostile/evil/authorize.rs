//! `/authorize` plays a person's consent: it sends the browser back, honestly or not. A mode says which requests the
//! browser makes, one after the other.

use std::fmt::Write as _;

use super::api::HOSTILE;
use super::grants::Code;
use super::wire::{self, Answer, Request};
use super::{State, canary};

pub(crate) struct Consent {
    pub(crate) redirect_uri: String,
    pub(crate) state: String,
    pub(crate) code: String,
    pub(crate) issuer: String,
}

impl Consent {
    fn back(&self, params: &[(&str, &str)]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(params);
        format!("{}?{}", self.redirect_uri, query.finish())
    }

    pub(crate) fn good(&self) -> String {
        self.back(&[("code", &self.code), ("state", &self.state)])
    }

    fn issued_by(&self, issuer: &str) -> String {
        self.back(&[("code", &self.code), ("state", &self.state), ("iss", issuer)])
    }

    fn error(&self, description: &str) -> String {
        self.back(&[("error", "access_denied"), ("error_description", description), ("state", &self.state)])
    }

    fn refused(&self, error: &str, description: &str) -> String {
        self.back(&[("error", error), ("error_description", description), ("state", &self.state)])
    }

    fn moved(&self, path: &str) -> String {
        self.good().replacen("/callback", path, 1)
    }
}

/// Each line is a request: `GET url`, `HEAD url`, `POST url body`, or `TOUCH url` (connect and leave).
type Visits = fn(&Consent) -> Vec<String>;

pub(crate) const MODES: &[(&str, Visits)] = &[
    ("ok", |c| vec![format!("GET {}", c.good())]),
    ("iss-right", |c| vec![format!("GET {}", c.issued_by(&c.issuer))]),
    ("iss-wrong", |c| vec![format!("GET {}", c.issued_by("https://honest.example"))]),
    ("iss-missing", |c| vec![format!("GET {}", c.good())]),
    ("iss-dup", |c| vec![format!("GET {}&iss=https%3A%2F%2Fhonest.example", c.issued_by(&c.issuer))]),
    ("iss-slash", |c| vec![format!("GET {}", c.issued_by(&format!("{}/", c.issuer)))]),
    ("code-long", |c| vec![format!("GET {}", c.back(&[("code", &"a".repeat(60_000)), ("state", &c.state)]))]),
    ("code-crlf", |c| {
        let code = format!("{}\r\nX-Injected: 1\r\n", c.code);
        vec![format!("GET {}", c.back(&[("code", &code), ("state", &c.state)]))]
    }),
    ("code-missing", |c| {
        vec![format!("GET {}", c.back(&[("state", &c.state)])), format!("GET {}", c.good())]
    }),
    ("code-unknown", |c| vec![format!("GET {}", c.back(&[("code", &canary("code")), ("state", &c.state)]))]),
    ("double-callback", |c| vec![format!("BOTH {}", c.good())]),
    ("prefetch-callback", |c| {
        let root = c.redirect_uri.trim_end_matches("/callback");
        vec![
            format!("HEAD {}", c.good()),
            format!("GET {}", c.redirect_uri),
            format!("GET {root}/favicon.ico"),
            format!("TOUCH {}", c.redirect_uri),
            format!("GET {}", c.good()),
        ]
    }),
    // A fragment never reaches a server: the listener sees a callback without parameters.
    ("fragment", |c| vec![format!("GET {}", c.redirect_uri), format!("GET {}", c.good())]),
    ("form-post", |c| {
        let body = c.good().split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default();
        vec![format!("POST {} {body}", c.redirect_uri), format!("GET {}", c.good())]
    }),
    ("callback-post", |c| vec![format!("POST {} x=1", c.good()), format!("GET {}", c.good())]),
    ("wrong-path", |c| vec![format!("GET {}", c.moved("/elsewhere")), format!("GET {}", c.good())]),
    ("denied", |c| vec![format!("GET {}", c.error("the person said no"))]),
    ("busy", |c| vec![format!("GET {}", c.refused("temporarily_unavailable", "come back"))]),
    ("broken", |c| vec![format!("GET {}", c.refused("server_error", "oops"))]),
    ("client-refused", |c| vec![format!("GET {}", c.refused("unauthorized_client", "not this one"))]),
    ("redirect-refused", |c| vec![format!("GET {}", c.refused("redirect_uri_mismatch", "not registered"))]),
    ("approval", |c| vec![format!("GET {}", c.refused("access_denied", "AADSTS90094: ask your admin"))]),
    ("error-xss", |c| {
        vec![format!("GET {}", c.error("<script>alert(1)</script><img src=x onerror=alert(2)>"))]
    }),
    ("error-ansi", |c| vec![format!("GET {}", c.error(HOSTILE))]),
];

pub(crate) const PUSH_MODES: &[&str] =
    &["ok", "par-refused", "par-no-uri", "par-expired", "par-html", "par-redirect-other", "par-busy"];

/// RFC 9126: takes the request over the back channel and gives a name for it.
pub(crate) fn push(state: &mut State, request: &Request, mode: &str) -> Answer {
    let says = |status: &str, document: serde_json::Value| wire::json(status, &document);
    match mode {
        "par-refused" => {
            let words = "the redirect URI is not registered";
            return says(
                "400 Bad Request",
                serde_json::json!({"error": "invalid_request", "error_description": words}),
            );
        }
        "par-no-uri" => return says("201 Created", serde_json::json!({"expires_in": 60})),
        "par-expired" => {
            return says("201 Created", serde_json::json!({"request_uri": "urn:x:1", "expires_in": 0}));
        }
        "par-html" => return wire::http("201 Created", &[("Content-Type", "text/html")], "<html>"),
        "par-redirect-other" => {
            return wire::http(
                "307 Temporary Redirect",
                &[("Location", &format!("{}/par", state.other))],
                "",
            );
        }
        "par-busy" => return wire::http("503 Service Unavailable", &[("Retry-After", "7")], ""),
        _ => {}
    }
    let name = format!("urn:ietf:params:oauth:request_uri:{}", state.pushed.len());
    state.pushed.insert(name.clone(), wire::form(&request.body));
    wire::json("201 Created", &serde_json::json!({"request_uri": name, "expires_in": 60}))
}

/// The request as it was pushed. In the browser's address nothing else may stand.
fn unpushed(state: &mut State, request: &Request) -> Request {
    let Some(pushed) = request.param("request_uri").and_then(|name| state.pushed.remove(name)) else {
        return request.clone();
    };
    if request.query.iter().any(|(key, _)| key != "client_id" && key != "request_uri") {
        state.problems.push(format!("more than the name of a pushed request: {:?}", request.query));
    }
    Request { query: pushed, ..request.clone() }
}

pub(crate) fn answer(state: &mut State, request: &Request, mode: &str) -> Answer {
    let request = &unpushed(state, request);
    let param = |name: &str| request.param(name).unwrap_or_default().to_owned();
    let consent = Consent {
        redirect_uri: param("redirect_uri"),
        state: param("state"),
        code: canary("code"),
        issuer: state.base.clone(),
    };
    let faults = examine(request, &consent);
    state.problems.extend(faults);
    let code = Code {
        challenge: param("code_challenge"),
        redirect_uri: consent.redirect_uri.clone(),
        client_id: param("client_id"),
        scope: param("scope"),
        used: false,
    };
    // A code that arrives with line breaks is the provider's own: it would take it back.
    state.grants.codes.insert(consent.code.clone(), code);
    let visits =
        MODES.iter().find(|(name, _)| *name == mode).map(|(_, visits)| visits(&consent)).unwrap_or_default();
    match visits.as_slice() {
        [only] if only.starts_with("GET ") => wire::http("302 Found", &[("Location", &only[4..])], ""),
        _ => {
            let mut page = String::new();
            visits.iter().for_each(|visit| writeln!(page, "{visit}").unwrap());
            wire::http("200 OK", &[("Content-Type", "application/x-visits")], page)
        }
    }
}

/// AR1: what an authorization request must look like.
fn examine(request: &Request, consent: &Consent) -> Vec<String> {
    let mut faults = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            faults.push(format!("{what}: {:?}", request.query));
        }
    };
    let unreserved = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
    let challenge = request.param("code_challenge").unwrap_or_default();
    must(request.param("response_type") == Some("code"), "response_type");
    must(request.param("code_challenge_method") == Some("S256"), "challenge method");
    must(challenge.len() == 43 && unreserved(challenge), "challenge");
    must(consent.state.len() >= 22 && unreserved(&consent.state), "state shorter than 128 bits");
    let literal = ["http://127.0.0.1:", "http://[::1]:"].iter().any(|p| consent.redirect_uri.starts_with(p));
    let elsewhere =
        ["http://localhost:", "https://", "urn:"].iter().any(|p| consent.redirect_uri.starts_with(p));
    must(literal || elsewhere, "redirect_uri");
    must(
        request.query.iter().all(|(key, _)| !key.contains("secret") && key != "code_verifier"),
        "a secret in the URL",
    );
    let mut names: Vec<_> = request.query.iter().map(|(key, _)| key).collect();
    names.sort();
    names.dedup();
    must(names.len() == request.query.len(), "a parameter twice");
    faults
}
