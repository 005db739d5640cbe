//! A real Secret Service (gnome-keyring) on a private D-Bus, in every state a person's machine can be in.
use std::fs;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

const PASSWORD: &str = "correct horse";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";

pub(crate) struct Keyring {
    root: TempDir,
    bus: Option<Child>,
    daemon: Option<Child>,
}

impl Keyring {
    pub(crate) fn unlocked() -> Self {
        let mut keyring = Self::only_bus();
        keyring.start_daemon();
        keyring
    }

    /// A session bus without a Secret Service, and nothing that could start one.
    pub(crate) fn only_bus() -> Self {
        let root = tempfile::Builder::new().prefix("integ-bus-").tempdir().unwrap();
        for room in ["xdg", "home/.local/share/keyrings"] {
            fs::DirBuilder::new().recursive(true).mode(0o700).create(root.path().join(room)).unwrap();
        }
        let mut keyring = Self { root, bus: None, daemon: None };
        let conf = keyring.root.path().join("bus.conf");
        fs::write(&conf, bus_config(&keyring.address())).unwrap();
        keyring.bus = Some(
            keyring
                .tool("dbus-daemon")
                .args(["--nofork", "--nopidfile"])
                .arg(format!("--config-file={}", conf.display()))
                .spawn()
                .unwrap(),
        );
        wait_until("the session bus", || keyring.runtime_dir().join("bus").exists());
        keyring
    }

    /// Unlocked with the login password, as a desktop does.
    pub(crate) fn start_daemon(&mut self) {
        let mut daemon = self
            .tool("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .arg(format!("--control-directory={}", self.runtime_dir().join("keyring").display()))
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        daemon.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
        self.daemon = Some(daemon);
        wait_until("the Secret Service", || self.has_owner());
    }

    pub(crate) fn stop_daemon(&mut self) {
        if let Some(mut daemon) = self.daemon.take() {
            let _ = daemon.kill();
            let _ = daemon.wait();
            wait_until("the end of the Secret Service", || !self.has_owner());
        }
    }

    pub(crate) fn lock(&self) {
        self.call(
            "/org/freedesktop/secrets",
            &["org.freedesktop.Secret.Service.Lock", &format!("['{LOGIN}']")],
        );
        let asked = ["org.freedesktop.DBus.Properties.Get", "org.freedesktop.Secret.Collection", "Locked"];
        assert!(self.call(LOGIN, &asked).contains("true"), "the collection did not lock");
    }

    /// No prompter lives on this bus, so only a new daemon with the password unlocks.
    pub(crate) fn unlock(&mut self) {
        self.stop_daemon();
        self.start_daemon();
    }

    /// It keeps its name on the bus and answers nothing.
    pub(crate) fn freeze(&self) {
        self.signal(Signal::SIGSTOP);
    }

    pub(crate) fn thaw(&self) {
        self.signal(Signal::SIGCONT);
    }

    pub(crate) fn address(&self) -> String {
        format!("unix:path={}", self.runtime_dir().join("bus").display())
    }

    pub(crate) fn runtime_dir(&self) -> PathBuf {
        self.root.path().join("xdg")
    }

    /// What `secret-tool` prints, None when it finds nothing.
    pub(crate) fn secret_tool(&self, args: &[&str], stdin: &str) -> Option<String> {
        let mut child =
            self.tool("secret-tool").args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        let out = child.wait_with_output().unwrap();
        out.status.success().then(|| String::from_utf8(out.stdout).unwrap())
    }

    fn has_owner(&self) -> bool {
        let args = [
            "--dest",
            "org.freedesktop.DBus",
            "--object-path",
            "/org/freedesktop/DBus",
            "--method",
            "org.freedesktop.DBus.NameHasOwner",
            "org.freedesktop.secrets",
        ];
        let out = self
            .tool("gdbus")
            .args(["call", "--session"])
            .args(args)
            .stdout(Stdio::piped())
            .output()
            .unwrap();
        String::from_utf8_lossy(&out.stdout).contains("true")
    }

    fn call(&self, path: &str, method: &[&str]) -> String {
        let out = self
            .tool("gdbus")
            .args([
                "call",
                "--session",
                "--dest",
                "org.freedesktop.secrets",
                "--object-path",
                path,
                "--method",
            ])
            .args(method)
            .stdout(Stdio::piped())
            .output()
            .unwrap();
        assert!(out.status.success(), "{method:?}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap()
    }

    fn signal(&self, signal: Signal) {
        let daemon = self.daemon.as_ref().unwrap();
        kill(Pid::from_raw(daemon.id().cast_signed()), signal).unwrap();
    }

    fn tool(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin")
            .env("HOME", self.root.path().join("home"))
            .env("XDG_RUNTIME_DIR", self.runtime_dir())
            .env("DBUS_SESSION_BUS_ADDRESS", self.address())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        for child in [&mut self.daemon, &mut self.bus].into_iter().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn bus_config(address: &str) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#
    )
}

fn wait_until(what: &str, mut there: impl FnMut() -> bool) {
    for _ in 0..1500 {
        if there() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{what} did not come");
}
