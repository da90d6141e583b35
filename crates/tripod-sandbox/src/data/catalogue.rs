//! What is around the foods: suggestions, barcodes, brands, categories, and foods of one's own.

// The trap: a barcode that is not known is not an error in version 1, but a food with the id 0.

use std::{cmp::Reverse, collections::BTreeMap};

use crate::data::{
    account::Account,
    decimal::Decimal,
    error::DataError,
    foods::food_node,
    limits::THINGS,
    node::Node,
    nutrients::Nutrients,
    params::{Params, missing},
    table::{CATEGORIES, Food, Serving},
};

const BRAND_KINDS: [&str; 3] = ["manufacturer", "restaurant", "supermarket"];
/// How many brands are the most popular ones.
const POPULAR: usize = 10;
const METRIC_UNITS: [&str; 3] = ["g", "ml", "oz"];

pub(super) fn autocomplete(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let start = params.text("expression")?.to_lowercase();
    let max = params.at_most("max_results", 4, 10)?;
    let names = account.foods().map(|food| food.name.to_lowercase());
    let fits = |name: &String| {
        name.split(' ').any(|word| word.starts_with(&start)) || name.starts_with(&start)
    };
    let found = names.filter(fits).take(max).map(Node::Text);
    Ok(Node::wrapped("suggestions", "suggestion", found))
}

pub(super) fn barcode(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let barcode = digits(params)?;
    let found = account.foods().find(|food| food.barcode == barcode);
    match (found, params.version) {
        (found, 1) => Ok(Node::created("food_id", found.map_or(0, |food| food.id))),
        (Some(food), _) => Ok(Node::one("food", food_node(food, params, 2)?)),
        (None, _) => Err(nothing_detected()),
    }
}

/// The thirteen digits of a barcode.
pub(super) fn digits(params: &Params) -> Result<&str, DataError> {
    let barcode = params.text("barcode")?;
    if barcode.len() == 13 && barcode.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(barcode)
    } else {
        Err(DataError::new(108, "Invalid type: barcode has 13 digits"))
    }
}

pub(super) fn nothing_detected() -> DataError {
    DataError::new(211, "No food item detected")
}

pub(super) fn brands(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let start = match params.version {
        1 => Some(params.text("starts_with")?),
        _ => params.optional_text("starts_with")?,
    };
    let kind = params.one_of("brand_type", &BRAND_KINDS)?.unwrap_or(0);
    if start.is_some_and(|start| start.chars().count() != 1) {
        return Err(DataError::out_of_range("starts_with"));
    }
    let brands = account.foods().filter_map(|food| food.brand.as_ref());
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for (name, _) in brands.filter(|(_, its_kind)| *its_kind == kind) {
        *names.entry(name).or_default() += 1;
    }
    let mut names: Vec<(&str, usize)> = names.into_iter().collect();
    match start.map(str::to_lowercase).as_deref() {
        // The most popular ones: those with the most foods.
        None => {
            names.sort_by_key(|(_, foods)| Reverse(*foods));
            names.truncate(POPULAR);
        }
        Some("*") => names.retain(|(name, _)| name.starts_with(|c: char| c.is_ascii_digit())),
        Some(start) => names.retain(|(name, _)| name.to_lowercase().starts_with(start)),
    }
    let names = names.into_iter().map(|(name, _)| name);
    Ok(Node::wrapped("food_brands", "food_brand", names.map(Node::text)))
}

#[expect(clippy::unnecessary_wraps, reason = "the methods of the table share a signature")]
pub(super) fn categories(_: &mut Account, _: &Params) -> Result<Node, DataError> {
    let categories = CATEGORIES.iter().map(|(id, name, description, _)| {
        Node::Object(vec![
            ("food_category_id", Node::number(id)),
            ("food_category_name", Node::text(*name)),
            ("food_category_description", Node::text(*description)),
        ])
    });
    Ok(Node::wrapped("food_categories", "food_category", categories))
}

pub(super) fn sub_categories(_: &mut Account, params: &Params) -> Result<Node, DataError> {
    let id = params.id("food_category_id")?;
    let (_, _, _, names) = CATEGORIES
        .iter()
        .find(|category| category.0 == id)
        .ok_or_else(|| DataError::unknown_id("food_category_id", id))?;
    let names = names.iter().copied().map(Node::text);
    Ok(Node::wrapped("food_sub_categories", "food_sub_category", names))
}

pub(super) fn create(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    params.text("brand_type")?;
    let kind = params.one_of("brand_type", &BRAND_KINDS)?.unwrap_or(0);
    let brand = params.text("brand_name")?.to_owned();
    let name = params.text("food_name")?.to_owned();
    let size = params.text("serving_size")?.to_owned();
    for name in ["calories", "fat", "carbohydrate", "protein"] {
        params.optional_decimal(name)?.ok_or_else(|| missing(name))?;
    }
    let nutrients = Nutrients::from_params(params)?;
    let unit = params.one_of("serving_amount_unit", &METRIC_UNITS)?.unwrap_or(0);
    let amount = params.optional_positive("serving_amount")?;
    if account.own_foods.len() >= THINGS {
        return Err(DataError::full("foods"));
    }
    let serving = Serving {
        id: account.next_id(),
        description: size.into(),
        metric: amount.zip(METRIC_UNITS.get(unit).copied()),
        units: Decimal::whole(1),
        measurement: "serving".into(),
        nutrients,
    };
    let id = account.next_id();
    account.own_foods.push(Food {
        id,
        name: name.into(),
        brand: Some((brand.into(), kind)),
        sub_category: "",
        barcode: "",
        servings: vec![serving],
    });
    Ok(Node::created("food_id", id))
}
