//! Another time of day for one command: what it asks the system is answered this much later or earlier. Only the wall
//! clock moves, as after a suspend or when somebody sets it.

use std::path::PathBuf;
use std::sync::OnceLock;

use super::Call;
use super::preload::built;

const SOURCE: &str = r#"
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long ahead(void) {
    const char *text = getenv("TEST_CLOCK_AHEAD");
    return text ? atol(text) : 0;
}
int clock_gettime(clockid_t clock, struct timespec *at) {
    long result = syscall(SYS_clock_gettime, clock, at);
    if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) at->tv_sec += ahead();
    return (int)result;
}
int gettimeofday(struct timeval *restrict at, void *restrict zone) {
    long result = syscall(SYS_gettimeofday, at, zone);
    if (result == 0) at->tv_sec += ahead();
    return (int)result;
}
time_t time(time_t *at) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (at) *at = now.tv_sec;
    return now.tv_sec;
}
"#;

static LIBRARY: OnceLock<PathBuf> = OnceLock::new();

impl Call<'_> {
    /// This many seconds from now; before now when negative.
    pub(crate) fn at(self, ahead: i64) -> Self {
        self.env("LD_PRELOAD", built("clock", SOURCE, &LIBRARY)).env("TEST_CLOCK_AHEAD", ahead.to_string())
    }
}
