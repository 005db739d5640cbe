//! The page a sign-in ends on. It stands alone (no script, no request to anywhere) and takes every text as hostile:
//! account names and error descriptions come from the provider.

use crate::output::sanitise;

const TEMPLATE: &str = include_str!("page.html");

/// Allows the one inline style of the template, by its hash, and nothing else.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
    style-src 'sha256-kVbP/zj0MozgKTO1mP40MGwYulekEeKwYBFl8nN3zdk='; \
    frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

pub(crate) struct Page {
    pub(crate) ok: bool,
    /// What happened, in one line: `Notion is connected`.
    pub(crate) title: String,
    /// A sentence below it, or nothing. A success adds by itself that the tab can be closed.
    pub(crate) message: String,
    /// Label and value: account, workspace, what the connection can do.
    pub(crate) details: Vec<(String, String)>,
    /// A command to type, or what a person can do about a failure.
    pub(crate) next: Option<String>,
}

impl Page {
    pub(crate) fn html(&self) -> String {
        let symbol = if self.ok {
            r#"<svg class="symbol ok" viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="24"/><path d="M14.5 24.8l6.6 6.6 12.6-13.6"/></svg>"#
        } else {
            r#"<svg class="symbol bad" viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="24"/><path d="M24 13.5v13.5M24 34v.1"/></svg>"#
        };
        // Escaped text holds no `<`, so it can never look like a mark that a later step would fill.
        TEMPLATE
            .replace("<!--symbol-->", symbol)
            .replace("<!--title-->", &escaped(&self.title))
            .replace("<!--message-->", &self.message())
            .replace("<!--details-->", &self.details())
            .replace("<!--next-->", &self.next())
            .replace("<!--close-->", self.close())
    }

    fn message(&self) -> String {
        match escaped(&self.message) {
            text if text.is_empty() => text,
            text => format!("<p>{text}</p>"),
        }
    }

    fn details(&self) -> String {
        if self.details.is_empty() {
            return String::new();
        }
        let rows: String = self
            .details
            .iter()
            .map(|(label, value)| {
                format!("<div><dt>{}</dt><dd><bdi>{}</bdi></dd></div>", escaped(label), escaped(value))
            })
            .collect();
        format!("<dl>{rows}</dl>")
    }

    fn next(&self) -> String {
        let Some(command) = &self.next else {
            return String::new();
        };
        let lead = if self.ok { "Next, in the terminal:" } else { "What helps, in the terminal:" };
        format!(r#"<div class="next"><p>{lead}</p><code>{}</code></div>"#, html(&sanitise::line(command)))
    }

    fn close(&self) -> &'static str {
        if self.ok {
            r#"<p class="close">You can close this tab and go back to the terminal.</p>"#
        } else {
            ""
        }
    }
}

fn escaped(text: &str) -> String {
    html(&sanitise::excerpt(text))
}

fn html(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(c),
        }
    }
    html
}

#[cfg(test)]
mod tests;
