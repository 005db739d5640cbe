//! How providers divide a long answer into pages, as data. A style is recognised by what the answer holds, so that no
//! provider file has to name one; only a parameter that is called otherwise stands in it (`page-params`).

use http::HeaderMap;
use serde_json::Value;
use url::Url;

use super::Provider;

/// Where an answer says that there is more, and how the next request asks for it.
struct Style {
    /// The way into the answer.
    at: &'static [&'static str],
    goes: Goes,
    /// Only where the answer has this field as well.
    beside: Option<&'static str>,
}

enum Goes {
    /// It is the next page's address.
    Address,
    /// It is a parameter of this name: in the query, or in the body of a request that has one.
    Parameter(&'static str),
    /// It is whether this was the last page; pages are counted from 0 by a parameter of this name.
    Counted(&'static str),
}

/// In this order; the first that leads to a text counts.
const STYLES: &[Style] = &[
    Style { at: &["@odata.nextLink"], goes: Goes::Address, beside: None },
    Style { at: &["nextRecordsUrl"], goes: Goes::Address, beside: None },
    Style { at: &["nextPageToken"], goes: Goes::Parameter("pageToken"), beside: None },
    Style { at: &["response_metadata", "next_cursor"], goes: Goes::Parameter("cursor"), beside: None },
    Style { at: &["next_cursor"], goes: Goes::Parameter("start_cursor"), beside: Some("has_more") },
    Style { at: &["next_cursor"], goes: Goes::Parameter("cursor"), beside: None },
    Style { at: &["next_page", "offset"], goes: Goes::Parameter("offset"), beside: None },
    Style { at: &["paging", "next", "after"], goes: Goes::Parameter("after"), beside: None },
    Style { at: &["last_page"], goes: Goes::Counted("page"), beside: None },
];

/// An answer with such a field has pages after it, whether we find the next one or not.
const MORE: &[(&str, bool)] =
    &[("has_more", true), ("hasMore", true), ("isLast", false), ("last_page", false)];

/// What the next request has and this one had not.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Address(String),
    Parameter(String, String),
}

/// Whether the answer says that it is not the last page.
pub(crate) fn is_partial(body: &Value) -> bool {
    let says = |field: &str, what: bool| body.get(field) == Some(&Value::Bool(what));
    // A record may be `done` or not; a query's result has records.
    MORE.iter().any(|(field, what)| says(field, *what))
        || says("done", false) && body.get("records").is_some()
}

/// The next page, if there is one: a `Link` header (RFC 8288) goes before what the body says. `from`: where this one was.
pub(crate) fn next(provider: &Provider, from: &Url, headers: &HeaderMap, body: &Value) -> Option<Next> {
    if let Some(address) =
        headers.get_all(http::header::LINK).iter().find_map(|value| linked(value.to_str().ok()?))
    {
        return Some(Next::Address(address));
    }
    if body.get("has_more") == Some(&Value::Bool(false)) {
        return None;
    }
    STYLES.iter().find_map(|style| {
        style.beside.is_none_or(|field| body.get(field).is_some()).then_some(())?;
        let found = style.at.iter().try_fold(body, |at, step| at.get(*step))?;
        if let Goes::Counted(name) = style.goes {
            return (found == &Value::Bool(false)).then(|| following(from, name))?;
        }
        let text = found.as_str().map(str::to_owned).or_else(|| found.as_u64().map(|n| n.to_string()))?;
        match style.goes {
            _ if text.is_empty() => None,
            Goes::Address => Some(Next::Address(text)),
            Goes::Parameter(name) | Goes::Counted(name) => {
                let own = style.at.last().and_then(|field| provider.page_params.get(*field));
                Some(Next::Parameter(own.map_or(name, String::as_str).to_owned(), text))
            }
        }
    })
}

/// The number of the page after this one.
fn following(from: &Url, name: &str) -> Option<Next> {
    let current = from.query_pairs().find(|(own, _)| own == name).map(|(_, number)| number.into_owned());
    let current: u64 = current.map_or(Some(0), |number| number.parse().ok())?;
    Some(Next::Parameter(name.to_owned(), current.checked_add(1)?.to_string()))
}

/// The target of `<https://…>; rel="next"` among the links of one header.
fn linked(header: &str) -> Option<String> {
    let mut rest = header;
    while let Some((_, after)) = rest.split_once('<') {
        let (target, parameters) = after.split_once('>')?;
        // Up to the next link; a comma inside of quotes does not end this one.
        let mut quoted = false;
        let end = parameters.find(|c| {
            quoted ^= c == '"';
            c == ',' && !quoted
        });
        let (own, others) = parameters.split_at(end.unwrap_or(parameters.len()));
        let is_next =
            own.split(';').filter_map(|parameter| parameter.split_once('=')).any(|(name, value)| {
                let words = value.trim().trim_matches('"');
                name.trim().eq_ignore_ascii_case("rel")
                    && words.split(' ').any(|word| word.eq_ignore_ascii_case("next"))
            });
        if is_next {
            return Some(target.trim().to_owned());
        }
        rest = others;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(file: &str, from: &str, body: Value) -> Option<Next> {
        let provider: Provider = toml::from_str(&format!("title = \"X\"\n{file}")).unwrap();
        next(&provider, &from.parse().unwrap(), &HeaderMap::new(), &body)
    }

    #[test]
    fn a_parameter_may_have_another_name_and_pages_may_be_counted() {
        let own = include_str!("jira.toml").lines().find(|line| line.starts_with("page-params")).unwrap();
        let parameter = |name: &str, value: &str| Some(Next::Parameter(name.to_owned(), value.to_owned()));
        assert_eq!(of(own, "https://x/y", json!({"nextPageToken": "a"})), parameter("nextPageToken", "a"));
        let counted = |from, last| of("", from, json!({"tasks": [], "last_page": last}));
        assert_eq!(counted("https://x/y", false), parameter("page", "1"));
        assert_eq!(counted("https://x/y?a=b&page=4", false), parameter("page", "5"));
        assert_eq!((counted("https://x/y", true), counted("https://x/y?page=z", false)), (None, None));
    }

    #[test]
    fn an_answer_may_say_that_it_is_not_all() {
        for partial in [
            json!({"has_more": true}),
            json!({"hasMore": true}),
            json!({"isLast": false}),
            json!({"last_page": false}),
            json!({"done": false, "records": []}),
        ] {
            assert!(is_partial(&partial), "{partial}");
        }
        for whole in [json!({"has_more": false}), json!({"isLast": true}), json!({"done": false}), json!([1])]
        {
            assert!(!is_partial(&whole), "{whole}");
        }
    }

    #[test]
    fn every_style_is_recognised() {
        let next = |body: Value| of("", "https://x/y", body);
        let parameter = |name: &str, value: &str| Some(Next::Parameter(name.to_owned(), value.to_owned()));
        assert_eq!(
            next(json!({"done": false, "nextRecordsUrl": "/query/2"})),
            Some(Next::Address("/query/2".into()))
        );
        assert_eq!(next(json!({"nextPageToken": "a"})), parameter("pageToken", "a"));
        assert_eq!(next(json!({"response_metadata": {"next_cursor": "b"}})), parameter("cursor", "b"));
        assert_eq!(next(json!({"next_cursor": "c"})), parameter("cursor", "c"));
        assert_eq!(next(json!({"has_more": true, "next_cursor": "d"})), parameter("start_cursor", "d"));
        assert_eq!(next(json!({"data": [], "next_page": {"offset": "e"}})), parameter("offset", "e"));
        assert_eq!(next(json!({"paging": {"next": {"after": "f"}}})), parameter("after", "f"));
        assert_eq!(
            next(json!({"@odata.nextLink": "https://x/y"})),
            Some(Next::Address("https://x/y".into()))
        );
        for end in [
            json!({"has_more": false, "next_cursor": "e"}),
            json!({"has_more": true, "next_cursor": null}),
            json!({"response_metadata": {"next_cursor": ""}}),
            json!({"next_page": null}),
            json!([1, 2]),
            json!({}),
        ] {
            assert_eq!(next(end), None);
        }
    }

    #[test]
    fn links_are_read_with_their_parameters() {
        let page =
            "</x?page=1>; rel=\"first\", </x?page=3>; title=\"a, b\"; REL=\"prefetch next\", <z>; rel=last";
        assert_eq!(linked(page).as_deref(), Some("/x?page=3"));
        assert_eq!(linked("<y>; rel=next").as_deref(), Some("y"));
        for none in ["", "<a>; rel=\"last\"", "<a", "a; rel=next", "<a>; title=\"rel=next\""] {
            assert_eq!(linked(none), None, "{none}");
        }
    }
}
