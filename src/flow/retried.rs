// A step that is made again by a policy.

use super::{Failed, Flow};
use crate::{attempts::Attempts, retries::Retries};

/// # Steps of a flow
impl Retries {
    /// Makes a step, and makes it again by this policy if it fails. Each attempt gets the flow that the failed one gave
    /// back.
    ///
    /// Use it for what is not a call of the client, such as parking a flow in a store. Use it also for an
    /// [`exchange`](Flow::exchange) that the provider may have carried out already: the client's own policy does not
    /// repeat that one. Repeating it does no harm: if the request token is used up, the provider refuses it. If the
    /// client has a policy of its own, each attempt follows that as well.
    ///
    /// # Errors
    ///
    /// The last attempt's error, with the flow.
    ///
    /// # Cancel safety
    ///
    /// If you drop the future, the flow is lost.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use tripod::{Callback, Client, Flow, Retries};
    /// use tripod_sandbox::{Fault, Sandbox};
    ///
    /// let sandbox = Sandbox::start().await?;
    /// let client = Client::new(sandbox.provider(), sandbox.consumer())?;
    /// sandbox.inject(Fault::Status(503));
    ///
    /// let patience = Retries::standard().with_pauses(Duration::ZERO, Duration::ZERO);
    /// let flow = client.begin(Callback::out_of_band());
    /// let pending = patience.step(flow, Flow::request_token).await?;
    /// assert!(!pending.oauth_token().is_empty());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn step<S, T, F>(
        &self,
        mut flow: Flow<S>,
        mut step: impl FnMut(Flow<S>) -> F,
    ) -> Result<T, Failed<S>>
    where
        F: IntoFuture<Output = Result<T, Failed<S>>>,
    {
        let client = flow.client().clone();
        let mut attempts = Attempts::new(self, &client);
        loop {
            let failed = match step(flow).await {
                Err(failed) => failed,
                done => return done,
            };
            match attempts.again(failed.error()).await {
                Some(pause) => pause.await,
                None => return Err(failed),
            }
            flow = failed.into_flow();
        }
    }
}
