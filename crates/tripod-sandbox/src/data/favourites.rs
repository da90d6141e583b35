//! Favourites, and what the user has eaten most and lately.

// The trap: the ids in these lists are JSON numbers, while the other numbers are text.

use std::{cmp::Reverse, collections::BTreeMap};

use crate::data::{
    account::{Account, Entry, Portion},
    error::DataError,
    foods::{description, naming_fields},
    limits::THINGS,
    node::Node,
    params::{Params, missing},
    recipes,
};

/// Most foods in the lists of what was eaten.
const EATEN: usize = 20;

impl Account {
    pub(super) fn mark_favourites(&mut self, foods: &[u64]) -> Result<(), DataError> {
        foods.iter().try_for_each(|food| self.mark((*food, None)))
    }

    fn mark(&mut self, favourite: (u64, Option<Portion>)) -> Result<(), DataError> {
        let foods = &mut self.favourites.foods;
        if foods.contains(&favourite) {
            return Ok(());
        }
        if foods.len() >= THINGS {
            return Err(DataError::full("favourites"));
        }
        foods.push(favourite);
        Ok(())
    }
}

/// Both or neither.
fn portion(account: &Account, food: u64, params: &Params) -> Result<Option<Portion>, DataError> {
    let units = params.optional_positive("number_of_units")?;
    match (params.optional_id("serving_id")?, units) {
        (Some(serving), Some(units)) => {
            account.known_serving(food, serving)?;
            Ok(Some((serving, units)))
        }
        (None, None) => Ok(None),
        (None, Some(_)) => Err(missing("serving_id")),
        (Some(_), None) => Err(missing("number_of_units")),
    }
}

fn food_and_portion(
    account: &Account,
    params: &Params,
) -> Result<(u64, Option<Portion>), DataError> {
    let food = params.id("food_id")?;
    account.known_food(food)?;
    Ok((food, portion(account, food, params)?))
}

pub(super) fn add_food(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let favourite = food_and_portion(account, params)?;
    account.mark(favourite)?;
    Ok(Node::success())
}

/// Without a portion, all favourites of that food are taken away. One that is none is no error.
pub(super) fn delete_food(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let (food, portion) = food_and_portion(account, params)?;
    let fits = |favourite: &(u64, Option<Portion>)| {
        favourite.0 == food && (portion.is_none() || favourite.1 == portion)
    };
    account.favourites.foods.retain(|favourite| !fits(favourite));
    Ok(Node::success())
}

#[expect(clippy::unnecessary_wraps, reason = "the methods of the table share a signature")]
pub(super) fn foods(account: &mut Account, _: &Params) -> Result<Node, DataError> {
    Ok(list(account, account.favourites.foods.iter().copied()))
}

/// Each food once, with the portion of last time, the most frequent first.
pub(super) fn most_eaten(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let mut foods: BTreeMap<u64, (usize, usize, Portion)> = BTreeMap::new();
    for (age, entry) in lately(account, params)?.into_iter().enumerate() {
        let portion = (entry.serving_id, entry.units);
        foods.entry(entry.food_id).or_insert((0, age, portion)).0 += 1;
    }
    let mut foods: Vec<_> = foods.into_iter().collect();
    foods.sort_by_key(|(_, (times, age, _))| (Reverse(*times), *age));
    let foods = foods.into_iter().take(EATEN);
    Ok(list(account, foods.map(|(food, (_, _, portion))| (food, Some(portion)))))
}

pub(super) fn recently_eaten(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let mut foods: Vec<(u64, Option<Portion>)> = Vec::new();
    for entry in lately(account, params)? {
        let food = (entry.food_id, Some((entry.serving_id, entry.units)));
        if !foods.contains(&food) && foods.len() < EATEN {
            foods.push(food);
        }
    }
    Ok(list(account, foods.into_iter()))
}

/// Diary entries, the latest first.
fn lately<'a>(account: &'a Account, params: &Params) -> Result<Vec<&'a Entry>, DataError> {
    let meal = params.optional_meal()?;
    let entries = account.diary.0.iter();
    let mut entries: Vec<_> =
        entries.filter(|(_, entry)| meal.is_none_or(|meal| entry.meal == meal)).collect();
    entries.sort_by_key(|(id, entry)| Reverse((entry.day, **id)));
    Ok(entries.into_iter().map(|(_, entry)| entry).collect())
}

fn list(account: &Account, foods: impl Iterator<Item = (u64, Option<Portion>)>) -> Node {
    let foods = foods.filter_map(|(id, portion)| {
        let food = account.food(id)?;
        let mut fields = vec![("food_id", Node::Id(id))];
        fields.extend(naming_fields(food));
        fields.push(("food_description", Node::text(description(food, false))));
        if let Some((serving, units)) = portion {
            fields.push(("serving_id", Node::Id(serving)));
            fields.push(("number_of_units", Node::Number(units.places(2))));
        }
        Some(Node::Object(fields))
    });
    Node::wrapped("foods", "food", foods.collect::<Vec<_>>())
}

pub(super) fn add_recipe(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let id = recipes::known(params)?.id;
    if !account.favourites.recipes.contains(&id) {
        account.favourites.recipes.push(id);
    }
    Ok(Node::success())
}

pub(super) fn delete_recipe(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let id = recipes::known(params)?.id;
    account.favourites.recipes.retain(|favourite| *favourite != id);
    Ok(Node::success())
}

#[expect(clippy::unnecessary_wraps, reason = "the methods of the table share a signature")]
pub(super) fn recipes(account: &mut Account, _: &Params) -> Result<Node, DataError> {
    let favourites = account.favourites.recipes.iter();
    let favourites = favourites.filter_map(|id| recipes::find(*id)).map(recipes::favourite_node);
    Ok(Node::wrapped("recipes", "recipe", favourites))
}
