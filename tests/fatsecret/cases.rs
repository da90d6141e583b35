//! Each method with its parameters, and what it should send: name, verb, access, pairs, and whether it
//! may be repeated.

use crate::all::*;
use jiff::civil::{Date, date};

use crate::cases_user::{diary, exercises_and_weights, profiles, saved_meals};

/// 2026-01-01, which is day 20454.
pub(crate) const DAY: Date = date(2026, 1, 1);

// Verb, access, and whether it is safe to send twice.
const READ: &str = "GET Public again";
pub(crate) const READ_OWN: &str = "GET Delegated again";
pub(crate) const CHANGE: &str = "POST Delegated again";
pub(crate) const ADD: &str = "POST Delegated once";

/// From something between the program and FatSecret.
const FOREIGN: &[u8] =
    br#"{"errors":[{"code":12}],"message":"Service Unavailable","items":[{"id":1}]}"#;

/// A request, and what it should be.
pub(crate) struct Case {
    pub(crate) ty: &'static str,
    pub(crate) request: Request,
    pub(crate) how: String,
    pub(crate) method: &'static str,
    pub(crate) expected_how: &'static str,
    pub(crate) pairs: Vec<(&'static str, &'static str)>,
    /// What became of a reply that is an object, but not that of this method.
    pub(crate) foreign: Result<(), ApiError>,
}

/// `pairs` are those after `method` and `format`.
pub(crate) fn case<E: Endpoint>(
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
        foreign: endpoint.decode(http::StatusCode::OK, FOREIGN).map(|_| ()),
    }
}

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

pub(crate) fn barcode() -> Barcode {
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
            &SearchFoodsV5::new()
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
            &GetFoodBrands::new().with_starts_with("*").with_brand_type(BrandType::Restaurant),
            "food_brands.get.v2",
            READ,
            &[("starts_with", "*"), ("brand_type", "restaurant")],
        ),
        case(&GetFoodBrands::new(), "food_brands.get.v2", READ, &[]),
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
            &CreateFood::new("Mill", "Toast", "1 slice", nutrition)
                .with_brand_type(BrandType::Supermarket)
                .with_serving_amount(amount("25.5"))
                .with_serving_unit(MetricUnit::Gram)
                .with_calories_from_fat(9.into()),
            "food.create.v2",
            ADD,
            &[
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
                ("brand_type", "supermarket"),
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
                .with_calories(100..=250)
                .with_carb_percentage(..=20)
                .with_protein_percentage(30..)
                .with_fat_percentage(5..16)
                .with_prep_time(..=30)
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
                ("carb_percentage.to", "20"),
                ("protein_percentage.from", "30"),
                ("fat_percentage.from", "5"),
                ("fat_percentage.to", "15"),
                ("prep_time.to", "30"),
            ],
        ),
        case(
            &GetRecipe::new(RecipeId::from(91)).with_region("US"),
            "recipe.get.v2",
            READ,
            &[("recipe_id", "91"), ("region", "US")],
        ),
        case(
            &GetRecipeTypes::new().with_region("FR").with_language("fr"),
            "recipe_types.get.v2",
            READ,
            &[("region", "FR"), ("language", "fr")],
        ),
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
        case(&GetFavoriteRecipes::new(), "recipe.get_favorites.v2", READ_OWN, &[]),
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

pub(crate) fn all() -> Vec<Case> {
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
