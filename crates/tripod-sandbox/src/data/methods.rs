//! The table of methods.

// The trap: three paths are documented in two ways; both are here.

use http::Method;
use serde_json::json;

use crate::data::{
    account::Account, ai, catalogue, diary, error::DataError, exercise, favourites, foods,
    handler::Handler, meals, node::Node, params::Params, profile, recipes, weight,
};

const GET: &[Method] = &[Method::GET];
const POST: &[Method] = &[Method::POST];
const PUT: &[Method] = &[Method::PUT];
const DELETE: &[Method] = &[Method::DELETE];

#[rustfmt::skip]
pub(super) const METHODS: &[Handler] = &[
    Handler::public("echo", 1, &[], &["echo"], echo),

    Handler::public("foods.search", 5, GET, &["foods/search"], foods::search).premium_from(2),
    Handler::public("food.get", 5, GET, &["food"], foods::get),
    Handler::public("foods.autocomplete", 2, GET, &["food/autocomplete"], catalogue::autocomplete).premium_from(1),
    Handler::public("food.find_id_for_barcode", 2, GET, &["food/barcode/find-by-id"], catalogue::barcode).premium_from(1),
    Handler::public("food_brands.get", 2, GET, &["brands"], catalogue::brands).premium_from(1),
    Handler::public("food_categories.get", 2, GET, &["food-categories"], catalogue::categories).premium_from(1),
    Handler::public("food_sub_categories.get", 2, GET, &["food-sub-categories"], catalogue::sub_categories).premium_from(1),
    Handler::of_user("food.create", 2, POST, &["food"], catalogue::create).premium_from(1),

    Handler::public("recipes.search", 3, GET, &["recipes/search"], recipes::search),
    Handler::public("recipe.get", 2, GET, &["recipe"], recipes::get),
    Handler::public("recipe_types.get", 2, GET, &["recipe-types"], recipes::types),

    Handler::public("", 1, POST, &["natural-language-processing"], ai::sentence).premium_from(1),
    Handler::public("", 2, POST, &["image-recognition"], ai::picture).premium_from(1),
    Handler::public("", 1, POST, &["feedback"], ai::feedback).premium_from(1),

    Handler::of_user("food.add_favorite", 1, POST, &["food/favorite"], favourites::add_food),
    Handler::of_user("food.delete_favorite", 1, DELETE, &["food/favorite"], favourites::delete_food),
    Handler::of_user("foods.get_favorites", 2, GET, &["food/favorites"], favourites::foods),
    Handler::of_user("foods.get_most_eaten", 2, GET, &["food/most-eaten"], favourites::most_eaten),
    Handler::of_user("foods.get_recently_eaten", 2, GET, &["food/recently-eaten"], favourites::recently_eaten),
    Handler::of_user("recipe.add_favorite", 1, POST, &["recipe/favorites"], favourites::add_recipe),
    Handler::of_user("recipe.delete_favorite", 1, DELETE, &["recipe/favorites"], favourites::delete_recipe),
    Handler::of_user("recipe.get_favorites", 2, GET, &["recipe/favorites"], favourites::recipes),

    Handler::of_user("food_entries.get", 2, GET, &["food-entries"], diary::get),
    Handler::of_user("food_entries.get_month", 2, GET, &["food-entries/month"], diary::get_month),
    Handler::of_user("food_entry.create", 1, POST, &["food-entries"], diary::create),
    Handler::of_user("food_entry.edit", 1, PUT, &["food-entries"], diary::edit),
    Handler::of_user("food_entry.delete", 1, DELETE, &["food-entries"], diary::delete),
    Handler::of_user("food_entries.copy", 1, POST, &["food-entries/copy"], diary::copy),
    Handler::of_user("food_entries.copy_saved_meal", 1, POST, &["food-entries/copy/saved-meal"], meals::copy),

    Handler::of_user("saved_meal.create", 1, POST, &["saved-meals"], meals::create),
    Handler::of_user("saved_meal.edit", 1, PUT, &["saved-meals"], meals::edit),
    Handler::of_user("saved_meal.delete", 1, DELETE, &["saved-meals"], meals::delete),
    Handler::of_user("saved_meals.get", 2, GET, &["saved-meals"], meals::get),
    Handler::of_user("saved_meal_item.add", 1, POST, &["saved-meals/item"], meals::add_item),
    Handler::of_user("saved_meal_item.edit", 1, PUT, &["saved-meals/item"], meals::edit_item),
    Handler::of_user("saved_meal_item.delete", 1, DELETE, &["saved-meals/item"], meals::delete_item),
    Handler::of_user("saved_meal_items.get", 2, GET, &["saved-meals/item"], meals::items),

    Handler::of_user("exercises.get", 2, GET, &["exercises"], exercise::get_kinds),
    Handler::of_user("exercise_entries.get", 2, GET, &["exercise-entries"], exercise::get),
    Handler::of_user("exercise_entries.get_month", 2, GET, &["exercise-entries/month"], exercise::get_month),
    Handler::of_user("exercise_entry.edit", 1, PUT, &["exercise-entries", "exercise-entries/template"], exercise::edit),
    Handler::of_user("exercise_entries.commit_day", 1, POST, &["exercise-entries/day"], exercise::commit_day),
    Handler::of_user("exercise_entries.save_template", 1, POST, &["exercise-entries/template"], exercise::save_template),

    Handler::of_user("weight.update", 1, POST, &["weight"], weight::update),
    Handler::of_user("weights.get_month", 2, GET, &["weight/month"], weight::get_month),
    Handler::of_host("profile.create", POST, &["profile"], profile::create),
    Handler::of_host("profile.get_auth", GET, &["profile/auth"], profile::get_auth),
    Handler::of_user("profile.get", 1, GET, &["profile"], weight::profile),
];

#[expect(clippy::unnecessary_wraps, reason = "the methods of the table share a signature")]
fn echo(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    Ok(Node::Verbatim(json!({
        "echo": {
            "verb": params.verb.as_str(),
            "query": params.query,
            "form": params.form,
            "body_length": params.body_length,
            "delegated": params.delegated,
            "user": params.delegated.then_some(&account.user),
        }
    })))
}
