//! Two base strings compared: ours, and the one that a provider says it made.

// The trap: both hold the token, and perhaps more. What is shown of a value goes through the mask of `explain`.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use super::sent::shown_name;
use crate::signature::explain::{decode, masked};

/// The first difference between a provider's base string and the base string of the request. `Display`
/// describes it.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use tripod::signature::diagnose::{Diagnose, Difference, ProviderBaseString, Secrets, Sent};
///
/// // A request whose header has this value:
/// let authorization = r#"OAuth oauth_consumer_key="key", oauth_nonce="n1", oauth_signature="GqzabLu5cb1mDez%2FL5K9aelVPLc%3D",
///     oauth_signature_method="HMAC-SHA1", oauth_timestamp="1767225600""#;
/// # let mut headers = http::HeaderMap::new();
/// # headers.insert("authorization", authorization.replace('\n', "").parse()?);
/// let sent = Sent { method: "GET", url: "https://api.example/1/me", headers: &headers, body: b"" };
/// let theirs = "POST&https%3A%2F%2Fapi.example%2F1%2Fme&oauth_nonce%3Dn1"; // from the provider's reply
/// let diagnose = Diagnose::new(Secrets::new("secret")).provider_base_string(theirs);
/// let diagnosis = diagnose.diagnose(&sent)?;
/// let compared: Option<&ProviderBaseString> = diagnosis.provider_base_string();
/// let difference = compared.map(|compared| &compared.difference);
/// assert!(matches!(difference, Some(Difference::Method { theirs, .. }) if theirs == "POST"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// The provider's text does not have the form `METHOD&URL&PARAMETERS`.
    Malformed,
    /// The HTTP method.
    #[non_exhaustive]
    Method {
        /// The provider's.
        theirs: String,
        /// The request's.
        ours: String,
    },
    /// The URL: scheme, host, port or path.
    #[non_exhaustive]
    Url {
        /// The provider's, without a query.
        theirs: String,
        /// The request's.
        ours: String,
    },
    /// A parameter that only the provider's base string has.
    #[non_exhaustive]
    Extra {
        /// Its name.
        name: String,
    },
    /// A parameter that only the request's base string has.
    #[non_exhaustive]
    Missing {
        /// Its name.
        name: String,
    },
    /// A parameter with another value. A value that grants access is not shown.
    #[non_exhaustive]
    Value {
        /// Its name.
        name: String,
        /// The provider's value, encoded once, perhaps masked.
        theirs: String,
        /// The request's.
        ours: String,
        /// The first character that differs, counted from 0 in the encoded value.
        position: usize,
    },
    /// The same parameters in another order.
    #[non_exhaustive]
    Order {
        /// The first that stands elsewhere.
        name: String,
    },
    /// The texts are the same after decoding: only the encoding differs.
    Encoding,
}

pub(super) fn difference(theirs: &str, ours: &str) -> Option<Difference> {
    if theirs == ours {
        return None;
    }
    let (Some(theirs), Some(ours)) = (cut(theirs), cut(ours)) else {
        return Some(Difference::Malformed);
    };
    if theirs.0 != ours.0 {
        let short = |method: &str| method.chars().take(20).collect();
        return Some(Difference::Method { theirs: short(theirs.0), ours: short(ours.0) });
    }
    if theirs.1 != ours.1 {
        let shown = |url: &str| {
            let url = decode(url);
            url.split(['?', '#']).next().unwrap_or_default().chars().take(300).collect::<String>()
        };
        let (theirs, ours) = (shown(theirs.1), shown(ours.1));
        return Some(if theirs == ours {
            Difference::Encoding
        } else {
            Difference::Url { theirs, ours }
        });
    }
    let (theirs, ours) = (decode(theirs.2), decode(ours.2));
    let (theirs, ours) = (pairs(&theirs), pairs(&ours));
    Some(of_pairs(&theirs, &ours))
}

