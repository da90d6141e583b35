//! What FatSecret answers, decoded: its recorded shapes, its odd ones, and its errors. No network.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use http::StatusCode;
use jiff::civil::date;
use secrecy::ExposeSecret as _;
use tripod::fatsecret::*;

/// Decodes a reply with status 200 and expects nothing unreadable in it.
#[track_caller]
fn decode<E: Endpoint>(endpoint: &E, body: &str) -> E::Output {
    let answer = endpoint.decode(StatusCode::OK, body.as_bytes()).unwrap();
    assert_eq!(answer.unreadable(), []);
    answer.into_inner()
}

#[track_caller]
fn refuse<E: Endpoint<Output: std::fmt::Debug>>(endpoint: &E, body: &str) -> ApiError {
    endpoint.decode(StatusCode::OK, body.as_bytes()).unwrap_err()
}

/// Compares the text too: digits and decimal places are kept.
#[track_caller]
fn same(amount: Amount, text: &str) {
    assert_eq!(amount.to_string(), text);
}

const TOAST: &str = r#"{"food_entry_id":"11","food_id":"22","food_entry_name":"Toast",
    "food_entry_description":"1 slice Toast","date_int":"20454","meal":"Breakfast",
    "serving_id":"33","number_of_units":"1.000","calories":"75","carbohydrate":"14.30",
    "protein":"2.60","fat":"1.00"}"#;

const SERVING: &str = r#"{"serving_id":"29131","serving_description":"1 slice",
    "serving_url":"http://foods.example/(1)%20slice","metric_serving_amount":"25.000",
    "metric_serving_unit":"g","number_of_units":"1.000","measurement_description":"slice",
    "is_default":"1","calories":"66","carbohydrate":"12.65","protein":"1.91","fat":"0.82",
    "saturated_fat":"0.179","sodium":"170","fiber":"0.6","vitamin_a":"0","iron":"0.94"}"#;

fn food(servings: &str) -> String {
    format!(
        r#"{{"food_id":"22","food_name":"Toast","brand_name":"Mill","food_type":"Brand",
        "food_url":"https://foods.example/toast",
        "food_sub_categories":{{"food_sub_category":["Bread","Toast"]}},
        "food_images":{{"food_image":[{{"image_url":"https://m.example/1.jpg","image_type":"Standard"}}]}},
        "food_attributes":{{"allergens":{{"allergen":[{{"id":"1","name":"Milk","value":"1"}},
            {{"id":2,"name":"Egg","value":-1}}]}},
            "preferences":{{"preference":{{"id":"3","name":"Vegan","value":"0"}}}}}},
        "servings":{{"serving":{servings}}}}}"#
    )
}

