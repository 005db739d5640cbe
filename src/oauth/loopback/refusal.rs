//! What a request gets that is not the answer. Each text is fixed: nothing of the request is repeated.

use crate::oauth::page::Page;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Malformed,
    Late,
    TooLarge,
    ForeignHost,
    Method,
    Head,
    Post,
    Preflight,
    Path,
    NotNavigation,
    Prefetch,
    NoQuery,
    State,
    Answer,
    AlreadyAnswered,
}

impl Refusal {
    pub(super) fn status(self) -> u16 {
        match self {
            Refusal::Malformed | Refusal::NoQuery | Refusal::State | Refusal::Answer => 400,
            Refusal::Preflight | Refusal::NotNavigation | Refusal::Prefetch => 403,
            Refusal::Path => 404,
            Refusal::Method | Refusal::Head | Refusal::Post => 405,
            Refusal::Late => 408,
            Refusal::AlreadyAnswered => 409,
            Refusal::ForeignHost => 421,
            Refusal::TooLarge => 431,
        }
    }

    /// No page for what is not a person looking at a tab.
    pub(super) fn page(self) -> Option<Page> {
        let (title, message) = match self {
            Refusal::Head | Refusal::Preflight | Refusal::NotNavigation | Refusal::Prefetch => return None,
            Refusal::Malformed => {
                ("Not understood", "This request is not one that a browser sends after a sign-in.")
            }
            Refusal::Late => ("Too slow", "The request did not arrive in time."),
            Refusal::TooLarge => (
                "Too large",
                "The request is larger than any answer to a sign-in. Cookies of other programs on this machine can \
                 cause that: try a private window.",
            ),
            Refusal::ForeignHost => {
                ("Wrong address", "This program answers only at the address it gave out.")
            }
            Refusal::Method => {
                ("Only GET is served here", "The answer to a sign-in arrives as a plain page visit.")
            }
            Refusal::Post => (
                "The answer came as a form",
                "The provider posted its answer (response_mode=form_post). It has to arrive in the address: remove \
                 response_mode from the provider file and sign in again. The sign-in in the terminal still waits.",
            ),
            Refusal::Path => ("Nothing here", "This program waits for a sign-in and serves nothing else."),
            Refusal::NoQuery => (
                "No answer in the address",
                "The address carries neither a code nor an error. If something follows a # in it, the provider used \
                 the implicit flow, which is not accepted: the app must use the authorization code flow. The sign-in \
                 in the terminal still waits.",
            ),
            Refusal::State => (
                "Not the sign-in that is waiting",
                "This answer belongs to another sign-in, perhaps one from an older tab. Use the newest link from the \
                 terminal: that sign-in still waits.",
            ),
            Refusal::Answer => (
                "The answer is not usable",
                "It must carry one code or one error. The sign-in in the terminal still waits: go through the \
                 provider's page once more.",
            ),
            Refusal::AlreadyAnswered => (
                "Already being handled",
                "This sign-in arrived before and is being completed. The terminal and the first tab say how it ends.",
            ),
        };
        Some(Page {
            ok: false,
            title: title.into(),
            message: message.into(),
            details: Vec::new(),
            next: None,
        })
    }
}

/// For a tab whose command ended before the exchange did.
pub(super) fn unfinished() -> Page {
    Page {
        ok: false,
        title: "The sign-in did not finish".into(),
        message: "The command was stopped before it could complete. Start it again in the terminal.".into(),
        details: Vec::new(),
        next: None,
    }
}
