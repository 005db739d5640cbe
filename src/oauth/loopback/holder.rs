//! Who listens on a port, so that a person knows what to close. Linux only, and only as far as /proc lets us look.

/// `pid 123 (name)`
#[cfg(target_os = "linux")]
pub(super) fn of(port: u16) -> Option<String> {
    let inodes: Vec<String> = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .flat_map(|table| table.lines().filter_map(|line| listening_inode(line, port)).collect::<Vec<_>>())
        .map(|inode| format!("socket:[{inode}]"))
        .collect();
    if inodes.is_empty() {
        return None;
    }
    for process in std::fs::read_dir("/proc").ok()?.flatten() {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // Other people's processes cannot be read; theirs is then a port without a name.
        let Ok(files) = std::fs::read_dir(process.path().join("fd")) else {
            continue;
        };
        let holds = files
            .flatten()
            .filter_map(|file| std::fs::read_link(file.path()).ok())
            .any(|target| target.to_str().is_some_and(|target| inodes.iter().any(|inode| inode == target)));
        if holds {
            return Some(format!("pid {pid}{}", name(&process.path())));
        }
    }
    None
}

#[cfg(not(target_os = "linux"))]
pub(super) fn of(_port: u16) -> Option<String> {
    None
}

/// One line of /proc/net/tcp: `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …`
#[cfg(target_os = "linux")]
fn listening_inode(line: &str, port: u16) -> Option<String> {
    const LISTEN: &str = "0A";
    let mut columns = line.split_whitespace();
    let local = columns.nth(1)?;
    let state = columns.nth(1)?;
    let inode = columns.nth(5)?;
    let (_, hex) = local.rsplit_once(':')?;
    (state == LISTEN && u16::from_str_radix(hex, 16) == Ok(port)).then(|| inode.to_owned())
}

/// A process chooses its own name, so only plain characters of it are repeated.
#[cfg(target_os = "linux")]
fn name(process: &std::path::Path) -> String {
    let comm = std::fs::read_to_string(process.join("comm")).unwrap_or_default();
    let plain: String = comm.chars().filter(|c| c.is_ascii_graphic()).collect();
    if plain.is_empty() { String::new() } else { format!(" ({plain})") }
}
