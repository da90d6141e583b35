//! Names, versions, verbs and paths, held against a table that was copied from FatSecret's pages and
//! its own collection of requests, and not from the crate: what the crate sends, and what the sandbox
//! takes.

use std::collections::BTreeSet;

use http::Method;
use tripod::{
    Client, ResourceRequest, Session,
    fatsecret::{ErrorCode, FatSecret, endpoint::Endpoint as _, favorites::GetFavoriteRecipes},
};
use tripod_sandbox::Sandbox;

use crate::{cases::all, support::user};

/// Method, newest version, verb and path without the version, and which token: Public, Delegated or
/// Signed only.
///
/// The vendor's page for the favourite recipes has the title `recipes.get_favorites`, and demands
/// `recipe.get_favorites` as the value of `method`.
#[rustfmt::skip]
const INVENTORY: &[(&str, u32, &str, &str, char)] = &[
    ("foods.search", 5, "GET", "foods/search", 'P'),
    ("food.get", 5, "GET", "food", 'P'),
    ("foods.autocomplete", 2, "GET", "food/autocomplete", 'P'),
    ("food.find_id_for_barcode", 2, "GET", "food/barcode/find-by-id", 'P'),
    ("food_brands.get", 2, "GET", "brands", 'P'),
    ("food_categories.get", 2, "GET", "food-categories", 'P'),
    ("food_sub_categories.get", 2, "GET", "food-sub-categories", 'P'),
    ("recipes.search", 3, "GET", "recipes/search", 'P'),
    ("recipe.get", 2, "GET", "recipe", 'P'),
    ("recipe_types.get", 2, "GET", "recipe-types", 'P'),
    ("food.create", 2, "POST", "food", 'D'),
    ("food.add_favorite", 1, "POST", "food/favorite", 'D'),
    ("food.delete_favorite", 1, "DELETE", "food/favorite", 'D'),
    ("foods.get_favorites", 2, "GET", "food/favorites", 'D'),
    ("foods.get_most_eaten", 2, "GET", "food/most-eaten", 'D'),
    ("foods.get_recently_eaten", 2, "GET", "food/recently-eaten", 'D'),
    ("food_entries.get", 2, "GET", "food-entries", 'D'),
    ("food_entries.get_month", 2, "GET", "food-entries/month", 'D'),
    ("food_entry.create", 1, "POST", "food-entries", 'D'),
    ("food_entry.edit", 1, "PUT", "food-entries", 'D'),
    ("food_entry.delete", 1, "DELETE", "food-entries", 'D'),
    ("food_entries.copy", 1, "POST", "food-entries/copy", 'D'),
    ("food_entries.copy_saved_meal", 1, "POST", "food-entries/copy/saved-meal", 'D'),
    ("saved_meal.create", 1, "POST", "saved-meals", 'D'),
    ("saved_meal.edit", 1, "PUT", "saved-meals", 'D'),
    ("saved_meal.delete", 1, "DELETE", "saved-meals", 'D'),
    ("saved_meals.get", 2, "GET", "saved-meals", 'D'),
    ("saved_meal_item.add", 1, "POST", "saved-meals/item", 'D'),
    ("saved_meal_item.edit", 1, "PUT", "saved-meals/item", 'D'),
    ("saved_meal_item.delete", 1, "DELETE", "saved-meals/item", 'D'),
    ("saved_meal_items.get", 2, "GET", "saved-meals/item", 'D'),
    ("recipe.add_favorite", 1, "POST", "recipe/favorites", 'D'),
    ("recipe.delete_favorite", 1, "DELETE", "recipe/favorites", 'D'),
    ("recipe.get_favorites", 2, "GET", "recipe/favorites", 'D'),
    ("exercises.get", 2, "GET", "exercises", 'D'),
    ("exercise_entries.get", 2, "GET", "exercise-entries", 'D'),
    ("exercise_entries.get_month", 2, "GET", "exercise-entries/month", 'D'),
    ("exercise_entries.commit_day", 1, "POST", "exercise-entries/day", 'D'),
    ("exercise_entries.save_template", 1, "POST", "exercise-entries/template", 'D'),
    ("exercise_entry.edit", 1, "PUT", "exercise-entries/template", 'D'),
    ("weight.update", 1, "POST", "weight", 'D'),
    ("weights.get_month", 2, "GET", "weight/month", 'D'),
    ("profile.create", 1, "POST", "profile", 'S'),
    ("profile.get", 1, "GET", "profile", 'D'),
    ("profile.get_auth", 1, "GET", "profile/auth", 'S'),
];

/// Those with a path alone: natural language, pictures, feedback.
const WITHOUT_A_NAME: &[(&str, u32)] =
    &[("natural-language-processing", 1), ("image-recognition", 2), ("feedback", 1)];

/// The pages and the collection name different paths for these, so they are called by their names.
const CONTRADICTORY: &[&str] =
    &["food_entries.get_month.v2", "exercise_entry.edit", "exercise_entries.save_template"];

/// Names that other libraries send and FatSecret does not have.
const UNKNOWN: &[&str] = &[
    "recipes.get_favorites",
    "recipes.get_favorites.v2",
    "recipes.add_favorite",
    "recipes.delete_favorite",
    "recipes.autocomplete",
    "exercise_entry.create",
    "exercise_entry.delete",
    "food_entries.get.v3",
    "food.get.v6",
    "weight.update.v2",
];

fn named(method: &str, version: u32) -> String {
    if version == 1 { method.to_owned() } else { format!("{method}.v{version}") }
}

