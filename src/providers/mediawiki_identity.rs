//! Who a token of a wiki's belongs to: a JSON Web Token that the wiki signs with the consumer secret.

// The trap: a claim counts only once the signature, the audience and the nonce are checked. The algorithm is the one
// that is known, whatever the token's head says.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Request, header};
use secrecy::ExposeSecret as _;
use sha2::Sha256;

use super::reply::{malformed, missing};
use crate::{
    credentials::Consumer,
    error::{Error, groups::ReplyError, kind::ErrorKind, stage::Stage},
    flow::Session,
    protocol::json::Value,
    refusal,
    shown::ShownUrl,
};

/// How far the clocks may be apart, in seconds.
const LEEWAY: u64 = 300;

/// The user that a token belongs to, as the wiki has signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// The user's number at the central wiki.
    pub id: u64,
    /// The user's name.
    pub username: String,
    /// The wiki that has signed, such as `https://meta.wikimedia.org`.
    pub issuer: String,
}

/// Asks the wiki who the session's user is, and checks that the answer is signed with the consumer secret, for this
/// consumer and this request, and that it is current.
///
/// # Errors
///
/// The errors of a request for a resource; [`Malformed`](crate::ReplyError::Malformed) for an answer that fails a
/// check, and [`MissingField`](crate::ReplyError::MissingField) for one without a name or a number.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tripod::providers::mediawiki::{self, Identity};
/// # use tripod::{Callback, Client, providers};
/// # use tripod_sandbox::{Persona, Sandbox};
/// # let provider = providers::wikimedia("Sunflower/1.0 (me@sunflower.example)")?;
/// # let sandbox = Sandbox::builder().like(Persona::MediaWiki).start().await?;
/// # let client = Client::from_transport(provider, sandbox.consumer(), sandbox.transport());
/// # let issued = client.begin(Callback::out_of_band()).request_token().await?;
/// # let approval = sandbox.approve(&issued.authorization_url())?;
/// # let code = approval.verifier().ok_or("access was denied")?;
/// # let session = issued.authorize(code)?.exchange().await?;
///
/// // `session` is what the login gave.
/// let user: Identity = mediawiki::identify(&session).await?;
/// assert_eq!(user.username, "ada");
/// assert_eq!(user.issuer, "https://meta.wikimedia.org");
/// # Ok(())
/// # }
/// ```
pub async fn identify(session: &Session) -> Result<Identity, Error> {
    let client = session.client();
    let token_url = &client.provider().access_token().url;
    let Some(base) = token_url.strip_suffix("/token") else {
        let reason = "the provider is no wiki: its access-token call does not end in /token";
        return Err(Error::new(Stage::Resource, ErrorKind::InvalidSetting { reason }));
    };
    let url = format!("{base}/identify");
    let about = |error: Error| error.with_endpoint(ShownUrl::of(&url).to_string());
    let limits = client.token_limits();
    let mut was_signed_again = false;
    loop {
        let (request, pending) = session.post(&url).build()?;
        let nonce = nonce_of(&request).ok_or_else(|| malformed("the request has no nonce"))?;
        let sent = client.transport().send(request, limits).await;
        let reply = sent.map_err(|failure| about(failure.into_error(Stage::Resource)))?;
        if reply.body().len() > limits.reply_bytes {
            let kind = ErrorKind::Reply(ReplyError::TooLarge { limit: limits.reply_bytes });
            return Err(about(Error::new(Stage::Resource, kind)));
        }
        let text = std::str::from_utf8(reply.body()).unwrap_or_default().trim();
        let problem = refusal::classify(client, Stage::AccessToken, &reply);
        let asks_to_sign_again = pending.learn(&reply, &problem);
        // A refusal is a sentence or JSON, mostly with status 200.
        if reply.status().is_success() && text.split('.').count() == 3 && !text.contains([' ', '{'])
        {
            return read(text, client.consumer(), &nonce, client.time().provider_seconds()?);
        }
        if asks_to_sign_again && !was_signed_again {
            was_signed_again = true;
            continue;
        }
        let parts = (reply.status(), reply.headers(), &reply.body()[..]);
        let token = session.access_token();
        let secrets = [
            client.consumer().secret().expose_secret(),
            token.token(),
            token.secret().expose_secret(),
        ];
        return Err(about(refusal::error(client, Stage::Resource, parts, &problem, &secrets)));
    }
}

/// The nonce that a request was signed with: letters and digits, so that nothing has to be decoded.
fn nonce_of(request: &Request<Bytes>) -> Option<String> {
    let header = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let behind = header.split_once("oauth_nonce=\"")?.1;
    behind.split_once('"').map(|(nonce, _)| nonce.to_owned())
}

