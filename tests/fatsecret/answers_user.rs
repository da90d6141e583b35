//! What the methods of one user answer, decoded: recorded shapes and odd ones.

use crate::all::*;
use jiff::civil::date;
use secrecy::ExposeSecret as _;

use crate::samples::{TOAST, decode, refuse, same};

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
    same(toast.nutrition.calories.unwrap(), "75");
    same(toast.nutrition.carbohydrate.unwrap(), "14.30");
    same(toast.nutrition.protein.unwrap(), "2.60");
    same(toast.nutrition.fat.unwrap(), "1.00");
    assert_eq!(toast.nutrition.sodium, None);

    let many = format!(r#"{{"food_entries":{{"food_entry":[{TOAST},{TOAST}]}}}}"#);
    assert_eq!(decode(&endpoint, &many), [toast.clone(), toast.clone()]);
    for none in
        [r#"{"food_entries":null}"#, r#"{"food_entries":""}"#, r#"{"food_entries":{}}"#, "{}"]
    {
        assert_eq!(decode(&endpoint, none), [], "{none}");
    }
}

/// FatSecret does not say whether these are weights or per cent, so they are shown as they came.
#[test]
fn vitamins_and_minerals_of_an_entry_have_no_unit() {
    let entry = TOAST.replacen('{', r#"{"sodium":"140","vitamin_a":"12","iron":0.40,"#, 1);
    let entries =
        decode(&GetFoodEntries::new(), &format!(r#"{{"food_entries":{{"food_entry":{entry}}}}}"#));
    let has: &EntryNutrition = &entries[0].nutrition;
    let vitamin_a: UnsettledAmount = has.vitamin_a.unwrap();
    assert_eq!(
        (vitamin_a.to_string(), format!("{vitamin_a:?}")),
        ("12".into(), "12 (unit unknown)".into())
    );
    assert_eq!(has.iron.unwrap().to_string(), "0.40");
    assert_eq!((has.calcium, has.sodium), (None, Some(140.into())));
    assert_eq!(serde_json::to_value(has).unwrap()["iron"], "0.40");
}

#[test]
fn a_day_of_the_diary_adds_up_exactly() {
    let many = format!(r#"{{"food_entries":{{"food_entry":[{TOAST},{TOAST},{TOAST}]}}}}"#);
    let entries = decode(&GetFoodEntries::new(), &many);
    let total: Total<Amount> = entries.iter().map(|entry| entry.nutrition.carbohydrate).sum();
    same(total.value, "42.90");
    assert!(total.is_complete);
}

/// A nutrient that FatSecret does not know is left out: the rest of the day is read, and the sum says
/// that it is not complete.
#[test]
fn a_day_with_a_missing_macro_adds_up_and_says_so() {
    let without = TOAST.replace(r#""protein":"2.60","#, "").replace("\"14.30\"", "\"14,30\"");
    assert_ne!(without, TOAST);
    let body = format!(r#"{{"food_entries":{{"food_entry":[{TOAST},{without}]}}}}"#);
    let day = GetFoodEntries::new().decode(http::StatusCode::OK, body.as_bytes()).unwrap();
    assert_eq!((day.value.len(), day.omitted()), (2, 0));
    assert_eq!((day[1].nutrition.protein, day[1].nutrition.carbohydrate), (None, None));
    let named: Vec<String> = day.unreadable().iter().map(ToString::to_string).collect();
    assert_eq!(
        named,
        [
            "the field food_entries.food_entry[1].carbohydrate should be a decimal number, and is \"14,30\"",
            "the field food_entries.food_entry[1].protein should be there, and is missing",
        ]
    );

    let total: Total<Macros> = day.iter().map(|entry| entry.nutrition.macros()).sum();
    assert!(!total.is_complete);
    same(total.value.calories.unwrap(), "150");
    same(total.value.protein.unwrap(), "2.60");
    same(total.value.carbohydrate.unwrap(), "14.30");
    let total: Total<Macros> = [day[0].nutrition.macros()].iter().sum();
    assert_eq!((total.is_complete, total.value), (true, day[0].nutrition.macros()));
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
    same(month.days[0].total.carbohydrate.unwrap(), "200.10");

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
    check(&EditFoodEntry::new(11.into()));
    check(&DeleteFoodEntry::new(11.into()));
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
fn an_entry_that_is_not_there_is_none_and_nothing_to_copy_is_no_error() {
    let one = GetFoodEntry::new(11.into());
    let body = format!(r#"{{"food_entries":{{"food_entry":{TOAST}}}}}"#);
    assert_eq!(decode(&one, &body).unwrap().id, 11.into());
    let unknown = r#"{"error":{"code":106,"message":"Invalid ID: food_entry_id"}}"#;
    for none in [r#"{"food_entries":null}"#, unknown] {
        assert_eq!(decode(&one, none), None, "{none}");
    }
    assert_eq!(refuse(&one, r#"{"error":{"code":9}}"#).code(), Some(ErrorCode::AccessTokenInvalid));

    let day = date(2026, 1, 1);
    let copy = CopyFoodEntries::new(day, day);
    assert!(decode(&copy, r#"{"success":{"value":"1"}}"#));
    assert!(!decode(&copy, r#"{"error":{"code":207,"message":"No food entries to copy"}}"#));
    assert_eq!(refuse(&copy, "{}").field().unwrap().path(), "success");
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

/// Amounts that were typed in the app are raw text.
#[test]
fn an_entry_says_its_amount_in_words() {
    let amount = |description: &str, name: &str| {
        let entry = TOAST
            .replace(
                r#""food_entry_description":"1 slice Toast""#,
                &format!(r#""food_entry_description":"{description}""#),
            )
            .replace(r#""food_entry_name":"Toast""#, &format!(r#""food_entry_name":"{name}""#));
        let body = format!(r#"{{"food_entries":{{"food_entry":{entry}}}}}"#);
        decode(&GetFoodEntries::new(), &body)[0].amount_text()
    };
    for (description, name, expected) in [
        ("1 slice Toast", "Toast", Some("1 slice")),
        ("0.1 :custom:10 g", "Toast", Some("0.1 × 10 g")),
        ("2 1/2 :custom:250s  g", "Toast", Some("2 1/2 × 250 g")),
        ("2 :custom:1.5s cup Toast", "Toast", Some("2 × 1.5 cup")),
        ("1 :custom:3 slices", "Toast", Some("1 × 3 slices")),
        ("1 :custom:2small pieces", "Toast", Some("1 × 2small pieces")),
        ("1 slice Toast", "My breakfast", Some("1 slice Toast")),
        ("Toast", "Toast", None),
        ("", "Toast", None),
        (":custom:", "Toast", Some("×")),
    ] {
        assert_eq!(amount(description, name).as_deref(), expected, "{description}");
    }
}
