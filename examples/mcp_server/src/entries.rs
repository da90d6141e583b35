//! The tools that write the food diary.

use rmcp::{
    handler::server::{tool::schema_for_output, wrapper::Parameters},
    model::CallToolResponse,
    tool, tool_router,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tripod::fatsecret::{
    Amount, FoodEntryId, Meal, Rounding,
    diary::{CreateFoodEntry, FoodEntry},
    foods::{Food, Serving},
};

use crate::{
    ask::Call,
    reply::{Outcome, Reply, answer},
    server::Server,
    trouble::Halt,
    values::{Day, Exact, Id, MealName, one_line, shown, trimmed},
};

#[derive(Deserialize, JsonSchema)]
struct NewEntry {
    /// The food's id, from `search_foods` or `find_barcode`.
    food_id: Id,
    /// One of the food's servings, from `get_food`; the food's default serving if left out.
    #[serde(default)]
    serving_id: Option<Id>,
    /// How many servings, such as "1.5". Give this or `units`.
    #[serde(default)]
    servings: Option<Exact>,
    /// How many of the serving's units, such as "150" grams of a serving of 100 g. Give this or `servings`.
    #[serde(default)]
    units: Option<Exact>,
    /// The meal. Snacks and everything else are "other".
    meal: MealName,
    /// The day; today if left out.
    #[serde(default)]
    date: Option<Day>,
    /// The name that the diary shows; the food's name if left out.
    #[serde(default)]
    name: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct EditedEntry {
    /// The entry's id, from `diary_day`.
    entry_id: Id,
    /// The new amount: how many of the serving's units, such as grams or cups, as `units` in `diary_day`.
    #[serde(default)]
    units: Option<Exact>,
    /// Another serving of the same food, from `get_food`. Give `units` as well, which then counts its units.
    #[serde(default)]
    serving_id: Option<Id>,
    /// The new meal. Snacks and everything else are "other".
    #[serde(default)]
    meal: Option<MealName>,
    /// The new name.
    #[serde(default)]
    name: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct WhichEntry {
    /// The entry's id, from `diary_day`.
    entry_id: Id,
}

/// An entry that was written.
#[derive(Serialize, JsonSchema)]
struct Written {
    entry_id: Id,
    /// What was done, in words.
    done: String,
}

#[tool_router(router = diary_writes, vis = "pub(crate)")]
impl Server {
    #[tool(
        description = "Add a food to the food diary. The user is asked for confirmation. Give the amount as `servings` \
            or as `units`. To add the same food twice, call it twice.",
        output_schema = schema_for_output::<Written>(),
        annotations(title = "Log a food", read_only_hint = false, destructive_hint = false, idempotent_hint = false, open_world_hint = true)
    )]
    async fn log_food(
        &self,
        call: Call,
        Parameters(entry): Parameters<NewEntry>,
    ) -> CallToolResponse {
        answer(self.log(&call, entry).await)
    }

    #[tool(
        description = "Change an entry of the food diary: amount, serving, meal or name. The user is asked for \
            confirmation. The day cannot be changed: delete the entry and log it again.",
        output_schema = schema_for_output::<Written>(),
        annotations(title = "Change an entry", read_only_hint = false, destructive_hint = true, idempotent_hint = true, open_world_hint = true)
    )]
    async fn edit_entry(
        &self,
        call: Call,
        Parameters(edit): Parameters<EditedEntry>,
    ) -> CallToolResponse {
        answer(self.edit(&call, edit).await)
    }

    #[tool(
        description = "Delete an entry of the food diary. The user is asked for confirmation. It cannot be undone.",
        output_schema = schema_for_output::<Written>(),
        annotations(title = "Delete an entry", read_only_hint = false, destructive_hint = true, idempotent_hint = true, open_world_hint = true)
    )]
    async fn delete_entry(
        &self,
        call: Call,
        Parameters(which): Parameters<WhichEntry>,
    ) -> CallToolResponse {
        answer(self.delete(&call, which.entry_id.0.into()).await)
    }

    async fn log(&self, call: &Call, new: NewEntry) -> Outcome<Written> {
        let user = self.account.user()?;
        let food = self.food(new.food_id.0.into()).await?;
        let serving = serving_of(&food, new.serving_id)?;
        let units = units_of(serving, new.servings, new.units)?;
        let (meal, date) = (Meal::from(new.meal), Day::or_today(new.date));
        let name = one_line(
            new.name.as_deref().filter(|name| !name.trim().is_empty()).unwrap_or(&food.name),
        );
        let kcal = energy(serving, units).map_or_else(String::new, |kcal| format!(", {kcal} kcal"));
        let (amount, of) = (amount_text(serving, units), food_text(&food, &name));
        let what = format!("{of} ({amount}{kcal}) to {meal} of {date}");
        call.confirm(&self.writes, &format!("Add {what}?")).await?;

        let entry = CreateFoodEntry::new(food.id, name, serving.id, units, meal).with_date(date);
        let id = call.carry_out(user.create_food_entry(&entry)).await?;
        Ok(written(id.into_inner(), format!("Added {what}.")))
    }

    async fn edit(&self, call: &Call, edit: EditedEntry) -> Outcome<Written> {
        let user = self.account.user()?;
        let entry = self.entry(edit.entry_id.0.into()).await?;
        let mut change = entry.edit();
        let mut changes = Vec::new();
        if edit.serving_id.is_some() && edit.units.is_none() {
            return Err(Halt::because(
                "With another serving, give `units` as well. Call the tool again.",
            ));
        }
        if let Some(units) = edit.units {
            let units = units.positive("units")?;
            change = change.with_number_of_units(units);
            changes.push(match edit.serving_id {
                Some(id) => {
                    let food = self.food(entry.food_id).await?;
                    let serving = serving_of(&food, Some(id))?;
                    change = change.with_serving(serving.id);
                    format!("the amount becomes {}", amount_text(serving, units))
                }
                None => {
                    format!(
                        "the amount becomes {units} units instead of {}",
                        trimmed(entry.number_of_units)
                    )
                }
            });
        }
        if let Some(meal) = edit.meal {
            let meal = Meal::from(meal);
            changes.push(format!("the meal becomes {meal}"));
            change = change.with_meal(meal);
        }
        if let Some(name) = edit.name.as_deref().map(one_line).filter(|name| !name.is_empty()) {
            changes.push(format!("the name becomes \"{}\"", shown(&name)));
            change = change.with_name(name);
        }
        if changes.is_empty() {
            return Err(Halt::because("Nothing is to be changed. Give `units`, `meal` or `name`."));
        }
        let what = format!("{}: {}", entry_text(&entry), changes.join(", "));
        call.confirm(&self.writes, &format!("Change {what}?")).await?;
        call.carry_out(user.edit_food_entry(&change)).await?;
        Ok(written(entry.id, format!("Changed {what}.")))
    }

    async fn delete(&self, call: &Call, id: FoodEntryId) -> Outcome<Written> {
        let user = self.account.user()?;
        let entry = self.entry(id).await?;
        let what = entry_text(&entry);
        call.confirm(&self.writes, &format!("Delete {what}? This cannot be undone.")).await?;
        call.carry_out(user.delete_food_entry(id)).await?;
        Ok(written(id, format!("Deleted {what}.")))
    }

    async fn entry(&self, id: FoodEntryId) -> Result<FoodEntry, Halt> {
        self.account.user()?.food_entry(id).await?.into_inner().ok_or_else(|| {
            Halt::because("The diary has no such entry. Read the day with `diary_day` for the ids.")
        })
    }
}

