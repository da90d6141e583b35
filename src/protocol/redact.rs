//! Making text from outside fit to be shown.
//!
//! The trap: providers answer a wrong signature with the base string, which holds the token, the
//! callback and the verifier, percent-encoded once or twice, and careless ones list every parameter.
//! So known secrets are masked in every spelling, and so are the values of OAuth's own parameters,
//! the queries of URLs, and every long word that looks like a key.

use zeroize::Zeroizing;

use crate::signature::percent_encode;

/// The longest excerpt, in characters.
const EXCERPT_CHARS: usize = 300;
/// How much of a body is looked at.
const WINDOW_BYTES: usize = 4096;
/// A run of key-like characters of this length or more is masked.
const KEY_LIKE: usize = 16;
const MASK: &str = "***";
/// OAuth's own parameters that give nothing away and help to find a mistake.
const SHOWN: [&str; 3] = ["oauth_signature_method", "oauth_timestamp", "oauth_version"];

/// The beginning of `body` as one line of text, with `secrets` and whatever looks like one masked.
pub(crate) fn excerpt(body: &[u8], secrets: &[&str]) -> String {
    excerpt_of(body, secrets, EXCERPT_CHARS)
}

/// The same, of at most `most` characters, the last of which says that there is more.
pub(crate) fn excerpt_of(body: &[u8], secrets: &[&str], most: usize) -> String {
    let window = body.get(..WINDOW_BYTES).unwrap_or(body);
    let text = without(String::from_utf8_lossy(window).into_owned(), secrets);
    let mut out = String::new();
    let mut chars = 0;
    let mut after = After::Nothing;
    for word in text.split_inclusive(is_break) {
        let (word, end) = match word.char_indices().next_back() {
            Some((at, last)) if is_break(last) => (&word[..at], Some(last)),
            _ => (word, None),
        };
        // What the window has cut in two is not known for what it is.
        let shown = if end.is_none() && window.len() < body.len() {
            MASK.to_owned()
        } else {
            after.show(word, end)
        };
        for character in shown.chars().chain(end) {
            if chars == most {
                out.pop();
                out.push('…');
                return out;
            }
            out.push(if character.is_control() { ' ' } else { character });
            chars += 1;
        }
    }
    out.trim().to_owned()
}

/// The text with `secrets` masked in every spelling, and nothing else.
pub(crate) fn without(mut text: String, secrets: &[&str]) -> String {
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        for spelling in spellings(secret).iter() {
            if text.contains(spelling.as_str()) {
                text = text.replace(spelling.as_str(), MASK);
            }
        }
    }
    text
}

/// How a secret may be written, the longest first. The copies are wiped as the secret itself is.
fn spellings(secret: &str) -> Zeroizing<Vec<String>> {
    let once = percent_encode(secret).into_owned();
    let twice = percent_encode(&once).into_owned();
    let lower = lower_hex(&once);
    Zeroizing::new(vec![
        percent_encode(&lower).into_owned(),
        twice,
        lower,
        once.replace("%20", "+"),
        once,
        // PHP's JSON.
        secret.replace('/', "\\/"),
        secret.to_owned(),
    ])
}

/// The same percent-encoding with lower-case digits.
fn lower_hex(encoded: &str) -> String {
    let mut digits = 0;
    encoded
        .chars()
        .map(|character| {
            digits = match character {
                '%' => 2,
                _ if digits > 0 => {
                    digits -= 1;
                    return character.to_ascii_lowercase();
                }
                _ => 0,
            };
            character
        })
        .collect()
}

/// What the words so far say of the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Nothing,
    /// The name of one of OAuth's parameters: a value may follow.
    Name,
    /// The name and an equals sign, a colon or a quote: the value follows.
    Equals,
    /// A value in quotes, which ends with this one.
    Quote(char),
    /// A URL's query, which goes on behind each `&`.
    Query,
}

impl After {
    /// How `word` may be shown, where `end` is the character behind it.
    fn show(&mut self, word: &str, end: Option<char>) -> String {
        let quote = end.filter(|end| matches!(end, '"' | '\''));
        let before = *self;
        match before {
            Self::Quote(open) => {
                if end == Some(open) {
                    *self = Self::Nothing;
                }
                return masked_unless_empty(word);
            }
            Self::Query => {
                if end != Some('&') {
                    *self = Self::Nothing;
                }
                return masked_unless_empty(word);
            }
            Self::Name | Self::Equals if word.chars().all(|c| "=:-\\".contains(c)) => {
                *self = match quote {
                    Some(quote) => Self::Quote(quote),
                    None if word.is_empty() && matches!(end, Some(',' | '&' | ';')) => {
                        Self::Nothing
                    }
                    None if word.is_empty() => before,
                    None => Self::Equals,
                };
                return word.to_owned();
            }
            _ => {}
        }
        let query = query_of(word);
        let name = oauth_name(word);
        *self = match name {
            _ if query.is_some() && end == Some('&') => Self::Query,
            Some((name, _)) if SHOWN.contains(&name) => Self::Nothing,
            Some((_, Some("" | "\\"))) => Self::Equals,
            Some((_, None)) if end == Some('>') => Self::Equals,
            Some((_, None)) if !word.starts_with('/') => Self::Name,
            _ => Self::Nothing,
        };
        if before == Self::Equals {
            return masked_unless_empty(word);
        }
        match (name, query) {
            (Some((name, Some(value))), None) if SHOWN.contains(&name) => {
                if is_key_like(value) {
                    mask(word)
                } else {
                    word.to_owned()
                }
            }
            (Some((_, Some(value))), _) if !value.is_empty() => mask(word),
            _ if is_key_like(word) => mask(word),
            (_, Some(address)) => format!("{address}{MASK}"),
            _ => word.to_owned(),
        }
    }
}

