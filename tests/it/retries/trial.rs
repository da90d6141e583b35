//! A provider that fails as it is told to, and a client whose pauses take no time.

use std::{
    future::{pending, ready},
    ops::RangeInclusive,
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use tripod::{
    Retries, Session,
    transport::{
        Body, Limits, PauseFuture, StreamFuture, Transport, TransportError, TransportFuture,
    },
};

use crate::support::{Answer, Hands, Scenario, Script, Shared, reply};

/// A script whose pauses only move the hands of the clock, and whose calls take a while.
#[derive(Clone)]
pub(super) struct Patient {
    pub(super) script: Script,
    pub(super) hands: Hands,
    pub(super) takes: Duration,
    pub(super) waited: Shared<Vec<Duration>>,
    /// Whether a pause ends at all.
    pub(super) ends: bool,
}

impl Transport for Patient {
    fn send(&self, request: Request<Bytes>, limits: Limits) -> TransportFuture {
        self.hands.pass(self.takes);
        self.script.send(request, limits)
    }

    fn send_stream(&self, request: Request<Body>, limits: Limits) -> StreamFuture {
        self.hands.pass(self.takes);
        self.script.send_stream(request, limits)
    }

    fn pause(&self, time: Duration) -> Option<PauseFuture> {
        self.waited.lock().unwrap().push(time);
        self.hands.pass(time);
        Some(if self.ends { Box::pin(ready(())) } else { Box::pin(pending()) })
    }
}

pub(super) struct Trial {
    pub(super) scenario: Scenario,
    pub(super) patient: Patient,
}

impl Trial {
    pub(super) fn new(retries: Retries) -> Self {
        Self::with(retries, |_| {})
    }

    pub(super) fn with(retries: Retries, change: impl FnOnce(&mut Patient)) -> Self {
        let mut scenario = Scenario::photos();
        let mut patient = Patient {
            script: scenario.script.clone(),
            hands: scenario.hands.clone(),
            takes: Duration::ZERO,
            waited: Shared::default(),
            ends: true,
        };
        change(&mut patient);
        scenario.client =
            scenario.client.clone().with_transport(patient.clone()).with_retries(retries);
        Self { scenario, patient }
    }

    pub(super) fn session(&self) -> Session {
        self.scenario.to_granted()
    }

    pub(super) fn answers(&self, answers: impl IntoIterator<Item = Answer>) {
        for answer in answers {
            self.scenario.script.answer(answer);
        }
    }

    /// The pauses since the last look, each of which is in its range of milliseconds.
    #[track_caller]
    pub(super) fn waited(&self, ranges: &[RangeInclusive<u64>]) {
        let waited = std::mem::take(&mut *self.patient.waited.lock().unwrap());
        assert_eq!(waited.len(), ranges.len(), "{waited:?}");
        for (pause, range) in waited.iter().zip(ranges) {
            let (least, most) = (range.start() * 1000, range.end() * 1000);
            let micros = u64::try_from(pause.as_micros()).unwrap();
            assert!((least..=most).contains(&micros), "{pause:?} is not in {range:?}");
        }
    }

    #[track_caller]
    pub(super) fn sent(&self, count: usize) {
        assert_eq!(self.scenario.script.sent().len(), count);
    }
}

pub(super) fn broken() -> Answer {
    TransportError::interrupted("cut").into()
}

pub(super) fn refused() -> Answer {
    TransportError::connect("nobody there").into()
}

pub(super) fn status(status: u16) -> Answer {
    reply(status, "").into()
}

pub(super) fn wait_for(seconds: u64) -> Answer {
    let mut busy: Response<Bytes> = reply(429, "");
    busy.headers_mut().insert("retry-after", seconds.into());
    busy.into()
}

pub(super) fn nonce(request: &Request<Bytes>) -> String {
    let header = request.headers()["authorization"].to_str().unwrap();
    let (_, pairs) = crate::naive::read_header(header);
    pairs.into_iter().find(|(name, _)| name == "oauth_nonce").unwrap().1
}
