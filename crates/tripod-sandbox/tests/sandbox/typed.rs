//! The typed API and the sandbox are two views of the same wire that share no code: each endpoint's
//! request is sent as it describes itself, and its answers are decoded in all their shapes.

use std::fmt::Debug;

use http::StatusCode;
use tripod::fatsecret::{
    diary::*, endpoint::*, exercise::*, favorites::*, foods::*, profile::*, recipes::*,
    saved_meals::*, weight::*, *,
};

use crate::{data::*, support::*};

impl User {
    /// Sends a request as the endpoint describes it.
    #[track_caller]
    fn ask<E: Endpoint>(&self, endpoint: &E) -> E::Output {
        let request = endpoint.request();
        let verb = if request.verb() == http::Method::POST { "POST" } else { "GET" };
        let mut call = if E::Access::NAME == "SignedOnly" {
            Call::new(verb, self.sandbox.data_url(request.path()), Way::Query)
        } else {
            self.signed(verb, request.path())
        };
        for (name, value) in request.pairs() {
            call.query.push((name.to_string(), value.clone()));
        }
        let reply = call.send(&self.sandbox);
        match endpoint.decode(StatusCode::OK, &reply.body) {
            Ok(answer) => {
                assert_eq!(answer.unreadable(), [], "{}: {}", request.name(), reply.text());
                answer.into_inner()
            }
            Err(error) => panic!("{}: {error}: {}", request.name(), reply.text()),
        }
    }

