//! Short excerpts of a reply, fit for a log.
//!
//! Floor 5: uses `protocol`. The trap: FatSecret repeats what it was sent (`Invalid signature:
//! oauth_signature '…'`), so a message of theirs may carry a signature or a token.

use crate::protocol::redact;

/// The beginning of `text`, on one line, at most `most` characters, with whatever looks like a
/// token or a signature masked.
///
/// Decoding knows no secrets, so what masks them is what surrounds them, and their length.
pub(crate) fn excerpt(text: &str, most: usize) -> String {
    let out = redact::excerpt(text.as_bytes(), &[]);
    match out.char_indices().nth(most) {
        None => out,
        Some(_) => out.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(excerpt(text, 60), expected);
    }

    #[test]
    fn masks_what_may_be_a_secret() {
        check(
            "Invalid signature: oauth_signature 'abc='",
            "Invalid signature: oauth_signature '***'",
        );
        check("oauth_token = short oauth_x: y", "oauth_token = *** oauth_x: ***");
        check("oauth_token=short&x", "oauth_token=***&x");
        check("oauth_nonce 'cut off", "oauth_nonce '*** ***");
        check("[\"0123456789abcdef0123456789abcdef\"]", "[\"***\"]");
        check("Invalid integer value: date", "Invalid integer value: date");
        check("a\r\nb", "a  b");
    }

    #[test]
    fn is_bounded_in_characters() {
        for most in [60, 300] {
            let short = excerpt(&"é ".repeat(10_000), most);
            assert_eq!(short.chars().count(), most);
            assert!(short.ends_with('…'));
        }
        assert_eq!(excerpt(&"a".repeat(1_000_000), 60), "***");
        assert_eq!(excerpt("", 60), "");
    }
}
