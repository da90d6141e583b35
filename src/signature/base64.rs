//! The signature's bytes in Base64, RFC 4648 section 4, percent-encoded.

// Both at once, since it is done for every request: the `base64` crate and the encoding of its
// result take twice as long. The trap: `+`, `/` and `=` must be encoded wherever a signature is sent.

use super::{
    cursor::{Cursor, Mark, text},
    encode::{Case, Entry, Table},
};

/// Appends bytes in Base64, with padding and without line breaks, percent-encoded.
pub(super) fn append_base64(out: &mut String, bytes: &[u8]) {
    // 24 bytes make eight times four digits, and padding only where they are the last.
    for some in bytes.chunks(24) {
        let mut cursor = Cursor { blocks: &mut [[0; 64]; 3], len: 0 };
        let threes = some.chunks_exact(3);
        let rest = threes.remainder();
        for three in threes {
            digits(&mut cursor, u32::from_be_bytes([0, three[0], three[1], three[2]]), 4);
        }
        match *rest {
            [first] => {
                digits(&mut cursor, u32::from_be_bytes([0, first, 0, 0]), 2);
                cursor.store(*b"%3D%3D\0\0", 6);
            }
            [first, second] => {
                digits(&mut cursor, u32::from_be_bytes([0, first, second, 0]), 3);
                cursor.store(*b"%3D\0\0\0\0\0", 3);
            }
            _ => {}
        }
        cursor.append_to(out);
    }
}

/// Room for a SHA-1 hash as [`spell_sha1_base64`] spells it.
pub(super) type Sha1Room = [[u8; 64]; 3];
pub(super) const SHA1_ROOM: Sha1Room = [[0; 64]; 3];

/// As [`append_base64`], for the words of a SHA-1 hash as they are in registers, with what comes after
/// them. It is spelled apart, so that it is known how long it is before room is made for the rest.
#[inline]
pub(super) fn spell_sha1_base64<'r>(
    room: &'r mut Sha1Room,
    words: [u32; 5],
    end: &Mark,
) -> &'r str {
    let mut cursor = Cursor { blocks: room, len: 0 };
    // The lowest 24 bits of each: three words are four groups of three bytes.
    let [one, two, three, four, five] = words;
    digits(&mut cursor, one >> 8, 4);
    digits(&mut cursor, one << 16 | two >> 16, 4);
    digits(&mut cursor, two << 8 | three >> 24, 4);
    digits(&mut cursor, three, 4);
    digits(&mut cursor, four >> 8, 4);
    digits(&mut cursor, four << 16 | five >> 16, 4);
    digits(&mut cursor, five << 8, 3);
    cursor.store(*b"%3D\0\0\0\0\0", 3);
    cursor.mark(end);
    let len = cursor.len;
    text(room, len)
}

/// The first few of the four digits that the lowest 24 bits make.
#[inline]
fn digits(cursor: &mut Cursor<'_, 3>, bits: u32, count: usize) {
    for shift in [18, 12, 6, 0].into_iter().take(count) {
        cursor.entry(SEXTETS[(bits >> shift & 63) as usize]);
    }
}

/// What six bits become in Base64, percent-encoded: `+` and `/` change.
static SEXTETS: [Entry; 64] = {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let table = Table::new(false, Case::Kept);
    let mut sextets = [0; 64];
    let mut index = 0;
    while index < 64 {
        sextets[index] = table.entries[ALPHABET[index] as usize];
        index += 1;
    }
    sextets
};

#[cfg(test)]
mod tests {
    use super::{
        super::{encode::percent_encode, hmac_sha1::to_bytes},
        *,
    };

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

    // checklist 43: the general one is the reference.
    #[test]
    fn the_base64_of_a_sha1_hash_is_that_of_its_bytes() {
        let mut word = 0x9e37_79b9_u32;
        for round in 0..500 {
            let words = [(); 5].map(|()| {
                word = word.wrapping_mul(0x0019_660d).wrapping_add(0x3c6e_f35f + round);
                word
            });
            let (mut expected, mut out) = (String::from("é"), String::from("é"));
            append_base64(&mut expected, &to_bytes(words));
            out.push_str(spell_sha1_base64(&mut { SHA1_ROOM }, words, &Mark::new("\"")));
            assert_eq!(out, expected + "\"");
        }
    }
}
