//! Files that are nobody else's business: created 0600 in folders of 0700 whatever the umask, replaced atomically. Nothing
//! that is a link, a pipe or somebody else's is opened.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

#[cfg(unix)]
use nix::sys::signal::{SigSet, SigmaskHow, Signal};

use super::VaultError;
use super::stale::sweep;

/// A random, exclusive name in the same folder; removed unless it was renamed.
pub(super) struct Temporary {
    pub file: File,
    pub path: PathBuf,
}

const BEGINNING: &str = ".integ-";
const END: &str = ".tmp";

impl Temporary {
    pub(super) fn create(dir: &Path) -> Result<Temporary, VaultError> {
        sweep(dir, |name| name.starts_with(BEGINNING) && name.ends_with(END));
        let nonce = oauth2::CsrfToken::new_random_len(12);
        let path = dir.join(format!("{BEGINNING}{}{END}", nonce.secret()));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        let _exact = ExactModes::until_dropped();
        let file = options.open(&path).map_err(|cause| VaultError::storage("create", &path, cause))?;
        Ok(Temporary { file, path })
    }

    pub(super) fn replace_content(&self, bytes: &[u8]) -> Result<(), VaultError> {
        let write = |mut file: &File| {
            file.rewind()?;
            file.write_all(bytes)?;
            file.set_len(bytes.len() as u64)?;
            file.sync_all()
        };
        write(&self.file).map_err(|cause| VaultError::storage("write", &self.path, cause))
    }

    pub(super) fn rename_to(self, target: &Path) -> Result<(), VaultError> {
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
    let _whole = Whole::until_dropped();
    let dir = path.parent().unwrap_or(Path::new("."));
    own_dir(dir)?;
    let temporary = Temporary::create(dir)?;
    temporary.replace_content(bytes)?;
    temporary.rename_to(path)
}

/// Writes a private file atomically into a folder that is the person's business: exports, a new key. Without
/// `replace` what is there stays, and the error is [`io::ErrorKind::AlreadyExists`].
pub(crate) fn write_private_into(path: &Path, bytes: &[u8], replace: bool) -> Result<(), VaultError> {
    let _whole = Whole::until_dropped();
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let temporary = Temporary::create(dir)?;
    temporary.replace_content(bytes)?;
    if replace {
        return temporary.rename_to(path);
    }
    let failed = |cause| VaultError::storage("create", path, cause);
    match fs::hard_link(&temporary.path, path) {
        Ok(()) => sync_dir(dir).map_err(|cause| VaultError::storage("sync", dir, cause)),
        // File systems without hard links fail too: there, to look first is the best that is left.
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

/// As [`private_dir`], for the settings, whose folder may be a link to where a person keeps them: that one stays as it is, if
/// it is theirs and nobody else can write in it.
pub(crate) fn own_dir(dir: &Path) -> Result<(), VaultError> {
    if !fs::symlink_metadata(dir).is_ok_and(|meta| meta.is_symlink()) {
        return private_dir(dir);
    }
    let real = dir.canonicalize().map_err(|cause| VaultError::storage("read", dir, cause))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let meta = fs::metadata(&real).map_err(|cause| VaultError::storage("read", &real, cause))?;
        let refuse = |why: &str| Err(VaultError::Unsafe { path: real.clone(), why: why.to_owned() });
        if !meta.is_dir() {
            return refuse("it is not a folder");
        }
        if meta.uid() != nix::unistd::geteuid().as_raw() {
            return refuse("it belongs to somebody else");
        }
        if meta.mode() & 0o022 != 0 {
            return refuse("others can write in it");
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

/// A signal that ends us waits meanwhile, so that no temporary file outlives who made it. For what takes moments and waits
/// for nobody; what waits for the network is ended in order by `App::block_on`.
struct Whole(#[cfg(unix)] Option<SigSet>);

impl Whole {
    fn until_dropped() -> Whole {
        Whole(
            #[cfg(unix)]
            SigSet::from_iter([Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP])
                .thread_swap_mask(SigmaskHow::SIG_BLOCK)
                .ok(),
        )
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        #[cfg(unix)]
        let _ = self.0.map(|before| before.thread_set_mask());
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
pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
