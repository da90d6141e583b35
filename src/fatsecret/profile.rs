//! Profiles: a user's settings, and users that exist only inside an application.
//!
//! # Examples
//!
//! A user who exists only inside your application:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = tripod_sandbox::Sandbox::start().await?;
//! # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
//! use tripod::fatsecret::{FatSecret, profile::Profile};
//!
//! let application = FatSecret::signed(client.signed());
//! let session = application.create_profile("user-7").await?; // store its access token
//! let again = application.find_profile("user-7").await?;
//! assert_eq!(again.access_token().token(), session.access_token().token());
//!
//! let profile: Profile = FatSecret::new(session).profile().await?.into_inner();
//! assert_eq!(profile.last_weight_kg, None); // nothing was recorded
//! # Ok(())
//! # }
//! ```

// The trap: a profile created without a user id can never be found again, so its token
// must be kept; and the answers of `profile.create` and `profile.get_auth` are secrets.

use jiff::civil::Date;
use secrecy::SecretString;

use crate::{
    credentials::{AccessToken, TokenPair},
    error::Error,
    flow::Session,
};

use super::{
    amount::Amount,
    api::FatSecret,
    caller::ForApplication,
    define::methods,
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

methods! {
    /// The user's settings.
    impl FatSecret;

    /// Reads the user's settings and last weigh-in: `profile.get`.
    #[derive(Default)]
    pub struct GetProfile: Delegated -> Profile = read("profile.get", 1, GET "profile") {
        reply(reply) { reply.get("profile") }
    }
    calls {
        /// Reads the user's settings and last weigh-in.
        profile() = GetProfile::new();
    }

    /// Creates a user who exists only inside this application: `profile.create`.
    ///
    /// Returns the access token of that user, which does not expire. Store it: without a user id
    /// you cannot get it again.
    #[derive(Default)]
    pub struct CreateProfile: SignedOnly -> AccessToken = write("profile.create", 1, POST "profile") {
        optional {
            /// The application's own id for the user, by which [`GetProfileAuth`] finds the token.
            with_user_id(user_id: String),
        }
        reply(reply) { access_token(reply) }
    }
    calls {
        *create_profile;
    }

    /// Finds the access token of a user that [`CreateProfile`] created: `profile.get_auth`.
    pub struct GetProfileAuth: SignedOnly -> AccessToken
        = read("profile.get_auth", 1, GET "profile/auth")
    {
        required {
            /// the id that was given to `profile.create`.
            user_id: String,
        }
        reply(reply) { access_token(reply) }
    }
    calls {
        *find_profile;
    }
}

/// Users of the application's own.
impl<C: ForApplication> FatSecret<C> {
    /// Creates a user who exists only inside this application, and returns their session.
    ///
    /// `user_id` is the application's own id for the user. Store the session's access token;
    /// [`find_profile`](Self::find_profile) is the only other way to get it.
    ///
    /// FatSecret's method is `profile.create`.
    ///
    /// # Errors
    ///
    /// The errors of [`execute`](Self::execute).
    ///
    /// # Cancel safety
    ///
    /// If you drop the future, the user may have been created and the token lost; `find_profile`
    /// with the same id returns it.
    ///
    /// # Source
    ///
    /// <https://platform.fatsecret.com/docs/v1/profile.create>
    pub async fn create_profile(&self, user_id: impl Into<String>) -> Result<Session, Error> {
        let endpoint = CreateProfile::new().with_user_id(user_id);
        Ok(self.client().session(self.perform(&endpoint).await?.value))
    }

    /// Returns the session of a user that [`create_profile`](Self::create_profile) created.
    ///
    /// FatSecret's method is `profile.get_auth`.
    ///
    /// # Errors
    ///
    /// The errors of [`execute`](Self::execute).
    ///
    /// # Cancel safety
    ///
    /// If you drop the future, the call is cancelled. It only reads.
    ///
    /// # Source
    ///
    /// <https://platform.fatsecret.com/docs/v1/profile.get_auth>
    pub async fn find_profile(&self, user_id: impl Into<String>) -> Result<Session, Error> {
        let endpoint = GetProfileAuth::new(user_id);
        Ok(self.client().session(self.perform(&endpoint).await?.value))
    }
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
