//! Making text from outside fit to be shown.
//!
//! Markup is stripped, escapes are undone, and masked are: known secrets however they are written, the
//! values of OAuth's own parameters, the queries of URLs, and every word that looks like a key.

// The trap: providers answer a wrong signature with the base string, which holds the token, the callback
// and the verifier, percent-encoded once or twice, and careless ones list every parameter.

mod escapes;
mod looks;
pub(crate) mod markup;
pub(crate) mod words;

use std::borrow::Cow;

use self::escapes::{Known, open};

pub(crate) use self::words::Source;

/// The longest excerpt, in characters.
const EXCERPT_CHARS: usize = 300;
/// How much of a text is looked at.
const WINDOW_BYTES: usize = 4096;
/// How much of a page is looked at: a page begins with its styles.
const PAGE_BYTES: usize = 64 * 1024;
/// The beginning of `body` as one line of text, with `secrets` and whatever looks like one masked.
pub(crate) fn excerpt(source: Source, body: &[u8], secrets: &[&str]) -> String {
    excerpt_of(source, body, secrets, EXCERPT_CHARS)
}

/// The same, of at most `most` characters, the last of which says that there is more.
pub(crate) fn excerpt_of(source: Source, body: &[u8], secrets: &[&str], most: usize) -> String {
    let window = body.get(..PAGE_BYTES).unwrap_or(body);
    let beginning = String::from_utf8_lossy(window.get(..WINDOW_BYTES).unwrap_or(window));
    let (text, cut) = if markup::is_html(beginning.trim_start_matches('\u{feff}')) {
        let page = String::from_utf8_lossy(window);
        let text: String = markup::text_of(&page).chars().take(WINDOW_BYTES).collect();
        let cut = window.len() < body.len() || text.len() >= WINDOW_BYTES;
        (Cow::Owned(text), cut)
    } else {
        let cut = beginning.len() < body.len();
        (beginning, cut)
    };
    let opened = open(&text, &Known::new(secrets), cut, |layer, is_first| {
        words::mask(layer, source, false, cut && is_first)
    });
    let shown: Vec<char> = opened.text.chars().collect();
    let shown = words::mask(&shown, source, true, false);
    let mut out = String::new();
    for (chars, character) in shown.trim().chars().enumerate() {
        if chars == most {
            out.pop();
            out.push('…');
            break;
        }
        out.push(if character.is_control() { ' ' } else { character });
    }
    out
}

/// The text with `secrets` masked in every spelling, and nothing else.
#[cfg(feature = "fatsecret")]
pub(crate) fn without(text: String, secrets: &[&str]) -> String {
    let opened = open(&text, &Known::new(secrets), false, |layer, _| layer.iter().collect());
    if opened.found { opened.text } else { text }
}

/// The text with one layer of escapes undone, of those that begin with one of `kinds`. `None` if it has
/// none of them.
pub(crate) fn undo(text: &str, kinds: &[char]) -> Option<String> {
    let characters: Vec<char> = text.chars().collect();
    let undone = escapes::undo(&characters, |first| kinds.contains(&first))?;
    Some(undone.into_iter().collect())
}

