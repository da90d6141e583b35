//! The protocol parameters that every request carries, spelled out once per signer.
//!
//! Floor 1. For one consumer and token they never change, but for the nonce and the timestamp, which
//! are holes in a text that is otherwise ready. The trap: the text holds the token, so it is
//! zeroized on drop.

use std::ops::Range;

use zeroize::Zeroizing;

use super::encode::{Decimal, ONCE, Sink, TWICE, Table, Writer};

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

/// The value of each of [`NAMES`]. None: it is not sent. The values of nonce and timestamp are holes.
pub(super) type Values<'a> = [Option<&'a str>; 6];

/// How parameters are spelled in one place.
pub(super) struct Style {
    /// Between two parameters, from the end of a value to the beginning of a name.
    pub(super) between: &'static str,
    /// Between a name and its value.
    pub(super) equals: &'static str,
    pub(super) table: &'static Table,
}

/// In a base string, where `&` and `=` are encoded once and the values twice.
pub(super) static BASE_STRING: Style = Style { between: "%26", equals: "%3D", table: &TWICE };
/// In a query or a form body.
pub(super) static FORM: Style = Style { between: "&", equals: "=", table: &ONCE };
/// In the header, between the first quote and the last.
pub(super) static HEADER: Style = Style { between: "\", ", equals: "=\"", table: &ONCE };

impl Style {
    /// Writes a parameter that is not in the template.
    #[inline]
    pub(super) fn write_pair<S: Sink>(&self, writer: &mut Writer<S>, name: &str, value: &str) {
        writer.encode(name.as_bytes(), self.table);
        writer.raw(self.equals.as_bytes());
        writer.encode(value.as_bytes(), self.table);
    }
}

/// The text in one style.
pub(super) struct Template {
    text: Zeroizing<String>,
    /// Where each parameter begins, its separator included, and the text's end.
    starts: [usize; 7],
    table: &'static Table,
}

impl Template {
    pub(super) fn new(style: &Style, values: &Values<'_>) -> Self {
        // Room for the longest encoding, so that no copy of the token is left behind by growing.
        let longest = values.iter().flatten().map(|value| 5 * value.len());
        let mut text = Zeroizing::new(String::with_capacity(longest.sum::<usize>() + 256));
        let mut starts = [0; 7];
        for (index, (name, value)) in NAMES.iter().zip(values).enumerate() {
            starts[index] = text.len();
            let Some(value) = value else { continue };
            if index > 0 {
                text.push_str(style.between);
            }
            let mut writer = Writer::new(&mut *text);
            style.write_pair(&mut writer, name, value);
            writer.finish();
        }
        starts[6] = text.len();
        Self { text, starts, table: style.table }
    }

    /// One to be replaced.
    pub(super) fn empty() -> Self {
        Self { text: Zeroizing::default(), starts: [0; 7], table: &ONCE }
    }

    pub(super) fn len(&self) -> usize {
        self.text.len()
    }

    /// Writes some of the parameters, the holes filled; without a stamp these two are left out.
    #[inline]
    pub(super) fn write<S: Sink>(
        &self,
        writer: &mut Writer<S>,
        which: Range<usize>,
        stamp: Option<(&str, &Decimal)>,
    ) {
        let mut from = self.starts[which.start];
        for hole in [NONCE, TIMESTAMP] {
            if !which.contains(&hole) {
                continue;
            }
            let to = self.starts[if stamp.is_some() { hole + 1 } else { hole }];
            writer.raw(self.slice(from..to));
            match stamp {
                Some((nonce, _)) if hole == NONCE => writer.encode(nonce.as_bytes(), self.table),
                Some((_, timestamp)) => writer.raw(timestamp.as_bytes()),
                None => {}
            }
            from = self.starts[hole + 1];
        }
        writer.raw(self.slice(from..self.starts[which.end]));
    }

    #[inline]
    fn slice(&self, range: Range<usize>) -> &[u8] {
        self.text.as_bytes().get(range).unwrap_or_default()
    }
}
