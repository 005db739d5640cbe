//! CL13: jobs at every full hour, for as many hours as one likes to wait for.

use std::time::Instant;

use super::asked;
use crate::evil::Evil;
use crate::home::{Home, Running, figure, times};

const HOUR: u64 = 3_600;

/// Hours, jobs, and how long an access token lives.
fn hours(hours: u64, jobs: u64, life: u64) {
    let (evil, began) = (Evil::start(), Instant::now());
    let home = Home::new(&evil);
    evil.state().grants.access_ttl = life;
    home.fresh(&evil, "evil");
    let mut tokens = Vec::new();
    for hour in 1..=hours {
        let at = (hour * HOUR).cast_signed();
        let mut jobs: Vec<_> = (0..jobs).map(|_| home.call(&["token", "evil"]).at(at).start()).collect();
        let last = jobs.pop().unwrap();
        let mut said: Vec<_> = jobs.into_iter().map(Running::end).collect();
        said.push(last.wait());
        for output in said {
            let token = output.exits(&[0]).out();
            assert!(evil.state().grants.is_live(token.trim()), "hour {hour}");
            tokens.push(token);
        }
    }
    tokens.dedup();
    // The first full hour at which less than five minutes are left, again and again.
    let each = (life - 300).div_ceil(HOUR);
    let least = usize::try_from(hours / each).unwrap();
    let done = evil.refreshes();
    figure(&format!(
        "soak, cron: {hours} hours of {jobs} jobs, tokens of {life} s: {done} refreshes, at least {least} are needed; 0 jobs \
         failed, 0 sign-ins; {:.0} s",
        began.elapsed().as_secs_f64()
    ));
    assert!((least..=least + 1).contains(&done), "{done} refreshes, {least} are needed");
    assert!(tokens.len() <= done + 1, "{} tokens of {done} refreshes", tokens.len());
    assert_eq!(evil.state().grants.revoked(), 0);
    assert_eq!(home.status("evil")["state"], "connected");
}

#[test]
fn cl13_hourly_jobs_refresh_once_per_life_and_never_fail() {
    let all = asked("INTEG_SOAK_HOURS", times(24, 1_000) as u64);
    let jobs = asked("INTEG_SOAK_JOBS", times(4, 100) as u64);
    hours(all, jobs, HOUR);
    hours(all, jobs.min(4), 8 * HOUR);
}
