//! Size and start-up time of the release binary (see CONTRIBUTING, Decisions).

use std::path::Path;
use std::process::Command;

/// The functions of a lookup, by the names of their sections.
const HOT_PATH: &str = "src/hot_path.txt";

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={HOT_PATH}");
    println!("cargo:rerun-if-env-changed=RUSTC_LINKER");
    let is = |variable: &str, value: &str| std::env::var(variable).is_ok_and(|found| found == value);
    if is("PROFILE", "release") && is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        unwinder_built_in();
        lay_out();
        packed_relocations();
    }
}

/// Where the compiler has the unwinder as an archive, it is linked in. Without it the program starts a little slower.
fn unwinder_built_in() {
    let linker = std::env::var("RUSTC_LINKER").unwrap_or_else(|_| "cc".to_owned());
    if is_cross() && std::env::var("RUSTC_LINKER").is_err() {
        return;
    }
    let Ok(answer) = Command::new(linker).arg("-print-file-name=libgcc_eh.a").output() else { return };
    let path = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
    if let Some(folder) = Path::new(&path).parent().filter(|folder| folder.is_absolute()) {
        println!("cargo:rustc-link-search=native={}", folder.display());
        println!("cargo:rustc-link-lib=static=gcc_eh");
    }
}

/// Two changes to how the linker lays the program out. A panic aborts, and our hook takes no backtrace: nothing reads the tables
/// that unwinding needs, a twelfth of the file. And what a lookup runs lies together: it is mostly page faults, and spread over the
/// program it would be forty of them.
fn lay_out() {
    let Ok(folder) = std::env::var("OUT_DIR") else { return };
    let names = std::fs::read_to_string(HOT_PATH).unwrap_or_default();
    let hot: String = names
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|name| format!("    *(.text.{name})\n"))
        .collect();
    let script = Path::new(&folder).join("layout.ld");
    let sections = format!(
        "SECTIONS {{\n  /DISCARD/ : {{ *(.eh_frame .eh_frame.*) }}\n  .text.hot_path : {{\n{hot}  }}\n}}\nINSERT BEFORE .text;\n"
    );
    if std::fs::write(&script, sections).is_ok() {
        println!("cargo:rustc-link-arg-bins=-Wl,-T,{}", script.display());
    }
}

/// Relocations in a twentieth of the room, where the system that this is built on (and so what it is linked to) can read them.
fn packed_relocations() {
    if is_cross() {
        return;
    }
    let Ok(answer) = Command::new("getconf").arg("GNU_LIBC_VERSION").output() else { return };
    let version = String::from_utf8_lossy(&answer.stdout);
    let mut numbers =
        version.trim().trim_start_matches("glibc ").split('.').map(|number| number.parse::<u32>());
    if let (Some(Ok(2)), Some(Ok(36..))) = (numbers.next(), numbers.next()) {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

fn is_cross() -> bool {
    std::env::var("HOST").ok() != std::env::var("TARGET").ok()
}
