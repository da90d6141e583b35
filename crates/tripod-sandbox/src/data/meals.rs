//! Saved meals: foods that go into the diary together.

// The trap: `meals` is one text with commas in both directions.

use crate::data::{
    account::{Account, Entry, Item, Meal, SavedMeals},
    diary::{MEALS, nothing_to_copy},
    error::DataError,
    limits::THINGS,
    node::Node,
    params::Params,
};

impl SavedMeals {
    fn meal_id(&self, params: &Params) -> Result<u64, DataError> {
        let id = params.id("saved_meal_id")?;
        if self.meals.contains_key(&id) {
            Ok(id)
        } else {
            Err(DataError::unknown_id("saved_meal_id", id))
        }
    }

    fn item(&mut self, params: &Params) -> Result<(u64, &mut Item), DataError> {
        let id = params.id("saved_meal_item_id")?;
        let item = self.items.get_mut(&id);
        item.map(|item| (id, item)).ok_or_else(|| DataError::unknown_id("saved_meal_item_id", id))
    }

    fn items_of(&self, meal_id: u64) -> impl Iterator<Item = (&u64, &Item)> {
        self.items.iter().filter(move |(_, item)| item.meal_id == meal_id)
    }
}

/// The parts of a meal that a call names.
fn change(meal: &mut Meal, params: &Params) -> Result<(), DataError> {
    if let Some(name) = params.optional_text("saved_meal_name")? {
        name.clone_into(&mut meal.name);
    }
    if let Some(description) = params.optional_text("saved_meal_description")? {
        meal.description = Some(description.to_owned());
    }
    if let Some(words) = params.optional_text("meals")? {
        let index = |word: &str| {
            let word = word.trim();
            MEALS.iter().position(|meal| meal.eq_ignore_ascii_case(word))
        };
        let meals: Option<Vec<usize>> = words.split(',').map(index).collect();
        meal.meals = meals.ok_or_else(|| DataError::new(108, "Invalid type: meals"))?;
        meal.meals.sort_unstable();
        meal.meals.dedup();
    }
    Ok(())
}

pub(super) fn create(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    params.text("saved_meal_name")?;
    let mut meal = Meal::default();
    change(&mut meal, params)?;
    if account.saved_meals.meals.len() >= THINGS {
        return Err(DataError::full("saved meals"));
    }
    let id = account.next_id();
    account.saved_meals.meals.insert(id, meal);
    Ok(Node::created("saved_meal_id", id))
}

pub(super) fn edit(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let id = account.saved_meals.meal_id(params)?;
    let mut meal = account.saved_meals.meals.get(&id).cloned().unwrap_or_default();
    change(&mut meal, params)?;
    account.saved_meals.meals.insert(id, meal);
    Ok(Node::success())
}

pub(super) fn delete(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let id = account.saved_meals.meal_id(params)?;
    account.saved_meals.meals.remove(&id);
    account.saved_meals.items.retain(|_, item| item.meal_id != id);
    Ok(Node::success())
}

pub(super) fn get(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let only = params.optional_meal()?;
    let meals = account.saved_meals.meals.iter();
    let meals = meals.filter(|(_, meal)| only.is_none_or(|only| meal.meals.contains(&only)));
    let meals = meals.map(|(id, meal)| {
        let mut fields =
            vec![("saved_meal_id", Node::Id(*id)), ("saved_meal_name", Node::text(&meal.name))];
        if let Some(description) = &meal.description {
            fields.push(("saved_meal_description", Node::text(description)));
        }
        let words: Vec<&str> =
            meal.meals.iter().filter_map(|index| MEALS.get(*index).copied()).collect();
        fields.push(("meals", Node::text(words.join(","))));
        Node::Object(fields)
    });
    Ok(Node::wrapped("saved_meals", "saved_meal", meals))
}

pub(super) fn add_item(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let item = Item {
        meal_id: account.saved_meals.meal_id(params)?,
        food_id: params.id("food_id")?,
        name: params.text("saved_meal_item_name")?.to_owned(),
        serving_id: params.id("serving_id")?,
        units: params.positive("number_of_units")?,
    };
    account.known_serving(item.food_id, item.serving_id)?;
    if account.saved_meals.items.len() >= THINGS {
        return Err(DataError::full("foods of saved meals"));
    }
    let id = account.next_id();
    account.saved_meals.items.insert(id, item);
    Ok(Node::created("saved_meal_item_id", id))
}

pub(super) fn edit_item(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let (_, item) = account.saved_meals.item(params)?;
    let name = params.optional_text("saved_meal_item_name")?;
    if let Some(units) = params.optional_positive("number_of_units")? {
        item.units = units;
    }
    if let Some(name) = name {
        name.clone_into(&mut item.name);
    }
    Ok(Node::success())
}

pub(super) fn delete_item(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let (id, _) = account.saved_meals.item(params)?;
    account.saved_meals.items.remove(&id);
    Ok(Node::success())
}

pub(super) fn items(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let meal_id = account.saved_meals.meal_id(params)?;
    let items = account.saved_meals.items_of(meal_id).map(|(id, item)| {
        Node::Object(vec![
            ("saved_meal_item_id", Node::Id(*id)),
            ("food_id", Node::Id(item.food_id)),
            ("saved_meal_item_name", Node::text(&item.name)),
            ("serving_id", Node::Id(item.serving_id)),
            ("number_of_units", Node::Number(item.units.places(3))),
        ])
    });
    Ok(Node::wrapped("saved_meal_items", "saved_meal_item", items))
}

/// Puts a saved meal into the diary. What an empty one answers is a guess.
pub(super) fn copy(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let meal_id = account.saved_meals.meal_id(params)?;
    let (meal, day) = (params.meal()?, params.date()?);
    let entry = |(_, item): (&u64, &Item)| Entry {
        food_id: item.food_id,
        serving_id: item.serving_id,
        name: item.name.clone(),
        meal,
        day,
        units: item.units,
    };
    let entries: Vec<Entry> = account.saved_meals.items_of(meal_id).map(entry).collect();
    if entries.is_empty() {
        return Err(nothing_to_copy());
    }
    for entry in entries {
        account.enter(entry)?;
    }
    Ok(Node::success())
}
