//! Percent-encoding, RFC 5849 section 3.6, and the one writer that everything encoded passes through.
//!
//! Floor 1. Letters, digits and `-._~` stay; every other byte of the UTF-8 text becomes `%XX` with
//! upper-case digits. The trap: this is not the encoding of HTML forms. A space is `%20`, never `+`,
//! and `*` is encoded.
//!
//! The parameters of a base string are encoded twice: once as values, once as part of the whole. The
//! second pass touches nothing but the `%` of the first, so both are done from the raw byte at
//! once: a byte that is encoded becomes `%25XX`. What a byte becomes stands in a table of eight-byte
//! entries, copied whole and advanced over by its length; the loops of the `percent-encoding` crate
//! are right too, but cost more than the hash that this text is made for.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What stays as it is, for the `percent-encoding` crate: the unreserved characters of RFC 3986.
pub(super) const RESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Percent-encodes text as OAuth wants it.
///
/// Letters, digits, `-`, `.`, `_` and `~` stay; every other byte of the UTF-8 text becomes `%XX` with
/// upper-case digits. Text that needs nothing is borrowed.
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

/// What each byte becomes: up to seven bytes of text, and in the last place how many they are.
pub(super) struct Table {
    entries: [[u8; 8]; 256],
    /// Whether unreserved bytes stay, so that a run of them can be copied.
    keeps_unreserved: bool,
}

/// Encoded once: a value in a header, a query or a form; the path in a base string.
pub(super) static ONCE: Table = Table::new(false, Case::Kept);
const ONCE_ENTRIES: [[u8; 8]; 256] = Table::new(false, Case::Kept).entries;
/// Encoded twice: a parameter's name or value in a base string.
pub(super) static TWICE: Table = Table::new(true, Case::Kept);
/// Encoded once, in lower case: the host in a base string.
pub(super) static ONCE_LOWER: Table = Table::new(false, Case::Lower);
/// Encoded once, in upper case: the HTTP method in a base string.
pub(super) static ONCE_UPPER: Table = Table::new(false, Case::Upper);

#[derive(Clone, Copy)]
enum Case {
    Kept,
    Lower,
    Upper,
}

impl Table {
    #[expect(clippy::cast_possible_truncation, reason = "the index runs over the bytes")]
    const fn new(twice: bool, case: Case) -> Self {
        const HEX: [u8; 16] = *b"0123456789ABCDEF";
        let mut entries = [[0; 8]; 256];
        let mut index = 0;
        while index < 256 {
            let byte = match case {
                Case::Kept => index as u8,
                Case::Lower => (index as u8).to_ascii_lowercase(),
                Case::Upper => (index as u8).to_ascii_uppercase(),
            };
            let (high, low) = (HEX[(byte >> 4) as usize], HEX[(byte & 15) as usize]);
            entries[index] = if is_unreserved(byte) {
                [byte, 0, 0, 0, 0, 0, 0, 1]
            } else if twice {
                [b'%', b'2', b'5', high, low, 0, 0, 5]
            } else {
                [b'%', high, low, 0, 0, 0, 0, 3]
            };
            index += 1;
        }
        Self { entries, keeps_unreserved: matches!(case, Case::Kept) }
    }
}

/// The alphabet of Base64, each character encoded once as in [`ONCE`].
static BASE64: [[u8; 8]; 64] = {
    const ALPHABET: [u8; 64] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut entries = [[0; 8]; 64];
    let mut index = 0;
    while index < 64 {
        entries[index] = ONCE_ENTRIES[ALPHABET[index] as usize];
        index += 1;
    }
    entries
};

/// A number in decimal digits, without a heap or the machinery of `format!`.
pub(super) struct Decimal {
    digits: [u8; 20],
    start: usize,
}

