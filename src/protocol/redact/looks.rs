//! Whether a word looks like a key, judged by itself.

/// A run of key-like characters of this length or more may be a key.
const KEY_LIKE: usize = 16;

/// Whether a piece of a word, without `=`, may be a key or a part of one.
///
/// A word without digits is none: providers' words for what is wrong are long. Two exceptions are no
/// words: letters that change their case at random, and very many letters in a row.
pub(super) fn is_key_like(piece: &str) -> bool {
    piece
        .split(|c: char| !(c.is_ascii_alphanumeric() || "+/%_-.~".contains(c)))
        .any(|run| run.len() >= KEY_LIKE && looks_random(run))
}

fn looks_random(run: &str) -> bool {
    let has_digit = run.bytes().any(|byte| byte.is_ascii_digit());
    if has_digit && !is_sentence(run) {
        return true;
    }
    let bytes = run.as_bytes();
    let (mut pairs, mut changes, mut letters) = (0, 0, 1);
    for pair in bytes.windows(2) {
        if !pair.iter().all(u8::is_ascii_alphabetic) {
            letters = 1;
            continue;
        }
        // A word of several words begins anew with each capital letter.
        let begins = pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase();
        letters = if begins { 1 } else { letters + 1 };
        if letters >= 2 * KEY_LIKE {
            return true;
        }
        pairs += 1;
        changes += usize::from(pair[0].is_ascii_uppercase() != pair[1].is_ascii_uppercase());
    }
    // In a word of several words the case changes at every fourth letter; at random, at every second.
    pairs >= 12 && changes * 5 > pairs * 2
}

/// Whether words are joined with plus signs, as a form writes a sentence.
pub(super) fn is_sentence(text: &str) -> bool {
    text.contains('+') && text.split('+').all(is_plain)
}

/// A word of a sentence: letters, or a short number, or letters with a number of one or two digits.
fn is_plain(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    let at_end = word.bytes().rev().skip_while(|byte| !byte.is_ascii_alphanumeric());
    let at_end = at_end.take_while(u8::is_ascii_digit).count();
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    !word.is_empty()
        && word.len() <= 32
        && digits == at_end
        && (digits <= 2 || letters == 0 && digits <= 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_people_and_programs_are_no_keys() {
        for word in [
            "INSUFFICIENT_PERMISSION",
            "woocommerce_rest_authentication_error",
            "commerce_rest_authentication_failed",
            "wiki-oauth-consumer-unknown",
            "InvalidOAuthTokenException",
            "InsufficientAuthenticationException",
            "org.example.oauth.TokenExpiredException",
            "https://erp.example/errors/forbidden",
            "oauth_nonce+oauth_timestamp+oauth_signature",
            "The+consumer+is+not+active.+Ask+the+shop",
            "Error+401:+The+consumer+is+unknown",
        ] {
            assert!(!is_key_like(word), "{word}");
        }
    }

    #[test]
    fn keys_are_found() {
        for word in [
            "r6/TJjbCOr97/+UU0NsvSne7s5g",
            "0123456789abcdef",
            "550e8400-e29b-41d4-a716-446655440000",
            "14927799-XrabCdEfGh",
            "qWkZpLmNbVcXsDfG",
            "abcdefghijabcdefghijabcdefghijab",
            "ABCDEFGHIJABCDEFGHIJABCDEFGHIJAB",
            "see.0123456789abcdef0",
        ] {
            assert!(is_key_like(word), "{word}");
        }
    }
}
