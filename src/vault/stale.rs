//! What processes left behind that were killed while writing. It may be a second name of a key: it goes, once it is certain
//! that nobody writes it any more.

use std::fs;
use std::path::Path;
use std::time::Duration;

const CERTAIN: Duration = Duration::from_secs(3600);

/// Deletes files of this folder by their names; it may be a person's, so those are names that nobody else gives.
pub(crate) fn sweep(dir: &Path, is_ours: impl Fn(&str) -> bool) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if !entry.file_name().to_str().is_some_and(&is_ours) {
            continue;
        }
        let path = entry.path();
        let age = || fs::symlink_metadata(&path).ok()?.modified().ok()?.elapsed().ok();
        if age().is_some_and(|age| age > CERTAIN) {
            let _ = fs::remove_file(&path);
        }
    }
}
