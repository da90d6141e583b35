//! Short excerpts of a reply, fit for a log.
//!
//! Floor 5. The trap: FatSecret repeats what it was sent (`Invalid signature: oauth_signature
//! '…'`), so a message of theirs may carry a signature or a token.

/// What stands in the place of what is left out.
const MASK: char = '…';

/// The length from which an unbroken run of base64, hex or percent-encoding is taken for a secret.
const SECRET_LENGTH: usize = 20;

/// The beginning of `text`, on one line, at most `most` characters, with whatever looks like a
/// token or a signature masked: a long run of letters and digits, and, where OAuth is mentioned,
/// what stands in single quotes or after an equals sign.
pub(crate) fn excerpt(text: &str, most: usize) -> String {
    let end = text
        .char_indices()
        // A bound on the work; masking shortens, so look further than what is shown.
        .nth(most.saturating_mul(8))
        .map_or(text.len(), |(index, _)| index);
    let mut rest = &text[..end];
    let of_oauth = rest.to_ascii_lowercase().contains("oauth");
    let mut out = String::new();
    while let Some(first) = rest.chars().next() {
        let run = rest.find(|c| !may_be_secret(c)).unwrap_or(rest.len());
        let taken = if of_oauth && first == '\'' {
            out.extend(['\'', MASK, '\'']);
            rest[1..].find('\'').map_or(rest.len(), |inside| inside + 2)
        } else if run >= SECRET_LENGTH || (run > 0 && of_oauth && out.ends_with('=')) {
            out.push(MASK);
            run
        } else if run > 0 {
            out.push_str(&rest[..run]);
            run
        } else {
            out.push(if first.is_control() { ' ' } else { first });
            first.len_utf8()
        };
        rest = &rest[taken..];
    }
    if out.chars().count() > most || end < text.len() {
        out = out.chars().take(most.saturating_sub(1)).collect();
        out.push(MASK);
    }
    out
}

fn may_be_secret(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '%' | '_' | '-')
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
            "Invalid signature: oauth_signature '…'",
        );
        check("oauth_token=short&x", "oauth_token=…&x");
        check("oauth_nonce 'cut off", "oauth_nonce '…'");
        check("[\"0123456789abcdef0123456789abcdef\"]", "[\"…\"]");
        check("Invalid integer value: date", "Invalid integer value: date");
        check("a\r\nb", "a  b");
    }

    #[test]
    fn is_bounded_in_characters() {
        let short = excerpt(&"é ".repeat(10_000), 60);
        assert_eq!(short.chars().count(), 60);
        assert!(short.ends_with('…'));
        assert_eq!(excerpt(&"a".repeat(1_000_000), 60), "……");
        assert_eq!(excerpt("", 60), "");
    }
}
