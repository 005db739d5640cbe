//! One target, led by what the program does: INTEG_FUZZ_TARGET names it. More than 64 MiB or more than a second of the
//! processor for one input is as much of a finding as a panic.
#![no_main]

use std::alloc::System;
use std::sync::OnceLock;
use std::time::Duration;

use cap::Cap;
use libfuzzer_sys::fuzz_target;
use nix::time::{ClockId, clock_gettime};

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

const MOST_MEMORY: usize = 64 << 20;
const LONGEST: Duration = Duration::from_secs(1);

fn worked() -> Duration {
    clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID).expect("every system has this clock").into()
}

fuzz_target!(|data: &[u8]| {
    static RUN: OnceLock<fn(&[u8])> = OnceLock::new();
    let run = RUN.get_or_init(|| {
        let name = std::env::var("INTEG_FUZZ_TARGET").expect("INTEG_FUZZ_TARGET names a target");
        let target = integ::fuzz::TARGETS.iter().find(|target| target.name == name);
        target.unwrap_or_else(|| panic!("there is no target called {name}")).run
    });
    MEMORY.set_limit(MEMORY.allocated() + MOST_MEMORY).expect("above what is allocated");
    let began = worked();
    run(data);
    let took = worked() - began;
    assert!(took < LONGEST, "one input took {took:?}");
});
