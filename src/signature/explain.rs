//! A signature step by step, for a bug report: "invalid signature" is the usual complaint.

// Everything is read back from the very base string that was signed, so an explanation cannot
// tell another story than the signer. The trap: it is made to be pasted in public, so values that
// grant something are replaced here, not where it is printed.

use std::{borrow::Cow, fmt};

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use crate::error::Error;

use super::{
    encode::{Digits, percent_encode},
    method::SignatureMethod,
    signer::Signer,
    template::Holes,
    to_sign::ToSign,
};

/// The steps of one signature, with everything masked that grants access.
///
/// Compare it, part by part, with what the provider computed. `Display` writes it on several lines.
///
/// These are masked: the token, wherever it occurs as a name, as a value or between two slashes of the URL's path, verifiers,
/// values whose names contain words such as token, secret, session, code or password, the query of a callback, and for
/// PLAINTEXT the signature, which is the key. A mask has the form `masked-32-characters`.
///
/// # Security
///
/// Your other parameters, the rest of the URL's path and the consumer key are shown. Do not publish the
/// explanation of a request before its timestamp has expired: if the request has no token, somebody
/// could send it with this signature.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Client, Consumer, Provider, signature::Explanation};
///
/// let client = Client::new(Provider::fatsecret(), Consumer::new("key", "secret"))?;
/// let request = client.signed().get("https://platform.fatsecret.com/rest/server.api?food_id=1");
/// let explained: Explanation = request.explain()?;
/// assert_eq!(explained.method(), "HMAC-SHA1");
/// assert!(explained.base_string().is_some_and(|text| text.starts_with("GET&https%3A%2F%2F")));
/// assert_eq!(explained.pairs()[0], ("food_id".to_owned(), "1".to_owned()));
/// assert_eq!(explained.key_shape(), "6 characters & 0 characters");
/// println!("{explained}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    method: String,
    pairs: Vec<(String, String)>,
    base_string: Option<String>,
    key_shape: String,
    signature: String,
}

impl Explanation {
    /// Returns the signature method's name.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Returns the normalized parameters: encoded once, in the order in which they are signed.
    #[must_use]
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// Returns the base string, or `None` for PLAINTEXT, which has none.
    #[must_use]
    pub fn base_string(&self) -> Option<&str> {
        self.base_string.as_deref()
    }

    /// Returns the shape of the key, such as `32 characters & 0 characters`: the lengths of the consumer's
    /// secret and the token's secret after percent-encoding.
    #[must_use]
    pub fn key_shape(&self) -> &str {
        &self.key_shape
    }

    /// Returns the value of `oauth_signature`, before it is percent-encoded for its place.
    #[must_use]
    pub fn signature(&self) -> &str {
        &self.signature
    }
}

/// # Explain a signature
impl Signer {
    /// Signs the request and returns the steps.
    ///
    /// # Errors
    ///
    /// The errors of [`signature`](Self::signature).
    pub fn explain<K: AsRef<str>, V: AsRef<str>>(
        &self,
        request: &ToSign<'_, K, V>,
    ) -> Result<Explanation, Error> {
        self.explain_hiding(request, |_| false)
    }

