//! ST8: the only passphrases there are seal bundles; the file vault has a key. A wrong one is one clear refusal.

use crate::evil::Evil;
use crate::home::{Home, Output, private_file};

use super::sealed_with;

const RIGHT: &str = "corr\u{e8}ct horse";

fn import(home: &Home, sealed: &[u8], passphrase: &[u8]) -> Output {
    let (file, typed) = (home.path("sealed"), home.path("typed"));
    private_file(&file, sealed);
    private_file(&typed, passphrase);
    let args = ["import", file.to_str().unwrap(), "--passphrase-fd", "3"];
    home.call(&args).shell(&format!("{{}} 3< '{}'", typed.display())).run()
}

#[test]
fn st08_a_wrong_passphrase_and_a_changed_bundle_are_told_alike() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let sealed = sealed_with(&evil, RIGHT);
    let refusal = import(&home, &sealed, b"wrong").exits(&[5]).err();
    assert!(refusal.contains("passphrase is wrong"), "{refusal}");
    for other in ["corre\u{300}ct horse".as_bytes(), b"corr\xe8ct horse", &[b'x'; 1 << 16], b" ", b"\0"] {
        let output = import(&home, &sealed, other);
        output.exits(&[2, 5]).never_says("horse");
        assert!(output.code == 2 || output.err() == refusal, "{}", output.transcript());
    }
    // The body of the stanza and the code over the header: told as a wrong passphrase, so that nobody learns which.
    let lines: Vec<usize> =
        sealed.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at).collect();
    for at in [lines[1] + 5, lines[2] + 8] {
        let mut changed = sealed.clone();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        assert_eq!(import(&home, &changed, RIGHT.as_bytes()).exits(&[5]).err(), refusal, "byte {at}");
    }
    assert_eq!(home.vault_files().len(), 0);
    import(&home, &sealed, format!("{RIGHT}\n").as_bytes()).exits(&[0]);
}

#[test]
fn st08_a_passphrase_comes_by_a_descriptor_only() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let sealed = sealed_with(&evil, RIGHT);
    import(&home, &sealed, b"").exits(&[2, 5]);
    import(&home, &sealed, &vec![b'x'; 1 << 20]).exits(&[2, 5]);
    let file = home.path("sealed");
    let file = file.to_str().unwrap();
    home.run(&["import", file]).exits(&[3]).says("--passphrase-fd");
    home.run(&["import", file, "--passphrase", RIGHT]).exits(&[2]).never_says("horse");
    assert_eq!(home.vault_files().len(), 0);
    home.run_with(&["import", file, "--passphrase-fd", "0"], RIGHT).exits(&[0]);
}
