//! What a person sees in the browser: the frame of every page, and the short ones.

use hyper::StatusCode;

use super::answer::Answer;
use super::consent::Decision;
use super::people::PEOPLE;
use super::random;

const STYLE: &str = include_str!("page.css");

/// `form_target` is where a form of this page may end up besides here.
pub(crate) fn frame(title: &str, content: &str, form_target: &str) -> Answer {
    let nonce = random::token("");
    let policy = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; form-action 'self' {form_target}; \
         base-uri 'none'; frame-ancestors 'none'"
    );
    let title = escape(title);
    let page = format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>{title}</title>
<style nonce="{nonce}">{STYLE}</style>
</head>
<body>
<main>
<p class="brand"><span aria-hidden="true"></span>Sandbox</p>
{content}
</main>
<footer>A practice provider on this machine. Nobody here is real, and nothing leaves it.</footer>
</body>
</html>
"#
    );
    Answer::html(page, policy)
}

/// The request cannot be answered to the app, or is over.
pub(crate) fn refused(why: &str) -> Answer {
    let content = format!(
        "<h1>This sign-in cannot go on</h1>\n<p>{}</p>\n<p class=\"quiet\">You can close this page.</p>",
        escape(why)
    );
    frame("This sign-in cannot go on", &content, "").status(StatusCode::BAD_REQUEST)
}

/// Where a person types the code that a device shows; `wrong` is what did not work.
pub(crate) fn user_code(wrong: Option<&str>) -> Answer {
    let (value, complaint) = match wrong {
        None => (String::new(), String::new()),
        Some(typed) => (
            escape(typed),
            "<p class=\"complaint\" id=\"complaint\">No device waits for this code. Compare it with the device, or start again \
             there.</p>\n"
                .to_owned(),
        ),
    };
    let described =
        if wrong.is_some() { " aria-invalid=\"true\" aria-describedby=\"complaint\"" } else { "" };
    let content = format!(
        r#"<h1>Connect a device</h1>
<p>Type the code that your device shows.</p>
{complaint}<form method="get" action="/device">
<label for="code">Code</label>
<input id="code" class="code" name="user_code" value="{value}" placeholder="XXXX-XXXX" maxlength="16" required
 autofocus autocomplete="off" autocapitalize="characters" spellcheck="false"{described}>
<button class="primary">Continue</button>
</form>"#
    );
    let answer = frame("Connect a device", &content, "");
    if wrong.is_some() { answer.status(StatusCode::NOT_FOUND) } else { answer }
}

pub(crate) fn device_done(decision: &Decision) -> Answer {
    let (title, words) = match decision {
        Decision::Deny => ("Your device was refused", "It gets nothing.".to_owned()),
        Decision::Allow { person, .. } => (
            "Your device is connected",
            format!("It signs in as {} in a moment. Look there to go on.", escape(person.name)),
        ),
    };
    let content =
        format!("<h1>{title}</h1>\n<p>{words}</p>\n<p class=\"quiet\">You can close this page.</p>");
    frame(title, &content, "")
}

pub(crate) fn home(base: &str) -> Answer {
    let people: String = PEOPLE
        .iter()
        .map(|person| format!("<li>{} <span>{}</span></li>\n", person.name, person.email))
        .collect();
    let content = format!(
        r#"<h1>The sandbox is running</h1>
<p>An OAuth provider to try things on, at <code>{base}</code>.</p>
<h2>Who can sign in</h2>
<ul class="plain">
{people}</ul>
<h2>What is here</h2>
<ul class="plain">
<li>Who am I <span><code>GET /me</code></span></li>
<li>A list in pages <span><code>GET /api/items</code></span></li>
<li>An echo <span><code>POST /api/echo</code></span></li>
<li>What a client can find out <span><a href="/.well-known/oauth-authorization-server">metadata</a></span></li>
<li>Where a device code is typed <span><a href="/device">device</a></span></li>
</ul>"#
    );
    frame("Sandbox", &content, "")
}

pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
