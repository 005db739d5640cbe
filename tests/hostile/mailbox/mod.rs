//! Mailboxes: the life of a connection, what each refusal means, servers that attack, and tokens of other connections.

mod hostile;
mod life;
mod server;
mod verdicts;
mod via;

use server::{MailServer, PASSWORD, USER};

use crate::home::{Home, Output};

impl Home {
    /// `imap` at this server, which is not encrypted: it is on this machine.
    fn connect_mail(&self, server: &MailServer, more: &[&str]) -> Output {
        self.mail_call(server, "none", more).stdin(PASSWORD).run()
    }

    fn mail_call(&self, server: &MailServer, security: &str, more: &[&str]) -> crate::home::Call<'_> {
        let [user, port] = [format!("user={USER}"), format!("port={}", server.port)];
        let security = format!("security={security}");
        let mut args = vec!["connect", "imap", "--json", "--option", "host=127.0.0.1", "--option", &user];
        args.extend(["--option", &port, "--option", &security, "--token-stdin"]);
        args.extend(more);
        self.call(&args)
    }
}

/// A home whose `imap` is connected, and the server.
fn connected() -> (MailServer, Home) {
    let (server, home) = (MailServer::start(), Home::empty());
    home.connect_mail(&server, &[]).exits(&[0]);
    server.forget();
    (server, home)
}
