//! The request's own parameters: reading a query or form, and writing one, RFC 5849 section 3.4.1.3.1.

// The trap: reading is that of HTML forms, where `+` is a space; writing is OAuth's, where a
// space is `%20`.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use zeroize::Zeroize as _;

use crate::error::{Error, groups::RequestError, kind::ErrorKind};

use super::{
    cursor::Mark,
    style::FORM,
    writer::{Out, Writer},
};

/// A decoded name and its value. They are borrowed if nothing had to be decoded.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::signature::{Pair, decode_pairs};
///
/// fn value<'a>(pairs: &'a [Pair<'a>], name: &str) -> Option<&'a str> {
///     pairs.iter().find(|pair| pair.0 == name).map(|pair| &*pair.1)
/// }
///
/// let pairs = decode_pairs("page=2&q=rye+bread")?;
/// assert_eq!(value(&pairs, "q"), Some("rye bread"));
/// # Ok(())
/// # }
/// ```
pub type Pair<'a> = (Cow<'a, str>, Cow<'a, str>);

/// The media type of form data.
pub(crate) const FORM_TYPE: &str = "application/x-www-form-urlencoded";

/// Returns whether a content type is that of form data, so that the body is signed (RFC 5849 section 3.4.1.3.1). The
/// media type's letter case and its parameters make no difference.
pub(crate) fn is_form_type(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default();
    media_type.trim().eq_ignore_ascii_case(FORM_TYPE)
}

/// A reserved name as an error may show it: up to the first character that no name has, since a value
/// may stand behind it (`oauth_token=…`, encoded once too often), and no longer than 64 characters.
pub(crate) fn reserved_name(name: &str) -> String {
    name.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').take(64).collect()
}

/// Refuses pairs whose names are OAuth's own.
pub(crate) fn refuse_reserved<K: AsRef<str>, V>(pairs: &[(K, V)]) -> Result<(), Error> {
    let mut names = pairs.iter().map(|(name, _)| name.as_ref());
    match names.find(|name| name.starts_with("oauth_")) {
        None => Ok(()),
        Some(name) => {
            let name = reserved_name(name);
            Err(Error::setup(ErrorKind::Request(RequestError::ReservedParameter { name })))
        }
    }
}

/// Reads a query or a form body into decoded pairs.
///
/// `+` is a space, `&` separates pairs, and the first `=` of a pair separates name and value. A pair
/// without `=` has an empty value. Empty pairs are dropped, repeated names are kept, and `;` has no
/// special meaning. A `%` that is not followed by two hexadecimal digits is kept as it is.
///
/// # Errors
///
/// [`RequestError::ParameterNotUtf8`] if a name or value is not UTF-8 after decoding.
///
/// # Source
///
/// RFC 5849 section 3.4.1.3.1, which takes the rules of HTML forms.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// let pairs = tripod::signature::decode_pairs("a=x+y&b=%C3%A9=&&c")?;
/// assert_eq!(pairs, [("a", "x y"), ("b", "é="), ("c", "")].map(|(n, v)| (n.into(), v.into())));
/// # Ok(())
/// # }
/// ```
pub fn decode_pairs(text: &str) -> Result<Vec<Pair<'_>>, Error> {
    // Room for four, as a `Vec` that grows begins with.
    let mut pairs = Vec::with_capacity(if text.is_empty() { 0 } else { 4 });
    let mut rest = text;
    while !rest.is_empty() {
        let name = Part::of(rest, AMPERSAND | EQUALS);
        let value = match name.end {
            b'=' => Part::of(name.rest, AMPERSAND),
            _ => Part { rest: name.rest, ..Part::NONE },
        };
        rest = value.rest;
        if !name.text.is_empty() || name.end == b'=' {
            pairs.push((name.decode()?, value.decode()?));
        }
    }
    Ok(pairs)
}

/// A name or a value, and what comes after it.
struct Part<'a> {
    text: &'a str,
    /// Whether it has a byte that stands for another.
    encoded: bool,
    /// The byte that ended it, 0 for the end of all; not in `rest`.
    end: u8,
    rest: &'a str,
}

const AMPERSAND: u8 = 1;
const EQUALS: u8 = 2;
const ENCODED: u8 = 4;

/// What a byte may mean in a query.
static MEANING: [u8; 256] = {
    let mut meaning = [0; 256];
    meaning[b'&' as usize] = AMPERSAND;
    meaning[b'=' as usize] = EQUALS;
    meaning[b'+' as usize] = ENCODED;
    meaning[b'%' as usize] = ENCODED;
    meaning
};

impl<'a> Part<'a> {
    const NONE: Self = Self { text: "", encoded: false, end: 0, rest: "" };

    /// Reads up to a byte with one of these meanings. It looks at each byte once, since every
    /// request's URL is read so.
    #[inline]
    fn of(text: &'a str, ends: u8) -> Self {
        let (mut seen, mut at) = (0, 0);
        let bytes = text.as_bytes();
        while let Some(&byte) = bytes.get(at) {
            let meaning = MEANING[usize::from(byte)];
            if meaning & ends != 0 {
                let (text, rest) = (text.get(..at), text.get(at + 1..));
                return Self {
                    text: text.unwrap_or_default(),
                    encoded: seen & ENCODED != 0,
                    end: byte,
                    rest: rest.unwrap_or_default(),
                };
            }
            seen |= meaning;
            at += 1;
        }
        Self { text, encoded: seen & ENCODED != 0, ..Self::NONE }
    }

