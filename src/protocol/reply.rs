//! Token replies, RFC 5849 sections 2.1 and 2.3.
//!
//! The form is what counts, not the `Content-Type`: real providers send all sorts. Unknown fields
//! stay; the ones that matter must be there exactly once.

use std::{borrow::Cow, collections::BTreeMap};

use bytes::Bytes;
use http::Response;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroize as _;

use crate::{
    credentials::TokenPair,
    error::{Error, groups::ReplyError, kind::ErrorKind, stage::Stage},
    protocol::approval::Approval,
    signature::params::decode_pairs,
};

/// A token reply is as secret as its token. Wipes it, unless the transport has kept a hold on it.
pub(crate) fn wipe(reply: Response<Bytes>) {
    if let Ok(mut body) = reply.into_body().try_into_mut() {
        body.zeroize();
    }
}

/// Proof that the provider confirmed the callback, or that the caller marked it as one that never
/// does. [`TokenReply::confirmed`] makes one, and a snapshot makes it again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Confirmed(());

impl Confirmed {
    /// The proof that a flow had when it was put away; only a snapshot of such a flow may say so.
    #[cfg(feature = "vault")]
    pub(crate) fn before_it_was_put_away() -> Self {
        Self(())
    }
}

/// The fields of a token reply, each known to be there once.
#[derive(Debug)]
pub(crate) struct TokenReply {
    stage: Stage,
    pub(crate) pair: TokenPair,
    confirmed: Option<SecretString>,
    pub(crate) extra: BTreeMap<String, SecretString>,
}

impl TokenReply {
    pub(crate) fn parse(stage: Stage, body: &[u8]) -> Result<Self, Error> {
        let malformed =
            |reason| Error::new(stage, ErrorKind::Reply(ReplyError::Malformed { reason }));
        let text = std::str::from_utf8(body).map_err(|_| malformed("it is not UTF-8"))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text = text.trim_matches(|c: char| c.is_ascii_whitespace());
        match text.bytes().next() {
            None => return Err(malformed("it is empty")),
            Some(b'<') => return Err(malformed("it is HTML or XML and not form-encoded text")),
            Some(b'{' | b'[') => return Err(malformed("it is JSON and not form-encoded text")),
            _ => {}
        }
        // All of them, since any may be a secret under a name of the provider's own.
        let pairs: Vec<(Cow<'_, str>, SecretString)> = decode_pairs(text)
            .map_err(|_| malformed("a field is not UTF-8 once percent-decoded"))?
            .into_iter()
            .map(|(name, value)| (name, SecretString::from(value.into_owned())))
            .collect();

        let mut token = Field::new("oauth_token");
        let mut secret = Field::new("oauth_token_secret");
        let mut confirmed = Field::new("oauth_callback_confirmed");
        let mut extra = BTreeMap::new();
        for (name, value) in pairs {
            let field = [&mut token, &mut secret, &mut confirmed]
                .into_iter()
                .find(|field| field.name == name);
            match field {
                Some(field) => field.set(stage, value)?,
                None => {
                    extra.entry(name.into_owned()).or_insert(value);
                }
            }
        }
        // An empty token names nothing; an empty secret is legal.
        let missing = |name| Error::new(stage, ErrorKind::Reply(ReplyError::MissingField { name }));
        let token = token.value.filter(|token| !token.expose_secret().is_empty());
        let token = token.ok_or_else(|| missing("oauth_token"))?;
        let secret = secret.value.ok_or_else(|| missing("oauth_token_secret"))?;
        Ok(Self { stage, pair: TokenPair { token, secret }, confirmed: confirmed.value, extra })
    }

    /// Checks `oauth_callback_confirmed`: `true` in any letter case, or what this provider is known for.
    pub(crate) fn confirmed(
        &self,
        approval: &Approval,
        is_out_of_band: bool,
    ) -> Result<Confirmed, Error> {
        let said = self.confirmed.as_ref().map(ExposeSecret::expose_secret);
        if approval.is_confirmed(said, is_out_of_band) {
            return Ok(Confirmed(()));
        }
        Err(Error::new(self.stage, ReplyError::CallbackNotConfirmed))
    }
}

struct Field {
    name: &'static str,
    value: Option<SecretString>,
}

impl Field {
    fn new(name: &'static str) -> Self {
        Self { name, value: None }
    }

