//! Mastercard's APIs.
//!
//! Make a project at <https://developer.mastercard.com> for a consumer key and a signing key. There is no handshake, no
//! token, and the consumer secret is not used. The page *RSA* of the guide's [providers](crate::guide::providers) has a signer.
//!
//! | | |
//! |---|---|
//! | Evidence | official documentation of February 2026 |
//! | Inferred | nothing |
//! | Not supported | RSA-PSS; encrypted payloads; forms |
//!
//! RSA-SHA256 in the header, and `oauth_body_hash` (SHA-256) with every request, also with an empty body, but not with
//! a form: the extension forbids the hash there, because the fields are signed. Mastercard wants the hash with every
//! request, so send JSON or another body that is not a form.
//!
//! # Examples
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::{Consumer, SignatureMethod, SigningClient, providers};
//! # use tripod::{BoxError, signature::{Sign, SigningKey}};
//! # struct Rsa; // your signer
//! # impl Sign for Rsa {
//! #     fn name(&self) -> &str { "RSA-SHA256" }
//! #     fn sign(&self, _: &str, _: &SigningKey<'_>) -> Result<Vec<u8>, BoxError> { Ok(vec![0; 256]) }
//! # }
//!
//! // `Rsa` is your signer, an implementation of `Sign`.
//! let signing = providers::mastercard(SignatureMethod::custom(Rsa))?;
//! let client = SigningClient::new(signing, Consumer::new("key", ""))?; // the secret is not used
//! let (request, _) = client.signed().get("https://api.mastercard.com/locations").build()?;
//! let header = request.headers()["authorization"].to_str()?;
//! assert!(header.contains("oauth_body_hash="));
//! # Ok(())
//! # }
//! ```

use crate::{error::Error, provider::signing::Signing, signature::method::SignatureMethod};

use super::site::setting;

/// How requests to Mastercard are signed, with a signer for RSA-SHA256; for
/// [`SigningClient`](crate::SigningClient). See [the module](mod@self).
///
/// # Errors
///
/// [`InvalidSetting`](crate::ErrorKind::InvalidSetting) if the method is not called `RSA-SHA256`.
pub fn mastercard(rsa_sha256: SignatureMethod) -> Result<Signing, Error> {
    if rsa_sha256.name() != "RSA-SHA256" {
        return Err(setting("Mastercard's requests are signed by RSA-SHA256"));
    }
    let origins = ["https://api.mastercard.com", "https://sandbox.api.mastercard.com"];
    Ok(Signing::new(rsa_sha256).with_body_hash().with_known_origins(&origins))
}
