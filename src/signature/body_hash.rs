//! The hash of a body that is not a form, OAuth Request Body Hash (draft 00).

// OAuth signs no other body, so an extension sends its hash as `oauth_body_hash`, which is
// signed. The trap: providers that do not know the extension may refuse it; FatSecret does.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sha1::{Digest, Sha1};
use sha2::{Sha256, Sha512};

use super::method::SignatureMethod;

/// Returns the value of `oauth_body_hash` for a body that is not a form.
///
/// The hash is that of the signature method: SHA-256 or SHA-512 for these HMACs and for a custom
/// method whose name ends in `SHA256` or `SHA512`, SHA-1 for all others. Send it only to a provider that asks
/// for it, and never with a form body.
///
/// # Source
///
/// OAuth Request Body Hash, draft 00, section 3.1.
///
/// # Examples
///
/// ```
/// use tripod::signature::{SignatureMethod, body_hash};
///
/// let hash = body_hash(&SignatureMethod::HmacSha1, b"Hello World!");
/// assert_eq!(hash, "Lve95gjOVATpfV8EL5X4nxwjKHE=");
/// ```
#[must_use]
pub fn body_hash(method: &SignatureMethod, body: &[u8]) -> String {
    let name = method.name();
    if name.ends_with("SHA256") {
        BASE64.encode(Sha256::digest(body))
    } else if name.ends_with("SHA512") {
        BASE64.encode(Sha512::digest(body))
    } else {
        BASE64.encode(Sha1::digest(body))
    }
}
