//! Who may use the API (RFC 6750).

use hyper::StatusCode;

use super::answer::Refusal;
use super::people::Person;
use super::request::Request;
use super::state::State;

/// The person whose token this is, if it allows one of `scopes`; with none named, any token will do.
pub(crate) fn check(state: &State, request: &Request, scopes: &[&str]) -> Result<&'static Person, Refusal> {
    let refused = |why| Refusal::new(StatusCode::UNAUTHORIZED, "invalid_token", why);
    let given = request.authorization().and_then(|value| value.split_once(' '));
    let Some((_, token)) = given.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) else {
        // No reason is given to a client that did not try (RFC 6750, 3.1).
        return Err(refused("a bearer token is needed").challenge("Bearer realm=\"sandbox\""));
    };
    let Some((access, family)) = state.grants.access(token.trim(), state.now()) else {
        let challenge = "Bearer realm=\"sandbox\", error=\"invalid_token\", \
                         error_description=\"the access token is unknown, expired or revoked\"";
        return Err(refused("the access token is unknown, expired or revoked").challenge(challenge));
    };
    if scopes.is_empty() || scopes.iter().any(|scope| access.scopes.contains(scope)) {
        return Ok(family.person);
    }
    let needed = scopes.join(" ");
    let challenge = format!("Bearer realm=\"sandbox\", error=\"insufficient_scope\", scope=\"{needed}\"");
    let why = format!("the access token lacks the scope {needed}");
    Err(Refusal::new(StatusCode::FORBIDDEN, "insufficient_scope", why).challenge(challenge))
}
