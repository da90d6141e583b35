use std::time::Duration;

use tokio::{
    runtime::Handle,
    time::{Instant, timeout_at},
};

use super::error::StoreError;

/// How long one call may take, waiting for a connection included.
pub(super) const CALL_LIMIT: Duration = Duration::from_secs(5);

/// When a call of a store's, which can be several statements, must have ended.
#[derive(Clone, Copy)]
pub(super) struct Deadline(Instant);

impl Deadline {
    /// For a call that begins now. Without a runtime, Tokio's timer would panic.
    pub(super) fn new() -> Result<Self, StoreError> {
        Handle::try_current().map_err(|_| StoreError::no_runtime())?;
        Ok(Self(Instant::now() + CALL_LIMIT))
    }

    /// Waits for `work` until then.
    pub(super) async fn limit<F: Future>(
        self,
        store: &str,
        work: F,
    ) -> Result<F::Output, StoreError> {
        let late = |_| StoreError::unavailable(format!("{store} did not answer in time"));
        timeout_at(self.0, work).await.map_err(late)
    }
}
