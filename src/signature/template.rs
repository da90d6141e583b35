//! The protocol parameters that every request carries, spelled out once per signer.

// For one consumer and token they never change, but for the nonce and the timestamp, which
// are holes in a text that is otherwise ready. The trap: the text holds the token, so it is
// zeroized on drop.

use std::ops::Range;

use zeroize::Zeroizing;

use super::{
    encode::{Digits, ONCE, Table, decimal},
    style::Style,
    to_sign::Stamp,
    writer::Out,
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
    /// `digits` is a place for the timestamp's.
    #[inline]
    pub(super) fn of(stamp: Option<Stamp<'a>>, digits: &'a mut Digits) -> Option<Self> {
        stamp.map(|stamp| Self {
            nonce: stamp.nonce,
            plain: is_plain(stamp.nonce),
            timestamp: decimal(stamp.timestamp, digits),
        })
    }

    /// What is written is not longer than this, and just as long if the nonce is plain.
    #[inline]
    pub(super) fn longest(&self) -> usize {
        let nonce = self.nonce.len();
        self.timestamp.len() + if self.plain { nonce } else { 3 * nonce }
    }
}

/// Returns whether this is letters and digits only.
#[inline]
fn is_plain(text: &str) -> bool {
    let mut bytes = text.as_bytes();
    let mut all = true;
    // Looked at without an early end, so that the compiler takes sixteen at once.
    while let Some((group, rest)) = bytes.split_first_chunk::<16>() {
        all &= group.iter().fold(true, |all, byte| all & byte.is_ascii_alphanumeric());
        bytes = rest;
    }
    all && bytes.iter().all(u8::is_ascii_alphanumeric)
}

/// Where a text begins.
#[derive(Clone, Copy)]
pub(super) enum Begin {
    /// With what the style begins with.
    Style,
    /// With the first name.
    Name,
}

/// The text in one style, in three parts: up to the nonce's value, up to the timestamp's, and up to the
/// signature's.
pub(super) struct Template {
    parts: [Zeroizing<String>; 3],
    /// Where each parameter begins in its part, its separator included, and where the signature does. Before the
    /// first one is what the style begins with.
    starts: [usize; SIGNATURE + 1],
    table: &'static Table,
}

/// Which part a parameter is in, or the signature.
const fn part(index: usize) -> usize {
    (index > NONCE) as usize + (index > TIMESTAMP) as usize
}

impl Template {
    pub(super) fn new(style: &Style, values: &Values<'_>) -> Self {
        // The room that is needed, so that no copy of the token is left behind by growing.
        let mut lengths = [style.begin.len(), 0, style.signature.len()];
        for (index, (name, value)) in NAMES.iter().zip(values).enumerate() {
            let value = value.map_or(0, |value| style.table.length(value));
            lengths[part(index)] += name.len() + 6 + value;
        }
        let mut parts = lengths.map(|length| Zeroizing::new(String::with_capacity(length)));
        let mut starts = [0; SIGNATURE + 1];
        parts[0].push_str(style.begin);
        for (index, (name, value)) in NAMES.iter().zip(values).enumerate() {
            let text = &mut parts[part(index)];
            starts[index] = text.len();
            let Some(value) = value else { continue };
            if index > 0 {
                text.push_str(style.between.text);
            }
            // A name has nothing to encode.
            text.push_str(name);
            text.push_str(style.equals.text);
            text.encode(value, style.table);
        }
        starts[SIGNATURE] = parts[2].len();
        parts[2].push_str(style.signature);
        Self { parts, starts, table: style.table }
    }

    /// One to be replaced.
    pub(super) fn empty() -> Self {
        Self { parts: Default::default(), starts: [0; SIGNATURE + 1], table: &ONCE }
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.parts.iter().map(|part| part.len()).sum()
    }

    /// Writes all the parameters, and the beginning of the signature if it comes next.
    #[inline]
    pub(super) fn write_all(
        &self,
        out: &mut impl Out,
        holes: Option<&Holes<'_>>,
        begin: Begin,
        signature_next: bool,
    ) {
        let [to_nonce, to_timestamp, to_signature] = &self.parts;
        let Some(holes) = holes else {
            if let Begin::Style = begin {
                out.raw(slice(to_nonce, 0..self.starts[0]));
            }
            self.write(out, 0..SIGNATURE + usize::from(signature_next), None);
            return;
        };
        out.raw(match begin {
            Begin::Style => to_nonce,
            Begin::Name => slice(to_nonce, self.starts[0]..to_nonce.len()),
        });
        self.write_nonce(out, holes);
        out.raw(to_timestamp);
        out.raw(holes.timestamp);
        out.raw(if signature_next {
            to_signature
        } else {
            slice(to_signature, 0..self.starts[SIGNATURE])
        });
    }

    /// Writes the beginning of the signature.
    #[inline]
    pub(super) fn write_signature(&self, out: &mut impl Out) {
        out.raw(self.parameter(SIGNATURE));
    }

    /// Writes some of the parameters; without values for the holes, these two are left out.
    #[inline(never)]
    pub(super) fn write(&self, out: &mut impl Out, which: Range<usize>, holes: Option<&Holes<'_>>) {
        for index in which {
            let text = self.parameter(index);
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

    /// What of one parameter never changes, or of the signature.
    fn parameter(&self, index: usize) -> &str {
        let text = &self.parts[part(index)];
        let next = self.starts.get(index + 1).filter(|_| part(index + 1) == part(index));
        slice(text, self.starts[index]..next.copied().unwrap_or(text.len()))
    }

    #[inline]
    fn write_nonce(&self, out: &mut impl Out, holes: &Holes<'_>) {
        if holes.plain {
            out.raw(holes.nonce);
        } else {
            out.encode(holes.nonce, self.table);
        }
    }
}

#[inline]
fn slice(text: &str, range: Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}
