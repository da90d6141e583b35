//! The writer that encoded text passes through on its way into a hash.
//!
//! Floor 1. A base string is written in pieces of any length, and hashed in blocks of 64 bytes, without
//! ever being in memory as a whole. The trap: a writer's buffer is not zeroized, so no key may pass
//! through it.

use super::{
    encode::{ONCE, Table},
    template::Style,
};

/// Takes text, as it is or encoded.
pub(super) trait Out {
    /// Takes text that is encoded already.
    fn raw(&mut self, text: &str);
    /// Takes text that is to be encoded as the table says.
    fn encode(&mut self, text: &str, table: &Table);
    /// Takes a name and a value that are to be encoded, and what stands before and between them.
    #[inline]
    fn pair(&mut self, before: &Mark, name: &str, value: &str, style: &Style) {
        self.raw(before.text);
        self.encode(name, style.table);
        self.raw(style.equals.text);
        self.encode(value, style.table);
    }
}

/// Up to eight bytes between names and values, ready to be stored in one piece.
pub(super) struct Mark {
    pub(super) text: &'static str,
    bytes: [u8; 8],
}

impl Mark {
    pub(super) const NONE: Self = Self::new("");

    pub(super) const fn new(text: &'static str) -> Self {
        let mut bytes = [0; 8];
        let mut index = 0;
        while index < text.len() {
            bytes[index] = text.as_bytes()[index];
            index += 1;
        }
        Self { text, bytes }
    }
}

/// Takes what a [`Writer`] has gathered.
pub(super) trait Sink {
    /// Takes the next bytes, a whole number of blocks. They are ASCII.
    fn take(&mut self, blocks: &[[u8; 64]]);
    /// Takes the last bytes: the first `len` of the blocks, whose last one is never full. The
    /// blocks are given up, to be written to.
    fn take_last(&mut self, blocks: &mut [[u8; 64]; BLOCKS], len: usize);
}

/// How many 64-byte blocks a writer holds. Small, so that the processor can encode the next bytes
/// while the hash of the last ones still waits for its own results.
pub(super) const BLOCKS: usize = 5;
const CAPACITY: usize = BLOCKS * 64;
/// A writer never holds more than this between two steps: the last block has room for the width of a
/// store, and for the padding of a hash.
const FULL: usize = CAPACITY - 16;
/// The most that one byte becomes.
const LONGEST: usize = 5;

/// Gathers encoded text in a fixed buffer on the stack and hands it on in blocks: to a hash, or to
/// the end of a `String`. A base string is never in memory as a whole.
pub(super) struct Writer<S: Sink> {
    blocks: [[u8; 64]; BLOCKS],
    len: usize,
    sink: S,
}

impl<S: Sink> Out for Writer<S> {
    #[inline]
    fn raw(&mut self, text: &str) {
        let mut text = text.as_bytes();
        while text.len() > FULL - self.len {
            let (now, later) = text.split_at(FULL - self.len);
            self.copy(now);
            self.flush();
            text = later;
        }
        self.copy(text);
    }

    #[inline]
    fn encode(&mut self, text: &str, table: &Table) {
        let mut text = text.as_bytes();
        while !text.is_empty() {
            let fits = (FULL - self.len) / LONGEST;
            if fits < 16 && fits < text.len() {
                self.flush();
                continue;
            }
            let (now, later) = text.split_at(text.len().min(fits));
            let mut cursor = self.cursor();
            cursor.encode(now, table);
            self.len = cursor.len;
            text = later;
        }
    }

    #[inline]
    fn pair(&mut self, before: &Mark, name: &str, value: &str, style: &Style) {
        // Most pairs are short, and need one look at the room instead of four.
        let longest = (name.len() + value.len()) * LONGEST + 2 * 8;
        if longest > FULL - 64 {
            self.raw(before.text);
            self.encode(name, style.table);
            self.raw(style.equals.text);
            self.encode(value, style.table);
            return;
        }
        if longest > FULL - self.len {
            self.flush();
        }
        let mut cursor = self.cursor();
        cursor.store(before.bytes, before.text.len());
        cursor.encode(name.as_bytes(), style.table);
        cursor.store(style.equals.bytes, style.equals.text.len());
        cursor.encode(value.as_bytes(), style.table);
        self.len = cursor.len;
    }
}

impl<S: Sink> Writer<S> {
    #[inline]
    pub(super) fn new(sink: S) -> Self {
        Self { blocks: [[0; 64]; BLOCKS], len: 0, sink }
    }

    /// Hands on what is left and gives the sink back.
    #[inline]
    pub(super) fn finish(mut self) -> S {
        self.sink.take_last(&mut self.blocks, self.len);
        self.sink
    }

    #[inline]
    fn cursor(&mut self) -> Cursor<'_> {
        Cursor::new(self.blocks.as_flattened_mut(), self.len)
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

/// A place in a buffer that is known to have room; it lives in registers.
///
/// Eight bytes are stored where fewer count; what is too much, the next store overwrites. So there must
/// be room for the longest form of what is written, and for eight bytes more.
struct Cursor<'b> {
    buffer: &'b mut [u8],
    len: usize,
}

impl<'b> Cursor<'b> {
    #[inline]
    fn new(buffer: &'b mut [u8], len: usize) -> Self {
        Self { buffer, len }
    }

    #[inline]
    fn store(&mut self, bytes: [u8; 8], count: usize) {
        if let Some(place) = self.buffer.get_mut(self.len..self.len + 8) {
            place.copy_from_slice(&bytes);
        }
        self.len += count;
    }

