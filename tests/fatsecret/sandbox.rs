//! The typed API against the sandbox's data, over HTTP: every method of one user, with its error
//! cases, in both call styles, with the odd shapes of FatSecret's answers and without.

use jiff::{ToSpan, civil::Date};
use tripod::{Client, Error, ErrorKind, Session};
use tripod_sandbox::{Fault, Sandbox};

use crate::all::*;

/// Whole wheat bread, and its serving of one slice.
const BREAD: (u64, u64) = (3017, 30_171);
const SLEEPING: u64 = 1;
const RESTING: u64 = 2;
const RUNNING: u64 = 12;

struct User {
    sandbox: Sandbox,
    api: FatSecret<Session>,
    today: Date,
}

impl User {
    fn new(odd_shapes: bool, url_style: bool) -> Self {
        let sandbox = Sandbox::builder().odd_shapes(odd_shapes).start_blocking().unwrap();
        let client = Client::new(sandbox.provider(), sandbox.consumer()).unwrap();
        let api = FatSecret::new(client.session(sandbox.grant()));
        let api = if url_style { api.with_url_style() } else { api };
        let today = sandbox.today();
        Self { sandbox, api, today }
    }

    /// All four ways the same calls can look on the wire.
    fn each() -> impl Iterator<Item = Self> {
        [(true, false), (true, true), (false, false), (false, true)]
            .into_iter()
            .map(|(odd, url)| Self::new(odd, url))
    }

    fn day(&self, from_today: i32) -> Date {
        self.today.checked_add(from_today.days()).unwrap()
    }

