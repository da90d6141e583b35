//! The life of an access token after the grant: its end, its renewal, its revocation.

use std::{sync::Arc, time::SystemTime};

use bytes::Bytes;
use http::{Request, Response};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::{
    address::Address,
    body::{Body, Form},
    outgoing::Outgoing,
    signatory::Signatory,
};
use crate::{
    client::Client,
    clock::timekeeper::Moment,
    credentials::{AccessToken, SESSION_HANDLE, system_time},
    error::{Error, groups::UnsupportedError, kind::ErrorKind, stage::Stage},
    exchange,
    protocol::reply::{TokenReply, wipe},
    provider::{
        ask::Ask,
        endpoints::Call,
        token_life::{Renewal, Revocation},
        transmission::Transmission,
    },
    refusal::{self, Classified},
    shown::{ShownAs, ShownUrl},
    signature::encode::percent_encode,
    transport::Limits,
};

/// A token that the provider has granted just now, with its moments.
pub(crate) fn granted_now(client: &Client, token: AccessToken, ask: &Ask) -> AccessToken {
    // A clock that stands before 1970 knows no moments; it could not have signed the exchange.
    let granted_at = client.time().unix_seconds().ok();
    let life = client.provider().token_life();
    let ends_at = granted_at.and_then(|now| life.end(now, |name| token.extra(name), ask));
    token.with_times(granted_at, ends_at)
}

/// When the token ends, as far as anybody can say.
pub(crate) fn expires_at(who: &Signatory<AccessToken>) -> Option<SystemTime> {
    let (_, ends_at) = who.token().times();
    let Some(idle) = who.client().provider().token_life().idle_limit() else {
        return ends_at.and_then(system_time);
    };
    let inactive_at = who.used_at()?.checked_add(idle.as_secs())?;
    system_time(ends_at.map_or(inactive_at, |ends_at| ends_at.min(inactive_at)))
}

/// When what was `token` was granted and ends, after a renewal now whose reply has these fields. The flow that asked for a
/// lifetime is gone; the moments of the token say how long it was.
fn renewed_times<'a>(
    client: &Client,
    token: &AccessToken,
    field: impl Fn(&str) -> Option<&'a str>,
) -> (Option<u64>, Option<u64>) {
    let (granted_at, ends_at) = token.times();
    let lifetime = granted_at.zip(ends_at).and_then(|(from, until)| until.checked_sub(from));
    let now = client.time().unix_seconds().ok();
    let life = client.provider().token_life();
    (now, now.and_then(|now| life.end_of_renewed(now, field, lifetime)))
}

/// Renews the token. Gives it as it is then, and whether it is another pair.
pub(crate) async fn renew(who: &Arc<Signatory<AccessToken>>) -> Result<(AccessToken, bool), Error> {
    let (client, token) = (who.client(), who.token());
    let Some(renewal) = client.provider().token_life().renewal() else {
        return Err(no_call(Stage::Renewal, "renewal"));
    };
    let mut protocol = Vec::new();
    if renewal.session_handle {
        let Some(handle) = token.extra(SESSION_HANDLE) else {
            let reason =
                "the access token has no oauth_session_handle, without which it cannot be renewed";
            return Err(Error::new(Stage::Renewal, ErrorKind::InvalidSetting { reason }));
        };
        protocol.push((SESSION_HANDLE, handle));
    }
    let who: Arc<Signatory> = Arc::clone(who) as _;
    let build = |moment: &Moment| {
        let call = outgoing(&renewal.call, &renewal.call.url)?;
        call.sign(&who, call.address.base()?, &protocol, moment)
    };
    let shown = ShownUrl::of(&renewal.call.url).to_string();
    let reply = call(&who, Stage::Renewal, build, shown.clone()).await?;
    let pair = pair_in(&reply, renewal);
    let status = reply.status();
    wipe(reply);
    let pair = pair.map_err(|error| error.with_endpoint(shown).with_status(status))?;

    let renewed = if let Some(new) = pair {
        let field = |name: &str| new.extra.get(name).map(ExposeSecret::expose_secret);
        let (granted_at, ends_at) = renewed_times(client, token, field);
        let mut extras = token.extras().clone();
        extras.extend(new.extra);
        let token = AccessToken::from_pair(new.pair).with_extras(extras);
        token.with_times(granted_at, ends_at)
    } else {
        let (granted_at, ends_at) = match renewed_times(client, token, |_| None) {
            // A lifetime begins again; an end at midnight only moves.
            (now, Some(end)) if client.provider().token_life().has_lifetime() => (now, Some(end)),
            (_, Some(end)) => (token.times().0, Some(end)),
            // An end that a field tells is told again only with a new pair.
            (_, None) => token.times(),
        };
        token.clone().with_times(granted_at, ends_at)
    };
    let pair_changed = renewed.token() != token.token()
        || renewed.secret().expose_secret() != token.secret().expose_secret();
    Ok((renewed, pair_changed))
}

