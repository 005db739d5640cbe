//! A rule that says where tasks of a kind go: `tag:work=linear/ENG`, `word:invoice=clickup/Office`, `kind:event=google`.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub when: When,
    /// `NAME` or `NAME/LIST`
    pub to: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// A tag of the task.
    Tag(String),
    /// A word of the title, or several in a row.
    Word(String),
    /// `event`: made from an event; `link`: it has an address; `task`: any other.
    Kind(String),
}

pub(crate) const KINDS: [&str; 3] = ["event", "link", "task"];

impl Rule {
    pub(crate) fn parse(text: &str) -> Result<Rule, String> {
        let wrong = || {
            format!("`{text}` is no rule: use tag:TAG=NAME/LIST, word:WORD=NAME/LIST or kind:KIND=NAME/LIST")
        };
        let (what, rest) = text.split_once(':').ok_or_else(wrong)?;
        let (value, to) = rest.split_once('=').ok_or_else(wrong)?;
        let (value, to) = (value.trim(), to.trim());
        if value.is_empty() || to.is_empty() {
            return Err(wrong());
        }
        let value = value.to_lowercase();
        let when = match what.trim() {
            "tag" => When::Tag(value),
            "word" => When::Word(value),
            "kind" if KINDS.contains(&value.as_str()) => When::Kind(value),
            "kind" => return Err(format!("`{value}` is no kind of task: use {}", KINDS.join(", "))),
            _ => return Err(wrong()),
        };
        Ok(Rule { when, to: to.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_has_a_condition_and_a_place() {
        let rule = Rule::parse("tag: Work = linear/ENG").unwrap();
        assert_eq!(rule, Rule { when: When::Tag("work".into()), to: "linear/ENG".into() });
        assert_eq!(Rule::parse("word:a=b=c").unwrap().to, "b=c");
        for bad in ["", "work=linear", "tag:=x", "tag:x=", "kind:x=y", "color:x=y"] {
            assert!(Rule::parse(bad).is_err(), "{bad}");
        }
    }
}
