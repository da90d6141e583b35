//! Providers that are ready made: FatSecret's.

// The trap: FatSecret's handshake and its data are on two hosts with different habits.

use std::{borrow::Cow, time::Duration};

use http::Method;

use super::{
    Provider, Transmission,
    endpoint::TokenCall,
    origin::{Origin, check_origin},
};
use crate::{error::Error, protocol::dialect::Dialect, signature::SignatureMethod};

pub(super) const FATSECRET_HANDSHAKE: &str = "https://authentication.fatsecret.com";
pub(super) const FATSECRET_DATA_HOST: &str = "platform.fatsecret.com";

impl Provider {
    /// FatSecret Platform: food diary, weight and exercise.
    ///
    /// Both token calls by GET with the parameters in the query, since the handshake host does not
    /// read the `Authorization` header; on the data host in the query, and in the form body of a
    /// request that has one; HMAC-SHA1; `oauth_version=1.0`. Request tokens are taken to live 15
    /// minutes, which FatSecret has never confirmed.
    ///
    /// # Source
    ///
    /// <https://platform.fatsecret.com/docs/guides/authentication/oauth1/three-legged>
    #[must_use]
    pub fn fatsecret() -> Self {
        let call = |path: &'static str| TokenCall {
            url: Cow::Borrowed(path),
            method: Method::GET,
            transmission: Transmission::Query,
        };
        Self {
            request_token: call("https://authentication.fatsecret.com/oauth/request_token"),
            authorization_url: Cow::Borrowed(
                "https://authentication.fatsecret.com/oauth/authorize",
            ),
            access_token: call("https://authentication.fatsecret.com/oauth/access_token"),
            resource_origins: vec![Origin::https(FATSECRET_DATA_HOST)],
            api_origin: Some(Origin::https(FATSECRET_DATA_HOST)),
            resource_transmission: Transmission::FormOrQuery,
            signature_method: SignatureMethod::HmacSha1,
            realm: None,
            version: true,
            tolerates_missing_confirmation: false,
            tolerates_any_success: false,
            request_token_lifetime: Some(Duration::from_secs(15 * 60)),
            dialect: Dialect::FATSECRET,
        }
    }

    /// A provider with FatSecret's habits and paths on other hosts, such as a sandbox.
    ///
    /// `handshake` and `data` are origins: `http://127.0.0.1:8080`, without a path.
    ///
    /// # Errors
    ///
    /// [`InvalidUrl`](crate::ErrorKind::InvalidUrl) for what is no origin: one with a path, a query, a
    /// fragment or user-info; [`InsecureEndpoint`](crate::ErrorKind::InsecureEndpoint) as for
    /// [`new`](Self::new).
    pub fn fatsecret_at(handshake: &str, data: &str) -> Result<Self, Error> {
        let handshake = check_origin(handshake)?;
        let at = |path: &str| format!("{handshake}{path}");
        let mut provider = Self::fatsecret();
        for url in [
            &mut provider.request_token.url,
            &mut provider.authorization_url,
            &mut provider.access_token.url,
        ] {
            *url = Cow::Owned(at(url.trim_start_matches(FATSECRET_HANDSHAKE)));
        }
        let data = check_origin(data)?;
        provider.resource_origins = vec![data.clone()];
        provider.api_origin = Some(data);
        Ok(provider)
    }
}
