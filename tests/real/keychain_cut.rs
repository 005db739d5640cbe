//! ST4: the bus goes away at any byte of a write. What is there afterwards is the old value or the new one, whole.
use crate::harness::{CutBus, Keyring, Sealed, needs};

/// Bytes; more than the whole conversation of a write.
const END: usize = 8192;
const STEP: usize = 96;

#[test]
fn st04_a_write_that_is_cut_anywhere_leaves_the_old_value_or_the_new_one() {
    if !needs("keychain_cut", &["$gnome-keyring-daemon", "$dbus-daemon"]) {
        return;
    }
    let keyring = Keyring::unlocked();
    let home = Sealed::with_keyring(&keyring);
    home.provider("acme", "title = \"Acme\"\napi-url = \"http://127.0.0.1:9\"\n");
    let import = |token: &str, bus: &str| {
        home.secrets().plant(token);
        let command = home.integ(&["import", "acme", "--replace"]).env("DBUS_SESSION_BUS_ADDRESS", bus);
        command.stdin(token).run()
    };
    let mut stored = "CANARY-at-the-beginning".to_owned();
    import(&stored, &keyring.address()).ok();
    let (mut kept, mut changed) = (0, 0);
    for cut in (0..END).step_by(STEP) {
        let bus = CutBus::after(cut, &keyring);
        let new = format!("CANARY-cut-after-{cut}-bytes");
        let out = import(&new, &bus.address());
        let now = home.integ(&["token", "acme"]).reveals().run().ok().text().to_owned();
        let what = format!("cut after {cut} bytes: {out}");
        match out.code {
            0 => assert_eq!(now, new, "{what}"),
            5 => assert!(now == new || now == stored, "neither the old nor the new: {now}\n{what}"),
            _ => panic!("{what}"),
        }
        kept += usize::from(now == stored);
        changed += usize::from(now == new);
        stored = now;
    }
    assert!(kept > 5 && changed > 5, "the cuts missed the write: {kept} before it, {changed} after it");
}
