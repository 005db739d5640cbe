use super::*;
use crate::vault::tests::{Home, grant, name};

fn names(vault: &Vault) -> Vec<String> {
    vault.grants().unwrap().iter().map(|(name, _)| name.to_string()).collect()
}

#[test]
fn a_copy_counts_once_the_original_is_gone() {
    let home = Home::new();
    let (vault, one, two) = (home.vault("default"), name("one"), name("acme/two"));
    vault.save(&one, &mut grant("a", Some("r"))).unwrap();
    assert!(vault.copy(&two, &one).unwrap().is_none());
    let mut copy = vault.copy(&one, &two).unwrap().unwrap();
    assert!(vault.grant(&two).unwrap().is_none());
    assert_eq!(names(&vault), ["one"]);
    vault.rename(&one, &two, &mut copy).unwrap();
    let renamed = vault.grant(&two).unwrap().unwrap();
    assert_eq!((renamed.access_token.expose(), renamed.copy_of), ("a", None));
    assert_eq!(names(&vault), ["acme/two"]);
    assert!(vault.grant(&one).unwrap().is_none());
}

#[test]
fn what_came_of_no_rename_goes_with_the_original() {
    let home = Home::new();
    let (vault, one, two, other) = (home.vault("default"), name("one"), name("two"), name("other"));
    for name in [&one, &other] {
        vault.save(name, &mut grant("a", None)).unwrap();
    }
    vault.copy(&one, &two).unwrap();
    vault.copy(&other, &name("copy")).unwrap();
    vault.delete(&one).unwrap();
    assert_eq!(names(&vault), ["other"]);
    assert!(vault.grant(&two).unwrap().is_none());
    let mut left: Vec<String> = vault.items().unwrap().into_iter().map(|(key, _)| key).collect();
    left.sort();
    assert_eq!(left, ["default/copy", "default/other"]);
}

#[test]
fn whoever_has_the_old_name_next_is_no_original() {
    let home = Home::new();
    let (vault, one, two) = (home.vault("default"), name("one"), name("two"));
    vault.save(&one, &mut grant("a", None)).unwrap();
    vault.copy(&one, &two).unwrap();
    // As far as a rename came that could not save once more.
    vault.delete_item("default/one").unwrap();
    let mut another = grant("b", None);
    another.connected_at += 1;
    vault.save(&one, &mut another).unwrap();
    assert_eq!(names(&vault), ["one", "two"]);
    assert_eq!(vault.grant(&two).unwrap().unwrap().access_token.expose(), "a");
    vault.delete(&one).unwrap();
    assert_eq!(names(&vault), ["two"]);
    let mut saved = vault.grant(&two).unwrap().unwrap();
    vault.save(&two, &mut saved).unwrap();
    assert_eq!(saved.copy_of, None);
}

#[test]
fn there_and_back_after_a_rename_that_could_not_save_once_more() {
    let home = Home::new();
    let (vault, one, two) = (home.vault("default"), name("one"), name("two"));
    vault.save(&one, &mut grant("a", None)).unwrap();
    vault.copy(&one, &two).unwrap();
    vault.delete_item("default/one").unwrap();
    let mut back = vault.copy(&two, &one).unwrap().unwrap();
    assert_eq!(names(&vault), ["two"]);
    assert!(vault.grant(&one).unwrap().is_none() && vault.grant(&two).unwrap().is_some());
    vault.rename(&two, &one, &mut back).unwrap();
    assert_eq!(names(&vault), ["one"]);
}

#[test]
fn another_sign_in_makes_no_connection_of_what_came_of_no_rename() {
    let home = Home::new();
    let (vault, one, two) = (home.vault("default"), name("one"), name("two"));
    vault.save(&one, &mut grant("a", None)).unwrap();
    vault.copy(&one, &two).unwrap();
    let mut another = grant("b", None);
    another.connected_at += 1;
    vault.save_another(&one, &mut another).unwrap();
    assert_eq!(names(&vault), ["one"]);
    assert!(vault.copy(&one, &two).unwrap().is_some(), "the name is free");
}