    /// The same, where `is_secret` knows other texts that must not be seen, besides the signer's token.
    pub(crate) fn explain_hiding<K: AsRef<str>, V: AsRef<str>>(
        &self,
        request: &ToSign<'_, K, V>,
        is_secret: impl Fn(&str) -> bool,
    ) -> Result<Explanation, Error> {
        let is_secret = &|text: &str| self.is_token(text) || is_secret(text);
        let mut digits = Digits::NONE;
        let holes = Holes::of(request.stamp, &mut digits);
        let signature = Zeroizing::new(self.sign(request, holes.as_ref())?.to_text());
        let query = request.query()?;
        let base_string = self.base_string(request, &query, holes.as_ref()).to_text();

        let (head, parameters) = base_string.rsplit_once('&').unwrap_or_default();
        let head = hidden_url(head, is_secret);
        let parameters = decode(parameters);
        let pairs: Vec<_> = parameters
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| match masked(name, value) {
                // OAuth's own are known by their names.
                value if name.starts_with("oauth_") => (name.to_owned(), value.into_owned()),
                value => (hidden(name.into(), is_secret), hidden(value, is_secret)),
            })
            .collect();
        let joined: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let plaintext = matches!(self.method(), SignatureMethod::Plaintext);
        Ok(Explanation {
            method: self.method().name().to_owned(),
            base_string: (!plaintext)
                .then(|| format!("{head}&{}", percent_encode(&joined.join("&")))),
            pairs,
            key_shape: format!("{} characters & {} characters", self.key_shape.0, self.key_shape.1),
            signature: if plaintext { mask(&signature) } else { signature.to_string() },
        })
    }
}

impl Signer {
    /// Returns whether the encoded text is the token. One with a `/` may be several segments of a path.
    fn is_token(&self, text: &str) -> bool {
        let decoded = decode(text);
        let is_in = |token: &str| token.contains('/') && decoded.contains(token);
        self.token()
            .is_some_and(|token| !token.is_empty() && (token == decoded.as_str() || is_in(token)))
    }
}

/// A name or a value, unless it is secret whatever it is called, and not masked already.
fn hidden(text: Cow<'_, str>, is_secret: &impl Fn(&str) -> bool) -> String {
    if is_secret(&text) { mask(&decode(&text)) } else { text.into_owned() }
}

/// Decoded text, which may be a token or a verifier.
pub(super) fn decode(text: &str) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    bytes.extend(percent_decode_str(text));
    Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned())
}

fn mask(text: &str) -> String {
    format!("masked-{}-characters", text.chars().count())
}

/// The mask of text that may have been encoded as often as there are spellings.
fn mask_encoded(text: &str) -> String {
    mask(&decode(&decode(&decode(text))))
}

/// An encoded value, masked if its name says that it grants something.
pub(super) fn masked<'v>(name: &str, value: &'v str) -> Cow<'v, str> {
    const SHOWN: [&str; 6] = [
        "oauth_consumer_key",
        "oauth_nonce",
        "oauth_signature_method",
        "oauth_timestamp",
        "oauth_version",
        "oauth_body_hash",
    ];
    const WORDS: [&str; 8] =
        ["token", "secret", "verifier", "session", "password", "passwd", "code", "assertion"];
    let name = decode(name).to_lowercase();
    if SHOWN.contains(&name.as_str()) || value.is_empty() {
        Cow::Borrowed(value)
    } else if name == "oauth_callback" {
        match value.split_once("%3F") {
            Some((address, query)) => format!("{address}%3F{}", mask(&decode(query))).into(),
            None => Cow::Borrowed(value),
        }
    } else if name.starts_with("oauth_") || WORDS.iter().any(|word| name.contains(word)) {
        mask(&decode(value)).into()
    } else {
        Cow::Borrowed(value)
    }
}

/// A provider's base string, masked as ours is, so that the two can be compared. `is_secret` knows other
/// values that must not be seen.
pub(crate) fn mask_base_string(text: &str, is_secret: impl Fn(&str) -> bool) -> Option<String> {
    let (head, parameters) = text.rsplit_once('&')?;
    let parameters = decode(parameters);
    let pairs: Vec<String> = parameters
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if is_secret(name) => mask(&decode(pair)),
            Some((name, value)) if is_secret(value) => format!("{name}={}", mask(&decode(value))),
            Some((name, value)) => format!("{name}={}", masked(name, value)),
            // A name without a value, or what an encoding went wrong for.
            None if pair.len() <= 32
                && pair.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') =>
            {
                pair.to_owned()
            }
            None => mask(&decode(pair)),
        })
        .collect();
    let head = hidden_url(head, &is_secret);
    Some(format!("{head}&{}", percent_encode(&pairs.join("&"))))
}

