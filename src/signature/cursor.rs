//! A place in a buffer that encoded text is written to.

// A byte becomes its encoded form by one load from a table and one store of eight bytes. The trap:
// a store is wider than what counts of it, so whoever makes a cursor leaves eight bytes more than the
// text needs.

use super::encode::{Entry, Table};

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

/// A mask that never changes a place that is inside so many blocks. It shows the compiler that there
/// is no outside, which saves a comparison for each store.
pub(super) const fn inside(blocks: usize) -> usize {
    assert!((blocks - 1).is_power_of_two());
    (blocks - 1) * 64 - 1
}

/// A place in a buffer that is known to have room; it lives in registers.
///
/// Eight bytes are stored where fewer count; what is too much, the next store overwrites.
pub(super) struct Cursor<'b, const BLOCKS: usize> {
    pub(super) blocks: &'b mut [[u8; 64]; BLOCKS],
    pub(super) len: usize,
}

impl<const BLOCKS: usize> Cursor<'_, BLOCKS> {
    const INSIDE: usize = inside(BLOCKS);

    #[inline]
    pub(super) fn store(&mut self, bytes: [u8; 8], count: usize) {
        let at = self.len & Self::INSIDE;
        self.blocks.as_flattened_mut()[at..at + 8].copy_from_slice(&bytes);
        self.len += count;
    }

    #[inline]
    pub(super) fn entry(&mut self, entry: Entry) {
        self.store(entry.to_le_bytes(), usize::from(entry.to_be_bytes()[0]));
    }

    #[inline]
    pub(super) fn mark(&mut self, mark: &Mark) {
        self.store(mark.bytes, mark.text.len());
    }

    #[inline]
    pub(super) fn encode(&mut self, text: &[u8], table: &Table) {
        self.len = encode(self.blocks, self.len, text, table);
    }

    #[inline]
    pub(super) fn append_to(&self, out: &mut String) {
        out.push_str(text(self.blocks, self.len));
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
    // Four in a row, so that the loop's own steps are a small part of it.
    while let Some((group, rest)) = text.split_first_chunk::<4>() {
        for &byte in group {
            cursor.entry(table.entries[usize::from(byte)]);
        }
        text = rest;
    }
    for &byte in text {
        cursor.entry(table.entries[usize::from(byte)]);
    }
    cursor.len
}

/// The first `len` bytes of the blocks, which are ASCII: templates and tables hold nothing else. A check
/// of it costs little, the least in whole steps of 16 bytes, and spares us `unsafe`.
#[inline]
pub(super) fn text(blocks: &[[u8; 64]], len: usize) -> &str {
    let whole = blocks.as_flattened().get(..len.next_multiple_of(16));
    let text = whole.and_then(|bytes| std::str::from_utf8(bytes).ok());
    debug_assert!(text.is_some(), "a writer holds nothing but ASCII");
    text.and_then(|text| text.get(..len)).unwrap_or_default()
}
