//! The cases of one user: diary, saved meals, exercise, weight and profiles.

use crate::all::*;
use jiff::civil::{Weekday, date};

use crate::cases::{ADD, CHANGE, Case, DAY, READ_OWN, amount, case};

pub(crate) fn diary() -> Vec<Case> {
    let entry = FoodEntryId::from(11);
    vec![
        case(&GetFoodEntries::new(), "food_entries.get.v2", READ_OWN, &[]),
        case(
            &GetFoodEntries::new().with_date(DAY),
            "food_entries.get.v2",
            READ_OWN,
            &[("date", "20454")],
        ),
        case(
            &GetFoodEntry::new(entry),
            "food_entries.get.v2",
            READ_OWN,
            &[("food_entry_id", "11")],
        ),
        case(
            &GetFoodEntriesMonth::new().with_date(DAY),
            "food_entries.get_month.v2",
            READ_OWN,
            &[("date", "20454")],
        ),
        case(
            &CreateFoodEntry::new(
                FoodId::from(33691),
                "Mum's cheddar ~ slice",
                ServingId::from(29131),
                amount("1.5"),
                Meal::Lunch,
            )
            .with_date(DAY),
            "food_entry.create",
            ADD,
            &[
                ("food_id", "33691"),
                ("food_entry_name", "Mum's cheddar ~ slice"),
                ("serving_id", "29131"),
                ("number_of_units", "1.5"),
                ("meal", "lunch"),
                ("date", "20454"),
            ],
        ),
        case(
            &EditFoodEntry::new(entry)
                .with_name("Toast")
                .with_serving(ServingId::from(33))
                .with_number_of_units(2.into())
                .with_meal(Meal::Breakfast),
            "food_entry.edit",
            CHANGE,
            &[
                ("food_entry_id", "11"),
                ("food_entry_name", "Toast"),
                ("serving_id", "33"),
                ("number_of_units", "2"),
                ("meal", "breakfast"),
            ],
        ),
        case(&DeleteFoodEntry::new(entry), "food_entry.delete", CHANGE, &[("food_entry_id", "11")]),
        case(
            &CopyFoodEntries::new(DAY, date(2026, 1, 2)).with_meal(Meal::Lunch),
            "food_entries.copy",
            ADD,
            &[("from_date", "20454"), ("to_date", "20455"), ("meal", "lunch")],
        ),
        case(
            &CopySavedMeal::new(SavedMealId::from(5), Meal::Lunch).with_date(DAY),
            "food_entries.copy_saved_meal",
            ADD,
            &[("saved_meal_id", "5"), ("meal", "lunch"), ("date", "20454")],
        ),
    ]
}

pub(crate) fn saved_meals() -> Vec<Case> {
    let (meal, item) = (SavedMealId::from(5), SavedMealItemId::from(6));
    vec![
        case(
            &CreateSavedMeal::new("Usual")
                .with_description("of a Monday")
                .with_meals([Meal::Lunch, Meal::Other]),
            "saved_meal.create",
            ADD,
            &[
                ("saved_meal_name", "Usual"),
                ("saved_meal_description", "of a Monday"),
                ("meals", "lunch,other"),
            ],
        ),
        case(
            &EditSavedMeal::new(meal).with_name("Other").with_meals([Meal::Dinner]),
            "saved_meal.edit",
            CHANGE,
            &[("saved_meal_id", "5"), ("saved_meal_name", "Other"), ("meals", "dinner")],
        ),
        case(&DeleteSavedMeal::new(meal), "saved_meal.delete", CHANGE, &[("saved_meal_id", "5")]),
        case(
            &GetSavedMeals::new().with_meal(Meal::Lunch),
            "saved_meals.get.v2",
            READ_OWN,
            &[("meal", "lunch")],
        ),
        case(
            &AddSavedMealItem::new(meal, FoodId::from(22), "Toast", ServingId::from(33), 2.into()),
            "saved_meal_item.add",
            ADD,
            &[
                ("saved_meal_id", "5"),
                ("food_id", "22"),
                ("saved_meal_item_name", "Toast"),
                ("serving_id", "33"),
                ("number_of_units", "2"),
            ],
        ),
        case(
            &EditSavedMealItem::new(item).with_name("Rye").with_number_of_units(3.into()),
            "saved_meal_item.edit",
            CHANGE,
            &[
                ("saved_meal_item_id", "6"),
                ("saved_meal_item_name", "Rye"),
                ("number_of_units", "3"),
            ],
        ),
        case(
            &DeleteSavedMealItem::new(item),
            "saved_meal_item.delete",
            CHANGE,
            &[("saved_meal_item_id", "6")],
        ),
        case(
            &GetSavedMealItems::new(meal),
            "saved_meal_items.get.v2",
            READ_OWN,
            &[("saved_meal_id", "5")],
        ),
    ]
}

