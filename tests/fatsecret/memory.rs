//! How much memory a reply can take: a promise of the crate. Replies are at most 16 MiB, and nobody knows
//! what a broken or hostile host puts into them.
//!
//! `measure` counts what this thread has allocated at the same time, at most. The reply itself is made
//! before, so it is added: with it, 64 MiB must be enough.

use std::fmt::Debug;

use crate::all::*;
use allocation_counter::measure;
use http::StatusCode;

const MIB: usize = 1 << 20;
/// What the client reads of a reply by default.
const REPLY: usize = 16 * MIB;
const ALLOWED: usize = 64 * MIB;
/// Large enough for every limit of the decoder, and eight times as fast to read.
const SHORT: usize = REPLY / 8;

/// Repeats `item`, with commas, until the reply is `size` long.
fn full(size: usize, before: &str, item: &str, after: &str) -> String {
    let count = (size - before.len() - after.len()) / (item.len() + 1);
    let mut body = before.to_owned() + &format!("{item},").repeat(count);
    body.pop();
    body + after
}

/// Decodes the reply, and gives what came of it and what it took at most.
fn measured<E>(endpoint: &E, body: &str) -> (Result<Answer<E::Output>, ApiError>, usize)
where
    E: Endpoint<Output: Debug>,
{
    let mut outcome = None;
    let used = measure(|| outcome = Some(endpoint.decode(StatusCode::OK, body.as_bytes())));
    (outcome.unwrap(), usize::try_from(used.bytes_max).unwrap())
}

/// Decodes a reply, and asserts that it takes no more memory than is allowed. A short one takes as
/// much for its lists as a long one, since they end at a limit.
#[track_caller]
fn decode<E>(endpoint: &E, body: &str) -> Result<Answer<E::Output>, ApiError>
where
    E: Endpoint<Output: Debug>,
{
    let (outcome, used) = measured(endpoint, body);
    assert!(used + REPLY <= ALLOWED, "{used} bytes for {}", endpoint.request().name());
    outcome
}

/// The same for a short reply without long lists: what it takes may grow with its length.
#[track_caller]
fn decode_as_if_long<E>(endpoint: &E, body: &str) -> Result<Answer<E::Output>, ApiError>
where
    E: Endpoint<Output: Debug>,
{
    let (outcome, used) = measured(endpoint, body);
    let if_long = used * (REPLY / body.len());
    assert!(if_long + REPLY <= ALLOWED, "{used} bytes of {}", endpoint.request().name());
    outcome
}

/// The path of the field that the reply fails for, and what is there.
#[track_caller]
fn failed<T: Debug>(outcome: Result<Answer<T>, ApiError>) -> (String, String) {
    let error = outcome.unwrap_err();
    let field = error.field().unwrap_or_else(|| panic!("{error}"));
    (field.path().to_owned(), field.found().unwrap_or_default().to_owned())
}

fn longer(path: &str) -> (String, String) {
    (path.to_owned(), "longer".to_owned())
}

const ENTRY: &str = r#"{"food_entry_id":1,"food_id":1,"serving_id":1,"food_entry_name":"","date_int":1,"meal":"","number_of_units":1,"calories":1,"carbohydrate":1,"protein":1,"fat":1}"#;

const PATH: &str = "food_entries.food_entry";