/// What a `/`, a `?` and an `@` are in a URL that is not encoded, encoded as it should be, and once too often.
const SPELLINGS: [[&str; 3]; 3] =
    [["/", "?", "@"], ["%2f", "%3f", "%40"], ["%252f", "%253f", "%2540"]];

/// The method and the URL of a base string, masked: a user's name and password, the segments of the path that are secret,
/// and a query. A query there is the mistake that is looked for, and may hold anything.
fn hidden_url(head: &str, is_secret: &impl Fn(&str) -> bool) -> String {
    // The places are the same in lower case, in which both spellings of a digit are one.
    let lower = Zeroizing::new(head.to_ascii_lowercase());
    // The first slash is behind the scheme, where nothing is a segment yet.
    let spelling =
        SPELLINGS.iter().filter_map(|spelling| Some((lower.find(spelling[0])?, spelling)));
    let &[slash, question, at] = spelling.min().map_or(&SPELLINGS[1], |(_, spelling)| spelling);
    let queries = [question, "%3f", "?"].into_iter();
    let query = queries.filter_map(|mark| Some((lower.find(mark)?, mark.len()))).min();
    let (end, mark) = query.unwrap_or((head.len(), 0));
    let (address, query) = head.split_at(end);
    let (mark, query) = query.split_at(mark);

    let mut out = String::with_capacity(head.len());
    let ends = lower[..address.len()].match_indices(slash).map(|(end, _)| end);
    let mut from = 0;
    // Where the path begins, in the address and in what is written.
    let mut path = None;
    for (index, end) in ends.chain([address.len()]).enumerate() {
        let mut segment = &address[from..end];
        // Behind the two slashes is the host.
        if index == 2 {
            let marks = [at, "%40", "@"].into_iter();
            if let Some(end) = marks.filter_map(|at| lower[from..end].rfind(at)).max() {
                out.push_str(&mask_encoded(&segment[..end]));
                segment = &segment[end..];
            }
            // A part of the path whose slashes are written in another way than the first ones.
            let lower = segment.to_ascii_lowercase();
            let ends =
                SPELLINGS.iter().filter_map(|[slash, ..]| Some(lower.find(slash)? + slash.len()));
            if let Some((host, path)) = ends.min().and_then(|end| segment.split_at_checked(end)) {
                out.push_str(host);
                segment = path;
                if is_secret(path) || is_secret(&decode(path)) {
                    out.push_str(&mask_encoded(path));
                    segment = "";
                }
            }
        }
        if index > 2 && (is_secret(segment) || is_secret(&decode(segment))) {
            out.push_str(&mask_encoded(segment));
        } else {
            out.push_str(segment);
        }
        from = (end + slash.len()).min(address.len());
        out.push_str(&address[end..from]);
        if index == 2 {
            path = Some((from, out.len()));
        }
    }
    // A token with a `/`, which the provider decoded, is in no segment alone.
    if let Some((from, start)) = path {
        if is_secret(&out[start..]) || is_secret(&decode(&out[start..])) {
            out.truncate(start);
            out.push_str(&mask_encoded(&address[from..]));
        }
    }
    out.push_str(mark);
    if !query.is_empty() {
        out.push_str(&mask(&decode(query)));
    }
    out
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "signature method: {}", self.method)?;
        writeln!(f, "parameters, encoded and sorted:")?;
        for (name, value) in &self.pairs {
            writeln!(f, "  {name}={value}")?;
        }
        match &self.base_string {
            Some(text) => writeln!(f, "base string:\n  {text}")?,
            None => writeln!(f, "base string: none, this method signs nothing")?,
        }
        writeln!(f, "key: {}", self.key_shape)?;
        write!(f, "signature: {}", self.signature)
    }
}