fn read(token: &str, consumer: &Consumer, nonce: &str, now: u64) -> Result<Identity, Error> {
    let (signed, signature) = token.rsplit_once('.').unwrap_or_default();
    let (_, claims) = signed.split_once('.').unwrap_or_default();
    let decode = |text: &str| {
        let text = text.trim_end_matches('=');
        BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| malformed("the identity is not Base64"))
    };
    let secret = consumer.secret().expose_secret().as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)
        .map_err(|_| malformed("the consumer secret is no key"))?;
    mac.update(signed.as_bytes());
    mac.verify_slice(&decode(signature)?)
        .map_err(|_| malformed("the identity is not signed with the consumer secret"))?;

    let claims =
        String::from_utf8(decode(claims)?).map_err(|_| malformed("the identity is not UTF-8"))?;
    let names = ["sub", "username", "iss", "aud", "nonce", "iat", "exp"];
    let (values, is_whole) = Value::document(&claims).members(names);
    if !is_whole {
        return Err(malformed("the identity is not JSON"));
    }
    let texts = values.map(|value| value.and_then(Value::text));
    let [id, username, issuer, audience, signed_nonce, issued_at, expires_at] = texts;
    if audience.as_deref() != Some(consumer.key()) {
        return Err(malformed("the identity is for another consumer"));
    }
    if signed_nonce.as_deref() != Some(nonce) {
        return Err(malformed("the identity answers another request"));
    }
    let seconds = |text: Option<std::borrow::Cow<'_, str>>| text.and_then(|text| text.parse().ok());
    let (issued_at, expires_at): (Option<u64>, Option<u64>) =
        (seconds(issued_at), seconds(expires_at));
    let is_now = issued_at.is_some_and(|at| at <= now.saturating_add(LEEWAY))
        && expires_at.is_none_or(|at| at.saturating_add(LEEWAY) >= now);
    if !is_now {
        return Err(malformed("the identity is not of now; check this machine's clock"));
    }
    Ok(Identity {
        id: id.and_then(|id| id.parse().ok()).ok_or_else(|| missing("sub"))?,
        username: username.ok_or_else(|| missing("username"))?.into_owned(),
        issuer: issuer.ok_or_else(|| missing("iss"))?.into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_767_225_600;

    fn signed(claims: &str, secret: &str) -> String {
        let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let text = format!("{}.{}", part(r#"{"typ":"JWT","alg":"HS256"}"#), part(claims));
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(text.as_bytes());
        let signature = BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        format!("{text}.{signature}")
    }

    const CLAIMS: &str = r#"{"iss":"https://meta.wikimedia.org","sub":17,"aud":"key","exp":1767225700,"iat":1767225600,"nonce":"n1","username":"Ad\u00e4"}"#;

    #[track_caller]
    fn refuses(claims: &str, secret: &str, reason: &'static str) {
        let consumer = Consumer::new("key", "secret");
        let error = read(&signed(claims, secret), &consumer, "n1", NOW).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::Reply(ReplyError::Malformed { reason }));
    }

    #[test]
    fn an_identity_is_for_this_consumer_this_request_and_now() {
        let consumer = Consumer::new("key", "secret");
        let identity = read(&signed(CLAIMS, "secret"), &consumer, "n1", NOW).unwrap();
        assert_eq!((identity.id, identity.username.as_str()), (17, "Adä"));
        assert_eq!(identity.issuer, "https://meta.wikimedia.org");
        refuses(CLAIMS, "other", "the identity is not signed with the consumer secret");
        refuses(
            &CLAIMS.replace("\"key\"", "\"other\""),
            "secret",
            "the identity is for another consumer",
        );
        refuses(
            &CLAIMS.replace("\"n1\"", "\"n2\""),
            "secret",
            "the identity answers another request",
        );
        let late = "the identity is not of now; check this machine's clock";
        refuses(&CLAIMS.replace("1767225700", "1767220000"), "secret", late);
        refuses(&CLAIMS.replace("\"iat\":1767225600", "\"iat\":1767226000"), "secret", late);
        refuses(&CLAIMS.replace("\"iat\":1767225600,", ""), "secret", late);
    }

    #[test]
    fn what_is_no_identity_does_no_harm() {
        let consumer = Consumer::new("key", "secret");
        for text in ["", ".", "..", "a.b.c", "é.é.é", "{}.{}.{}"] {
            assert!(read(text, &consumer, "n1", NOW).is_err(), "{text}");
        }
        for claims in ["", "[]", "{", "null"] {
            assert!(read(&signed(claims, "secret"), &consumer, "n1", NOW).is_err(), "{claims}");
        }
    }
}
