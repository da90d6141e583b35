//! Jira, Confluence and Bitbucket Data Center: application links of one instance.
//!
//! Make a key pair, and an application link with an incoming link in the instance: consumer key, public key, and the
//! callback URL if you like. The consumer secret is not used. The page *RSA* of the guide's
//! [providers](crate::guide::providers) has a signer.
//!
//! | | |
//! |---|---|
//! | Evidence | source of the vendor's own provider; client libraries; page of the cloud edition of November 2024 |
//! | Inferred | the renewal by the session handle |
//! | Not known | whether the next releases keep OAuth 1.0a: it is deprecated, and Jira Cloud is not supported |
//! | Not supported | revocation, which the user does on the instance's page |
//!
//! A denial is the verifier `denied` beside the right token. An instance behind a proxy must know its public URL, or it
//! refuses every signature.
//!
//! # Examples
//!
//! ```
//! # fn main() -> Result<(), tripod::Error> {
//! use tripod::{Callback, Client, Consumer, SignatureMethod, providers};
//! # use tripod::{BoxError, signature::{Sign, SigningKey}};
//! # struct Rsa; // your signer
//! # impl Sign for Rsa {
//! #     fn name(&self) -> &str { "RSA-SHA1" }
//! #     fn sign(&self, _: &str, _: &SigningKey<'_>) -> Result<Vec<u8>, BoxError> { Ok(vec![0; 256]) }
//! # }
//!
//! // `Rsa` is your signer, an implementation of `Sign`.
//! let provider = providers::atlassian_data_center("https://jira.example", SignatureMethod::custom(Rsa))?;
//! let client = Client::new(provider, Consumer::new("key", ""))?; // the secret is not used
//! let (request, _) = client.begin(Callback::out_of_band()).build()?;
//! assert_eq!(request.uri(), "https://jira.example/plugins/servlet/oauth/request-token");
//! # Ok(())
//! # }
//! ```

use crate::{
    error::Error,
    protocol::approval::Approval,
    provider::{
        Provider,
        endpoints::{Call, Endpoints},
        signing::Signing,
        token_life::{Renewal, TimeUnit, TokenEnd, TokenLife},
    },
    signature::method::SignatureMethod,
};

use super::site::{check_site, setting};

/// An instance of Jira, Confluence or Bitbucket Data Center at its base URL, such as `https://jira.example` or
/// `https://work.example/jira`, with a signer for RSA-SHA1; see [the module](mod@self).
///
/// # Errors
///
/// [`InvalidUrl`](crate::ErrorKind::InvalidUrl) if the base URL cannot be read or has a query,
/// [`InsecureEndpoint`](crate::ErrorKind::InsecureEndpoint) if it is not HTTPS,
/// [`InvalidSetting`](crate::ErrorKind::InvalidSetting) if the method is not called `RSA-SHA1`.
pub fn atlassian_data_center(base: &str, rsa_sha1: SignatureMethod) -> Result<Provider, Error> {
    let base = check_site(base)?;
    if rsa_sha1.name() != "RSA-SHA1" {
        return Err(setting("Atlassian's application links are signed by RSA-SHA1"));
    }
    let at = |call: &str| format!("{base}/plugins/servlet/oauth/{call}");
    let end = TokenEnd::field("oauth_expires_in", TimeUnit::SecondsLeft);
    let renewal = Renewal::new(Call::post(at("access-token"))).with_session_handle();
    Provider::new(Endpoints {
        request_token: at("request-token"),
        authorize: at("authorize"),
        access_token: at("access-token"),
    })?
    .with_signing(Signing::new(rsa_sha1))
    .with_approval(Approval::new().with_denial("denied"))
    .with_token_life(TokenLife::new().with_end(end).with_renewal(renewal))
}
