//! What every method of FatSecret's sends: name, verb, access, parameters, and whether it may be
//! repeated. No network.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday, date};
use tripod::fatsecret::*;

/// 2026-01-01, which is day 20454.
const DAY: Date = date(2026, 1, 1);

// Verb, access, and whether it is safe to send twice.
const READ: &str = "GET Public again";
const READ_OWN: &str = "GET Delegated again";
const CHANGE: &str = "POST Delegated again";
const ADD: &str = "POST Delegated once";

/// A request, and what it should be.
struct Case {
    ty: &'static str,
    request: Request,
    how: String,
    method: &'static str,
    expected_how: &'static str,
    pairs: Vec<(&'static str, &'static str)>,
}

/// `pairs` are those after `method` and `format`.
fn case<E: Endpoint>(
    endpoint: &E,
    method: &'static str,
    expected_how: &'static str,
    pairs: &[(&'static str, &'static str)],
) -> Case {
    let request = endpoint.request();
    let repeat = if request.is_repeatable() { "again" } else { "once" };
    Case {
        ty: std::any::type_name::<E>().rsplit("::").next().unwrap(),
        how: format!("{} {} {repeat}", request.verb(), E::Access::NAME),
        request,
        method,
        expected_how,
        pairs: pairs.to_vec(),
    }
}

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn barcode() -> Barcode {
    "4006381333931".parse().unwrap()
}

#[expect(clippy::too_many_lines, reason = "a table")]
fn foods() -> Vec<Case> {
    let mut nutrition = Nutrition::new(75.into(), amount("14.30"), amount("2.6"), 1.into());
    nutrition.sodium = Some(142.into());
    vec![
        case(&SearchFoodsV1::new(), "foods.search", READ, &[]),
        case(
            &SearchFoodsV1::new()
                .with_expression("Müsli (50% nuts) & dates+figs*")
                .with_page(1)
                .with_max_results(50)
                .with_description_basis(DescriptionBasis::Portion)
                .with_region("FR")
                .with_language("fr"),
            "foods.search",
            READ,
            &[
                ("search_expression", "Müsli (50% nuts) & dates+figs*"),
                ("page_number", "1"),
                ("max_results", "50"),
                ("generic_description", "portion"),
                ("region", "FR"),
                ("language", "fr"),
            ],
        ),
        case(
            &SearchFoods::new()
                .with_expression("toast")
                .with_page(0)
                .with_max_results(20)
                .with_food_type(FoodType::Brand)
                .with_sub_categories(true)
                .with_default_serving(true)
                .with_images(false)
                .with_attributes(true)
                .with_region("US"),
            "foods.search.v5",
            READ,
            &[
                ("search_expression", "toast"),
                ("page_number", "0"),
                ("max_results", "20"),
                ("food_type", "brand"),
                ("include_sub_categories", "true"),
                ("flag_default_serving", "true"),
                ("include_food_images", "false"),
                ("include_food_attributes", "true"),
                ("region", "US"),
            ],
        ),
        case(
            &GetFood::new(FoodId::from(33691))
                .with_sub_categories(true)
                .with_default_serving(true)
                .with_images(true)
                .with_attributes(true),
            "food.get.v5",
            READ,
            &[
                ("food_id", "33691"),
                ("include_sub_categories", "true"),
                ("flag_default_serving", "true"),
                ("include_food_images", "true"),
                ("include_food_attributes", "true"),
            ],
        ),
        case(
            &AutocompleteFoods::new("chic").with_max_results(10),
            "foods.autocomplete.v2",
            READ,
            &[("expression", "chic"), ("max_results", "10")],
        ),
        case(
            &FindFoodIdForBarcode::new("036000291452".parse().unwrap()),
            "food.find_id_for_barcode",
            READ,
            &[("barcode", "0036000291452")],
        ),
        case(
            &FindFoodForBarcode::new(barcode()).with_default_serving(true),
            "food.find_id_for_barcode.v2",
            READ,
            &[("barcode", "4006381333931"), ("flag_default_serving", "true")],
        ),
        case(
            &GetFoodBrands::new("*").with_brand_type(BrandType::Restaurant),
            "food_brands.get.v2",
            READ,
            &[("starts_with", "*"), ("brand_type", "restaurant")],
        ),
        case(
            &GetFoodCategories::new().with_region("DE").with_language("de"),
            "food_categories.get.v2",
            READ,
            &[("region", "DE"), ("language", "de")],
        ),
        case(
            &GetFoodSubCategories::new(FoodCategoryId::from(3)),
            "food_sub_categories.get.v2",
            READ,
            &[("food_category_id", "3")],
        ),
        case(
            &CreateFood::new(BrandType::Manufacturer, "Mill", "Toast", "1 slice", nutrition)
                .with_serving_amount(amount("25.5"))
                .with_serving_unit(MetricUnit::Gram)
                .with_calories_from_fat(9.into()),
            "food.create.v2",
            ADD,
            &[
                ("brand_type", "manufacturer"),
                ("brand_name", "Mill"),
                ("food_name", "Toast"),
                ("serving_size", "1 slice"),
                ("calories", "75"),
                ("fat", "1"),
                ("carbohydrate", "14.30"),
                ("protein", "2.6"),
                ("sodium", "142"),
                ("serving_amount", "25.5"),
                ("serving_amount_unit", "g"),
                ("calories_from_fat", "9"),
            ],
        ),
    ]
}

