//! Tumblr: blogs.
//!
//! Register an application at <https://www.tumblr.com/oauth/apps>, with the callback URL: the one that a flow names has
//! to be the same.
//!
//! | | |
//! |---|---|
//! | Evidence | official documentation repository; client library of July 2026 |
//! | Not known | what a denial looks like: the usual forms are understood |
//! | Not supported | OAuth 2.0, which Tumblr offers beside OAuth 1.0a; revocation, which the user does on Tumblr's page |
//!
//! HMAC-SHA1 in the header only. The callback comes back with `#_=_` behind it, which is cut off. Media are sent as
//! multipart, and their body is not signed.

use crate::provider::{
    Provider,
    endpoints::{AuthorizePage, Call, Endpoints},
    signing::Signing,
};

/// Tumblr; see [the module](mod@self).
#[must_use]
pub fn tumblr() -> Provider {
    Provider::of_known(Endpoints {
        request_token: Call::post("https://www.tumblr.com/oauth/request_token"),
        authorize: AuthorizePage::new("https://www.tumblr.com/oauth/authorize"),
        access_token: Call::post("https://www.tumblr.com/oauth/access_token"),
    })
    .without_endpoint_origins()
    .with_signing(Signing::default().with_known_origins(&["https://api.tumblr.com"]))
}
