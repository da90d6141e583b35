//! The writer that encoded text passes through on its way into a hash.

// A base string is written in pieces of any length, and hashed in blocks of 64 bytes, without
// ever being in memory as a whole. The trap: a writer's buffer is not zeroized, so no key may pass
// through it.

use super::{
    cursor::{Cursor, Mark, inside, text},
    encode::Table,
    style::Style,
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

/// Takes what a [`Writer`] has gathered.
pub(super) trait Sink {
    /// What it makes of the whole text.
    type Output;
    /// Takes the next bytes, a whole number of blocks. They are ASCII.
    fn take(&mut self, blocks: &[[u8; 64]]);
    /// Takes the last bytes: the first `len` of the blocks, whose last one is never full. The
    /// blocks are given up, to be written to.
    fn take_last(&mut self, blocks: &mut [[u8; 64]; BLOCKS], len: usize) -> Self::Output;
}

/// How many 64-byte blocks a writer has. The last is a margin: for stores that are wider than what
/// they store, and for the padding of a hash.
pub(super) const BLOCKS: usize = 9;
/// A writer hands its blocks on before it holds more than this. Less than there is room for: of 4, 5, 6 and 8
/// blocks 5 were the fastest, as `docs/performance.md` says.
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
    sink: S,
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
        cursor.mark(before);
        cursor.encode(name.as_bytes(), style.table);
        cursor.mark(&style.equals);
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
    pub(super) fn finish(&mut self) -> S::Output {
        self.sink.take_last(&mut self.blocks.0, self.len)
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
    type Output = ();

    #[inline]
    fn take(&mut self, blocks: &[[u8; 64]]) {
        self.push_str(text(blocks, blocks.len() * 64));
    }

    #[inline]
    fn take_last(&mut self, blocks: &mut [[u8; 64]; BLOCKS], len: usize) {
        self.push_str(text(blocks, len));
    }
}

/// Counts text that nobody keeps.
#[derive(Default)]
pub(super) struct Count(usize);

impl Sink for Count {
    type Output = usize;

    fn take(&mut self, blocks: &[[u8; 64]]) {
        self.0 += blocks.len() * 64;
    }

    fn take_last(&mut self, _: &mut [[u8; 64]; BLOCKS], len: usize) -> usize {
        self.0 + len
    }
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
