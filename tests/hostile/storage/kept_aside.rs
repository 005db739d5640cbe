//! A new token that could not be saved lies beside an item that nobody can read: what cures the one is not kept from it by
//! the other.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::evil::Evil;
use crate::home::{GrantText, Home, OTHER_IDENTITY, private_file};

/// One connection, with something kept aside, and its item is what it must not be.
fn damaged(evil: &Evil, is_damaged: bool) -> Home {
    let mut home = Home::new(evil);
    home.fresh(evil, "evil");
    let item = home.vault_files().remove(0);
    let stem = item.file_stem().unwrap().to_str().unwrap();
    private_file(&home.vault().join("locks").join(format!("{stem}.unsaved")), b"sealed with what is lost");
    if is_damaged {
        private_file(&item, b"not an item");
    } else {
        // Every item is sealed with another key than the one that is given.
        private_file(&home.path("other"), OTHER_IDENTITY.as_bytes());
        let path = home.path("other").to_str().unwrap().to_owned();
        home.set("INTEG_VAULT_KEY_FILE", &path);
    }
    home
}

fn kept(home: &Home) -> usize {
    let left = fs::read_dir(home.vault().join("locks")).unwrap().flatten();
    left.filter(|entry| entry.path().extension().is_some_and(|e| e == "unsaved")).count()
}

#[test]
fn an_item_that_cannot_be_read_is_replaced_or_deleted_all_the_same() {
    let evil = Evil::start();
    for is_damaged in [true, false] {
        let home = damaged(&evil, is_damaged);
        // Who only reads finds it as it was, and is told of the item.
        home.run(&["refresh", "evil", "--force"]).exits(&[5]);
        assert_eq!(kept(&home), 1);
        home.run(&["disconnect", "evil", "--force", "--yes"]).exits(&[0]);
        assert!(home.vault_files().is_empty() && kept(&home) == 0);

        let home = damaged(&evil, is_damaged);
        home.connect(&["evil", "--replace"]).0.exits(&[0]);
        home.run(&["refresh", "evil", "--force"]).exits(&[0]);
        assert_eq!(kept(&home), 0);

        let home = damaged(&evil, is_damaged);
        let in_an_hour = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed() + 3600;
        let text = GrantText::new(&evil, "evil", in_an_hour).1.0.to_string();
        home.run_with(&["import", "-", "--replace"], text).exits(&[0]);
        home.run(&["refresh", "evil", "--force"]).exits(&[0]);
        assert_eq!(kept(&home), 0);
    }
}
