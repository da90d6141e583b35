//! JSON for people: indented and coloured, with every name, number and text as the provider wrote it.

// A parser's values would lose the order of names and the digits of large numbers.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::fail::visible;

const NAME: Style = AnsiColor::Blue.on_default().bold();
const TEXT: Style = AnsiColor::Green.on_default();
const NUMBER: Style = AnsiColor::Cyan.on_default();
const WORD: Style = AnsiColor::Magenta.on_default();

/// Levels below this one are not indented further, and longer texts than this are not made at all: a bracket costs the
/// provider one byte, and would cost a line of any length here.
const DEEPEST: usize = 32;
const LONGEST: usize = 64 << 20;

/// Indents and colours a JSON text. None if it is not JSON, or would become much longer.
pub(super) fn pretty(text: &str) -> Option<String> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
    let mut out = Writer { out: String::with_capacity(text.len() * 2), depth: 0 };
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if out.out.len() > LONGEST {
            return None;
        }
        rest = match first {
            '{' | '[' => out.open(rest),
            '}' | ']' => {
                out.close(first);
                rest.get(1..)?
            }
            ',' => {
                out.out.push(',');
                out.line();
                rest.get(1..)?
            }
            '"' => {
                let (token, rest) = rest.split_at_checked(end_of_text(rest))?;
                let is_name = rest.trim_start().starts_with(':');
                out.token(if is_name { NAME } else { TEXT }, token);
                match rest.trim_start().strip_prefix(':') {
                    Some(rest) if is_name => {
                        out.out.push_str(": ");
                        rest
                    }
                    _ => rest,
                }
            }
            _ => {
                let is_end = |c: char| matches!(c, ',' | ']' | '}') || c.is_ascii_whitespace();
                let (token, rest) =
                    rest.split_at_checked(rest.find(is_end).unwrap_or(rest.len()))?;
                out.token(if first.is_ascii_alphabetic() { WORD } else { NUMBER }, token);
                rest
            }
        }
        .trim_start();
    }
    out.out.push('\n');
    Some(out.out)
}

/// Where a text that begins with a quotation mark ends.
fn end_of_text(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !is_escaped => return at + 1,
            b'\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    text.len()
}

struct Writer {
    out: String,
    depth: usize,
}

impl Writer {
    fn token(&mut self, style: Style, token: &str) {
        let _ = write!(self.out, "{style}{}{style:#}", visible(token));
    }

    fn line(&mut self) {
        self.out.push('\n');
        self.out.push_str(&"  ".repeat(self.depth.min(DEEPEST)));
    }

    /// Writes a bracket, and its twin if there is nothing between them. Gives what follows.
    fn open<'t>(&mut self, text: &'t str) -> &'t str {
        let (bracket, rest) = text.split_at(1);
        self.out.push_str(bracket);
        let rest = rest.trim_start();
        if rest.starts_with(['}', ']']) {
            let (twin, rest) = rest.split_at(1);
            self.out.push_str(twin);
            return rest;
        }
        self.depth += 1;
        self.line();
        rest
    }

    fn close(&mut self, bracket: char) {
        self.depth = self.depth.saturating_sub(1);
        self.line();
        self.out.push(bracket);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let pretty = pretty(text).unwrap();
        assert_eq!(anstream::adapter::strip_str(&pretty).to_string(), expected);
    }

    #[test]
    fn a_small_reply_never_becomes_a_huge_text() {
        let deep = format!("{}1{}", "[".repeat(30_000), "]".repeat(30_000));
        let shown = pretty(&deep).unwrap();
        assert!(shown.len() < 5_000_000, "{}", shown.len());
        assert_eq!(shown.matches('[').count(), 30_000 + shown.matches("\u{1b}[").count());
        let wide = format!("{}{}0{}", "[".repeat(40), "0,".repeat(2_000_000), "]".repeat(40));
        assert_eq!(pretty(&wide), None);
    }

    #[test]
    fn json_is_indented_and_nothing_of_it_changes() {
        check(
            r#"{"z":1,"a":[1.50,-2e3,12345678901234567890123],"t":"x\"y\\","e":{},"n":[ ],"o":{"w":null,"b":true}}"#,
            r#"{
  "z": 1,
  "a": [
    1.50,
    -2e3,
    12345678901234567890123
  ],
  "t": "x\"y\\",
  "e": {},
  "n": [],
  "o": {
    "w": null,
    "b": true
  }
}
"#,
        );
        check(" \n7 ", "7\n");
        check("\"a\"", "\"a\"\n");
        check("[{\"a:b\":\"c: d, {\"}]", "[\n  {\n    \"a:b\": \"c: d, {\"\n  }\n]\n");
    }

    #[test]
    fn names_texts_numbers_and_words_have_colours() {
        let pretty = pretty(r#"{"a":["b",1,null]}"#).unwrap();
        for (style, token) in [(NAME, "\"a\""), (TEXT, "\"b\""), (NUMBER, "1"), (WORD, "null")] {
            assert!(pretty.contains(&format!("{style}{token}{style:#}")), "{pretty:?}");
        }
    }

    #[test]
    fn what_is_not_json_stays_as_it_is() {
        for text in ["", "hello", "{", "[1,]", "{} {}", "<a/>"] {
            assert_eq!(pretty(text), None, "{text}");
        }
    }

    #[test]
    fn a_reply_cannot_write_into_the_terminal() {
        let pretty = pretty("[\"a\u{9b}2Jb\u{7f}\"]").unwrap();
        assert!(pretty.contains("\"a?2Jb?\""), "{pretty:?}");
    }
}
