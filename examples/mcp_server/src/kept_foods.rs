//! Foods that were read a moment ago.
//!
//! A food is read when the assistant looks at its servings, again when a question about it is asked, and again when
//! the answer comes. FatSecret counts each call, so a few foods are kept for half an hour. FatSecret's terms allow a day.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use tripod::fatsecret::{FoodId, foods::Food};

const LIFETIME: Duration = Duration::from_secs(30 * 60);
const MOST: usize = 64;

#[derive(Default)]
pub(crate) struct KeptFoods(Mutex<HashMap<FoodId, (Now, Arc<Food>)>>);

/// A moment on both clocks. The monotonic one cannot be set, but it stands still while a laptop sleeps; the other one
/// goes on then.
#[derive(Clone, Copy)]
pub(crate) struct Now {
    monotonic: Instant,
    wall: SystemTime,
}

impl Now {
    pub(crate) fn read() -> Self {
        Self { monotonic: Instant::now(), wall: SystemTime::now() }
    }

    /// Whether less than the lifetime has passed on both clocks. A wall clock that was set back tells nothing.
    fn is_fresh(self, now: Self) -> bool {
        let on_wall = now.wall.duration_since(self.wall);
        now.monotonic.saturating_duration_since(self.monotonic) < LIFETIME
            && on_wall.is_ok_and(|passed| passed < LIFETIME)
    }
}

impl KeptFoods {
    pub(crate) fn find(&self, id: FoodId, now: Now) -> Option<Arc<Food>> {
        let mut foods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        foods.retain(|_, (read, _)| read.is_fresh(now));
        foods.get(&id).map(|(_, food)| Arc::clone(food))
    }

    pub(crate) fn keep(&self, food: Food, now: Now) -> Arc<Food> {
        let mut foods = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        foods.retain(|_, (read, _)| read.is_fresh(now));
        if foods.len() >= MOST
            && let Some(oldest) =
                foods.iter().min_by_key(|(_, (read, _))| read.monotonic).map(|(id, _)| *id)
        {
            foods.remove(&oldest);
        }
        let food = Arc::new(food);
        foods.insert(food.id, (now, Arc::clone(&food)));
        food
    }
}

#[cfg(test)]
mod tests {
    use tripod::fatsecret::testing;

    use super::*;

    fn later(now: Now, monotonic: Duration, wall: Duration) -> Now {
        Now { monotonic: now.monotonic + monotonic, wall: now.wall + wall }
    }

    fn food(id: u64) -> Food {
        let mut food: Food = testing::blank();
        food.id = id.into();
        food
    }

    #[test]
    fn a_food_is_kept_for_half_an_hour_on_either_clock() {
        let (kept, now) = (KeptFoods::default(), Now::read());
        kept.keep(food(1), now);
        let almost = Duration::from_secs(30 * 60 - 1);
        assert!(kept.find(1.into(), later(now, almost, almost)).is_some());
        // A laptop that slept: its monotonic clock stood still.
        assert!(kept.find(1.into(), later(now, Duration::ZERO, LIFETIME)).is_none());
        kept.keep(food(1), now);
        // A wall clock that was set back.
        let back = Now { monotonic: now.monotonic, wall: now.wall - Duration::from_secs(1) };
        assert!(kept.find(1.into(), back).is_none());
        kept.keep(food(1), now);
        assert!(kept.find(1.into(), later(now, LIFETIME, Duration::ZERO)).is_none());
    }

    #[test]
    fn the_oldest_food_gives_way() {
        let (kept, now) = (KeptFoods::default(), Now::read());
        for id in 0..=64 {
            let passed = Duration::from_secs(id);
            kept.keep(food(id), later(now, passed, passed));
        }
        let at = later(now, Duration::from_secs(65), Duration::from_secs(65));
        assert!(kept.find(0.into(), at).is_none());
        assert!(kept.find(1.into(), at).is_some() && kept.find(64.into(), at).is_some());
    }
}
