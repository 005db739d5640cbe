//! CB21: many connections, and slow ones.

use std::io::Write as _;

use crate::evil::{Evil, browser};
use crate::home::Home;

#[test]
fn cb21_two_hundred_slow_connections_do_not_keep_the_callback_out() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let waiting = home.waiting(&["evil"]);
    let mut slow = Vec::new();
    for _ in 0..200 {
        if let Some(mut stream) = browser::connect(&waiting.host) {
            let _ = stream.write_all(b"G");
            slow.push(stream);
        }
    }
    waiting.finishes();
    drop(slow);
}
