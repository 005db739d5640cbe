//! A certificate authority for one test, made with the `openssl` tool.
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Sealed;

const CONFIG: &str = "
[ca]
default_ca = one
[one]
database = index
serial = serial
new_certs_dir = .
default_md = sha256
policy = any
x509_extensions = server
unique_subject = no
[any]
commonName = supplied
[req]
distinguished_name = name
[name]
[server]
basicConstraints = CA:FALSE
subjectAltName = $ENV::NAMES
";

pub(crate) struct Authority(PathBuf);

impl Authority {
    pub(crate) fn new(home: &Sealed) -> Self {
        let room = home.outside().join("authority");
        fs::create_dir(&room).unwrap();
        for (file, text) in [("config", CONFIG), ("index", ""), ("serial", "01\n")] {
            fs::write(room.join(file), text).unwrap();
        }
        let authority = Self(room);
        authority.key("ca");
        let fixed = ["-key", "ca.key", "-out", "ca.pem", "-subj", "/CN=Authority", "-days", "2"];
        let its_own = ["-addext", "basicConstraints=critical,CA:TRUE"];
        authority.openssl(&[&["req", "-x509", "-config", "config"], &fixed[..], &its_own].concat(), "");
        authority
    }

    pub(crate) fn roots(&self) -> String {
        self.path("ca.pem")
    }

    pub(crate) fn path(&self, file: &str) -> String {
        self.0.join(file).display().to_string()
    }

    /// `NAME.key` and `NAME.pem`, signed by this authority for `names` between two dates (`YYYYMMDD`).
    pub(crate) fn sign(&self, name: &str, names: &str, dates: [&str; 2]) {
        let (request, out) = (self.request(name), format!("{name}.pem"));
        let [from, until] = dates.map(|date| format!("{date}000000Z"));
        let args = ["ca", "-batch", "-notext", "-config", "config", "-cert", "ca.pem", "-keyfile", "ca.key"];
        let dates = ["-startdate", &from, "-enddate", &until];
        self.openssl(&[&args[..], &dates, &["-in", &request, "-out", &out]].concat(), names);
    }

    /// The same, signed by nobody but itself.
    pub(crate) fn sign_itself(&self, name: &str, names: &str) {
        let (request, key, out) = (self.request(name), format!("{name}.key"), format!("{name}.pem"));
        let args = ["x509", "-req", "-days", "2", "-extfile", "config", "-extensions", "server"];
        self.openssl(&[&args[..], &["-in", &request, "-signkey", &key, "-out", &out]].concat(), names);
    }

    fn key(&self, name: &str) {
        let out = format!("{name}.key");
        let curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
        self.openssl(&[&["genpkey"], &curve[..], &["-out", &out]].concat(), "");
    }

    fn request(&self, name: &str) -> String {
        self.key(name);
        let (key, out) = (format!("{name}.key"), format!("{name}.csr"));
        self.openssl(&["req", "-new", "-config", "config", "-key", &key, "-subj", "/CN=x", "-out", &out], "");
        out
    }

    fn openssl(&self, args: &[&str], names: &str) {
        let names = if names.is_empty() { "DNS:unused.example" } else { names };
        let out = Command::new("openssl")
            .args(args)
            .current_dir::<&Path>(&self.0)
            .env("NAMES", names)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(out.status.success(), "openssl {args:?}: {}", String::from_utf8_lossy(&out.stderr));
    }
}