    /// Asks so often that each shape has had its turn: all must mean the same.
    #[track_caller]
    fn same<E: Endpoint<Output: PartialEq + Debug>>(&self, endpoint: &E) -> E::Output {
        let first = self.ask(endpoint);
        for _ in 0..12 {
            assert_eq!(self.ask(endpoint), first);
        }
        first
    }
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

#[test]
fn the_diary_means_the_same_in_all_shapes() {
    let user = User::odd();
    assert_eq!(user.same(&GetFoodEntries::default()), []);
    assert_eq!(user.same(&GetFoodEntriesMonth::default()).days, []);
    let toast =
        |meal| CreateFoodEntry::new(FoodId::from(3017), "Toast", 30171.into(), amount("2"), meal);
    // All three ways of telling what was created.
    let ids: Vec<FoodEntryId> =
        [Meal::Breakfast, Meal::Lunch, Meal::Other].map(|meal| user.ask(&toast(meal))).into();
    let entries = user.same(&GetFoodEntries::default());
    assert_eq!(entries.iter().map(|entry| entry.id).collect::<Vec<_>>(), ids);
    assert_eq!(entries[1].meal, Meal::Lunch);
    assert_eq!(entries[0].nutrition.calories, Some(amount("138")));
    user.ask(&EditFoodEntry::new(ids[0]).with_number_of_units(amount("1")));
    user.ask(&DeleteFoodEntry::new(ids[1]));
    user.ask(&DeleteFoodEntry::new(ids[2]));
    let entry = user.same(&GetFoodEntry::new(ids[0])).unwrap();
    assert_eq!(entry.number_of_units, amount("1"));
    let date = entry.date;
    user.ask(&CopyFoodEntries::new(date, date.tomorrow().unwrap()));
    let month = user.same(&GetFoodEntriesMonth::default());
    assert_eq!((month.days.len(), month.days[1].total.calories), (2, Some(amount("69"))));

    assert_eq!(user.same(&GetSavedMeals::default()), []);
    let meal = user.ask(&CreateSavedMeal::new("Brunch").with_meals([Meal::Lunch, Meal::Other]));
    assert_eq!(user.same(&GetSavedMeals::default())[0].meals, [Meal::Lunch, Meal::Other]);
    assert_eq!(user.same(&GetSavedMealItems::new(meal)), []);
    user.ask(&AddSavedMealItem::new(meal, 3002.into(), "Apple", 30021.into(), amount("1")));
    assert_eq!(user.same(&GetSavedMealItems::new(meal))[0].food_id, 3002.into());
    user.ask(&CopySavedMeal::new(meal, Meal::Dinner));
    user.ask(&DeleteSavedMeal::new(meal));
    assert_eq!(user.same(&GetFoodEntries::default()).len(), 2);

    user.ask(&AddFavoriteFood::new(3002.into()));
    user.ask(&AddFavoriteRecipe::new(504.into()));
    assert_eq!(user.same(&GetFavoriteFoods::default())[0].id, 3002.into());
    assert_eq!(user.same(&GetFavoriteRecipes::default())[0].name, "Lentil Soup");
    assert_eq!(user.same(&GetMostEatenFoods::default())[0].id, 3017.into());
    assert_eq!(user.same(&GetRecentlyEatenFoods::default()).len(), 2);
}

#[test]
fn weight_exercise_and_profile_mean_the_same_in_all_shapes() {
    let user = User::odd();
    assert_eq!(user.same(&GetWeightsMonth::default()).days, []);
    assert_eq!(user.same(&GetProfile::default()).goal_weight_kg, None);
    let weight = UpdateWeight::new(amount("80.55"))
        .with_goal(amount("75"))
        .with_height(amount("180"))
        .with_weight_unit(WeightUnit::Pound)
        .with_comment("New");
    user.ask(&weight);
    let month = user.same(&GetWeightsMonth::default());
    assert_eq!(month.days[0].weight_kg, amount("80.55"));
    assert_eq!(month.days[0].comment.as_deref(), Some("New"));
    let profile = user.same(&GetProfile::default());
    assert_eq!(profile.weight_unit, Some(WeightUnit::Pound));
    assert_eq!(profile.last_weight_date, Some(month.days[0].date));

    assert_eq!(user.same(&GetExercises::default()).len(), 27);
    let day = user.same(&GetExerciseEntries::default());
    assert_eq!((day[0].minutes, day[0].is_template), (960, Some(true)));
    user.ask(&CommitExerciseDay::default());
    user.ask(&ShiftExercise::new(
        ShiftFrom::Listed(2.into()),
        ShiftTo::Custom { name: "Chess".to_owned(), kcal: 90 },
        60,
    ));
    let entries = user.ask(&GetExerciseEntries::default());
    assert_eq!((&*entries[2].name, entries[2].calories), ("Chess", amount("90")));
    user.ask(&SaveExerciseTemplate::new(Weekdays::ALL));
    assert_eq!(user.same(&GetExerciseEntriesMonth::default()).days.len(), 1);

    let token = user.ask(&CreateProfile::default().with_user_id("7"));
    assert_eq!(user.ask(&GetProfileAuth::new("7")).token(), token.token());
}

#[test]
fn foods_and_recipes_mean_the_same_in_all_shapes() {
    let user = User::odd();
    let bread = "whole wheat bread";
    let v1 = user.same(&SearchFoodsV1::default().with_expression(bread));
    assert_eq!((v1.total_results, v1.items[0].id), (1, 3017.into()));
    let food = GetFood::new(3017.into())
        .with_sub_categories(true)
        .with_images(true)
        .with_attributes(true)
        .with_default_serving(true);
    let food = user.same(&food);
    assert_eq!(food.sub_categories, ["Bread"]);
    assert_eq!(food.servings[0].is_default, Some(true));
    assert_eq!(food.attributes.unwrap().allergens[2].value, Some(true));
    let v5 = user.same(&SearchFoodsV5::default().with_expression(bread));
    assert_eq!(v5.items[0].servings[1].nutrition.calories, Some(amount("247")));
    for expression in ["nothing like it", "granola"] {
        let v1 = user.same(&SearchFoodsV1::default().with_expression(expression));
        let v5 = user.same(&SearchFoodsV5::default().with_expression(expression));
        assert_eq!(v1.items.len(), v5.items.len());
    }
    assert_eq!(user.same(&AutocompleteFoods::new("toasted")), ["toasted white bread"]);
    assert_eq!(user.same(&AutocompleteFoods::new("zz")), [""; 0]);
    let (known, unknown): (Barcode, Barcode) =
        ("0012345678905".parse().unwrap(), "9999999999994".parse().unwrap());
    assert_eq!(user.same(&FindFoodIdForBarcode::new(known)), Some(4001.into()));
    assert_eq!(user.same(&FindFoodIdForBarcode::new(unknown)), None);
    assert_eq!(user.same(&FindFoodForBarcode::new(known)).unwrap().id, 4001.into());
    assert_eq!(user.same(&FindFoodForBarcode::new(unknown)), None);
    assert_eq!(user.same(&GetFoodBrands::new().with_starts_with("s")), ["Sunny Mill"]);
    assert_eq!(user.same(&GetFoodCategories::default()).len(), 10);
    assert_eq!(user.same(&GetFoodSubCategories::new(10.into())), ["Olive Oil"]);

    let found = user.same(&SearchRecipes::default().with_types("Soup").with_calories(1..=900));
    assert_eq!(found.items[0].name, "Lentil Soup");
    let recipe = user.same(&GetRecipe::new(505.into()));
    assert_eq!((recipe.servings.len(), recipe.images.len(), recipe.ingredients.len()), (1, 0, 2));
    // A banana of 118 g has 5.9 mg of calcium and an ounce of almonds 76.3: of 1300 mg a day.
    let has = &recipe.servings[0].nutrition;
    assert_eq!(has.calcium.unwrap().percent(), amount("6"));
    assert_eq!(has.iron.unwrap().to_string(), "8%");
    assert_eq!(user.same(&GetRecipeTypes::default()).len(), 13);
}
