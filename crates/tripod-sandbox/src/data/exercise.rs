//! The exercise diary: each day is 24 hours, split among activities.

// The trap: nothing is added or deleted. Minutes are shifted from one activity to another, and the
// first shift saves the whole day; until then a day shows its weekday's template.

use crate::data::{
    account::{Account, Activity, Exercise},
    calendar::{month_of, weekday},
    decimal::Decimal,
    diary::month,
    error::DataError,
    limits::THINGS,
    node::Node,
    params::{Params, missing},
};

const SLEEPING: u64 = 1;
const RESTING: u64 = 2;
/// What a connected tracker writes; it owns its minutes.
const TRACKER: u64 = 179;
/// A user who has told no weight.
const WEIGHT: Decimal = Decimal::whole(75);

/// Id, name, and tenths of the energy that resting would take.
const KINDS: &[(u64, &str, i64)] = &[
    (0, "Other", 10),
    (SLEEPING, "Sleeping", 9),
    (RESTING, "Resting", 10),
    (3, "Desk Work", 15),
    (4, "Standing", 18),
    (5, "Housework", 33),
    (6, "Gardening", 38),
    (7, "Driving", 20),
    (8, "Walking (slow) - 3/kph", 25),
    (9, "Walking (moderate) - 5/kph", 35),
    (10, "Walking (brisk) - 6.5/kph", 50),
    (11, "Hiking", 60),
    (12, "Running - 8/kph", 83),
    (13, "Running - 10/kph", 98),
    (14, "Running - 12/kph", 118),
    (15, "Bicycling (leisurely)", 58),
    (16, "Bicycling (fast)", 100),
    (17, "Swimming (moderate)", 58),
    (18, "Weight Training (moderate)", 35),
    (19, "Yoga", 25),
    (20, "Pilates", 30),
    (21, "Dancing", 50),
    (22, "Football", 70),
    (23, "Tennis", 73),
    (24, "Rowing", 70),
    (25, "Climbing", 80),
    (26, "Skiing", 70),
];

impl Activity {
    fn listed(id: u64, minutes: i64) -> Self {
        Self { id, name: String::new(), minutes, kcal: 0 }
    }

    fn is(&self, id: u64, name: &str) -> bool {
        self.id == id && (id != 0 || self.name == name)
    }

    fn calories(&self, weight: Decimal) -> i64 {
        if self.id == 0 {
            return self.kcal;
        }
        let tenths = KINDS.iter().find(|kind| kind.0 == self.id).map_or(10, |kind| kind.2);
        weight.times(Decimal::whole(tenths * self.minutes), Decimal::whole(600)).rounded()
    }

    fn name(&self) -> &str {
        match KINDS.iter().find(|kind| kind.0 == self.id) {
            Some(kind) if self.id != 0 => kind.1,
            _ => &self.name,
        }
    }
}

impl Exercise {
    /// What a day looks like, and whether that is its weekday's template.
    fn day(&self, day: i64) -> (Vec<Activity>, bool) {
        if let Some(saved) = self.days.get(&day) {
            return (saved.clone(), false);
        }
        let template = self.templates.get(weekday(day)).cloned().flatten();
        let usual = || vec![Activity::listed(RESTING, 960), Activity::listed(SLEEPING, 480)];
        (template.unwrap_or_else(usual), true)
    }

    fn save(&mut self, day: i64, activities: Vec<Activity>) -> Result<(), DataError> {
        if self.days.len() >= THINGS && !self.days.contains_key(&day) {
            return Err(DataError::full("exercise days"));
        }
        self.days.insert(day, activities);
        Ok(())
    }

    /// Moves minutes and saves the day. Ids are known here, and differ.
    fn shift(&mut self, day: i64, from: (u64, &str), to: Activity) -> Result<(), DataError> {
        let (mut activities, _) = self.day(day);
        let minutes = to.minutes;
        let Some(source) = activities.iter_mut().find(|source| source.is(from.0, from.1)) else {
            return Err(if from.0 == 0 { not_found() } else { too_many() });
        };
        if source.minutes < minutes {
            return Err(too_many());
        }
        source.kcal -= source.kcal * minutes / source.minutes.max(1);
        source.minutes -= minutes;
        match activities.iter_mut().find(|known| known.is(to.id, &to.name)) {
            Some(known) => {
                known.minutes += minutes;
                known.kcal += to.kcal;
            }
            None => activities.push(to),
        }
        activities.retain(|activity| activity.minutes > 0);
        self.save(day, activities)
    }
}

