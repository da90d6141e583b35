//! Zotero: bibliographies.
//!
//! Register an application at <https://www.zotero.org/oauth/apps>.
//!
//! The handshake gives an API key, and later calls are **not signed**: they carry the key in the header
//! `Zotero-API-Key`, and the API ignores an OAuth header. Take the key from the session with [`api_key`], and send it with your HTTP client.
//! A session signs nothing for `https://api.zotero.org`.
//!
//! | | |
//! |---|---|
//! | Evidence | official documentation without a date; the API's own tests of August 2026 |
//! | Inferred | the revocation call |
//! | Not known | whether the callback is confirmed: it has to be; what a denial looks like: the usual forms are understood |
//! | Not supported | `identity=1`, which makes no key |
//!
//! # Examples
//!
//! ```
//! use secrecy::ExposeSecret as _;
//! use tripod::{Session, providers::zotero};
//!
//! fn library(session: &Session) -> Option<http::Request<()>> {
//!     let user = zotero::user_id(session.access_token())?;
//!     let key = zotero::api_key(session.access_token());
//!     http::Request::get(format!("https://api.zotero.org/users/{user}/items"))
//!         .header("Zotero-API-Key", key.expose_secret())
//!         .body(())
//!         .ok()
//! }
//! ```

use secrecy::SecretString;

use crate::{
    credentials::AccessToken,
    protocol::approval::Approval,
    provider::{
        Provider,
        ask::Ask,
        endpoints::{AuthorizePage, Call, Endpoints},
        token_life::{Revocation, TokenLife},
    },
};

/// Zotero; see [the module](mod@self). The page that asks the user shows the application's name.
#[must_use]
pub fn zotero(application: &str) -> Provider {
    let revocation = Revocation::unsigned(Call::delete("https://api.zotero.org/keys/{secret}"));
    Provider::of_known(Endpoints {
        request_token: Call::post("https://www.zotero.org/oauth/request"),
        authorize: AuthorizePage::new("https://www.zotero.org/oauth/authorize"),
        access_token: Call::post("https://www.zotero.org/oauth/access"),
    })
    .without_endpoint_origins()
    .with_approval(Approval::new().with_unknown_denial())
    .with_known_token_life(TokenLife::new().with_revocation(revocation))
    .with_ask(Ask::new().with_page_parameter("name", application))
}

/// What a key may be used for in the user's own library, beside reading what is public.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "callers write it with `..Library::default()`")]
pub struct Library {
    /// Reading the library.
    pub read: bool,
    /// Reading notes.
    pub notes: bool,
    /// Writing.
    pub write: bool,
}

/// What a key may be used for in all groups of the user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Groups {
    /// Nothing.
    #[default]
    None,
    /// Reading.
    Read,
    /// Reading and writing.
    Write,
}

/// Returns an [`Ask`] for this access.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tripod::{Callback, Client, Consumer, providers::{self, zotero::{self, Groups, Library}}};
/// # use tripod_sandbox::{Persona, Sandbox};
///
/// let client = Client::new(providers::zotero("Reading list"), Consumer::new("key", "secret"))?;
/// # let sandbox = Sandbox::builder().like(Persona::Zotero).start().await?;
/// # let client = Client::from_transport(providers::zotero("Reading list"), sandbox.consumer(), sandbox.transport());
/// let ask = zotero::ask(Library { read: true, ..Library::default() }, Groups::None);
/// let issued = client.begin(Callback::out_of_band()).with_ask(ask).request_token().await?;
/// assert!(issued.authorization_url().contains("&library_access=1&notes_access=0"));
/// # let approval = sandbox.approve(&issued.authorization_url())?;
/// # let code = approval.verifier().ok_or("access was denied")?;
/// // `code` is what the user copied from Zotero's page.
/// let session = issued.authorize(code)?.exchange().await?;
/// assert_eq!(zotero::username(session.access_token()), Some("ada"));
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn ask(library: Library, groups: Groups) -> Ask {
    let flag = |is_on| if is_on { "1" } else { "0" };
    let groups = match groups {
        Groups::None => "none",
        Groups::Read => "read",
        Groups::Write => "write",
    };
    Ask::new()
        .with_page_parameter("library_access", flag(library.read))
        .with_page_parameter("notes_access", flag(library.notes))
        .with_page_parameter("write_access", flag(library.write))
        .with_page_parameter("all_groups", groups)
}

/// Returns the API key, for the header `Zotero-API-Key`. Later calls are not signed.
#[must_use]
pub fn api_key(token: &AccessToken) -> &SecretString {
    token.secret()
}

/// Returns the number of the user who approved.
#[must_use]
pub fn user_id(token: &AccessToken) -> Option<&str> {
    token.extra("userID")
}

/// Returns the name of the user who approved.
#[must_use]
pub fn username(token: &AccessToken) -> Option<&str> {
    token.extra("username")
}