/// The name of a parameter of OAuth's own in this word, and what stands behind its `=` or `:`.
fn oauth_name(word: &str) -> Option<(&str, Option<&str>)> {
    let start = word.find("oauth_")?;
    let name = &word[start..];
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
    let (name, rest) = name.split_at(end);
    let value = rest.find(['=', ':', '%']).map(|at| &rest[at + 1..]);
    Some((name, value))
}

/// A URL or path in this word up to the `?` of a query that is not empty. An encoded one ends where
/// its encoding begins.
fn query_of(word: &str) -> Option<&str> {
    let lower = word.to_ascii_lowercase();
    if lower.contains("%3f") || lower.contains("%253f") {
        return Some(word.split('%').next().unwrap_or_default());
    }
    let (before, query) = word.split_once('?')?;
    let is_address = before.contains("://") || before.contains('/');
    (query.contains('=') || is_address && !query.is_empty()).then(|| &word[..=before.len()])
}

fn masked_unless_empty(word: &str) -> String {
    if word.is_empty() { String::new() } else { MASK.to_owned() }
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
    fn the_values_of_oauths_own_parameters_are_masked_however_they_are_written() {
        check("oauth_token = abc", &[], "oauth_token = ***");
        check("oauth_token=abc", &[], "oauth_token=***");
        check("oauth_token= abc", &[], "oauth_token= ***");
        check("oauth_token: abc oauth_x: d", &[], "oauth_token: *** oauth_x: ***");
        check(
            "{\"oauth_token\":\"a b\",\"x\":\"y\"}",
            &[],
            "{\"oauth_token\":\"*** ***\",\"x\":\"y\"}",
        );
        check("<oauth_token>abc</oauth_token>", &[], "<oauth_token>***</oauth_token>");
        check("[oauth_token] => abc", &[], "[oauth_token] => ***");
        check(
            "Invalid verifier: oauth_verifier 'a b' x",
            &[],
            "Invalid verifier: oauth_verifier '*** ***' x",
        );
        check("oauth_token%3Dabc", &[], "***");
        check(
            "oauth_timestamp = 17 oauth_version=1.0 oauth_signature_method 'HMAC-SHA1'",
            &[],
            "oauth_timestamp = 17 oauth_version=1.0 oauth_signature_method 'HMAC-SHA1'",
        );
        for sentence in [
            "the \"oauth_token\" parameter is missing",
            "oauth_token, oauth_verifier and x are missing",
            "oauth_nonce was used",
            "unsupported parameter oauth_x; see y",
        ] {
            check(sentence, &[], sentence);
        }
    }

    #[test]
    fn queries_of_urls_are_masked() {
        check("see http://h/cb?user=7&b=8 for x", &[], "see http://h/cb?***&*** for x");
        check("GET /cb?key HTTP/1.1", &[], "GET /cb?*** HTTP/1.1");
        check(
            "oauth_callback = http://h/cb?user=7&b=8\nx = y",
            &[],
            "oauth_callback = ***&*** x = y",
        );
        check("oauth_callback=http://h/cb?user=7&b=8", &[], "oauth_callback=***&***");
        check("x %2Fcb%3fu%3D7", &[], "x ***");
        check("really? yes? a?b", &[], "really? yes? a?b");
    }

    #[test]
    fn secrets_are_masked_in_the_spellings_of_careless_encoders() {
        check("a s/ 1 b", &["s/ 1"], "a *** b");
        check("a s%2f%201 s%252f%25201 s%2F+1 s\\/ 1 b", &["s/ 1"], "a *** *** *** *** b");
    }

    #[test]
    fn a_word_cut_by_the_window_is_not_shown() {
        // The masks are so much shorter than what they stand for that the window's end is in sight.
        let long = format!("{} ", "K3y".repeat(650));
        let body = long.repeat(2) + &" ".repeat(4096 - 2 * long.len() - 4) + "half-a-secret";
        let shown = excerpt(body.as_bytes(), &["half-a-secret"]);
        assert!(shown.starts_with("*** *** ") && !shown.contains("half"), "{shown}");
    }

    #[test]
    fn long_hostile_bodies_are_cut() {
        let text = excerpt("a b ".repeat(100_000).as_bytes(), &[]);
        assert_eq!(text.chars().count(), 300);
        assert!(text.ends_with('…'));
        assert!(excerpt(&[0xff; 10_000], &[]).chars().count() <= 300);
        assert_eq!(excerpt_of("é ".repeat(10_000).as_bytes(), &[], 4), "é é…");
        assert_eq!(excerpt_of(b"", &[], 4), "");
    }
}
