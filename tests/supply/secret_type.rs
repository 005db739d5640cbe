//! SC8: what must not be done with a secret does not compile, and for that reason: each attempt stands beside the error
//! that the compiler must give. (`compile_fail` in the documentation would take any error.)

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The library of this build, beside this test.
fn library() -> (PathBuf, PathBuf) {
    let folder = std::env::current_exe().unwrap().parent().unwrap().to_owned();
    let files = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
    let is_ours = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("libinteg-") && name.ends_with(".rlib")
    };
    let newest = files.filter(is_ours).max_by_key(|path| path.metadata().unwrap().modified().unwrap());
    (newest.expect("the library was built for this test"), folder)
}

/// Compiles the statements of one function; what the compiler says of them.
fn compile(statements: &str) -> String {
    let (library, folder) = library();
    let out = tempfile::tempdir().unwrap();
    let source = out.path().join("attempt.rs");
    let text = format!(
        "#![allow(warnings)]\nuse integ::guarded::{{Secret, Serialize}};\n\
         fn needs<T: ?Sized>() {{}}\npub fn attempt(secret: Secret, other: Secret) {{ {statements} }}\n"
    );
    std::fs::write(&source, text).unwrap();
    let run = Command::new("rustc")
        .args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata", "--crate-name", "attempt"])
        .arg("--extern")
        .arg(format!("integ={}", library.display()))
        .arg("-L")
        .arg(format!("dependency={}", folder.display()))
        .arg("--out-dir")
        .arg(out.path())
        .arg(&source)
        .env_remove("RUSTFLAGS")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8_lossy(&run.stderr).into_owned()
}

#[test]
fn sc08_what_is_meant_to_be_done_compiles() {
    for fine in [
        "let text: &str = secret.expose();",
        "let mute = format!(\"{secret:?}\");",
        "let same: bool = secret == other;",
        "let copy = secret.clone(); drop(secret);",
        "fn serialised<T: Serialize>() {} serialised::<String>();",
    ] {
        assert_eq!(compile(fine), "", "{fine}");
    }
}

#[test]
fn sc08_what_would_give_a_secret_away_does_not_compile() {
    for (attempt, code) in [
        ("println!(\"{secret}\");", "E0277"),
        ("let text = secret.to_string();", "E0599"),
        ("fn serialised<T: Serialize>() {} serialised::<Secret>();", "E0277"),
        ("let text: String = secret.into();", "E0277"),
        ("let text: &str = &secret;", "E0308"),
        ("let text: &str = secret.as_ref();", "E0599"),
        ("let inner = secret.0;", "E0616"),
        ("let (one, two) = (secret, secret);", "E0382"),
        // Neither takes the same time whatever it finds.
        ("let order = secret < other;", "E0369"),
        ("let same = secret == \"hunter2\";", "E0308"),
        ("let set: std::collections::HashSet<Secret> = [secret].into();", "E0277"),
        ("let hex = format!(\"{secret:x}\");", "E0277"),
    ] {
        let said = compile(attempt);
        let errors: Vec<&str> = said.lines().filter(|line| line.starts_with("error")).collect();
        let is_it =
            |line: &&str| line.starts_with(&format!("error[{code}]")) || line.starts_with("error: aborting");
        assert!(!errors.is_empty() && errors.iter().all(is_it), "{attempt}\n{code} expected\n{said}");
    }
}
