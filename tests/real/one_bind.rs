//! CB4: the port is ours before anybody can read it in a URL, and is never given up while the URL is good.
use crate::harness::{Oidc, Sealed, needs, strace};

#[test]
fn the_listener_stands_before_the_url_and_is_never_bound_again() {
    if !needs("one_bind", &["oidc-provider", "$strace"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[]), Sealed::new());
    server.known_to(&home);
    for wanted in ["loopback", "localhost"] {
        let options = ["-e", "trace=bind,listen,write"];
        let args = ["connect", "acme", "--no-browser", "--json", "--timeout", "1"];
        let file = home.home().join(".config/integ/providers/acme.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        home.provider("acme", &text.replace("redirect = \"loopback\"", &format!("redirect = \"{wanted}\"")));
        let Some((out, calls)) = strace(&home, &options, &args) else { return };
        out.exits(3).says("authorize");
        let at = |wanted: &dyn Fn(&String) -> bool| -> Vec<usize> {
            (0..calls.len()).filter(|&n| wanted(&calls[n])).collect()
        };
        let bound = at(&|line| line.contains(" bind(") && line.contains("sa_family=AF_INET"));
        let listening = at(&|line| line.contains(" listen("));
        let printed = at(&|line| line.contains(" write(1<"));
        let sockets = if wanted == "loopback" { 1 } else { 2 };
        let all = calls.join("\n");
        assert_eq!((bound.len(), listening.len()), (sockets, sockets), "{wanted}\n{all}");
        assert!(listening.last() < printed.first() && !printed.is_empty(), "{wanted}\n{all}");
        for n in bound {
            let loopback = calls[n].contains("\"127.0.0.1\"") || calls[n].contains("\"::1\"");
            assert!(loopback, "{wanted}: {}", calls[n]);
        }
    }
}
