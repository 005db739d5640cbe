//! Accepts connections and answers one request on each. Nobody can hold the listener up: few connections are open at
//! once, each has a deadline, and the oldest one gives way to a new one.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{sleep, timeout};

use super::desk::Desk;
use super::head::{self, Unread};
use super::refusal::{self, Refusal};
use super::respond;

const MAX_OPEN: usize = 64;
const HEAD_TIME: Duration = Duration::from_secs(5);
const WRITE_TIME: Duration = Duration::from_secs(2);
const LINGER_TIME: Duration = Duration::from_millis(500);
const LINGER_BYTES: usize = 1024 * 1024;

/// The listening sockets, shared so that they can be closed from outside at any moment.
pub(super) struct Sockets(Mutex<Vec<TcpListener>>);

impl Sockets {
    pub(super) fn new(sockets: Vec<TcpListener>) -> Sockets {
        Sockets(Mutex::new(sockets))
    }

    pub(super) fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// `turn` decides which socket is asked first, so that a flood on one cannot starve the other.
    async fn accept(&self, turn: usize) -> io::Result<TcpStream> {
        poll_fn(|context| {
            let sockets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            for socket in sockets.iter().cycle().skip(turn % 2).take(sockets.len()) {
                if let Poll::Ready(accepted) = socket.poll_accept(context) {
                    return Poll::Ready(accepted.map(|(stream, _)| stream));
                }
            }
            Poll::Pending
        })
        .await
    }
}

struct Connection {
    task: AbortHandle,
    /// Brought the answer and waits for its page: never dropped in favour of another.
    keeps: Arc<AtomicBool>,
}

/// Runs until its task is aborted, which closes every connection too.
pub(super) async fn serve(sockets: Arc<Sockets>, desk: Arc<Desk>) {
    let mut tasks = JoinSet::new();
    let mut open: VecDeque<Connection> = VecDeque::new();
    for turn in 0_usize.. {
        let accepted = sockets.accept(turn).await;
        while tasks.try_join_next().is_some() {}
        open.retain(|connection| !connection.task.is_finished());
        match accepted {
            Ok(stream) => {
                if open.len() >= MAX_OPEN {
                    drop_oldest(&mut open);
                }
                let keeps = Arc::new(AtomicBool::new(false));
                let task = tasks.spawn(converse(stream, Arc::clone(&desk), Arc::clone(&keeps)));
                open.push_back(Connection { task, keeps });
                // Lets a request that is already here be read before the next newcomer can push it out.
                tokio::task::yield_now().await;
            }
            // The peer left before we came.
            Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            // Out of descriptors, most likely.
            Err(_) => {
                drop_oldest(&mut open);
                sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

fn drop_oldest(open: &mut VecDeque<Connection>) {
    if let Some(oldest) = open.iter().position(|connection| !connection.keeps.load(Ordering::Relaxed))
        && let Some(connection) = open.remove(oldest)
    {
        connection.task.abort();
    }
}

async fn converse(mut stream: TcpStream, desk: Arc<Desk>, keeps: Arc<AtomicBool>) {
    let received = match head::read(&mut stream, HEAD_TIME).await {
        Ok(head) => desk.receive(&head),
        Err(Unread::Gone) => return,
        Err(Unread::Late) => Err(Refusal::Late),
        Err(Unread::TooLarge) => Err(Refusal::TooLarge),
        Err(Unread::Malformed) => Err(Refusal::Malformed),
    };
    match received {
        Ok(pending) => {
            keeps.store(true, Ordering::Relaxed);
            let page = pending.page.await.unwrap_or_else(|_| refusal::unfinished());
            send(&mut stream, &respond::outcome(&page)).await;
            let _ = pending.taken.send(());
            keeps.store(false, Ordering::Relaxed);
        }
        Err(refused) => send(&mut stream, &respond::refusal(refused)).await,
    }
    linger(&mut stream).await;
}

async fn send(stream: &mut TcpStream, response: &[u8]) {
    let sending = async {
        stream.write_all(response).await?;
        stream.shutdown().await
    };
    // The browser may be gone; that changes nothing here.
    let _ = timeout(WRITE_TIME, sending).await;
}

/// Closing over unread bytes would reset the connection, and the browser would show that instead of the page.
async fn linger(stream: &mut TcpStream) {
    let draining = async {
        let mut chunk = [0; 2048];
        let mut drained = 0;
        while drained < LINGER_BYTES {
            match stream.read(&mut chunk).await {
                Ok(0) | Err(_) => return,
                Ok(count) => drained += count,
            }
        }
    };
    let _ = timeout(LINGER_TIME, draining).await;
}