#[test]
fn diary_entries_come_as_one_as_many_and_as_none() {
    let endpoint = GetFoodEntries::new().with_date(date(2026, 1, 1));
    let entry = format!(r#"{{"food_entries":{{"food_entry":{TOAST}}}}}"#);
    let entries = decode(&endpoint, &entry);
    assert_eq!(entries.len(), 1);
    let toast = &entries[0];
    assert_eq!(toast.id, FoodEntryId::from(11));
    assert_eq!((toast.food_id, toast.serving_id), (22.into(), 33.into()));
    assert_eq!(toast.name, "Toast");
    assert_eq!(toast.description.as_deref(), Some("1 slice Toast"));
    assert_eq!(toast.date, date(2026, 1, 1));
    assert_eq!(toast.meal, Meal::Breakfast);
    same(toast.number_of_units, "1.000");
    same(toast.nutrition.calories, "75");
    same(toast.nutrition.carbohydrate, "14.30");
    same(toast.nutrition.protein, "2.60");
    same(toast.nutrition.fat, "1.00");
    assert_eq!(toast.nutrition.sodium, None);

    let many = format!(r#"{{"food_entries":{{"food_entry":[{TOAST},{TOAST}]}}}}"#);
    assert_eq!(decode(&endpoint, &many), [toast.clone(), toast.clone()]);
    for none in
        [r#"{"food_entries":null}"#, r#"{"food_entries":""}"#, r#"{"food_entries":{}}"#, "{}"]
    {
        assert_eq!(decode(&endpoint, none), [], "{none}");
    }
}

#[test]
fn a_day_of_the_diary_adds_up_exactly() {
    let many = format!(r#"{{"food_entries":{{"food_entry":[{TOAST},{TOAST},{TOAST}]}}}}"#);
    let entries = decode(&GetFoodEntries::new(), &many);
    let total: Option<Amount> = entries.iter().map(|entry| entry.nutrition.carbohydrate).sum();
    same(total.unwrap(), "42.90");
}

#[test]
fn months_of_the_diary() {
    let endpoint = GetFoodEntriesMonth::new();
    let day = r#"{"date_int":"20454","calories":"1850","carbohydrate":"200.10","protein":"90","fat":"70.5"}"#;
    let body =
        format!(r#"{{"month":{{"from_date_int":"20454","to_date_int":"20484","day":{day}}}}}"#);
    let month = decode(&endpoint, &body);
    assert_eq!((month.from, month.to), (date(2026, 1, 1), date(2026, 1, 31)));
    assert_eq!(month.days.len(), 1);
    assert_eq!(month.days[0].date, date(2026, 1, 1));
    same(month.days[0].total.carbohydrate, "200.10");

    let empty = r#"{"month":{"from_date_int":20454,"to_date_int":20484}}"#;
    assert_eq!(decode(&endpoint, empty).days, []);
    assert_eq!(refuse(&endpoint, "{}").field().unwrap().path(), "month");
}

#[test]
fn a_created_entry_is_an_id_or_the_whole_entry() {
    let endpoint = CreateFoodEntry::new(22.into(), "Toast", 33.into(), 1.into(), Meal::Breakfast);
    for body in [
        r#"{"food_entry_id":{"value":"11"}}"#.to_owned(),
        r#"{"food_entry_id":{"value":11}}"#.to_owned(),
        r#"{"food_entry_id":"11"}"#.to_owned(),
        format!(r#"{{"food_entry":{TOAST}}}"#),
        format!(r#"{{"food_entries":{{"food_entry":{TOAST}}}}}"#),
        format!(r#"{{"food_entries":{{"food_entry":[{TOAST}]}}}}"#),
        TOAST.to_owned(),
    ] {
        assert_eq!(decode(&endpoint, &body), FoodEntryId::from(11), "{body}");
    }
    let error = refuse(&endpoint, "{}");
    assert_eq!(error.field().unwrap().path(), "food_entry_id");
}

#[test]
fn changes_answer_with_a_success() {
    #[track_caller]
    fn check<E: Endpoint<Output = ()>>(endpoint: &E) {
        decode(endpoint, r#"{"success":{"value":"1"}}"#);
        assert_eq!(refuse(endpoint, "{}").field().unwrap().path(), "success");
    }
    let day = date(2026, 1, 1);
    check(&EditFoodEntry::new(11.into()));
    check(&DeleteFoodEntry::new(11.into()));
    check(&CopyFoodEntries::new(day, day));
    check(&CopySavedMeal::new(5.into(), Meal::Lunch));
    check(&AddFavoriteFood::new(22.into()));
    check(&DeleteFavoriteFood::new(22.into()));
    check(&AddFavoriteRecipe::new(91.into()));
    check(&DeleteFavoriteRecipe::new(91.into()));
    check(&EditSavedMeal::new(5.into()));
    check(&DeleteSavedMeal::new(5.into()));
    check(&EditSavedMealItem::new(6.into()));
    check(&DeleteSavedMealItem::new(6.into()));
    check(&CommitExerciseDay::new());
    check(&SaveExerciseTemplate::new(Weekdays::ALL));
    check(&ShiftExercise::new(ShiftFrom::Listed(2.into()), ShiftTo::Listed(25.into()), 30));
    check(&UpdateWeight::new(80.into()));
}

#[test]
fn weights() {
    let endpoint = GetWeightsMonth::new();
    let body = r#"{"month":{"day":[{"date_int":"20455","weight_kg":"80.0000"}],
        "from_date_int":"20454","to_date_int":"20484"}}"#;
    let month = decode(&endpoint, body);
    assert_eq!((month.from, month.to), (date(2026, 1, 1), date(2026, 1, 31)));
    assert_eq!(month.days.len(), 1);
    assert_eq!(month.days[0].date, date(2026, 1, 2));
    same(month.days[0].weight_kg, "80.0000");
    assert_eq!(month.days[0].comment, None);

    let one = r#"{"month":{"day":{"date_int":"20455","weight_kg":80.25,"weight_comment":"new year"},
        "from_date_int":"20454","to_date_int":"20484"}}"#;
    let month = decode(&endpoint, one);
    same(month.days[0].weight_kg, "80.25");
    assert_eq!(month.days[0].comment.as_deref(), Some("new year"));
}

#[test]
fn exercises() {
    let body = r#"{"exercise_entries":{"exercise_entry":[
        {"calories":"1300","exercise_id":"2","exercise_name":"Resting","is_template_value":"1","minutes":"960"},
        {"calories":"600","exercise_id":"1","exercise_name":"Sleeping","is_template_value":"1","minutes":"480"}]}}"#;
    let entries = decode(&GetExerciseEntries::new(), body);
    assert_eq!(entries.len(), 2);
    assert_eq!((entries[0].id, entries[0].name.as_str()), (2.into(), "Resting"));
    same(entries[0].calories, "1300");
    assert_eq!(entries.iter().map(|entry| entry.minutes).sum::<u32>(), 24 * 60);
    assert!(entries.iter().all(|entry| entry.is_template == Some(true)));

    let saved = r#"{"exercise_entries":{"exercise_entry":
        {"calories":600,"exercise_id":1,"exercise_name":"Sleeping","minutes":1440}}}"#;
    assert_eq!(decode(&GetExerciseEntries::new(), saved)[0].is_template, None);

    for wrapper in ["exercise_types", "exercises"] {
        let body = format!(
            r#"{{"{wrapper}":{{"exercise":[{{"exercise_id":"1","exercise_name":"Sleeping"}}]}}}}"#
        );
        let list = decode(&GetExercises::new(), &body);
        assert_eq!((list[0].id, list[0].name.as_str()), (1.into(), "Sleeping"));
    }

    let month = r#"{"month":{"from_date_int":"20454","to_date_int":"20484",
        "day":[{"date_int":"20454","calories":"1900"},{"date_int":"20456","calories":"2100"}]}}"#;
    let month = decode(&GetExerciseEntriesMonth::new(), month);
    assert_eq!(month.days[1].date, date(2026, 1, 3));
    same(month.days[1].calories, "2100");
}

