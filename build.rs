//! Size and start-up time of the release binary (see CONTRIBUTING, Decisions).

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=RUSTC_LINKER");
    let is = |variable: &str, value: &str| std::env::var(variable).is_ok_and(|found| found == value);
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        unwinder_built_in();
        without_unwind_tables();
    }
}

/// Where the compiler has the unwinder as an archive, it is linked in. Without it the program starts a little slower.
fn unwinder_built_in() {
    let linker = std::env::var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
    let cross = std::env::var("HOST").ok() != std::env::var("TARGET").ok();
    if cross && std::env::var("RUSTC_LINKER").is_err() {
        return;
    }
    let Ok(answer) = Command::new(linker).arg("-print-file-name=libgcc_eh.a").output() else { return };
    let path = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    if let Some(folder) = Path::new(&path).parent().filter(|folder| folder.is_absolute()) {
        println!("cargo:rustc-link-search=native={}", folder.display());
        println!("cargo:rustc-link-lib=static=gcc_eh");
    }
}

/// A panic aborts, and our hook takes no backtrace: nothing reads the tables that unwinding needs, a twelfth of the file.
fn without_unwind_tables() {
    let Ok(folder) = std::env::var("OUT_DIR") else { return };
    let script = Path::new(&folder).join("without_unwind_tables.ld");
    let sections = "SECTIONS { /DISCARD/ : { *(.eh_frame .eh_frame.*) } }\nINSERT AFTER .text;\n";
    if std::fs::write(&script, sections).is_ok() {
        println!("cargo:rustc-link-arg-bins=-Wl,-T,{}", script.display());
    }
}
