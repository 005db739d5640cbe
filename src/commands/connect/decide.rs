//! Which way a sign-in takes, and why: from what was asked for, what the provider allows and where we run. It decides and
//! does nothing.

use crate::app::Surroundings;
use crate::providers::Way as Preferred;

/// What the command line says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub no_browser: bool,
    pub paste: bool,
    pub device: bool,
    /// Another process finishes it.
    pub detach: bool,
}

/// Where the provider may send the browser in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// To a listener on this machine.
    Here,
    /// To https only.
    Https,
    /// To a page of its own that shows the code.
    Shown,
    Nowhere,
}

/// What the provider allows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Offer {
    pub end: End,
    pub device: bool,
    pub prefer: Option<Preferred>,
    /// A code from the browser can be exchanged: the client has a secret, or the provider does without.
    pub exchangeable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// A listener here; `open`: and a browser is opened.
    Browser { open: bool },
    /// A code that is entered on another device.
    Device,
    /// The address that the browser ended on.
    Paste,
    /// The code that the provider's page shows.
    Code,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decision {
    pub way: Way,
    pub why: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Undecided {
    /// Somebody has to act and nobody is there; no way was named.
    NoTerminal,
    /// The provider has neither a browser nor a device in it.
    NoSignIn,
}

const ASKED: &str = "as asked";
const HTTPS: &str = "the provider redirects to https only, where no program on this machine can listen";
const SHOWN: &str = "the provider shows the code on its own page";
const NO_SECRET: &str = "the client has no secret, and this way needs none";

pub(super) fn decide(asked: Asked, offer: Offer, here: Surroundings) -> Result<Decision, Undecided> {
    let way = |way, why| Ok(Decision { way, why });
    // What takes an answer by hand, where nothing listens.
    let pasted = |why| match offer.end {
        End::Here => way(Way::Paste, why),
        End::Https => way(Way::Paste, HTTPS),
        End::Shown => way(Way::Code, SHOWN),
        End::Nowhere if offer.device => way(Way::Device, "the provider offers nothing else"),
        End::Nowhere => Err(Undecided::NoSignIn),
    };
    let elsewhere = |why| if offer.device { way(Way::Device, why) } else { pasted(why) };
    let prefers_device = offer.device && offer.prefer == Some(Preferred::Device);
    if asked.device {
        return way(Way::Device, ASKED);
    }
    if asked.paste {
        return pasted(ASKED);
    }
    if asked.detach && !asked.no_browser {
        return match prefers_device || (offer.device && !offer.exchangeable) {
            true => way(Way::Device, "the provider prefers it"),
            false => pasted("another process will finish it"),
        };
    }
    if asked.no_browser {
        return if offer.end == End::Here && !asked.detach {
            way(Way::Browser { open: false }, ASKED)
        } else {
            pasted(ASKED)
        };
    }
    if !here.terminal {
        let opens = here.browser && offer.end == End::Here && offer.exchangeable;
        return if opens {
            way(Way::Browser { open: true }, "$BROWSER is set")
        } else {
            Err(Undecided::NoTerminal)
        };
    }
    if prefers_device {
        return way(Way::Device, "the provider prefers it");
    }
    if offer.device && !offer.exchangeable {
        return way(Way::Device, NO_SECRET);
    }
    match offer.end {
        End::Https if offer.prefer != Some(Preferred::Browser) => return elsewhere(HTTPS),
        End::Here => {}
        _ => return pasted(HTTPS),
    }
    let open = Way::Browser { open: true };
    match here {
        _ if here.browser => way(open, "a browser is named in the settings"),
        _ if here.ssh => {
            elsewhere("this is an SSH session, and a browser of another machine cannot reach this one")
        }
        _ if here.wsl => way(open, "the browser of Windows reaches this Linux at localhost"),
        _ if here.container && !here.display => {
            elsewhere("this is a container, and a browser outside cannot reach it")
        }
        _ if !here.display => elsewhere("there is no display here for a browser"),
        _ => way(open, "there is a display here"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESK: Surroundings = Surroundings {
        terminal: true,
        browser: false,
        ssh: false,
        wsl: false,
        container: false,
        display: true,
    };
    const USUAL: Offer = Offer { end: End::Here, device: false, prefer: None, exchangeable: true };
    const BOTH: Offer = Offer { device: true, ..USUAL };
    const OPEN: Way = Way::Browser { open: true };

    fn way(asked: Asked, offer: Offer, here: Surroundings) -> Result<Way, Undecided> {
        decide(asked, offer, here).map(|decision| decision.way)
    }

    #[test]
    fn where_we_run_decides_what_a_person_left_open() {
        let server = Surroundings { display: false, ..DESK };
        for (here, usual, both) in [
            (DESK, OPEN, OPEN),
            (Surroundings { ssh: true, ..DESK }, Way::Paste, Way::Device),
            (Surroundings { ssh: true, browser: true, ..DESK }, OPEN, OPEN),
            (Surroundings { ssh: true, wsl: true, ..server }, Way::Paste, Way::Device),
            (server, Way::Paste, Way::Device),
            (Surroundings { browser: true, ..server }, OPEN, OPEN),
            (Surroundings { wsl: true, ..server }, OPEN, OPEN),
            (Surroundings { container: true, ..server }, Way::Paste, Way::Device),
            (Surroundings { container: true, ..DESK }, OPEN, OPEN),
        ] {
            assert_eq!(way(Asked::default(), USUAL, here), Ok(usual), "{here:?}");
            assert_eq!(way(Asked::default(), BOTH, here), Ok(both), "{here:?} with a device endpoint");
        }
    }

    #[test]
    fn what_the_provider_allows_goes_before_where_we_run() {
        let prefer = |way| Some(way);
        for (offer, expected) in [
            (Offer { end: End::Https, ..USUAL }, Ok(Way::Paste)),
            (Offer { end: End::Https, ..BOTH }, Ok(Way::Device)),
            (Offer { end: End::Https, prefer: prefer(Preferred::Browser), ..BOTH }, Ok(Way::Paste)),
            (Offer { end: End::Shown, ..USUAL }, Ok(Way::Code)),
            (Offer { end: End::Nowhere, ..BOTH }, Ok(Way::Device)),
            (Offer { end: End::Nowhere, ..USUAL }, Err(Undecided::NoSignIn)),
            (Offer { prefer: prefer(Preferred::Device), ..BOTH }, Ok(Way::Device)),
            (Offer { prefer: prefer(Preferred::Device), ..USUAL }, Ok(OPEN)),
            (Offer { exchangeable: false, ..BOTH }, Ok(Way::Device)),
            (Offer { exchangeable: false, ..USUAL }, Ok(OPEN)),
        ] {
            assert_eq!(way(Asked::default(), offer, DESK), expected, "{offer:?}");
        }
    }

    #[test]
    fn what_was_asked_for_goes_before_everything() {
        let asked = Asked::default();
        let nobody = Surroundings { terminal: false, display: false, ..DESK };
        let https = Offer { end: End::Https, ..USUAL };
        let device = Offer { prefer: Some(Preferred::Device), ..BOTH };
        for (asked, offer, expected) in [
            (Asked { device: true, ..asked }, USUAL, Way::Device),
            (Asked { paste: true, ..asked }, device, Way::Paste),
            (Asked { paste: true, ..asked }, Offer { end: End::Shown, ..USUAL }, Way::Code),
            (Asked { no_browser: true, ..asked }, device, Way::Browser { open: false }),
            (Asked { no_browser: true, ..asked }, https, Way::Paste),
            (Asked { no_browser: true, detach: true, ..asked }, USUAL, Way::Paste),
            (Asked { detach: true, ..asked }, device, Way::Device),
            (Asked { detach: true, ..asked }, BOTH, Way::Paste),
            (Asked { detach: true, device: true, ..asked }, USUAL, Way::Device),
        ] {
            assert_eq!(way(asked, offer, nobody), Ok(expected), "{asked:?} {offer:?}");
        }
    }

    #[test]
    fn without_a_terminal_nothing_is_guessed() {
        let nobody = Surroundings { terminal: false, ..DESK };
        let hidden = Surroundings { browser: true, ..nobody };
        assert_eq!(way(Asked::default(), USUAL, nobody), Err(Undecided::NoTerminal));
        assert_eq!(way(Asked::default(), BOTH, nobody), Err(Undecided::NoTerminal));
        assert_eq!(way(Asked::default(), USUAL, hidden), Ok(OPEN));
        assert_eq!(
            way(Asked::default(), Offer { end: End::Https, ..USUAL }, hidden),
            Err(Undecided::NoTerminal)
        );
    }
}
