//! Which addresses a token may be sent to.

use std::net::IpAddr;

use url::{Host, Url};

/// https with a host and without user info; http for this machine only.
pub(crate) fn safe(url: &Url) -> Result<(), &'static str> {
    if url.host().is_none() || !url.username().is_empty() || url.password().is_some() {
        return Err("needs a host and no user information");
    }
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        _ => Err("must be https (http only for this machine)"),
    }
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// Whether it leads to this machine by whatever name: where a stranger may not send us. (`is_loopback` is narrower, for it
/// says where plain http is allowed.)
pub(crate) fn leads_here(url: &Url) -> bool {
    let here = |ip: IpAddr| ip.to_canonical().is_loopback() || ip.to_canonical().is_unspecified();
    match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(Host::Ipv4(ip)) => here(ip.into()),
        Some(Host::Ipv6(ip)) => here(ip.into()),
        None => false,
    }
}

/// Whether `url` has the origin of `base`, or a host that one of the patterns names (on the usual port).
pub(crate) fn allowed(url: &Url, base: &Url, patterns: &[String]) -> bool {
    (safe(url).is_ok() && url.origin() == base.origin()) || listed(url, patterns)
}

pub(crate) fn listed(url: &Url, patterns: &[String]) -> bool {
    if safe(url).is_err() {
        return false;
    }
    let Some(host) = url.host_str() else { return false };
    patterns.iter().any(|pattern| match pattern.split_once(':') {
        Some((name, port)) => matches(host, name) && url.port().is_some_and(|p| p.to_string() == port),
        None => matches(host, pattern) && url.port().is_none(),
    })
}

/// `*.example.com` is any host below `example.com`, not `example.com` itself.
fn matches(host: &str, pattern: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(parent) => host.strip_suffix(parent).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        None => host == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_by_all_its_names() {
        for here in [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "127.1.2.3",
            "0x7f.1",
            "0.0.0.0",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:0.0.0.0]",
        ] {
            assert!(leads_here(&format!("https://{here}:8443/x").parse().unwrap()), "{here}");
        }
        for elsewhere in ["localhost.example", "127.a.example", "notlocalhost", "10.0.0.1", "[2001:db8::1]"] {
            assert!(!leads_here(&format!("https://{elsewhere}/x").parse().unwrap()), "{elsewhere}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine() {
        for good in ["https://a.example/x", "http://127.0.0.1:9/", "http://localhost/", "http://[::1]:1/"] {
            assert!(safe(&good.parse().unwrap()).is_ok(), "{good}");
        }
        for bad in [
            "http://a.example",
            "https://u@a.example",
            "file:///x",
            "javascript:alert(1)",
            "ftp://a.example",
            "http://127.0.0.1.evil.example/",
            "http://169.254.169.254/",
        ] {
            assert!(safe(&bad.parse().unwrap()).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_token_stays_with_its_hosts() {
        let base: Url = "https://api.example.com/v1".parse().unwrap();
        let patterns = ["files.example.com".to_owned(), "*.example.net".to_owned()];
        for good in ["https://api.example.com/v2/x", "https://files.example.com/", "https://a.b.example.net/"]
        {
            assert!(allowed(&good.parse().unwrap(), &base, &patterns), "{good}");
        }
        for bad in [
            "https://api.example.com.evil.example/",
            "https://example.net/",
            "https://xexample.net/",
            "http://api.example.com/",
            "https://api.example.com:8443/",
            "https://files.example.com:8443/",
        ] {
            assert!(!allowed(&bad.parse().unwrap(), &base, &patterns), "{bad}");
        }
    }
}
