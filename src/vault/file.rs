//! The vault of machines without a keychain: one age file per item (readable with the `age` tool), replaced
//! atomically. Files are created 0600 and folders 0700 whatever the umask; nothing that is a link, a pipe or
//! somebody else's is opened.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use age::x25519::Identity;
use zeroize::Zeroizing;

use super::{Bytes, Listed, Reservation, Store, VaultError, entry};

/// Larger than any grant; an item above it was not written by us.
const MAX_ITEM: u64 = 4 << 20;
/// What age adds to a plain text of this size: header, stanza, one chunk tag for each 64 KiB.
const AGE_OVERHEAD: usize = 1024;

pub(crate) struct FileVault {
    dir: PathBuf,
    locks: PathBuf,
    key: Identity,
}

impl FileVault {
    pub(crate) fn new(dir: PathBuf, key: Identity) -> FileVault {
        FileVault { locks: dir.join("locks"), dir, key }
    }

    fn path(&self, key: &str) -> PathBuf {
        self.dir.join(format!("{}.age", entry::file_stem(key)))
    }

    fn open_item(&self, key: &str) -> Result<Option<Bytes>, VaultError> {
        let path = self.path(key);
        let file = match open_private(&path, false) {
            Ok(file) => file,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(VaultError::storage("read", &path, cause)),
        };
        let mut sealed = Vec::new();
        file.take(MAX_ITEM)
            .read_to_end(&mut sealed)
            .map_err(|cause| VaultError::storage("read", &path, cause))?;
        let damaged = |why: String| VaultError::Damaged { key: key.to_owned(), why };
        match opened(&self.key, &sealed) {
            Ok(plain) => Ok(Some(plain)),
            Err(age::DecryptError::NoMatchingKeys) => Err(VaultError::OtherKey(key.to_owned())),
            Err(_) => Err(damaged("it is damaged or was changed".to_owned())),
        }
    }

    /// Left behind by processes that were killed while writing.
    fn sweep_stale_temporaries(&self) {
        let Ok(entries) = fs::read_dir(&self.dir) else { return };
        for path in entries.flatten().map(|e| e.path()) {
            let is_temporary = path.extension().is_some_and(|e| e == "tmp");
            let age = || fs::symlink_metadata(&path).ok()?.modified().ok()?.elapsed().ok();
            if is_temporary && age().is_some_and(|age| age > Duration::from_secs(3600)) {
                let _ = fs::remove_file(&path);
            }
        }
    }
}

/// Into room that is there from the start: what a growing buffer leaves behind, nobody wipes.
fn opened(key: &Identity, sealed: &[u8]) -> Result<Bytes, age::DecryptError> {
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    let file = age::Decryptor::new_buffered(age::armor::ArmoredReader::new(sealed))?;
    file.decrypt(std::iter::once(key as &dyn age::Identity))?.read_to_end(&mut plain)?;
    Ok(plain)
}

impl Store for FileVault {
    fn kind(&self) -> &'static str {
        "file"
    }

    fn read(&self, key: &str) -> Result<Option<Bytes>, VaultError> {
        self.open_item(key)
    }

    fn read_all(&self, prefix: &str) -> Result<Listed<String, Bytes>, VaultError> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(VaultError::storage("list", &self.dir, cause)),
        };
        let mut items = Vec::new();
        for item in entries {
            let path = item.map_err(|cause| VaultError::storage("list", &self.dir, cause))?.path();
            let Some(stem) = path.file_name().and_then(|n| n.to_str()).and_then(|n| n.strip_suffix(".age"))
            else {
                continue;
            };
            let key = entry::from_file_stem(stem);
            if key.starts_with(prefix)
                && let Some(bytes) = self.open_item(&key).transpose()
            {
                items.push((key, bytes));
            }
        }
        Ok(items)
    }

    fn reserve<'a>(&'a self, key: &str, len: usize) -> Result<Box<dyn Reservation + 'a>, VaultError> {
        private_dir(&self.dir)?;
        self.sweep_stale_temporaries();
        let target = self.path(key);
        // Replacing something that is not a plain file of ours would follow or destroy what somebody else put there.
        match open_private(&target, false) {
            Ok(_) => {}
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(VaultError::storage("replace", &target, cause)),
        }
        let temporary = Temporary::create(&self.dir)?;
        let space = vec![0_u8; len + len / 64 + AGE_OVERHEAD];
        let fill = |mut file: &File| file.write_all(&space).and_then(|()| file.sync_all());
        fill(&temporary.file).map_err(|cause| VaultError::storage("write", &temporary.path, cause))?;
        Ok(Box::new(PreparedFile { vault: self, target, temporary }))
    }

    fn delete(&self, key: &str) -> Result<bool, VaultError> {
        let path = self.path(key);
        match fs::remove_file(&path) {
            Ok(()) => {
                sync_dir(&self.dir).map_err(|cause| VaultError::storage("sync", &self.dir, cause))?;
                Ok(true)
            }
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(cause) => Err(VaultError::storage("delete", &path, cause)),
        }
    }

    fn lock_dir(&self) -> &Path {
        &self.locks
    }

    fn item_file(&self, key: &str) -> Option<PathBuf> {
        Some(self.path(key))
    }
}

/// A file with its space already on the disk: committing fills and renames it.
struct PreparedFile<'a> {
    vault: &'a FileVault,
    target: PathBuf,
    temporary: Temporary,
}

