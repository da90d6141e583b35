//! Percent-encoding, RFC 5849 section 3.6: what each byte becomes.
//!
//! The parameters of a base string are encoded twice: once as values, once as part of the whole. The
//! second pass touches nothing but the `%` of the first, so both are done from the raw byte at
//! once: a byte that is encoded becomes `%25XX`. What a byte becomes stands in a table of eight-byte
//! entries, copied whole and advanced over by its length; the loops of the `percent-encoding` crate
//! are right too, but cost more than the hash that this text is made for.

// Letters, digits and `-._~` stay; every other byte of the UTF-8 text becomes `%XX` with
// upper-case digits. The trap: this is not the encoding of HTML forms. A space is `%20`, never `+`,
// and `*` is encoded.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is, for the `percent-encoding` crate: the unreserved characters of RFC 3986.
pub(super) const RESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes text as OAuth requires it.
///
/// Letters, digits, `-`, `.`, `_` and `~` do not change. Every other byte of the UTF-8 text becomes
/// `%XX` with upper-case digits. If nothing has to be encoded, the text is borrowed.
///
/// # Source
///
/// RFC 5849 section 3.6.
///
/// # Examples
///
/// ```
/// use tripod::signature::percent_encode;
///
/// assert_eq!(percent_encode("Mum's cheddar ~ 1*2"), "Mum%27s%20cheddar%20~%201%2A2");
/// assert_eq!(percent_encode("☃"), "%E2%98%83");
/// ```
#[must_use]
pub fn percent_encode(text: &str) -> Cow<'_, str> {
    utf8_percent_encode(text, RESERVED).into()
}

pub(super) const fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// What each byte becomes.
pub(super) struct Table {
    pub(super) entries: [Entry; 256],
    /// Whether a byte becomes anything but itself: 0 or 1.
    changes: [u8; 256],
}

/// What a byte becomes: up to seven bytes of text, the first one lowest, and in the highest byte how many they are.
///
/// A number rather than an array of bytes, so that it is loaded and stored in one piece.
pub(super) type Entry = u64;

/// Encoded once: a value in a header, a query or a form; the path in a base string.
pub(super) static ONCE: Table = Table::new(false, Case::Kept);
/// Encoded twice: a parameter's name or value in a base string.
pub(super) static TWICE: Table = Table::new(true, Case::Kept);
/// Encoded once, in lower case: the host in a base string.
pub(super) static ONCE_LOWER: Table = Table::new(false, Case::Lower);
/// Encoded once, in upper case: the HTTP method in a base string.
pub(super) static ONCE_UPPER: Table = Table::new(false, Case::Upper);

#[derive(Clone, Copy)]
pub(super) enum Case {
    Kept,
    Lower,
    Upper,
}

impl Table {
    #[expect(clippy::cast_possible_truncation, reason = "the index runs over the bytes")]
    pub(super) const fn new(twice: bool, case: Case) -> Self {
        const HEX: [u8; 16] = *b"0123456789ABCDEF";
        let mut entries = [0; 256];
        let mut changes = [0; 256];
        let mut index = 0;
        while index < 256 {
            let byte = match case {
                Case::Kept => index as u8,
                Case::Lower => (index as u8).to_ascii_lowercase(),
                Case::Upper => (index as u8).to_ascii_uppercase(),
            };
            let (high, low) = (HEX[(byte >> 4) as usize], HEX[(byte & 15) as usize]);
            entries[index] = Entry::from_le_bytes(if is_unreserved(byte) {
                [byte, 0, 0, 0, 0, 0, 0, 1]
            } else if twice {
                [b'%', b'2', b'5', high, low, 0, 0, 5]
            } else {
                [b'%', high, low, 0, 0, 0, 0, 3]
            });
            changes[index] = !(is_unreserved(byte) && byte == index as u8) as u8;
            index += 1;
        }
        Self { entries, changes }
    }

    /// How long the text becomes.
    pub(super) fn length(&self, text: &str) -> usize {
        if self.keeps_all(text.as_bytes()) {
            return text.len();
        }
        let entries = text.bytes().map(|byte| self.entries[usize::from(byte)]);
        entries.map(|entry| usize::from(entry.to_be_bytes()[0])).sum()
    }