#[test]
fn searches_of_version_1() {
    let endpoint = SearchFoodsV1::new();
    let none = decode(
        &endpoint,
        r#"{"foods":{"max_results":"20","page_number":"0","total_results":"0"}}"#,
    );
    assert_eq!((none.items.len(), none.total_results), (0, 0));
    assert_eq!((none.page_number, none.max_results), (Some(0), Some(20)));
    assert_eq!(decode(&endpoint, r#"{"foods":null}"#).total_results, 0);

    let one = r#"{"foods":{"food":{"food_id":"22","food_name":"Toast","food_type":"Generic",
        "food_url":"http://f.example/toast","food_description":"Per 100g - Calories: 75kcal | Fat: 1.00g | Carbs: 14.30g | Protein: 2.60g"},
        "max_results":"20","page_number":"0","total_results":"1"}}"#;
    let page = decode(&endpoint, one);
    assert_eq!(page.total_results, 1);
    let toast = &page.items[0];
    assert_eq!((toast.id, toast.name.as_str()), (22.into(), "Toast"));
    assert_eq!(toast.food_type, Some(FoodType::Generic));
    assert_eq!(toast.brand_name, None);
    assert!(toast.description.as_deref().unwrap().starts_with("Per 100g"));
}

#[test]
fn foods_whole() {
    let body = format!(r#"{{"food":{}}}"#, food(&format!("[{SERVING},{SERVING}]")));
    let toast = decode(&GetFood::new(22.into()), &body);
    assert_eq!((toast.id, toast.name.as_str()), (22.into(), "Toast"));
    assert_eq!(
        (toast.food_type, toast.brand_name.as_deref()),
        (Some(FoodType::Brand), Some("Mill"))
    );
    assert_eq!(toast.sub_categories, ["Bread", "Toast"]);
    assert_eq!(toast.images[0].url, "https://m.example/1.jpg");
    assert_eq!(toast.images[0].kind.as_deref(), Some("Standard"));
    let attributes = toast.attributes.as_ref().unwrap();
    let known = |attribute: &FoodAttribute| (attribute.name.clone(), attribute.id, attribute.value);
    assert_eq!(known(&attributes.allergens[0]), ("Milk".to_owned(), Some(1), Some(true)));
    assert_eq!(known(&attributes.allergens[1]), ("Egg".to_owned(), Some(2), None));
    assert_eq!(known(&attributes.preferences[0]), ("Vegan".to_owned(), Some(3), Some(false)));
    assert_eq!(toast.servings.len(), 2);
    let serving = &toast.servings[0];
    assert_eq!(serving.id, ServingId::from(29131));
    assert_eq!(serving.description.as_deref(), Some("1 slice"));
    assert_eq!(serving.url.as_deref(), Some("http://foods.example/(1)%20slice"));
    same(serving.metric_amount.unwrap(), "25.000");
    assert_eq!(serving.metric_unit, Some(MetricUnit::Gram));
    same(serving.number_of_units.unwrap(), "1.000");
    assert_eq!(serving.measurement_description.as_deref(), Some("slice"));
    assert_eq!(serving.is_default, Some(true));
    same(serving.nutrition.saturated_fat.unwrap(), "0.179");
    same(serving.nutrition.iron.unwrap(), "0.94");
    assert_eq!(serving.nutrition.vitamin_d, None);

    let page = format!(
        r#"{{"foods_search":{{"max_results":"20","total_results":"1","page_number":"0",
        "results":{{"food":{}}}}}}}"#,
        food(SERVING)
    );
    let page = decode(&SearchFoods::new(), &page);
    assert_eq!((page.total_results, page.items[0].servings.len()), (1, 1));
    let none = r#"{"foods_search":{"max_results":"20","total_results":"0","page_number":"0"}}"#;
    assert_eq!(decode(&SearchFoods::new(), none).items, []);
}

