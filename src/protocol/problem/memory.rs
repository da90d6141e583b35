//! How much memory the reading of a refusal takes: a fixed amount, however long the reply is, and the text that is kept
//! is short. `measure` counts what this thread has allocated at the same time, at most.

use allocation_counter::measure;
use http::{HeaderMap, StatusCode};

use super::{text::WINDOW_BYTES, *};
use crate::protocol::dialect::SuccessRefusal;

/// Four of the windows in which the reader looks.
const LENGTH: usize = 4 * WINDOW_BYTES;
/// The pairs of one window that is read as a form take the most.
const ALLOWED: u64 = 320 * 1024;
/// What is left of it afterwards: a word, and a few fields.
const KEPT: i64 = 32 * 1024;

fn long(before: &str, part: &str, after: &str) -> String {
    before.to_owned() + &part.repeat((LENGTH - before.len() - after.len()) / part.len()) + after
}

#[test]
fn a_long_refusal_takes_little_memory() {
    let bodies = [
        long(r#"{"error":{"code":8,"message":""#, "a", r#""}}"#),
        long(r#"{"error":{"code":8,"message":""#, r"\u0061", r#""}}"#),
        long(r#"{"error":{"code":""#, r"\u0061", r#""}}"#),
        long(r#"{"error":""#, r"\u0061", r#""}"#),
        long("", r#"{"error":"#, ""),
        long("", "[", ""),
        long(r#"{"error":["#, "[],", "[]]}"),
        long("{", r#""error":{"code":8},"#, r#""a":1}"#),
        long(r#"{"errors":["#, r#"{"code":8,"message":"timestamp"},"#, "{}]}"),
        long(r#"{"stat":"fail","code":98,"message":""#, r"\n", r#""}"#),
        long(r#"{"meta":{"code":401,"message":""#, r"\t", r#""}}"#),
        long("<error><code>", "8", "</code></error>"),
        long("", "<error><code>8</code>", ""),
        long("<rsp stat=\"fail\"><err code=\"", "9", "\"/></rsp>"),
        long("oauth_problem=", "%61", ""),
        long("", "oauth_problem=nonce_used&", ""),
        long("oauth_problem=parameter_absent&oauth_parameters_absent=", "oauth_token%26", ""),
        long("<html><body>oauth_problem=nonce_used", "<p>Invalid signature</p>", "</body></html>"),
        long("base_string is ", "POST&https%3A%2F%2F", ""),
        long("", "\u{feff}", ""),
    ];
    let headers = HeaderMap::new();
    for body in &bodies {
        let shown = body.get(..60).unwrap();
        for form in [SuccessRefusal::Error, SuccessRefusal::Stat, SuccessRefusal::Meta] {
            let dialect = Dialect::new().with_success_refusal(form);
            for (asked, status) in [
                (Asked::Token, StatusCode::OK),
                (Asked::Resource, StatusCode::OK),
                (Asked::Token, StatusCode::UNAUTHORIZED),
                (Asked::Resource, StatusCode::BAD_REQUEST),
            ] {
                let mut read = None;
                let used = measure(|| {
                    read = Some(Problem::read(&dialect, asked, status, &headers, body.as_bytes()));
                });
                assert!(used.bytes_max <= ALLOWED, "{} {status} {shown}", used.bytes_max);
                let kept = used.bytes_current;
                assert!((0..=KEPT).contains(&kept), "{kept} {status} {shown}");
                drop(read);
            }
        }
    }
}
