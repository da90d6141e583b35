//! The food diary, weights and exercise of a user.

use serde_json::json;

use crate::data::*;

const ENTRY: &[(&str, &str)] = &[
    ("food_id", "3017"),
    ("food_entry_name", "Toast"),
    ("serving_id", "30171"),
    ("number_of_units", "1.5"),
    ("meal", "breakfast"),
];

#[test]
fn entries_are_written_read_changed_and_deleted() {
    let user = User::tidy();
    let created = user.call("food_entry.create", ENTRY);
    let id = created["food_entry_id"]["value"].to_string();
    let of_today = user.call("food_entries.get.v2", &[]);
    // 28 g of 247 kcal and 41.29 g carbohydrate in 100 g, one and a half times.
    assert_eq!(
        of_today,
        json!({"food_entries": {"food_entry": [{
            "food_entry_id": id.parse::<u64>().unwrap(),
            "food_entry_name": "Toast",
            "food_entry_description": "1.5 slice Whole Wheat Bread",
            "date_int": TODAY,
            "meal": "Breakfast",
            "food_id": 3017,
            "serving_id": 30171,
            "number_of_units": 1.5,
            "calories": 104,
            "carbohydrate": 17.34,
            "protein": 5.44,
            "fat": 1.41,
            "saturated_fat": 0.317,
            "polyunsaturated_fat": 0.66,
            "monounsaturated_fat": 0.287,
            "cholesterol": 0,
            "sodium": 198,
            "potassium": 104,
            "fiber": 2.9,
            "sugar": 2.34,
            "vitamin_a": 0,
            "vitamin_c": 0.0,
            "calcium": 45,
            "iron": 1.02,
        }]}})
    );
    assert_eq!(user.call("food_entries.get", &[("food_entry_id", &id)]), of_today);

    user.done(
        "food_entry.edit",
        &[
            ("food_entry_id", &id),
            ("serving_id", "30172"),
            ("number_of_units", "100"),
            ("meal", "LUNCH"),
            ("food_entry_name", "Bread"),
        ],
    );
    let changed = user.call("food_entries.get", &[("date", "20454")]);
    let changed = &changed["food_entries"]["food_entry"][0];
    assert_eq!(
        (&changed["calories"], &changed["meal"], &changed["food_entry_name"]),
        (&json!(247), &json!("Lunch"), &json!("Bread"))
    );
    user.done("food_entry.delete", &[("food_entry_id", &id)]);
    let none = json!({"food_entries": {"food_entry": []}});
    assert_eq!(user.call("food_entries.get", &[]), none);
    assert_eq!(user.code("food_entry.delete", &[("food_entry_id", &id)]), 106);
}

#[test]
fn number_of_units_counts_grams_of_a_100_g_serving() {
    let user = User::tidy();
    let calories = |serving: &str, units: &str| {
        let entry = with(&with(ENTRY, "serving_id", serving), "number_of_units", units);
        user.call("food_entry.create", &entry);
        let entries = user.call("food_entries.get.v2", &[]);
        entries["food_entries"]["food_entry"].as_array().unwrap().last().unwrap()["calories"]
            .as_u64()
            .unwrap()
    };
    assert_eq!(calories("30172", "100"), 247);
    assert_eq!(calories("30172", "1"), 2);
    assert_eq!(calories("30171", "1"), 69);
}