impl Account {
    /// Takes minutes of a day from resting.
    pub(super) fn exercise(&mut self, day: i64, id: u64, minutes: i64) -> Result<(), DataError> {
        known(id)?;
        self.exercise.shift(day, (RESTING, ""), Activity::listed(id, minutes))
    }
}

fn not_found() -> DataError {
    DataError::new(201, "Activity not found")
}

fn too_many() -> DataError {
    DataError::new(203, "Too many minutes: the activity has fewer on that date")
}

fn nothing_there() -> DataError {
    DataError::new(204, "The selected date has no activity to commit or to make a template of")
}

fn known(id: u64) -> Result<(), DataError> {
    if id == TRACKER {
        return Err(DataError::new(209, "The activity cannot be modified"));
    }
    KINDS.iter().find(|kind| kind.0 == id).map(|_| ()).ok_or_else(not_found)
}

#[expect(clippy::unnecessary_wraps, reason = "the methods of the table share a signature")]
pub(super) fn get_kinds(_: &mut Account, params: &Params) -> Result<Node, DataError> {
    let kinds = KINDS.iter().map(|(id, name, _)| {
        Node::Object(vec![("exercise_id", Node::number(id)), ("exercise_name", Node::text(*name))])
    });
    // The documentation has the first name; the second has been seen.
    let wrapper = if params.turn % 2 == 0 { "exercise_types" } else { "exercises" };
    Ok(Node::wrapped(wrapper, "exercise", kinds))
}

pub(super) fn get(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let day = params.date()?;
    let weight = account.weights.on(day).unwrap_or(WEIGHT);
    let (activities, is_template) = account.exercise.day(day);
    let entries = activities.iter().map(|activity| {
        let mut fields = vec![
            ("exercise_id", Node::number(activity.id)),
            ("exercise_name", Node::text(activity.name())),
            ("minutes", Node::number(activity.minutes)),
            ("calories", Node::number(activity.calories(weight))),
        ];
        // A saved day has a 0, or nothing.
        if is_template || params.turn % 2 == 1 {
            fields.push(("is_template_value", Node::number(u8::from(is_template))));
        }
        Node::Object(fields)
    });
    Ok(Node::wrapped("exercise_entries", "exercise_entry", entries))
}

pub(super) fn get_month(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let (from, to) = month_of(params.date()?);
    let days = account.exercise.days.range(from..=to).map(|(day, activities)| {
        let weight = account.weights.on(*day).unwrap_or(WEIGHT);
        let calories: i64 = activities.iter().map(|activity| activity.calories(weight)).sum();
        Node::Object(vec![("date_int", Node::number(day)), ("calories", Node::number(calories))])
    });
    Ok(month(from, to, days.collect()))
}

pub(super) fn edit(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let (to, from) = (params.id("shift_to_id")?, params.id("shift_from_id")?);
    let minutes = params.int("minutes")?;
    let day = params.date()?;
    let name = |id: u64, name: &'static str| match id {
        0 => params.text(name),
        _ => Ok(""),
    };
    let (to_name, from_name) = (name(to, "shift_to_name")?, name(from, "shift_from_name")?);
    let kcal = match params.optional_int("kcal")? {
        None if to == 0 => return Err(missing("kcal")),
        kcal if to == 0 => kcal.unwrap_or_default(),
        _ => 0,
    };
    known(to)?;
    known(from)?;
    if to == from && to_name == from_name {
        return Err(DataError::new(202, "The shift to and shift from activities must differ"));
    }
    if minutes <= 0 {
        return Err(DataError::out_of_range("minutes"));
    }
    if !(0..=100_000).contains(&kcal) {
        return Err(DataError::out_of_range("kcal"));
    }
    let to = Activity { id: to, name: to_name.to_owned(), minutes, kcal };
    account.exercise.shift(day, (from, from_name), to)?;
    Ok(Node::success())
}

pub(super) fn commit_day(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let day = params.date()?;
    let (activities, is_template) = account.exercise.day(day);
    if !is_template {
        return Err(nothing_there());
    }
    account.exercise.save(day, activities)?;
    Ok(Node::success())
}

pub(super) fn save_template(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let days = params.int("days")?;
    let day = params.date()?;
    // The documentation allows 128, which is no day's bit.
    if !(0..=128).contains(&days) {
        return Err(DataError::out_of_range("days"));
    }
    let (activities, is_template) = account.exercise.day(day);
    if is_template {
        return Err(nothing_there());
    }
    for (bit, template) in account.exercise.templates.iter_mut().enumerate() {
        if days >> bit & 1 == 1 {
            *template = Some(activities.clone());
        }
    }
    Ok(Node::success())
}
