//! The order in which parameters are signed, RFC 5849 section 3.4.1.3.2.

// The trap: parameters are sorted by their *encoded* names, then encoded values. A byte that
// is encoded starts with `%`, which comes before everything that stays, so `é` is before `z` and
// `:` before `0`, against the order of the plain text. Nor may `name=value` be sorted as one text,
// where `a-b` would come before `a`.

use std::cmp::Ordering;

use super::encode::is_unreserved;

/// The place of each raw byte in the order of the encoded text.
///
/// Two texts differ in their encoded form where they first differ in their raw form. If both bytes
/// stay, they compare as themselves. If both are encoded, `%XX` against `%YY` with upper-case digits is
/// the order of the bytes' values. If one is encoded, it is the smaller, since `%` is below every
/// unreserved byte. So: first the reserved bytes by value, then the unreserved by value. A text that
/// is the beginning of another is the smaller in both forms.
static RANK: [u8; 256] = rank();

#[expect(clippy::cast_possible_truncation, reason = "the index runs over the bytes")]
const fn rank() -> [u8; 256] {
    let mut ranks = [0; 256];
    let mut next = 0_u8;
    let mut turn = 0;
    while turn < 2 {
        let mut index = 0;
        while index < 256 {
            if is_unreserved(index as u8) == (turn == 1) {
                ranks[index] = next;
                next = next.wrapping_add(1);
            }
            index += 1;
        }
        turn += 1;
    }
    ranks
}

/// Compares two raw texts as their percent-encoded forms would compare.
#[inline]
pub(super) fn compare(left: &str, right: &str) -> Ordering {
    // Most names differ at once.
    match (left.as_bytes(), right.as_bytes()) {
        ([a, ..], [b, ..]) if a != b => RANK[usize::from(*a)].cmp(&RANK[usize::from(*b)]),
        (left, right) => compare_bytes(left, right),
    }
}

fn compare_bytes(left: &[u8], right: &[u8]) -> Ordering {
    for (&a, &b) in left.iter().zip(right) {
        if a != b {
            return RANK[usize::from(a)].cmp(&RANK[usize::from(b)]);
        }
    }
    left.len().cmp(&right.len())
}

#[inline]
pub(super) fn compare_pairs(left: (&str, &str), right: (&str, &str)) -> Ordering {
    compare(left.0, right.0).then_with(|| compare(left.1, right.1))
}

/// Up to this many parameters are sorted on the stack, by insertion.
const FEW: usize = 16;

/// The numbers of some parameters in the order in which they are signed.
pub(super) struct Order {
    few: [Headed; FEW],
    /// Empty if they are few.
    many: Vec<Numbered>,
}

/// One parameter among few: its number, and above it the rank of its name's first byte, which orders
/// most names without looking at them.
type Headed = u16;

impl Order {
    /// Sorts what `pair` gives for `0..count`. One allocation for more than [`FEW`] of them, none
    /// for fewer.
    #[inline]
    pub(super) fn new<'p>(count: usize, pair: impl Fn(usize) -> (&'p str, &'p str) + Copy) -> Self {
        if count > FEW {
            Self { few: [0; FEW], many: many(count, pair) }
        } else {
            Self { few: few(count, pair), many: Vec::new() }
        }
    }

    /// Which parameter has this place.
    #[inline]
    pub(super) fn at(&self, place: usize) -> usize {
        match self.many.get(place) {
            Some(numbered) => numbered.index,
            None => number(self.few[place % FEW]),
        }
    }
}

#[inline]
fn number(headed: Headed) -> usize {
    usize::from(headed & 0xff)
}

/// Sorts by insertion.
#[inline]
fn few<'p>(count: usize, pair: impl Fn(usize) -> (&'p str, &'p str)) -> [Headed; FEW] {
    let mut sorted: [Headed; FEW] = [0; FEW];
    for (new, end) in (0..).zip(0..count.min(FEW)) {
        // A name that is empty comes first, and zero is the smallest rank.
        let head = pair(end).0.as_bytes().first().map_or(0, |&byte| RANK[usize::from(byte)]);
        let this = Headed::from(head) << 8 | new;
        let mut place = end;
        while place > 0 {
            let before = sorted[place - 1];
            let after = if before >> 8 == this >> 8 {
                is_after(number(before), end, &pair)
            } else {
                before > this
            };
            if !after {
                break;
            }
            sorted[place] = before;
            place -= 1;
        }
        sorted[place] = this;
    }
    sorted
}