#[test]
fn an_optional_field_that_is_modelled_wrongly_does_not_fail_the_food() {
    let body = format!(r#"{{"food":{}}}"#, food(SERVING))
        .replace(r#"{"food_sub_category":["Bread","Toast"]}"#, r#""Bread""#);
    let answer = GetFood::new(22.into()).decode(StatusCode::OK, body.as_bytes()).unwrap();
    assert_eq!(answer.sub_categories, Vec::<String>::new());
    assert_eq!(answer.name, "Toast");
    let note = &answer.unreadable()[0];
    assert_eq!(note.path(), "food.food_sub_categories");
    assert_eq!(note.found(), Some("\"Bread\""));
}

#[test]
fn barcodes() {
    let barcode = "4006381333931".parse().unwrap();
    let by_id = FindFoodIdForBarcode::new(barcode);
    assert_eq!(decode(&by_id, r#"{"food_id":{"value":"0"}}"#), None);
    assert_eq!(decode(&by_id, r#"{"food_id":{"value":"22"}}"#), Some(22.into()));

    let whole = FindFoodForBarcode::new(barcode);
    let found = decode(&whole, &format!(r#"{{"food":{}}}"#, food(SERVING))).unwrap();
    assert_eq!(found.name, "Toast");
    for none in [
        r#"{"error":{"code":211,"message":"No food item detected"}}"#,
        r#"{"food_id":{"value":"0"}}"#,
        r#"{"food":null}"#,
        "{}",
    ] {
        assert_eq!(decode(&whole, none), None, "{none}");
    }
    assert_eq!(refuse(&whole, r#"{"food_id":{"value":"22"}}"#).field().unwrap().path(), "food");
    let error = refuse(&whole, r#"{"error":{"code":10,"message":"Unknown method"}}"#);
    assert_eq!(error.code(), Some(ErrorCode::MethodUnknown));
}

#[test]
fn lists_of_names() {
    let suggest = AutocompleteFoods::new("chic");
    assert_eq!(
        decode(&suggest, r#"{"suggestions":{"suggestion":["chicken","chickpea"]}}"#),
        ["chicken", "chickpea"]
    );
    assert_eq!(decode(&suggest, r#"{"suggestions":{"suggestion":"chicken"}}"#), ["chicken"]);
    assert_eq!(decode(&suggest, r#"{"suggestions":null}"#), Vec::<String>::new());
    assert_eq!(
        decode(&GetFoodBrands::new("m"), r#"{"food_brands":{"food_brand":["Mill","Mühle"]}}"#),
        ["Mill", "Mühle"]
    );
    assert_eq!(
        decode(
            &GetFoodSubCategories::new(1.into()),
            r#"{"food_sub_categories":{"food_sub_category":"Beans"}}"#
        ),
        ["Beans"]
    );
    let types = GetRecipeTypes::new();
    assert_eq!(
        decode(&types, r#"{"recipe_types":{"recipe_type":["Soup","Lunch"]}}"#),
        ["Soup", "Lunch"]
    );
    assert_eq!(decode(&types, r#"{"recipe_types":{"recipe_types":["Soup"]}}"#), ["Soup"]);
    let categories = decode(
        &GetFoodCategories::new(),
        r#"{"food_categories":{"food_category":[{"food_category_id":"1",
            "food_category_name":"Beans","food_category_description":"Beans and lentils"}]}}"#,
    );
    assert_eq!((categories[0].id, categories[0].name.as_str()), (1.into(), "Beans"));
}

#[test]
fn favorites_have_ids_as_numbers() {
    let body = r#"{"foods":{"food":{"food_id":22,"food_name":"Toast","food_type":"Generic",
        "food_url":"https://example.invalid/","serving_id":33,"number_of_units":"1.00"}}}"#;
    let foods = decode(&GetFavoriteFoods::new(), body);
    assert_eq!((foods[0].id, foods[0].serving_id), (22.into(), Some(33.into())));
    same(foods[0].number_of_units.unwrap(), "1.00");
    assert_eq!(decode(&GetMostEatenFoods::new(), body), foods);
    assert_eq!(decode(&GetRecentlyEatenFoods::new(), body), foods);
    assert_eq!(decode(&GetRecentlyEatenFoods::new(), r#"{"foods":null}"#), []);
    assert_eq!(
        decode(
            &CreateFood::new(
                BrandType::Manufacturer,
                "Mill",
                "Toast",
                "1 slice",
                Nutrition::new(75.into(), 14.into(), 2.into(), 1.into())
            ),
            r#"{"food_id":{"value":"22"}}"#
        ),
        22.into()
    );
}

#[test]
fn saved_meals() {
    let body = r#"{"saved_meals":{"saved_meal":{"saved_meal_id":5,"saved_meal_name":"Usual",
        "meals":"Lunch,Other"}}}"#;
    let meals = decode(&GetSavedMeals::new(), body);
    assert_eq!((meals[0].id, meals[0].name.as_str()), (5.into(), "Usual"));
    assert_eq!(meals[0].meals, [Meal::Lunch, Meal::Other]);
    assert_eq!(meals[0].description, None);

    let body = r#"{"saved_meal_items":{"saved_meal_item":[{"saved_meal_item_id":"6","food_id":"22",
        "saved_meal_item_name":"Toast","serving_id":"33","number_of_units":"2.00"}]}}"#;
    let items = decode(&GetSavedMealItems::new(5.into()), body);
    assert_eq!(
        (items[0].id, items[0].food_id, items[0].serving_id),
        (6.into(), 22.into(), 33.into())
    );
    same(items[0].number_of_units, "2.00");

    let created = decode(&CreateSavedMeal::new("Usual"), r#"{"saved_meal_id":{"value":"5"}}"#);
    assert_eq!(created, 5.into());
    let add = AddSavedMealItem::new(5.into(), 22.into(), "Toast", 33.into(), 2.into());
    assert_eq!(decode(&add, r#"{"saved_meal_item_id":{"value":"6"}}"#), 6.into());
}

const RECIPE: &str = r#"{"recipe":{"recipe_id":"91","recipe_name":"Soup",
    "recipe_url":"https://r.example/soup","recipe_description":"Warm","number_of_servings":"4",
    "grams_per_portion":"250.123","preparation_time_min":"10","cooking_time_min":"20","rating":"5",
    "recipe_types":{"recipe_type":"Soup"},
    "recipe_categories":{"recipe_category":[{"recipe_category_name":"Winter","recipe_category_url":"https://r.example/w"}]},
    "recipe_images":{"recipe_image":["https://m.example/soup.jpg"]},
    "serving_sizes":{"serving":{"serving_size":"1 serving","calories":"120","carbohydrate":"20.5","protein":"4","fat":"2.1","sodium":"300"}},
    "ingredients":{"ingredient":[{"food_id":"22","food_name":"Toast","serving_id":"33","number_of_units":"2.000",
        "measurement_description":"slice","ingredient_url":"https://f.example/t","ingredient_description":"2 slices toast"}]},
    "directions":{"direction":{"direction_number":"1","direction_description":"Heat."}}}}"#;

#[test]
fn recipes() {
    let soup = decode(&GetRecipe::new(91.into()), RECIPE);
    assert_eq!((soup.id, soup.name.as_str()), (91.into(), "Soup"));
    assert_eq!(soup.number_of_servings, Some(4.into()));
    same(soup.grams_per_portion.unwrap(), "250.123");
    assert_eq!((soup.preparation_time_min, soup.cooking_time_min), (Some(10), Some(20)));
    assert_eq!(soup.types, ["Soup"]);
    assert_eq!(soup.categories[0].name, "Winter");
    assert_eq!(soup.images, ["https://m.example/soup.jpg"]);
    assert_eq!(soup.servings[0].size.as_deref(), Some("1 serving"));
    assert_eq!(soup.servings[0].nutrition.sodium, Some(300.into()));
    assert_eq!(soup.ingredients[0].number_of_units, Some(2.into()));
    assert_eq!(soup.ingredients[0].description.as_deref(), Some("2 slices toast"));
    assert_eq!(
        (soup.directions[0].number, soup.directions[0].description.as_str()),
        (Some(1), "Heat.")
    );

    let found = r#"{"recipes":{"recipe":[{"recipe_id":"91","recipe_name":"Soup","recipe_description":"Warm",
        "recipe_image":"https://m.example/soup.jpg",
        "recipe_nutrition":{"calories":"120","carbohydrate":"20.5","protein":"4","fat":"2.1"},
        "recipe_ingredients":{"ingredient":["toast","water"]},"recipe_types":{"recipe_type":["Soup"]}}],
        "max_results":"20","page_number":"0","total_results":"1"}}"#;
    let page = decode(&SearchRecipes::new(), found);
    assert_eq!(page.total_results, 1);
    assert_eq!(page.items[0].ingredients, ["toast", "water"]);
    same(page.items[0].nutrition.as_ref().unwrap().fat, "2.1");

    let favorites = r#"{"recipes":{"recipe":{"recipe_id":91,"recipe_name":"Soup",
        "recipe_url":"https://r.example/soup","recipe_description":"Warm"}}}"#;
    let list = decode(&GetFavoriteRecipes::new(), favorites);
    assert_eq!((list[0].id, list[0].url.as_deref()), (91.into(), Some("https://r.example/soup")));
    assert_eq!(list[0].nutrition, None);
}

#[test]
fn profiles() {
    let body = r#"{"profile":{"weight_measure":"Kg","height_measure":"Cm","last_weight_kg":"80.0000",
        "last_weight_date_int":"20454","goal_weight_kg":"75.0000","height_cm":"187.96"}}"#;
    let profile = decode(&GetProfile::new(), body);
    assert_eq!(profile.weight_unit, Some(WeightUnit::Kilogram));
    assert_eq!(profile.height_unit, Some(HeightUnit::Centimetre));
    same(profile.height_cm.unwrap(), "187.96");
    assert_eq!(profile.last_weight_date, Some(date(2026, 1, 1)));
    assert_eq!(profile.last_weight_comment, None);
    let fresh = decode(
        &GetProfile::new(),
        r#"{"profile":{"weight_measure":"Lb","height_measure":"Inch"}}"#,
    );
    assert_eq!(fresh.last_weight_kg, None);

    let tokens =
        r#"{"profile":{"auth_token":"0123456789abcdef","auth_secret":"fedcba9876543210"}}"#;
    for token in
        [decode(&CreateProfile::new(), tokens), decode(&GetProfileAuth::new("user-7"), tokens)]
    {
        assert_eq!(token.token(), "0123456789abcdef");
        assert_eq!(token.secret().expose_secret(), "fedcba9876543210");
    }
}

