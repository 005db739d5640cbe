//! CL13: jobs at every full hour, for as many hours as one likes to wait for.

use crate::evil::Evil;
use crate::home::{Home, times};

const HOUR: i64 = 3_600;
#[test]
fn cl13_hourly_jobs_refresh_once_per_life_and_never_fail() {
    let (hours, jobs) = (times(24, 1_000) as i64, times(4, 100));
    for life in [HOUR, 8 * HOUR] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        evil.state().grants.access_ttl = life.unsigned_abs();
        home.fresh(&evil, "evil");
        let mut tokens = Vec::new();
        for hour in 1..=hours {
            let jobs: Vec<_> =
                (0..jobs).map(|_| home.call(&["token", "evil"]).at(hour * HOUR).start()).collect();
            for job in jobs {
                let token = job.wait().exits(&[0]).out();
                assert!(evil.state().grants.is_live(token.trim()), "hour {hour}");
                tokens.push(token);
            }
        }
        tokens.dedup();
        // The first full hour at which less than five minutes are left, again and again.
        let each = (life - 300 + HOUR - 1) / HOUR;
        let expected = usize::try_from(hours / each).unwrap();
        assert_eq!(evil.refreshes(), expected, "a life of {life} s");
        let before_the_first = usize::from(each > 1);
        assert_eq!(tokens.len(), expected + before_the_first, "a life of {life} s");
        assert_eq!(evil.state().grants.revoked(), 0);
    }
}
