//! RF5, RF6: every storage call of a refresh fails once. Before the request nothing is spent; after it nothing is lost
//! silently, and nothing is ever half written.
use std::fs;

use crate::harness::{Faulted, Oidc, Sealed, faulted, needs, strace};

const REFRESH: [&str; 4] = ["refresh", "acme", "--force", "--json"];
const CALLS: [(&str, &str); 6] = [
    ("openat", "EIO"),
    ("write", "ENOSPC"),
    ("pwrite64", "ENOSPC"),
    ("ftruncate", "EIO"),
    ("fsync", "EIO"),
    ("rename", "ENOSPC"),
];
/// More than there are; a program that suddenly makes many more calls should be looked at, not tried for hours.
const MOST: usize = 60;

/// Which calls of an undisturbed refresh touch this home or say something: their kind and number.
fn points(home: &Sealed) -> Option<Vec<(&'static str, &'static str, usize)>> {
    let names = CALLS.map(|(call, _)| call).join(",");
    let (out, calls) = strace(home, &["-e", &format!("trace={names}")], &REFRESH)?;
    out.ok();
    let ours = home.home().display().to_string();
    let mut points = Vec::new();
    for (call, error) in CALLS {
        let same = calls.iter().filter(|line| line.contains(&format!(" {call}(")));
        for (n, line) in same.enumerate() {
            // SQLite makes room in its shared memory with many calls that are all the same.
            let repeated = line.contains("-shm") && !line.contains(" 4095)") && !line.contains(" 32767)");
            if (line.contains(&ours) || line.contains(" write(1<")) && !(call == "pwrite64" && repeated) {
                points.push((call, error, n + 1));
            }
        }
    }
    Some(points)
}

/// Where in the vault the fault fell: before the request or after it.
fn check(server: &Oidc, home: &Sealed, point: (&str, &str, usize)) -> Option<&'static str> {
    let file = home.vault_files().remove(0);
    let (before, spent) = (fs::read(&file).unwrap(), server.token_requests());
    let Faulted { out, line, after_post } = faulted(home, point, &REFRESH)?;
    let posts = server.token_requests() - spent;
    let what = format!("{point:?}: {line}\n{out}");
    assert!(posts <= 1, "asked again\n{what}");
    assert_eq!(home.vault_files(), std::slice::from_ref(&file), "{what}");
    // Looking for old temporary files is a favour, not a need.
    if !after_post && line.contains("/integ/vault") && !line.contains("O_DIRECTORY") {
        assert_eq!((posts, out.code), (0, 5), "a token was spent that could not be replaced\n{what}");
    }
    if posts == 0 {
        assert!(fs::read(&file).unwrap() == before, "changed without a new grant\n{what}");
    }
    let next = home.integ(&REFRESH).run();
    let reported = posts == 1 && out.code == 5;
    match next.code {
        0 => {}
        3 if reported => {
            assert_eq!(next.json()["refreshes"][0]["error"]["kind"], "needs_reauth", "{what}\n{next}");
            home.connect(&["acme"]).out.ok();
        }
        _ => panic!("lost without a word\n{what}\n{next}"),
    }
    assert!(posts == 0 || [0, 5].contains(&out.code), "neither saved nor reported\n{what}");
    home.integ(&["token", "acme"]).reveals().run().ok();
    line.contains("/integ/vault").then_some(if after_post { "after" } else { "before" })
}

#[test]
fn every_storage_call_of_a_refresh_fails_once() {
    if !needs("storage_faults", &["oidc-provider", "$strace", "$timeout"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::new());
    server.known_to(&home);
    home.connect(&["acme"]).out.ok();
    let Some(points) = points(&home) else { return };
    let kinds = CALLS.map(|(call, _)| points.iter().filter(|point| point.0 == call).count());
    assert!(kinds.iter().all(|&count| count > 0) && points.len() <= MOST, "{points:?}");
    let hit: Vec<_> =
        points.into_iter().filter_map(|point| Some((point.0, check(&server, &home, point)?))).collect();
    for wanted in [
        ("openat", "before"),
        ("write", "before"),
        ("fsync", "before"),
        ("fsync", "after"),
        ("rename", "after"),
    ] {
        assert!(hit.contains(&wanted), "{wanted:?} was never reached: {hit:?}");
    }
}