pub(crate) async fn revoke(who: &Arc<Signatory<AccessToken>>) -> Result<(), Error> {
    let (client, token) = (who.client(), who.token());
    let Some(revocation) = client.provider().token_life().revocation() else {
        return Err(no_call(Stage::Revocation, "revocation"));
    };
    let url = |revocation: &Revocation| {
        let secret = Zeroizing::new(percent_encode(token.secret().expose_secret()).into_owned());
        revocation.url(&Zeroizing::new(percent_encode(token.token()).into_owned()), &secret)
    };
    // With the words in place of the secrets.
    let shown: Arc<str> = ShownUrl::of(&revocation.call.url).to_string().into();
    let who: Arc<Signatory> = Arc::clone(who) as _;
    let build = |moment: &Moment| {
        let call = outgoing(&revocation.call, &url(revocation))?;
        let mut request = if revocation.is_signed {
            call.sign(&who, call.address.base()?, &[], moment)?
        } else {
            call.unsigned_request(&who)?
        };
        request.extensions_mut().insert(ShownAs(Arc::clone(&shown)));
        Ok(request)
    };
    let reply = call(&who, Stage::Revocation, build, shown.to_string()).await?;
    wipe(reply);
    Ok(())
}

fn no_call(stage: Stage, call: &'static str) -> Error {
    Error::new(stage, UnsupportedError::NoSuchCall { call })
}

fn outgoing(call: &Call, url: &str) -> Result<Outgoing, Error> {
    let mut outgoing = Outgoing::new(call.method.clone(), Address::new(url)?, call.transmission);
    if call.transmission == Transmission::Form {
        outgoing.body = Body::Form(Form::default());
    }
    Ok(outgoing)
}

/// A renewal or a revocation. Neither is repeated if it may have happened, even if its method is GET: the token may be
/// another one by then.
struct LifeCall<'a, B> {
    who: &'a Signatory,
    stage: Stage,
    build: B,
}

impl<B: Fn(&Moment) -> Result<Request<Bytes>, Error>> exchange::Call for LifeCall<'_, B> {
    fn client(&self) -> &Client {
        self.who.client()
    }

    fn stage(&self) -> Stage {
        self.stage
    }

    fn operation(&self) -> &'static str {
        if self.stage == Stage::Renewal { "renewal" } else { "revocation" }
    }

    fn limits(&self) -> Limits {
        self.who.client().token_limits()
    }

    fn is_repeatable(&self) -> bool {
        false
    }

    fn secrets(&self) -> Vec<&str> {
        self.who.secrets()
    }

    fn build(&self, moment: &Moment) -> Result<Request<Bytes>, Error> {
        (self.build)(moment)
    }
}

/// Sends what `build` makes, and makes an error of a refusal.
async fn call(
    who: &Signatory,
    stage: Stage,
    build: impl Fn(&Moment) -> Result<Request<Bytes>, Error> + Send,
    shown: String,
) -> Result<Response<Bytes>, Error> {
    let call = LifeCall { who, stage, build };
    let Classified { reply, problem, .. } = exchange::exchange(&call).await?;
    if refusal::is_done(&reply, &problem) {
        return Ok(reply);
    }
    let parts = (reply.status(), reply.headers(), &reply.body()[..]);
    let error = refusal::error(who.client(), stage, parts, &problem, &who.secrets());
    Err(error.with_endpoint(shown).with_status(reply.status()))
}

/// The new token and secret in the reply to a renewal, if it has them. With a session handle it always has: there
/// the reply is that to a request for a token.
fn pair_in(reply: &Response<Bytes>, renewal: &Renewal) -> Result<Option<TokenReply>, Error> {
    let text = std::str::from_utf8(reply.body()).unwrap_or_default();
    if renewal.session_handle || text.contains("oauth_token=") {
        TokenReply::parse(Stage::Renewal, reply.body()).map(Some)
    } else {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        clock::Clock,
        credentials::Consumer,
        provider::{Endpoints, Provider, TokenEnd, TokenLife},
        transport::{Transport, TransportFuture},
    };

    const NOW: u64 = 1_767_225_600;

    #[derive(Debug)]
    struct Stopped;

    impl Clock for Stopped {
        fn unix_seconds(&self) -> i64 {
            1_767_225_600
        }
        fn monotonic(&self) -> Duration {
            Duration::ZERO
        }
    }

    struct Nobody;

    impl Transport for Nobody {
        fn send(&self, _: Request<Bytes>, _: Limits) -> TransportFuture {
            Box::pin(std::future::pending())
        }
    }

    fn client() -> Client {
        let provider = Provider::new(Endpoints {
            request_token: "https://p.example/r",
            authorize: "https://p.example/a",
            access_token: "https://p.example/t",
        })
        .unwrap();
        let life = TokenLife::new()
            .with_end(TokenEnd::After(Duration::from_secs(9000)))
            .with_idle_limit(Duration::from_secs(7200));
        let provider = provider.with_token_life(life).unwrap();
        Client::from_transport(provider, Consumer::new("k", "s"), Nobody).with_clock(Stopped)
    }

    fn token() -> AccessToken {
        AccessToken::new("t", "s").unwrap()
    }

    #[test]
    fn idle_time_is_known_from_the_grant_on_and_unknown_for_a_stored_token() {
        let client = client();
        let granted = granted_now(&client, token(), &Ask::new());
        assert_eq!(granted.expires_at(), system_time(NOW + 9000));
        let fresh = Signatory::new(&client, granted);
        fresh.was_used();
        assert_eq!(expires_at(&fresh), system_time(NOW + 7200));
        let stored = token().with_times(Some(NOW), Some(NOW + 9000));
        assert_eq!(expires_at(&Signatory::new(&client, stored.clone())), None);
        let soon = Signatory::new(&client, stored.with_times(Some(NOW), Some(NOW + 60)));
        soon.was_used();
        assert_eq!(expires_at(&soon), system_time(NOW + 60));
    }
}