fn recipes() -> Vec<Case> {
    vec![
        case(
            &SearchRecipes::new()
                .with_expression("soup")
                .with_types("Soup,Lunch")
                .with_all_types(true)
                .with_images_only(true)
                .with_calories(100, 250)
                .with_carb_percentage(10, 20)
                .with_protein_percentage(30, 40)
                .with_fat_percentage(5, 15)
                .with_prep_time(0, 30)
                .with_page(2)
                .with_max_results(5)
                .with_sort(RecipeSort::FewestCalories)
                .with_region("US"),
            "recipes.search.v3",
            READ,
            &[
                ("search_expression", "soup"),
                ("recipe_types", "Soup,Lunch"),
                ("recipe_types_matchall", "true"),
                ("must_have_images", "true"),
                ("page_number", "2"),
                ("max_results", "5"),
                ("sort_by", "caloriesPerServingAscending"),
                ("region", "US"),
                ("calories.from", "100"),
                ("calories.to", "250"),
                ("carb_percentage.from", "10"),
                ("carb_percentage.to", "20"),
                ("protein_percentage.from", "30"),
                ("protein_percentage.to", "40"),
                ("fat_percentage.from", "5"),
                ("fat_percentage.to", "15"),
                ("prep_time.from", "0"),
                ("prep_time.to", "30"),
            ],
        ),
        case(
            &GetRecipe::new(RecipeId::from(91)).with_region("US"),
            "recipe.get.v2",
            READ,
            &[("recipe_id", "91"), ("region", "US")],
        ),
        case(&GetRecipeTypes::new(), "recipe_types.get.v2", READ, &[]),
        case(
            &AddFavoriteRecipe::new(RecipeId::from(91)),
            "recipe.add_favorite",
            CHANGE,
            &[("recipe_id", "91")],
        ),
        case(
            &DeleteFavoriteRecipe::new(RecipeId::from(91)),
            "recipe.delete_favorite",
            CHANGE,
            &[("recipe_id", "91")],
        ),
        case(&GetFavoriteRecipes::new(), "recipes.get_favorites.v2", READ_OWN, &[]),
    ]
}

fn favorites() -> Vec<Case> {
    vec![
        case(
            &AddFavoriteFood::new(FoodId::from(22)),
            "food.add_favorite",
            CHANGE,
            &[("food_id", "22")],
        ),
        case(
            &AddFavoriteFood::new(FoodId::from(22))
                .with_portion(ServingId::from(33), amount("1.5")),
            "food.add_favorite",
            CHANGE,
            &[("food_id", "22"), ("serving_id", "33"), ("number_of_units", "1.5")],
        ),
        case(
            &DeleteFavoriteFood::new(FoodId::from(22))
                .with_portion(ServingId::from(33), amount("1.5")),
            "food.delete_favorite",
            CHANGE,
            &[("food_id", "22"), ("serving_id", "33"), ("number_of_units", "1.5")],
        ),
        case(&GetFavoriteFoods::new(), "foods.get_favorites.v2", READ_OWN, &[]),
        case(
            &GetMostEatenFoods::new().with_meal(Meal::Dinner),
            "foods.get_most_eaten.v2",
            READ_OWN,
            &[("meal", "dinner")],
        ),
        case(
            &GetRecentlyEatenFoods::new().with_meal(Meal::Other),
            "foods.get_recently_eaten.v2",
            READ_OWN,
            &[("meal", "other")],
        ),
    ]
}

