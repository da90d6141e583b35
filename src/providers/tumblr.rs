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
//!
//! # Examples
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::{Callback, Client, Consumer, providers};
//! # use tripod_sandbox::{Persona, Sandbox};
//!
//! let client = Client::new(providers::tumblr(), Consumer::new("key", "secret"))?;
//! # let sandbox = Sandbox::builder().like(Persona::Tumblr).start().await?;
//! # let client = Client::from_transport(providers::tumblr(), sandbox.consumer(), sandbox.transport());
//! let issued = client.begin(Callback::url("https://app.example/back")?).request_token().await?;
//! # let approval = sandbox.approve(&issued.authorization_url())?;
//! # let url = approval.callback_url().ok_or("access was denied")?;
//! // `url` is the URL that the user comes back on.
//! let session = issued.receive_callback(url)?.exchange().await?;
//! let reply = session.get("https://api.tumblr.com/v2/user/info").send().await?;
//! assert_eq!(reply.status(), 200);
//! # Ok(())
//! # }
//! ```

use crate::{
    protocol::approval::Approval,
    provider::{
        Provider,
        endpoints::{AuthorizePage, Call, Endpoints},
        signing::Signing,
    },
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
    .with_approval(Approval::new().with_unknown_denial())
}
