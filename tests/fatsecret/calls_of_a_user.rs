//! The calls in a user's name, in both styles: what is sent, and what is made of the answer.

use crate::all::*;
use jiff::civil::{Weekday, date};

use crate::{
    cases::DAY,
    samples::TOAST,
    support::{DONE, user},
};

/// Checks a call in a user's name.
macro_rules! check {
    ($call:expr, $($expected:expr),*) => { user().check($call, $($expected),*).await };
}

#[tokio::test]
async fn the_diary() {
    let one = format!(r#"{{"food_entries":{{"food_entry":{TOAST}}}}}"#);
    let day = check!(
        async |api| api.food_entries(DAY).await,
        "GET food_entries.get.v2",
        "GET food-entries/v2",
        "date=20454",
        &one
    );
    assert_eq!((day.len(), day[0].id, day[0].meal.clone()), (1, 11.into(), Meal::Breakfast));
    let entry = check!(
        async |api| api.food_entry(11.into()).await,
        "GET food_entries.get.v2",
        "GET food-entries/v2",
        "food_entry_id=11",
        &one
    );
    assert_eq!(entry.as_ref(), day.first());

    // Its sources name two paths, so the newer style has none.
    let month = check!(
        async |api| api.food_entries_month(date(2026, 1, 31)).await,
        "GET food_entries.get_month.v2",
        "",
        "date=20484",
        r#"{"month":{"from_date_int":"20454","to_date_int":"20484"}}"#
    );
    assert_eq!((month.from, month.days.len()), (DAY, 0));

    let units = "1.50".parse().unwrap();
    let new = CreateFoodEntry::new(22.into(), "Mum's ~ toast", 33.into(), units, Meal::Other);
    let id = check!(
        async |api| api.create_food_entry(&new).await,
        "POST food_entry.create",
        "POST food-entries/v1",
        "food_id=22&food_entry_name=Mum%27s%20~%20toast&serving_id=33&number_of_units=1.50&meal=other",
        r#"{"food_entry_id":{"value":"11"}}"#
    );
    assert_eq!(id, 11.into());

    let edit = EditFoodEntry::new(11.into()).with_meal(Meal::Lunch);
    check!(
        async |api| api.edit_food_entry(&edit).await,
        "POST food_entry.edit",
        "PUT food-entries/v1",
        "food_entry_id=11&meal=lunch",
        DONE
    );
    check!(
        async |api| api.delete_food_entry(11.into()).await,
        "POST food_entry.delete",
        "DELETE food-entries/v1",
        "food_entry_id=11",
        DONE
    );
    let copied = check!(
        async |api| api.copy_food_entries(DAY, date(2026, 1, 2), None).await,
        "POST food_entries.copy",
        "POST food-entries/copy/v1",
        "from_date=20454&to_date=20455",
        DONE
    );
    assert!(copied);
    let copied = check!(
        async |api| api.copy_food_entries(DAY, date(2026, 1, 2), Meal::Breakfast).await,
        "POST food_entries.copy",
        "POST food-entries/copy/v1",
        "from_date=20454&to_date=20455&meal=breakfast",
        r#"{"error":{"code":207,"message":"No food entries to copy"}}"#
    );
    assert!(!copied);
    check!(
        async |api| api.copy_saved_meal(5.into(), Meal::Dinner, DAY).await,
        "POST food_entries.copy_saved_meal",
        "POST food-entries/copy/saved-meal/v1",
        "saved_meal_id=5&meal=dinner&date=20454",
        DONE
    );

    let nutrition = Nutrition::new(75.into(), 14.into(), 2.into(), 1.into());
    let food = CreateFood::new("Mill", "Toast", "1 slice", nutrition);
    let food = check!(
        async |api| api.create_food(&food).await,
        "POST food.create.v2",
        "POST food/v2",
        "brand_name=Mill&food_name=Toast&serving_size=1%20slice&\
         calories=75&fat=1&carbohydrate=14&protein=2&brand_type=manufacturer",
        r#"{"food_id":{"value":"22"}}"#
    );
    assert_eq!(food, 22.into());
}

#[tokio::test]
async fn weight_and_profile() {
    let weight = UpdateWeight::new("80.25".parse().unwrap()).with_date(DAY);
    check!(
        async |api| api.update_weight(&weight).await,
        "POST weight.update",
        "POST weight/v1",
        "current_weight_kg=80.25&date=20454",
        DONE
    );
    let month = check!(
        async |api| api.weights_month(DAY).await,
        "GET weights.get_month.v2",
        "GET weight/month/v2",
        "date=20454",
        r#"{"month":{"from_date_int":"20454","to_date_int":"20484",
            "day":{"date_int":"20455","weight_kg":"80.2500"}}}"#
    );
    assert_eq!(month.days[0].weight_kg.to_string(), "80.2500");
    let profile = check!(
        async |api| api.profile().await,
        "GET profile.get",
        "GET profile/v1",
        "",
        r#"{"profile":{"weight_measure":"Kg","height_cm":"187.96"}}"#
    );
    assert_eq!(profile.height_cm, Some("187.96".parse().unwrap()));
}

