//! Favourites, saved meals, own foods and profiles; and the shapes of answers.

use serde_json::{Value, json};
use tripod_sandbox::{Endpoint, Fault};

use crate::{data::*, support::*};

#[test]
fn favourite_foods_are_kept_with_and_without_a_portion() {
    let user = User::tidy();
    let plain = [("food_id", "3002")];
    let portion = [("food_id", "3002"), ("serving_id", "30021"), ("number_of_units", "2")];
    user.done("food.add_favorite", &plain);
    user.done("food.add_favorite", &plain);
    user.done("food.add_favorite", &portion);
    let favourites = user.call("foods.get_favorites.v2", &[]);
    let apple = json!({
        "food_id": 3002,
        "food_name": "Apples",
        "food_type": "Generic",
        "food_url": "https://foods.fatsecret.example/generic/apples",
        "food_description":
            "Per 100g - Calories: 52kcal | Fat: 0.17g | Carbs: 13.81g | Protein: 0.26g",
    });
    let mut two = apple.clone();
    two["serving_id"] = json!(30021);
    two["number_of_units"] = json!(2.0);
    assert_eq!(favourites, json!({"foods": {"food": [apple, two]}}));
    user.done("food.delete_favorite", &portion);
    let favourites = user.call("foods.get_favorites.v2", &[]);
    assert_eq!(favourites, json!({"foods": {"food": [apple]}}));
    user.done("food.delete_favorite", &plain);
    let none = json!({"foods": {"food": []}});
    assert_eq!(user.call("foods.get_favorites", &[]), none);

    let code = |params: &[(&str, &str)]| user.code("food.add_favorite", params);
    assert_eq!(code(&[]), 101);
    assert_eq!(code(&without(&portion, "serving_id")), 101);
    assert_eq!(code(&without(&portion, "number_of_units")), 101);
    assert_eq!(code(&with(&portion, "food_id", "3003")), 106);
    assert_eq!(user.code("food.delete_favorite", &[("food_id", "1")]), 106);
}