/// The row of a name with its version, and the version.
#[track_caller]
fn row(name: &str) -> (&'static (&'static str, u32, &'static str, &'static str, char), u32) {
    let (method, version) = match name.rsplit_once(".v") {
        Some((method, version)) => (method, version.parse().unwrap()),
        None => (name, 1),
    };
    let row = INVENTORY.iter().find(|row| row.0 == method);
    (row.unwrap_or_else(|| panic!("FatSecret has no {name}")), version)
}

#[test]
fn the_inventory_has_48_methods_in_79_versions() {
    let names: BTreeSet<&str> = INVENTORY.iter().map(|row| row.0).collect();
    assert_eq!(names.len(), INVENTORY.len());
    assert_eq!(names.len() + WITHOUT_A_NAME.len(), 48);
    let versions = INVENTORY.iter().map(|row| row.1).chain(WITHOUT_A_NAME.iter().map(|row| row.1));
    assert_eq!(versions.sum::<u32>(), 79);
}

/// Each method is there, under a name, in a version and with a verb that FatSecret has.
#[test]
fn every_method_is_called_as_fatsecret_names_it() {
    let mut missing: BTreeSet<&str> = INVENTORY.iter().map(|row| row.0).collect();
    for case in all() {
        let name = case.request.name();
        let ((method, newest, verb, _, access), version) = row(name);
        missing.remove(method);
        assert!((1..=*newest).contains(&version), "{name}");
        // The two that are asked for in version 1 on purpose: see the table of the guide.
        let wanted_old = ["foods.search", "food.find_id_for_barcode"].contains(&name);
        assert!(version == *newest || wanted_old, "{name} has a version {newest}");
        // `server.api` knows two verbs: PUT and DELETE are 404 there.
        let by_name = if *verb == "GET" { Method::GET } else { Method::POST };
        assert_eq!(case.request.verb(), by_name, "{name}");
        let token = case.how.split(' ').nth(1).unwrap();
        assert!(token.starts_with(*access), "{name}: {token}");
        assert_eq!(case.request.pairs()[0], ("method".into(), name.to_owned()));
    }
    assert_eq!(missing, BTreeSet::new());
}

/// By path, too, verb and version are FatSecret's; where its sources contradict each other, the name
/// is used.
#[tokio::test]
async fn every_path_is_one_that_fatsecret_names() {
    let api = user().api.with_url_style();
    for case in all() {
        let name = case.request.name();
        let ((_, _, verb, path, _), version) = row(name);
        let (built, _) = api.prepare(&case.request).build().unwrap();
        let query = built.uri().query().unwrap();
        if CONTRADICTORY.contains(&name) {
            assert_eq!(built.uri().path(), "/rest/server.api", "{name}");
            assert!(query.starts_with(&format!("method={name}&")), "{query}");
            continue;
        }
        assert_eq!(built.method().as_str(), *verb, "{name}");
        assert_eq!(built.uri().path(), format!("/rest/{path}/v{version}"), "{name}");
        assert!(query.starts_with("format=json&"), "{query}");
    }
}

/// The sandbox, and who calls it with a token and without.
struct Host {
    sandbox: Sandbox,
    session: Session,
}

impl Host {
    fn new() -> Self {
        let sandbox = Sandbox::builder().start_blocking().unwrap();
        let client = Client::new(sandbox.provider(), sandbox.consumer()).unwrap();
        let session = client.session(sandbox.grant());
        Self { sandbox, session }
    }

    fn request(&self, verb: &str, path: &str, access: char) -> ResourceRequest {
        let (verb, url) = (verb.parse().unwrap(), self.sandbox.data_url(path));
        let request = match access {
            'S' => self.session.client().signed().resource(verb, url),
            _ => self.session.resource(verb, url),
        };
        request.query_pair("format", "json")
    }

    /// The code of the refusal. Most calls are refused, for want of parameters.
    async fn code(&self, request: ResourceRequest) -> Option<u32> {
        let reply = request.send().await.unwrap();
        ErrorCode::in_body(reply.bytes()).map(ErrorCode::number)
    }
}

/// Neither an unknown method, nor an unknown path, nor a verb that is not allowed.
#[track_caller]
fn is_known(code: Option<u32>, what: &str) {
    assert!(!matches!(code, Some(3 | 9 | 10 | 22 | 23)), "{what}: {code:?}");
}

#[tokio::test]
async fn the_sandbox_has_the_same_names_and_paths() {
    let host = Host::new();
    for (method, newest, verb, path, access) in INVENTORY {
        for version in 1..=*newest {
            let name = named(method, version);
            let by_name = if *verb == "GET" { "GET" } else { "POST" };
            let call = host.request(by_name, "server.api", *access).query_pair("method", &name);
            is_known(host.code(call).await, &name);

            let path = format!("{path}/v{version}");
            let call = host.request(verb, &path, *access);
            is_known(host.code(call).await, &format!("{verb} {path}"));
        }
    }
    for name in UNKNOWN {
        let call = host.request("GET", "server.api", 'D').query_pair("method", *name);
        assert_eq!(host.code(call).await, Some(10), "{name}");
    }
    for (path, newest) in WITHOUT_A_NAME {
        for version in 1..=*newest {
            let path = format!("{path}/v{version}");
            let call = host.request("POST", &path, 'P').body("application/json", "{}");
            is_known(host.code(call).await, &path);
        }
    }
}

#[tokio::test]
async fn the_favourite_recipes_are_found_under_their_name() {
    let host = Host::new();
    let api = FatSecret::new(host.session.clone());
    let built = api.prepare(&GetFavoriteRecipes::new().request());
    let query = built.build().unwrap().0.uri().query().unwrap().to_owned();
    assert!(query.starts_with("method=recipe.get_favorites.v2&format=json&oauth_"), "{query}");
    assert!(api.favorite_recipes().await.unwrap().is_empty());
}
