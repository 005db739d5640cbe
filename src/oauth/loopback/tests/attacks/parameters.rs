//! Right place, wrong parameters.

use super::*;

pub(super) fn knocks(port: u16) -> Vec<Knock> {
    let swapped: String = STATE
        .chars()
        .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect();
    let short = &STATE[..STATE.len() - 1];
    let other = "A".repeat(STATE.len());
    let s = STATE;
    let long = "x".repeat(4097);
    [
        ("none", String::new()),
        ("empty query", "?".into()),
        ("state missing", format!("?code={CODE}")),
        ("state empty", format!("?code={CODE}&state=")),
        ("state wrong", format!("?code={CODE}&state={other}")),
        ("state short", format!("?code={CODE}&state={short}")),
        ("state long", format!("?code={CODE}&state={s}A")),
        ("state case swapped", format!("?code={CODE}&state={swapped}")),
        ("state twice", format!("?code={CODE}&state={s}&state={s}")),
        ("state twice, wrong first", format!("?code={CODE}&state={other}&state={s}")),
        ("state twice, wrong last", format!("?code={CODE}&state={s}&state={other}")),
        ("state name in other case", format!("?code={CODE}&State={s}")),
        ("state[]", format!("?code={CODE}&state[]={s}")),
        ("error without state", "?error=access_denied".into()),
        ("error, wrong state", format!("?error=access_denied&state={other}")),
        ("error, empty state", "?error=access_denied&state=".into()),
        ("error empty", format!("?error=&state={s}")),
        ("error twice", format!("?error=a&error=b&state={s}")),
        ("error description twice", format!("?error=a&error_description=b&error_description=c&state={s}")),
        ("code missing", format!("?state={s}")),
        ("code empty", format!("?code=&state={s}")),
        ("code twice", format!("?code={CODE}&code={CODE}&state={s}")),
        ("code and error", format!("?code={CODE}&error=access_denied&state={s}")),
        ("code and empty error", format!("?code={CODE}&error=&state={s}")),
        ("code too long", format!("?code={long}&state={s}")),
        ("code with CRLF", format!("?code=a%0d%0aX-Injected:%201&state={s}")),
        ("code with space", format!("?code=a+b&state={s}")),
        ("code with DEL", format!("?code=a%7f&state={s}")),
        ("code with letters beyond ASCII", format!("?code=%C3%A9&state={s}")),
        ("NUL", format!("?code={CODE}&state={s}&x=%00")),
        ("bad percent", format!("?code={CODE}&state={s}&x=%zz")),
        ("cut percent", format!("?code={CODE}&state={s}&x=%4")),
        ("invalid UTF-8", format!("?code={CODE}&state={s}&x=%ff%fe")),
        ("surrogate", format!("?code={CODE}&state={s}&x=%ed%a0%80")),
        ("many parameters", format!("?code={CODE}&state={s}{}", "&a=b".repeat(100))),
    ]
    .map(|(name, query)| Knock(name, &[400], plain_get(port, &format!("/callback{query}"))))
    .into_iter()
    .collect()
}
