//! A request's body: a form, which is signed, or anything else, which is not.

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderMap, header};

use super::address::end_pairs;
use crate::{
    error::Error,
    signature::params::{Pair, decode_pairs, encode_pairs_into, is_form_type},
};

#[derive(Clone)]
pub(crate) enum Body {
    None,
    Form(Form),
    /// Anything else is not signed (RFC 5849 section 3.4.1.3.1).
    Opaque(Bytes),
    /// A body that is sent as it is, and pairs that are signed as if they were a form's. Without bytes it
    /// is a stream, which is given when the request is sent.
    Beside(Vec<Pair<'static>>, Option<Bytes>),
}

impl Body {
    /// The bytes of what is not signed, if they are in memory.
    pub(crate) fn opaque(&self) -> Option<&Bytes> {
        match self {
            Self::None | Self::Form(_) => None,
            Self::Opaque(bytes) => Some(bytes),
            Self::Beside(_, bytes) => bytes.as_ref(),
        }
    }

    pub(crate) fn is_stream(&self) -> bool {
        matches!(self, Self::Beside(_, None))
    }
}

/// A form: its pairs are signed, and written when the request is.
#[derive(Clone, Default)]
pub(crate) struct Form {
    /// What the caller has written, which is sent as it stands.
    text: String,
    /// Decoded pairs that come after it.
    added: Vec<Pair<'static>>,
}

impl Form {
    pub(crate) fn of_text(text: String) -> Self {
        Self { text, added: Vec::new() }
    }

    #[cfg(feature = "serde")]
    pub(crate) fn of_pairs(added: Vec<Pair<'static>>) -> Self {
        Self { text: String::new(), added }
    }

    pub(crate) fn push(&mut self, pair: Pair<'static>) {
        self.added.push(pair);
    }

    /// All of its pairs, decoded.
    pub(crate) fn pairs(&self) -> Result<Cow<'_, [Pair<'_>]>, Error> {
        if self.text.is_empty() {
            return Ok(Cow::Borrowed(&self.added));
        }
        let mut pairs = decode_pairs(&self.text)?;
        pairs.extend(self.added.iter().map(borrowed));
        Ok(Cow::Owned(pairs))
    }

    /// As it is sent.
    pub(crate) fn to_text(&self) -> String {
        let mut text = self.text.clone();
        if !self.added.is_empty() {
            // In a form a `?` is data, even at the end of what looks like a URL.
            end_pairs(&mut text, 0);
            encode_pairs_into(&self.added, &mut text);
        }
        text
    }
}

/// The same pair, without a copy.
pub(crate) fn borrowed<'a>((name, value): &'a Pair<'_>) -> Pair<'a> {
    (Cow::Borrowed(&**name), Cow::Borrowed(&**value))
}

/// Returns whether the body is form data, so that it is signed (RFC 5849 section 3.4.1.3.1). The media
/// type's letter case and its parameters make no difference.
pub(crate) fn is_form(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (types.next(), types.next()) else {
        return false;
    };
    value.to_str().is_ok_and(is_form_type)
}