#[test]
fn each_mistake_in_an_entry_has_its_code() {
    let user = User::tidy();
    let long = "x".repeat(256);
    let code = |name, value| user.code("food_entry.create", &with(ENTRY, name, value));
    for (name, _) in ENTRY {
        assert_eq!(user.code("food_entry.create", &without(ENTRY, name)), 101, "{name}");
        assert_eq!(code(name, ""), 101, "{name}");
    }
    assert_eq!(
        user.call("food_entry.create", &with(ENTRY, "date", "2026-01-01")),
        json!({"error": {"code": 102, "message": "Invalid integer value: date"}})
    );
    assert_eq!(code("number_of_units", "1,5"), 104);
    assert_eq!(code("number_of_units", "NaN"), 104);
    assert_eq!(code("food_id", "bread"), 105);
    assert_eq!(code("food_id", "99999999999999999999"), 105);
    assert_eq!(code("food_id", "7"), 106);
    assert_eq!(code("food_id", "-3017"), 106);
    // Another food's serving, and the one that version 5 derives.
    assert_eq!(code("serving_id", "30011"), 106);
    assert_eq!(code("serving_id", "0"), 106);
    assert_eq!(code("number_of_units", "0"), 107);
    assert_eq!(code("number_of_units", "-1"), 107);
    assert_eq!(code("date", "-1"), 107);
    assert_eq!(code("meal", "brunch"), 108);
    assert_eq!(code("food_entry_name", &long), 109);
    assert_eq!(user.code("food_entries.get", &[("date", "x")]), 102);
    assert_eq!(user.code("food_entries.get", &[("food_entry_id", "1")]), 106);
    assert_eq!(user.code("food_entry.edit", &[("food_entry_id", "1")]), 106);
    assert_eq!(user.code("food_entry.edit", &[]), 101);
    assert_eq!(user.sandbox.log_food(TODAY, "brunch", 3017, 30171, 1.0).unwrap_err().code(), 108);
    assert_eq!(user.sandbox.log_food(TODAY, "lunch", 1, 30171, 1.0).unwrap_err().code(), 106);
    assert_eq!(user.sandbox.log_food(-1, "lunch", 3017, 30171, 1.0).unwrap_err().code(), 107);
    assert_eq!(user.sandbox.log_food(1, "lunch", 3017, 30171, f64::NAN).unwrap_err().code(), 107);
    assert_eq!(
        user.call("food_entries.get", &[]),
        json!({"food_entries": {"food_entry": []}}),
        "nothing of all that was written"
    );
}

#[test]
fn days_are_copied_and_months_added_up() {
    let user = User::tidy();
    let log = |day: i64, meal: &str| user.sandbox.log_food(day, meal, 3017, 30172, 100.0).unwrap();
    log(TODAY + 1, "lunch");
    log(TODAY + 1, "dinner");
    log(TODAY - 1, "lunch");
    let copy = |params: &[(&str, &str)]| user.call("food_entries.copy", params);
    assert_eq!(code(&copy(&[])), 101);
    assert_eq!(code(&copy(&[("from_date", "20460")])), 207);
    assert_eq!(code(&copy(&[("from_date", "20455"), ("meal", "other")])), 207);
    user.done("food_entries.copy", &[("from_date", "20455"), ("to_date", "20457")]);
    user.done("food_entries.copy", &[("from_date", "20455"), ("meal", "lunch")]);
    let day = |day, calories: u32, carbohydrate: f64, protein: f64, fat: f64| {
        json!({"date_int": day, "calories": calories, "carbohydrate": carbohydrate,
            "protein": protein, "fat": fat})
    };
    assert_eq!(
        user.call("food_entries.get_month.v2", &[("date", "20470")]),
        json!({"month": {
            "from_date_int": 20454,
            "to_date_int": 20484,
            "day": [
                day(20454, 247, 41.29, 12.95, 3.35),
                day(20455, 494, 82.58, 25.9, 6.7),
                day(20457, 494, 82.58, 25.9, 6.7),
            ],
        }})
    );
}

/// A day that lost all its entries stays in the month, with totals of zero.
#[test]
fn a_day_without_entries_any_more_is_still_listed() {
    let user = User::tidy();
    let id = user.sandbox.log_food(TODAY, "lunch", 3017, 30172, 100.0).unwrap();
    user.done("food_entry.delete", &[("food_entry_id", &id.to_string())]);
    let month = user.call("food_entries.get_month.v2", &[]);
    assert_eq!(
        month["month"]["day"],
        json!([{"date_int": TODAY, "calories": 0, "carbohydrate": 0.0, "protein": 0.0, "fat": 0.0}])
    );
    assert_eq!(
        user.code(
            "food_entry.create",
            &[
                ("food_id", "4001"),
                ("food_entry_name", "Granola"),
                ("serving_id", "0"),
                ("number_of_units", "100"),
                ("meal", "lunch"),
            ]
        ),
        106
    );
}

const WEIGHT: &[(&str, &str)] =
    &[("current_weight_kg", "80.5"), ("goal_weight_kg", "75"), ("current_height_cm", "187.96")];

