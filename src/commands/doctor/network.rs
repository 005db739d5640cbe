//! Sockets of this machine, proxies, roots; and the providers, when a person asks for it.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

use http::Method;
use url::Url;

use super::{Check, Ground, accounts};
use crate::app::{App, environment, reachable};
use crate::clock;
use crate::error::{Error, Kind};
use crate::http::Request;
use crate::providers::{Protocol, Provider};

pub(super) fn loopback(_: &Ground<'_>) -> Vec<Check> {
    let binds = |address: SocketAddr| TcpListener::bind(address).map(drop);
    let v4 = binds((Ipv4Addr::LOCALHOST, 0).into());
    let v6 = binds((Ipv6Addr::LOCALHOST, 0).into());
    vec![match (v4, v6) {
        (Ok(()), Ok(())) => Check::fine("loopback", "127.0.0.1 and ::1 can be listened on"),
        (Ok(()), Err(_)) => Check::fine("loopback", "127.0.0.1 can be listened on; this machine has no ::1"),
        (Err(why), Ok(())) => {
            let help = "sign-ins listen on ::1; a provider that insists on 127.0.0.1 needs --paste";
            Check::warning("loopback", format!("127.0.0.1 cannot be listened on: {why}"), help)
        }
        (Err(why), Err(_)) => {
            let error = Error::new(Kind::Storage, format!("this machine cannot listen to itself: {why}"));
            Check::failure("loopback", error.help("sign in with --paste or --device"))
        }
    }]
}

/// A proxy's address may hold a password: its host is all that is shown.
pub(super) fn proxy(_: &Ground<'_>) -> Vec<Check> {
    let set =
        |names: [&'static str; 2]| names.into_iter().find_map(|name| Some((name, environment::text(name)?)));
    let mut words = Vec::new();
    for names in [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]] {
        let Some((name, value)) = set(names) else { continue };
        let with_scheme = if value.contains("://") { value } else { format!("http://{value}") };
        let url: Option<Url> = with_scheme.parse().ok().filter(Url::has_host);
        let Some(url) = url else {
            return vec![Check::warning(
                "proxy",
                format!("{name} is not the address of a proxy"),
                format!("mend or unset {name}"),
            )];
        };
        let port = url.port().map_or(String::new(), |port| format!(":{port}"));
        words.push(format!("{name} leads through {}{port}", url.host_str().unwrap_or("?")));
    }
    if words.is_empty() {
        return vec![Check::fine("proxy", "none: providers are asked directly")];
    }
    if let Some((name, hosts)) = set(["NO_PROXY", "no_proxy"]) {
        words.push(format!("{name} exempts {hosts}"));
    }
    words.push("this machine is never asked through it".into());
    vec![Check::fine("proxy", words.join("; "))]
}

pub(super) fn roots(ground: &Ground<'_>) -> Vec<Check> {
    let app = ground.app;
    let named = environment::text("SSL_CERT_FILE").map(|file| format!("SSL_CERT_FILE {file}"));
    let place = named.unwrap_or_else(|| "the system's".to_owned());
    let help = "install the system's CA certificates (ca-certificates), or name a file with SSL_CERT_FILE";
    let prove = || -> Result<String, Error> {
        // Settings that cannot be read say their own cure.
        let proven = app.http()?.check_roots();
        proven.map_err(|error| Error::from(error).about(&place).help(help))?;
        Ok(place.clone())
    };
    vec![Check::of("roots", prove())]
}

/// Further off than this and tokens are taken for fresh or stale when they are not (seconds).
const SKEW: i64 = 60;

/// Who answers, and what time it is there. No token is sent.
pub(super) fn online(ground: &Ground<'_>) -> Vec<Check> {
    let app = ground.app;
    let providers = accounts::in_use(ground);
    if providers.is_empty() {
        return vec![Check::fine("online", "nothing is connected, so nobody is asked")];
    }
    providers.iter().map(|provider| ask(app, provider)).collect()
}

fn ask(app: &App, provider: &Provider) -> Check {
    let name = format!("online {}", provider.name);
    if provider.protocol == Protocol::Imap {
        return Check::fine(&name, "not asked here: integ test opens the mailboxes");
    }
    if reachable(provider).is_err() {
        return Check::fine(&name, "where its API is turns out with the first connection");
    }
    let asked = || -> Result<Option<i64>, Error> {
        let url: Url =
            provider.api_base().parse().map_err(|_| Error::new(Kind::Config, "its address is not a URL"))?;
        let (http, budget) = (app.http()?, app.budget()?);
        let answer = app.block_on(http.send(Request::new(Method::GET, url), budget.left()))??;
        let date = answer.headers.get("date").and_then(|date| date.to_str().ok());
        Ok(date.and_then(clock::http_date))
    };
    match asked() {
        Err(error) => Check::failure(&name, error),
        Ok(None) => Check::fine(&name, "answers, and does not say what time it is"),
        Ok(Some(there)) => match clock::now() - there {
            skew if skew.abs() <= SKEW => Check::fine(&name, "answers, and the clocks agree"),
            skew => {
                let (words, side) =
                    (crate::duration::words(skew.abs()), if skew > 0 { "ahead of" } else { "behind" });
                let detail = format!("this machine's clock is {words} {side} the provider's");
                Check::warning(&name, detail, "set the clock (timedatectl set-ntp true)")
            }
        },
    }
}