#[test]
fn a_token_that_cannot_be_read_is_not_repeated() {
    for (body, path) in [
        (r#"{"profile":{"auth_token":["canary"],"auth_secret":"canary"}}"#, "profile.auth_token"),
        (
            r#"{"profile":{"auth_token":"canary","auth_secret":{"a":"canary"}}}"#,
            "profile.auth_secret",
        ),
        (r#"{"profile":{"auth_token":"canary","auth_secret":null}}"#, "profile.auth_secret"),
        (r#"{"profile":{"auth_token":"canary"}}"#, "profile.auth_secret"),
    ] {
        let error = refuse(&CreateProfile::new(), body);
        assert_eq!(error.field().unwrap().path(), path);
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    }
}

#[test]
fn foods_in_a_text_or_a_picture() {
    let body = format!(
        r#"{{"food_response":[{{"food_id":22,"food_entry_name":"Toast","eaten":{{
        "food_name_singular":"Toast","food_name_plural":"Toasts","singular_description":"slice",
        "plural_description":"slices","units":2.0,"metric_description":"g",
        "total_metric_amount":50.0,"per_unit_metric_amount":25.0,
        "total_nutritional_content":{{"calories":"150","carbohydrate":"28.60","protein":"5.20","fat":"2.00"}}}},
        "suggested_serving":{{"serving_id":33,"serving_description":"1 slice",
        "custom_serving_description":"slices","metric_serving_description":"g",
        "metric_measure_amount":"25.000","number_of_units":"2"}},
        "food":{}}},
        {{"food_id":23,"food_entry_name":"Tea","eaten":{{"units":1,"total_nutritional_content":{{}}}}}}]}}"#,
        food(SERVING)
    );
    let foods = decode(&AnalyzeText::new("two slices of toast and tea"), &body);
    assert_eq!((foods[0].food_id, foods[0].entry_name.as_str()), (22.into(), "Toast"));
    let eaten = foods[0].eaten.as_ref().unwrap();
    assert_eq!(eaten.units, Some(2.into()));
    same(eaten.nutrition.as_ref().unwrap().carbohydrate, "28.60");
    let serving = foods[0].suggested_serving.as_ref().unwrap();
    assert_eq!((serving.id, serving.number_of_units), (Some(33.into()), Some(2.into())));
    assert_eq!(foods[0].food.as_ref().unwrap().servings.len(), 1);
    assert_eq!(foods[1].eaten.as_ref().unwrap().nutrition, None);
    assert_eq!(foods[1].food, None);
    assert_eq!(decode(&RecognizeImage::new(Picture::new(&[])), &body), foods);

    let error = refuse(
        &AnalyzeText::new("nothing"),
        r#"{"error":{"code":211,"message":"No food item detected"}}"#,
    );
    assert_eq!(error.code(), Some(ErrorCode::NoFoodDetected));
}

