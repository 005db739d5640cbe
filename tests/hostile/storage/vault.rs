//! ST7, ST9, ST21: vault files that were changed, swapped, opened up or carried elsewhere.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::Ordering;
use std::thread;

use crate::evil::Evil;
use crate::home::{Home, OTHER_IDENTITY, figure, private_file, times, walk};

fn item(home: &Home) -> std::path::PathBuf {
    home.vault_files().into_iter().next().expect("a vault file")
}

/// The damaged file is refused as it is, stays as it is, and is healed by putting the good one back.
#[track_caller]
fn is_refused(home: &Home, path: &Path, damaged: &[u8], what: &str) {
    private_file(path, damaged);
    let output = home.run(&["token", "evil"]);
    assert_eq!(output.code, 5, "{what}\n{}", output.transcript());
    assert!(output.stdout.is_empty(), "{what}: part of a secret?");
    assert_eq!(fs::read(path).unwrap(), damaged, "{what}: the damaged file was changed");
}

/// Side by side, each in a home of its own: with one connection, whose file and token these are.
fn tampered(count: impl Fn(usize) -> usize, damage: impl Fn(&[u8], usize) -> Vec<u8> + Sync) {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let grant = home.fresh(&evil, "evil");
    let good = fs::read(item(&home)).unwrap();
    let (count, lanes) = (count(good.len()), 4);
    thread::scope(|scope| {
        for lane in 0..lanes {
            let (home, good, grant, damage) = (home.copy(), &good, &grant, &damage);
            scope.spawn(move || {
                let path = item(&home);
                for number in (lane..count).step_by(lanes) {
                    is_refused(&home, &path, &damage(good, number), &format!("{number} of {count}"));
                }
                private_file(&path, good);
                assert_eq!(home.run(&["token", "evil"]).exits(&[0]).out().trim(), grant.access);
            });
        }
    });
    assert_eq!(evil.refreshes(), 0);
    figure(&format!("vault: {count} damaged files refused, the good one works"));
}

/// Every byte; of each one bit, or all of them.
#[test]
fn st07_no_flipped_byte_is_believed() {
    let bits = times(1, 8);
    tampered(
        |length| length * bits,
        |good, number| {
            let mut damaged = good.to_vec();
            let at = number / bits;
            damaged[at] ^= 1 << ((at + number) % 8);
            damaged
        },
    );
}

#[test]
fn st07_no_cut_file_is_believed() {
    tampered(|length| length, |good, length| good[..length].to_vec());
}

#[test]
fn st07_no_longer_or_other_file_is_believed() {
    type Damage = fn(&[u8]) -> Vec<u8>;
    let others: [Damage; 4] = [
        |good| [good, b"x"].concat(),
        |good| [good, good].concat(),
        |_| b"age-encryption.org/v2\n-> X25519 x\n".to_vec(),
        |_| vec![b'a'; 4 << 20],
    ];
    tampered(|_| others.len(), |good, number| others[number](good));
}

#[test]
fn st07_a_refresh_or_a_sign_in_does_not_paper_over_damage() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    let path = item(&home);
    let damaged = b"age-encryption.org/v1\n".to_vec();
    private_file(&path, &damaged);
    for args in [
        &["refresh", "evil", "--force"][..],
        &["refresh", "--all"],
        &["test", "evil"],
        &["api", "evil", "/api/x"],
    ] {
        home.run(args).exits(&[5]);
        assert_eq!(fs::read(&path).unwrap(), damaged, "{args:?}");
    }
    assert_eq!(evil.refreshes(), 0);
    // `status` still shows what it knows and names what is wrong.
    home.run(&["status"]).exits(&[0, 3, 5]);
}

#[test]
fn st07_one_connections_file_is_not_anothers() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil/a");
    let second = home.fresh(&evil, "evil/b");
    let files = home.vault_files();
    let (a, b) = (fs::read(&files[0]).unwrap(), fs::read(&files[1]).unwrap());
    private_file(&files[0], &b);
    private_file(&files[1], &a);
    let output = home.run(&["token", "evil/a"]);
    assert!(!output.out().contains(&second.access), "the token of another connection was printed");
    output.exits(&[5, 6]);
}

#[test]
fn st09_loose_permissions_are_repaired_or_refused() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for path in [item(&home), home.vault(), home.data(), home.index()] {
        let before = mode(&path);
        fs::set_permissions(&path, fs::Permissions::from_mode(before | 0o077)).unwrap();
        home.tampered.store(true, Ordering::SeqCst);
        let output = home.run(&["refresh", "evil", "--force"]);
        let after = mode(&path);
        let refused = [5, 6].contains(&output.code);
        assert!(refused || (output.code == 0 && after & 0o077 == 0), "{} stays {after:o}", path.display());
        fs::set_permissions(&path, fs::Permissions::from_mode(before)).unwrap();
    }
}

/// The modes are what is asked for, at the moment a file comes to be and whatever the umask takes away.
#[test]
fn st09_no_umask_makes_files_loose_or_useless() {
    for umask in ["000", "022", "077", "777"] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        let (_, grant) = crate::home::GrantText::new(&evil, "evil", 4_000_000_000);
        let import = home.call(&["import", "-"]).stdin(grant.0.to_string());
        import.shell(&format!("umask {umask}; {{}}")).run().exits(&[0]);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        for (path, wanted) in
            [(item(&home), 0o600), (home.index(), 0o600), (home.vault(), 0o700), (home.data(), 0o700)]
        {
            assert_eq!(mode(&path), wanted, "umask {umask}: {}", path.display());
        }
    }
}

#[test]
fn st09_a_key_that_others_can_read_is_refused() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    fs::set_permissions(home.path("key"), fs::Permissions::from_mode(0o644)).unwrap();
    home.run(&["token", "evil"]).exits(&[5, 6]).says("600");
}

#[test]
fn st21_without_its_key_a_restored_home_keeps_everything() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let grant = home.fresh(&evil, "evil");
    let mut restored = home.copy();
    private_file(&restored.path("key"), OTHER_IDENTITY.as_bytes());
    let before: Vec<_> = restored.vault_files().iter().map(|path| fs::read(path).unwrap()).collect();
    restored.run(&["token", "evil"]).exits(&[5]).never_says("not connected");
    restored.run(&["status"]).exits(&[0, 3, 5]).says("evil");
    restored.unset("INTEG_VAULT_KEY_FILE");
    restored.run(&["token", "evil"]).exits(&[5]).says("vault init");
    let after: Vec<_> = restored.vault_files().iter().map(|path| fs::read(path).unwrap()).collect();
    assert_eq!(before, after);
    let key = home.path("key").to_str().unwrap().to_owned();
    restored.set("INTEG_VAULT_KEY_FILE", &key);
    assert_eq!(restored.run(&["token", "evil"]).exits(&[0]).out().trim(), grant.access);
}

#[test]
fn st12_temporary_names_are_not_predictable_and_leave_nothing() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    for _ in 0..5 {
        home.run(&["refresh", "evil", "--force"]).exits(&[0]);
    }
    let names: Vec<_> = walk(&home.vault()).into_iter().filter(|path| path.is_file()).collect();
    let strays =
        names.iter().filter(|path| path.extension().is_none_or(|e| e != "age" && e != "lock")).count();
    assert_eq!(strays, 0, "{names:?}");
}
