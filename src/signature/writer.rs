//! The writer that encoded text passes through on its way into a hash.
//!
//! Floor 1. A base string is written in pieces of any length, and hashed in blocks of 64 bytes, without
//! ever being in memory as a whole. The trap: a writer's buffer is not zeroized, so no key may pass
//! through it.

use super::{
    encode::{Case, Entry, Table},
    template::Style,
};

/// Takes text, as it is or encoded.
pub(super) trait Out {
    /// Takes text that is encoded already.
    fn raw(&mut self, text: &str);
    /// Says that much text follows that is quick to write: a good time to hash what there is.
    #[inline]
    fn pause(&mut self) {}
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

/// How many 64-byte blocks a writer has. The last is a margin: for stores that are wider than what
/// they store, and for the padding of a hash.
pub(super) const BLOCKS: usize = 9;
/// A writer hands its blocks on before it holds more than this. Less than there is room for, so that
/// the processor can encode the next bytes while the hash of the last ones still waits for its own
/// results.
const FULL: usize = 5 * 64 - 16;
/// The most that one byte becomes.
const LONGEST: usize = 5;

/// A writer's buffer. Where it lies among the processor's cache lines is not left to chance: that
/// would change the time of a signature by a tenth from one run of a program to the next.
#[repr(align(64))]
struct Blocks([[u8; 64]; BLOCKS]);

/// Gathers encoded text in a fixed buffer on the stack and hands it on in blocks: to a hash, or to
/// the end of a `String`. A base string is never in memory as a whole.
pub(super) struct Writer<S: Sink> {
    blocks: Blocks,
    len: usize,
    /// Taken out when all is written.
    pub(super) sink: S,
}

impl<S: Sink> Out for Writer<S> {
    #[inline]
    fn pause(&mut self) {
        if self.len >= 64 {
            self.flush();
        }
    }

    #[inline]
    fn raw(&mut self, text: &str) {
        if text.len() > FULL - self.len {
            self.raw_in_parts(text.as_bytes());
        } else {
            self.copy(text.as_bytes());
        }
    }

    #[inline]
    fn encode(&mut self, text: &str, table: &Table) {
        if text.len() * LONGEST > FULL - self.len {
            self.encode_in_parts(text.as_bytes(), table);
        } else {
            let mut cursor = self.cursor();
            cursor.encode(text.as_bytes(), table);
            self.len = cursor.len;
        }
    }

    #[inline]
    fn pair(&mut self, before: &Mark, name: &str, value: &str, style: &Style) {
        // Most pairs are short, and need one look at the room instead of four.
        let longest = (name.len() + value.len()) * LONGEST + 2 * 8;
        if longest > FULL - self.len {
            if longest > FULL - 64 {
                self.raw(before.text);
                self.encode(name, style.table);
                self.raw(style.equals.text);
                self.encode(value, style.table);
                return;
            }
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
        Self { blocks: Blocks([[0; 64]; BLOCKS]), len: 0, sink }
    }

    /// Hands on what is left. Not by value: a writer is large, and would be copied.
    #[inline]
    pub(super) fn finish(&mut self) {
        self.sink.take_last(&mut self.blocks.0, self.len);
    }

    #[inline]
    fn cursor(&mut self) -> Cursor<'_, BLOCKS> {
        Cursor { blocks: &mut self.blocks.0, len: self.len }
    }

    /// Bytes for which there is room.
    #[inline]
    fn copy(&mut self, bytes: &[u8]) {
        let free = &mut self.blocks.0.as_flattened_mut()[self.len & const { inside(BLOCKS) }..];
        if let Some(place) = free.get_mut(..bytes.len()) {
            place.copy_from_slice(bytes);
        }
        self.len += bytes.len();
    }

    #[inline(never)]
    fn encode_in_parts(&mut self, mut text: &[u8], table: &Table) {
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

    #[inline(never)]
    fn raw_in_parts(&mut self, mut text: &[u8]) {
        while text.len() > FULL - self.len {
            let (now, later) = text.split_at(FULL - self.len);
            self.copy(now);
            self.flush();
            text = later;
        }
        self.copy(text);
    }

    #[inline(never)]
    fn flush(&mut self) {
        let full = self.len / 64;
        if let Some(blocks) = self.blocks.0.get(..full) {
            self.sink.take(blocks);
        }
        if let Some(&rest) = self.blocks.0.get(full) {
            self.blocks.0[0] = rest;
        }
        self.len %= 64;
    }
}

/// A mask that never changes a place that is inside so many blocks. It shows the compiler that there
/// is no outside, which saves a comparison for each store.
const fn inside(blocks: usize) -> usize {
    assert!((blocks - 1).is_power_of_two());
    (blocks - 1) * 64 - 1
}

/// A place in a buffer that is known to have room; it lives in registers.
///
/// Eight bytes are stored where fewer count; what is too much, the next store overwrites.
struct Cursor<'b, const BLOCKS: usize> {
    blocks: &'b mut [[u8; 64]; BLOCKS],
    len: usize,
}

impl<const BLOCKS: usize> Cursor<'_, BLOCKS> {
    const INSIDE: usize = inside(BLOCKS);

