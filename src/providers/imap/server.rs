//! Which server has a person's mail: what they chose, else what the provider file knows of the domain, else the usual
//! names below it. DNS service records (RFC 6186) are not asked: that would take a resolver of our own.

use std::fmt;

use crate::providers::{Mailbox, Options, Provider, Security};
use crate::vault::Identity;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Server {
    pub host: String,
    pub port: u16,
    pub security: Security,
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let security = match self.security {
            Security::Tls => "TLS",
            Security::StartTls => "STARTTLS",
            Security::None => "not encrypted",
        };
        write!(f, "{} (port {}, {security})", self.host, self.port)
    }
}

impl Server {
    fn new(host: &str, port: Option<u16>, security: Option<Security>) -> Server {
        let security = security.unwrap_or(if port == Some(143) { Security::StartTls } else { Security::Tls });
        let usual = if security == Security::Tls { 993 } else { 143 };
        Server { host: host.to_owned(), port: port.unwrap_or(usual), security }
    }

    /// The same name at two servers is two people, unless it says itself where it belongs.
    pub(super) fn identity(&self, user: &str) -> Identity {
        let id = if user.contains('@') { user.to_owned() } else { format!("{user}@{}", self.host) };
        Identity { id: Some(id), account: Some(user.to_owned()), workspace: None }
    }

    /// As the options of a grant.
    pub(crate) fn remember(&self, options: &mut Options) {
        let security = match self.security {
            Security::Tls => "tls",
            Security::StartTls => "starttls",
            Security::None => "none",
        };
        for (name, value) in
            [("host", self.host.as_str()), ("port", &self.port.to_string()), ("security", security)]
        {
            options.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// Where the mail of this server or domain is described.
pub(crate) fn mailbox_of<'a>(provider: &'a Provider, options: &Options) -> Option<&'a Mailbox> {
    let all = || provider.mailbox.values();
    if let Some(host) = options.get("host") {
        let host = host.split(':').next();
        return all().find(|mailbox| host == Some(mailbox.host.as_str()));
    }
    let domain = domain_of(options)?;
    all().find(|mailbox| mailbox.domains.contains(&domain))
}

fn domain_of(options: &Options) -> Option<String> {
    let (_, domain) = options.get("user")?.rsplit_once('@')?;
    Some(domain.to_ascii_lowercase()).filter(|domain| !domain.is_empty())
}

/// What a grant's options lead to; the error is the option that is wrong or missing.
pub(crate) fn chosen(provider: &Provider, options: &Options) -> Result<Server, &'static str> {
    candidates(provider, options)?.into_iter().next().ok_or("host")
}

/// The servers to try, in order.
pub(crate) fn candidates(provider: &Provider, options: &Options) -> Result<Vec<Server>, &'static str> {
    let security = match options.get("security").map(String::as_str) {
        None => None,
        Some("tls") => Some(Security::Tls),
        Some("starttls") => Some(Security::StartTls),
        Some("none") => Some(Security::None),
        Some(_) => return Err("security"),
    };
    let number = |text: &str| text.parse().ok().filter(|port| *port > 0).ok_or("port");
    let port = options.get("port").map(|port| number(port)).transpose()?;
    let known = mailbox_of(provider, options);
    if let Some(host) = options.get("host") {
        let (host, own) = match host.split_once(':') {
            Some((host, port)) => (host, Some(number(port)?)),
            None => (host.as_str(), None),
        };
        let (known_port, known_security) = known.map_or((None, None), |m| (m.port, m.security));
        let port = port.or(own).or(known_port);
        let security = security.or(known_security);
        // Which of the two a server has is found out only where nothing was said about it.
        let server = Server::new(host, port, security);
        let other = Server::new(host, None, Some(Security::StartTls));
        return Ok(if port.is_none() && security.is_none() { vec![server, other] } else { vec![server] });
    }
    if let Some(known) = known {
        return Ok(vec![Server::new(&known.host, port.or(known.port), security.or(known.security))]);
    }
    let Some(domain) = domain_of(options) else { return Err("host") };
    let hosts = [format!("imap.{domain}"), format!("mail.{domain}")];
    if port.is_some() || security.is_some() {
        return Ok(hosts.iter().map(|host| Server::new(host, port, security)).collect());
    }
    let ways = [Security::Tls, Security::StartTls];
    Ok(ways.iter().flat_map(|way| hosts.iter().map(|host| Server::new(host, None, Some(*way)))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::Catalogue;

    fn tried(pairs: &[(&str, &str)]) -> String {
        let provider = Catalogue::new("/nowhere".into()).provider("imap").unwrap();
        let options = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        match candidates(&provider, &options) {
            Ok(servers) => servers.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "),
            Err(option) => format!("no {option}"),
        }
    }

    #[test]
    fn where_the_mail_is() {
        let user = ("user", "me@Gmail.com");
        assert_eq!(tried(&[user]), "imap.gmail.com (port 993, TLS)");
        assert_eq!(tried(&[("user", "me@live.com")]), "outlook.office365.com (port 993, TLS)");
        assert_eq!(
            tried(&[("user", "me@example.org")]),
            "imap.example.org (port 993, TLS); mail.example.org (port 993, TLS); \
             imap.example.org (port 143, STARTTLS); mail.example.org (port 143, STARTTLS)"
        );
        let host = ("host", "mx.example.org");
        assert_eq!(
            tried(&[user, host]),
            "mx.example.org (port 993, TLS); mx.example.org (port 143, STARTTLS)"
        );
        assert_eq!(tried(&[user, host, ("port", "143")]), "mx.example.org (port 143, STARTTLS)");
        assert_eq!(tried(&[user, host, ("port", "1993")]), "mx.example.org (port 1993, TLS)");
        assert_eq!(tried(&[("host", "mx.example.org:993")]), "mx.example.org (port 993, TLS)");
        assert_eq!(tried(&[host, ("security", "starttls")]), "mx.example.org (port 143, STARTTLS)");
        assert_eq!(tried(&[("user", "me")]), "no host");
        assert_eq!(tried(&[host, ("port", "99999")]), "no port");
        assert_eq!(tried(&[host, ("port", "0")]), "no port");
    }
}
