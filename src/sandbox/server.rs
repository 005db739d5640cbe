//! The thread, the accept loop and one task per connection.

use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::net::TcpListener;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::answer::Answer;
use super::request::Request;
use super::router;
use super::state::State;

const BODY_CAP: usize = 1024 * 1024;
/// How long requests under way may take once the sandbox is told to stop.
const GRACE: Duration = Duration::from_secs(1);

type Shared = Arc<Mutex<State>>;

pub(crate) fn spawn(
    listener: TcpListener,
    state: Shared,
    stopped: watch::Receiver<bool>,
) -> io::Result<JoinHandle<()>> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let listener = {
        let _inside = runtime.enter();
        tokio::net::TcpListener::from_std(listener)?
    };
    thread::Builder::new()
        .name("sandbox".to_owned())
        .spawn(move || runtime.block_on(accept(listener, state, stopped)))
}

async fn accept(listener: tokio::net::TcpListener, state: Shared, mut stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    let mut waiting = stopped.clone();
    while let Some(accepted) = until(&mut stopped, pin!(listener.accept())).await {
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(connection(stream, Arc::clone(&state), waiting.clone()));
            }
            // Out of descriptors: let connections end instead of spinning.
            Err(_) => {
                let _ = until(&mut waiting, pin!(tokio::time::sleep(Duration::from_millis(20)))).await;
            }
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, async { while connections.join_next().await.is_some() {} }).await;
}

async fn connection(stream: TcpStream, state: Shared, mut stopped: watch::Receiver<bool>) {
    let service = service_fn(|request| {
        let state = Arc::clone(&state);
        async move { Ok::<_, Infallible>(respond(request, &state).await.into_response()) }
    });
    let mut connection = pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    // A connection that breaks is the client's business.
    if until(&mut stopped, connection.as_mut()).await.is_none() {
        connection.as_mut().graceful_shutdown();
        let _ = connection.await;
    }
}

async fn respond(request: hyper::Request<Incoming>, state: &Shared) -> Answer {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, BODY_CAP).collect().await else {
        return Answer::too_large();
    };
    let mut request = Request::new(head, body.to_bytes());
    let answer = router::dispatch(&mut state.lock().unwrap_or_else(PoisonError::into_inner), &mut request);
    // Only the answer waits: what was asked has already happened, as when a network is slow.
    if !answer.delay.is_zero() {
        tokio::time::sleep(answer.delay).await;
    }
    answer
}

/// None when the sandbox is told to stop before `future` is ready.
async fn until<F: Future>(stopped: &mut watch::Receiver<bool>, mut future: Pin<&mut F>) -> Option<F::Output> {
    let mut stop = pin!(stopped.wait_for(|stop| *stop));
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => stop.as_mut().poll(context).map(|_| None),
    })
    .await
}
