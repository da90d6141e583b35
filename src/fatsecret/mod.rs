//! FatSecret Platform: foods, recipes, the food diary, weight, exercise and the rest, as typed calls.
//!
//! 1. Register an application at <https://platform.fatsecret.com> and take its OAuth 1.0 *Consumer Key* and
//!    *Consumer Secret* (not the OAuth 2.0 Client Secret).
//! 2. Finish the three-legged flow, or take up a stored access token: both give a [`Session`](crate::Session).
//! 3. `FatSecret::new(session)` has a call for each method: `fatsecret.food_entries(today).await?`.
//! 4. For optional parameters, build the request type (`GetFood::new(id).with_images(true)`) and pass it to
//!    [`execute`](FatSecret::execute).
//! 5. Before you store anything, read [the terms](#terms): most content may be kept for 24 hours only.
//!
//! The types are in a module for each topic: [`foods`], [`diary`], [`weight`], [`exercise`], [`recipes`],
//! [`favorites`], [`saved_meals`], [`profile`], [`recognition`], [`feedback`]; nutrients are in
//! [`nutrition`].
//!
//! ```
//! use jiff::civil::date;
//! use tripod::fatsecret::{Amount, Total, diary::GetFoodEntries, endpoint::Endpoint};
//!
//! # fn main() -> Result<(), tripod::fatsecret::ApiError> {
//! // The same without the network: the request as data, and a reply decoded.
//! let endpoint = GetFoodEntries::new().with_date(date(2026, 1, 1));
//! let request = endpoint.request();
//! assert_eq!((request.verb(), request.path()), (&http::Method::GET, "server.api"));
//!
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
//! | [`Public`](endpoint::Public) | foods, recipes, and finding food in text and pictures | the consumer's key; a user's token does no harm |
//! | [`Delegated`](endpoint::Delegated) | diary, weight, exercise, favourites, saved meals, the profile, and foods of the user's own | the key and the user's access token |
//! | [`SignedOnly`](endpoint::SignedOnly) | creating and finding users of the application's own | the key, and no token |
//!
//! A user's data are reachable with OAuth 1.0 only. FatSecret's OAuth 2.0 never acts for a user.
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
//! # Caching, JSON handlers, tests
//!
//! Ids, amounts, words and answers implement `Serialize` and `Deserialize` in a form of this crate's own: the
//! names of the Rust fields, amounts as text, dates as `2026-01-01`. What one version has written, later ones
//! read: new fields are then empty. FatSecret's own form is read by
//! [`decode`](endpoint::Endpoint::decode) alone. Answers that hold secrets, such as the token of
//! `profile.create`, do not serialise. To make answers for a test of your own, see [`testing`].
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
//! Premier have no such limit. Code 12 comes when one user is too fast; 20 calls a minute are reported
//! to be safe (feature `pacing`). No reply carries `Retry-After` or a rate-limit header. Barcodes, autocomplete, brands,
//! categories, searches with servings, pictures and languages need an entitlement or a plan; without
//! it, code 10.
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

mod amount;
mod api;
mod barcode;
mod caller;
mod codes;
mod daily_value;
mod define;
pub mod diary;
pub mod endpoint;
mod error;
pub mod exercise;
pub mod favorites;
pub mod feedback;
pub mod foods;
mod ids;
pub mod nutrition;
#[cfg(feature = "pacing")]
mod pace;
mod page;
pub mod profile;
#[cfg(feature = "pacing")]
mod ranges;
pub mod recipes;
pub mod recognition;
mod reply;
#[cfg(feature = "pacing")]
mod results;
pub mod saved_meals;
pub mod testing;
mod total;
pub mod weight;
mod wire;
mod words;

#[cfg(test)]
mod table;

pub use amount::{Amount, AmountError, Rounding};
pub use api::FatSecret;
pub use barcode::Barcode;
pub use caller::{Caller, ForApplication, ForUser};
pub use codes::{ErrorCode, Retry};
pub use error::{ApiError, ApiErrorKind};
pub use ids::{
    ExerciseId, FoodCategoryId, FoodEntryId, FoodId, ParseError, RecipeId, SavedMealId,
    SavedMealItemId, ServingId,
};
#[cfg(feature = "pacing")]
#[cfg_attr(docsrs, doc(cfg(feature = "pacing")))]
pub use pace::Pace;
pub use page::{Page, Paged};
#[cfg(feature = "pacing")]
#[cfg_attr(docsrs, doc(cfg(feature = "pacing")))]
pub use ranges::{DiaryDay, Missed};
#[cfg(feature = "pacing")]
#[cfg_attr(docsrs, doc(cfg(feature = "pacing")))]
pub use results::Results;
pub use total::Total;
pub use wire::outcome::{Answer, FieldError};
pub use words::Meal;
