//! Another time of day for one command. The same means as in tests/hostile, for a bare command.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use crate::preload::built;

const SOURCE: &str = r#"
#define _GNU_SOURCE
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *at) {
    long result = syscall(SYS_clock_gettime, clock, at);
    const char *text = getenv("TEST_CLOCK_AHEAD");
    if (result == 0 && text && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) at->tv_sec += atol(text);
    return (int)result;
}
"#;

static LIBRARY: OnceLock<PathBuf> = OnceLock::new();

/// The command runs so many seconds from now.
pub(crate) fn at(command: &mut Command, ahead: i64) -> &mut Command {
    command
        .env("LD_PRELOAD", built("tasks-clock", SOURCE, &LIBRARY))
        .env("TEST_CLOCK_AHEAD", ahead.to_string())
}
