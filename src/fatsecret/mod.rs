//! Typed calls of FatSecret Platform: foods, recipes, the food diary, weight, exercise and more.
//!
//! 1. Register an application at <https://platform.fatsecret.com> and take its OAuth 1.0 *Consumer Key* and
//!    *Consumer Secret* (not the OAuth 2.0 Client Secret).
//! 2. Finish the three-legged flow, or use a stored access token: both give you a [`Session`](crate::Session).
//! 3. `FatSecret::new(session)` has a Rust method for each of FatSecret's methods:
//!    `fatsecret.food_entries(today).await?`.
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
//! // Without a network: the request of a method, and a decoded reply.
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
//! | [`Public`](endpoint::Public) | foods, recipes, and finding food in text and pictures | the consumer's key; a valid token of a user does no harm |
//! | [`Delegated`](endpoint::Delegated) | diary, weight, exercise, favourites, saved meals, the profile, and foods of the user's own | the key and the user's access token |
//! | [`SignedOnly`](endpoint::SignedOnly) | creating and finding users of the application's own | the key, and no token |
//!
//! A user's data are reachable with OAuth 1.0 only. FatSecret's OAuth 2.0 never acts for a user.
//!
//! # Numbers, dates, words
//!
//! Numbers with decimal places are [`Amount`]s, exact as FatSecret wrote them; ids are types of their
//! own. Dates are [`jiff::civil::Date`]s: days of the user's calendar, which are sent as days since
//! 1970-01-01. Use the user's local day, not the day in UTC. A word that this crate does not know,
//! such as a new meal, is kept as text. Fields that may be missing are `Option`s. If such a field
//! cannot be read, it is also `None`, and [`Answer::unreadable`] lists it.
//!
//! # Caching, JSON handlers, tests
//!
//! Ids, amounts, words and answers implement `Serialize` and `Deserialize` in a format of this crate: the
//! names of the Rust fields, amounts as text, dates as `2026-01-01`. Later versions can read what an earlier
//! version has written; new fields are then empty. Only [`decode`](endpoint::Endpoint::decode) reads
//! FatSecret's own format. Answers with secrets, such as the token of `profile.create`, do not implement
//! these traits. To create answers in your own tests, see [`testing`].
//!
//! # Errors
//!
//! An [`ApiError`] means that FatSecret refused ([`ErrorCode`], with advice and [`Retry`]), that a
//! required field is missing or malformed, or that the reply does not come from FatSecret's API.
//! FatSecret sends errors with HTTP status 200.
//!
//! # Limits
//!
//! A free (Basic) application has 5,000 calls a day, shared by all its users, and data of the United States; after that,
//! FatSecret answers with code 11. Premier Free (small start-ups, non-profits, students) and Premier have no such limit.
//! FatSecret answers with code 12 if the calls of one user come too fast; 20 calls a minute are reported to be safe
//! (feature `pacing`). No reply carries `Retry-After` or a rate-limit header. Barcodes, autocomplete, brands,
//! categories, searches with servings, pictures and languages need an entitlement or a plan; without it, FatSecret
//! answers with code 10.
//!
//! # Terms
//!
//! FatSecret's rules bind you, the developer. In short: show "Powered by fatsecret" wherever the content appears; store
//! content for 24 hours at most, except for the ids and tokens whose fields here say that they may be stored without a
//! time limit; do not give the consumer key and secret to others in clear text. [The guide](crate::guide::fatsecret#terms)
//! has each rule.

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
pub use reply::Reply;
#[cfg(feature = "pacing")]
#[cfg_attr(docsrs, doc(cfg(feature = "pacing")))]
pub use results::Results;
pub use total::Total;
pub use wire::outcome::{Answer, FieldError};
pub use words::Meal;
