//! CL2: at its most talkative, and whatever the libraries below are asked to say, no piece of a secret is told. (Which
//! pieces count is a standing invariant; every way in which a token endpoint can answer is met as loudly in group TE.)

use std::fs;

use crate::evil::Evil;
use crate::home::{Home, private_file, provider_toml};

#[test]
fn cl02_the_loudest_log_holds_no_piece_of_a_secret() {
    for (auth, format) in [("body", "text"), ("basic", "json")] {
        let evil = Evil::start();
        let mut home = Home::new(&evil);
        home.set("RUST_LOG", "trace,hyper=trace,rustls=trace,reqwest=trace").set("INTEG_LOG", "debug");
        home.provider("evil", &provider_toml(&evil, &[("client-auth", &format!("\"{auth}\""))]));
        private_file(
            &home.config().join("config.toml"),
            format!("[log]\nformat = \"{format}\"\n").as_bytes(),
        );
        home.connect_with_secret(&evil);
        let log = home.path("home/integ.log").to_str().unwrap().to_owned();
        let key = home.run(&["vault", "recipient"]).exits(&[0]).out().trim().to_owned();
        let out = home.path("home/bundle.age").to_str().unwrap().to_owned();
        evil.mode("me", "echo-auth");
        for (args, codes) in [
            (&["test", "evil"][..], &[1][..]),
            (&["refresh", "evil", "--force"], &[0]),
            (&["api", "evil", "/api/x", "-f", "a=b"], &[0]),
            (&["api", "evil", "/api/x", "--include"], &[0]),
            (&["status", "--check"], &[0]),
            (&["status"], &[0]),
            (&["doctor"], &[0, 1, 3]),
            (&["run", "--with", "evil", "--", "/bin/true"], &[0]),
            (&["export", "evil", "--to", &key, "--output", &out], &[0]),
            (&["token", "evil"], &[0]),
            (&["disconnect", "evil", "--yes"], &[0]),
        ] {
            let loud = [args, &["-vvv", "--log-file", &log]].concat();
            // What stands behind `--` is the program's.
            let loud = match args.first() {
                Some(&"run") => [&["-vvv", "--log-file", &log], args].concat(),
                _ => loud,
            };
            home.run(&loud).exits(codes);
        }
        let told = fs::read_to_string(&log).unwrap();
        for place in ["/token", "/me", "/api/x", "/revoke"] {
            assert!(told.contains(place), "nothing was told of {place}:\n{told}");
        }
    }
}
