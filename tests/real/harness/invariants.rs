//! What holds after every run, whatever it was asked to do.
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::output::Output;
use super::secrets::Secrets;

/// The documented exit codes but 70: an internal error is always a defect.
const CODES: [i32; 9] = [0, 1, 2, 3, 4, 5, 6, 8, 75];

pub(crate) fn of_output(out: &Output, secrets: &Secrets, reveals: bool) {
    assert!(CODES.contains(&out.code) || (129..160).contains(&out.code), "undocumented exit code\n{out}");
    for text in [&out.stdout, &out.stderr] {
        assert!(!text.contains("panicked at") && !text.contains("RUST_BACKTRACE"), "panicked\n{out}");
        assert!(!text.contains('\u{1b}'), "an escape sequence without a terminal\n{out}");
    }
    assert_eq!(secrets.found_in(out.stderr.as_bytes()), None, "secret on stderr\n{out}");
    assert!(reveals || secrets.found_in(out.stdout.as_bytes()).is_none(), "secret on stdout\n{out}");
}

/// Only sound while nothing else runs in this home.
pub(crate) fn of_disk(home: &Path, tmp: &Path, secrets: &Secrets, out: &Output) {
    for path in everything_in(home) {
        let meta = fs::symlink_metadata(&path).unwrap();
        let mode = meta.permissions().mode() & 0o777;
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o} after\n{out}", path.display());
        let name = path.file_name().unwrap().to_string_lossy().to_lowercase();
        assert!(
            !name.contains("tmp") && !name.contains("temp"),
            "{} was left behind by\n{out}",
            path.display()
        );
        if meta.is_file() {
            let bytes = fs::read(&path).unwrap();
            assert_eq!(
                secrets.found_in(&bytes),
                None,
                "a secret lies open in {} after\n{out}",
                path.display()
            );
        }
    }
    assert_eq!(everything_in(tmp), Vec::<PathBuf>::new(), "left in the temporary folder by\n{out}");
}

/// Every path below `root`; what vanishes meanwhile is not there.
pub(crate) fn everything_in(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut rooms = vec![root.to_owned()];
    while let Some(room) = rooms.pop() {
        for entry in fs::read_dir(&room).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                rooms.push(entry.path());
            }
            found.push(entry.path());
        }
    }
    found
}