    #[inline]
    fn store(&mut self, bytes: [u8; 8], count: usize) {
        let at = self.len & Self::INSIDE;
        self.blocks.as_flattened_mut()[at..at + 8].copy_from_slice(&bytes);
        self.len += count;
    }

    #[inline]
    fn entry(&mut self, entry: Entry) {
        self.store(entry.to_le_bytes(), usize::from(entry.to_be_bytes()[0]));
    }

    #[inline]
    fn encode(&mut self, text: &[u8], table: &Table) {
        self.len = encode(self.blocks, self.len, text, table);
    }

    #[inline]
    fn append_to(&self, out: &mut String) {
        append(out, self.blocks, self.len);
    }
}

/// Encodes to a place in a buffer, and gives the place behind.
fn encode<const BLOCKS: usize>(
    blocks: &mut [[u8; 64]; BLOCKS],
    len: usize,
    mut text: &[u8],
    table: &Table,
) -> usize {
    let mut cursor = Cursor { blocks, len };
    while let Some((group, rest)) = text.split_first_chunk::<8>() {
        if !table.keeps(group) {
            // Where one byte changes, as a space between words does, others are near.
            break;
        }
        cursor.store(*group, 8);
        text = rest;
    }
    if let Some((&[a, b, c, d], rest)) = text.split_first_chunk::<4>() {
        if text.len() < 8 && table.keeps(&[a, b, c, d]) {
            cursor.store([a, b, c, d, 0, 0, 0, 0], 4);
            text = rest;
        }
    }
    for &byte in text {
        cursor.entry(table.entries[usize::from(byte)]);
    }
    cursor.len
}

/// Appends bytes in Base64, with padding and without line breaks, percent-encoded.
///
/// Both at once, since it is done for every request: the `base64` crate and the encoding of its
/// result take twice as long.
pub(super) fn append_base64(out: &mut String, bytes: &[u8]) {
    /// What six bits become, encoded: `+` and `/` change.
    static SEXTETS: [Entry; 64] = {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let table = Table::new(false, Case::Kept);
        let mut sextets = [0; 64];
        let mut index = 0;
        while index < 64 {
            sextets[index] = table.entries[ALPHABET[index] as usize];
            index += 1;
        }
        sextets
    };
    let quad = |[a, b, c]: [u8; 3]| -> [Entry; 4] {
        let bits = u32::from_be_bytes([0, a, b, c]);
        [18, 12, 6, 0].map(|shift| SEXTETS[(bits >> shift & 63) as usize])
    };
    // 24 bytes make eight times four digits, and padding only where they are the last.
    for some in bytes.chunks(24) {
        let mut cursor = Cursor { blocks: &mut [[0; 64]; 3], len: 0 };
        let threes = some.chunks_exact(3);
        let rest = threes.remainder();
        for three in threes {
            for entry in quad([three[0], three[1], three[2]]) {
                cursor.entry(entry);
            }
        }
        match *rest {
            [first] => {
                let [a, b, ..] = quad([first, 0, 0]);
                cursor.entry(a);
                cursor.entry(b);
                cursor.store(*b"%3D%3D\0\0", 6);
            }
            [first, second] => {
                let [a, b, c, _] = quad([first, second, 0]);
                cursor.entry(a);
                cursor.entry(b);
                cursor.entry(c);
                cursor.store(*b"%3D\0\0\0\0\0", 3);
            }
            _ => {}
        }
        cursor.append_to(out);
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
                let mut cursor = Cursor { blocks: &mut [[0; 64]; 3], len: 0 };
                cursor.encode(some, table);
                cursor.append_to(self);
            }
        }
    }
}

/// Appends long text to a `String`.
impl Sink for &mut String {
    #[inline]
    fn take(&mut self, blocks: &[[u8; 64]]) {
        append(self, blocks, blocks.len() * 64);
    }

    #[inline]
    fn take_last(&mut self, blocks: &mut [[u8; 64]; BLOCKS], len: usize) {
        append(self, blocks, len);
    }
}

/// Counts text that nobody keeps.
pub(super) struct Count(pub(super) usize);

impl Sink for Count {
    fn take(&mut self, blocks: &[[u8; 64]]) {
        self.0 += blocks.len() * 64;
    }

    fn take_last(&mut self, _: &mut [[u8; 64]; BLOCKS], len: usize) {
        self.0 += len;
    }
}

/// Appends the first `len` bytes of the blocks, which are ASCII: templates and tables hold nothing
/// else. A check of it costs little, the least in whole steps of 16 bytes, and spares us `unsafe`.
#[inline]
fn append(out: &mut String, blocks: &[[u8; 64]], len: usize) {
    let whole = blocks.as_flattened().get(..len.next_multiple_of(16));
    let text = whole.and_then(|bytes| std::str::from_utf8(bytes).ok());
    debug_assert!(text.is_some(), "a writer holds nothing but ASCII");
    out.push_str(text.and_then(|text| text.get(..len)).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::{
        super::encode::{ONCE, TWICE, percent_encode},
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