#[tokio::test]
async fn exercise() {
    let kinds = check!(
        async |api| api.exercises().await,
        "GET exercises.get.v2",
        "GET exercises/v2",
        "",
        r#"{"exercises":{"exercise":{"exercise_id":"2","exercise_name":"Resting"}}}"#
    );
    assert_eq!((kinds[0].id, kinds[0].name.as_str()), (2.into(), "Resting"));
    let day = check!(
        async |api| api.exercise_entries(DAY).await,
        "GET exercise_entries.get.v2",
        "GET exercise-entries/v2",
        "date=20454",
        r#"{"exercise_entries":{"exercise_entry":{"exercise_id":"2","exercise_name":"Resting",
            "minutes":"1440","calories":"1900"}}}"#
    );
    assert_eq!((day[0].minutes, day[0].calories), (1440, 1900.into()));
    let month = check!(
        async |api| api.exercise_entries_month(DAY).await,
        "GET exercise_entries.get_month.v2",
        "GET exercise-entries/month/v2",
        "date=20454",
        r#"{"month":{"from_date_int":"20454","to_date_int":"20484",
            "day":[{"date_int":"20454","calories":"1900"}]}}"#
    );
    assert_eq!((month.days[0].date, month.days[0].calories), (DAY, 1900.into()));

    let shift = ShiftExercise::new(ShiftFrom::Listed(2.into()), ShiftTo::Listed(12.into()), 30);
    check!(
        async |api| api.shift_exercise(&shift).await,
        "POST exercise_entry.edit",
        "",
        "shift_from_id=2&shift_to_id=12&minutes=30",
        DONE
    );
    check!(
        async |api| api.commit_exercise_day(DAY).await,
        "POST exercise_entries.commit_day",
        "POST exercise-entries/day/v1",
        "date=20454",
        DONE
    );
    let days = Weekdays::from_iter([Weekday::Sunday, Weekday::Tuesday]);
    check!(
        async |api| api.save_exercise_template(days, DAY).await,
        "POST exercise_entries.save_template",
        "",
        "days=5&date=20454",
        DONE
    );
}

