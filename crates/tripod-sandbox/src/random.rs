//! Values that nobody is to guess.

/// 32 hexadecimal digits from the operating system's generator family.
pub(crate) fn hex() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// Seven digits, as a person can type them.
pub(crate) fn pin() -> String {
    format!("{:07}", rand::random_range(0..10_000_000))
}