fn day(size: usize, item: &str) -> String {
    full(size, r#"{"food_entries":{"food_entry":["#, item, "]}}")
}

/// The three that are as long as a reply may be.
#[test]
fn a_reply_of_16_mib_takes_no_more_than_64() {
    let endpoint = GetFoodEntries::new();
    // A list of the wrong type ends at its first item, and one of the right type at 10,000 items.
    for (item, failure) in [
        ("0", (format!("{PATH}[0]"), "0".to_owned())),
        ("\"a\"", (format!("{PATH}[0]"), "\"a\"".to_owned())),
        (ENTRY, longer(PATH)),
    ] {
        let body = day(REPLY, item);
        assert!(body.len() > REPLY - 1024);
        assert_eq!(failed(decode(&endpoint, &body)), failure);
    }
}

#[test]
fn a_list_of_the_wrong_type_ends_at_its_first_item() {
    let endpoint = GetFoodEntries::new();
    for item in ["[]", "false"] {
        let found = failed(decode(&endpoint, &day(SHORT, item)));
        assert_eq!(found, (format!("{PATH}[0]"), item.to_owned()));
    }
    // One that is not the point of the answer is empty, and reported once.
    let before = r#"{"food":{"food_id":1,"food_name":"x","food_images":{"food_image":["#;
    let food = decode(&GetFood::new(1.into()), &full(SHORT, before, "0", "]}}}")).unwrap();
    assert_eq!((food.images.len(), food.unreadable().len(), food.omitted()), (0, 1, 0));
}

#[test]
fn a_list_of_the_right_type_ends_at_its_limit() {
    let endpoint = GetFoodEntries::new();
    // Nothing in the place of an item is no item, but it counts.
    assert_eq!(failed(decode(&endpoint, &day(SHORT, "null"))), longer(PATH));
    // An item that can be read, and then others.
    let before = format!(r#"{{"food_entries":{{"food_entry":[{ENTRY},"#);
    let body = full(SHORT, &before, "{}", "]}}");
    assert_eq!(failed(decode(&endpoint, &body)), longer(PATH));
    let body = full(SHORT, r#"{"suggestions":{"suggestion":["#, "\"a\"", "]}}");
    let found = failed(decode(&AutocompleteFoods::new("a"), &body));
    assert_eq!(found, longer("suggestions.suggestion"));
}

/// Lists in lists, and lists written as one text.
#[test]
fn lists_in_lists_have_the_same_allowance() {
    let serving = r#"{"serving_id":1,"calories":1,"carbohydrate":1,"protein":1,"fat":1}"#;
    let food = format!(
        r#"{{"food_id":1,"food_name":"","servings":{{"serving":[{}]}}}}"#,
        vec![serving; 100].join(",")
    );
    let before = r#"{"foods_search":{"total_results":1,"results":{"food":["#;
    let body = full(SHORT, before, &food, "]}}}");
    assert_eq!(failed(decode(&SearchFoodsV5::new(), &body)).1, "longer");

    let recipe = format!(
        r#"{{"recipe_id":1,"recipe_name":"","recipe_types":{{"recipe_type":[{}]}}}}"#,
        vec!["\"a\""; 5_000].join(",")
    );
    let body = full(SHORT, r#"{"recipes":{"total_results":1,"recipe":["#, &recipe, "]}}");
    assert_eq!(failed(decode(&SearchRecipes::new(), &body)).1, "longer");

    let before =
        r#"{"saved_meals":{"saved_meal":[{"saved_meal_id":1,"saved_meal_name":"","meals":""#;
    let meals = decode(&GetSavedMeals::new(), &full(SHORT, before, "a", "\"}]}}")).unwrap();
    let reported = meals.unreadable().len();
    assert_eq!((meals.value.len(), meals.value[0].meals.len(), reported), (1, 0, 1));
}

/// What has no list in it: names, texts, brackets.
#[test]
fn objects_texts_and_brackets() {
    let profile = GetProfile::new();
    let body = full(SHORT, r#"{"profile":{"#, r#""":0"#, "}}");
    assert_eq!(failed(decode_as_if_long(&profile, &body)).0, "profile");
    let body = full(SHORT, "{", r#""":0"#, "}");
    assert_eq!(failed(decode_as_if_long(&profile, &body)).0, "");

    // An escape, so that the text cannot be borrowed.
    let (before, after) = ENTRY.split_once(r#""food_entry_name":"""#).unwrap();
    let before = format!(r#"{{"food_entries":{{"food_entry":[{before}"food_entry_name":"\u0061"#);
    let body = full(SHORT, &before, "a", &format!("\"{after}]}}}}"));
    let entries = decode_as_if_long(&GetFoodEntries::new(), &body).unwrap();
    assert!(entries.value[0].name.len() > SHORT - 1024);

    let half = SHORT / 2 - 20;
    let body = format!(r#"{{"profile":{{"x":{}{}}}}}"#, "[".repeat(half), "]".repeat(half));
    assert_eq!(decode_as_if_long(&profile, &body).unwrap().unreadable(), []);
}
