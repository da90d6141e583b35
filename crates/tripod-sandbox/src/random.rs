//! Values that nobody is to guess.

/// 32 hexadecimal digits from the operating system's generator family.
pub(crate) fn hex() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// So many digits, as a person can type them.
pub(crate) fn digits(length: usize) -> String {
    (0..length).map(|_| char::from(b'0' + rand::random_range(0..10))).collect()
}

/// So many capital letters.
pub(crate) fn letters(length: usize) -> String {
    (0..length).map(|_| char::from(b'A' + rand::random_range(0..26))).collect()
}
