//! Signals as messages, for what has to tidy up before it ends.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::mpsc::{Receiver, channel};
use std::task::Poll;
use std::thread;

use crate::output::{interrupted, unbreakable};

/// Once this has returned, the first signal that asks us to end arrives here instead of ending the process.
pub(super) fn listen() -> io::Result<Receiver<i32>> {
    // For good: nothing else may end us before the room is tidy.
    std::mem::forget(unbreakable());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (ready, is_ready) = channel();
    let (arrived, signal) = channel();
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            let mut end = pin!(interrupted());
            // The first poll is what takes the signals over.
            let mut early = None;
            poll_fn(|context| {
                if let Poll::Ready(number) = end.as_mut().poll(context) {
                    early = Some(number);
                }
                Poll::Ready(())
            })
            .await;
            let _ = ready.send(());
            let number = match early {
                Some(number) => number,
                None => end.await,
            };
            let _ = arrived.send(number);
        });
    })?;
    let _ = is_ready.recv();
    Ok(signal)
}
