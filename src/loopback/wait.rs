//! Waiting for the user: the flow beside the listener.
//!
//! As in `flow::step`, the flow stands next to what is waited for, so that giving up loses nothing.

use std::{
    fmt,
    ops::ControlFlow,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use secrecy::ExposeSecret;
use tokio::{
    sync::mpsc,
    time::{Sleep, sleep},
};

use super::{
    pages::Page,
    serve::{Arrival, Shared},
};
use crate::{
    client::Client,
    error::{Error, groups::ListenerError, kind::ErrorKind, stage::Stage},
    event,
    flow::{
        Failed, Flow, PendingFlow,
        state::{Authorized, RequestTokenIssued},
    },
    protocol::callback::{is_an_answer, named_token},
};

type Outcome = Result<Flow<Authorized>, Failed<RequestTokenIssued>>;

/// The future of [`Loopback::wait`](super::Loopback::wait): a flow that waits for the callback.
/// `.await` it.
///
/// The timeout begins with the first poll.
///
/// # Cancel safety
///
/// It is `Unpin`, so you can poll it through `&mut wait` in `select!` or with a timeout, and
/// continue it later. To stop waiting and keep the flow, use [`into_flow`](Self::into_flow). The
/// listener stays open, so the flow can wait again. A callback that comes in the meantime is kept
/// for a few seconds. After that the browser is told that the program is busy, and the callback counts only
/// if it names the request token of the flow that waits.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use tripod::{Authorized, Flow, PendingFlow, loopback::{Loopback, Wait}};
///
/// /// `Err` has the flow, with which the waiting can go on.
/// async fn a_little(
///     loopback: &mut Loopback,
///     flow: PendingFlow,
/// ) -> Result<Flow<Authorized>, Option<PendingFlow>> {
///     let mut wait: Wait<'_> = loopback.wait(flow);
///     match tokio::time::timeout(Duration::from_secs(1), &mut wait).await {
///         Ok(Ok(authorized)) => Ok(authorized),
///         Ok(Err(failed)) => Err(Some(failed.into_flow())),
///         Err(_elapsed) => Err(wait.into_flow()),
///     }
/// }
/// ```
#[must_use = "it waits only while it is awaited"]
pub struct Wait<'a> {
    shared: &'a Shared,
    arrivals: &'a mut mpsc::Receiver<Arrival>,
    flow: Option<PendingFlow>,
    limit: Duration,
    deadline: Option<Deadline>,
}

struct Deadline {
    sleep: Pin<Box<Sleep>>,
    /// What has run out then.
    kind: ErrorKind,
}

impl<'a> Wait<'a> {
    pub(super) fn new(
        shared: &'a Shared,
        arrivals: &'a mut mpsc::Receiver<Arrival>,
        flow: PendingFlow,
        limit: Duration,
    ) -> Self {
        Self { shared, arrivals, flow: Some(flow), limit, deadline: None }
    }

    /// Stops waiting and returns the flow.
    ///
    /// `None` if the waiting has already ended; then its result has the flow.
    #[must_use = "the flow holds the tokens"]
    pub fn into_flow(self) -> Option<PendingFlow> {
        self.flow
    }

    /// Lets the flow judge a callback, and tells the browser. A callback that is not the flow's leaves
    /// it as it was.
    fn judge(&mut self, flow: PendingFlow, arrival: Arrival) -> ControlFlow<Outcome, PendingFlow> {
        let Arrival { query, answer, turn } = arrival;
        let is_earlier = turn < self.shared.lock().turn;
        // It came before this flow, does not say whose it is, and its browser was told that nobody took it.
        if is_earlier
            && answer.is_closed()
            && matches!(named_token(query.expose_secret()), Ok(None))
        {
            event!("a callback that names no flow and came too long ago");
            return ControlFlow::Continue(flow);
        }
        if !is_an_answer(query.expose_secret()) {
            event!("a visit to the callback path without the provider's parameters");
            let _ = answer.send(Page::WrongLink);
            return ControlFlow::Continue(flow);
        }
        let (page, outcome) = match flow.receive_callback(query.expose_secret()) {
            Ok(authorized) => (Page::Granted, Ok(authorized)),
            Err(failed) => match failed.error().kind() {
                ErrorKind::Denied { .. } => (Page::Denied, Err(failed)),
                ErrorKind::RequestTokenExpired => (Page::Expired, Err(failed)),
                _ => {
                    event!(error = %failed.error(), "a callback that does not belong to this flow");
                    // The browser may have gone; the page is a courtesy.
                    let _ = answer.send(Page::WrongLink);
                    return ControlFlow::Continue(failed.into_flow());
                }
            },
        };
        event!(granted = outcome.is_ok(), "the callback was received");
        self.shared.settle(query, page);
        let _ = answer.send(page);
        // A browser that asked twice at once has the second one in the queue.
        while let Ok(Arrival { query, answer, .. }) = self.arrivals.try_recv() {
            let page = self.shared.lock().settled(&query).unwrap_or(Page::WrongLink);
            let _ = answer.send(page);
        }
        ControlFlow::Break(outcome)
    }
}

/// Refuses a provider whose callback does not say whose it is.
pub(super) fn check_provider(client: &Client) -> Result<(), Error> {
    if client.provider().approval().accepts_callback_without_token() {
        let reason = "this provider's callback names no request token, so that it cannot be caught here; have the user type the code (`Callback::out_of_band`)";
        return Err(Error::setup(ErrorKind::InvalidSetting { reason }));
    }
    Ok(())
}

