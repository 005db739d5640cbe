use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::*;

fn page(text: &str) -> Page {
    Page {
        ok: true,
        title: text.into(),
        message: text.into(),
        details: vec![(text.into(), text.into())],
        next: Some(text.into()),
    }
}

#[test]
fn policy_allows_exactly_the_style_of_the_template() {
    let html = page("x").html();
    let (_, rest) = html.split_once("<style>").unwrap();
    let (style, rest) = rest.split_once("</style>").unwrap();
    let hash = format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(style)));
    assert!(CONTENT_SECURITY_POLICY.contains(&hash), "page.html changed: its style is now {hash}");
    assert!(!rest.contains("<style"));
}

#[test]
fn page_needs_nothing_from_anywhere() {
    let html = page("x").html();
    for forbidden in ["<script", "href", "src=", "url(", "@import", "http:", "https:", "style=", " on"] {
        let found = html.match_indices(forbidden).filter(|(at, _)| {
            // Prose may say "on"; an attribute handler is `on…=` inside a tag.
            forbidden != " on" || html[*at..].split(['>', '<']).next().is_some_and(|tag| tag.contains('='))
        });
        assert_eq!(found.count(), 0, "{forbidden}");
    }
    assert!(html.contains(r#"<html lang="en">"#) && html.contains(r#"role="status""#));
}

#[test]
fn every_mark_is_filled_and_texts_cannot_fill_one() {
    for ok in [true, false] {
        let html = Page { ok, ..page("<!--details--> <!--close-->") }.html();
        assert!(!html.contains("<!--"));
        assert!(html.contains("&lt;!--details--&gt;"));
    }
    let bare = Page {
        ok: true,
        title: "Linear is connected".into(),
        message: String::new(),
        details: vec![],
        next: None,
    };
    let html = bare.html();
    assert!(
        html.contains("<h1>Linear is connected</h1>") && !html.contains("<dl>") && !html.contains("<code>")
    );
    assert!(html.contains("You can close this tab"));
}

#[test]
fn hostile_text_is_only_text() {
    let html = page("<script>alert('1')</script>\"&\u{1b}[31m\u{202e}evil\u{9b}\0\u{7f}").html();
    assert!(!html.contains("<script") && !html.contains("alert('"));
    assert!(html.contains("&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&quot;&amp;"));
    for hidden in ['\u{1b}', '\u{202e}', '\u{9b}', '\0', '\u{7f}'] {
        assert!(!html.contains(hidden));
    }
}

#[test]
fn long_text_is_cut_but_a_command_stays_whole() {
    let html = page(&"é".repeat(1000)).html();
    assert!(html.contains(&format!("<h1>{}…</h1>", "é".repeat(300))));
    assert!(html.contains(&format!("<code>{}</code>", "é".repeat(1000))));
}

#[test]
fn what_is_not_there_leaves_no_empty_box() {
    let bare = Page { message: String::new(), details: Vec::new(), next: None, ..page("x") }.html();
    for empty in ["<p></p>", "<dl>", "<code>", "class=\"next\""] {
        assert!(!bare.contains(empty), "{empty}");
    }
    let full = page("x").html();
    for there in ["<p>x</p>", "<dl><div><dt>x</dt><dd><bdi>x</bdi></dd></div></dl>", "<code>x</code>"] {
        assert!(full.contains(there), "{there}");
    }
}
