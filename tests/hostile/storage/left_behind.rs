//! What a killed command committed stands in the index's log alone. Whoever comes next, on a disk that is full from one call
//! on, must not take the log for empty.

use crate::home::{Act, Home, Point};

#[test]
fn st15_what_a_killed_command_committed_outlives_a_full_disk() {
    const CREATE: [&str; 8] = ["task", "create", "Kept", "--to", "todoist", "--queue", "--key", "k"];
    let list = ["task", "list", "--json"];
    let home = Home::empty();
    home.run(&["task", "create", "First", "--to", "todoist", "--queue"]).exits(&[0]);
    let listed = home.copy();
    listed.call(&CREATE).disk(Point::NONE).run().exits(&[0]);
    // The log is moved into the index when the command ends.
    let calls = listed.storage_calls();
    let at = 1 + calls.iter().position(|call| call.ends_with(" pwrite index.db")).expect("no checkpoint");
    let output = home.call(&CREATE).disk(Point { at, act: Act::Kill }).run();
    assert!(output.out().contains("Kept") || output.err().contains("Kept"), "{}", output.transcript());

    let looked = home.copy();
    looked.call(&list).disk(Point::NONE).run().exits(&[0]).says("Kept");
    let calls = looked.storage_calls().len();
    assert!(calls > 10, "{calls}");
    for at in 1..=calls {
        let next = home.copy();
        next.call(&list).disk(Point { at, act: Act::FullOn }).run();
        let after = next.run(&list);
        assert!(
            after.code == 0 && after.out().contains("Kept"),
            "full from call {at} on: {}",
            after.transcript()
        );
    }
}