    /// Whether none of these bytes changes.
    #[inline]
    pub(super) fn keeps_all(&self, mut bytes: &[u8]) -> bool {
        while let Some((group, rest)) = bytes.split_first_chunk::<8>() {
            if !self.keeps(group) {
                return false;
            }
            bytes = rest;
        }
        if let Some((group, rest)) = bytes.split_first_chunk::<4>() {
            if !self.keeps(group) {
                return false;
            }
            bytes = rest;
        }
        bytes.iter().all(|byte| self.keeps(&[*byte]))
    }

    /// Whether none of these bytes changes, all looked at without a branch between them.
    #[inline]
    pub(super) fn keeps<const N: usize>(&self, bytes: &[u8; N]) -> bool {
        let changes = |any, &byte| any | self.changes[usize::from(byte)];
        bytes.iter().fold(0, changes) == 0
    }
}

/// A place for the digits of a number. Its size and alignment are those that are checked for UTF-8
/// the fastest.
#[repr(align(8))]
pub(super) struct Digits([u8; 32]);

impl Digits {
    pub(super) const NONE: Self = Self([b'0'; 32]);
}

/// A number in decimal digits, without a heap or the machinery of `format!`. The caller lends the
/// place, so that the digits are never moved.
#[inline]
pub(super) fn decimal(mut number: u64, Digits(digits): &mut Digits) -> &str {
    /// Two digits at a time: half as many divisions that wait for each other.
    static PAIRS: [[u8; 2]; 100] = {
        let mut pairs = [*b"00"; 100];
        let mut index = 0;
        let mut number = 0_u8;
        while index < 100 {
            pairs[index] = [b'0' + number / 10, b'0' + number % 10];
            number += 1;
            index += 1;
        }
        pairs
    };
    const EIGHT: u64 = 100_000_000;
    let mut start = digits.len();
    let mut last = 0;
    let mut places = digits.chunks_exact_mut(2).rev();
    if number >= EIGHT {
        let mut low = u32::try_from(number % EIGHT).unwrap_or_default();
        number /= EIGHT;
        for place in places.by_ref().take(4) {
            place.copy_from_slice(&PAIRS[usize::try_from(low % 100).unwrap_or_default()]);
            low /= 100;
        }
        start -= 8;
    }
    for place in places {
        let [pair, ..] = (number % 100).to_le_bytes();
        place.copy_from_slice(&PAIRS[usize::from(pair % 100)]);
        number /= 100;
        start -= 2;
        last = pair;
        if number == 0 {
            break;
        }
    }
    let text = std::str::from_utf8(digits).unwrap_or_default();
    text.get(start + usize::from(last < 10)..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Byte by byte, as the tables have it.
    fn encoded(text: &[u8], table: &Table) -> String {
        let entries = text.iter().map(|&byte| table.entries[usize::from(byte)].to_le_bytes());
        let bytes: Vec<u8> =
            entries.flat_map(|entry| entry[..usize::from(entry[7])].to_vec()).collect();
        String::from_utf8(bytes).unwrap()
    }

    // checklist 58, 59
    #[test]
    fn every_byte_is_kept_or_becomes_two_upper_case_digits() {
        const KEPT: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
        for byte in 0..=255 {
            let once = encoded(&[byte], &ONCE);
            let twice = encoded(&[byte], &TWICE);
            assert_eq!(ONCE.keeps(&[byte]), KEPT.contains(&byte));
            assert_eq!(
                ONCE_LOWER.keeps(&[byte]),
                KEPT.contains(&byte) && !byte.is_ascii_uppercase()
            );
            if KEPT.contains(&byte) {
                assert_eq!(once.as_bytes(), [byte]);
                assert_eq!(twice, once);
            } else {
                assert_eq!(once, format!("%{byte:02X}"));
                assert_eq!(twice, format!("%25{byte:02X}"));
            }
        }
    }

    #[test]
    fn the_case_tables_change_letters_only() {
        assert_eq!(encoded(b"EXAMPLE.com[:]", &ONCE_LOWER), "example.com%5B%3A%5D");
        assert_eq!(encoded(b"pAtch!", &ONCE_UPPER), "PATCH%21");
    }

    // checklist 23
    #[test]
    fn a_number_is_its_digits() {
        let edges = [99_999_999, 100_000_000, 100_000_007, 1_000_000_000, 900_000_000_000_000_000];
        for number in [0, 7, 10, 443, 1_767_225_600, u64::MAX].into_iter().chain(edges) {
            assert_eq!(decimal(number, &mut { Digits::NONE }), number.to_string());
        }
    }
}
