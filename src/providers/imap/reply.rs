//! One line of a server, as far as it matters here.

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// `+`: the server waits for more. What follows may be base64.
    Continue(String),
    Status(Status),
    Capability(Vec<String>),
    /// How many messages are in the mailbox.
    Exists(u32),
    /// Data that nobody asked for, which a server may always send.
    Other,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Status {
    /// `None`: untagged.
    pub tag: Option<String>,
    pub word: Word,
    /// `AUTHENTICATIONFAILED`, in capitals, and what stands behind it in the brackets.
    pub code: String,
    pub detail: String,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    Ok,
    No,
    Bad,
    PreAuth,
    Bye,
}

impl Word {
    fn of(text: &str) -> Option<Word> {
        let words = [
            ("OK", Word::Ok),
            ("NO", Word::No),
            ("BAD", Word::Bad),
            ("PREAUTH", Word::PreAuth),
            ("BYE", Word::Bye),
        ];
        words.into_iter().find(|(name, _)| text.eq_ignore_ascii_case(name)).map(|(_, word)| word)
    }
}

/// `None`: this is not IMAP.
pub(super) fn read(line: &str) -> Option<Reply> {
    if let Some(text) = line.strip_prefix('+') {
        return Some(Reply::Continue(text.trim().to_owned()));
    }
    let (tag, rest) = line.split_once(' ')?;
    let (first, after) = rest.split_once(' ').unwrap_or((rest, ""));
    if tag != "*" {
        let known = matches!(Word::of(first)?, Word::Ok | Word::No | Word::Bad);
        return (known && is_tag(tag)).then(|| status(Some(tag.to_owned()), first, after)).flatten();
    }
    if let Some(status) = status(None, first, after) {
        return Some(status);
    }
    if first.eq_ignore_ascii_case("CAPABILITY") {
        return Some(Reply::Capability(words(after)));
    }
    match first.parse() {
        Ok(count) if after.trim().eq_ignore_ascii_case("EXISTS") => Some(Reply::Exists(count)),
        _ => Some(Reply::Other),
    }
}

fn status(tag: Option<String>, word: &str, text: &str) -> Option<Reply> {
    let word = Word::of(word)?;
    let bracketed = text.strip_prefix('[').and_then(|text| text.split_once(']'));
    let (code, text) = bracketed.unwrap_or(("", text));
    let (code, detail) = code.split_once(' ').unwrap_or((code, ""));
    Some(Reply::Status(Status {
        tag,
        word,
        code: code.to_ascii_uppercase(),
        detail: detail.to_owned(),
        text: text.trim().to_owned(),
    }))
}

/// Capabilities are compared in capitals.
pub(super) fn words(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_ascii_uppercase).collect()
}

fn is_tag(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// How many bytes follow the line as they are (`{12}` at its end). A status and a continuation never have such.
pub(super) fn literal(line: &str) -> Option<usize> {
    let data = line.strip_prefix("* ").filter(|rest| rest.split(' ').next().and_then(Word::of).is_none())?;
    let (_, count) = data.strip_suffix('}')?.rsplit_once('{')?;
    // Beyond any bound where it is no number that fits.
    count.bytes().all(|b| b.is_ascii_digit()).then(|| count.parse().unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status_of(line: &str) -> Status {
        match read(line) {
            Some(Reply::Status(status)) => status,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn what_servers_say() {
        let no = status_of("a1 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)");
        assert_eq!(
            (no.tag.as_deref(), no.word, no.code.as_str()),
            (Some("a1"), Word::No, "AUTHENTICATIONFAILED")
        );
        assert_eq!(no.text, "Invalid credentials (Failure)");
        let ok = status_of("* ok [capability IMAP4rev1 sasl-ir] ready [x]");
        assert_eq!(
            (ok.word, ok.code.as_str(), ok.detail.as_str()),
            (Word::Ok, "CAPABILITY", "IMAP4rev1 sasl-ir")
        );
        assert_eq!(status_of("* BYE").text, "");
        assert_eq!(status_of("a1 NO [broken").text, "[broken");
        assert_eq!(read("* 25 EXISTS"), Some(Reply::Exists(25)));
        assert_eq!(
            read("* CAPABILITY imap4rev1  AUTH=plain "),
            Some(Reply::Capability(words("IMAP4REV1 AUTH=PLAIN")))
        );
        assert_eq!(read("+ eyJ9"), Some(Reply::Continue("eyJ9".into())));
        assert_eq!(read("+"), Some(Reply::Continue(String::new())));
        assert_eq!(read("* 99999999999 EXISTS"), Some(Reply::Other));
    }

    #[test]
    fn what_is_not_imap() {
        for line in [
            "",
            "HTTP/1.1 400 Bad Request",
            "220 smtp.example ESMTP",
            "a1 BYE x",
            "\u{1b}[2J OK",
            "SSH-2.0-x",
        ] {
            assert_eq!(read(line), None, "{line:?}");
        }
    }

    #[test]
    fn literals_are_seen_where_they_may_stand() {
        assert_eq!(literal("* LIST () \"/\" {5}"), Some(5));
        assert_eq!(literal("* LIST {99999999999999999999999}"), Some(usize::MAX));
        for line in ["* OK text {5}", "a1 OK {5}", "+ {5}", "* LIST {x}", "* LIST 5}"] {
            assert_eq!(literal(line), None, "{line}");
        }
    }
}