    #[inline]
    fn byte(&mut self, byte: u8, table: &Table) {
        let entry = table.entries[usize::from(byte)];
        self.store(entry.to_le_bytes(), usize::from(entry.to_be_bytes()[0]));
    }

    #[inline]
    fn four(&mut self, group: [u8; 4], table: &Table) {
        if table.keeps(&group) {
            let [a, b, c, d] = group;
            self.store([a, b, c, d, 0, 0, 0, 0], 4);
        } else {
            for byte in group {
                self.byte(byte, table);
            }
        }
    }

    #[inline]
    fn encode(&mut self, mut text: &[u8], table: &Table) {
        while let Some((group, rest)) = text.split_first_chunk::<8>() {
            if table.keeps(group) {
                self.store(*group, 8);
            } else {
                for four in group.chunks_exact(4) {
                    self.four([four[0], four[1], four[2], four[3]], table);
                }
            }
            text = rest;
        }
        if let Some((group, rest)) = text.split_first_chunk::<4>() {
            self.four(*group, table);
            text = rest;
        }
        for &byte in text {
            self.byte(byte, table);
        }
    }
}

/// Appends bytes in Base64, with padding and without line breaks, percent-encoded.
///
/// Both at once, since it is done for every request: the `base64` crate and the encoding of its
/// result take twice as long.
pub(super) fn append_base64(out: &mut String, bytes: &[u8]) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let quad = |[a, b, c]: [u8; 3]| -> [u8; 4] {
        let sextets = [a >> 2, a << 4 | b >> 4, b << 2 | c >> 6, c];
        sextets.map(|bits| ALPHABET[usize::from(bits & 63)])
    };
    // 24 bytes make eight quads, and padding only where they are the last.
    for some in bytes.chunks(24) {
        let mut encoded = [0; 32 * 3 + 8];
        let mut cursor = Cursor::new(&mut encoded, 0);
        let threes = some.chunks_exact(3);
        let rest = threes.remainder();
        for three in threes {
            cursor.four(quad([three[0], three[1], three[2]]), &ONCE);
        }
        let last = match *rest {
            [first] => Some(([first, 0, 0], true)),
            [first, second] => Some(([first, second, 0], false)),
            _ => None,
        };
        if let Some((three, twice)) = last {
            let mut padded = quad(three);
            padded[3] = b'=';
            if twice {
                padded[2] = b'=';
            }
            cursor.four(padded, &ONCE);
        }
        let len = cursor.len;
        append(out, encoded.get(..len).unwrap_or_default());
    }
}

/// Takes text directly: most of it needs no encoding.
impl Out for String {
    #[inline]
    fn raw(&mut self, text: &str) {
        self.push_str(text);
    }

    #[inline]
    fn encode(&mut self, text: &str, table: &Table) {
        if table.keeps_all(text.as_bytes()) {
            self.push_str(text);
        } else {
            for some in text.as_bytes().chunks(24) {
                let mut encoded = [0; 24 * LONGEST + 8];
                let mut cursor = Cursor::new(&mut encoded, 0);
                cursor.encode(some, table);
                let len = cursor.len;
                append(self, encoded.get(..len).unwrap_or_default());
            }
        }
    }
}

/// Appends long text to a `String`.
impl Sink for &mut String {
    #[inline]
    fn take(&mut self, blocks: &[[u8; 64]]) {
        append(self, blocks.as_flattened());
    }

    #[inline]
    fn take_last(&mut self, blocks: &mut [[u8; 64]; BLOCKS], len: usize) {
        append(self, blocks.as_flattened().get(..len).unwrap_or_default());
    }
}

fn append(out: &mut String, bytes: &[u8]) {
    // Always ASCII: templates and tables hold nothing else. A check of it costs little, and spares
    // us `unsafe`.
    if let Ok(text) = std::str::from_utf8(bytes) {
        out.push_str(text);
    } else {
        debug_assert!(false, "a writer holds nothing but ASCII");
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::encode::{TWICE, percent_encode},
        *,
    };

    fn encoded(text: &str, table: &Table) -> String {
        let mut out = String::new();
        let mut writer = Writer::new(&mut out);
        writer.encode(text, table);
        writer.finish();
        let mut direct = String::new();
        direct.encode(text, table);
        assert_eq!(direct, out);
        out
    }

    // checklist 43: the `base64` crate is the reference.
    #[test]
    fn base64_is_the_standard_one_percent_encoded() {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        for len in 0..400 {
            let bytes: Vec<u8> = (0..len).map(|i: usize| (i * 37 + len).to_le_bytes()[0]).collect();
            let mut out = String::from("é");
            append_base64(&mut out, &bytes);
            assert_eq!(out, format!("é{}", percent_encode(&STANDARD.encode(&bytes))), "{len}");
        }
    }

    #[test]
    fn any_length_and_any_mixture_passes_through_the_buffer() {
        for len in 0..700 {
            let plain: String = ('a'..='z').cycle().take(len).collect();
            assert_eq!(encoded(&plain, &TWICE), plain);
            let mixed: String = "é a+b%~".chars().cycle().take(len).collect();
            let once = percent_encode(&mixed).into_owned();
            assert_eq!(encoded(&mixed, &ONCE), once);
            assert_eq!(encoded(&mixed, &TWICE), percent_encode(&once));

            let mut out = String::new();
            let mut writer = Writer::new(&mut out);
            writer.raw("x");
            writer.raw(&plain);
            writer.encode(&mixed, &ONCE);
            writer.raw(&plain);
            writer.finish();
            assert_eq!(out, format!("x{plain}{once}{plain}"));
        }
    }
}
