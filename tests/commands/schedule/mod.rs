//! `integ schedule`: what is written, what stays as it was, and what a run does.
#![cfg(target_os = "linux")]

mod places;
mod renamed;
mod runs;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::seal::{Ended, Home};

/// A home whose vault's key lies in a file, and whose PATH holds nothing but what the test puts there.
struct Machine {
    home: Home,
    bin: PathBuf,
}

impl Machine {
    fn new() -> Machine {
        let home = Home::new();
        let bin = home.path().join("bin");
        std::fs::create_dir(&bin).unwrap();
        let machine = Machine { home, bin };
        machine.run(&["vault", "init"]).expect(0);
        machine
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.home.command(arguments);
        command.env_remove("INTEG_VAULT_KEY").env("PATH", &self.bin);
        command
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        Ended::of(self.command(arguments).output().unwrap())
    }

    fn run_with_input(&self, arguments: &[&str], input: &str) -> Ended {
        use std::io::Write;
        let mut command = self.command(arguments);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        Ended::of(child.wait_with_output().unwrap())
    }

    fn program(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let path = self.bin.join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{script}")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// A `crontab` that keeps its table in a file.
    fn with_crontab(self) -> Machine {
        let table = self.table();
        self.program(
            "crontab",
            &format!(
                "t='{}'\ncase \"$1\" in\n\
                 -l) [ -e \"$t\" ] || {{ echo 'no crontab for me' >&2; exit 1; }}; exec /bin/cat \"$t\";;\n\
                 -r) exec /bin/rm \"$t\";;\n\
                 -) exec /bin/cat > \"$t\";;\nesac\nexit 9\n",
                table.display()
            ),
        );
        self
    }

    fn table(&self) -> PathBuf {
        self.home.path().join("table")
    }

    /// A `systemctl` that notes what it is told, and fails at one word.
    fn with_systemctl(self, fails_at: &str) -> Machine {
        let log = self.home.path().join("systemctl.log");
        self.program(
            "systemctl",
            &format!(
                "echo \"$*\" >> '{}'\ncase \"$*\" in *'{fails_at}'*) echo 'no such thing' >&2; exit 1;; esac\n",
                log.display()
            ),
        );
        self
    }

    fn systemctl_calls(&self) -> String {
        std::fs::read_to_string(self.home.path().join("systemctl.log")).unwrap_or_default()
    }

    fn units(&self) -> PathBuf {
        self.home.path().join("config/systemd/user")
    }
}

/// Every file of a folder, by name.
fn files(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