fn written(id: FoodEntryId, done: String) -> Reply<Written> {
    let summary = done.trim_end_matches('.').to_owned();
    Reply::of_fatsecret(summary, Written { entry_id: Id(id.get()), done })
}

fn serving_of(food: &Food, id: Option<Id>) -> Result<&Serving, Halt> {
    let found = match id {
        None => food.default_serving(),
        Some(id) => food.servings.iter().find(|serving| serving.id.get() == id.0 && id.0 != 0),
    };
    found.ok_or_else(|| {
        Halt::because("The food has no such serving that can be logged. Read it with `get_food`, and choose one.")
    })
}

fn units_of(
    serving: &Serving,
    servings: Option<Exact>,
    units: Option<Exact>,
) -> Result<Amount, Halt> {
    match (servings, units) {
        (Some(servings), None) => Ok(trimmed(serving.units(servings.positive("servings")?))),
        (None, Some(units)) => units.positive("units"),
        _ => Err(Halt::because("Give `servings` or `units`, and not both. Call the tool again.")),
    }
}

/// The energy of so many units, in whole kilocalories: to show, not to calculate with.
fn energy(serving: &Serving, units: Amount) -> Option<Amount> {
    let all = serving.nutrition.calories?.checked_mul(units).ok()?;
    all.div(serving.units(1), 0, Rounding::HalfAwayFromZero).ok()
}

/// Such as `150 g; the serving is "100 g"`.
fn amount_text(serving: &Serving, units: Amount) -> String {
    let unit = shown(serving.measurement_description.as_deref().unwrap_or("units"));
    match serving.description.as_deref().map(shown) {
        Some(description) => format!("{units} {unit}; the serving is \"{description}\""),
        None => format!("{units} {unit}"),
    }
}

/// The entry's name, and the food's where that is another one.
fn food_text(food: &Food, name: &str) -> String {
    let brand =
        food.brand_name.as_deref().map(|brand| format!("{} ", shown(brand))).unwrap_or_default();
    let (food, name) = (format!("{brand}{}", shown(&food.name)), shown(name));
    if name == food { format!("\"{name}\"") } else { format!("\"{name}\" (the food {food})") }
}

fn entry_text(entry: &FoodEntry) -> String {
    let amount = entry
        .amount_text()
        .map_or_else(|| format!("{} units", trimmed(entry.number_of_units)), |text| shown(&text));
    let kcal = entry.nutrition.calories.map_or_else(String::new, |kcal| format!(", {kcal} kcal"));
    format!(
        "\"{}\" ({amount}{kcal}) in {} of {}",
        shown(&entry.name),
        shown(entry.meal.as_str()),
        entry.date
    )
}
