//! One sign-in, one answer: the first right request takes it, whoever comes later is told so.

use std::sync::{Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};

use super::Callback;
use super::head::Head;
use super::judge::{Place, judge};
use super::refusal::Refusal;
use crate::oauth::page::Page;

pub(super) type Arrivals = mpsc::Receiver<Callback>;

pub(super) struct Desk {
    place: Place,
    sign_in: Mutex<SignIn>,
    arrivals: mpsc::Sender<Callback>,
}

/// An empty state matches no request.
#[derive(Default)]
struct SignIn {
    state: String,
    answered: bool,
}

/// What the tab that brought the answer waits for.
pub(super) struct Pending {
    pub(super) page: oneshot::Receiver<Page>,
    pub(super) taken: oneshot::Sender<()>,
}

impl Desk {
    pub(super) fn new(place: Place) -> (Desk, Arrivals) {
        let (arrivals, waiting) = mpsc::channel(1);
        (Desk { place, sign_in: Mutex::default(), arrivals }, waiting)
    }

    /// True when this is another sign-in than before.
    pub(super) fn expect(&self, state: &str) -> bool {
        let mut sign_in = self.sign_in.lock().unwrap_or_else(PoisonError::into_inner);
        let other = sign_in.state != state;
        if other {
            *sign_in = SignIn { state: state.to_owned(), answered: false };
        }
        other
    }

    pub(super) fn receive(&self, head: &Head) -> Result<Pending, Refusal> {
        let mut sign_in = self.sign_in.lock().unwrap_or_else(PoisonError::into_inner);
        let response = judge(head, &self.place, &sign_in.state)?;
        if sign_in.answered {
            return Err(Refusal::AlreadyAnswered);
        }
        let (page, page_waiting) = oneshot::channel();
        let (taken_signal, taken) = oneshot::channel();
        let callback = Callback { answer: response.answer, iss: response.iss, page, taken };
        self.arrivals.try_send(callback).map_err(|_| Refusal::AlreadyAnswered)?;
        sign_in.answered = true;
        Ok(Pending { page: page_waiting, taken: taken_signal })
    }
}
