//! The last call of the whole login, made again after a failure that may pass.

use std::time::Duration;

use tokio::time::sleep;

use crate::{
    error::Error,
    flow::{Failed, Flow, Session, state::Authorized},
};

/// How often the exchange is made in all.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);

/// If the client has a policy for retries, that decides alone, or each of its attempts would be several.
pub(super) async fn exchange(
    mut authorized: Flow<Authorized>,
) -> Result<Session, Failed<Authorized>> {
    let has_policy = authorized.client().retries().is_on();
    let may_pass =
        |error: &Error| error.is_retryable() && error.retry_after().is_none() && !has_policy;
    for _ in 1..TRIES {
        authorized = match authorized.exchange().await {
            Err(failed) if may_pass(failed.error()) => failed.into_flow(),
            outcome => return outcome,
        };
        sleep(PAUSE).await;
    }
    authorized.exchange().await
}

#[cfg(test)]
mod tests {
    use std::{
        future::ready,
        sync::{Arc, Mutex},
    };

    use bytes::Bytes;
    use http::{Request, Response};
    use tokio::time::Instant;

    use super::*;
    use crate::{
        client::Client,
        credentials::Consumer,
        error::kind::ErrorKind,
        protocol::callback::Callback,
        provider::Provider,
        retries::Retries,
        transport::{Limits, PauseFuture, Transport, TransportError, TransportFuture},
    };

    /// Is away for so many calls, and then grants.
    #[derive(Clone)]
    struct Away(Arc<Mutex<(u32, u32)>>);

    impl Transport for Away {
        fn send(&self, _: Request<Bytes>, _: Limits) -> TransportFuture {
            let (away, sent) = &mut *self.0.lock().unwrap();
            *sent += 1;
            let reply = if sent > away {
                Ok(Response::new(Bytes::from_static(b"oauth_token=a&oauth_token_secret=s")))
            } else {
                Err(TransportError::connect(std::io::Error::other("away")))
            };
            Box::pin(ready(reply))
        }

        fn pause(&self, pause: Duration) -> Option<PauseFuture> {
            Some(Box::pin(sleep(pause)))
        }
    }

    /// What comes of the exchange, how often it was sent, and how long that took.
    async fn after(away: u32, retries: Retries) -> (Option<ErrorKind>, u32, Duration) {
        let transport = Away(Arc::new(Mutex::new((away, 0))));
        let consumer = Consumer::new("key", "secret");
        let client = Client::from_transport(Provider::fatsecret(), consumer, transport.clone())
            .with_retries(retries);
        let (_, awaiting) = client.begin(Callback::out_of_band()).build().unwrap();
        let body = "oauth_token=t&oauth_token_secret=s&oauth_callback_confirmed=true";
        let issued = awaiting.receive(&Response::new(body)).unwrap();
        let begun = Instant::now();
        let outcome = exchange(issued.authorize("code").unwrap()).await;
        let sent = transport.0.lock().unwrap().1;
        (outcome.err().map(|failed| failed.error().kind().clone()), sent, begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_that_may_pass_is_tried_three_times_a_second_apart() {
        let none = Retries::none;
        assert_eq!(after(0, none()).await, (None, 1, Duration::ZERO));
        assert_eq!(after(2, none()).await, (None, 3, 2 * PAUSE));
        assert_eq!(after(3, none()).await, (Some(ErrorKind::Connect), 3, 2 * PAUSE));
    }

    #[tokio::test(start_paused = true)]
    async fn a_policy_of_the_clients_decides_alone() {
        let at_once = |attempts| {
            Retries::standard().with_attempts(attempts).with_pauses(Duration::ZERO, Duration::ZERO)
        };
        let away = Some(ErrorKind::Connect);
        assert_eq!(after(9, at_once(2)).await, (away, 2, Duration::ZERO));
        assert_eq!(after(4, at_once(5)).await, (None, 5, Duration::ZERO));
    }
}
