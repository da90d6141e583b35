//! FatSecret's newer call style: a path and a verb for each method.

// The trap: FatSecret's pages and its own collection of requests name different paths for
// `food_entries.get_month`, `exercise_entry.edit` and `exercise_entries.save_template`. Those are
// left out, and are called by `server.api`, which takes every method.

use http::Method;

use Verb::{Delete, Get, Post, Put};

/// The verb and the path below `rest/` of a method, by its name and version.
pub(super) fn of(name: &str) -> Option<(Method, &'static str)> {
    let (_, verb, path) = PATHS.iter().find(|(known, ..)| *known == name)?;
    let verb = match verb {
        Get => Method::GET,
        Post => Method::POST,
        Put => Method::PUT,
        Delete => Method::DELETE,
    };
    Some((verb, path))
}

#[derive(Clone, Copy)]
enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

const PATHS: &[(&str, Verb, &str)] = &[
    ("foods.search", Get, "foods/search/v1"),
    ("foods.search.v5", Get, "foods/search/v5"),
    ("food.get.v5", Get, "food/v5"),
    ("foods.autocomplete.v2", Get, "food/autocomplete/v2"),
    ("food.find_id_for_barcode", Get, "food/barcode/find-by-id/v1"),
    ("food.find_id_for_barcode.v2", Get, "food/barcode/find-by-id/v2"),
    ("food_brands.get.v2", Get, "brands/v2"),
    ("food_categories.get.v2", Get, "food-categories/v2"),
    ("food_sub_categories.get.v2", Get, "food-sub-categories/v2"),
    ("recipes.search.v3", Get, "recipes/search/v3"),
    ("recipe.get.v2", Get, "recipe/v2"),
    ("recipe_types.get.v2", Get, "recipe-types/v2"),
    ("food.create.v2", Post, "food/v2"),
    ("food.add_favorite", Post, "food/favorite/v1"),
    ("food.delete_favorite", Delete, "food/favorite/v1"),
    ("foods.get_favorites.v2", Get, "food/favorites/v2"),
    ("foods.get_most_eaten.v2", Get, "food/most-eaten/v2"),
    ("foods.get_recently_eaten.v2", Get, "food/recently-eaten/v2"),
    ("food_entries.get.v2", Get, "food-entries/v2"),
    ("food_entry.create", Post, "food-entries/v1"),
    ("food_entry.edit", Put, "food-entries/v1"),
    ("food_entry.delete", Delete, "food-entries/v1"),
    ("food_entries.copy", Post, "food-entries/copy/v1"),
    ("food_entries.copy_saved_meal", Post, "food-entries/copy/saved-meal/v1"),
    ("saved_meal.create", Post, "saved-meals/v1"),
    ("saved_meal.edit", Put, "saved-meals/v1"),
    ("saved_meal.delete", Delete, "saved-meals/v1"),
    ("saved_meals.get.v2", Get, "saved-meals/v2"),
    ("saved_meal_item.add", Post, "saved-meals/item/v1"),
    ("saved_meal_item.edit", Put, "saved-meals/item/v1"),
    ("saved_meal_item.delete", Delete, "saved-meals/item/v1"),
    ("saved_meal_items.get.v2", Get, "saved-meals/item/v2"),
    ("recipe.add_favorite", Post, "recipe/favorites/v1"),
    ("recipe.delete_favorite", Delete, "recipe/favorites/v1"),
    ("recipe.get_favorites.v2", Get, "recipe/favorites/v2"),
    ("exercises.get.v2", Get, "exercises/v2"),
    ("exercise_entries.get.v2", Get, "exercise-entries/v2"),
    ("exercise_entries.get_month.v2", Get, "exercise-entries/month/v2"),
    ("exercise_entries.commit_day", Post, "exercise-entries/day/v1"),
    ("weight.update", Post, "weight/v1"),
    ("weights.get_month.v2", Get, "weight/month/v2"),
    ("profile.create", Post, "profile/v1"),
    ("profile.get", Get, "profile/v1"),
    ("profile.get_auth", Get, "profile/auth/v1"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictory_methods_have_no_path() {
        for name in [
            "food_entries.get_month.v2",
            "exercise_entry.edit",
            "exercise_entries.save_template",
            "no.such.method",
        ] {
            assert_eq!(of(name), None, "{name}");
        }
        assert_eq!(of("food_entry.edit"), Some((Method::PUT, "food-entries/v1")));
        assert_eq!(of("food.get.v5"), Some((Method::GET, "food/v5")));
    }

    #[test]
    fn a_version_in_the_name_is_the_one_in_the_path() {
        for (name, _, path) in PATHS {
            let version = match name.rsplit_once(".v") {
                Some((_, version)) if version.parse::<u32>().is_ok() => version,
                _ => "1",
            };
            assert!(path.ends_with(&format!("/v{version}")), "{name} {path}");
        }
    }
}
