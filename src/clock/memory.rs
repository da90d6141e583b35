//! What is known of the provider's time: which timestamps it may have seen, and what it said of them.

// Pure: nothing here reads a clock. The trap: any of the things that are remembered may be wrong. A
// timestamp in flight may come from a clock that was ahead, a `Date` from a proxy whose own clock is
// wrong, and a refusal may have another cause. So each refusal rules out one of them, and what was ruled
// out for want of a better is tried again before the client gives up on a time that is right.

use std::time::Duration;

/// Providers accept timestamps that are so many seconds off; most have this window.
const WINDOW: u64 = 300;
/// How long a timestamp of which nothing was heard is kept as a guess. By then the provider's time has
/// passed each that it could have accepted.
const GUESSES: Duration = Duration::from_secs(600);
/// The bound on how many timestamps are kept.
const MOST: usize = 32;

/// When a request was signed, and by which time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signed {
    pub(super) timestamp: u64,
    /// The time that was believed. The timestamp is later if an earlier one binds it.
    pub(super) now: u64,
    /// How many refusals had been learnt from.
    round: u64,
}

impl Signed {
    fn is_lifted(self) -> bool {
        self.timestamp > self.now
    }
}

/// The clocks at the time of a refusal, in Unix seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clocks {
    /// This machine's.
    pub(super) local: i64,
    /// The provider's, if it has been learnt.
    pub(super) learnt: Option<i64>,
    pub(super) monotonic: Duration,
}

/// What a refusal teaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lesson {
    /// Go by the time that is believed.
    Keep,
    /// Go by the provider's time from now on.
    Learn(u64),
    /// Go by this machine's clock again.
    Forget,
    /// There is nothing else to try.
    Nothing,
}

#[derive(Debug, Default)]
pub(super) struct Memory {
    /// The highest timestamp that the provider has accepted, or is taken to have; zero for none.
    accepted: u64,
    given: Vec<Given>,
    round: u64,
}

/// A timestamp that was given out, above the accepted one.
#[derive(Clone, Copy, Debug)]
struct Given {
    timestamp: u64,
    /// When it was given, on the monotonic clock; none if in more than one second.
    second: Option<Duration>,
    /// When the last request with it is over.
    until: Duration,
    /// Requests whose end will be told.
    calls: usize,
    /// Whether there is one whose end will not.
    is_lost: bool,
    /// Whether there was one of which it is not known that the provider refused it.
    is_guess: bool,
}

impl Given {
    fn binds(&self, monotonic: Duration) -> bool {
        (self.calls > 0 || self.is_lost) && monotonic < self.until
    }

    /// Returns whether another, given later, says as much: the clock ran evenly in between.
    fn is_like(&self, later: &Self) -> bool {
        let (Some(first), Some(second)) = (self.second, later.second) else { return false };
        let seconds = later.timestamp.checked_sub(self.timestamp).filter(|seconds| *seconds > 0);
        let passed = second.checked_sub(first).map(|passed| passed.as_secs());
        seconds.zip(passed).is_some_and(|(seconds, passed)| seconds.abs_diff(passed) <= 1)
    }
}

impl Memory {
    /// Gives out a timestamp: `now`, unless an earlier one binds it. `is_told` says whether the end of the
    /// request will be told.
    pub(super) fn give(
        &mut self,
        now: u64,
        monotonic: Duration,
        limit: Duration,
        is_told: bool,
    ) -> Signed {
        self.given.retain(|given| monotonic < given.until.saturating_add(GUESSES));
        let binding = self.given.iter().filter(|given| given.binds(monotonic));
        let floor = binding.map(|given| given.timestamp).max().unwrap_or(0).max(self.accepted);
        let signed = Signed { timestamp: now.max(floor), now, round: self.round };
        if signed.is_lifted() {
            // It binds nothing of its own. Otherwise a clock that was ahead for a moment would keep all later
            // timestamps up there, as long as there is always one under way.
            if let Some(given) = self.given.iter_mut().find(|given| given.timestamp == floor) {
                given.second = None;
            }
        } else if now > self.accepted {
            self.note(now, monotonic, monotonic.saturating_add(limit), is_told);
        }
        signed
    }

    fn note(&mut self, timestamp: u64, monotonic: Duration, until: Duration, is_told: bool) {
        let known = self.given.iter_mut().find(|given| given.timestamp == timestamp);
        if let Some(given) = known {
            let is_same = |second: &Duration| monotonic.saturating_sub(*second).as_secs() == 0;
            given.second = given.second.filter(is_same);
            given.until = given.until.max(until);
            given.calls += usize::from(is_told);
            given.is_lost |= !is_told;
            given.is_guess |= !is_told;
            return;
        }
        let calls = usize::from(is_told);
        let (is_lost, is_guess) = (!is_told, !is_told);
        let second = Some(monotonic);
        let new = Given { timestamp, second, until, calls, is_lost, is_guess };
        if new.calls == 0 {
            self.merge(new);
        }
        if self.given.len() >= MOST {
            let idle = self.given.iter().position(|given| !given.binds(monotonic));
            self.given.remove(idle.unwrap_or(0));
        }
        self.given.push(new);
    }

    /// Drops guesses that say no more than this one.
    fn merge(&mut self, guess: Given) {
        self.given.retain(|given| given.calls > 0 || !given.is_like(&guess));
    }

    fn call_mut(&mut self, signed: Signed) -> Option<&mut Given> {
        if signed.is_lifted() {
            return None;
        }
        let mut given = self.given.iter_mut();
        given.find(|given| given.timestamp == signed.timestamp && given.calls > 0)
    }

