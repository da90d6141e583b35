//! Profiles: a user's settings, and users that exist only inside an application.

// The trap: a profile created without a user id can never be found again, so its token
// must be kept; and the answers of `profile.create` and `profile.get_auth` are secrets.

use jiff::civil::Date;
use secrecy::SecretString;

use crate::credentials::{AccessToken, TokenPair};

use super::{
    amount::Amount,
    define::endpoint,
    endpoint::Request,
    wire::{Fields, FromJson, Json, answer, outcome::FieldError},
    words::{HeightUnit, WeightUnit},
};

answer! {
    /// A user's settings and last weigh-in. Before the first weigh-in, fields may be missing.
    pub struct Profile from fields {
        /// How the user likes to see weights.
        pub weight_unit: Option<WeightUnit> = fields.optional("weight_measure"),
        /// How the user likes to see heights.
        pub height_unit: Option<HeightUnit> = fields.optional("height_measure"),
        /// The last weight, in kilograms.
        pub last_weight_kg: Option<Amount> = fields.optional("last_weight_kg"),
        /// The day of the last weight.
        pub last_weight_date: Option<Date> = fields.optional("last_weight_date_int"),
        /// What the user wrote with it.
        pub last_weight_comment: Option<String> = fields.optional("last_weight_comment"),
        /// The goal, in kilograms.
        pub goal_weight_kg: Option<Amount> = fields.optional("goal_weight_kg"),
        /// The height, in centimetres.
        pub height_cm: Option<Amount> = fields.optional("height_cm"),
    }
}

endpoint! {
    /// Reads the user's settings and last weigh-in: `profile.get`.
    #[derive(Default)]
    pub struct GetProfile: Delegated, Request::read("profile.get");
    required {}
    optional {}
    reply(reply) -> Profile { reply.get("profile") }
}

endpoint! {
    /// Creates a user who exists only inside this application: `profile.create`.
    ///
    /// Gives the access token of that user, which does not expire. Keep it: without a user id it
    /// cannot be had again.
    #[derive(Default)]
    pub struct CreateProfile: SignedOnly, Request::write("profile.create");
    required {}
    optional {
        /// The application's own id for the user, by which [`GetProfileAuth`] finds the token.
        with_user_id(user_id: String),
    }
    reply(reply) -> AccessToken { access_token(reply) }
}

endpoint! {
    /// Finds the access token of a user that [`CreateProfile`] made: `profile.get_auth`.
    pub struct GetProfileAuth: SignedOnly, Request::read("profile.get_auth");
    required {
        /// the id that was given to `profile.create`.
        user_id: String,
    }
    optional {}
    reply(reply) -> AccessToken { access_token(reply) }
}

fn access_token(reply: &Fields<'_>) -> Result<AccessToken, FieldError> {
    let profile = reply.object("profile")?;
    let token: Secret = profile.get("auth_token")?;
    let secret: Secret = profile.get("auth_secret")?;
    // `Secret` has refused an empty one.
    Ok(AccessToken::from_pair(TokenPair { token: token.0, secret: secret.0 }))
}

/// A text that no error may repeat.
struct Secret(SecretString);

impl FromJson for Secret {
    fn from_json(json: Json<'_>) -> Result<Self, FieldError> {
        match json.scalar() {
            Some(text) if !text.is_empty() => Ok(Self(text.into_owned().into())),
            _ => Err(json.odd_secret("a token")),
        }
    }
}
