//! What is bound, and what is not.

use std::net::{Ipv6Addr, TcpListener};

use super::*;
use crate::oauth::loopback::bind;

fn fixed(host: Host, ports: &[u16]) -> Vec<Want> {
    ports.iter().map(|port| Want { host, port: Some(*port), path: "/callback".into() }).collect()
}

fn any(host: Host) -> [Want; 1] {
    [Want { host, port: None, path: "/callback".into() }]
}

fn has_ipv6() -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

#[test]
fn only_loopback_addresses_are_bound() {
    run(async {
        for (host, families) in [(Host::Ipv4, 1), (Host::Localhost, if has_ipv6() { 2 } else { 1 })] {
            let bound = bind::bind(&any(host)).unwrap().0;
            assert_eq!(bound.sockets.len(), families);
            for socket in &bound.sockets {
                let address = socket.local_addr().unwrap();
                assert!(address.ip().is_loopback());
                assert_eq!(address.port(), bound.port);
            }
        }
    });
}

#[test]
fn redirect_uri_names_what_is_bound() {
    run(async {
        let listener = Loopback::bind(&any_port()).await.unwrap();
        assert_eq!(listener.redirect_uri(), format!("http://127.0.0.1:{}/callback", listener.port()));

        let mut listener = Loopback::bind(&any(Host::Localhost)).await.unwrap();
        let port = listener.port();
        assert_eq!(listener.redirect_uri(), format!("http://localhost:{port}/callback"));
        let numeric = browser(port, &true_target());
        assert_eq!(status(&still_waiting(&mut listener, ask(port, &numeric)).await), 421);
        let named = numeric.replace("Host: 127.0.0.1", "Host: localhost");
        let addresses = if has_ipv6() { vec!["127.0.0.1", "::1"] } else { vec!["127.0.0.1"] };
        for (turn, address) in addresses.into_iter().enumerate() {
            let state = format!("{STATE}{turn}");
            let mut stream = TcpStream::connect((address, port)).await.unwrap();
            stream.write_all(named.replace(STATE, &state).as_bytes()).await.unwrap();
            listener.wait(&state).await.reply(connected()).await;
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert_eq!(status(&answer), 200, "{address}");
        }
    });
}

#[test]
fn a_taken_port_is_named_with_its_holder() {
    run(async {
        let holder = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = holder.local_addr().unwrap().port();
        for host in [Host::Ipv4, Host::Localhost] {
            let error = Loopback::bind(&fixed(host, &[port])).await.err().unwrap();
            let text = error.to_string();
            assert!(text.starts_with(&format!("port {port} is taken by ")), "{text}");
            if cfg!(target_os = "linux") {
                assert!(text.contains(&format!("pid {}", std::process::id())), "{text}");
            }
        }
    });
}

#[test]
fn the_next_registered_port_is_used() {
    run(async {
        let holder = TcpListener::bind("127.0.0.1:0").unwrap();
        let taken = holder.local_addr().unwrap().port();
        let mut ports = vec![taken];
        let free: Vec<TcpListener> = (0..8).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        ports.extend(free.iter().map(|socket| socket.local_addr().unwrap().port()));
        drop(free);
        let listener = Loopback::bind(&fixed(Host::Ipv4, &ports)).await.unwrap();
        assert!(ports[1..].contains(&listener.port()));
    });
}

#[test]
fn ports_that_are_all_taken_are_all_named() {
    run(async {
        let holders: Vec<TcpListener> = (0..2).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let ports: Vec<u16> = holders.iter().map(|socket| socket.local_addr().unwrap().port()).collect();
        let text = Loopback::bind(&fixed(Host::Ipv4, &ports)).await.err().unwrap().to_string();
        assert!(text.starts_with(&format!("ports {}, {} are all taken", ports[0], ports[1])), "{text}");
    });
}

#[test]
fn localhost_is_not_shared_with_a_squatter_on_the_other_family() {
    run(async {
        let Ok(squatter) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else {
            let listener = Loopback::bind(&any(Host::Localhost)).await.unwrap();
            return assert!(listener.redirect_uri().starts_with("http://localhost:"));
        };
        let port = squatter.local_addr().unwrap().port();
        let error = Loopback::bind(&fixed(Host::Localhost, &[port])).await.err().unwrap();
        assert!(matches!(error, BindError::PortTaken { .. }), "{error}");
    });
}

#[test]
fn the_port_is_ours_alone_and_closed_when_dropped() {
    run(async {
        let mut listener = Loopback::bind(&any_port()).await.unwrap();
        let port = listener.port();
        assert!(TcpListener::bind(("127.0.0.1", port)).is_err());
        assert!(TcpListener::bind(("0.0.0.0", port)).is_err());
        let second = Loopback::bind(&fixed(Host::Ipv4, &[port])).await;
        assert!(matches!(second, Err(BindError::PortTaken { .. })));
        completes(&mut listener).await;
        drop(listener);
        assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
        // At once again, although the first sign-in's connection is still in TIME_WAIT.
        if cfg!(target_os = "linux") {
            let mut again = Loopback::bind(&fixed(Host::Ipv4, &[port])).await.unwrap();
            completes(&mut again).await;
        }
    });
}

#[test]
fn ports_that_cannot_be_had_are_told_as_what_they_are() {
    let of = |ports: &[u16]| BindError::PortReserved { ports: ports.to_vec() }.to_string();
    let why = "the system keeps it for itself and lets no program of yours listen there";
    assert_eq!(of(&[80]), format!("port 80: {why}"));
    assert_eq!(of(&[80, 81]), format!("ports 80, 81: {why}"));
    let of = |ports: &[u16], holder: Option<&str>| {
        BindError::PortTaken { ports: ports.to_vec(), holder: holder.map(str::to_owned) }.to_string()
    };
    assert_eq!(of(&[1], Some("pid 7 (x)")), "port 1 is taken by pid 7 (x)");
    assert_eq!(of(&[1], None), "port 1 is taken by another program");
    assert_eq!(of(&[1, 2], Some("pid 7 (x)")), "ports 1, 2 are all taken, the first by pid 7 (x)");
    assert_eq!(of(&[1, 2], None), "ports 1, 2 are all taken by other programs");
}
