//! Making text from outside fit to be shown.
//!
//! The trap: providers answer a wrong signature with the base string, which holds the token, the
//! callback and the verifier, percent-encoded once or twice. So known secrets are masked in every
//! spelling, and so is every long word that looks like a key.

use crate::signature::percent_encode;

/// The longest excerpt, in characters.
const EXCERPT_CHARS: usize = 300;
/// How much of a body is looked at.
const WINDOW_BYTES: usize = 4096;
/// A run of key-like characters of this length or more is masked.
const KEY_LIKE: usize = 16;
const MASK: &str = "***";

/// The beginning of `body` as one line of text, with `secrets` and whatever looks like one masked.
pub(crate) fn excerpt(body: &[u8], secrets: &[&str]) -> String {
    let window = body.get(..WINDOW_BYTES).unwrap_or(body);
    let mut text = String::from_utf8_lossy(window).into_owned();
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        let once = percent_encode(secret).into_owned();
        let twice = percent_encode(&once).into_owned();
        for spelling in [twice.as_str(), once.as_str(), secret] {
            if text.contains(spelling) {
                text = text.replace(spelling, MASK);
            }
        }
    }
    let mut out = String::new();
    let mut chars = 0;
    for word in text.split_inclusive(is_break) {
        let (word, end) = match word.char_indices().next_back() {
            Some((at, last)) if is_break(last) => (&word[..at], Some(last)),
            _ => (word, None),
        };
        let shown = if is_key_like(word) || word.contains("oauth_") && word.contains('=') {
            mask(word)
        } else {
            word.to_owned()
        };
        for character in shown.chars().chain(end) {
            if chars == EXCERPT_CHARS {
                out.push('…');
                return out;
            }
            out.push(if character.is_control() { ' ' } else { character });
            chars += 1;
        }
    }
    out.trim().to_owned()
}

/// Characters that end a word. `=` and `&` do not: a key may hold the first, and what stands
/// around the second belongs together.
fn is_break(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(
            character,
            '"' | '\'' | '<' | '>' | '(' | ')' | '{' | '}' | '[' | ']' | ',' | '&' | ';'
        )
}

fn is_key_like(word: &str) -> bool {
    let mut run = 0;
    let mut odd = false;
    for character in word.chars() {
        if character.is_ascii_alphanumeric() || "+/%_-=.~".contains(character) {
            run += 1;
            odd |= !character.is_ascii_lowercase() && character != '_';
            if run >= KEY_LIKE && odd || run >= 2 * KEY_LIKE {
                return true;
            }
        } else {
            (run, odd) = (0, false);
        }
    }
    false
}

/// Keeps the name of a `name=value` word and masks the rest.
fn mask(word: &str) -> String {
    match word.split_once('=') {
        Some((name, _)) if name.len() < 40 && !is_key_like(name) => format!("{name}={MASK}"),
        _ => MASK.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, secrets: &[&str], expected: &str) {
        assert_eq!(excerpt(body.as_bytes(), secrets), expected);
    }

    #[test]
    fn plain_sentences_stay() {
        check(
            "Missing required parameter: oauth_consumer_key\r\n",
            &[],
            "Missing required parameter: oauth_consumer_key",
        );
    }

    #[test]
    fn known_secrets_are_masked_in_every_spelling() {
        check("saw s/1 and s%2F1 and s%252F1", &["s/1"], "saw *** and *** and ***");
    }

    #[test]
    fn signatures_and_base_strings_are_masked() {
        check(
            "Invalid signature: oauth_signature 'r6/TJjbCOr97/+UU0NsvSne7s5g='",
            &[],
            "Invalid signature: oauth_signature '***'",
        );
        check(
            "debug_sbs=POST&http%3A%2F%2Fx.example%2Fr&oauth_token%3Dabc&oauth_verifier=77",
            &[],
            "debug_sbs=POST&***&oauth_token%3Dabc&oauth_verifier=***"
                .replace("oauth_token%3Dabc", "***")
                .as_str(),
        );
    }

    #[test]
    fn long_hostile_bodies_are_cut() {
        let text = excerpt("a b ".repeat(100_000).as_bytes(), &[]);
        assert_eq!(text.chars().count(), 301);
        assert!(excerpt(&[0xff; 10_000], &[]).chars().count() <= 301);
    }
}
