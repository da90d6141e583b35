//! NetSuite: token-based authentication of an account.
//!
//! Make an integration record with "TBA: authorization flow" and its callback URL. The URL has to be the registered
//! one; `http://localhost:*` is good for any port. There is no code out of band.
//!
//! | | |
//! |---|---|
//! | Evidence | official documentation of 2026 |
//! | Inferred | the path and the method of the revocation call |
//! | Not supported | `system.netsuite.com` for an account that is not known; the parameter `role` of the request-token call |
//!
//! HMAC-SHA256 in the header, with the account as the realm. Timestamps must not decrease. A denial is an empty verifier.
//! Access tokens do not expire. From release 2027.1 on, NetSuite accepts no new integrations of this kind; existing
//! integrations keep working.
//!
//! # Examples
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::{Callback, Client, Consumer, providers::{self, netsuite}};
//! # use tripod_sandbox::{Persona, Sandbox};
//!
//! let client = Client::new(providers::netsuite("1234567_SB1")?, Consumer::new("key", "secret"))?;
//! # let sandbox = Sandbox::builder().like(Persona::NetSuite).start().await?;
//! # let client = Client::from_transport(providers::netsuite("1234567_SB1")?, sandbox.consumer(), sandbox.transport());
//! let callback = Callback::url("https://app.example/back")?;
//! let issued = client.begin(callback).with_ask(netsuite::ask("visit17")?).request_token().await?;
//! assert!(issued.authorization_url().contains("state=visit17"));
//! # Ok(())
//! # }
//! ```

use crate::{
    error::Error,
    protocol::approval::Approval,
    provider::{
        Provider,
        ask::Ask,
        endpoints::{Call, Endpoints},
        signing::Signing,
        token_life::{Revocation, TokenLife},
    },
    signature::method::SignatureMethod,
};

use super::site::setting;

/// NetSuite for one account, such as `1234567` or `1234567_SB1`; see [the module](mod@self).
///
/// # Errors
///
/// [`InvalidSetting`](crate::ErrorKind::InvalidSetting) if the account is not letters and digits, with an underscore
/// before the name of a sandbox.
pub fn netsuite(account: &str) -> Result<Provider, Error> {
    let is_word =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let (number, sandbox) = account.split_once('_').unwrap_or((account, "SB"));
    if !is_word(number) || !is_word(sandbox) || account.len() > 60 {
        return Err(setting(
            "a NetSuite account is letters and digits, with an underscore before the sandbox: 1234567 or 1234567_SB1",
        ));
    }
    let label = account.to_ascii_lowercase().replace('_', "-");
    let restlets = format!("https://{label}.restlets.api.netsuite.com");
    let signing = Signing::new(SignatureMethod::HmacSha256)
        .with_realm(account.to_ascii_uppercase())?
        .with_origin(&restlets)?
        .with_origin(&format!("https://{label}.suitetalk.api.netsuite.com"))?;
    let revocation = Revocation::signed(Call::get(format!("{restlets}/rest/revoketoken")));
    Provider::new(Endpoints {
        request_token: format!("{restlets}/rest/requesttoken"),
        authorize: format!("https://{label}.app.netsuite.com/app/login/secure/authorizetoken.nl"),
        access_token: format!("{restlets}/rest/accesstoken"),
    })?
    .with_signing(signing)
    .with_approval(Approval::new().with_denial(""))
    .with_token_life(TokenLife::new().with_revocation(revocation))
}

/// Returns an [`Ask`] with a `state`, which comes back with the callback.
///
/// # Errors
///
/// [`InvalidSetting`](crate::ErrorKind::InvalidSetting) for an empty text, for more than 512 characters, and for
/// others than ASCII letters and digits.
pub fn ask(state: &str) -> Result<Ask, Error> {
    let is_good =
        (1..=512).contains(&state.len()) && state.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !is_good {
        return Err(setting("NetSuite's state is 1 to 512 letters and digits"));
    }
    Ok(Ask::new().with_page_parameter("state", state))
}
