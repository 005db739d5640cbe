//! What stands between one command and the system: a library of a page of C, built once, by the compiler that links the
//! tests.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

pub(crate) fn built(name: &str, source: &str, once: &'static OnceLock<PathBuf>) -> &'static PathBuf {
    once.get_or_init(|| {
        let stem = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let (file, library) = (stem.with_extension("c"), stem.with_extension("so"));
        std::fs::write(&file, source).unwrap();
        let built =
            Command::new("cc").args(["-O1", "-shared", "-fPIC", "-o"]).arg(&library).arg(&file).status();
        assert!(built.unwrap().success(), "cc cannot build the {name}");
        std::fs::remove_file(file).unwrap();
        library
    })
}
