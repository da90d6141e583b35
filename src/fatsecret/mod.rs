//! FatSecret Platform's methods as types: foods, recipes, diary, weight, exercise and the rest.
//!
//! Each method is a value of a type that implements [`Endpoint`]: build it, ask it for its [`Request`],
//! sign and send that, and give it the reply to decode. [`FatSecret`] does all of this for a session.
//! Before you store anything, read FatSecret's terms: most content may be kept for 24 hours only.
//!
//! ```
//! use jiff::civil::date;
//! use tripod::fatsecret::{Amount, Endpoint, GetFoodEntries, Total};
//!
//! # fn main() -> Result<(), tripod::fatsecret::ApiError> {
//! let endpoint = GetFoodEntries::new().with_date(date(2026, 1, 1));
//! let request = endpoint.request();
//! assert_eq!((request.verb(), request.path()), (&http::Method::GET, "server.api"));
//!
//! // … signed with the user's token, and sent. The answer:
//! let body = br#"{"food_entries":{"food_entry":{"food_entry_id":"11","food_id":"22",
//!     "food_entry_name":"Toast","date_int":"20454","meal":"Breakfast","serving_id":"33",
//!     "number_of_units":"1.000","calories":"75","carbohydrate":"14.30","protein":"2.60",
//!     "fat":"1.00"}}}"#;
//! let day = endpoint.decode(http::StatusCode::OK, body)?;
//! let energy: Total<Amount> = day.iter().map(|entry| entry.nutrition.calories).sum();
//! assert_eq!(energy.value, 75.into());
//! assert!(energy.is_complete && day.unreadable().is_empty());
//! # Ok(())
//! # }
//! ```
//!
//! # Who may call what
//!
//! | Access | Methods | Signed with |
//! |---|---|---|
//! | [`Public`] | foods, recipes, and finding food in text and pictures | the consumer's key; a user's token does no harm |
//! | [`Delegated`] | diary, weight, exercise, favourites, saved meals, [`GetProfile`], [`CreateFood`] | the key and the user's access token |
//! | [`SignedOnly`] | [`CreateProfile`], [`GetProfileAuth`] | the key, and no token |
//!
//! # Numbers, dates, words
//!
//! Numbers with decimal places are [`Amount`]s, exact as FatSecret wrote them; ids are types of their
//! own. Dates are [`jiff::civil::Date`]s: days of the user's calendar, which travel as days since
//! 1970-01-01 (a day before that as a negative number, which is FatSecret's to refuse); take the
//! user's local day and not that of UTC. A word that this crate does not know,
//! such as a new meal, is kept as it is. Fields that may be missing are `Option`s; one that is there
//! and cannot be read is `None` as well, and is listed in [`Answer::unreadable`].
//!
//! # Errors
//!
//! [`ApiError`] is what FatSecret refused ([`ErrorCode`], with advice and [`Retry`]), a required field
//! that is missing or odd, or a reply that is no answer at all. FatSecret sends errors with HTTP 200.
//!
//! # Limits
//!
//! A free (Basic) application has 5,000 calls a day, shared by all its users, and data of the United
//! States; beyond that comes code 11. Premier Free (small start-ups, non-profits, students) and
//! Premier have no such limit. Code 12 comes when one user is too fast; about 400 ms between calls
//! have been enough. No reply carries `Retry-After` or a rate-limit header. Barcodes, autocomplete,
//! brands, categories, whole foods in searches, pictures and languages need an entitlement or a
//! plan; without it, code 10.
//!
//! # Terms
//!
//! These rules of FatSecret's are on those who use the crate; it keeps nothing by itself.
//!
//! * **Attribution.** Show "Powered by fatsecret" (their badge or link) wherever the content appears,
//!   in the store listing, on the site, and at least once before login. Paying Premier customers need
//!   not.
//! * **Keeping.** Content may be kept for 24 hours at most, except for these values, which may be
//!   stored without a time limit: `auth_token`, `auth_secret`, `exercise_id`, `food_category_id`,
//!   `food_entry_id`, `food_id`, `recipe_id`, `recipe_types`, `saved_meal_id`, `saved_meal_item_id`,
//!   `serving_id`. The fields that hold them say so.
//! * **Secrets.** The consumer's key and secret must not be shipped in clear in public programs.

