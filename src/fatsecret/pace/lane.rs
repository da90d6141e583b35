//! One user's calls: those that began, those that wait, and the cool-down.

// The trap: whoever is first in line may be a future that nobody polls, such as one of a `buffered` stream
// whose consumer makes a call of its own. If the others waited for it, they would wait for ever. So nobody
// holds anything while they wait, and each place further back gives those in front only a moment.

use std::{collections::VecDeque, task::Waker, time::Duration};

use tokio::time::Instant;

use super::{settings::Settings, window::Window};

/// How long each place in front of a caller may leave its turn unused.
pub(super) const PATIENCE: Duration = Duration::from_millis(200);

/// One user's line.
#[derive(Debug, Default)]
pub(super) struct Lane {
    window: Window,
    /// Moves on by an interval with each call; as far ahead of now as calls went out at once.
    ahead: Option<Instant>,
    cool_until: Option<Instant>,
    /// Since when somebody waits for those in front, although a call could begin.
    unused_since: Option<Instant>,
    /// In the order in which they came, so their tickets rise.
    queue: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    ticket: u64,
    waker: Waker,
}

impl Lane {
    /// The rest of the cool-down.
    pub(super) fn cooling(&self, now: Instant) -> Option<Duration> {
        remaining(self.cool_until, now)
    }

    /// Begins a cool-down, or prolongs it. Gives those who wait, to be woken.
    pub(super) fn cool(&mut self, until: Instant) -> impl Iterator<Item = Waker> {
        self.cool_until = self.cool_until.max(Some(until));
        self.everybody()
    }

    /// Those who wait, to be woken.
    pub(super) fn everybody(&self) -> impl Iterator<Item = Waker> {
        self.queue.iter().map(|waiting| waiting.waker.clone())
    }

    /// When whoever has this ticket, or comes new, may call: `now`, or later.
    pub(super) fn turn_at(
        &mut self,
        settings: &Settings,
        ticket: Option<u64>,
        now: Instant,
    ) -> Instant {
        let place = ticket.map_or(self.queue.len(), |ticket| self.place(ticket));
        let patience = PATIENCE * u32::try_from(place).unwrap_or(u32::MAX);
        let free = self.free_at(settings, now);
        if free > now || place == 0 {
            return free + patience;
        }
        // Not since it became free: after the whole program stood still, those in front come first.
        *self.unused_since.get_or_insert(now) + patience
    }

    /// Puts a caller into the line, or says how to wake the one who is there.
    pub(super) fn wait(&mut self, ticket: u64, waker: &Waker) {
        match self.queue.get_mut(self.place(ticket)) {
            Some(waiting) => waiting.waker.clone_from(waker),
            None => self.queue.push_back(Waiting { ticket, waker: waker.clone() }),
        }
    }

    /// Takes a caller out of the line. Gives the next one, if it is their turn to look at the time.
    pub(super) fn leave(&mut self, ticket: u64) -> Option<Waker> {
        let place = self.place(ticket);
        self.queue.remove(place)?;
        self.queue.front().filter(|_| place == 0).map(|next| next.waker.clone())
    }

    /// Counts a call that begins `now`.
    pub(super) fn record(&mut self, settings: &Settings, now: Instant) {
        self.unused_since = None;
        self.window.record(settings.rate, now);
        self.ahead = Some(self.ahead.map_or(now, |ahead| ahead.max(now)) + settings.interval);
    }

    /// Whether nothing would be lost with this lane.
    pub(super) fn is_idle(&self, settings: &Settings, now: Instant) -> bool {
        self.queue.is_empty()
            && self.cooling(now).is_none()
            && self.ahead.is_none_or(|ahead| ahead <= now)
            && self.window.is_empty(settings.rate, now)
    }

    /// Where in the line this ticket is; the end of the line for a new one.
    fn place(&self, ticket: u64) -> usize {
        self.queue.partition_point(|waiting| waiting.ticket < ticket)
    }

    fn free_at(&self, settings: &Settings, now: Instant) -> Instant {
        let at_once = settings.interval * (settings.burst - 1);
        let bucket = self.ahead.and_then(|ahead| ahead.checked_sub(at_once));
        self.window.free_at(settings.rate, now).max(bucket.unwrap_or(now))
    }
}

/// A place in a line.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) lane: u64,
    pub(super) ticket: u64,
}

/// What is left until then.
pub(super) fn remaining(until: Option<Instant>, now: Instant) -> Option<Duration> {
    until.and_then(|until| until.checked_duration_since(now)).filter(|left| !left.is_zero())
}