fn diary() -> Vec<Case> {
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
            &GetFoodEntries::new().with_food_entry_id(entry),
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

fn saved_meals() -> Vec<Case> {
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

fn exercises_and_weights() -> Vec<Case> {
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

fn profiles() -> Vec<Case> {
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

fn all() -> Vec<Case> {
    let groups = [
        foods(),
        recipes(),
        favorites(),
        diary(),
        saved_meals(),
        exercises_and_weights(),
        profiles(),
    ];
    groups.into_iter().flatten().collect()
}

#[test]
fn every_method_sends_what_the_documentation_says() {
    for case in all() {
        let mut expected = vec![("method", case.method), ("format", "json")];
        expected.extend(case.pairs);
        let sent: Vec<(&str, &str)> =
            case.request.pairs().iter().map(|(name, value)| (&**name, value.as_str())).collect();
        assert_eq!(sent, expected, "{}", case.method);
        assert_eq!(case.how, case.expected_how, "{}", case.method);
        assert_eq!(case.request.name(), case.method);
        assert_eq!(case.request.path(), "server.api");
        assert_eq!(case.request.json_body(), None);
        assert_eq!(case.request.has_form(), case.request.verb() == http::Method::POST);
    }
}

/// The inventory, without the three that have a path of their own.
#[test]
fn all_methods_are_there() {
    let of_one_kind = |kind: &str, names: &str| -> Vec<String> {
        names.split(' ').map(|name| format!("{kind}{name}")).collect()
    };
    let inventory: BTreeSet<String> = [
        of_one_kind(
            "foods.",
            "search autocomplete get_favorites get_most_eaten get_recently_eaten",
        ),
        of_one_kind("food.", "get find_id_for_barcode create add_favorite delete_favorite"),
        of_one_kind("food_", "brands.get categories.get sub_categories.get"),
        of_one_kind("recipes.", "search get_favorites"),
        of_one_kind("recipe", ".get _types.get .add_favorite .delete_favorite"),
        of_one_kind("food_entries.", "get get_month copy copy_saved_meal"),
        of_one_kind("food_entry.", "create edit delete"),
        of_one_kind("saved_meal", ".create .edit .delete s.get"),
        of_one_kind("saved_meal_item", ".add .edit .delete s.get"),
        of_one_kind("exercise", "s.get _entry.edit"),
        of_one_kind("exercise_entries.", "get get_month commit_day save_template"),
        of_one_kind("weight", ".update s.get_month"),
        of_one_kind("profile.", "create get get_auth"),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert_eq!(inventory.len(), 48 - 3);

    let here: BTreeSet<String> = all()
        .iter()
        .map(|case| {
            let (name, version) = case.method.rsplit_once(".v").unwrap_or((case.method, "1"));
            assert!(version.bytes().all(|byte| byte.is_ascii_digit()), "{}", case.method);
            name.to_owned()
        })
        .collect();
    assert_eq!(here, inventory);
}

/// The guide's table, held against the code and the tests.
#[test]
fn the_guide_lists_every_method() {
    let guide = include_str!("../docs/fatsecret.md");
    let tests = include_str!("fatsecret_answers.rs");
    let table = guide.split_once("| Method | Version |").unwrap().1;
    let rows: BTreeSet<String> = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let (row, test) = line.trim_end_matches(" |").rsplit_once(" | ").unwrap();
            let test = format!("fn {}()", test.trim_matches('`'));
            assert!(tests.contains(&test), "{test}");
            row.to_owned()
        })
        .collect();

    let in_words = |(method, access, ty): (&str, &str, &str)| {
        let (name, version) = method.rsplit_once(".v").unwrap_or((method, "1"));
        format!("| `{name}` | {version} | `{ty}` | {access}")
    };
    let by_path = [
        ("natural.language.processing", "P", "AnalyzeText"),
        ("image.recognition.v2", "P", "RecognizeImage"),
        ("feedback", "P", "SendFeedback"),
    ];
    let cases = all();
    let methods = cases.iter().map(|case| {
        let access = case.how.split(' ').nth(1).unwrap();
        (case.method, &access[..1], case.ty)
    });
    let here: BTreeSet<String> = methods.chain(by_path).map(in_words).collect();
    assert_eq!(rows, here);
    assert_eq!(here.len(), 50);
}

/// The three methods with a path of their own and a JSON body.
#[track_caller]
fn check_json<E: Endpoint>(endpoint: &E, path: &str, repeatable: bool, body: &str) {
    let request = endpoint.request();
    assert_eq!(E::Access::NAME, "Public");
    assert_eq!(request.verb(), http::Method::POST);
    assert_eq!(request.path(), path);
    assert_eq!(request.pairs(), [("format".into(), "json".to_owned())]);
    assert!(!request.has_form());
    assert_eq!(request.is_repeatable(), repeatable);
    let sent: serde_json::Value = serde_json::from_str(&request.json_body().unwrap()).unwrap();
    assert_eq!(sent, serde_json::from_str::<serde_json::Value>(body).unwrap());
}

#[test]
fn three_methods_have_a_json_body() {
    let eaten = EatenFood::new(FoodId::from(22), "Toast")
        .with_brand("Mill")
        .with_serving_description("1 slice")
        .with_serving_size("25 g");
    let eaten_json = r#"[{"food_id":22,"food_name":"Toast","food_brand":"Mill",
        "serving_description":"1 slice","serving_size":"25 g"}]"#;

    check_json(
        &AnalyzeText::new("two slices of toast")
            .with_food_data(true)
            .with_eaten_foods([eaten.clone()])
            .with_region("US")
            .with_language("en"),
        "natural-language-processing/v1",
        true,
        &format!(
            r#"{{"user_input":"two slices of toast","include_food_data":true,
            "eaten_foods":{eaten_json},"region":"US","language":"en"}}"#
        ),
    );
    check_json(
        &RecognizeImage::new(Picture::new(b"\xff\xd8\xff")).with_eaten_foods([eaten]),
        "image-recognition/v2",
        true,
        &format!(r#"{{"image_b64":"/9j/","eaten_foods":{eaten_json}}}"#),
    );
    check_json(
        &SendFeedback::new(barcode(), Issue::Other("smells odd".into()), "report-1")
            .with_notes("twice")
            .with_images(ImageExtension::Jpg)
            .with_returned_food(FoodId::from(22), ServingId::from(33)),
        "feedback/v1",
        false,
        r#"{"barcode":"4006381333931","issue_type_id":99,"issue_type":"smells odd",
            "external_id":"report-1","notes":"twice","image_file_extension":"jpg",
            "returned_food":{"food_id":22,"serving_id":33}}"#,
    );
    check_json(
        &SendFeedback::new(barcode(), Issue::BarcodeNotFound, "report-2"),
        "feedback/v1",
        false,
        r#"{"barcode":"4006381333931","issue_type_id":4,"external_id":"report-2"}"#,
    );
}

#[test]
fn a_picture_is_not_printed() {
    let endpoint = RecognizeImage::new(Picture::new(&[7; 3000]));
    assert!(format!("{endpoint:?}").contains("Picture(4000 characters of base64)"));
    let request = format!("{:?}", endpoint.request());
    assert!(request.contains(r#"Some(["image_b64"])"#) && request.len() < 400, "{request}");
}

/// Public calls work with and without a user; the others with one of them only.
#[test]
fn access_kinds_say_who_may_call() {
    fn by_user<E: Endpoint<Access: WithUser>>(_: &E) {}
    fn by_key<E: Endpoint<Access: WithoutUser>>(_: &E) {}
    by_user(&GetRecipeTypes::new());
    by_key(&GetRecipeTypes::new());
    by_user(&GetProfile::new());
    by_key(&CreateProfile::new());
}