#[test]
fn the_first_weight_needs_a_goal_and_a_height_and_later_ones_do_not() {
    let user = User::tidy();
    assert_eq!(
        user.call("profile.get", &[]),
        json!({"profile": {"weight_measure": "Kg", "height_measure": "Cm"}})
    );
    for (name, _) in WEIGHT {
        assert_eq!(user.code("weight.update", &without(WEIGHT, name)), 101, "{name}");
    }
    let long = "x".repeat(256);
    let code = |name, value| user.code("weight.update", &with(WEIGHT, name, value));
    assert_eq!(code("current_weight_kg", "80,5"), 104);
    assert_eq!(code("current_weight_kg", "0"), 107);
    assert_eq!(code("current_weight_kg", "1001"), 107);
    assert_eq!(code("weight_type", "stone"), 108);
    assert_eq!(code("height_type", "ell"), 108);
    assert_eq!(code("comment", &long), 109);
    assert_eq!(code("date", "20451"), 205);
    assert_eq!(code("date", "20457"), 205);
    assert_eq!(code("date", "yesterday"), 102);

    user.done("weight.update", &with(&with(WEIGHT, "comment", "New"), "weight_type", "lb"));
    // Only the second name of these is the parameter's.
    user.done(
        "weight.update",
        &[("current_weight_kg", "80"), ("date", "20456"), ("weight_comment", "lost")],
    );
    user.done("weight.update", &[("current_weight_kg", "79.9"), ("date", "20456")]);
    assert_eq!(user.code("weight.update", &[("current_weight_kg", "79")]), 206);
    assert_eq!(
        user.call("weights.get_month.v2", &[]),
        json!({"month": {"from_date_int": 20454, "to_date_int": 20484, "day": [
            {"date_int": 20454, "weight_kg": 80.5, "weight_comment": "New"},
            {"date_int": 20456, "weight_kg": 79.9},
        ]}})
    );
    assert_eq!(
        user.call("profile.get", &[]),
        json!({"profile": {
            "weight_measure": "Lb",
            "height_measure": "Cm",
            "last_weight_kg": 79.9,
            "last_weight_date_int": 20456,
            "goal_weight_kg": 75.0,
            "height_cm": 187.96,
        }})
    );
}

/// Id, minutes and whether it is the template's, of each activity of a day.
fn day(user: &User, date: &str) -> Vec<(u64, u64, bool)> {
    let day = user.call("exercise_entries.get.v2", &[("date", date)]);
    let entries = day["exercise_entries"]["exercise_entry"].as_array().unwrap();
    let entry = |entry: &serde_json::Value| {
        let number = |name: &str| entry[name].as_u64().unwrap();
        (number("exercise_id"), number("minutes"), entry["is_template_value"] == 1)
    };
    entries.iter().map(entry).collect()
}