impl Decimal {
    #[inline]
    pub(super) fn new(mut number: u64) -> Self {
        let mut digits = [b'0'; 20];
        let mut start = 20;
        for place in digits.iter_mut().rev() {
            *place += (number % 10).to_le_bytes()[0];
            number /= 10;
            start -= 1;
            if number == 0 {
                break;
            }
        }
        Self { digits, start }
    }

    #[inline]
    pub(super) fn as_bytes(&self) -> &[u8] {
        self.digits.get(self.start..).unwrap_or_default()
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }
}

/// Takes what a [`Writer`] has gathered.
pub(super) trait Sink {
    /// Takes the next bytes, a whole number of blocks. They are ASCII.
    fn take(&mut self, blocks: &[[u8; 64]]);
    /// Takes the last bytes, fewer than fit into the writer.
    fn take_last(&mut self, bytes: &[u8]);
}

/// How many 64-byte blocks a writer holds. Small, so that the processor can encode the next bytes
/// while the hash of the last ones still waits for its own results.
const BLOCKS: usize = 5;
const CAPACITY: usize = BLOCKS * 64;
/// The room that one step may need: eight bytes encoded twice, and the width of the last store.
const STEP: usize = 8 * 5 + 8;

/// Gathers encoded text in a fixed buffer on the stack and hands it on in blocks: to a hash, or to
/// the end of a `String`. A base string is never in memory as a whole.
pub(super) struct Writer<S: Sink> {
    blocks: [[u8; 64]; BLOCKS],
    /// At most `CAPACITY - STEP` between two calls.
    len: usize,
    sink: S,
}

impl<S: Sink> Writer<S> {
    #[inline]
    pub(super) fn new(sink: S) -> Self {
        Self { blocks: [[0; 64]; BLOCKS], len: 0, sink }
    }

    /// Writes text that is encoded already.
    #[inline]
    pub(super) fn raw(&mut self, mut text: &[u8]) {
        while self.len + text.len() > CAPACITY - STEP {
            let (now, later) = text.split_at(text.len().min(CAPACITY - self.len));
            self.copy(now);
            self.flush();
            text = later;
            if text.is_empty() {
                return;
            }
        }
        self.copy(text);
    }

    /// Writes text as the table says.
    #[inline]
    pub(super) fn encode(&mut self, text: &[u8], table: &Table) {
        let mut groups = text.chunks_exact(8);
        for group in &mut groups {
            self.make_room();
            if table.keeps_unreserved && group.iter().fold(true, |all, &b| all & is_unreserved(b)) {
                self.copy(group);
            } else {
                self.encode_step(group, table);
            }
        }
        self.make_room();
        self.encode_step(groups.remainder(), table);
    }

    /// Writes bytes in Base64, with padding and without line breaks, percent-encoded once.
    ///
    /// Both steps at once, as for the parameters, since this runs for every request.
    #[inline]
    pub(super) fn base64(&mut self, bytes: &[u8]) {
        for group in bytes.chunks(3) {
            self.make_room();
            let mut three = [0; 3];
            three[..group.len()].copy_from_slice(group);
            let [a, b, c] = three;
            let sextets = [a >> 2, (a & 3) << 4 | b >> 4, (b & 15) << 2 | c >> 6, c & 63];
            for &sextet in &sextets[..=group.len()] {
                self.entry(BASE64[usize::from(sextet & 63)]);
            }
            for _ in group.len()..3 {
                self.copy(b"%3D");
            }
        }
    }

    /// Hands on what is left and gives the sink back.
    #[inline]
    pub(super) fn finish(mut self) -> S {
        let last = self.blocks.as_flattened().get(..self.len);
        self.sink.take_last(last.unwrap_or_default());
        self.sink
    }

    /// At most eight bytes, for which there is room.
    #[inline]
    fn encode_step(&mut self, bytes: &[u8], table: &Table) {
        let buffer = self.blocks.as_flattened_mut();
        let mut len = self.len;
        for &byte in bytes {
            let entry = &table.entries[usize::from(byte)];
            if let Some(place) = buffer.get_mut(len..len + 8) {
                place.copy_from_slice(entry);
            }
            len += usize::from(entry[7]);
        }
        self.len = len;
    }