impl Reservation for PreparedFile<'_> {
    fn commit(self: Box<Self>, value: &[u8]) -> Result<(), VaultError> {
        let sealed = age::encrypt(&self.vault.key.to_public(), value)
            .map_err(|cause| VaultError::BadKey(cause.to_string()))?;
        self.temporary.replace_content(&sealed)?;
        self.temporary.rename_to(&self.target)
    }
}

/// A random, exclusive name in the same folder; removed unless it was renamed.
struct Temporary {
    file: File,
    path: PathBuf,
}

impl Temporary {
    fn create(dir: &Path) -> Result<Temporary, VaultError> {
        let nonce = oauth2::CsrfToken::new_random_len(12);
        let path = dir.join(format!(".{}.tmp", nonce.secret()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        let _exact = ExactModes::until_dropped();
        let file = options.open(&path).map_err(|cause| VaultError::storage("create", &path, cause))?;
        Ok(Temporary { file, path })
    }

    fn replace_content(&self, bytes: &[u8]) -> Result<(), VaultError> {
        let write = |mut file: &File| {
            file.rewind()?;
            file.write_all(bytes)?;
            file.set_len(bytes.len() as u64)?;
            file.sync_all()
        };
        write(&self.file).map_err(|cause| VaultError::storage("write", &self.path, cause))
    }

    fn rename_to(self, target: &Path) -> Result<(), VaultError> {
        fs::rename(&self.path, target).map_err(|cause| VaultError::storage("replace", target, cause))?;
        let dir = target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        sync_dir(dir).map_err(|cause| VaultError::storage("sync", dir, cause))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Writes a small private file atomically into a folder of ours: the config, provider files.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
    let dir = path.parent().unwrap_or(Path::new("."));
    private_dir(dir)?;
    let temporary = Temporary::create(dir)?;
    temporary.replace_content(bytes)?;
    temporary.rename_to(path)
}

/// Writes a private file atomically into a folder that is the person's business: exports, a new key. Without
/// `replace` what is there stays, and the error is [`io::ErrorKind::AlreadyExists`].
pub(crate) fn write_private_into(path: &Path, bytes: &[u8], replace: bool) -> Result<(), VaultError> {
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let temporary = Temporary::create(dir)?;
    temporary.replace_content(bytes)?;
    if replace {
        return temporary.rename_to(path);
    }
    let failed = |cause| VaultError::storage("create", path, cause);
    match fs::hard_link(&temporary.path, path) {
        Ok(()) => sync_dir(dir).map_err(|cause| VaultError::storage("sync", dir, cause)),
        Err(cause) if cause.kind() == io::ErrorKind::AlreadyExists => Err(failed(cause)),
        // File systems without hard links: the best that is left is to look first.
        Err(_) if fs::symlink_metadata(path).is_ok() => Err(failed(io::ErrorKind::AlreadyExists.into())),
        Err(_) => temporary.rename_to(path),
    }
}

/// Creates a folder (and its parents) that only its owner can enter; repairs a loose one, refuses a foreign one.
pub(crate) fn private_dir(dir: &Path) -> Result<(), VaultError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let _exact = ExactModes::until_dropped();
    builder.create(dir).map_err(|cause| VaultError::storage("create", dir, cause))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let meta = fs::symlink_metadata(dir).map_err(|cause| VaultError::storage("read", dir, cause))?;
        let refuse = |why: &str| VaultError::Unsafe { path: dir.to_owned(), why: why.to_owned() };
        if !meta.is_dir() {
            return Err(refuse("it is not a folder"));
        }
        if meta.uid() != nix::unistd::geteuid().as_raw() {
            return Err(refuse("it belongs to somebody else"));
        }
        if meta.mode() & 0o077 != 0 {
            fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
                .map_err(|cause| VaultError::storage("protect", dir, cause))?;
        }
    }
    Ok(())
}

/// Opens a plain file of ours without following links and without waiting on a pipe; repairs a loose mode.
pub(crate) fn open_private(path: &Path, create: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    if create {
        options.write(true).create(true).truncate(false);
    }
    private(&mut options);
    let exact = create.then(ExactModes::until_dropped);
    let file = options.open(path)?;
    drop(exact);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let meta = file.metadata()?;
        let refuse = |why: &str| Err(io::Error::new(io::ErrorKind::PermissionDenied, why.to_owned()));
        if !meta.is_file() {
            return refuse("it is not a plain file");
        }
        if meta.uid() != nix::unistd::geteuid().as_raw() {
            return refuse("it belongs to somebody else");
        }
        if meta.mode() & 0o077 != 0 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
    }
    Ok(file)
}

/// Opens a log for appending, private like everything else.
pub(crate) fn append_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    private(&mut options);
    let _exact = ExactModes::until_dropped();
    options.open(path)
}

/// What is created meanwhile has the mode that is asked for: a umask may take away what its owner needs.
struct ExactModes(#[cfg(unix)] nix::sys::stat::Mode);

impl ExactModes {
    fn until_dropped() -> ExactModes {
        ExactModes(
            #[cfg(unix)]
            nix::sys::stat::umask(nix::sys::stat::Mode::S_IRWXG | nix::sys::stat::Mode::S_IRWXO),
        )
    }
}

impl Drop for ExactModes {
    fn drop(&mut self) {
        #[cfg(unix)]
        let _ = nix::sys::stat::umask(self.0);
    }
}

fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options
            .mode(0o600)
            .custom_flags(nix::libc::O_NOFOLLOW | nix::libc::O_NONBLOCK | nix::libc::O_CLOEXEC);
    }
    #[cfg(not(unix))]
    let _ = options;
}

/// A rename is durable only when its folder is.
fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}