    fn toast(&self, units: i64) -> CreateFoodEntry {
        let (food, serving) = (FoodId::from(BREAD.0), ServingId::from(BREAD.1));
        CreateFoodEntry::new(food, "Toast", serving, Amount::from(units), Meal::Breakfast)
            .with_date(self.today)
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Error>, code: ErrorCode) {
    let error = result.unwrap_err();
    let api = ApiError::of(&error).unwrap();
    assert_eq!(api.code(), Some(code), "{error}");
    assert!(matches!(error.kind(), ErrorKind::Rejected { .. }), "{error:?}");
    assert!(crate::support::whole(&error).contains(code.advice()), "{error}");
}

#[tokio::test]
async fn the_diary() {
    for user in User::each() {
        let (api, today) = (&user.api, user.today);
        assert!(api.food_entries(today).await.unwrap().is_empty());

        let id = *api.create_food_entry(&user.toast(2)).await.unwrap();
        let day = api.food_entries(today).await.unwrap();
        assert!(day.unreadable().is_empty(), "{:?}", day.unreadable());
        let entry = &day[0];
        assert_eq!((day.len(), entry.id, entry.name.as_str()), (1, id, "Toast"));
        assert_eq!((entry.meal.clone(), entry.date), (Meal::Breakfast, today));
        assert_eq!(entry.number_of_units, Amount::from(2_i64));
        let calories = entry.nutrition.calories.unwrap().to_f64();
        assert!(calories > 0.0);

        let edit = EditFoodEntry::new(id)
            .with_number_of_units(Amount::from(4_i64))
            .with_meal(Meal::Dinner)
            .with_name("More toast");
        api.edit_food_entry(&edit).await.unwrap();
        let one = api.food_entry(id).await.unwrap().value.unwrap();
        assert_eq!((one.name.as_str(), one.meal.clone()), ("More toast", Meal::Dinner));
        // Rounded to whole kilocalories each time.
        assert!((one.nutrition.calories.unwrap().to_f64() - 2.0 * calories).abs() <= 1.0);

        let tomorrow = user.day(1);
        assert!(*api.copy_food_entries(today, tomorrow, Meal::Dinner).await.unwrap());
        assert!(!*api.copy_food_entries(today, tomorrow, Meal::Lunch).await.unwrap());
        assert_eq!(api.food_entries(tomorrow).await.unwrap().len(), 1);
        let month = api.food_entries_month(today).await.unwrap();
        assert!(month.from <= today && today <= month.to);
        let total = month.days.iter().find(|day| day.date == today).unwrap().total.calories;
        assert_eq!(total, one.nutrition.calories);

        api.delete_food_entry(id).await.unwrap();
        assert!(api.food_entries(today).await.unwrap().is_empty());
        refused(api.delete_food_entry(id).await, ErrorCode::IdInvalid);
        refused(api.edit_food_entry(&EditFoodEntry::new(id)).await, ErrorCode::IdInvalid);
        assert!(!*api.copy_food_entries(user.day(-9), today, None).await.unwrap());
        assert_eq!(*api.food_entry(id).await.unwrap(), None);
        let nowhere = CreateFoodEntry::new(
            FoodId::from(1),
            "Nothing",
            ServingId::from(1),
            Amount::from(1_i64),
            Meal::Other,
        );
        refused(api.create_food_entry(&nowhere).await, ErrorCode::IdInvalid);
        refused(api.create_food_entry(&user.toast(0)).await, ErrorCode::OutOfRange);
    }
}

#[tokio::test]
async fn weights_and_the_profile() {
    for user in User::each() {
        let (api, today) = (&user.api, user.today);
        assert_eq!(api.profile().await.unwrap().last_weight_kg, None);
        let weight = UpdateWeight::new("80.5".parse().unwrap()).with_date(today);
        // The first weigh-in needs a goal and a height.
        refused(api.update_weight(&weight).await, ErrorCode::ParameterMissing);
        let first = weight
            .clone()
            .with_goal(Amount::from(75_i64))
            .with_height(Amount::from(180_i64))
            .with_comment("after the holidays");
        api.update_weight(&first).await.unwrap();

        let month = api.weights_month(today).await.unwrap();
        assert_eq!((month.days.len(), month.days[0].date), (1, today));
        assert_eq!(month.days[0].weight_kg, "80.5".parse().unwrap());
        assert_eq!(month.days[0].comment.as_deref(), Some("after the holidays"));
        let profile = api.profile().await.unwrap();
        assert_eq!(profile.last_weight_kg, Some("80.5".parse().unwrap()));
        assert_eq!(profile.goal_weight_kg, Some(Amount::from(75_i64)));
        assert_eq!(profile.last_weight_date, Some(today));

        let far = UpdateWeight::new(Amount::from(80_i64)).with_date(user.day(5));
        refused(api.update_weight(&far).await, ErrorCode::DateTooFar);
        let earlier = UpdateWeight::new(Amount::from(80_i64)).with_date(user.day(-1));
        refused(api.update_weight(&earlier).await, ErrorCode::WeightDateEarlier);
    }
}

#[tokio::test]
async fn exercise_is_shifted() {
    for user in User::each() {
        let (api, today) = (&user.api, user.today);
        assert!(api.exercises().await.unwrap().len() > 10);
        let day = api.exercise_entries(today).await.unwrap();
        assert_eq!(day.iter().map(|entry| entry.minutes).sum::<u32>(), 1440);

        let from = || ShiftFrom::Listed(ExerciseId::from(RESTING));
        let run = ShiftExercise::new(from(), ShiftTo::Listed(ExerciseId::from(RUNNING)), 45);
        api.shift_exercise(&run.with_date(today)).await.unwrap();
        let dance = ShiftTo::Custom { name: "Dancing".into(), kcal: 200 };
        let dance = ShiftExercise::new(from(), dance, 30).with_date(today);
        api.shift_exercise(&dance).await.unwrap();
        let day = api.exercise_entries(today).await.unwrap();
        let minutes = |id: u64| {
            day.iter().filter(|entry| entry.id == ExerciseId::from(id)).map(|e| e.minutes).sum()
        };
        assert_eq!((minutes(RUNNING), minutes(0)), (45_u32, 30_u32));
        assert_eq!(day.iter().map(|entry| entry.minutes).sum::<u32>(), 1440);
        let month = api.exercise_entries_month(today).await.unwrap();
        assert!(month.days.iter().any(|day| day.date == today));

        api.commit_exercise_day(user.day(1)).await.unwrap();
        let weekdays = [jiff::civil::Weekday::Tuesday, jiff::civil::Weekday::Thursday];
        api.save_exercise_template(weekdays.into_iter().collect::<Weekdays>(), today)
            .await
            .unwrap();

        let to = |id: u64| ShiftTo::Listed(ExerciseId::from(id));
        let shift = |to, minutes| ShiftExercise::new(from(), to, minutes).with_date(today);
        refused(api.shift_exercise(&shift(to(RESTING), 5)).await, ErrorCode::SameActivity);
        refused(api.shift_exercise(&shift(to(SLEEPING), 1400)).await, ErrorCode::TooManyMinutes);
        refused(api.shift_exercise(&shift(to(99_999), 5)).await, ErrorCode::ActivityNotFound);
    }
}

#[tokio::test]
async fn favourites_and_what_was_eaten() {
    for user in User::each() {
        let api = &user.api;
        let bread = FoodId::from(BREAD.0);
        assert!(api.favorite_foods().await.unwrap().is_empty());
        api.add_favorite_food(bread).await.unwrap();
        let portion = AddFavoriteFood::new(FoodId::from(3001))
            .with_portion(ServingId::from(30_011), Amount::from(2_i64));
        api.execute(&portion).await.unwrap();
        let favourites = api.favorite_foods().await.unwrap();
        assert_eq!(favourites.len(), 2);
        let with_portion = favourites.iter().find(|food| food.id == FoodId::from(3001)).unwrap();
        assert_eq!(with_portion.serving_id, Some(ServingId::from(30_011)));
        api.delete_favorite_food(bread).await.unwrap();
        assert_eq!(api.favorite_foods().await.unwrap().len(), 1);
        refused(api.add_favorite_food(FoodId::from(7)).await, ErrorCode::IdInvalid);

        api.create_food_entry(&user.toast(1)).await.unwrap();
        for list in
            [api.most_eaten_foods().await.unwrap(), api.recently_eaten_foods().await.unwrap()]
        {
            assert!(list.iter().any(|food| food.id == bread));
        }

        let recipes = api.search_recipes("").await.unwrap();
        let recipe = recipes.items[0].id;
        api.add_favorite_recipe(recipe).await.unwrap();
        assert_eq!(api.favorite_recipes().await.unwrap()[0].id, recipe);
        api.delete_favorite_recipe(recipe).await.unwrap();
        assert!(api.favorite_recipes().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn saved_meals() {
    for user in User::each() {
        let (api, today) = (&user.api, user.today);
        let meal = CreateSavedMeal::new("Usual").with_meals([Meal::Lunch, Meal::Other]);
        let id = *api.create_saved_meal(&meal).await.unwrap();
        let (food, serving) = (FoodId::from(BREAD.0), ServingId::from(BREAD.1));
        let item = AddSavedMealItem::new(id, food, "Bread", serving, Amount::from(2_i64));
        let item = *api.add_saved_meal_item(&item).await.unwrap();
        api.edit_saved_meal(&EditSavedMeal::new(id).with_name("Quick lunch")).await.unwrap();
        let edit = EditSavedMealItem::new(item).with_number_of_units(Amount::from(3_i64));
        api.edit_saved_meal_item(&edit).await.unwrap();

        let meals = api.saved_meals().await.unwrap();
        assert_eq!((meals.len(), meals[0].name.as_str()), (1, "Quick lunch"));
        assert_eq!(meals[0].meals, [Meal::Lunch, Meal::Other]);
        let items = api.saved_meal_items(id).await.unwrap();
        assert_eq!((items.len(), items[0].number_of_units), (1, Amount::from(3_i64)));

        api.copy_saved_meal(id, Meal::Lunch, today).await.unwrap();
        assert_eq!(api.food_entries(today).await.unwrap()[0].meal, Meal::Lunch);
        api.delete_saved_meal_item(item).await.unwrap();
        assert!(api.saved_meal_items(id).await.unwrap().is_empty());
        api.delete_saved_meal(id).await.unwrap();
        assert!(api.saved_meals().await.unwrap().is_empty());
        refused(api.delete_saved_meal(id).await, ErrorCode::IdInvalid);
        refused(api.saved_meal_items(SavedMealId::from(77)).await, ErrorCode::IdInvalid);
    }
}

#[tokio::test]
async fn foods_for_all_and_a_food_of_ones_own() {
    for user in User::each() {
        let signed = FatSecret::signed(user.api.session().client().signed());
        let found = signed.search_foods_with_servings("bread").await.unwrap();
        assert!(found.items.iter().any(|food| food.id == FoodId::from(BREAD.0)));
        assert!(signed.search_foods("zzzz").await.unwrap().items.is_empty());
        let bread = signed.food(FoodId::from(BREAD.0)).await.unwrap();
        assert!(bread.servings.iter().any(|serving| serving.id == ServingId::from(BREAD.1)));
        assert!(!signed.food_categories().await.unwrap().is_empty());
        assert!(!signed.recipe_types().await.unwrap().is_empty());
        assert!(!signed.autocomplete_foods("ban").await.unwrap().is_empty());
        refused(signed.food(FoodId::from(9)).await, ErrorCode::IdInvalid);

        let nutrition = bread.servings[0].nutrition.clone();
        let own = CreateFood::new("Ours", "Our bread", "1 slice", nutrition);
        let id = *user.api.create_food(&own).await.unwrap();
        assert_eq!(user.api.food(id).await.unwrap().name, "Our bread");
    }
}

#[tokio::test]
async fn a_user_of_the_applications_own() {
    let user = User::new(true, false);
    let signed = FatSecret::signed(user.api.session().client().signed());
    let made = FatSecret::new(signed.create_profile("user-7").await.unwrap());
    let weight = UpdateWeight::new(Amount::from(70_i64))
        .with_goal(Amount::from(65_i64))
        .with_height(Amount::from(170_i64));
    made.update_weight(&weight).await.unwrap();
    let found = FatSecret::new(signed.find_profile("user-7").await.unwrap());
    assert_eq!(found.profile().await.unwrap().last_weight_kg, Some(Amount::from(70_i64)));
    refused(signed.find_profile("nobody").await, ErrorCode::IdInvalid);
}

#[tokio::test]
async fn refusals_say_what_to_do() {
    let user = User::new(true, false);
    let call = async |code: u32| {
        user.sandbox.inject(Fault::ApiError(code));
        user.api.profile().await
    };
    for (code, retryable, retry) in [
        (1, true, Retry::Backoff),
        (9, false, Retry::Never),
        (10, false, Retry::Never),
        (11, false, Retry::NextDay),
        (12, true, Retry::Slower),
        (20, true, Retry::Backoff),
        (24, true, Retry::IfRepeatable),
        (4711, false, Retry::Never),
    ] {
        let error = call(code).await.unwrap_err();
        assert_eq!(error.problem(), Some(code.to_string().as_str()));
        assert_eq!(error.is_retryable(), retryable, "{code}");
        assert_eq!(ApiError::of(&error).unwrap().retry(), retry, "{code}");
    }
    // A timeout may have come after the write was done.
    user.sandbox.inject(Fault::ApiError(24));
    assert!(!user.api.create_food_entry(&user.toast(1)).await.unwrap_err().is_retryable());

    // Code 8 brings the signature's steps, without a secret.
    let error = call(8).await.unwrap_err();
    let explanation = ApiError::of(&error).unwrap().explanation().unwrap().to_string();
    assert!(explanation.contains("GET&http%3A%2F%2F127.0.0.1"), "{explanation}");
    assert!(explanation.contains("profile.get"), "{explanation}");
    let token = user.api.session().access_token();
    assert!(!explanation.contains(token.token()), "{explanation}");
}

#[tokio::test]
async fn a_refused_timestamp_or_nonce_is_tried_once_more() {
    let user = User::new(true, false);
    for fault in [Fault::ApiError(7), Fault::NonceRefused, Fault::TimestampRefused] {
        user.sandbox.inject(fault);
        let before = user.sandbox.requests();
        user.api.profile().await.unwrap();
        assert_eq!(user.sandbox.requests() - before, 2, "{fault:?}");
    }
    user.sandbox.inject(Fault::TimestampRefused);
    user.sandbox.inject(Fault::TimestampRefused);
    let error = user.api.profile().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TimestampRefused { .. }), "{error:?}");
}

/// The sandbox follows the strictest report on forms, unless it is told not to.
#[tokio::test]
async fn writes_by_a_form_are_refused_unless_the_sandbox_takes_them() {
    let user = User::new(true, false);
    user.api.create_food_entry(&user.toast(1)).await.unwrap();
    let by_form = user.api.clone().with_form_writes();
    refused(by_form.create_food_entry(&user.toast(1)).await, ErrorCode::SignatureInvalid);

    let sandbox = Sandbox::builder().forms(true).start_blocking().unwrap();
    let client = Client::new(sandbox.provider(), sandbox.consumer()).unwrap();
    let by_form = FatSecret::new(client.session(sandbox.grant())).with_form_writes();
    by_form.create_food_entry(&user.toast(1)).await.unwrap();
    assert_eq!(by_form.food_entries(user.today).await.unwrap().len(), 1);
}

/// FatSecret answers a wrong PIN with 400. The request token is still good, and another PIN can be typed.
#[tokio::test]
async fn a_wrong_pin_can_be_typed_again() {
    let sandbox = Sandbox::builder().start_blocking().unwrap();
    let client = Client::new(sandbox.provider(), sandbox.consumer()).unwrap();
    let issued = client.begin(tripod::Callback::out_of_band()).request_token().await.unwrap();
    let approval = sandbox.approve(&issued.authorization_url()).unwrap();
    let failed = issued.authorize("0000").unwrap().exchange().await.unwrap_err();
    assert_eq!(failed.error().status(), Some(http::StatusCode::BAD_REQUEST));
    let issued = failed.into_flow().discard_verifier();
    let session = issued.authorize(approval.verifier().unwrap()).unwrap().exchange().await;
    assert!(session.is_ok());
}
