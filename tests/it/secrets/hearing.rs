//! An ear that hears all that is printed, logged or traced.

use std::{
    error::Error as StdError,
    fmt::{Debug, Display},
    io,
    sync::{LazyLock, Mutex},
};

use tripod::{Failed, Flow};

/// Everything that was said.
pub(super) static HEARD: LazyLock<Mutex<String>> = LazyLock::new(Mutex::default);
/// Every signature that was sent.
pub(super) static SIGNATURES: LazyLock<Mutex<Vec<String>>> = LazyLock::new(Mutex::default);

/// Secrets that came up on the way and are not among the canaries.
pub(super) static FOUND: LazyLock<Mutex<Vec<String>>> = LazyLock::new(Mutex::default);

pub(super) fn hear(text: &str) {
    let mut heard = HEARD.lock().unwrap();
    heard.push_str(text);
    heard.push('\n');
}

pub(super) fn debug(value: &impl Debug) {
    hear(&format!("{value:?}\n{value:#?}"));
}

pub(super) fn both(value: &(impl Debug + Display)) {
    debug(value);
    hear(&format!("{value}\n{value:#}"));
}

pub(super) fn chain(error: &dyn StdError) {
    let mut next = Some(error);
    while let Some(error) = next {
        hear(&format!("{error}\n{error:?}\n{error:#?}"));
        next = error.source();
    }
}

pub(super) fn failed<S>(failed: Failed<S>) -> Flow<S>
where
    Failed<S>: StdError + Debug,
{
    chain(&failed);
    both(failed.error().kind());
    hear(&format!("{:?} {:?}", failed.error().excerpt(), failed.error().endpoint()));
    chain(failed.error());
    failed.into_flow()
}

/// A writer of `tracing`'s events.
pub(super) struct Ear;

impl io::Write for Ear {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        HEARD.lock().unwrap().push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl log::Log for Ear {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        hear(&format!("{} {} {}", record.level(), record.target(), record.args()));
    }

    fn flush(&self) {}
}

pub(super) fn listen() {
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(|| Ear)
        .init();
    log::set_boxed_logger(Box::new(Ear)).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
}
