// What fills the fields of an answer: nothing, or in this crate's own tests all kinds of things.

use jiff::civil::Date;

/// An answer, or a part of one, that [`blank`](super::blank) creates. Sealed.
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::{Answer, diary::FoodEntry, testing::{Blank, blank}};
///
/// /// What a call returns that found one thing.
/// fn one<T: Blank>() -> Answer<Vec<T>> {
///     Answer::from(vec![blank()])
/// }
///
/// assert_eq!(one::<FoodEntry>()[0].name, "");
/// ```
pub trait Blank: Sized {
    #[doc(hidden)]
    fn fill(filler: &mut Filler) -> Self;
}

/// Where values come from. Nobody outside can name it, so nobody can implement [`Blank`].
#[derive(Debug)]
pub struct Filler {
    /// None for nothing but zeros.
    random: Option<u64>,
}

impl Filler {
    pub(super) fn nothing() -> Self {
        Self { random: None }
    }

    #[cfg(test)]
    pub(super) fn random(seed: u64) -> Self {
        Self { random: Some(seed | 1) }
    }

    /// Zero, or any number.
    pub(crate) fn number(&mut self) -> u64 {
        let Some(state) = &mut self.random else { return 0 };
        // Xorshift: a test needs variety, not randomness.
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state >> (*state % 64)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.number() % end
    }

    /// The first, or any of them, or none.
    pub(crate) fn one_of<'a>(&mut self, all: &[&'a str]) -> Option<&'a str> {
        let at = self.below(all.len() as u64 + 1);
        all.get(usize::try_from(at).unwrap_or_default()).copied()
    }

    /// Nothing, or any text.
    pub(crate) fn text(&mut self) -> String {
        const PIECES: [&str; 8] = ["a", "\"", "\\", "é", "\u{1f600}", " ", "\n", "0"];
        let length = self.below(6);
        (0..length).filter_map(|_| self.one_of(&PIECES)).collect()
    }
}

impl Blank for String {
    fn fill(filler: &mut Filler) -> Self {
        filler.text()
    }
}

impl Blank for bool {
    fn fill(filler: &mut Filler) -> Self {
        filler.number() % 2 == 1
    }
}

impl Blank for u64 {
    fn fill(filler: &mut Filler) -> Self {
        filler.number()
    }
}

impl Blank for u32 {
    fn fill(filler: &mut Filler) -> Self {
        u32::try_from(filler.number() >> 32).unwrap_or_default()
    }
}

impl Blank for Date {
    fn fill(filler: &mut Filler) -> Self {
        let mut below = |end| i8::try_from(filler.below(end)).unwrap_or_default();
        let (year, month, day) = (1970 + i16::from(below(60)), 1 + below(12), 1 + below(28));
        Date::new(year, month, day).unwrap_or_default()
    }
}

impl<T: Blank> Blank for Option<T> {
    fn fill(filler: &mut Filler) -> Self {
        (filler.number() % 2 == 1).then(|| T::fill(filler))
    }
}

impl<T: Blank> Blank for Vec<T> {
    fn fill(filler: &mut Filler) -> Self {
        let length = filler.below(3);
        (0..length).map(|_| T::fill(filler)).collect()
    }
}
