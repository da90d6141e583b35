//! What `tracing` is told in the thread of one test.

use std::{
    io,
    sync::{Arc, LazyLock, Mutex},
};

use tracing::subscriber::DefaultGuard;
use tracing_subscriber::{filter::LevelFilter, fmt::format::FmtSpan, util::SubscriberInitExt as _};

use super::silent;

#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Vec<u8>>>);

impl Heard {
    /// Listens on this thread, up to a level, until the guard is dropped.
    ///
    /// Another test may be about to tell `tracing` that nobody listens to this crate. So a test meets the places that say
    /// something once before, and they are asked anew here.
    pub(crate) fn listen(level: LevelFilter) -> (Self, DefaultGuard) {
        listen_among_others();
        let heard = Self::default();
        let writer = heard.clone();
        let guard = tracing_subscriber::fmt()
            .with_max_level(level)
            .with_span_events(FmtSpan::CLOSE)
            .with_ansi(false)
            .without_time()
            .with_writer(move || writer.clone())
            .set_default();
        tracing::callsite::rebuild_interest_cache();
        (heard, guard)
    }

    /// What was heard since the last look, which is no secret of the scenario's.
    #[track_caller]
    pub(crate) fn text(&self) -> String {
        let text = String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap();
        silent(&text);
        text
    }
}

impl io::Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Before one listens to `tracing`: with one subscriber in the process, a place that says something asks the thread that
/// is first there, which may be another test's and have none, and then says nothing to anybody. With two it asks both.
fn listen_among_others() {
    static ANOTHER: LazyLock<tracing::Dispatch> =
        LazyLock::new(|| tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default()));
    LazyLock::force(&ANOTHER);
}
