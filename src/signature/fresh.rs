// Signing now: with the time and a nonce that are taken here.
//
// The only part of this module that is no pure function. The trap: it remembers nothing between requests, so
// it knows neither a provider's clock nor which timestamps the provider has seen.

use http::HeaderValue;

use super::{
    signer::Signer,
    to_sign::{Stamp, ToSign},
    transmission::sensitive,
    uri::BaseUri,
};
use crate::{
    clock::{Clock as _, SystemClock},
    error::Error,
    nonce::Nonce,
};

/// # Sign a request that you send now
impl Signer {
    /// Signs a request that you send now with any HTTP client, and returns the value of its `Authorization` header.
    ///
    /// The timestamp comes from the system's clock, and the nonce is random. `url` is the URL as it is sent; its query is
    /// signed too. `pairs` are the decoded pairs of a form body, if there is one, and nothing otherwise.
    ///
    /// A signature can be used for one request only: to send the request again, sign it again. A
    /// [`Session`](crate::Session) does more: it signs for the provider's own hosts only, and puts the parameters where
    /// the provider expects them. If a provider's clock differs, or if it requires timestamps that never decrease (as
    /// FatSecret does), use a [`Client`](crate::Client), which remembers both.
    ///
    /// # Errors
    ///
    /// The errors of [`signature`](Self::signature), and [`ErrorKind::InvalidUrl`](crate::ErrorKind::InvalidUrl) if the URL is
    /// not absolute.
    ///
    /// # Security
    ///
    /// The value contains the token, and is marked sensitive. Do not follow redirects with it.
    ///
    /// # Source
    ///
    /// RFC 5849 sections 3.3 and 3.5.1.
    ///
    /// # Examples
    ///
    /// ```
    /// use tripod::{AccessToken, Consumer, Error, signature::{SignatureMethod, Signer}};
    ///
    /// fn signed(
    ///     consumer: &Consumer,
    ///     token: &AccessToken,
    /// ) -> Result<http::HeaderValue, Error> {
    ///     let signer = Signer::new(SignatureMethod::HmacSha1, consumer, Some((token.token(), token.secret())));
    ///     signer.authorization_now("GET", "https://photos.example.net/photos?size=original", &[])
    /// }
    /// ```
    pub fn authorization_now(
        &self,
        http_method: &str,
        url: &str,
        pairs: &[(&str, &str)],
    ) -> Result<HeaderValue, Error> {
        let text = now(http_method, url, pairs, |request| self.authorization(request, None))?;
        sensitive(text)
    }

    /// Signs a request that you send now with any HTTP client, and returns `pairs` and OAuth's parameters, encoded:
    /// as the form body, or to append to the URL's query.
    ///
    /// Otherwise it is like [`authorization_now`](Self::authorization_now). Use it for providers that do not read
    /// the header.
    ///
    /// # Errors
    ///
    /// The errors of [`authorization_now`](Self::authorization_now).
    ///
    /// # Security
    ///
    /// As for [`parameters_into`](Self::parameters_into): a query is stored in logs.
    ///
    /// # Source
    ///
    /// RFC 5849 sections 3.3, 3.5.2 and 3.5.3.
    pub fn signed_query_now(
        &self,
        http_method: &str,
        url: &str,
        pairs: &[(&str, &str)],
    ) -> Result<String, Error> {
        let mut out = String::new();
        now(http_method, url, pairs, |request| self.signed_query_into(request, &mut out))?;
        Ok(out)
    }
}

fn now<T>(
    http_method: &str,
    url: &str,
    pairs: &[(&str, &str)],
    sign: impl FnOnce(&ToSign<'_, &str, &str>) -> Result<T, Error>,
) -> Result<T, Error> {
    let nonce = Nonce::random();
    // A clock before 1970 is 0 here, which the signer refuses.
    let timestamp = u64::try_from(SystemClock::new().unix_seconds()).unwrap_or_default();
    let stamp = Some(Stamp { timestamp, nonce: nonce.as_str() });
    sign(&ToSign { http_method, uri: BaseUri::parse(url)?, pairs, protocol: &[], stamp })
}
