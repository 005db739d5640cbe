//! `integ` against software that nobody here wrote: a keyring daemon, an OpenID provider, provider emulators, a browser, age, cron.
//! `tests/run` installs it and runs this target; whatever is missing makes its tests say `SKIP: name: why`.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::unwrap_used
)]
#![cfg(target_os = "linux")]

mod harness;

// The provider that misbehaves, its home, the matrix and the points: shared with other tests, which use more of them.
#[allow(dead_code, unused_imports)]
#[path = "../hostile/evil/mod.rs"]
mod evil;
#[allow(dead_code, unused_imports)]
#[path = "../hostile/home/mod.rs"]
mod home;
#[allow(dead_code)]
#[path = "../hostile/matrix/mod.rs"]
mod matrix;
#[allow(dead_code)]
#[path = "../hostile/points/mod.rs"]
mod points;

mod age_vault;
mod any_server;
mod browser;
mod calendars;
mod callback;
mod confidential;
mod core_files;
mod cron;
mod disconnect;
mod dovecot;
mod full_disk;
mod github;
mod google;
mod headless;
mod hot_path;
mod in_the_keychain;
mod keychain;
mod keychain_cut;
mod keychain_faults;
mod keychain_silent;
mod linear;
mod microsoft;
mod misbehaviours_in_the_keychain;
mod namespaces;
mod nobody_there;
mod notion;
mod one_bind;
mod openid;
mod other_flows;
mod prompts;
mod refresh;
mod refresh_faults;
mod schedule_files;
mod self_checks;
mod servers;
mod slack;
mod stampede;
mod storage_calls;
mod storage_faults;
mod strangers_files;
mod tls;
mod unseen_calls;
mod user_manager;
mod vault_move;
mod watch;