#[test]
fn what_was_eaten_is_listed_by_number_and_by_time() {
    let user = User::tidy();
    for (day, meal, food, serving) in [
        (TODAY - 2, "lunch", 3041, 30411),
        (TODAY - 2, "other", 3002, 30021),
        (TODAY - 1, "lunch", 3041, 30411),
        (TODAY, "other", 3003, 30031),
    ] {
        user.sandbox.log_food(day, meal, food, serving, 1.0).unwrap();
    }
    let names = |method: &str, params: &[(&str, &str)]| -> Vec<String> {
        let foods = user.call(method, params);
        let foods = foods["foods"]["food"].as_array().unwrap();
        foods.iter().map(|food| food["food_name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("foods.get_most_eaten.v2", &[]), ["Cheese Pizza", "Bananas", "Apples"]);
    assert_eq!(names("foods.get_recently_eaten.v2", &[]), ["Bananas", "Cheese Pizza", "Apples"]);
    let lunch = [("meal", "lunch")];
    assert_eq!(names("foods.get_most_eaten", &lunch), ["Cheese Pizza"]);
    assert_eq!(names("foods.get_recently_eaten", &lunch), ["Cheese Pizza"]);
    assert_eq!(user.code("foods.get_recently_eaten", &[("meal", "tea")]), 108);
}

#[test]
fn favourite_recipes_are_kept() {
    let user = User::tidy();
    user.done("recipe.add_favorite", &[("recipe_id", "504")]);
    assert_eq!(
        user.call("recipe.get_favorites.v2", &[]),
        json!({"recipes": {"recipe": [{
            "recipe_id": 504,
            "recipe_name": "Lentil Soup",
            "recipe_description": "Cheap, filling, and better on the next day.",
            "recipe_url": "https://www.fatsecret.example/recipes/lentil-soup/Default.aspx",
            "recipe_image": "https://images.fatsecret.example/recipes/504.jpg",
        }]}})
    );
    user.done("recipe.delete_favorite", &[("recipe_id", "504")]);
    let none = json!({"recipes": {"recipe": []}});
    assert_eq!(user.call("recipe.get_favorites", &[]), none);
    assert_eq!(user.code("recipe.add_favorite", &[("recipe_id", "1")]), 106);
    assert_eq!(user.code("recipe.delete_favorite", &[]), 101);
}

#[test]
fn saved_meals_have_items_and_go_into_the_diary() {
    let user = User::tidy();
    let params = [
        ("saved_meal_name", "Brunch"),
        ("saved_meal_description", "Late"),
        ("meals", "other,Lunch"),
    ];
    let id = user.call("saved_meal.create", &params)["saved_meal_id"]["value"].to_string();
    let meal = [("saved_meal_id", id.as_str())];
    let saved =
        |only: &[(&str, &str)]| user.call("saved_meals.get.v2", only)["saved_meals"].clone();
    let number: u64 = id.parse().unwrap();
    assert_eq!(
        saved(&[]),
        json!({"saved_meal": [{"saved_meal_id": number, "saved_meal_name": "Brunch",
            "saved_meal_description": "Late", "meals": "Lunch,Other"}]})
    );
    assert_eq!(saved(&[("meal", "dinner")]), json!({"saved_meal": []}));
    user.done("saved_meal.edit", &with(&with(&meal, "meals", "dinner"), "saved_meal_name", "Late"));
    assert_eq!(saved(&[("meal", "dinner")])["saved_meal"][0]["saved_meal_name"], "Late");

    let copy = with(&meal, "meal", "lunch");
    assert_eq!(user.code("food_entries.copy_saved_meal", &copy), 207);
    let item = [
        ("saved_meal_id", id.as_str()),
        ("food_id", "3002"),
        ("saved_meal_item_name", "Apple"),
        ("serving_id", "30021"),
        ("number_of_units", "1"),
    ];
    let added = user.call("saved_meal_item.add", &item);
    let item_id = added["saved_meal_item_id"]["value"].to_string();
    let item_of = [("saved_meal_item_id", item_id.as_str())];
    user.done("saved_meal_item.edit", &with(&item_of, "number_of_units", "2"));
    assert_eq!(
        user.call("saved_meal_items.get.v2", &meal),
        json!({"saved_meal_items": {"saved_meal_item": [{
            "saved_meal_item_id": item_id.parse::<u64>().unwrap(), "food_id": 3002,
            "saved_meal_item_name": "Apple", "serving_id": 30021, "number_of_units": 2.0,
        }]}})
    );
    user.done("food_entries.copy_saved_meal", &copy);
    let entries = user.call("food_entries.get.v2", &[]);
    let entry = &entries["food_entries"]["food_entry"][0];
    assert_eq!((&entry["meal"], &entry["calories"]), (&json!("Lunch"), &json!(144)));

    for (name, _) in item {
        assert_eq!(user.code("saved_meal_item.add", &without(&item, name)), 101, "{name}");
    }
    assert_eq!(user.code("saved_meal_item.add", &with(&item, "serving_id", "1")), 106);
    assert_eq!(user.code("saved_meal.create", &[]), 101);
    assert_eq!(user.code("saved_meal.edit", &with(&meal, "meals", "lunch,tea")), 108);
    assert_eq!(user.code("food_entries.copy_saved_meal", &meal), 101);
    user.done("saved_meal_item.delete", &item_of);
    assert_eq!(user.code("saved_meal_item.delete", &item_of), 106);
    assert_eq!(user.code("saved_meal_item.edit", &item_of), 106);
    user.done("saved_meal.delete", &meal);
    for method in ["saved_meal.delete", "saved_meal.edit", "saved_meal_items.get"] {
        assert_eq!(user.code(method, &meal), 106, "{method}");
    }
}

#[test]
fn a_food_of_ones_own_can_be_found_and_eaten() {
    let user = User::tidy();
    let food = [
        ("brand_type", "restaurant"),
        ("brand_name", "Home"),
        ("food_name", "Grandma's Pie"),
        ("serving_size", "1 slice"),
        ("calories", "320"),
        ("fat", "14"),
        ("carbohydrate", "45.5"),
        ("protein", "4"),
    ];
    let id = user.call("food.create.v2", &food)["food_id"]["value"].to_string();
    let read = user.call("food.get.v4", &[("food_id", &id)]);
    let read = &read["food"];
    assert_eq!(
        (&read["food_name"], &read["brand_name"]),
        (&json!("Grandma's Pie"), &json!("Home"))
    );
    let serving = read["servings"]["serving"][0]["serving_id"].as_u64().unwrap();
    user.sandbox.log_food(TODAY, "other", &id, serving, 2.0).unwrap();
    let month = user.call("food_entries.get_month", &[]);
    assert_eq!(month["month"]["day"][0]["calories"], 640);
    // It is the user's own.
    assert_eq!(code(&user.public("food.get.v4", &[("food_id", &id)])), 106);
    for (name, _) in food {
        assert_eq!(user.code("food.create.v2", &without(&food, name)), 101, "{name}");
    }
    assert_eq!(user.code("food.create.v2", &with(&food, "brand_type", "home")), 108);
    assert_eq!(user.code("food.create.v2", &with(&food, "iron", "much")), 104);
    assert_eq!(user.code("food.create.v2", &with(&food, "serving_amount_unit", "stone")), 108);
}

#[test]
fn a_profile_is_a_user_with_data_of_its_own() {
    let user = User::tidy();
    let seven = [("user_id", "7")];
    let made = user.public("profile.create", &seven);
    let secrets = |made: &Value| {
        let text = |name: &str| made["profile"][name].as_str().unwrap().to_owned();
        (text("auth_token"), text("auth_secret"))
    };
    let (token, secret) = secrets(&made);
    assert_eq!((token.len(), secret.len()), (32, 32));
    assert_eq!(user.public("profile.get_auth", &seven), made);
    assert_eq!(code(&user.public("profile.create", &seven)), 106);
    assert_eq!(code(&user.public("profile.get_auth", &[("user_id", "8")])), 106);
    assert_eq!(code(&user.public("profile.get_auth", &[])), 101);
    // Without an id, each is another user.
    let [one, other] = [(); 2].map(|()| secrets(&user.public("profile.create", &[])));
    assert_ne!(one, other);
    // Both are called without a token.
    assert_eq!(user.code("profile.create", &[]), 3);
    assert_eq!(user.code("profile.get_auth", &seven), 3);

    let entry = user.sandbox.log_food(TODAY, "lunch", 3002, 30021, 1.0).unwrap().to_string();
    let profile = user.with_token(&token, &secret);
    let none = json!({"food_entries": {"food_entry": []}});
    assert_eq!(profile.call("food_entries.get.v2", &[]), none);
    // Another user's entry is an unknown one.
    assert_eq!(profile.code("food_entry.delete", &[("food_entry_id", &entry)]), 106);
    assert!(profile.sandbox.revoke(&token));
    assert_eq!(profile.code("food_entries.get.v2", &[]), 9);
}

#[test]
fn odd_shapes_take_turns_that_are_the_same_in_each_run() {
    let all = || {
        let user = User::odd();
        let nothing: Vec<String> =
            (0..4).map(|_| user.call("food_entries.get.v2", &[]).to_string()).collect();
        assert_eq!(
            nothing,
            [r#"{"food_entries":null}"#, r#"{"food_entries":""}"#, r#"{"food_entries":{}}"#, "{}"]
        );
        let entry = [
            ("food_id", "3002"),
            ("food_entry_name", "Apple"),
            ("serving_id", "30021"),
            ("number_of_units", "1"),
            ("meal", "other"),
        ];
        // The fifth to the seventh answer: each way of telling what was created.
        let created: Vec<Value> = (0..3).map(|_| user.call("food_entry.create", &entry)).collect();
        let ways = ["food_entries", "food_entry", "food_entry_id"];
        let way = |created: &Value| ways.iter().position(|way| created.get(way).is_some());
        let mut found: Vec<_> = created.iter().map(way).collect();
        found.sort_unstable();
        assert_eq!(found, [Some(0), Some(1), Some(2)]);
        created
    };
    assert_eq!(all(), all());
}

#[test]
fn odd_shapes_are_the_documented_ones() {
    let user = User::odd();
    user.sandbox.log_food(TODAY, "other", 3002, 30021, 1.0).unwrap();
    // Version 1 has the one for a list of one, and text for numbers.
    for _ in 0..2 {
        let entry = user.call("food_entries.get", &[]);
        let entry = &entry["food_entries"]["food_entry"];
        assert_eq!(entry["number_of_units"], "1.000");
        assert_eq!(entry["carbohydrate"], "19.06");
        assert_eq!(entry["sandbox_extra"], json!({"new": ["field", null]}));
    }
    // Later versions have it now and then.
    let is_array =
        |_| user.call("food_entries.get.v2", &[])["food_entries"]["food_entry"].is_array();
    let arrays: Vec<bool> = (0..2).map(is_array).collect();
    assert_ne!(arrays[0], arrays[1]);
    user.call("food.add_favorite", &[("food_id", "3002")]);
    let recent = user.call("foods.get_recently_eaten", &[]);
    let recent = &recent["foods"]["food"];
    assert_eq!((&recent["food_id"], &recent["number_of_units"]), (&json!(3002), &json!("1.00")));
    // No hits: `food` is missing, or nothing.
    let none = [("search_expression", "nothing like it")];
    for _ in 0..4 {
        let found = user.public("foods.search", &none);
        assert_eq!(found["foods"]["total_results"], "0");
        let food = found["foods"].get("food");
        let nothing = [json!(null), json!(""), json!({})];
        assert!(food.is_none_or(|food| nothing.contains(food)), "{found}");
    }
    assert_eq!(
        user.call("saved_meal.delete", &[]),
        json!({"error":
        {"code": 101, "message": "Missing required parameter: saved_meal_id"}})
    );
}

#[test]
fn errors_can_have_text_for_a_code_and_are_xml_without_a_format() {
    let user = User::of(builder().error_code_as_text(true));
    assert_eq!(
        user.call("food.get", &[]),
        json!({"error": {"code": "101", "message": "Missing required parameter: food_id"}})
    );
    let call = user.signed("GET", "food/v5").query("food_id", "x");
    let reply = call.send(&user.sandbox);
    assert_eq!(reply.header("content-type"), Some("text/xml; charset=utf-8"));
    assert_eq!(
        reply.text(),
        "<?xml version=\"1.0\" encoding=\"utf-8\" ?><error><code>105</code>\
         <message>Invalid long value: food_id</message></error>"
    );
    let call = user.signed("GET", "brands/v2").query("starts_with", "a");
    assert_eq!(
        call.send(&user.sandbox).text(),
        "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\
         <food_brands><food_brand>Alpine Dairy</food_brand></food_brands>"
    );
}

#[test]
fn an_error_of_the_data_host_can_be_injected() {
    let user = User::tidy();
    for code in [11, 12, 20] {
        user.sandbox.inject(Fault::ApiError(code));
        let weight =
            [("current_weight_kg", "80"), ("goal_weight_kg", "70"), ("current_height_cm", "180")];
        assert_eq!(user.code("weight.update", &weight), u64::from(code));
    }
    // Nothing was carried out, and the next call is a usual one.
    assert_eq!(user.call("weights.get_month", &[])["month"]["day"], json!([]));
    // It is for the data host alone.
    user.sandbox.inject_at(Endpoint::RequestToken, Fault::ApiError(11));
    let _ = get_request_token(&user.sandbox);
    assert_eq!(user.sandbox.faults_waiting(), 1);
}

#[test]
fn an_account_keeps_so_much_and_no_more() {
    let user = User::tidy();
    let log = || user.sandbox.log_food(TODAY, "other", 3002, 30021, 1.0);
    for _ in 0..20_000 {
        log().unwrap();
    }
    assert_eq!(log().unwrap_err().code(), 12);
    let (today, tomorrow) = (TODAY.to_string(), (TODAY + 1).to_string());
    let copy = [("from_date", today.as_str()), ("to_date", tomorrow.as_str())];
    assert_eq!(user.code("food_entries.copy", &copy), 12);
}
