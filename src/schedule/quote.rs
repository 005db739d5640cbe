//! How a text stands in each scheduler's file without being read as anything but itself.

/// For `sh -c`.
pub(crate) fn shell(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@+".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

/// For the command of a crontab line: cron ends it at a bare `%`.
pub(super) fn cron(text: &str) -> String {
    text.replace('%', r"\%")
}

/// For a word of `ExecStart=` or `Environment=` (systemd.syntax(7), systemd.unit(5)): C escapes, and no specifiers.
pub(super) fn systemd(text: &str) -> String {
    let inner: String = text
        .chars()
        .map(|c| match c {
            '"' | '\\' => format!("\\{c}"),
            '%' => "%%".to_owned(),
            c => c.to_string(),
        })
        .collect();
    format!("\"{inner}\"")
}

/// For the text of an XML element.
pub(super) fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

pub(super) fn from_xml(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_out_as_it_went_in() {
        for text in ["/usr/bin/integ", "/a b/it's 100%/\"x\"/$HOME/`id`/\\n/ä;&<", ""] {
            let line = format!("printf %s {}", shell(text));
            if cfg!(unix) {
                let said = std::process::Command::new("sh").args(["-c", &line]).output().unwrap().stdout;
                assert_eq!(String::from_utf8(said).unwrap(), text);
            }
            assert_eq!(from_xml(&xml(text)), text);
        }
        assert_eq!(systemd(r#"/a "b"\%h"#), r#""/a \"b\"\\%%h""#);
        assert_eq!(cron("date +%s"), r"date +\%s");
        assert_eq!(shell("--every"), "--every");
    }
}
