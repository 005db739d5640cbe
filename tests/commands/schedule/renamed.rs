//! A timer goes on asking for a connection by the name it had.

use super::Machine;

const NOTES: &str = "title = \"Notes\"\nauthorize-url = \"http://127.0.0.1:9/a\"\ntoken-url = \"http://127.0.0.1:9/t\"\n\
    api-url = \"http://127.0.0.1:9\"\n";

#[test]
fn renaming_what_the_schedule_names_is_told() {
    for has_cron in [true, false] {
        let machine =
            if has_cron { Machine::new().with_crontab() } else { Machine::new().with_systemctl("nothing") };
        machine.home.provider("notes", NOTES);
        for name in ["notes", "notes/run"] {
            machine.run_with_input(&["connect", name, "--token-stdin"], "token").expect(0);
        }
        let scheduler = if has_cron { "crontab" } else { "systemd" };
        machine.run(&["schedule", "install", "--yes", "--scheduler", scheduler, "notes"]).expect(0);
        let quiet = machine.run(&["rename", "notes/run", "notes/walk"]).expect(0);
        assert!(!quiet.stderr.contains("scheduled"), "{}", quiet.stderr);
        let told = machine.run(&["rename", "notes", "notes/work"]).expect(0);
        assert!(told.stderr.contains("what is scheduled still asks for notes\n"), "{}", told.stderr);
        assert!(told.stderr.contains("integ schedule install notes/work"), "{}", told.stderr);
    }
}
