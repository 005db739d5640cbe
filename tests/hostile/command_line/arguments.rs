//! CL9: arguments that no person would type.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;

use crate::evil::Evil;
use crate::home::{Home, walk};

#[test]
fn cl09_a_name_is_never_a_path_or_an_option() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    let long = "x".repeat(65);
    let huge = "x".repeat(100_000);
    let bad = [
        "",
        " ",
        "/",
        "//",
        "a/",
        "/a",
        "a/b/c",
        "..",
        "../x",
        "evil/..",
        "evil/../../x",
        ".hidden",
        "evil/.x",
        "-",
        "a:b",
        "a\nb",
        "a\tb",
        "EVIL",
        "CON:",
        "a b",
        "а",
        "evil\u{202e}",
        "évil",
        "a\\b",
        "~",
        "$HOME",
        "a;b",
        "*",
        "evil/a~b",
        long.as_str(),
        huge.as_str(),
    ];
    let before = walk(&home.path("home")).len();
    for name in bad {
        for command in ["token", "connect", "refresh", "test", "status"] {
            let output = home.call(&[command, "--", name]).run();
            assert_eq!(output.code, 2, "{command} {:.80?}\n{:.2000}", name, output.transcript());
        }
        home.call(&["rename", "evil", "--", name]).run().exits(&[2]);
        home.call(&["disconnect", "--yes", "--", name]).run().exits(&[2]);
        home.call(&["--profile", name, "status"]).run().exits(&[2]);
    }
    assert_eq!(walk(&home.path("home")).len(), before, "something was made");
    home.run(&["token", "evil"]).exits(&[0]);
}

#[test]
fn cl09_names_reserved_elsewhere_are_plain_names() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    for name in ["evil/con", "evil/nul", "evil/a.b-c_d", "evil/0"] {
        let grant = home.fresh(&evil, name);
        assert_eq!(home.run(&["token", name]).exits(&[0]).out().trim(), grant.access);
    }
}

#[test]
fn cl09_bytes_that_are_no_text_are_refused() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let broken = OsString::from_vec(b"ev\xffil".to_vec());
    for command in ["token", "connect", "status", "refresh", "providers"] {
        home.call(&[OsString::from(command), broken.clone()]).run().exits(&[2]);
    }
    home.call(&[broken]).run().exits(&[2]);
}

#[test]
fn cl09_values_out_of_range_are_refused_with_the_right_ones() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    for args in [
        &["token", "evil", "--min-valid", "soon"][..],
        &["token", "evil", "--min-valid", "-5"],
        &["token", "evil", "--min-valid", "99999999999999999999"],
        &["token", "evil", "--lock-wait", "x"],
        &["connect", "evil", "--timeout", "1y"],
        &["connect", "evil", "--port", "70000"],
        &["status", "--color", "purple"],
        &["api", "evil", "/x", "-X", "GE T"],
        &["api", "evil", "/x", "-H", "no colon"],
        &["api", "evil", "/x", "-H", "A: b\r\nX-Injected: 1"],
        &["config", "set", "no.such.key", "1"],
        &["config", "set", "limits.deadline", "banana"],
        &["config", "get", "no.such.key"],
        &["completions", "tcsh9"],
    ] {
        home.run(args).exits(&[2]);
    }
    assert_eq!(evil.log("api").len(), 0);
}