    /// A reply shows that the provider accepted the timestamp.
    pub(super) fn accepted(&mut self, signed: Signed) {
        if signed.timestamp > self.accepted {
            self.accepted = signed.timestamp;
            self.given.retain(|given| given.timestamp > signed.timestamp);
        }
    }

    /// There was a reply, and it says nothing about the timestamp; or the request never left.
    pub(super) fn ended(&mut self, signed: Signed, monotonic: Duration) {
        self.close(signed, Some(monotonic));
    }

    /// There will be no reply, and the request may still be under way.
    pub(super) fn lost(&mut self, signed: Signed) {
        self.close(signed, None);
    }

    /// `end` is when the request ended, if that is known.
    fn close(&mut self, signed: Signed, end: Option<Duration>) {
        let is_alone = self.given.len() == 1;
        let Some(given) = self.call_mut(signed) else { return };
        given.calls -= 1;
        given.is_guess = true;
        given.is_lost |= end.is_none();
        if given.calls > 0 {
            return;
        }
        if let (false, Some(end)) = (given.is_lost, end) {
            given.until = given.until.min(end);
        }
        if !is_alone {
            let guess = *given;
            self.merge(guess);
        }
    }

    /// The provider refused the timestamp; `date` is what its reply says of the time.
    pub(super) fn refused(&mut self, signed: Signed, date: Option<u64>, clocks: Clocks) -> Lesson {
        let now = u64::try_from(clocks.learnt.unwrap_or(clocks.local)).unwrap_or(0);
        self.given.retain(|given| given.timestamp != signed.timestamp || given.is_guess);
        if let Some(given) = self.given.iter_mut().find(|g| g.timestamp == signed.timestamp) {
            // Another request with it may have been accepted.
            given.until = given.until.min(clocks.monotonic);
        }
        // Another refusal has taught something since, or another request was accepted first.
        if signed.round != self.round || signed.timestamp < self.accepted {
            return Lesson::Keep;
        }
        if signed.is_lifted() && self.accepted == signed.timestamp {
            self.demote(clocks.monotonic);
        }
        let lesson = self.learn(signed, date, now, clocks);
        self.round += u64::from(lesson != Lesson::Nothing);
        lesson
    }

    fn learn(&mut self, signed: Signed, date: Option<u64>, now: u64, clocks: Clocks) -> Lesson {
        // The reply was written after the request and before it was read. A `Date` is cut to the second.
        let is_ours = |date: u64| (signed.now.saturating_sub(1)..=now).contains(&date);
        match date {
            Some(date) if !is_ours(date) => self.adopt(date, now, clocks),
            Some(date) => {
                self.release(date.saturating_add(WINDOW), clocks.monotonic);
                if signed.is_lifted() || self.guess(signed.timestamp, now, clocks.monotonic) {
                    Lesson::Keep
                } else if clocks.learnt.is_some() {
                    Lesson::Forget
                } else {
                    // Another process with the same consumer key signed later and was heard first.
                    Lesson::Keep
                }
            }
            None if signed.is_lifted() => Lesson::Keep,
            None if clocks.learnt.is_some() => Lesson::Forget,
            None if self.guess(signed.timestamp, now, clocks.monotonic) => Lesson::Keep,
            None => {
                self.demote(clocks.monotonic);
                Lesson::Nothing
            }
        }
    }

    /// The reply's date is not the time by which the request was signed.
    fn adopt(&mut self, date: u64, now: u64, clocks: Clocks) -> Lesson {
        /// Dates of one provider differ by less; with more, its clock has jumped since.
        const JITTER: u64 = 30;

        let latest = date.saturating_add(WINDOW);
        self.release(latest, clocks.monotonic);
        // What was accepted within the window of now binds as before. What is above was accepted by a clock
        // that has been set since, if not by another provider's.
        if self.accepted > latest {
            self.demote(clocks.monotonic);
        }
        let local = u64::try_from(clocks.local).unwrap_or(0);
        match clocks.learnt {
            None if local == date || local == date.saturating_add(1) => Lesson::Keep,
            Some(_) if local.abs_diff(date) <= 1 => Lesson::Forget,
            Some(_) if now.abs_diff(date) <= JITTER => Lesson::Forget,
            _ => Lesson::Learn(date),
        }
    }

    /// Timestamps above `latest` bind no more.
    fn release(&mut self, latest: u64, monotonic: Duration) {
        for given in &mut self.given {
            if given.timestamp > latest {
                given.until = given.until.min(monotonic);
            }
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.given.len()
    }

    /// What was accepted becomes a guess.
    fn demote(&mut self, monotonic: Duration) {
        let accepted = std::mem::take(&mut self.accepted);
        if accepted > 0 {
            self.note(accepted, monotonic, monotonic, false);
            self.given.iter_mut().filter(|g| g.timestamp == accepted).for_each(|g| g.second = None);
        }
    }

    /// Takes one of which nothing was heard for accepted, if there is one that explains why `refused` was
    /// too low at a time that is right.
    fn guess(&mut self, refused: u64, now: u64, monotonic: Duration) -> bool {
        let possible = refused.saturating_add(1)..=now.saturating_add(WINDOW);
        let timestamps = self.given.iter().map(|given| given.timestamp);
        let Some(guess) = timestamps.filter(|timestamp| possible.contains(timestamp)).max() else {
            return false;
        };
        self.demote(monotonic);
        self.accepted = guess;
        true
    }
}
