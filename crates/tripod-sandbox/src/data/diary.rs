//! The food diary.

// The trap: `number_of_units` counts the serving's measurement unit. A "100 g" serving has 100
// units, so one unit of it is a gram.

use std::collections::BTreeMap;

use crate::data::{
    account::{Account, Entry},
    calendar::month_of,
    error::DataError,
    limits::THINGS,
    node::Node,
    nutrients::{Nutrients, nutrient_fields},
    params::Params,
};

/// The meals, in the order of a day; they go in in any letter case and come out like this.
pub(super) const MEALS: [&str; 4] = ["Breakfast", "Lunch", "Dinner", "Other"];

impl Params {
    pub(super) fn optional_meal(&self) -> Result<Option<usize>, DataError> {
        self.one_of("meal", &MEALS)
    }

    pub(super) fn meal(&self) -> Result<usize, DataError> {
        self.text("meal")?;
        Ok(self.optional_meal()?.unwrap_or_default())
    }
}

impl Account {
    /// Writes an entry and gives its id, if its food and serving are known.
    pub(super) fn enter(&mut self, entry: Entry) -> Result<u64, DataError> {
        self.known_serving(entry.food_id, entry.serving_id)?;
        if self.diary.0.len() >= THINGS {
            return Err(DataError::full("diary entries"));
        }
        let id = self.next_id();
        self.diary.1.insert(entry.day);
        self.diary.0.insert(id, entry);
        Ok(id)
    }

    fn nutrients(&self, entry: &Entry) -> Nutrients {
        self.serving(entry.food_id, entry.serving_id)
            .map(|(_, serving)| serving.nutrients.times(entry.units, serving.units))
            .unwrap_or_default()
    }

    fn entry_node(&self, id: u64, entry: &Entry) -> Node {
        let what = match self.serving(entry.food_id, entry.serving_id) {
            Some((food, serving)) => format!("{} {}", serving.measurement, food.name),
            None => entry.name.clone(),
        };
        let mut fields = vec![
            ("food_entry_id", Node::number(id)),
            ("food_entry_name", Node::text(&entry.name)),
            ("food_entry_description", Node::text(format!("{} {what}", entry.units.short()))),
            ("date_int", Node::number(entry.day)),
            ("meal", Node::text(MEALS[entry.meal % MEALS.len()])),
            ("food_id", Node::number(entry.food_id)),
            ("serving_id", Node::number(entry.serving_id)),
            ("number_of_units", Node::Number(entry.units.places(3))),
        ];
        fields.extend(nutrient_fields(&self.nutrients(entry), 2));
        Node::Object(fields)
    }

    fn entry(&mut self, params: &Params) -> Result<(u64, &mut Entry), DataError> {
        let id = params.id("food_entry_id")?;
        let entry = self.diary.0.get_mut(&id);
        entry.map(|entry| (id, entry)).ok_or_else(|| DataError::unknown_id("food_entry_id", id))
    }
}

pub(super) fn get(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    if let Some(id) = params.optional_id("food_entry_id")? {
        let entry = account.diary.0.get(&id);
        let entry = entry.ok_or_else(|| DataError::unknown_id("food_entry_id", id))?;
        let node = account.entry_node(id, entry);
        return Ok(Node::wrapped("food_entries", "food_entry", [node]));
    }
    let day = params.date()?;
    let entries = account.diary.0.iter();
    let mut entries: Vec<_> = entries.filter(|(_, entry)| entry.day == day).collect();
    entries.sort_by_key(|(_, entry)| entry.meal);
    let entries = entries.into_iter().map(|(id, entry)| account.entry_node(*id, entry));
    Ok(Node::wrapped("food_entries", "food_entry", entries))
}

pub(super) fn get_month(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let (from, to) = month_of(params.date()?);
    // A day that lost all its entries stays, with totals of zero: seen live in October 2026.
    let emptied = account.diary.1.range(from..=to);
    let mut days: BTreeMap<i64, Nutrients> =
        emptied.map(|day| (*day, Nutrients::of(&[0, 1, 2, 3], &[0.0; 4]))).collect();
    for entry in account.diary.0.values().filter(|entry| (from..=to).contains(&entry.day)) {
        let day = days.entry(entry.day).or_default();
        *day = day.plus(&account.nutrients(entry));
    }
    let days = days.iter().map(|(day, total)| {
        let mut fields = vec![("date_int", Node::number(day))];
        fields.extend(nutrient_fields(total, 2).into_iter().take(4));
        Node::Object(fields)
    });
    Ok(month(from, to, days.collect()))
}

/// The days of a month that have something.
pub(super) fn month(from: i64, to: i64, days: Vec<Node>) -> Node {
    Node::one(
        "month",
        Node::Object(vec![
            ("from_date_int", Node::number(from)),
            ("to_date_int", Node::number(to)),
            ("day", Node::List(days)),
        ]),
    )
}

pub(super) fn create(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let entry = Entry {
        food_id: params.id("food_id")?,
        name: params.text("food_entry_name")?.to_owned(),
        serving_id: params.id("serving_id")?,
        units: params.positive("number_of_units")?,
        meal: params.meal()?,
        day: params.date()?,
    };
    let id = account.enter(entry.clone())?;
    let whole = || account.entry_node(id, &entry);
    // The documentation has the whole entry; calls by name have been seen to give the id.
    Ok(match params.turn % 3 {
        _ if params.by_path => Node::wrapped("food_entries", "food_entry", [whole()]),
        1 => Node::wrapped("food_entries", "food_entry", [whole()]),
        2 => Node::one("food_entry", whole()),
        _ => Node::created("food_entry_id", id),
    })
}

pub(super) fn edit(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let (id, entry) = account.entry(params)?;
    let mut entry = entry.clone();
    if let Some(name) = params.optional_text("food_entry_name")? {
        name.clone_into(&mut entry.name);
    }
    if let Some(serving) = params.optional_id("serving_id")? {
        entry.serving_id = serving;
    }
    if let Some(units) = params.optional_positive("number_of_units")? {
        entry.units = units;
    }
    if let Some(meal) = params.optional_meal()? {
        entry.meal = meal;
    }
    account.known_serving(entry.food_id, entry.serving_id)?;
    account.diary.0.insert(id, entry);
    Ok(Node::success())
}

pub(super) fn delete(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let (id, _) = account.entry(params)?;
    account.diary.0.remove(&id);
    Ok(Node::success())
}

pub(super) fn copy(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    params.int("from_date")?;
    let from = params.optional_day("from_date")?.unwrap_or_default();
    let to = params.optional_day("to_date")?.unwrap_or(params.today);
    let meal = params.optional_meal()?;
    let entries = account.diary.0.values();
    let entries: Vec<Entry> = entries
        .filter(|entry| entry.day == from && meal.is_none_or(|meal| entry.meal == meal))
        .map(|entry| Entry { day: to, ..entry.clone() })
        .collect();
    if entries.is_empty() {
        return Err(nothing_to_copy());
    }
    for entry in entries {
        account.enter(entry)?;
    }
    Ok(Node::success())
}

pub(super) fn nothing_to_copy() -> DataError {
    DataError::new(207, "The selected date has no food entries to copy")
}
