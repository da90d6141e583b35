//! E*TRADE: brokerage accounts.
//!
//! Ask for a key at <https://developer.etrade.com>. A callback URL is registered by the provider's support, for each
//! key. Without one, the page shows a code: begin with [`Callback::out_of_band`](crate::Callback::out_of_band). With one, begin with
//! [`Callback::url`](crate::Callback::url) and the registered URL: the crate sends `oob`, and requires that the URL is confirmed.
//!
//! | | |
//! |---|---|
//! | Evidence | official documentation without a date and two official examples; a compilation of January 2026 |
//! | Inferred | nothing |
//! | Not supported | the module `loopback`: the callback has no request token, and the listener has no ticket |
//!
//! Two checks are relaxed for E*TRADE: the callback need not be confirmed if the code is shown out of band, and a callback without a request
//! token is accepted together with a ticket of the vault; see [`Approval`]. A request token lives five minutes. An access token becomes
//! inactive after two hours without a call, until you call [`Flow::renew`](crate::Flow::renew), and expires at midnight in New York. The
//! crate knows no time zones, so [`Flow::expires_at`](crate::Flow::expires_at) returns the next 04:00 UTC, which is midnight in
//! New York in summer. For a token that was granted between 04:00 and 05:00 UTC, it returns 05:00 UTC of that day. In winter,
//! tokens really end at 05:00 UTC.
//!
//! # Examples
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use tripod::{Callback, Client, Consumer, providers};
//! # use tripod_sandbox::{Persona, Sandbox};
//!
//! let client = Client::new(providers::etrade(), Consumer::new("key", "secret"))?;
//! # let sandbox = Sandbox::builder().like(Persona::Etrade).start().await?;
//! # let client = Client::from_transport(providers::etrade(), sandbox.consumer(), sandbox.transport());
//! let issued = client.begin(Callback::out_of_band()).request_token().await?;
//! # let approval = sandbox.approve(&issued.authorization_url())?;
//! # let code = approval.verifier().ok_or("access was denied")?;
//! // `code` is what the user copied from E*TRADE's page.
//! let session = issued.authorize(code)?.exchange().await?;
//! let session = session.renew().await?.into_session(); // after two hours without a call
//! session.revoke().await?;
//! # Ok(())
//! # }
//! ```

use std::time::Duration;

use crate::{
    protocol::approval::Approval,
    provider::{
        Provider,
        endpoints::{AuthorizePage, Call, Endpoints},
        signing::Signing,
        token_life::{Renewal, Revocation, TokenEnd, TokenLife},
    },
};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// E*TRADE; see [the module](mod@self).
///
/// # Security
///
/// Two checks are relaxed; see [`Approval`].
#[must_use]
pub fn etrade() -> Provider {
    with_resources_at("https://api.etrade.com")
}

/// E*TRADE's sandbox: tokens come from the same place, and resources are at `https://apisb.etrade.com`.
///
/// # Security
///
/// As for [`etrade`](fn@etrade).
#[must_use]
pub fn etrade_sandbox() -> Provider {
    with_resources_at("https://apisb.etrade.com").without_endpoint_origins()
}

fn with_resources_at(origin: &str) -> Provider {
    let page = AuthorizePage::new("https://us.etrade.com/e/t/etws/authorize")
        .with_consumer_key_name("key")
        .with_token_name("token");
    let renewal = Renewal::new(Call::get("https://api.etrade.com/oauth/renew_access_token"));
    let revocation = Call::get("https://api.etrade.com/oauth/revoke_access_token");
    let life = TokenLife::new()
        .with_request_token(Duration::from_secs(5 * 60))
        .with_end(TokenEnd::daily(4 * HOUR, 5 * HOUR))
        .with_idle_limit(2 * HOUR)
        .with_renewal(renewal)
        .with_revocation(Revocation::signed(revocation));
    Provider::of_known(Endpoints {
        request_token: Call::get("https://api.etrade.com/oauth/request_token"),
        authorize: page,
        access_token: Call::get("https://api.etrade.com/oauth/access_token"),
    })
    .with_signing(Signing::default().with_known_origins(&[origin]))
    .with_approval(
        Approval::new()
            .with_registered_callback()
            .with_unknown_denial()
            .tolerate_unconfirmed_out_of_band()
            .tolerate_callback_without_token(),
    )
    .with_known_token_life(life)
}
