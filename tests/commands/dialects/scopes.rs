//! Which scopes are asked for, where, and which capabilities get on with each other.

use super::*;

const CAPABILITIES: &str = "[capability.crm]\nrequired = [\"contacts.read\"]\noptional = [\"contacts.write\", \"deals\"]\n\
    [capability.tasks]\nrequired = [\"contacts.write\"]\nnote = \"tasks belong to contacts\"\n\
    [capability.imap]\nrequired = [\"imap\"]\nalone = true\n";

fn asked_for(page: &str, name: &str) -> String {
    let url: url::Url = page.parse().unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn home_of(desk: &Desk, more: &str) -> Home {
    let home = Home::new();
    let more = format!("api-url = \"{}\"\nscopes = [\"oauth\"]\n{more}\n{CAPABILITIES}", desk.url);
    home.provider("x", &file(desk, &more));
    home
}

#[test]
fn optional_ones_have_a_parameter_of_their_own() {
    let desk = desk(tokens());
    let home = home_of(&desk, "optional-scope-param = \"optional_scope\"");
    let (ended, page) = sign_in(&home, &["x", "--can", "crm"]);
    ended.expect(0);
    assert_eq!(asked_for(&page, "scope"), "oauth contacts.read");
    assert_eq!(asked_for(&page, "optional_scope"), "contacts.write deals");
    // What one capability can do without, another needs.
    let (ended, page) = sign_in(&home, &["x/b", "--can", "crm,tasks"]);
    ended.expect(0);
    assert_eq!(asked_for(&page, "scope"), "oauth contacts.read contacts.write");
    assert_eq!(asked_for(&page, "optional_scope"), "deals");
    let plain = home_of(&desk, "");
    let page = sign_in(&plain, &["x", "--can", "crm"]).1;
    assert_eq!(asked_for(&page, "scope"), "oauth contacts.read contacts.write deals");
}

#[test]
fn what_must_stand_alone_is_never_mixed() {
    let desk = desk(tokens());
    let home = home_of(&desk, "");
    let (ended, page) = sign_in(&home, &["x"]);
    ended.expect(0);
    assert!(!asked_for(&page, "scope").contains("imap"), "{page}");
    assert_eq!(status(&home, "x")["capabilities"], json!(["crm", "tasks"]));
    for can in ["imap,crm", "+imap"] {
        let ended = home.run(&["connect", "x", "--can", can]).expect(2);
        assert!(ended.stderr.contains("integ connect x/imap --can imap"), "{}", ended.stderr);
    }
    let (ended, page) = sign_in(&home, &["x/imap", "--can", "imap"]);
    ended.expect(0);
    assert_eq!(asked_for(&page, "scope"), "oauth imap");
    home.run_with_input(&["import", "x/c"], "CANARY-c").expect(0);
    assert_eq!(status(&home, "x/c")["capabilities"], json!(["crm", "tasks"]));
}

#[test]
fn what_a_capability_cannot_do_is_said() {
    let desk = desk(tokens());
    let home = home_of(&desk, "");
    let ended = sign_in(&home, &["x"]).0.expect(0);
    assert!(ended.stderr.contains("tasks: tasks belong to contacts"), "{}", ended.stderr);
    let ended = sign_in(&home, &["x/b", "--can", "crm"]).0.expect(0);
    assert!(!ended.stderr.contains("belong to contacts"), "{}", ended.stderr);
    let text = home.run(&["providers", "x"]).expect(0).stdout;
    assert!(text.contains("tasks belong to contacts") && text.contains("integ connect x/imap"), "{text}");
}