    #[inline]
    fn entry(&mut self, entry: [u8; 8]) {
        let buffer = self.blocks.as_flattened_mut();
        if let Some(place) = buffer.get_mut(self.len..self.len + 8) {
            place.copy_from_slice(&entry);
        }
        self.len += usize::from(entry[7]);
    }

    /// Bytes for which there is room.
    #[inline]
    fn copy(&mut self, bytes: &[u8]) {
        let end = self.len + bytes.len();
        if let Some(place) = self.blocks.as_flattened_mut().get_mut(self.len..end) {
            place.copy_from_slice(bytes);
        }
        self.len = end;
    }

    #[inline]
    fn make_room(&mut self) {
        if self.len > CAPACITY - STEP {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let full = self.len / 64;
        if let Some(blocks) = self.blocks.get(..full) {
            self.sink.take(blocks);
        }
        if let Some(&rest) = self.blocks.get(full) {
            self.blocks[0] = rest;
        }
        self.len %= 64;
    }
}

/// Appends to a `String`.
impl Sink for &mut String {
    #[inline]
    fn take(&mut self, blocks: &[[u8; 64]]) {
        self.take_last(blocks.as_flattened());
    }

    #[inline]
    fn take_last(&mut self, bytes: &[u8]) {
        // Always ASCII: templates and tables hold nothing else. A check of it costs little, and
        // spares us `unsafe`.
        if let Ok(text) = std::str::from_utf8(bytes) {
            self.push_str(text);
        } else {
            debug_assert!(false, "a writer holds nothing but ASCII");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &[u8], table: &Table) -> String {
        let mut out = String::new();
        let mut writer = Writer::new(&mut out);
        writer.encode(text, table);
        writer.finish();
        out
    }

    // checklist 58, 59
    #[test]
    fn every_byte_is_kept_or_becomes_two_upper_case_digits() {
        const KEPT: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
        for byte in 0..=255 {
            let once = encoded(&[byte], &ONCE);
            let twice = encoded(&[byte], &TWICE);
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

    // checklist 43: the `base64` crate is the reference.
    #[test]
    fn base64_is_the_standard_one_percent_encoded() {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        for len in 0..400 {
            let bytes: Vec<u8> = (0..len).map(|i: u32| (i * 37 + len) as u8).collect();
            let mut out = String::new();
            let mut writer = Writer::new(&mut out);
            writer.base64(&bytes);
            writer.finish();
            assert_eq!(out, percent_encode(&STANDARD.encode(&bytes)), "{len}");
        }
    }

    // checklist 23
    #[test]
    fn a_number_is_its_digits() {
        for number in [0, 7, 10, 443, 1_767_225_600, u64::MAX] {
            assert_eq!(Decimal::new(number).as_str(), number.to_string());
        }
    }

    #[test]
    fn any_length_and_any_mixture_passes_through_the_buffer() {
        for len in 0..700 {
            let plain: String = ('a'..='z').cycle().take(len).collect();
            assert_eq!(encoded(plain.as_bytes(), &TWICE), plain);
            let mixed: String = "é a+b%~".chars().cycle().take(len).collect();
            let once = percent_encode(&mixed).into_owned();
            assert_eq!(encoded(mixed.as_bytes(), &ONCE), once);
            assert_eq!(encoded(mixed.as_bytes(), &TWICE), percent_encode(&once));

            let mut out = String::new();
            let mut writer = Writer::new(&mut out);
            writer.raw(b"x");
            writer.raw(plain.as_bytes());
            writer.encode(mixed.as_bytes(), &ONCE);
            writer.raw(plain.as_bytes());
            writer.finish();
            assert_eq!(out, format!("x{plain}{once}{plain}"));
        }
    }
}
