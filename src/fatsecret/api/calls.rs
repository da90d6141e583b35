//! The named methods: each is an endpoint with what it requires, called.

// The trap: which trait the caller must have stands on each method, and so does the page of
// FatSecret's that describes it.

use jiff::civil::Date;

use super::{Caller, FatSecret, ForUser};
use crate::{
    error::Error,
    fatsecret::{self as fs, wire::outcome::Answer},
};

/// Writes the named methods: an endpoint with what it requires, called. The bound stands on each
/// method, and not on the `impl`, since rustc then says what the trait has to say.
macro_rules! calls {
    ([$caller:ident] $(
        $(#[$meta:meta])*
        $name:ident($($argument:ident: $ty:ty),*) -> $output:ty = $endpoint:expr, $page:literal;
    )*) => { $(
        $(#[$meta])*
        ///
        /// # Errors
        ///
        /// As [`call`](Self::call).
        ///
        /// # Cancel safety
        ///
        /// Dropping the future gives up the call. FatSecret may have carried it out.
        ///
        /// # Source
        ///
        #[doc = concat!("<https://platform.fatsecret.com/docs/", $page, ">")]
        pub async fn $name(&self, $($argument: $ty),*) -> Result<Answer<$output>, Error>
        where
            C: $caller,
        {
            self.perform(&$endpoint).await
        }
    )* };
}

/// Foods and recipes.
impl<C: Caller> FatSecret<C> {
    calls! {
        [Caller]
        /// Searches foods by words; whole foods in the answer, which needs a Premier plan:
        /// `foods.search.v5`. Give [`SearchFoods`](fs::SearchFoods) to `call` for pages and more.
        search_foods(expression: impl Into<String>) -> fs::Page<fs::Food>
            = fs::SearchFoods::new().with_expression(expression), "v5/foods.search";
        /// Searches foods by words; a line about each in the answer, on any plan: `foods.search`.
        search_food_summaries(expression: impl Into<String>) -> fs::Page<fs::FoodSummary>
            = fs::SearchFoodsV1::new().with_expression(expression), "v1/foods.search";
        /// Reads a food with its servings: `food.get.v5`.
        food(id: fs::FoodId) -> fs::Food = fs::GetFood::new(id), "v5/food.get";
        /// Completes what a user has begun to type: `foods.autocomplete.v2`.
        autocomplete_foods(expression: impl Into<String>) -> Vec<String>
            = fs::AutocompleteFoods::new(expression), "v2/foods.autocomplete";
        /// Finds the food that bears a barcode: `food.find_id_for_barcode.v2`.
        food_for_barcode(barcode: fs::Barcode) -> Option<fs::Food>
            = fs::FindFoodForBarcode::new(barcode), "v2/food.find_id_for_barcode";
        /// Finds the id of the food that bears a barcode: `food.find_id_for_barcode`, version 1.
        food_id_for_barcode(barcode: fs::Barcode) -> Option<fs::FoodId>
            = fs::FindFoodIdForBarcode::new(barcode), "v1/food.find_id_for_barcode";
        /// Lists brands by their first letter, or `*` for digits: `food_brands.get.v2`.
        food_brands(starts_with: impl Into<String>) -> Vec<String>
            = fs::GetFoodBrands::new(starts_with), "v2/food_brands.get";
        /// Lists the categories of foods: `food_categories.get.v2`.
        food_categories() -> Vec<fs::FoodCategory> = fs::GetFoodCategories::new(),
            "v2/food_categories.get";
        /// Lists the parts of a category: `food_sub_categories.get.v2`.
        food_sub_categories(category: fs::FoodCategoryId) -> Vec<String>
            = fs::GetFoodSubCategories::new(category), "v2/food_sub_categories.get";
        /// Searches recipes by words: `recipes.search.v3`. Give
        /// [`SearchRecipes`](fs::SearchRecipes) to `call` for filters, pages and order.
        search_recipes(expression: impl Into<String>) -> fs::Page<fs::RecipeSummary>
            = fs::SearchRecipes::new().with_expression(expression), "v3/recipes.search";
        /// Reads a recipe: `recipe.get.v2`.
        recipe(id: fs::RecipeId) -> fs::Recipe = fs::GetRecipe::new(id), "v2/recipe.get";
        /// Lists the types of recipes: `recipe_types.get.v2`.
        recipe_types() -> Vec<String> = fs::GetRecipeTypes::new(), "v2/recipe_types.get";
        /// Finds foods in a sentence: `natural-language-processing/v1`.
        analyze_text(text: impl Into<String>) -> Vec<fs::DetectedFood>
            = fs::AnalyzeText::new(text), "v1/natural.language.processing";
        /// Finds foods in a picture: `image-recognition/v2`.
        recognize_image(picture: fs::Picture) -> Vec<fs::DetectedFood>
            = fs::RecognizeImage::new(picture), "v2/image.recognition";
        /// Reports what is wrong with a food: `feedback/v1`.
        send_feedback(
            barcode: fs::Barcode,
            issue: fs::Issue,
            external_id: impl Into<String>
        ) -> fs::FeedbackReceipt = fs::SendFeedback::new(barcode, issue, external_id), "guides";
    }
}

/// The food diary.
impl<C: Caller> FatSecret<C> {
    calls! {
        [ForUser]
        /// Reads the diary of one day of the user's calendar: `food_entries.get.v2`.
        food_entries(date: Date) -> Vec<fs::FoodEntry> = fs::GetFoodEntries::new().with_date(date),
            "v2/food_entries.get";
        /// Reads one entry of the diary; none if it is not there: `food_entries.get.v2`.
        food_entry(id: fs::FoodEntryId) -> Vec<fs::FoodEntry>
            = fs::GetFoodEntries::new().with_food_entry_id(id), "v2/food_entries.get";
        /// Reads the totals of each day of a month, given by any day of it:
        /// `food_entries.get_month.v2`.
        food_entries_month(date: Date) -> fs::FoodEntriesMonth
            = fs::GetFoodEntriesMonth::new().with_date(date), "v2/food_entries.get_month";
        /// Writes an entry into the diary: `food_entry.create`.
        create_food_entry(entry: &fs::CreateFoodEntry) -> fs::FoodEntryId = *entry,
            "v1/food_entry.create";
        /// Changes an entry; its day cannot be changed: `food_entry.edit`.
        edit_food_entry(edit: &fs::EditFoodEntry) -> () = *edit, "v1/food_entry.edit";
        /// Deletes an entry: `food_entry.delete`.
        delete_food_entry(id: fs::FoodEntryId) -> () = fs::DeleteFoodEntry::new(id),
            "v1/food_entry.delete";
        /// Copies the entries of one day to another: `food_entries.copy`.
        copy_food_entries(from: Date, to: Date) -> () = fs::CopyFoodEntries::new(from, to),
            "v1/food_entries.copy";
        /// Writes the items of a saved meal into the diary: `food_entries.copy_saved_meal`.
        copy_saved_meal(id: fs::SavedMealId, meal: fs::Meal, date: Date) -> ()
            = fs::CopySavedMeal::new(id, meal).with_date(date), "v1/food_entries.copy_saved_meal";
        /// Adds a food to FatSecret's own, which needs a Premier plan: `food.create.v2`.
        create_food(food: &fs::CreateFood) -> fs::FoodId = *food, "v2/food.create";
    }
}

/// Weight, exercise and the user's settings.
impl<C: Caller> FatSecret<C> {
    calls! {
        [ForUser]
        /// Writes a weight: `weight.update`. The first needs a goal and a height.
        update_weight(weight: &fs::UpdateWeight) -> () = *weight, "v1/weight.update";
        /// Reads the weights of a month, given by any day of it: `weights.get_month.v2`.
        weights_month(date: Date) -> fs::WeightsMonth
            = fs::GetWeightsMonth::new().with_date(date), "v2/weights.get_month";
        /// Lists the kinds of exercise: `exercises.get.v2`.
        exercises() -> Vec<fs::Exercise> = fs::GetExercises::new(), "v2/exercises.get";
        /// Reads how a day's 24 hours were spent: `exercise_entries.get.v2`.
        exercise_entries(date: Date) -> Vec<fs::ExerciseEntry>
            = fs::GetExerciseEntries::new().with_date(date), "v2/exercise_entries.get";
        /// Reads the energy used on each day of a month, given by any day of it:
        /// `exercise_entries.get_month.v2`.
        exercise_entries_month(date: Date) -> fs::ExerciseEntriesMonth
            = fs::GetExerciseEntriesMonth::new().with_date(date), "v2/exercise_entries.get_month";
        /// Shifts minutes of a day from one activity to another: `exercise_entry.edit`.
        shift_exercise(shift: &fs::ShiftExercise) -> () = *shift, "v1/exercise_entry.edit";
        /// Saves a day's activities as they are shown: `exercise_entries.commit_day`.
        commit_exercise_day(date: Date) -> () = fs::CommitExerciseDay::new().with_date(date),
            "v1/exercise_entries.commit_day";
        /// Makes a day's activities the template of some weekdays: `exercise_entries.save_template`.
        save_exercise_template(days: fs::Weekdays, date: Date) -> ()
            = fs::SaveExerciseTemplate::new(days).with_date(date),
            "v1/exercise_entries.save_template";
        /// Reads the user's settings and last weigh-in: `profile.get`.
        profile() -> fs::Profile = fs::GetProfile::new(), "v1/profile.get";
    }
}

/// Favourites, and what the user eats.
impl<C: Caller> FatSecret<C> {
    calls! {
        [ForUser]
        /// Lists the favourite foods: `foods.get_favorites.v2`.
        favorite_foods() -> Vec<fs::FoodSummary> = fs::GetFavoriteFoods::new(),
            "v2/foods.get_favorites";
        /// Makes a food a favourite: `food.add_favorite`.
        add_favorite_food(id: fs::FoodId) -> () = fs::AddFavoriteFood::new(id),
            "v1/food.add_favorite";
        /// Makes a food a favourite no more: `food.delete_favorite`.
        delete_favorite_food(id: fs::FoodId) -> () = fs::DeleteFavoriteFood::new(id),
            "v1/food.delete_favorite";
        /// Lists the foods eaten most: `foods.get_most_eaten.v2`.
        most_eaten_foods() -> Vec<fs::FoodSummary> = fs::GetMostEatenFoods::new(),
            "v2/foods.get_most_eaten";
        /// Lists the foods eaten last: `foods.get_recently_eaten.v2`.
        recently_eaten_foods() -> Vec<fs::FoodSummary> = fs::GetRecentlyEatenFoods::new(),
            "v2/foods.get_recently_eaten";
        /// Lists the favourite recipes: `recipe.get_favorites.v2`.
        favorite_recipes() -> Vec<fs::RecipeSummary> = fs::GetFavoriteRecipes::new(),
            "v2/recipes.get_favorites";
        /// Makes a recipe a favourite: `recipe.add_favorite`.
        add_favorite_recipe(id: fs::RecipeId) -> () = fs::AddFavoriteRecipe::new(id),
            "v1/recipe.add_favorite";
        /// Makes a recipe a favourite no more: `recipe.delete_favorite`.
        delete_favorite_recipe(id: fs::RecipeId) -> () = fs::DeleteFavoriteRecipe::new(id),
            "v1/recipe.delete_favorite";
    }
}

/// Saved meals.
impl<C: Caller> FatSecret<C> {
    calls! {
        [ForUser]
        /// Lists the saved meals: `saved_meals.get.v2`.
        saved_meals() -> Vec<fs::SavedMeal> = fs::GetSavedMeals::new(), "v2/saved_meals.get";
        /// Makes a saved meal, without items yet: `saved_meal.create`.
        create_saved_meal(meal: &fs::CreateSavedMeal) -> fs::SavedMealId = *meal,
            "v1/saved_meal.create";
        /// Changes a saved meal's name, description or meals: `saved_meal.edit`.
        edit_saved_meal(edit: &fs::EditSavedMeal) -> () = *edit, "v1/saved_meal.edit";
        /// Deletes a saved meal: `saved_meal.delete`.
        delete_saved_meal(id: fs::SavedMealId) -> () = fs::DeleteSavedMeal::new(id),
            "v1/saved_meal.delete";
        /// Lists the items of a saved meal: `saved_meal_items.get.v2`.
        saved_meal_items(id: fs::SavedMealId) -> Vec<fs::SavedMealItem>
            = fs::GetSavedMealItems::new(id), "v2/saved_meal_items.get";
        /// Adds a food to a saved meal: `saved_meal_item.add`.
        add_saved_meal_item(item: &fs::AddSavedMealItem) -> fs::SavedMealItemId = *item,
            "v1/saved_meal_item.add";
        /// Changes an item's name or amount: `saved_meal_item.edit`.
        edit_saved_meal_item(edit: &fs::EditSavedMealItem) -> () = *edit, "v1/saved_meal_item.edit";
        /// Takes an item out of a saved meal: `saved_meal_item.delete`.
        delete_saved_meal_item(id: fs::SavedMealItemId) -> () = fs::DeleteSavedMealItem::new(id),
            "v1/saved_meal_item.delete";
    }
}