#[test]
fn exercise_is_shifted_and_a_day_stays_24_hours() {
    let user = User::tidy();
    // 75 kg is assumed: 9/10 and 1 kcal for a kilogram and an hour.
    assert_eq!(
        user.call("exercise_entries.get", &[]),
        json!({"exercise_entries": {"exercise_entry": [
            {"exercise_id": 2, "exercise_name": "Resting", "minutes": 960, "calories": 1200,
                "is_template_value": 1},
            {"exercise_id": 1, "exercise_name": "Sleeping", "minutes": 480, "calories": 540,
                "is_template_value": 1},
        ]}})
    );
    let shift = [("shift_to_id", "12"), ("shift_from_id", "2"), ("minutes", "60")];
    user.done("exercise_entry.edit", &shift);
    assert_eq!(day(&user, "20454"), [(2, 900, false), (1, 480, false), (12, 60, false)]);
    assert_eq!(day(&user, "20455"), [(2, 960, true), (1, 480, true)]);
    user.done(
        "exercise_entry.edit",
        &[
            ("shift_to_id", "0"),
            ("shift_to_name", "Chess"),
            ("kcal", "100"),
            ("shift_from_id", "12"),
            ("minutes", "60"),
        ],
    );
    user.done(
        "exercise_entry.edit",
        &[
            ("shift_from_id", "0"),
            ("shift_from_name", "Chess"),
            ("shift_to_id", "1"),
            ("minutes", "15"),
        ],
    );
    let today = user.call("exercise_entries.get", &[]);
    assert_eq!(
        today["exercise_entries"]["exercise_entry"][2],
        json!({"exercise_id": 0, "exercise_name": "Chess", "minutes": 45, "calories": 75})
    );
    // 900 minutes of resting, 495 of sleep, and the chess.
    assert_eq!(
        user.call("exercise_entries.get_month", &[])["month"]["day"],
        json!([{"date_int": 20454, "calories": 1125 + 557 + 75}])
    );

    let edit = |name, value| user.code("exercise_entry.edit", &with(&shift, name, value));
    for (name, _) in shift {
        assert_eq!(user.code("exercise_entry.edit", &without(&shift, name)), 101, "{name}");
    }
    assert_eq!(edit("shift_to_id", "999"), 201);
    assert_eq!(edit("shift_to_id", "2"), 202);
    assert_eq!(edit("minutes", "901"), 203);
    assert_eq!(edit("shift_from_id", "15"), 203);
    assert_eq!(edit("shift_to_id", "179"), 209);
    assert_eq!(edit("minutes", "0"), 107);
    assert_eq!(edit("minutes", "1.5"), 102);
    assert_eq!(edit("shift_to_id", "0"), 101);
}

#[test]
fn days_are_committed_and_become_templates() {
    let user = User::tidy();
    // 2026-01-01 is a Thursday. Sunday is 1, so Tuesday and Thursday are 20.
    assert_eq!(user.code("exercise_entries.save_template", &[("days", "20")]), 204);
    user.done("exercise_entries.commit_day", &[]);
    assert_eq!(user.code("exercise_entries.commit_day", &[]), 204);
    assert_eq!(day(&user, "20454"), [(2, 960, false), (1, 480, false)]);
    user.sandbox.log_exercise(TODAY, 9, 30).unwrap();
    assert_eq!(user.code("exercise_entries.save_template", &[]), 101);
    assert_eq!(user.code("exercise_entries.save_template", &[("days", "129")]), 107);
    user.done("exercise_entries.save_template", &[("days", "20")]);
    let walking = [(2, 930, true), (1, 480, true), (9, 30, true)];
    let resting = [(2, 960, true), (1, 480, true)];
    assert_eq!(day(&user, "20455"), resting);
    assert_eq!(day(&user, "20459"), walking);
    assert_eq!(day(&user, "20461"), walking);
    assert_eq!(user.sandbox.log_exercise(TODAY, 999, 1).unwrap_err().code(), 201);
    assert_eq!(user.sandbox.log_exercise(TODAY, 9, 1440).unwrap_err().code(), 203);
}

#[test]
fn the_example_year_is_the_same_in_each_run_and_leaves_today_alone() {
    let [one, other] = [User::tidy(), User::tidy()];
    for user in [&one, &other] {
        user.sandbox.seed_example_year().unwrap();
    }
    assert_eq!(one.sandbox.today(), jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(TODAY));
    for method in ["food_entries.get_month", "weights.get_month", "exercise_entries.get_month"] {
        let month = one.call(method, &[("date", "20453")]);
        assert_eq!(month, other.call(method, &[("date", "20453")]));
        assert!(month["month"]["day"].as_array().unwrap().len() >= 20, "{month}");
        let today = one.call(method, &[]);
        assert_eq!(today["month"]["day"], json!([]), "{method}");
    }
    let first = one.call("weights.get_month", &[("date", "20090")]);
    let weight = first["month"]["day"][0]["weight_kg"].as_f64().unwrap();
    assert!((83.0..85.0).contains(&weight), "{weight}");
    let last = one.call("profile.get", &[]);
    let weight = last["profile"]["last_weight_kg"].as_f64().unwrap();
    assert!((75.5..78.0).contains(&weight), "{weight}");
    let day = one.call("food_entries.get_month", &[("date", "20300")]);
    for day in day["month"]["day"].as_array().unwrap() {
        assert!((1000..4000).contains(&day["calories"].as_u64().unwrap()), "{day}");
    }
}
