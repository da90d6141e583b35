//! Two base strings compared: ours, and the one that a provider says it made.

// The trap: both hold the token, and perhaps more. What is shown of them goes through `Hidden`.

use std::{collections::HashMap, fmt, hash::Hash};

use percent_encoding::percent_decode_str;

use super::hidden::{Hidden, MASKED};
use crate::signature::explain::decode;

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
    /// The URL: scheme, host, port or path. User information, a query and secrets in the path are not shown.
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
    /// A parameter with another value. Of a value that grants access neither the text nor the length is shown: `theirs`
    /// and `ours` are the same text then.
    #[non_exhaustive]
    Value {
        /// Its name.
        name: String,
        /// The provider's value, encoded once, or `masked`.
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

pub(super) fn difference(theirs: &str, ours: &str, hidden: &Hidden) -> Option<Difference> {
    if theirs == ours {
        return None;
    }
    let (Some(theirs), Some(ours)) = (cut(theirs), cut(ours)) else {
        return Some(Difference::Malformed);
    };
    if theirs.0 != ours.0 {
        let short = |method: &str| {
            if hidden.hides(method) { MASKED.to_owned() } else { method.chars().take(20).collect() }
        };
        return Some(Difference::Method { theirs: short(theirs.0), ours: short(ours.0) });
    }
    // What is compared is the whole text; what is shown is less.
    if !percent_decode_str(theirs.1).eq(percent_decode_str(ours.1)) {
        let (theirs, ours) = hidden.urls(theirs.1, ours.1);
        return Some(Difference::Url { theirs, ours });
    }
    let (theirs, ours) = (decode(theirs.2), decode(ours.2));
    let (theirs, ours) = (pairs(&theirs), pairs(&ours));
    Some(of_pairs(&theirs, &ours, hidden))
}

fn of_pairs(theirs: &[(&str, &str)], ours: &[(&str, &str)], hidden: &Hidden) -> Difference {
    // There may be thousands: nothing here looks through all of them for each.
    let names = |pairs: &[_]| counts(pairs.iter().map(|(name, _): &(_, _)| *name));
    let (in_theirs, in_ours) = (names(theirs), names(ours));
    if let Some((name, _)) = surplus(ours, |pair| pair.0, &in_ours, &in_theirs).next() {
        return Difference::Missing { name: hidden.name(name) };
    }
    if let Some((name, _)) = surplus(theirs, |pair| pair.0, &in_theirs, &in_ours).next() {
        return Difference::Extra { name: hidden.name(name) };
    }
    // Each name is there as often. A pair that one side has more often has lost another one of its name.
    let (in_theirs, in_ours) = (counts(theirs.iter().copied()), counts(ours.iter().copied()));
    if let Some((name, ours)) = surplus(ours, |pair| *pair, &in_ours, &in_theirs).next() {
        let mut more = surplus(theirs, |pair| *pair, &in_theirs, &in_ours);
        if let Some((_, theirs)) = more.find(|pair| pair.0 == *name) {
            let alike = theirs.chars().zip(ours.chars()).take_while(|(one, other)| one == other);
            let position = alike.count();
            let (theirs, ours) = hidden.values(name, theirs, ours);
            return Difference::Value { name: hidden.name(name), theirs, ours, position };
        }
    }
    match ours.iter().zip(theirs).find(|(ours, theirs)| ours != theirs) {
        Some(((name, _), _)) => Difference::Order { name: hidden.name(name) },
        None => Difference::Encoding,
    }
}

/// The pairs of which there are more here than there, as `key` tells them apart.
fn surplus<'p, 't, K: Hash + Eq>(
    pairs: &'p [(&'t str, &'t str)],
    key: impl Fn(&'p (&'t str, &'t str)) -> K,
    here: &HashMap<K, usize>,
    there: &HashMap<K, usize>,
) -> impl Iterator<Item = &'p (&'t str, &'t str)> {
    pairs.iter().filter(move |pair| {
        let key = key(pair);
        there.get(&key) < here.get(&key)
    })
}

fn counts<K: Hash + Eq>(keys: impl Iterator<Item = K>) -> HashMap<K, usize> {
    let mut counts = HashMap::new();
    for key in keys {
        *counts.entry(key).or_insert(0) += 1;
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
            Self::Url { theirs, ours } if theirs == ours => {
                write!(f, "the URLs differ in a part that is not shown; the rest is {ours}")
            }
            Self::Url { theirs, ours } => {
                write!(f, "the provider signs the URL {theirs}, the request went to {ours}")
            }
            Self::Extra { name } => {
                write!(f, "the provider signs a parameter {name}, which the request has not")
            }
            Self::Missing { name } => write!(f, "the provider does not sign the parameter {name}"),
            Self::Value { name, theirs, ours, position } if theirs == ours => write!(
                f,
                "the value of {name} differs at character {position}; it is not shown, since it may grant access"
            ),
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
                    "the value of oauth_token differs at character 11; it is not shown, since it may grant access",
                ),
            ),
            (
                "GET&https%3A%2F%2Fa.example%2Fx&oauth_token%3Dsecret-token%26a%3D1",
                Some("the parameters are the same and stand in another order, beginning with a"),
            ),
            (
                "GET&https%3a%2f%2fa.example%2fx&a%3D1%26oauth_token%3Dsecret-token",
                Some("both mean the same, and are encoded differently"),
            ),
            (
                "GET&https%3a%2f%2fa.example%2fx&a%3D1",
                Some("the provider does not sign the parameter oauth_token"),
            ),
            (
                "GET&https%3A%2F%2Fa.example%2Fx%3Fk%3Dcanary&a%3D1",
                Some(
                    "the URLs differ in a part that is not shown; the rest is https://a.example/x",
                ),
            ),
            ("nonsense", Some("the provider's base string is not three parts joined by `&`")),
        ] {
            check(theirs, ours, &[], said);
        }
    }

    #[track_caller]
    fn check(theirs: &str, ours: &str, secrets: &[&str], said: Option<&str>) {
        let found = difference(theirs, ours, &Hidden::new(secrets.iter().copied()));
        assert_eq!(found.as_ref().map(ToString::to_string).as_deref(), said);
        for secret in secrets {
            assert!(!format!("{found:?}").contains(secret), "{found:?}");
        }
    }

    #[test]
    fn neither_a_password_nor_a_known_secret_is_shown() {
        let ours = "GET&https%3A%2F%2Fapi.example%2Fx&key%3DT0K";
        for (theirs, url) in [
            ("GET&https%3A%2F%2Fbob%3Apw%40api.example%2Fx&", "https://api.example/x"),
            ("GET&https%253A%252F%252Fbob%253Apw%2540api.example%252Fy&", "https://api.example/y"),
            ("GET&https%3A%2F%2Fbob%253Apw%2540api.example%2Fy&", "https://api.example/y"),
            ("GET&https%3A%2F%2Fapi.example%2Fy%253Fbob%3Apw&", "https://api.example/y"),
            ("GET&bob%3Apw&", "(unreadable)"),
        ] {
            let said = if url == "https://api.example/x" {
                format!("the URLs differ in a part that is not shown; the rest is {url}")
            } else {
                format!(
                    "the provider signs the URL {url}, the request went to https://api.example/x"
                )
            };
            check(theirs, ours, &["pw", "T0K"], Some(&said));
        }
        check(
            "GET&https%3A%2F%2Fapi.example%2F1%2Ftokens%2FT0K&",
            "GET&https%3A%2F%2Fapi.example%2F2%2Ftokens%2FT0K&",
            &["T0K"],
            Some(
                "the provider signs the URL https://api.example/1/tokens/masked, the request went to https://api.example/2/tokens/masked",
            ),
        );
        // What stands in the place of a secret is probably another one.
        check(
            "GET&https%3A%2F%2Fapi.example%2F1%2Ftokens%2Fold&",
            "GET&https%3A%2F%2Fapi.example%2F1%2Ftokens%2FT0K&",
            &["T0K", "old"],
            Some(
                "the URLs differ in a part that is not shown; the rest is https://api.example/1/tokens/masked",
            ),
        );
        let other = "GET&https%3A%2F%2Fapi.example%2Fx&key%3D";
        for theirs in [format!("{other}T0L"), format!("{other}another")] {
            let at = if theirs.ends_with("T0L") { 2 } else { 0 };
            let said = format!(
                "the value of key differs at character {at}; it is not shown, since it may grant access"
            );
            check(&theirs, ours, &["T0K", "T0L", "another"], Some(&said));
        }
        check(
            "GET&https%3A%2F%2Fapi.example%2Fx&",
            "GET&https%3A%2F%2Fapi.example%2Fx&T0K%3D",
            &["T0K"],
            Some("the provider does not sign the parameter masked"),
        );
        check(
            "T0K&x&",
            ours,
            &["T0K"],
            Some("the provider signs the method masked, the request has GET"),
        );
        check(
            "GET&https%3A%2F%2Fa%2F&oauth_callback%3Dhttps%253A%252F%252Fapp%252Fb%253fs%253Dcanary",
            "GET&https%3A%2F%2Fa%2F&oauth_callback%3Dhttps%253A%252F%252Fapp%252Fc%253Fs%253Dcanary",
            &["canary"],
            Some(
                "the value of oauth_callback differs at character 20: the provider has https%3A%2F%2Fapp%2Fb%3Fmasked, the request https%3A%2F%2Fapp%2Fc%3Fmasked",
            ),
        );
    }

    #[test]
    fn urls_are_compared_to_their_ends() {
        let long = "a".repeat(400);
        let [theirs, ours] =
            ["b", "c"].map(|end| format!("GET&https%3A%2F%2Fa.example%2F{long}{end}&a%3D1"));
        let found = difference(&theirs, &ours, &Hidden::new([].into_iter()));
        assert!(matches!(found, Some(Difference::Url { .. })), "{found:?}");
    }

    #[test]
    fn repeated_names_are_compared_one_by_one() {
        let of = |parameters: &str| {
            format!(
                "GET&https%3A%2F%2Fa.example%2Fx&{}",
                parameters.replace('=', "%3D").replace('&', "%26")
            )
        };
        for (theirs, ours, said) in [
            (
                "a=1&a=3",
                "a=1&a=2",
                "the value of a differs at character 0: the provider has 3, the request 2",
            ),
            (
                "a=1&a=2",
                "a=1&a=1",
                "the value of a differs at character 0: the provider has 2, the request 1",
            ),
            ("a=1&a=1&b=2", "a=1&b=2&b=2", "the provider does not sign the parameter b"),
            (
                "a=2&a=1",
                "a=1&a=2",
                "the parameters are the same and stand in another order, beginning with a",
            ),
        ] {
            check(&of(theirs), &of(ours), &[], Some(said));
        }
    }
}
