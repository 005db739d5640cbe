//! A keychain behind the bus for tests: what it holds and how it behaves is set before it is asked.

use super::fake_bus::{Bytes, Heard, completed};

pub(super) const DEFAULT: &str = "/c/login";
const PROMPT: &str = "/prompt/p1";

#[derive(Clone)]
pub(super) struct FakeKeychain {
    pub(super) open: Vec<&'static str>,
    pub(super) locked_items: Vec<&'static str>,
    /// What GetSecrets gives for the items asked for; nothing when they vanished.
    pub(super) secrets: bool,
    pub(super) alias: &'static str,
    pub(super) collections: Vec<&'static str>,
    pub(super) locked: bool,
    /// Unlock and CreateItem answer with a prompt, which ends like this; `None`: it never ends.
    pub(super) prompts: bool,
    pub(super) dismissed: Option<bool>,
}

impl FakeKeychain {
    pub(super) fn new() -> Self {
        Self {
            open: Vec::new(),
            locked_items: Vec::new(),
            secrets: true,
            alias: DEFAULT,
            collections: vec![DEFAULT],
            locked: false,
            prompts: false,
            dismissed: Some(false),
        }
    }

    pub(super) fn answer(&self, heard: &Heard) -> Vec<u8> {
        let new = Bytes::default;
        let prompt = if self.prompts { PROMPT } else { "/" };
        match heard.member.as_str() {
            "OpenSession" => heard.reply("vo", new().signature("s").text("").text("/session/s1")),
            "SearchItems" => heard.reply("aoao", new().texts(&self.open).texts(&self.locked_items)),
            "GetSecrets" => {
                let asked = self.open.iter().filter(|item| self.secrets && heard.has(item));
                let secret = |bytes: Bytes, item: &&str| {
                    let value = format!("secret of {item}").into_bytes();
                    bytes
                        .align(8)
                        .text(item)
                        .align(8)
                        .text("/session/s1")
                        .array(1, |bytes| bytes)
                        .array(1, |bytes| bytes.raw(&value))
                        .text("text/plain")
                };
                heard.reply("a{o(oayays)}", new().array(8, |bytes| asked.fold(bytes, secret)))
            }
            "ReadAlias" => heard.reply("o", new().text(self.alias)),
            "CreateItem" if self.locked => heard.error("org.freedesktop.Secret.Error.IsLocked"),
            "CreateItem" | "CreateCollection" => heard.reply("oo", new().text("/").text(prompt)),
            "Unlock" => heard.reply("aoo", new().texts(&[]).text(prompt)),
            "Delete" => heard.reply("o", new().text("/")),
            // The end of the prompt arrives before the answer to the call that shows it.
            "Prompt" => match self.dismissed {
                Some(dismissed) => [completed(&heard.path, dismissed), heard.reply("", new())].concat(),
                None => heard.reply("", new()),
            },
            "Get" if heard.has("Locked") => heard.reply("v", new().signature("b").number(self.locked.into())),
            "Get" if heard.has("Collections") => {
                heard.reply("v", new().signature("ao").texts(&self.collections))
            }
            "Get" if heard.has("Modified") => {
                let age = heard.path.bytes().last().unwrap();
                heard.reply("v", new().signature("t").long(age.into()))
            }
            "Get" if heard.has("Attributes") => {
                let pair = |bytes: Bytes| bytes.align(8).text("username").text(&heard.path);
                heard.reply("v", new().signature("a{ss}").array(8, pair))
            }
            _ => heard.error("org.freedesktop.DBus.Error.UnknownMethod"),
        }
    }
}
