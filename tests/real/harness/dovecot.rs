//! Dovecot on loopback, for one test: passwords from a file, tokens judged by the OpenID provider.
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Group, Pid, User, getgid, getuid};
use tempfile::TempDir;

use super::Authority;

pub(crate) struct Dovecot {
    child: Child,
    dir: Arc<TempDir>,
    pub(crate) imap: u16,
    pub(crate) imaps: u16,
}

const ERA: [&str; 2] = ["20200101", "20491231"];
const USERS: &str = "alice@example.com:{PLAIN}canary pass-ä1\nbob@example.com:{PLAIN}canary-bob\n";

impl Dovecot {
    /// With a certificate of this authority for 127.0.0.1; `issuer`: who judges tokens; `mechanisms`: how tokens come.
    pub(crate) fn start(authority: &Authority, issuer: &str, mechanisms: &str) -> Self {
        authority.sign("mail", "IP:127.0.0.1,DNS:localhost", ERA);
        let dir = Arc::new(tempfile::Builder::new().prefix("integ-dovecot-").tempdir().unwrap());
        let room = dir.path();
        // Its processes run as other accounts, which must get in; nothing in there is anybody's.
        fs::set_permissions(room, fs::Permissions::from_mode(0o755)).unwrap();
        for (file, made) in [("cert.pem", "mail.pem"), ("key.pem", "mail.key")] {
            fs::copy(authority.path(made), room.join(file)).unwrap();
        }
        fs::write(room.join("users"), USERS).unwrap();
        fs::write(room.join("oauth2.conf"), oauth(issuer)).unwrap();
        seed(&room.join("mail/alice@example.com"), 7);
        let accounts = accounts(&room.join("mail"));
        let root = room.display().to_string();
        // A free port may be somebody else's a moment later.
        for _ in 0..5 {
            let [imap, imaps] = free_ports();
            fs::write(room.join("dovecot.conf"), config(&root, imap, imaps, mechanisms, &accounts)).unwrap();
            let mut server = Self { child: run(&root), dir: Arc::clone(&dir), imap, imaps };
            if server.listens() {
                return server;
            }
        }
        panic!("it does not start: {}", fs::read_to_string(room.join("stderr")).unwrap_or_default());
    }

    /// False where it ended instead.
    fn listens(&mut self) -> bool {
        let started = Instant::now();
        while [self.imap, self.imaps].iter().any(|port| TcpStream::connect(("127.0.0.1", *port)).is_err()) {
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "it never listened: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        true
    }

    pub(crate) fn log(&self) -> String {
        let read = |file: &str| fs::read_to_string(self.dir.path().join(file)).unwrap_or_default();
        format!("{}{}", read("stderr"), read("log"))
    }
}

impl Drop for Dovecot {
    /// Its master ends the processes that it started when it is asked to end, not when it is killed.
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("Dovecot says:\n{}", self.log());
        }
        let _ = kill(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGTERM);
        let started = Instant::now();
        while self.child.try_wait().ok().flatten().is_none() {
            if started.elapsed() > Duration::from_secs(10) {
                let _ = self.child.kill();
                let _ = self.child.wait();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn run(root: &str) -> Child {
    Command::new("dovecot")
        .args(["-F", "-c", &format!("{root}/dovecot.conf")])
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(format!("{root}/stderr")).unwrap())
        .spawn()
        .unwrap()
}

fn free_ports() -> [u16; 2] {
    let held = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}

/// Unread messages.
fn seed(mail: &Path, count: usize) {
    for room in ["cur", "new", "tmp"] {
        fs::create_dir_all(mail.join(room)).unwrap();
    }
    for number in 0..count {
        let text = format!("From: a@example.com\nTo: alice@example.com\nSubject: {number}\n\nHello\n");
        fs::write(mail.join(format!("new/{}.M{number}P1.example", 1_700_000_000 + number)), text).unwrap();
    }
}

/// As whom it runs. As root it takes accounts of little power by itself and needs one for the mail; elsewhere all is
/// ours.
fn accounts(mail: &Path) -> String {
    let (user, group, rest) = match getuid().is_root() {
        true => ("mail".to_owned(), "mail".to_owned(), String::new()),
        false => {
            let user = User::from_uid(getuid()).unwrap().unwrap().name;
            let group = Group::from_gid(getgid()).unwrap().unwrap().name;
            let rest = format!(
                "default_login_user = {user}\ndefault_internal_user = {user}\ndefault_internal_group = {group}\n\
                 service imap-login {{\n  chroot =\n}}\nservice anvil {{\n  chroot =\n}}\n"
            );
            (user, group, rest)
        }
    };
    if getuid().is_root() {
        let owned =
            Command::new("chown").args(["-R", &format!("{user}:{group}")]).arg(mail).status().unwrap();
        assert!(owned.success());
    }
    format!(
        "{rest}userdb {{\n  driver = static\n  args = uid={user} gid={group} home={}/%u\n}}\n",
        mail.display()
    )
}

fn oauth(issuer: &str) -> String {
    let issuer = issuer.replacen("://", "://mailserver:canary-9d20c4@", 1);
    format!(
        "introspection_mode = post
introspection_url = {issuer}/token/introspection
active_attribute = active
active_value = true
scope = email
username_attribute = sub
username_format = %Ln
timeout_msecs = 3000
"
    )
}

fn config(root: &str, imap: u16, imaps: u16, mechanisms: &str, accounts: &str) -> String {
    format!(
        "base_dir = {root}/base
state_dir = {root}/state
log_path = {root}/log
instance_name = integ-{imap}
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{root}/cert.pem
ssl_key = <{root}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login {mechanisms}
auth_failure_delay = 0
mail_location = maildir:{root}/mail/%u
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {root}/users
  mechanisms = plain login
}}
passdb {{
  driver = oauth2
  args = {root}/oauth2.conf
  mechanisms = {mechanisms}
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{accounts}"
    )
}