    #[inline]
    fn decode(&self) -> Result<Cow<'a, str>, Error> {
        if self.encoded { decode(self.text) } else { Ok(Cow::Borrowed(self.text)) }
    }
}

/// Decodes what has something to decode.
#[inline(never)]
fn decode(text: &str) -> Result<Cow<'_, str>, Error> {
    // Measured first: growing, or giving up spare room later, would leave copies of a secret behind.
    let mut bytes = Vec::with_capacity(percent_decode_str(text).count());
    for (index, piece) in text.split('+').enumerate() {
        if index > 0 {
            bytes.push(b' ');
        }
        bytes.extend(percent_decode_str(piece));
    }
    match String::from_utf8(bytes) {
        Ok(decoded) => Ok(Cow::Owned(decoded)),
        Err(error) => {
            error.into_bytes().zeroize();
            Err(Error::setup(ErrorKind::Request(RequestError::ParameterNotUtf8)))
        }
    }
}

/// Appends pairs as a query or form body: `name=value` joined by `&`, each part percent-encoded as
/// [`percent_encode`](super::percent_encode) does.
///
/// A `&` is added first, unless `out` is empty, ends in `&`, or ends in the `?` that begins a URL's query. Any other `?`
/// is data: that of the form `q=why?`, or a second one in a URL.
///
/// # Examples
///
/// ```
/// let mut body = String::new();
/// tripod::signature::encode_pairs_into(&[("name", "Mum's & dad's"), ("empty", "")], &mut body);
/// assert_eq!(body, "name=Mum%27s%20%26%20dad%27s&empty=");
/// ```
pub fn encode_pairs_into<K: AsRef<str>, V: AsRef<str>>(pairs: &[(K, V)], out: &mut String) {
    if pairs.is_empty() {
        return;
    }
    let raw = pairs.iter().map(|(k, v)| k.as_ref().len() + v.as_ref().len() + 2);
    out.reserve(raw.fold(0, usize::saturating_add));
    let mut separate = needs_separator(out);
    let mut writer = Writer::new(out);
    for (name, value) in pairs {
        let before = if separate { &FORM.between } else { &Mark::NONE };
        separate = true;
        writer.pair(before, name.as_ref(), value.as_ref(), &FORM);
    }
    writer.finish();
}

/// Whether a `&` must come before the next pair.
pub(super) fn needs_separator(text: &str) -> bool {
    match text.strip_suffix('?') {
        Some(before) => !may_begin_query(before),
        None => !text.is_empty() && !text.ends_with('&'),
    }
}

/// Whether a `?` behind this text begins a query: behind a URL without one, or at the beginning of all. In a form it
/// would be data.
#[cold]
fn may_begin_query(text: &str) -> bool {
    let is_http =
        |scheme: &str| ["http", "https"].iter().any(|http| scheme.eq_ignore_ascii_case(http));
    let is_url = text.is_empty()
        || text.starts_with('/')
        || text.split_once("://").is_some_and(|(scheme, _)| is_http(scheme));
    is_url && !text.contains('?')
}

#[cfg(test)]
mod tests {
    use super::*;

    // checklist 33, 38, 40, 41
    #[test]
    fn a_query_is_form_data() {
        #[track_caller]
        fn check(text: &str, expected: &[(&str, &str)]) {
            let pairs = decode_pairs(text).unwrap();
            let pairs: Vec<_> = pairs.iter().map(|(n, v)| (&**n, &**v)).collect();
            assert_eq!(pairs, expected);
        }
        check("", &[]);
        check("&&", &[]);
        check("a", &[("a", "")]);
        check("=", &[("", "")]);
        check("=v", &[("", "v")]);
        check("a=b=c;d=e", &[("a", "b=c;d=e")]);
        check("a+b=c%20d%2Be", &[("a b", "c d+e")]);
        check("%2b+=%", &[("+ ", "%")]);
        check("a=%4&b=%zz&c=%", &[("a", "%4"), ("b", "%zz"), ("c", "%")]);
        check("a=1&a=1&a=0", &[("a", "1"), ("a", "1"), ("a", "0")]);
    }

    // checklist 60
    #[test]
    fn bytes_that_are_no_text_are_refused() {
        for text in ["a=%FF", "%C3=1", "+%FF", "a=%ED%A0%80"] {
            let error = decode_pairs(text).unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::Request(RequestError::ParameterNotUtf8), "{text}");
        }
    }

    #[test]
    fn a_separator_is_written_where_one_is_needed() {
        for (before, after) in [
            ("", "a=1"),
            ("?", "?a=1"),
            ("x&", "x&a=1"),
            ("x=é", "x=é&a=1"),
            ("/p?", "/p?a=1"),
            ("/p?x?", "/p?x?&a=1"),
            ("HTTPS://h/p?", "HTTPS://h/p?a=1"),
            ("https://h/?q=why?", "https://h/?q=why?&a=1"),
            ("??", "??&a=1"),
            ("x?", "x?&a=1"),
            ("q=why?", "q=why?&a=1"),
            ("u=http://h/?", "u=http://h/?&a=1"),
        ] {
            let mut out = before.to_owned();
            encode_pairs_into(&[("a", "1")], &mut out);
            assert_eq!(out, after);
            encode_pairs_into::<&str, &str>(&[], &mut out);
            assert_eq!(out, after);
        }
    }
}