#[tokio::test]
async fn favourites() {
    let foods = r#"{"foods":{"food":{"food_id":"22","food_name":"Toast"}}}"#;
    let favorites = check!(
        async |api| api.favorite_foods().await,
        "GET foods.get_favorites.v2",
        "GET food/favorites/v2",
        "",
        foods
    );
    assert_eq!((favorites.len(), favorites[0].id), (1, 22.into()));
    let most = check!(
        async |api| api.most_eaten_foods().await,
        "GET foods.get_most_eaten.v2",
        "GET food/most-eaten/v2",
        "",
        foods
    );
    let last = check!(
        async |api| api.recently_eaten_foods().await,
        "GET foods.get_recently_eaten.v2",
        "GET food/recently-eaten/v2",
        "",
        foods
    );
    assert_eq!((&most, &last), (&favorites, &favorites));
    check!(
        async |api| api.add_favorite_food(22.into()).await,
        "POST food.add_favorite",
        "POST food/favorite/v1",
        "food_id=22",
        DONE
    );
    check!(
        async |api| api.delete_favorite_food(22.into()).await,
        "POST food.delete_favorite",
        "DELETE food/favorite/v1",
        "food_id=22",
        DONE
    );

    let recipes = check!(
        async |api| api.favorite_recipes().await,
        "GET recipe.get_favorites.v2",
        "GET recipe/favorites/v2",
        "",
        r#"{"recipes":{"recipe":{"recipe_id":"91","recipe_name":"Soup"}}}"#
    );
    assert_eq!((recipes.len(), recipes[0].id), (1, 91.into()));
    check!(
        async |api| api.add_favorite_recipe(91.into()).await,
        "POST recipe.add_favorite",
        "POST recipe/favorites/v1",
        "recipe_id=91",
        DONE
    );
    check!(
        async |api| api.delete_favorite_recipe(91.into()).await,
        "POST recipe.delete_favorite",
        "DELETE recipe/favorites/v1",
        "recipe_id=91",
        DONE
    );
}

#[tokio::test]
async fn saved_meals() {
    let meals = check!(
        async |api| api.saved_meals().await,
        "GET saved_meals.get.v2",
        "GET saved-meals/v2",
        "",
        r#"{"saved_meals":{"saved_meal":{"saved_meal_id":"5","saved_meal_name":"Usual"}}}"#
    );
    assert_eq!((meals[0].id, meals[0].name.as_str()), (5.into(), "Usual"));
    let new = CreateSavedMeal::new("Usual").with_meals([Meal::Lunch, Meal::Other]);
    let id = check!(
        async |api| api.create_saved_meal(&new).await,
        "POST saved_meal.create",
        "POST saved-meals/v1",
        "saved_meal_name=Usual&meals=lunch%2Cother",
        r#"{"saved_meal_id":{"value":"5"}}"#
    );
    assert_eq!(id, 5.into());
    let edit = EditSavedMeal::new(5.into()).with_name("Other");
    check!(
        async |api| api.edit_saved_meal(&edit).await,
        "POST saved_meal.edit",
        "PUT saved-meals/v1",
        "saved_meal_id=5&saved_meal_name=Other",
        DONE
    );
    check!(
        async |api| api.delete_saved_meal(5.into()).await,
        "POST saved_meal.delete",
        "DELETE saved-meals/v1",
        "saved_meal_id=5",
        DONE
    );

    let items = check!(
        async |api| api.saved_meal_items(5.into()).await,
        "GET saved_meal_items.get.v2",
        "GET saved-meals/item/v2",
        "saved_meal_id=5",
        r#"{"saved_meal_items":{"saved_meal_item":{"saved_meal_item_id":"6","food_id":"22",
            "saved_meal_item_name":"Toast","serving_id":"33","number_of_units":"2.00"}}}"#
    );
    assert_eq!((items[0].id, items[0].number_of_units.to_string().as_str()), (6.into(), "2.00"));
    let add = AddSavedMealItem::new(5.into(), 22.into(), "Toast", 33.into(), 2.into());
    let id = check!(
        async |api| api.add_saved_meal_item(&add).await,
        "POST saved_meal_item.add",
        "POST saved-meals/item/v1",
        "saved_meal_id=5&food_id=22&saved_meal_item_name=Toast&serving_id=33&number_of_units=2",
        r#"{"saved_meal_item_id":{"value":"6"}}"#
    );
    assert_eq!(id, 6.into());
    let edit = EditSavedMealItem::new(6.into()).with_number_of_units(3.into());
    check!(
        async |api| api.edit_saved_meal_item(&edit).await,
        "POST saved_meal_item.edit",
        "PUT saved-meals/item/v1",
        "saved_meal_item_id=6&number_of_units=3",
        DONE
    );
    check!(
        async |api| api.delete_saved_meal_item(6.into()).await,
        "POST saved_meal_item.delete",
        "DELETE saved-meals/item/v1",
        "saved_meal_item_id=6",
        DONE
    );
}
