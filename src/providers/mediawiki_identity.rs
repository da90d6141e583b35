//! Who a token of a wiki's belongs to: a JSON Web Token that the wiki signs with the consumer secret.

// The trap: a claim counts only once the signature, the audience and the nonce are checked. The algorithm is the one
// that is known, whatever the token's head says.

use std::sync::{Arc, Mutex, PoisonError};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{Method, Request};
use secrecy::ExposeSecret as _;
use sha2::Sha256;

use super::reply::{malformed, missing};
use crate::{
    client::Client,
    clock::timekeeper::Moment,
    credentials::Consumer,
    error::{Error, class::ErrorClass, kind::ErrorKind, stage::Stage},
    exchange::{self, Call},
    flow::Session,
    json::Value,
    refusal::{self, Classified},
    resource::{address::Address, outgoing::Outgoing, signatory::Signatory},
    shown::ShownUrl,
    transport::Limits,
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
        let error = Error::new(Stage::Resource, ErrorKind::InvalidSetting { reason });
        // The provider's description is wrong, not the request.
        return Err(error.with_class(ErrorClass::Configuration));
    };
    let question = Question::new(session, &format!("{base}/identify"))?;
    let about = |error: Error| {
        let url = ShownUrl::of_uri(question.outgoing.address.uri());
        error.at_stage(Stage::Resource).with_endpoint(url.to_string())
    };
    let Classified { reply, problem, .. } = exchange::exchange(&question).await.map_err(about)?;
    let text = std::str::from_utf8(reply.body()).unwrap_or_default().trim();
    // A refusal is a sentence or JSON, mostly with status 200.
    if !reply.status().is_success() || text.split('.').count() != 3 || text.contains([' ', '{']) {
        let parts = (reply.status(), reply.headers(), &reply.body()[..]);
        let secrets = question.who.secrets();
        return Err(about(refusal::error(client, Stage::Resource, parts, &problem, &secrets)));
    }
    question.who.was_used();
    let nonce = question.nonce.lock().unwrap_or_else(PoisonError::into_inner);
    read(text, client.consumer(), &nonce, client.time().provider_seconds()?)
}

/// The call, as often as it is made.
struct Question {
    who: Arc<Signatory>,
    outgoing: Outgoing,
    /// Of the last request. The answer must have it.
    nonce: Mutex<String>,
}

impl Question {
    fn new(session: &Session, url: &str) -> Result<Self, Error> {
        let transmission = session.client().provider().signing().transmission();
        Ok(Self {
            who: session.signatory(),
            outgoing: Outgoing::new(Method::POST, Address::new(url)?, transmission),
            nonce: Mutex::default(),
        })
    }
}

impl Call for Question {
    fn client(&self) -> &Client {
        self.who.client()
    }

    /// The wiki refuses it in the words in which it refuses a request for a token.
    fn stage(&self) -> Stage {
        Stage::AccessToken
    }

    fn operation(&self) -> &'static str {
        "identify"
    }

    fn limits(&self) -> Limits {
        self.client().token_limits()
    }

    fn is_repeatable(&self) -> bool {
        true
    }

    fn secrets(&self) -> Vec<&str> {
        self.who.secrets()
    }

    fn build(&self, moment: &Moment) -> Result<Request<Bytes>, Error> {
        let mut nonce = self.nonce.lock().unwrap_or_else(PoisonError::into_inner);
        moment.nonce.as_str().clone_into(&mut nonce);
        self.outgoing.sign(&self.who, self.outgoing.address.base()?, &[], moment)
    }
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
    use crate::error::groups::ReplyError;

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