/// Not inlined, so that it costs nothing where names differ at once.
#[inline(never)]
fn is_after<'p>(left: usize, right: usize, pair: impl Fn(usize) -> (&'p str, &'p str)) -> bool {
    compare_pairs(pair(left), pair(right)) == Ordering::Greater
}

/// One parameter among many: where it stands, and a number that orders most names without looking
/// at them.
struct Numbered {
    key: u64,
    index: usize,
}

fn many<'p>(count: usize, pair: impl Fn(usize) -> (&'p str, &'p str) + Copy) -> Vec<Numbered> {
    let skip = common_prefix(count, pair);
    let numbered = |index| Numbered { key: sort_key(pair(index).0, skip), index };
    let mut sorted: Vec<Numbered> = (0..count).map(numbered).collect();
    sort(&mut sorted, &pair);
    sorted
}

/// By the keys alone first: a comparison of two numbers has no branch to mispredict. `dyn`, so that this is
/// compiled once and not for each type of pairs.
fn sort<'p>(sorted: &mut [Numbered], pair: &dyn Fn(usize) -> (&'p str, &'p str)) {
    sorted.sort_unstable_by_key(|numbered| numbered.key);
    for same in sorted.chunk_by_mut(|left, right| left.key == right.key) {
        if same.len() > 1 {
            same.sort_unstable_by(|left, right| compare_pairs(pair(left.index), pair(right.index)));
        }
    }
}

/// How many bytes all names begin with in common, such as those of `item_`.
fn common_prefix<'p>(count: usize, pair: impl Fn(usize) -> (&'p str, &'p str)) -> usize {
    let first = pair(0).0.as_bytes();
    (1..count).fold(first.len(), |common, index| {
        let name = pair(index).0.as_bytes();
        // After a few names it gets no shorter, and one comparison is enough.
        if name.starts_with(&first[..common]) {
            return common;
        }
        let pairs = first[..common].iter().zip(name);
        pairs.take_while(|(a, b)| a == b).count()
    })
}

/// The ranks of the eight bytes after the common ones, as a number; zeros after the name's end.
///
/// If one key is smaller, so is its name: a name that ends first is the smaller one, and zero is
/// the smallest rank. Equal keys say nothing.
fn sort_key(name: &str, skip: usize) -> u64 {
    let rest = name.as_bytes().get(skip..).unwrap_or_default();
    let key = if let Some(eight) = rest.first_chunk::<8>() {
        eight.map(|byte| RANK[usize::from(byte)])
    } else {
        let mut key = [0; 8];
        for (rank, &byte) in key.iter_mut().zip(rest) {
            *rank = RANK[usize::from(byte)];
        }
        key
    };
    u64::from_be_bytes(key)
}

#[cfg(test)]
mod tests {
    use super::{super::percent_encode, *};

    // checklist 39
    #[test]
    fn raw_bytes_compare_as_their_encoded_forms() {
        for a in 0..=127_u8 {
            for b in 0..=127_u8 {
                for (left, right) in [
                    (vec![a], vec![b]),
                    (vec![b'x', a], vec![b'x', b, b'x']),
                    (vec![a], vec![a, b]),
                ] {
                    let left = String::from_utf8(left).unwrap();
                    let right = String::from_utf8(right).unwrap();
                    let encoded = percent_encode(&left).cmp(&percent_encode(&right));
                    assert_eq!(compare(&left, &right), encoded, "{left:?} {right:?}");
                }
            }
        }
        assert_eq!(compare("é", "z"), Ordering::Less);
        assert_eq!(compare("🦀", "é"), Ordering::Greater);
    }
}
