//! The tools that read the food diary.

use jiff::civil::Date;
use rmcp::{
    handler::server::{tool::schema_for_output, wrapper::Parameters},
    model::CallToolResponse,
    tool, tool_router,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tripod::fatsecret::{Meal, Total, diary::FoodEntry, nutrition::Macros};

use crate::{
    reply::{Outcome, Reply, answer},
    server::Server,
    values::{Day, Energy, Exact, Id, Sum, Whole, counted},
};

#[derive(Deserialize, JsonSchema)]
pub(crate) struct OnDay {
    /// The day; today if left out.
    #[serde(default)]
    pub(crate) date: Option<Day>,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct InMonth {
    /// Any day of the month; this month if left out.
    #[serde(default)]
    pub(crate) date: Option<Day>,
}

#[derive(Serialize, JsonSchema)]
struct DiaryDay {
    date: Day,
    /// What was eaten on the whole day.
    total: Sum,
    /// The meals that have entries.
    meals: Vec<DiaryMeal>,
    /// How many entries could not be read, and are missing here.
    unreadable_entries: Whole,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct DiaryMeal {
    /// "breakfast", "lunch", "dinner" or "other".
    meal: String,
    total: Sum,
    entries: Vec<DiaryEntry>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct DiaryEntry {
    /// For `edit_entry` and `delete_entry`.
    entry_id: Id,
    name: String,
    /// The amount in words, such as "1 slice".
    amount: Option<String>,
    /// How many of the serving's units, such as grams or cups.
    units: Exact,
    food_id: Id,
    serving_id: Id,
    /// What the whole entry contains.
    nutrition: Energy,
}

#[derive(Serialize, JsonSchema)]
struct DiaryMonth {
    from: Day,
    to: Day,
    /// The days with entries, in their order. A day that lost all its entries has totals of 0.
    days: Vec<DayTotal>,
    /// How many days could not be read, and are missing here.
    unreadable_days: Whole,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct DayTotal {
    date: Day,
    total: Energy,
}

#[tool_router(router = diary_tools, vis = "pub(crate)")]
impl Server {
    #[tool(
        description = "Read one day of the food diary: all entries by meal, with exact sums for each meal and the day.",
        output_schema = schema_for_output::<DiaryDay>(),
        annotations(title = "Read a day of the diary", read_only_hint = true, open_world_hint = true)
    )]
    async fn diary_day(&self, Parameters(on): Parameters<OnDay>) -> CallToolResponse {
        answer(self.read_day(Day::or_today(on.date)).await)
    }

    #[tool(
        description = "Read the totals of each day of a month of the food diary, in one call.",
        output_schema = schema_for_output::<DiaryMonth>(),
        annotations(title = "Read a month of the diary", read_only_hint = true, open_world_hint = true)
    )]
    async fn diary_month(&self, Parameters(month): Parameters<InMonth>) -> CallToolResponse {
        answer(self.read_month(Day::or_today(month.date)).await)
    }

    async fn read_day(&self, date: Date) -> Outcome<DiaryDay> {
        let entries = self.account.user()?.food_entries(date).await?;
        let unreadable_entries = Whole::of(entries.omitted());
        let is_whole = entries.omitted() == 0;
        let total = total(entries.iter(), is_whole);
        let mut meals: Vec<Meal> = vec![Meal::Breakfast, Meal::Lunch, Meal::Dinner, Meal::Other];
        for entry in &entries {
            if !meals.contains(&entry.meal) {
                meals.push(entry.meal.clone());
            }
        }
        let meals: Vec<DiaryMeal> = meals
            .iter()
            .filter_map(|meal| {
                let entries = entries.iter().filter(|entry| entry.meal == *meal).collect();
                meal_of(entries, meal, is_whole)
            })
            .collect();
        let kcal = total.value.calories.unwrap_or_default();
        let at_least = if total.is_complete { "" } else { "at least " };
        let number = counted(entries.len(), "entry", "entries");
        let summary = format!("{date}: {number}, {at_least}{kcal} kcal");
        let day = DiaryDay { date: Day(date), total: Sum::from(&total), meals, unreadable_entries };
        Ok(Reply::of_fatsecret(summary, day))
    }

    async fn read_month(&self, date: Date) -> Outcome<DiaryMonth> {
        let month = self.account.user()?.food_entries_month(date).await?;
        let unreadable_days = Whole::of(month.omitted());
        let month = month.into_inner();
        let mut days: Vec<DayTotal> = month
            .days
            .into_iter()
            .map(|day| DayTotal { date: Day(day.date), total: day.total.into() })
            .collect();
        days.sort_by_key(|day| day.date.0);
        let number = counted(days.len(), "day with entries", "days with entries");
        let summary = format!("{} to {}: {number}", month.from, month.to);
        let month = DiaryMonth { from: Day(month.from), to: Day(month.to), days, unreadable_days };
        Ok(Reply::of_fatsecret(summary, month))
    }
}

/// Of an entry that could not be read, the meal is not known either.
fn meal_of(entries: Vec<&FoodEntry>, meal: &Meal, is_whole: bool) -> Option<DiaryMeal> {
    if entries.is_empty() {
        return None;
    }
    Some(DiaryMeal {
        meal: meal.to_string(),
        total: Sum::from(&total(entries.iter().copied(), is_whole)),
        entries: entries.into_iter().map(DiaryEntry::from).collect(),
    })
}

fn total<'a>(entries: impl Iterator<Item = &'a FoodEntry>, is_whole: bool) -> Total<Macros> {
    let mut total: Total<Macros> = entries.map(|entry| entry.nutrition.macros()).sum();
    total.is_complete &= is_whole;
    total
}

impl From<&FoodEntry> for DiaryEntry {
    fn from(entry: &FoodEntry) -> Self {
        Self {
            entry_id: Id(entry.id.get()),
            name: entry.name.clone(),
            amount: entry.amount_text(),
            units: Exact(entry.number_of_units),
            food_id: Id(entry.food_id.get()),
            serving_id: Id(entry.serving_id.get()),
            nutrition: entry.nutrition.macros().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::iter;

    use super::{Sum, total};

    /// FatSecret's list is kept when an item of it cannot be read, and the sum then lacks that item.
    #[test]
    fn a_sum_that_lacks_an_entry_is_not_complete() {
        for is_whole in [true, false] {
            let sum = Sum::from(&total(iter::empty(), is_whole));
            assert_eq!(serde_json::to_value(&sum).unwrap()["is_complete"], is_whole);
        }
    }
}
