//! The provider's own base string, which some send along when they refuse a signature.

use crate::{protocol::redact, signature::explain::mask_base_string};

/// Bodies are searched this far.
const WINDOW_BYTES: usize = 64 * 1024;
/// What is kept of one.
const MOST_BYTES: usize = 8 * 1024;

/// Finds a base string in a reply: in a field of its own, inside a sentence or in a page, encoded once
/// or not at all. What grants something is masked as in an explanation of a signature of ours, so that the
/// two can be compared.
pub(crate) fn base_string(body: &[u8], secrets: &[&str]) -> Option<String> {
    let body = body.get(..WINDOW_BYTES).unwrap_or(body);
    let mut text = String::from_utf8_lossy(body).into_owned();
    // Entities and backslashes first: the percent signs are the base string's own.
    for kinds in [&['&', '\\'][..], &['&', '\\'], &['%'], &['&', '\\'], &['%']] {
        if let Some(found) = find(&text) {
            return mask_base_string(found, |value| redact::shows(value, secrets));
        }
        text = redact::undo(&text, kinds).unwrap_or(text);
    }
    find(&text).and_then(|found| mask_base_string(found, |value| redact::shows(value, secrets)))
}

/// `POST&http%3A%2F%2F…&a%3Db…`
fn find(text: &str) -> Option<&str> {
    text.match_indices("&http").find_map(|(at, _)| {
        let before = &text[..at];
        let method = before.len() - before.trim_end_matches(|c: char| c.is_ascii_uppercase()).len();
        let is_alone = !before[..at - method].ends_with(|c: char| c.is_alphanumeric());
        if !(3..=7).contains(&method) || !is_alone {
            return None;
        }
        // No further than to the next `&`, where the next search begins: the time grows as the text.
        let is_end =
            |c: char| c == '&' || c.is_whitespace() || c.is_control() || "\"'<>\\".contains(c);
        let url = at + 1 + text[at + 1..].find(is_end)?;
        let parameters = text[url..].strip_prefix('&')?;
        if !parameters.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            return None;
        }
        let length = parameters.find(is_end).unwrap_or(parameters.len());
        // At its end, a dot is the sentence's.
        let found = text[at - method..url + 1 + length].trim_end_matches(['.', ',', ')', ']', ';']);
        (found.len() <= MOST_BYTES).then_some(found)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENT: &str = "POST&https%3A%2F%2Fp.example%2Fr&a%3Db%2520c%26oauth_nonce%3Dn%26oauth_token%3Dsecret-token%26oauth_verifier%3D77";
    const SHOWN: &str = "POST&https%3A%2F%2Fp.example%2Fr&a%3Db%2520c%26oauth_nonce%3Dn%26oauth_token%3Dmasked-12-characters%26oauth_verifier%3Dmasked-2-characters";

    #[track_caller]
    fn check(body: &str, expected: Option<&str>) {
        assert_eq!(base_string(body.as_bytes(), &["k3y"]).as_deref(), expected, "{body}");
    }

    #[test]
    fn it_is_found_in_a_field_a_sentence_and_a_page() {
        let encoded = crate::signature::percent_encode(SENT);
        for body in [
            format!("oauth_problem=signature_invalid&debug_sbs={SENT}"),
            format!("oauth_problem=signature_invalid&debug_sbs={SENT}&x=y"),
            format!("oauth_problem=signature_invalid&oauth_signature_base_string={encoded}"),
            format!("Invalid signature. The base string was {SENT}."),
            format!("Invalid signature ({SENT}), try again"),
            format!("{{\"error\":\"invalid_signature\",\"base\":\"{SENT}\"}}"),
            format!("<p>expected <code>{}</code></p>", SENT.replace('&', "&amp;")),
            format!("{{\"sbs\":\"{}\"}}", SENT.replace('&', "\\u0026")),
        ] {
            check(&body, Some(SHOWN));
        }
    }

    #[test]
    fn what_it_gives_away_is_masked() {
        check(
            "GET&http%3A%2F%2Fp.example%2Fr%3Fa%3Db&x%3Dk3y%26y%26Q7Q7Q7Q7Q7Q7Q7Q7%26oauth_callback%3Dhttp%253A%252F%252Fh%252Fcb%253Fu%253D7",
            Some(
                "GET&http%3A%2F%2Fp.example%2Fr%3Fmasked-3-characters&x%3Dmasked-3-characters%26y%26masked-16-characters%26oauth_callback%3Dhttp%253A%252F%252Fh%252Fcb%253Fmasked-3-characters",
            ),
        );
    }

    #[test]
    fn a_secret_in_the_path_and_a_user_are_masked_in_every_spelling() {
        let url = "https://bob:pw@p.example:81/1/to%2Fk-k3y-n/x";
        let shown = "https://masked-6-characters@p.example:81/1/masked-10-characters/x";
        let encode = crate::signature::percent_encode;
        for (written, shown) in [
            (url.to_owned(), shown.to_owned()),
            (encode(url).into_owned(), encode(shown).into_owned()),
            (encode(&encode(url)).into_owned(), encode(&encode(shown)).into_owned()),
            (
                "http%3a%2f%2fp.example%2fk3y%3fq".to_owned(),
                "http%3a%2f%2fp.example%2fmasked-3-characters%3fmasked-1-characters".to_owned(),
            ),
            (
                "http%253A%252F%252Fp.example%252Fk3y%253Fq".to_owned(),
                "http%253A%252F%252Fp.example%252Fmasked-3-characters%253Fmasked-1-characters"
                    .to_owned(),
            ),
            (
                "https%3A%2F%2Fp.example/1/k3y".to_owned(),
                "https%3A%2F%2Fp.example/masked-5-characters".to_owned(),
            ),
            ("https://k%253y".to_owned(), "https://k%253y".to_owned()),
        ] {
            let shown = format!("GET&{shown}&a%3Db");
            assert_eq!(
                base_string(format!("GET&{written}&a%3Db").as_bytes(), &["k3y"]),
                Some(shown)
            );
        }
    }

    /// The token is one segment where it is sent, and several where the provider decoded the path.
    #[test]
    fn a_token_with_a_slash_is_masked_where_the_path_was_decoded() {
        let secrets = ["Ab/cd3fGh1jKl"];
        let encode = crate::signature::percent_encode;
        for (url, shown) in [
            ("https://p.example/revoke/Ab/cd3fGh1jKl", "https://p.example/masked-20-characters"),
            ("https://p.example/Ab/cd3fGh1jKl/x", "https://p.example/masked-15-characters"),
            ("https://p.example/revoke/Ab/cd", "https://p.example/revoke/Ab/cd"),
            (
                "https://p.example/revoke/Ab%2Fcd3fGh1jKl",
                "https://p.example/revoke/masked-13-characters",
            ),
        ] {
            for (written, shown) in [
                (url.to_owned(), shown.to_owned()),
                (encode(url).into_owned(), encode(shown).into_owned()),
                (encode(&encode(url)).into_owned(), encode(&encode(shown)).into_owned()),
            ] {
                assert_eq!(
                    base_string(format!("GET&{written}&a%3Db").as_bytes(), &secrets),
                    Some(format!("GET&{shown}&a%3Db"))
                );
            }
        }
    }

    #[test]
    fn other_texts_have_none() {
        for body in [
            "",
            "POST&http",
            "POST&http%3A%2F%2Fx",
            "POST&http%3A%2F%2Fx&",
            "xPOST&http%3A%2F%2Fx&a%3Db",
            "a&https://x.example&b",
            "see R&D, https://x.example/?a=b&c=d",
        ] {
            check(body, None);
        }
        check(&format!("POST&http%3A%2F%2Fx&{}", "a".repeat(10_000)), None);
        // Thousands of beginnings without an end; comparing each with all that follows would take seconds.
        for beginning in ["-GET&http&", "GET&http ", "GET&http&%26"] {
            let body = beginning.repeat(WINDOW_BYTES / beginning.len());
            assert!(base_string(body.as_bytes(), &[]).is_none(), "{beginning}");
        }
    }
}
