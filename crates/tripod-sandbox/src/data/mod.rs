//! The data host: FatSecret's methods as a table, and what each user has stored.
//!
//! A method is one function of the account and the call. It is reached by its name at
//! `/rest/server.api` and by its path, as FatSecret's are; it never sees an OAuth parameter. This
//! is a second view of the wire, written from its documentation without a line of the typed API:
//! a mistake made there must not be made here as well. Nothing a caller stores grows without bound.
//!
//! What nobody has documented is a guess: limits on the length of texts, an answer to a `user_id`
//! that is in use already, and which error comes first when there are several.

pub(crate) mod account;
mod ai;
pub(crate) mod calendar;
mod catalogue;
pub(crate) mod decimal;
pub(crate) mod diary;
pub(crate) mod error;
mod exercise;
mod favourites;
mod foods;
mod handler;
pub(crate) mod host;
pub(crate) mod limits;
mod meals;
mod methods;
pub(crate) mod node;
mod nutrients;
pub(crate) mod params;
mod profile;
mod recipes;
pub(crate) mod route;
mod seed;
mod table;
mod weight;
mod xml;
