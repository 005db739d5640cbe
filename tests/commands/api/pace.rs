//! No faster than the provider file says, and nobody before the time that the provider asked for. Only what may not come
//! too soon is asserted: nothing here fails on a machine that is slow.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::desk::{Answer, Asked, Desk, answer};
use crate::seal::Home;

/// When each request came.
fn desk_and_home(
    rate: &str,
    answers: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
) -> (Desk, Home, Arc<Mutex<Vec<Instant>>>) {
    let times = Arc::new(Mutex::new(Vec::new()));
    let clock = Arc::clone(&times);
    let desk = Desk::open(move |asked| {
        clock.lock().unwrap().push(Instant::now());
        answers(asked)
    });
    let home = Home::new();
    home.provider("x", &format!("title = \"X\"\napi-url = \"{}\"\n{rate}", desk.url));
    home.paste("x", "token");
    times.lock().unwrap().clear();
    (desk, home, times)
}

fn gaps(times: &Mutex<Vec<Instant>>) -> Vec<Duration> {
    times.lock().unwrap().windows(2).map(|pair| pair[1] - pair[0]).collect()
}

#[test]
fn requests_of_one_run_keep_the_providers_pace() {
    // A request's way to the server may differ by some milliseconds.
    let (gap, slack) = (Duration::from_millis(250), Duration::from_millis(50));
    let (desk, home, times) = desk_and_home("[rate]\nper-second = 4.0\n", |asked| {
        let next: usize = asked.target.rsplit('=').next().and_then(|n| n.parse().ok()).unwrap_or(0) + 1;
        match next {
            1..4 => answer(200, "{}").with("link", &format!("</p?page={next}>; rel=\"next\"")),
            _ => answer(200, "{}"),
        }
    });
    home.run(&["api", "x", "/p?page=0", "--paginate"]).expect(0);
    assert_eq!(desk.count("GET", "/p"), 4);
    assert!(gaps(&times).iter().all(|lay| *lay + slack >= gap), "{:?}", gaps(&times));
}

#[test]
fn a_redirect_takes_its_turn_too() {
    let (gap, slack) = (Duration::from_millis(500), Duration::from_millis(50));
    let (desk, home, times) = desk_and_home("[rate]\nper-second = 2.0\n", |asked| match &*asked.target {
        "/old" => answer(302, "").with("location", "/new"),
        _ => answer(200, "{}"),
    });
    home.run(&["api", "x", "/old"]).expect(0);
    assert_eq!(desk.count("GET", "/new"), 1);
    assert!(gaps(&times).iter().all(|lay| *lay + slack >= gap), "{:?}", gaps(&times));
}

#[test]
fn retry_after_is_waited_for_in_full() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let (_desk, home, times) = desk_and_home("", |_| match ASKED.fetch_add(1, Ordering::SeqCst) {
        0 => answer(429, "{}").with("retry-after", "1"),
        _ => answer(200, "{}"),
    });
    ASKED.store(0, Ordering::SeqCst);
    home.run(&["api", "x", "/busy"]).expect(0);
    let gaps = gaps(&times);
    assert_eq!(gaps.len(), 1);
    assert!(gaps[0] >= Duration::from_secs(1), "{gaps:?}");
}
