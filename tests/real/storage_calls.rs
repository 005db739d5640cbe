//! ST12, ST22: in which order the file vault asks the system to keep a new grant, and under which names.
use crate::harness::{Oidc, Sealed, needs, strace};

const CALLS: &str =
    "trace=openat,write,writev,sendto,pwrite64,ftruncate,fsync,fdatasync,rename,renameat2,link,linkat,/chmod";

struct Trace(Vec<String>);

impl Trace {
    /// Where each call is that `wanted` holds for.
    fn at(&self, wanted: impl Fn(&str) -> bool) -> Vec<usize> {
        (0..self.0.len()).filter(|&n| wanted(&self.0[n])).collect()
    }

    /// The one temporary file: its path.
    fn temporary(&self) -> &str {
        let made = self.at(|line| is(line, "openat") && line.contains("O_CREAT") && line.contains(".tmp\""));
        assert_eq!(made.len(), 1, "one temporary file\n{self}");
        let line = &self.0[made[0]];
        assert!(line.contains("O_EXCL") && line.contains("O_NOFOLLOW") && line.contains(", 0600)"), "{line}");
        line.split('"').nth(1).unwrap()
    }

    fn keeps_in_order(&self) {
        let temporary = self.temporary();
        let on = |line: &str, file: &str| line.contains(&format!("<{file}>"));
        let vault = temporary.rsplit_once('/').unwrap().0;
        let only = |found: Vec<usize>| {
            assert_eq!(found.len(), 1, "{found:?}\n{self}");
            found[0]
        };
        let posted = only(self.at(|line| line.contains("\"POST ")));
        let renamed = only(self.at(|line| is(line, "rename") && line.contains(temporary)));
        assert!(self.0[renamed].contains(&format!("\"{vault}/default~acme.age\"")), "{}", self.0[renamed]);
        let changes = self.at(|line| on(line, temporary) && (is(line, "write") || is(line, "ftruncate")));
        let syncs = self.at(|line| on(line, temporary) && is(line, "fsync"));
        // The space is on the disk before the old token is spent; the new token is before it gets the name.
        let reserved = |n: &&usize| **n < posted;
        let (last_zero, synced) = (changes.iter().rfind(reserved), syncs.iter().find(reserved));
        assert!(last_zero.is_some() && last_zero < synced, "{changes:?} {syncs:?} {posted}\n{self}");
        let (last_change, last_sync) = (changes.last().unwrap(), syncs.last().unwrap());
        assert!(
            posted < *last_change && last_change < last_sync && *last_sync < renamed,
            "{posted} {last_change} {last_sync} {renamed}\n{self}"
        );
        let durable = self.at(|line| on(line, vault) && is(line, "fsync"));
        assert!(durable.iter().any(|n| *n > renamed), "the folder was not synced\n{self}");
        assert_eq!(self.at(|line| line.contains("chmod")), Vec::<usize>::new(), "{self}");
    }
}

impl std::fmt::Display for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

fn is(line: &str, call: &str) -> bool {
    line.contains(&format!(" {call}("))
}

#[test]
fn a_new_grant_is_on_the_disk_before_it_has_the_name() {
    if !needs("storage_calls", &["oidc-provider", "$strace"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[]), Sealed::new());
    server.known_to(&home);
    home.connect(&["acme"]).out.ok();
    let mut names = Vec::new();
    for _ in 0..3 {
        let run = strace(&home, &["-e", CALLS], &["refresh", "acme", "--force"]);
        let Some((out, calls)) = run else { return };
        out.ok();
        let trace = Trace(calls);
        trace.keeps_in_order();
        let name = trace.temporary().rsplit('/').next().unwrap();
        let random = name.trim_start_matches(".integ-").trim_end_matches(".tmp").to_owned();
        assert!(random.len() >= 16, "{name} can be guessed");
        assert!(!names.contains(&random), "{name} twice");
        names.push(random);
    }
}