    fn set(&mut self, stage: Stage, value: SecretString) -> Result<(), Error> {
        match self.value.replace(value) {
            None => Ok(()),
            Some(_) => Err(Error::new(
                stage,
                ErrorKind::Reply(ReplyError::RepeatedField { name: self.name }),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<TokenReply, ErrorKind> {
        TokenReply::parse(Stage::RequestToken, body.as_bytes()).map_err(|e| e.kind().clone())
    }

    #[track_caller]
    fn check(body: &str, token: &str, secret: &str) {
        let reply = parse(body).unwrap();
        assert_eq!(reply.pair.token.expose_secret(), token);
        assert_eq!(reply.pair.secret.expose_secret(), secret);
    }

    #[track_caller]
    fn refuses(body: &str, kind: &ErrorKind) {
        assert_eq!(parse(body).unwrap_err(), *kind);
    }

    // checklist 8
    #[test]
    fn form_text_is_read_as_form_text() {
        check("oauth_token=a&oauth_token_secret=b", "a", "b");
        check("oauth_token=a&oauth_token_secret=b\r\n", "a", "b");
        check("\u{feff}oauth_token=a&oauth_token_secret=b", "a", "b");
        check("oauth_token_secret=b&oauth_token=a&oauth_authorized_realms=", "a", "b");
        check("oauth_token=a+b&oauth_token_secret=c%2Bd", "a b", "c+d");
        check("oauth_token=a&oauth_token_secret=", "a", "");
    }

    // checklist 9
    #[test]
    fn both_token_fields_are_required_once() {
        refuses(
            "oauth_token=a",
            &ErrorKind::Reply(ReplyError::MissingField { name: "oauth_token_secret" }),
        );
        refuses(
            "oauth_token_secret=a",
            &ErrorKind::Reply(ReplyError::MissingField { name: "oauth_token" }),
        );
        refuses(
            "oauth_token=&oauth_token_secret=a",
            &ErrorKind::Reply(ReplyError::MissingField { name: "oauth_token" }),
        );
        refuses(
            "oauth_token=a&oauth_token=a&oauth_token_secret=b",
            &ErrorKind::Reply(ReplyError::RepeatedField { name: "oauth_token" }),
        );
        refuses(
            "oauth_token=a&oauth_token_secret=b&oauth_token_secret=c",
            &ErrorKind::Reply(ReplyError::RepeatedField { name: "oauth_token_secret" }),
        );
    }

    #[test]
    fn what_is_not_a_form_is_named() {
        refuses("", &ErrorKind::Reply(ReplyError::Malformed { reason: "it is empty" }));
        refuses(
            "<html>",
            &ErrorKind::Reply(ReplyError::Malformed {
                reason: "it is HTML or XML and not form-encoded text",
            }),
        );
        refuses(
            " {\"a\":1}",
            &ErrorKind::Reply(ReplyError::Malformed {
                reason: "it is JSON and not form-encoded text",
            }),
        );
        refuses(
            "oauth_token=%FF&oauth_token_secret=b",
            &ErrorKind::Reply(ReplyError::Malformed {
                reason: "a field is not UTF-8 once percent-decoded",
            }),
        );
        let error = TokenReply::parse(Stage::AccessToken, &[0xff, 0xfe]).unwrap_err();
        assert_eq!(
            *error.kind(),
            ErrorKind::Reply(ReplyError::Malformed { reason: "it is not UTF-8" })
        );
        assert_eq!(error.stage(), Stage::AccessToken);
    }

    // checklist 10
    #[test]
    fn the_callback_must_be_confirmed() {
        let confirmed = |field: &str, tolerated| {
            let approval = if tolerated {
                Approval::new().tolerate_missing_confirmation()
            } else {
                Approval::new()
            };
            let body = format!("oauth_token=a&oauth_token_secret=b{field}");
            parse(&body).and_then(|r| r.confirmed(&approval, true).map_err(|e| e.kind().clone()))
        };
        for yes in ["true", "True", "TRUE"] {
            assert!(confirmed(&format!("&oauth_callback_confirmed={yes}"), false).is_ok());
        }
        for tolerated in [false, true] {
            for no in ["=false", "=", "", "=1", "=true%20"] {
                let field = format!("&oauth_callback_confirmed{no}");
                assert_eq!(
                    confirmed(&field, tolerated).unwrap_err(),
                    ErrorKind::Reply(ReplyError::CallbackNotConfirmed),
                    "{field}"
                );
            }
            let twice = "&oauth_callback_confirmed=true&oauth_callback_confirmed=true";
            assert!(confirmed(twice, tolerated).is_err());
        }
        assert_eq!(
            confirmed("", false).unwrap_err(),
            ErrorKind::Reply(ReplyError::CallbackNotConfirmed)
        );
        assert!(confirmed("", true).is_ok(), "a tolerated provider may leave it out");
    }

    // The first of the two exceptions to promise 3, for E*TRADE.
    #[test]
    fn a_code_out_of_band_may_be_unconfirmed_where_the_provider_is_known_for_it() {
        let reply = |said| parse(&format!("oauth_token=a&oauth_token_secret=b{said}")).unwrap();
        let known = Approval::new().tolerate_unconfirmed_out_of_band();
        let no = reply("&oauth_callback_confirmed=false");
        assert!(no.confirmed(&known, true).is_ok());
        assert!(no.confirmed(&known, false).is_err(), "a callback has to be confirmed");
        assert!(no.confirmed(&Approval::new(), true).is_err(), "off by default");
        for other in ["", "&oauth_callback_confirmed=", "&oauth_callback_confirmed=0"] {
            assert!(reply(other).confirmed(&known, true).is_err(), "{other}");
        }
    }

    #[test]
    fn other_fields_are_kept() {
        let reply =
            parse("oauth_token=a&oauth_token_secret=b&user_id=7&screen_name=J%C3%B6").unwrap();
        assert_eq!(reply.extra["user_id"].expose_secret(), "7");
        assert_eq!(reply.extra["screen_name"].expose_secret(), "Jö");
    }
}