mod ai;
mod amount;
mod api;
mod codes;
mod daily_value;
mod define;
mod diary;
mod endpoint;
mod error;
mod exercises;
mod favorites;
mod foods;
mod ids;
mod nutrition;
#[cfg(feature = "pacing")]
mod pacing;
mod profile;
mod recipes;
mod reply;
mod saved_meals;
mod total;
mod url_style;
mod weight;
mod wire;
mod words;

/// The guide's examples, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/fatsecret.md")]
mod guide {}

pub use ai::{
    AnalyzeText, DetectedFood, Eaten, EatenFood, FeedbackReceipt, Issue, Picture, RecognizeImage,
    SendFeedback, SuggestedServing,
};
pub use amount::{Amount, AmountError, Rounding};
pub use api::{Caller, FatSecret, ForUser};
pub use codes::{ErrorCode, Retry};
pub use daily_value::{DailyValue, UnsettledAmount};
pub use diary::{
    CopyFoodEntries, CopySavedMeal, CreateFoodEntry, DeleteFoodEntry, EditFoodEntry,
    FoodEntriesDay, FoodEntriesMonth, FoodEntry, GetFoodEntries, GetFoodEntriesMonth,
};
pub use endpoint::{
    Access, Delegated, Endpoint, Public, Request, SignedOnly, WithUser, WithoutUser,
};
pub use error::{ApiError, ApiErrorKind};
pub use exercises::{
    CommitExerciseDay, Exercise, ExerciseDay, ExerciseEntriesMonth, ExerciseEntry,
    GetExerciseEntries, GetExerciseEntriesMonth, GetExercises, SaveExerciseTemplate, ShiftExercise,
    ShiftFrom, ShiftTo, Weekdays,
};
pub use favorites::{
    AddFavoriteFood, AddFavoriteRecipe, DeleteFavoriteFood, DeleteFavoriteRecipe, GetFavoriteFoods,
    GetFavoriteRecipes, GetMostEatenFoods, GetRecentlyEatenFoods,
};
pub use foods::{
    AutocompleteFoods, CreateFood, FindFoodForBarcode, FindFoodIdForBarcode, Food, FoodAttribute,
    FoodAttributes, FoodCategory, FoodImage, FoodSummary, GetFood, GetFoodBrands,
    GetFoodCategories, GetFoodSubCategories, Page, SearchFoods, SearchFoodsV1, Serving,
};
pub use ids::{
    Barcode, ExerciseId, FoodCategoryId, FoodEntryId, FoodId, ParseError, RecipeId, SavedMealId,
    SavedMealItemId, ServingId,
};
pub use nutrition::{EntryNutrition, Macros, Nutrition, RecipeNutrition};
pub use profile::{CreateProfile, GetProfile, GetProfileAuth, Profile};
pub use recipes::{
    Direction, GetRecipe, GetRecipeTypes, Ingredient, Recipe, RecipeCategory, RecipeServing,
    RecipeSummary, SearchRecipes,
};
pub use saved_meals::{
    AddSavedMealItem, CreateSavedMeal, DeleteSavedMeal, DeleteSavedMealItem, EditSavedMeal,
    EditSavedMealItem, GetSavedMealItems, GetSavedMeals, SavedMeal, SavedMealItem,
};
pub use total::Total;
pub use weight::{GetWeightsMonth, UpdateWeight, WeightDay, WeightsMonth};
pub use wire::{Answer, FieldError, Fields, FromJson, Json};
pub use words::{
    BrandType, DescriptionBasis, FoodType, HeightUnit, ImageExtension, Meal, MetricUnit,
    RecipeSort, WeightUnit,
};
