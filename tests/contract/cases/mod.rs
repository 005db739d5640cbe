//! The suite: what must hold for every provider, for each way in that its dialect has.

mod answers;
mod api;
mod browser;
mod codes;
mod device;
mod file;
mod goodbye;
mod machine;
mod paste;
mod refusals;
mod renewal;
mod shapes;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::dialect::{At, Auth, Dialect, Secret};
use crate::scene::{Scene, SignedIn};

type Check = fn(&Scene);

/// The cases of one provider; each has a scene of its own, so that none sees what another left.
struct List {
    dialect: Dialect,
    trials: Vec<Trial>,
}

impl List {
    fn add(&mut self, name: &str, check: impl FnOnce(&Scene) + Send + 'static) {
        let dialect = self.dialect.clone();
        self.act(name, move || Scene::new(&dialect), check);
    }

    fn act(
        &mut self,
        name: &str,
        scene: impl FnOnce() -> Scene + Send + 'static,
        check: impl FnOnce(&Scene) + Send + 'static,
    ) {
        let name = format!("{}::{name}", self.dialect.name);
        self.trials.push(Trial::test(name, move || {
            let scene = scene();
            check(&scene);
            scene.over();
            Ok(())
        }));
    }

    fn group(&mut self, cases: &[(&str, Check)]) {
        for (name, check) in cases {
            self.add(name, *check);
        }
    }

    /// With a client of the other kind: one that has a secret, or none.
    fn other_client(&mut self, kind: Secret) {
        let mut dialect = self.dialect.clone();
        let browser = dialect.browser.as_mut().unwrap();
        let (prefix, has_secret) = match kind {
            Secret::Needed => return,
            Secret::Optional => ("without_a_secret", false),
            Secret::Absent | Secret::Never => ("with_a_secret", true),
        };
        browser.auth = if kind == Secret::Absent { Auth::Body } else { Auth::Public };
        let cases: [(&str, Check); 3] = [
            ("connects", browser::connects),
            ("renews", renewal::renews),
            ("disconnects", goodbye::disconnects),
        ];
        for (name, check) in cases {
            let dialect = dialect.clone();
            self.act(&format!("{prefix}::{name}"), move || Scene::with(&dialect, has_secret), check);
        }
    }
}

pub(crate) fn of(dialect: Dialect) -> Vec<Trial> {
    let mut list = List { dialect: dialect.clone(), trials: Vec::new() };
    list.group(&file::CASES);
    let built_in = dialect.clone();
    list.act(
        "file::addresses_are_those_of_the_documentation",
        move || Scene::built_in(&built_in),
        file::addresses,
    );
    if let Some(browser) = &dialect.browser {
        list.group(&browser::CASES);
        list.group(&answers::CASES);
        list.group(&shapes::CASES);
        if browser.scope.is_some() {
            list.group(&browser::SCOPES);
        }
        list.other_client(browser.secret);
    }
    if dialect.device.is_some() {
        device::list(&mut list);
    }
    if let Some(paste) = &dialect.paste {
        paste::list(&mut list, paste);
    }
    if dialect.machine.is_some() {
        list.group(&machine::CASES);
    }
    list.group(&api::CASES);
    for (number, limits) in dialect.also_limited.iter().cloned().enumerate() {
        list.add(&format!("api::is_limited_and_until_when::{number}"), move |scene| {
            api::is_limited_by(scene, limits);
        });
    }
    if dialect.introspect.is_some() {
        list.group(&[("api::introspection_says_that_it_is_dead", api::is_introspected)]);
    }
    renewal::list(&mut list);
    list.group(&goodbye::CASES);
    if dialect.revoke.is_some() {
        list.group(&[("disconnect::a_provider_that_cannot_be_told", goodbye::cannot_be_told)]);
    }
    refusals::list(&mut list);
    codes::list(&mut list);
    list.trials
}

/// Connected, verified, with nothing missing, as who it is.
#[track_caller]
fn is_who_it_is(scene: &Scene, signed_in: SignedIn) -> Value {
    is_who_it_is_at(scene, signed_in, scene.dialect.me.workspace)
}

#[track_caller]
fn is_who_it_is_at(scene: &Scene, signed_in: SignedIn, workspace: Option<&str>) -> Value {
    let SignedIn { ended, connected } = signed_in;
    let ended = ended.expect(0);
    let event = connected.unwrap_or_else(|| panic!("not connected: {}{}", ended.stdout, ended.stderr));
    let me = &scene.dialect.me;
    assert_eq!((&event["account"], &event["account_id"]), (&json!(me.account), &json!(me.id)), "{event}");
    assert_eq!(event["workspace"], json!(workspace), "{event}");
    assert_eq!(event["verified"], true, "{event}");
    assert_eq!(event["missing_scopes"], json!([]), "{event}");
    event
}

#[track_caller]
fn nothing_is_stored(scene: &Scene) {
    assert_eq!(scene.status(), Value::Null, "nothing is stored");
}

/// `test` comes to this.
#[track_caller]
fn test_says(scene: &Scene, exit: i32, outcome: &str) -> Value {
    let (ended, tested) = scene.test();
    assert_eq!(
        (ended.code, tested["outcome"].as_str()),
        (exit, Some(outcome)),
        "{tested}{}{}",
        ended.stdout,
        ended.stderr
    );
    tested
}

#[track_caller]
fn needs_a_sign_in(scene: &Scene) {
    let tested = test_says(scene, 3, "needs_reauth");
    let help = tested["error"]["help"].as_str().unwrap_or_default();
    assert!(help.contains("integ connect"), "{tested}");
}

/// A time that lies so far ahead (seconds), give or take what a slow machine needs.
#[track_caller]
fn lies_ahead(error: &Value, seconds: i64) {
    let at: jiff::Timestamp =
        error["retry_at"].as_str().unwrap_or_else(|| panic!("no time: {error}")).parse().unwrap();
    let left = at.as_second() - crate::dialect::now();
    assert!((seconds - 20..=seconds + 1).contains(&left), "in {left} s, not {seconds}: {error}");
}

fn refuse(scene: &Scene, at: At, status: u16, body: Value) {
    scene.server.tell(|play| play.refuses = Some((at, status, body)));
}

fn relent(scene: &Scene) {
    scene.server.tell(|play| {
        play.refuses = None;
        play.limits = None;
    });
}