impl Deadline {
    /// The limit, or the end of the request token's life if that is sooner.
    fn new(flow: &PendingFlow, limit: Duration) -> Self {
        let lifetime = flow.client().provider().request_token_lifetime();
        match lifetime.map(|lifetime| lifetime.saturating_sub(flow.age())) {
            Some(left) if left <= limit => {
                Self { sleep: Box::pin(sleep(left)), kind: ErrorKind::RequestTokenExpired }
            }
            _ => Self {
                sleep: Box::pin(sleep(limit)),
                kind: ErrorKind::Listener(ListenerError::Timeout { limit }),
            },
        }
    }
}

impl Future for Wait<'_> {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        let this = &mut *self;
        // It may have ended; like every fused future, it stays pending.
        let Some(mut flow) = this.flow.take() else { return Poll::Pending };
        let failed = |flow: PendingFlow, kind| {
            Poll::Ready(Err(flow.failed(Error::new(Stage::Approval, kind))))
        };
        if let Err(error) = check_provider(flow.client()) {
            return Poll::Ready(Err(flow.failed(error.at_stage(Stage::Approval))));
        }
        loop {
            match this.arrivals.poll_recv(context) {
                Poll::Ready(Some(arrival)) => match this.judge(flow, arrival) {
                    ControlFlow::Continue(same) => flow = same,
                    ControlFlow::Break(outcome) => return Poll::Ready(outcome),
                },
                // The server's task is gone, and with it the runtime of `bind`.
                Poll::Ready(None) => {
                    return failed(flow, ErrorKind::Listener(ListenerError::NoPort));
                }
                Poll::Pending => break,
            }
        }
        let limit = this.limit;
        let deadline = this.deadline.get_or_insert_with(|| Deadline::new(&flow, limit));
        if deadline.sleep.as_mut().poll(context).is_ready() {
            let kind = deadline.kind.clone();
            this.shared.lock().is_expired = kind == ErrorKind::RequestTokenExpired;
            return failed(flow, kind);
        }
        this.flow = Some(flow);
        Poll::Pending
    }
}

impl fmt::Debug for Wait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("flow", &self.flow)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{Request, Response};
    use tokio::sync::oneshot;

    use super::*;
    use crate::{
        credentials::Consumer,
        protocol::callback::Callback,
        provider::Provider,
        transport::{Limits, Transport, TransportFuture},
    };

    struct Nobody;

    impl Transport for Nobody {
        fn send(&self, _: Request<Bytes>, _: Limits) -> TransportFuture {
            Box::pin(std::future::pending())
        }
    }

    fn issued() -> PendingFlow {
        let consumer = Consumer::new("key", "secret");
        let client = Client::from_transport(Provider::fatsecret(), consumer, Nobody);
        let (_, awaiting) = client.begin(Callback::out_of_band()).build().unwrap();
        let body = "oauth_token=this&oauth_token_secret=s&oauth_callback_confirmed=true";
        awaiting.receive(&Response::new(body)).unwrap()
    }

    fn arrival(query: &str) -> (Arrival, oneshot::Receiver<Page>) {
        let (answer, answered) = oneshot::channel();
        (Arrival { query: query.into(), answer, turn: 0 }, answered)
    }

    /// What comes of these callbacks, of which nobody waits for the first one's answer any more.
    async fn wait_with(late: &str, then: Option<&str>) -> Outcome {
        // They came in the turn of an earlier flow.
        let shared = Shared::new(1);
        shared.lock().begin("this");
        wait_at(&shared, late, then).await
    }

    async fn wait_at(shared: &Shared, late: &str, then: Option<&str>) -> Outcome {
        let (sender, mut arrivals) = mpsc::channel(2);
        let (late, _) = arrival(late);
        assert!(sender.try_send(late).is_ok());
        let then = then.map(arrival);
        let _answered = then.map(|(then, answered)| {
            assert!(sender.try_send(then).is_ok());
            answered
        });
        Wait::new(shared, &mut arrivals, issued(), Duration::from_secs(1)).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_denial_that_came_too_long_ago_and_names_no_flow_does_not_end_the_next_one() {
        for late in ["error=access_denied", "oauth_problem=user_refused"] {
            let granted = "oauth_token=this&oauth_verifier=v";
            assert!(wait_with(late, Some(granted)).await.is_ok(), "{late}");
            let failed = wait_with(late, None).await.unwrap_err();
            let limit = Duration::from_secs(1);
            let timeout = ErrorKind::Listener(ListenerError::Timeout { limit });
            assert_eq!(*failed.error().kind(), timeout, "{late}");
        }
    }

    /// The program was busy for so long, with a dialog of its own for example.
    #[tokio::test(start_paused = true)]
    async fn a_denial_of_this_flow_counts_however_late_it_is_taken() {
        let failed = wait_at(&Shared::new(1), "error=access_denied", None).await.unwrap_err();
        assert!(failed.error().is_denied(), "{}", failed.error());
    }

    #[tokio::test(start_paused = true)]
    async fn what_names_the_flow_counts_however_late_it_is_taken() {
        assert!(wait_with("oauth_token=this&oauth_verifier=v", None).await.is_ok());
        for denial in ["oauth_token=this&error=access_denied", "denied=this"] {
            assert!(wait_with(denial, None).await.unwrap_err().error().is_denied(), "{denial}");
        }
    }
}
