//! What a pace allows.

use std::time::Duration;

use super::window::Limit;

pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// All durations are at most a day, so that none of them overflows an `Instant`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) rate: Limit,
    /// At least 1.
    pub(super) burst: u32,
    pub(super) interval: Duration,
    pub(super) per_application: bool,
    pub(super) user_cool_down: Duration,
    pub(super) application_cool_down: Duration,
    pub(super) daily_budget: Option<u32>,
}

impl Settings {
    pub(super) fn budget(&self) -> Option<Limit> {
        self.daily_budget.map(|calls| Limit { calls, period: DAY })
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            rate: Limit { calls: 20, period: Duration::from_secs(60) },
            burst: 10,
            interval: Duration::from_secs(1),
            per_application: false,
            user_cool_down: Duration::from_secs(30),
            application_cool_down: Duration::from_secs(600),
            daily_budget: None,
        }
    }
}
