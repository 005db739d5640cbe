//! `demo --serve`: the sandbox runs until Ctrl-C, and another terminal can connect to it.

use serde_json::json;

use super::borrowed_file::BorrowedFile;
use super::signals;
use crate::app::{App, environment};
use crate::error::{Error, Kind};
use crate::sandbox::Sandbox;

pub(super) fn serve(app: &App, sandbox: &Sandbox) -> Result<(), Error> {
    let end = signals::listen()
        .map_err(|cause| Error::new(Kind::Internal, format!("signals cannot be waited for: {cause}")))?;
    if app.out.json {
        // A program puts the file where it wants it.
        app.out.object(json!({"v": 1, "event": "serving", "url": sandbox.url(),
            "provider_file": sandbox.provider_file()}))?;
        let _ = end.recv();
        return Ok(());
    }
    let file = BorrowedFile::write(app.catalogue().path_of("sandbox"), &sandbox.provider_file())?;
    app.out.line(sandbox.url())?;
    app.out.say(invitation(app, sandbox.url(), file.as_ref()));
    let _ = end.recv();
    app.out.say(
        "\nThe sandbox has stopped. If you are still connected to it: integ disconnect sandbox --yes --force",
    );
    Ok(())
}

fn invitation(app: &App, url: &str, file: Option<&BorrowedFile>) -> String {
    let (connect, name, note) = match file {
        Some(file) => {
            let note = format!("The provider file is {} until then.", file.path.display());
            ("sandbox".to_owned(), "sandbox", note)
        }
        None => {
            let path = app.catalogue().path_of("sandbox");
            let note = format!(
                "{} is yours and stays as it is; `practice` finds its way by itself.",
                path.display()
            );
            (format!("practice --issuer {url}"), "practice", note)
        }
    };
    let alias = alias().map_or(String::new(), |alias| format!("  {alias}\n"));
    format!(
        "
The sandbox runs at this address until Ctrl-C, and then forgets everything. {note}
In another terminal:

{alias}  integ connect {connect}
  integ status
  integ test
  integ token {name}
  integ api {name} /api/items
  integ disconnect {name} --yes

No keychain there? First: integ vault init. No browser there? integ connect {connect} --device
Bad days, on request:

  curl -X POST '{url}/_sandbox/expire'
  curl -X POST '{url}/_sandbox/forget?account=alice@sandbox.example'
  curl -X POST '{url}/_sandbox/fail?status=503&n=9'
"
    )
}

/// What makes `integ` mean this program, where it does not yet: a build that is not installed.
fn alias() -> Option<String> {
    let this = std::env::current_exe().ok()?.canonicalize().ok()?;
    let path = environment::os_text("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).find_map(|dir| dir.join("integ").canonicalize().ok());
    (found.as_ref() != Some(&this)).then(|| format!("alias integ='{}'", this.display()))
}
