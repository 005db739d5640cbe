//! Licences, without a tool: what is built into the program on this platform, against the list in `deny.toml`. `tests/run`
//! asks `cargo deny` the same for all platforms, where it can be had.

use std::process::Command;

use serde_json::Value;

use crate::{here, table};

/// SPDX: whether one of what `OR` (or an old `/`) offers has only parts that are allowed.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    let text = expression.trim();
    let halves = |word: &str| {
        let mut depth = 0;
        text.char_indices().find_map(|(at, c)| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            let rest = text.get(at..)?;
            (depth == 0 && rest.starts_with(word)).then(|| (&text[..at], &rest[word.len()..]))
        })
    };
    for word in [" OR ", "/"] {
        if let Some((one, other)) = halves(word) {
            return is_allowed(one, allowed) || is_allowed(other, allowed);
        }
    }
    if let Some((one, other)) = halves(" AND ") {
        return is_allowed(one, allowed) && is_allowed(other, allowed);
    }
    match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => is_allowed(inner, allowed),
        None => allowed.contains(&text),
    }
}

#[test]
fn sc01_every_licence_is_one_of_those_that_were_agreed_to() {
    let deny = table("deny.toml");
    let allowed: Vec<&str> =
        deny["licenses"]["allow"].as_array().unwrap().iter().filter_map(toml::Value::as_str).collect();
    let version = Command::new("rustc").arg("-vV").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let out = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", host])
        .current_dir(here())
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let metadata: Value = serde_json::from_slice(&out.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "{} packages", packages.len());
    let refused: Vec<String> = packages
        .iter()
        .filter(|package| !package["license"].as_str().is_some_and(|text| is_allowed(text, &allowed)))
        .map(|package| format!("{} ({})", package["name"], package["license"]))
        .collect();
    assert_eq!(refused, Vec::<String>::new());
}

#[test]
fn expressions_are_read_as_spdx_has_them() {
    let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "Unicode-3.0"];
    for good in [
        "MIT",
        "GPL-3.0 OR MIT",
        "Unlicense/MIT",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR GPL-2.0-only",
        "MIT AND (GPL-3.0 OR Apache-2.0)",
    ] {
        assert!(is_allowed(good, &allowed), "{good}");
    }
    for bad in
        ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Apache-2.0) AND GPL-3.0", "GPL-2.0 OR GPL-3.0", "MIT-0"]
    {
        assert!(!is_allowed(bad, &allowed), "{bad}");
    }
}
