//! Trello: boards, lists and cards.
//!
//! Make a Power-Up at <https://trello.com/power-ups/admin> for an API key and its secret, and add the callback's
//! origin to its allowed origins.
//!
//! | | |
//! |---|---|
//! | Evidence | official documentation of June 2025; client libraries |
//! | Inferred | that the revocation call takes a signature, as other calls do |
//! | Not known | what a denial looks like: the usual forms are understood |
//! | Not supported | Trello's own token page, and its `key` and `token` in the query |
//!
//! Errors are plain text.
//!
//! # Examples
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::{Callback, Client, Consumer, providers::{self, trello::{self, Expiration, Scope}}};
//! # use tripod_sandbox::{Persona, Sandbox};
//!
//! let client = Client::new(providers::trello("Garden planner"), Consumer::new("key", "secret"))?;
//! # let sandbox = Sandbox::builder().like(Persona::Trello).start().await?;
//! # let client = Client::from_transport(providers::trello("Garden planner"), sandbox.consumer(), sandbox.transport());
//! let ask = trello::ask(&[Scope::Read, Scope::Write], Expiration::OneDay);
//! let issued = client.begin(Callback::out_of_band()).with_ask(ask).request_token().await?;
//! assert!(issued.authorization_url().contains("&expiration=1day&scope=read%2Cwrite"));
//! # let approval = sandbox.approve(&issued.authorization_url())?;
//! # let code = approval.verifier().ok_or("access was denied")?;
//! // `code` is what the user copied from Trello's page.
//! let session = issued.authorize(code)?.exchange().await?;
//! assert!(session.expires_at().is_some()); // in one day, as the flow asked
//! # Ok(())
//! # }
//! ```

use std::time::Duration;

use crate::{
    error::meaning::Meaning,
    protocol::{
        approval::Approval,
        dialect::{Dialect, Place},
    },
    provider::{
        Provider,
        ask::Ask,
        endpoints::{AuthorizePage, Call, Endpoints},
        signing::Signing,
        token_life::{Revocation, TokenEnd, TokenLife},
    },
};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MONTH: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Trello; see [the module](mod@self). The page that asks the user shows the application's name.
#[must_use]
pub fn trello(application: &str) -> Provider {
    let lifetimes =
        [("1hour", Some(HOUR)), ("1day", Some(DAY)), ("30days", Some(MONTH)), ("never", None)];
    let end = TokenEnd::asked("expiration", lifetimes, Some(MONTH));
    let revocation = Revocation::signed(Call::delete("https://api.trello.com/1/tokens/{token}"));
    Provider::of_known(Endpoints {
        request_token: Call::post("https://trello.com/1/OAuthGetRequestToken"),
        authorize: AuthorizePage::new("https://trello.com/1/OAuthAuthorizeToken"),
        access_token: Call::post("https://trello.com/1/OAuthGetAccessToken"),
    })
    .with_signing(
        Signing::default().with_known_origins(&["https://api.trello.com", "https://trello.com"]),
    )
    .with_approval(Approval::new().with_unknown_denial())
    .with_dialect(Dialect::new().with(Place::Sentence, "invalid token", Meaning::DeadToken))
    .with_known_token_life(TokenLife::new().with_end(end).with_revocation(revocation))
    .with_ask(Ask::new().with_page_parameter("name", application))
}

/// What a token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// Reading boards and their content. This is Trello's default.
    Read,
    /// Writing to boards.
    Write,
    /// Reading the user's e-mail address, writing to their account, and marking notifications as read.
    Account,
}

/// How long a token lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Expiration {
    /// One hour.
    OneHour,
    /// One day.
    OneDay,
    /// Thirty days. This is Trello's default.
    ThirtyDays,
    /// Until it is revoked.
    Never,
}

/// Returns an [`Ask`] for these scopes and this lifetime of the token.
#[must_use]
pub fn ask(scopes: &[Scope], expiration: Expiration) -> Ask {
    let scopes: Vec<&str> = scopes
        .iter()
        .map(|scope| match scope {
            Scope::Read => "read",
            Scope::Write => "write",
            Scope::Account => "account",
        })
        .collect();
    let expiration = match expiration {
        Expiration::OneHour => "1hour",
        Expiration::OneDay => "1day",
        Expiration::ThirtyDays => "30days",
        Expiration::Never => "never",
    };
    let ask = Ask::new().with_page_parameter("expiration", expiration);
    if scopes.is_empty() { ask } else { ask.with_page_parameter("scope", scopes.join(",")) }
}