/// Returns whether one of `secrets` is in the text, in any spelling.
pub(crate) fn shows(text: &str, secrets: &[&str]) -> bool {
    open(text, &Known::new(secrets), false, |layer, _| layer.iter().collect()).found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, secrets: &[&str], expected: &str) {
        assert_eq!(excerpt(Source::Refusal, body.as_bytes(), secrets), expected);
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
            "debug_sbs=POST&http://x.example/r&oauth_token=***&oauth_verifier=***",
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
        check("oauth_token%3Dabc", &[], "oauth_token=***");
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
        check("x %2Fcb%3fu%3D7", &[], "x /cb?***");
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
        let shown = excerpt(Source::Refusal, body.as_bytes(), &["half-a-secret"]);
        assert!(shown.starts_with("*** *** ") && !shown.contains("half"), "{shown}");
    }

    #[test]
    fn long_hostile_bodies_are_cut() {
        let text = excerpt(Source::Refusal, "a b ".repeat(100_000).as_bytes(), &[]);
        assert_eq!(text.chars().count(), 300);
        assert!(text.ends_with('…'));
        assert!(excerpt(Source::Refusal, &[0xff; 10_000], &[]).chars().count() <= 300);
        assert_eq!(excerpt_of(Source::Refusal, "é ".repeat(10_000).as_bytes(), &[], 4), "é é…");
        assert_eq!(excerpt_of(Source::Refusal, b"", &[], 4), "");
    }

    /// Of unknown secrets, none may be seen, however the values are written.
    #[test]
    fn values_of_oauths_parameters_are_masked_in_every_format() {
        for (body, expected) in [
            (r#"{"oauth_token":"a\" b","x":"y"}"#, r#"{"oauth_token":"*** ***","x":"y"}"#),
            (r#"{"e":"{\"oauth_token\":\"ab cd\"}"}"#, r#"{"e":"{"oauth_token":"*** ***"}"}"#),
            (r#"{"e":"oauth_token\u003dab"}"#, r#"{"e":"oauth_token=***"}"#),
            ("{&quot;oauth_token&quot;:&quot;ab cd&quot;}", r#"{"oauth_token":"*** ***"}"#),
            ("oauth_token&#61;ab", "oauth_token=***"),
            ("oauth_token=&quot;ab cd&quot;.", "oauth_token=\"*** ***\"."),
            ("oauth_token: &quot;ab cd&quot;.", "oauth_token: \"*** ***\"."),
            ("oauth_token=\"ab cd\", x", "oauth_token=\"*** ***\", x"),
            ("oauth_token=ab%26cd&x=%2C", "oauth_token=***&x=,"),
            ("OAUTH_TOKEN=ab", "OAUTH_TOKEN=***"),
            (
                r#"a:2:{s:11:"oauth_token";s:5:"ab"cd";s:14:"oauth_verifier";i:77;}"#,
                r#"a:2:{s:11:"oauth_token";s:5:"***"***";s:14:"oauth_verifier";i:***;}"#,
            ),
            (r#"["oauth_token"]=> string(5) "ab cd""#, r#"["oauth_token"]=> string(5) "*** ***""#),
            ("[('oauth_token', 'ab cd'), ('x', 'y')]", "[('oauth_token', '*** ***'), ('x', 'y')]"),
            ("{u'oauth_token': u'ab cd'}", "{u'oauth_token': u'*** ***'}"),
            (
                r#"<param name="oauth_token" value="ab cd"/>"#,
                r#"<param name="oauth_token" value="*** ***"/>"#,
            ),
            (
                r#"{"name":"oauth_token","value":"ab cd"}"#,
                r#"{"name":"oauth_token","value":"*** ***"}"#,
            ),
            ("<oauth_token>ab cd</oauth_token>", "<oauth_token>*** ***</oauth_token>"),
            (r#"{"oauth_token":["ab","cd"],"x":1}"#, r#"{"oauth_token":["***","***"],"x":1}"#),
            (r#"{"oauth_token":{"a":"cd"}}"#, r#"{"oauth_token":{"***"***"***"}}"#),
        ] {
            check(body, &[], expected);
        }
    }

    #[test]
    fn what_the_provider_says_stays() {
        for body in [
            "INSUFFICIENT_PERMISSION",
            r#"{"code":"woocommerce_rest_authentication_error","message":"Sorry, you cannot list resources."}"#,
            r#"{"error":"oauth_verification_failed","message":"Sorry."}"#,
            "oauth_problem=version_rejected&oauth_acceptable_versions=1.0-1.0",
            "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1795690500-1795691100",
            "see https://erp.example/errors/forbidden",
        ] {
            check(body, &["s3cret"], body);
        }
        check(
            "oauth_problem=The+consumer+is+not+active.+Ask+the+shop%27s+owner.",
            &[],
            "oauth_problem=The consumer is not active. Ask the shop's owner.",
        );
        check(
            "oauth_problem=permission_denied&oauth_problem_advice=The+key+has+no+right+to+write",
            &[],
            "oauth_problem=permission_denied&oauth_problem_advice=The key has no right to write",
        );
        check(
            "oauth_parameters_absent=oauth_nonce%26oauth_timestamp&oauth_parameters_rejected=oauth_token%3Dab%26x",
            &[],
            "oauth_parameters_absent=oauth_nonce&oauth_timestamp&oauth_parameters_rejected=oauth_token=***&x",
        );
        check(
            "{\"m\":\"Le compte n\\u2019est pas actif\"}",
            &[],
            "{\"m\":\"Le compte n’est pas actif\"}",
        );
    }

    #[test]
    fn a_name_and_its_value_are_judged_by_themselves() {
        check("page=0123456789abcdef0", &[], "page=***");
        check("r6/TJjbCOr97/+UU0NsvSne7s5g=", &[], "***");
        check("consumer_of_the_shop=not_known_to_us", &[], "consumer_of_the_shop=not_known_to_us");
        check("oauth_version=0123456789abcdef0", &[], "oauth_version=***");
    }

    #[test]
    fn of_a_reply_that_may_hold_a_token_less_is_shown() {
        let check = |body: &str, expected: &str| {
            assert_eq!(excerpt(Source::TokenReply, body.as_bytes(), &[]), expected, "{body}");
        };
        check("token=tk41x9", "token=***");
        check("{\"token\":\"tk41x9\"}", "{\"token\":\"***\"}");
        check("token=abc&secret=a%26bc", "token=***&secret=***");
        check(
            "{\"token\": \"ab cd\", \"a\":[\"b\", \"c\"]}",
            "{\"token\": \"*** ***\", \"a\":[\"***\", \"***\"]}",
        );
        check("<token>ab cd</token>", "<token>*** ***</token>");
        check(
            "oauth_token=abc&oauth_callback_confirmed=true",
            "oauth_token=***&oauth_callback_confirmed=true",
        );
        check("your token tk4 is here: abc", "your token *** is here: ***");
        check(
            "{\"error\":\"wiki-oauth-consumer-unknown\",\"message\":\"No approved consumer has this key.\"}",
            "{\"error\":\"wiki-oauth-consumer-unknown\",\"message\":\"No approved consumer has this key.\"}",
        );
        check(
            "<html><body><p>The consumer is not approved for this wiki.</p></body></html>",
            "The consumer is not approved for this wiki.",
        );
        check("Error: The consumer is unknown", "Error: The consumer is unknown");
        check(
            "{\"error\":\"no tk4 here\",\"message\":\"token: ab\"}",
            "{\"error\":\"no *** here\",\"message\":\"token: ***\"}",
        );
    }

    #[test]
    fn a_secret_that_the_window_cuts_is_not_shown() {
        for secret in ["half/of+a/secret", "half of a secret"] {
            for written in
                [secret.to_owned(), secret.replace('/', "%2F"), secret.replace('/', "&#47;")]
            {
                for cut in 1..written.len() {
                    let filler = format!("{} ", "K3y".repeat(650));
                    let room = 4096 - 2 * filler.len() - cut;
                    let body = filler.repeat(2) + &" ".repeat(room) + &written;
                    let shown = excerpt(Source::Refusal, body.as_bytes(), &[secret]);
                    assert!(!shown.contains("half"), "{cut} of {written}: {shown}");
                }
            }
        }
    }

    #[test]
    fn a_page_is_shown_without_its_styles() {
        let css = "h1 {font-family:Arial;color:white;background-color:#123456;} ".repeat(200);
        let page = format!(
            "<!doctype html><html><style>{css}</style><body><p>Not approved.</p></body></html>"
        );
        check(&page, &[], "Not approved.");
    }
}
