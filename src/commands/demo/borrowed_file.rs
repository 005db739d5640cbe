//! A provider file in the person's own folder for as long as the sandbox runs. A file that is theirs is never touched.

use std::fs;
use std::path::{Path, PathBuf};

use crate::vault::VaultError;
use crate::vault::private::write_private;

const MARK: &str = "# Written by `integ demo --serve`, which removes it when it ends.\n";

pub(super) struct BorrowedFile {
    pub(super) path: PathBuf,
    text: String,
    /// Folders that were not there before, innermost first.
    folders: Vec<PathBuf>,
}

impl BorrowedFile {
    /// `None`: a file of the person's own is there.
    pub(super) fn write(path: PathBuf, provider_file: &str) -> Result<Option<BorrowedFile>, VaultError> {
        if path.symlink_metadata().is_ok()
            && !fs::read_to_string(&path).is_ok_and(|text| text.starts_with(MARK))
        {
            return Ok(None);
        }
        let missing = |folder: &&Path| !folder.exists();
        let folders = path.ancestors().skip(1).take_while(missing).map(Path::to_owned).collect();
        let text = format!("{MARK}{provider_file}");
        write_private(&path, text.as_bytes())?;
        Ok(Some(BorrowedFile { path, text, folders }))
    }
}

impl Drop for BorrowedFile {
    fn drop(&mut self) {
        // Another demo may have replaced it, or the person made it theirs.
        if fs::read_to_string(&self.path).is_ok_and(|text| text == self.text) {
            let _ = fs::remove_file(&self.path);
        }
        for folder in &self.folders {
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_is_removed_and_what_is_the_persons_stays() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("integ/providers/sandbox.toml");
        let first = BorrowedFile::write(path.clone(), "title = \"A\"\n").unwrap().unwrap();
        let second = BorrowedFile::write(path.clone(), "title = \"B\"\n").unwrap().unwrap();
        drop(first);
        assert!(fs::read_to_string(&path).unwrap().contains("\"B\""));
        drop(second);
        assert!(!path.exists());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "title = \"mine\"\n").unwrap();
        assert!(BorrowedFile::write(path.clone(), "title = \"A\"\n").unwrap().is_none());
        assert_eq!(fs::read_to_string(&path).unwrap(), "title = \"mine\"\n");
    }

    #[test]
    fn folders_that_were_not_there_go_too() {
        let home = tempfile::tempdir().unwrap();
        drop(BorrowedFile::write(home.path().join("integ/providers/sandbox.toml"), "").unwrap());
        assert!(fs::read_dir(home.path()).unwrap().next().is_none());
    }
}