pub(crate) fn exercises_and_weights() -> Vec<Case> {
    let resting = ExerciseId::from(2);
    vec![
        case(
            &GetExercises::new().with_region("US").with_language("en"),
            "exercises.get.v2",
            READ_OWN,
            &[("region", "US"), ("language", "en")],
        ),
        case(
            &GetExerciseEntries::new().with_date(DAY),
            "exercise_entries.get.v2",
            READ_OWN,
            &[("date", "20454")],
        ),
        case(
            &GetExerciseEntriesMonth::new().with_date(DAY),
            "exercise_entries.get_month.v2",
            READ_OWN,
            &[("date", "20454")],
        ),
        case(
            &CommitExerciseDay::new().with_date(DAY),
            "exercise_entries.commit_day",
            CHANGE,
            &[("date", "20454")],
        ),
        case(
            &SaveExerciseTemplate::new(Weekdays::from_iter([
                Weekday::Sunday,
                Weekday::Monday,
                Weekday::Saturday,
            ]))
            .with_date(DAY),
            "exercise_entries.save_template",
            CHANGE,
            &[("days", "67"), ("date", "20454")],
        ),
        case(
            &ShiftExercise::new(ShiftFrom::Listed(resting), ShiftTo::Listed(25.into()), 30),
            "exercise_entry.edit",
            ADD,
            &[("shift_from_id", "2"), ("shift_to_id", "25"), ("minutes", "30")],
        ),
        case(
            &ShiftExercise::new(
                ShiftFrom::Custom { name: "Nap".into() },
                ShiftTo::Custom { name: "Rowing".into(), kcal: 300 },
                45,
            )
            .with_date(DAY),
            "exercise_entry.edit",
            ADD,
            &[
                ("shift_from_id", "0"),
                ("shift_from_name", "Nap"),
                ("shift_to_id", "0"),
                ("shift_to_name", "Rowing"),
                ("kcal", "300"),
                ("minutes", "45"),
                ("date", "20454"),
            ],
        ),
        case(
            &UpdateWeight::new(amount("80.25"))
                .with_date(DAY)
                .with_goal(75.into())
                .with_height(amount("187.96"))
                .with_weight_unit(WeightUnit::Pound)
                .with_height_unit(HeightUnit::Inch)
                .with_comment("after the holidays"),
            "weight.update",
            CHANGE,
            &[
                ("current_weight_kg", "80.25"),
                ("date", "20454"),
                ("goal_weight_kg", "75"),
                ("current_height_cm", "187.96"),
                ("weight_type", "lb"),
                ("height_type", "inch"),
                ("comment", "after the holidays"),
            ],
        ),
        case(
            &GetWeightsMonth::new().with_date(DAY),
            "weights.get_month.v2",
            READ_OWN,
            &[("date", "20454")],
        ),
    ]
}

pub(crate) fn profiles() -> Vec<Case> {
    vec![
        case(
            &CreateProfile::new().with_user_id("user-7"),
            "profile.create",
            "POST SignedOnly once",
            &[("user_id", "user-7")],
        ),
        case(
            &GetProfileAuth::new("user-7"),
            "profile.get_auth",
            "GET SignedOnly again",
            &[("user_id", "user-7")],
        ),
        case(&GetProfile::new(), "profile.get", READ_OWN, &[]),
    ]
}
