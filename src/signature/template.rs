//! The protocol parameters that every request carries, spelled out once per signer.
//!
//! Floor 1. For one consumer and token they never change, but for the nonce and the timestamp, which
//! are holes in a text that is otherwise ready. The trap: the text holds the token, so it is
//! zeroized on drop.

use std::ops::Range;

use zeroize::Zeroizing;

use super::{
    Stamp,
    encode::{Digits, ONCE, TWICE, Table, decimal},
    writer::{Mark, Out},
};

/// The names of these parameters, in the order in which they are signed.
pub(super) const NAMES: [&str; 6] = [
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_token",
    "oauth_version",
];
const NONCE: usize = 1;
const TIMESTAMP: usize = 3;
/// After all of them, the beginning of the signature.
const SIGNATURE: usize = NAMES.len();

/// The value of each of [`NAMES`]. None: it is not sent. The values of nonce and timestamp are holes.
pub(super) type Values<'a> = [Option<&'a str>; 6];

/// What fills the holes of one request.
pub(super) struct Holes<'a> {
    pub(super) nonce: &'a str,
    /// Whether the nonce is the same in every encoding, as nearly all are.
    plain: bool,
    pub(super) timestamp: &'a str,
}

impl<'a> Holes<'a> {
    #[inline]
    pub(super) fn new(stamp: Stamp<'a>, digits: &'a mut Digits) -> Self {
        Self {
            nonce: stamp.nonce,
            plain: is_plain(stamp.nonce),
            timestamp: decimal(stamp.timestamp, digits),
        }
    }
}

/// Whether this is letters and digits only.
#[inline]
fn is_plain(text: &str) -> bool {
    // Looked at without an early end, so that the compiler takes sixteen at once.
    let plain =
        |bytes: &[u8]| bytes.iter().fold(true, |all, byte| all & byte.is_ascii_alphanumeric());
    let mut bytes = text.as_bytes();
    let mut all = true;
    while let Some((group, rest)) = bytes.split_first_chunk::<16>() {
        all &= plain(group);
        bytes = rest;
    }
    all && plain(bytes)
}

/// How parameters are spelled in one place.
pub(super) struct Style {
    /// Between two parameters, from the end of a value to the beginning of a name.
    pub(super) between: Mark,
    /// Between a name and its value.
    pub(super) equals: Mark,
    /// From the end of a value to the beginning of the signature, where that is sent.
    pub(super) signature: &'static str,
    pub(super) table: &'static Table,
}

/// In a base string, where `&` and `=` are encoded once and the values twice.
pub(super) const BASE_STRING: Style =
    Style { between: Mark::new("%26"), equals: Mark::new("%3D"), signature: "", table: &TWICE };
/// In a query or a form body.
pub(super) const FORM: Style = Style {
    between: Mark::new("&"),
    equals: Mark::new("="),
    signature: "&oauth_signature=",
    table: &ONCE,
};
/// In the header, between the first quote and the last.
pub(super) const HEADER: Style = Style {
    between: Mark::new("\", "),
    equals: Mark::new("=\""),
    signature: "\", oauth_signature=\"",
    table: &ONCE,
};

/// The text in one style.
pub(super) struct Template {
    text: Zeroizing<String>,
    /// Where each parameter begins, its separator included; where the signature's name does; and the
    /// text's end.
    starts: [usize; SIGNATURE + 2],
    table: &'static Table,
}

impl Template {
    pub(super) fn new(style: &Style, values: &Values<'_>) -> Self {
        // The room that is needed, so that no copy of the token is left behind by growing.
        let named = NAMES.iter().zip(values);
        let lengths = named
            .filter_map(|(name, value)| Some(name.len() + 6 + style.table.length(value.as_ref()?)));
        let length = lengths.sum::<usize>() + style.signature.len();
        let mut text = Zeroizing::new(String::with_capacity(length));
        let mut starts = [0; SIGNATURE + 2];
        for (index, (name, value)) in NAMES.iter().zip(values).enumerate() {
            starts[index] = text.len();
            let Some(value) = value else { continue };
            if index > 0 {
                text.push_str(style.between.text);
            }
            text.pair(&Mark::NONE, name, value, style);
        }
        starts[SIGNATURE] = text.len();
        text.push_str(style.signature);
        starts[SIGNATURE + 1] = text.len();
        Self { text, starts, table: style.table }
    }

    /// One to be replaced.
    pub(super) fn empty() -> Self {
        Self { text: Zeroizing::default(), starts: [0; SIGNATURE + 2], table: &ONCE }
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Writes all the parameters, and the beginning of the signature if it comes next.
    #[inline]
    pub(super) fn write_all(
        &self,
        out: &mut impl Out,
        holes: Option<&Holes<'_>>,
        signature_next: bool,
    ) {
        let last = SIGNATURE + usize::from(signature_next);
        let Some(holes) = holes else {
            self.write(out, 0..last, None);
            return;
        };
        let [to_nonce, to_timestamp] = [self.starts[NONCE + 1], self.starts[TIMESTAMP + 1]];
        out.raw(self.slice(0..to_nonce));
        self.write_nonce(out, holes);
        out.raw(self.slice(to_nonce..to_timestamp));
        out.raw(holes.timestamp);
        out.raw(self.slice(to_timestamp..self.starts[last]));
    }

    /// Writes the beginning of the signature.
    #[inline]
    pub(super) fn write_signature(&self, out: &mut impl Out) {
        out.raw(self.slice(self.starts[SIGNATURE]..self.starts[SIGNATURE + 1]));
    }

    /// Writes some of the parameters; without values for the holes, these two are left out.
    #[inline(never)]
    pub(super) fn write(&self, out: &mut impl Out, which: Range<usize>, holes: Option<&Holes<'_>>) {
        for index in which {
            let text = self.slice(self.starts[index]..self.starts[index + 1]);
            match holes {
                Some(holes) if index == NONCE => {
                    out.raw(text);
                    self.write_nonce(out, holes);
                }
                Some(holes) if index == TIMESTAMP => {
                    out.raw(text);
                    out.raw(holes.timestamp);
                }
                None if matches!(index, NONCE | TIMESTAMP) => {}
                _ => out.raw(text),
            }
        }
    }

    #[inline]
    fn write_nonce(&self, out: &mut impl Out, holes: &Holes<'_>) {
        if holes.plain {
            out.raw(holes.nonce);
        } else {
            out.encode(holes.nonce, self.table);
        }
    }

    #[inline]
    fn slice(&self, range: Range<usize>) -> &str {
        self.text.get(range).unwrap_or_default()
    }
}