fn of_pairs(theirs: &[(&str, &str)], ours: &[(&str, &str)]) -> Difference {
    // There may be thousands: nothing here looks through all of them for each.
    let (in_theirs, in_ours) = (counts(theirs), counts(ours));
    let count =
        |counts: &HashMap<&str, usize>, name: &&str| counts.get(*name).copied().unwrap_or(0);
    for (name, _) in ours {
        if count(&in_theirs, name) < count(&in_ours, name) {
            return Difference::Missing { name: shown_name(name) };
        }
    }
    for (name, _) in theirs {
        if count(&in_ours, name) < count(&in_theirs, name) {
            return Difference::Extra { name: shown_name(name) };
        }
    }
    let same: HashSet<_> = theirs.iter().collect();
    for (name, ours) in ours.iter().filter(|pair| !same.contains(pair)) {
        if let Some((_, theirs)) = theirs.iter().find(|pair| pair.0 == *name) {
            let position =
                theirs.chars().zip(ours.chars()).take_while(|(one, other)| one == other).count();
            let shown = |value: &str| masked(name, value).into_owned();
            return Difference::Value {
                name: shown_name(name),
                theirs: shown(theirs),
                ours: shown(ours),
                position,
            };
        }
    }
    match ours.iter().zip(theirs).find(|(ours, theirs)| ours != theirs) {
        Some(((name, _), _)) => Difference::Order { name: shown_name(name) },
        None => Difference::Encoding,
    }
}

fn counts<'a>(pairs: &[(&'a str, &str)]) -> HashMap<&'a str, usize> {
    let mut counts = HashMap::new();
    for (name, _) in pairs {
        *counts.entry(*name).or_insert(0) += 1;
    }
    counts
}

fn cut(text: &str) -> Option<(&str, &str, &str)> {
    let (method, rest) = text.split_once('&')?;
    let (url, parameters) = rest.split_once('&')?;
    Some((method, url, parameters))
}

fn pairs(text: &str) -> Vec<(&str, &str)> {
    text.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, ""))).collect()
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => {
                f.write_str("the provider's base string is not three parts joined by `&`")
            }
            Self::Method { theirs, ours } => {
                write!(f, "the provider signs the method {theirs}, the request has {ours}")
            }
            Self::Url { theirs, ours } => {
                write!(f, "the provider signs the URL {theirs}, the request went to {ours}")
            }
            Self::Extra { name } => {
                write!(f, "the provider signs a parameter {name}, which the request has not")
            }
            Self::Missing { name } => write!(f, "the provider does not sign the parameter {name}"),
            Self::Value { name, theirs, ours, position } => write!(
                f,
                "the value of {name} differs at character {position}: the provider has {theirs}, the request {ours}"
            ),
            Self::Order { name } => {
                write!(
                    f,
                    "the parameters are the same and stand in another order, beginning with {name}"
                )
            }
            Self::Encoding => f.write_str("both mean the same, and are encoded differently"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_said_and_no_token_is_shown() {
        let ours = "GET&https%3A%2F%2Fa.example%2Fx&a%3D1%26oauth_token%3Dsecret-token";
        for (theirs, said) in [
            (ours, None),
            (
                "POST&https%3A%2F%2Fa.example%2Fx&a%3D1",
                Some("the provider signs the method POST, the request has GET"),
            ),
            (
                "GET&http%3A%2F%2Finner%3A8080%2Fx%3Fk%3Dcanary&a%3D1",
                Some(
                    "the provider signs the URL http://inner:8080/x, the request went to https://a.example/x",
                ),
            ),
            (
                "GET&https%3A%2F%2Fa.example%2Fx&a%3D1",
                Some("the provider does not sign the parameter oauth_token"),
            ),
            (
                "GET&https%3A%2F%2Fa.example%2Fx&a%3D1%26b%3D2%26oauth_token%3Dsecret-token",
                Some("the provider signs a parameter b, which the request has not"),
            ),
            (
                "GET&https%3A%2F%2Fa.example%2Fx&a%3D2%26oauth_token%3Dsecret-token",
                Some("the value of a differs at character 0: the provider has 2, the request 1"),
            ),
            (
                "GET&https%3A%2F%2Fa.example%2Fx&a%3D1%26oauth_token%3Dsecret-tokem",
                Some(
                    "the value of oauth_token differs at character 11: the provider has masked-12-characters, the request masked-12-characters",
                ),
            ),
            (
                "GET&https%3A%2F%2Fa.example%2Fx&oauth_token%3Dsecret-token%26a%3D1",
                Some("the parameters are the same and stand in another order, beginning with a"),
            ),
            (
                "GET&https%3a%2f%2fa.example%2fx&a%3D1",
                Some("both mean the same, and are encoded differently"),
            ),
            ("nonsense", Some("the provider's base string is not three parts joined by `&`")),
        ] {
            assert_eq!(
                difference(theirs, ours).map(|difference| difference.to_string()).as_deref(),
                said
            );
        }
    }
}