#[test]
fn feedback_is_kept_as_it_came_and_not_printed() {
    let endpoint =
        SendFeedback::new("4006381333931".parse().unwrap(), Issue::BarcodeNotFound, "report-1");
    let body = r#"{"upload":"https://u.example/?sig=canary"}"#;
    let receipt = decode(&endpoint, body);
    assert_eq!(receipt.as_json(), body);
    assert!(!format!("{receipt:?}").contains("canary"));
}

#[test]
fn errors_come_with_status_200_and_a_number_or_a_text() {
    for code in ["8", "\"8\""] {
        let body = format!(
            r#"{{"error":{{"code":{code},"message":"Invalid signature: oauth_signature 'abc='"}}}}"#
        );
        let error = refuse(&GetFoodEntries::new(), &body);
        assert_eq!(error.code(), Some(ErrorCode::SignatureInvalid));
        assert_eq!((error.status(), error.retry()), (StatusCode::OK, Retry::Never));
        assert_eq!(
            *error.kind(),
            ApiErrorKind::Refused {
                code: ErrorCode::SignatureInvalid,
                message: "Invalid signature: oauth_signature '…'".into(),
            }
        );
        assert!(!format!("{error} {error:?}").contains("abc"), "{error:?}");
        assert_eq!(ErrorCode::in_body(body.as_bytes()), Some(ErrorCode::SignatureInvalid));
    }
    let error = refuse(&GetProfile::new(), r#"{"error":{"code":999}}"#);
    assert_eq!(error.code(), Some(ErrorCode::Other(999)));
}

#[test]
fn eleven_and_twelve_are_told_apart() {
    let of_code =
        |code: u32| refuse(&GetProfile::new(), &format!(r#"{{"error":{{"code":{code}}}}}"#));
    assert_eq!(of_code(11).retry(), Retry::NextDay);
    assert_eq!(of_code(12).retry(), Retry::Slower);
    assert_eq!(
        of_code(12).to_string(),
        "FatSecret refused: the user performs too many actions (error 12); wait a moment and send more slowly"
    );
}

#[test]
fn errors_come_as_xml_too() {
    let body = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\" ?>\r\n<error xmlns=\"http://platform.fatsecret.com/api/1.0/\">\
        <code>2</code><message>Missing required oauth parameter: &apos;oauth_nonce&apos; &amp; more</message></error>";
    let error = refuse(&GetProfile::new(), body);
    assert_eq!(error.code(), Some(ErrorCode::OAuthParameterMissing));
    assert_eq!(ErrorCode::in_body(body.as_bytes()), Some(ErrorCode::OAuthParameterMissing));

    let data = "<food_entries xmlns=\"x\"><food_entry/></food_entries>";
    assert_eq!(looks_like(&refuse(&GetFoodEntries::new(), data)), "XML");
}

fn looks_like(error: &ApiError) -> &'static str {
    match error.kind() {
        ApiErrorKind::NotAnAnswer { looks_like, .. } => looks_like,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_no_answer_is_an_error_with_an_excerpt() {
    let token = "0123456789abcdef0123456789abcdef";
    let page = format!("<!DOCTYPE html><html><body><error><code>8</code> {token}</body></html>");
    for (status, body, expected, retry) in [
        (502, page.as_str(), "an HTML page", Retry::IfRepeatable),
        (503, page.as_str(), "an HTML page", Retry::Backoff),
        (429, "", "empty", Retry::Slower),
        (200, " ", "empty", Retry::Never),
        (200, "Service down", "not JSON", Retry::Never),
        (200, r#"{"food_entries":{"food_entry":["#, "JSON that is cut off", Retry::Never),
        (500, r#"{"food_entries":null}"#, "JSON of another kind", Retry::IfRepeatable),
        (401, r#"{"error":"no"}"#, "JSON of another kind", Retry::Never),
        (200, r#"{"error":"no"}"#, "JSON of another kind", Retry::Never),
        (500, "[]", "JSON of another kind", Retry::IfRepeatable),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let error = GetFoodEntries::new().decode(status, body.as_bytes()).unwrap_err();
        assert_eq!((looks_like(&error), error.status(), error.retry()), (expected, status, retry));
        assert!(!format!("{error} {error:?}").contains(token));
        assert_eq!(error.code(), None);
    }
    let error = GetFoodEntries::new().decode(StatusCode::OK, b"\xff\xfe{").unwrap_err();
    assert_eq!(looks_like(&error), "not UTF-8");
    // An error of FatSecret's counts whatever the status.
    let refused = br#"{"error":{"code":"20","message":"Busy"}}"#;
    let error = GetFoodEntries::new().decode(StatusCode::SERVICE_UNAVAILABLE, refused).unwrap_err();
    assert_eq!((error.code(), error.retry()), (Some(ErrorCode::Unavailable), Retry::Backoff));
}

#[test]
fn a_required_field_is_named_with_its_place() {
    let body = format!(r#"{{"food_entries":{{"food_entry":[{TOAST},{TOAST}]}}}}"#);
    let (first, second) = body.split_at(body.rfind("\"14.30\"").unwrap());
    let body = format!("{first}{}", second.replacen("\"14.30\"", "\"14,30\"", 1));
    let error = refuse(&GetFoodEntries::new(), &body);
    assert_eq!(
        error.to_string(),
        "the answer cannot be read: the field food_entries.food_entry[1].carbohydrate should be a \
         decimal number, and is \"14,30\""
    );
    assert_eq!(error.retry(), Retry::Never);
}
