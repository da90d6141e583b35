//! Text read word by word, to mask what stands where a secret stands or looks like one.
//!
//! Providers answer a wrong signature with the base string, with a list of the parameters, or with a
//! dump of their own variables: in form, JSON, XML, PHP or Python. What all of these have in common is
//! a name, something between, and a value.

// The trap: a value may hold the characters that end a word, written as escapes. So this runs on each
// layer of escapes, and an escape is part of its word; only on the last layer are words judged by
// their looks, since an encoded base string looks like one long key.

use std::mem;

use super::{
    escapes::{Escaped, MASK, escape},
    looks::{is_key_like, is_sentence},
};

/// Where a text comes from, which says what it may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A refusal, or the reply of a resource: secrets in it are ones that we sent.
    Refusal,
    /// A 2xx reply to a token call, which may hold a token that nobody else has seen. Of such a text,
    /// words with a digit are masked too, and words behind `=` or `:`, whatever their length, unless
    /// the name before says that they are for people.
    TokenReply,
}

/// OAuth's parameters that give nothing away and help to find a mistake.
const SHOWN: [&str; 10] = [
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_version",
    "oauth_callback_confirmed",
    "oauth_problem",
    "oauth_problem_advice",
    "oauth_parameters_absent",
    "oauth_parameters_rejected",
    "oauth_acceptable_versions",
    "oauth_acceptable_timestamps",
];

/// Names under which a provider says what is wrong, where an unknown name may be that of a token.
const SPOKEN: [&str; 17] = [
    "error",
    "errors",
    "error_message",
    "error_description",
    "error_reason",
    "message",
    "messages",
    "msg",
    "info",
    "detail",
    "details",
    "description",
    "developer_message",
    "reason",
    "title",
    "problem",
    "warning",
];

/// What a name says of the value behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// One of OAuth's names that grant something, or might.
    Secret,
    /// Words for people, or a value that is known to be harmless.
    Shown,
    Other,
}

/// What the words so far say of the next one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum After {
    Nothing,
    /// A name: a value may follow.
    Name,
    /// A name and a comma: a value may follow in quotes, or another name.
    Listed(Option<char>),
    /// A name and a semicolon, as in a value that PHP serialised.
    Php,
    /// A name, an equals sign and PHP's `string(`: the length follows.
    Length,
    /// A name and an equals sign or a colon: the value follows.
    Equals,
    /// A value in quotes; PHP's ends only before a semicolon.
    Quote {
        open: char,
        php: bool,
    },
    /// A value in brackets, or between two tags.
    Inside {
        open: char,
        close: char,
        depth: usize,
    },
    /// A URL's query, which goes on behind each `&`.
    Query,
}

/// Masks one layer of a text. `judged` says that it is the last layer, on which words are judged by
/// their looks; `cut` that the text goes on where it ends here.
pub(super) fn mask(text: &[char], source: Source, judged: bool, cut: bool) -> String {
    let mut words = Words { rest: text, source, judged, after: After::Nothing, name: Kind::Other };
    let mut out = String::with_capacity(text.len());
    while !words.rest.is_empty() {
        let (word, end) = words.next();
        if end.is_none() && cut {
            // What has been cut in two is not known for what it is.
            out.push_str(MASK);
        } else {
            out.push_str(&words.show(&word, end));
        }
        out.extend(end);
    }
    out
}

struct Words<'t> {
    rest: &'t [char],
    source: Source,
    judged: bool,
    after: After,
    /// What kind of name the last word was.
    name: Kind,
}

impl Words<'_> {
    /// Takes the next word, which may be empty, and the character that ends it.
    fn next(&mut self) -> (String, Option<char>) {
        let mut at = 0;
        while let Some(character) = self.rest.get(at) {
            if let Some((_, length)) = escape(&self.rest[at..]) {
                at += length;
            } else if is_break(*character) {
                break;
            } else {
                at += 1;
            }
        }
        let (word, rest) = self.rest.split_at(at);
        self.rest = rest.get(1..).unwrap_or_default();
        (word.iter().collect(), rest.first().copied())
    }

    fn hides(&self, kind: Kind) -> bool {
        match kind {
            Kind::Secret => true,
            Kind::Shown => false,
            Kind::Other => self.source == Source::TokenReply,
        }
    }

    fn is_before_colon(&self) -> bool {
        self.rest.iter().find(|c| !c.is_whitespace()) == Some(&':')
    }

    /// How `word` may be shown, where `end` is the character behind it.
    fn show(&mut self, word: &str, end: Option<char>) -> String {
        match self.after {
            After::Quote { open, php } => {
                if end == Some(open) && (!php || self.rest.first() == Some(&';')) {
                    self.after = After::Nothing;
                }
                return masked_unless_empty(word);
            }
            After::Inside { open, close, depth } => {
                self.after = match depth {
                    0 if end == Some(close) => After::Nothing,
                    _ if end == Some(close) => After::Inside { open, close, depth: depth - 1 },
                    _ if end == Some(open) => After::Inside { open, close, depth: depth + 1 },
                    _ => self.after,
                };
                return masked_unless_empty(word);
            }
            After::Query => {
                let shown = if word.starts_with("oauth_") {
                    self.word(word, end, false)
                } else {
                    masked_unless_empty(word)
                };
                self.after = if end == Some('&') { After::Query } else { After::Nothing };
                return shown;
            }
            After::Nothing if !self.hides(self.name) => {}
            _ if word.chars().all(|c| "=:-\\".contains(c)) => {
                self.between(word, end);
                return word.to_owned();
            }
            // Python's text and bytes.
            After::Equals | After::Listed(None)
                if matches!(word, "u" | "b") && matches!(end, Some('"' | '\'')) =>
            {
                self.between("", end);
                return word.to_owned();
            }
            _ => {}
        }
        let before = mem::replace(&mut self.after, After::Nothing);
        if let Some(shown) = self.as_php(before, word, end) {
            return shown;
        }
        match before {
            // `name="oauth_token" value="…"`
            After::Name | After::Listed(_) if word.trim_end_matches(['=', ':']) == "value" => {
                self.name = Kind::Secret;
                self.after = After::Name;
                if word != "value" {
                    self.between("=", end);
                }
                word.to_owned()
            }
            // `('oauth_token', '…')`, and neither `"oauth_token", "oauth_nonce"` nor `"oauth_token", "x":`
            After::Listed(Some(open))
                if !(word.starts_with("oauth_") || end == Some(open) && self.is_before_colon()) =>
            {
                if end != Some(open) {
                    self.after = After::Quote { open, php: false };
                }
                masked_unless_empty(word)
            }
            _ => self.word(word, end, before == After::Equals),
        }
    }

    /// Goes on behind a name and a word that consists of separators, or of nothing.
    fn between(&mut self, separators: &str, end: Option<char>) {
        if separators.contains(['=', ':']) {
            self.after = After::Equals;
        }
        self.after = match (self.after, end) {
            (After::Equals, Some('[')) => After::Inside { open: '[', close: ']', depth: 0 },
            (After::Equals, Some('{')) => After::Inside { open: '{', close: '}', depth: 0 },
            (After::Equals, Some('(')) => After::Inside { open: '(', close: ')', depth: 0 },
            (After::Equals, Some(',' | '&' | ';')) | (After::Name, Some('&')) => After::Nothing,
            (After::Equals | After::Name, Some(open @ ('"' | '\''))) => {
                After::Quote { open, php: false }
            }
            (After::Name, Some(',')) => After::Listed(None),
            (After::Name, Some(';')) => After::Php,
            (After::Listed(None), Some(open @ ('"' | '\''))) => After::Listed(Some(open)),
            (after, _) => after,
        };
    }

    /// What PHP puts between a name and its value: a type and a length.
    fn as_php(&mut self, before: After, word: &str, end: Option<char>) -> Option<String> {
        let is_length = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        self.after = match (before, end) {
            (After::Equals, Some('(')) if word == "string" => After::Length,
            (After::Length, Some(')')) if is_length(word) => After::Equals,
            (After::Php, Some(open @ ('"' | '\''))) => {
                let length = word.strip_prefix("s:")?.strip_suffix(':')?;
                if !is_length(length) {
                    return None;
                }
                After::Quote { open, php: true }
            }
            (After::Php, _) => {
                let (kind, _) = word.split_once(':').filter(|(kind, _)| kind.len() == 1)?;
                return Some(format!("{kind}:{MASK}"));
            }
            _ => return None,
        };
        Some(word.to_owned())
    }

    /// Shows a word piece by piece: names, and what stands behind each `=` or `:`. `is_value` says
    /// that the word as a whole is the value of a name that hides it.
    fn word(&mut self, word: &str, end: Option<char>, is_value: bool) -> String {
        if is_value && begins_with_quote(word) {
            return word.to_owned();
        }
        let address = address(word);
        let mut out = String::new();
        let mut rest = address.unwrap_or(word);
        let mut numbers = false;
        loop {
            let at = rest.find(['=', ':']).unwrap_or(rest.len());
            let (piece, value) = rest.split_at(at);
            let kind = if piece.is_empty() { self.name } else { kind_of(piece) };
            self.name = kind;
            if !self.show_piece(piece, numbers, &mut out) {
                break;
            }
            numbers = kind == Kind::Shown;
            let mut characters = value.chars();
            let Some(separator) = characters.next() else {
                self.after = self.after_name(kind, word, end);
                break;
            };
            out.push(separator);
            rest = characters.as_str();
            if !self.hides(kind) {
                continue;
            }
            if begins_with_quote(rest) {
                // The next layer shows where it ends.
                out.push_str(rest);
            } else if !rest.is_empty() || address.is_some() {
                out.push_str(MASK);
            } else {
                self.after = After::Equals;
                self.between("", end);
            }
            break;
        }
        if address.is_some() {
            self.after = if end == Some('&') { After::Query } else { After::Nothing };
        }
        if is_value {
            return masked_unless_empty(word);
        }
        if address.is_some() && !out.ends_with(MASK) {
            out.push('?');
            out.push_str(MASK);
        }
        out
    }

    fn after_name(&self, kind: Kind, word: &str, end: Option<char>) -> After {
        if word.starts_with('/') || !self.hides(kind) {
            After::Nothing
        } else if end == Some('>') {
            After::Inside { open: '>', close: '<', depth: 0 }
        } else if kind == Kind::Secret {
            After::Name
        } else {
            After::Nothing
        }
    }

    /// Writes one piece as it may be shown, and gives whether anything behind it may be shown too.
    fn show_piece(&self, piece: &str, numbers: bool, out: &mut String) -> bool {
        if !self.judged {
            out.push_str(piece);
            return true;
        }
        let is_number = || piece.bytes().all(|byte| byte.is_ascii_digit() || b"-.".contains(&byte));
        if is_key_like(piece) && !(numbers && is_number()) {
            out.push_str(MASK);
            return false;
        }
        if self.source == Source::TokenReply && piece.contains(char::is_numeric) {
            out.push_str(MASK);
        } else if is_sentence(piece) {
            out.push_str(&piece.replace('+', " "));
        } else {
            out.push_str(piece);
        }
        true
    }
}

fn kind_of(piece: &str) -> Kind {
    let lower = piece.to_ascii_lowercase();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut ours = lower
        .split(|c| !is_part(c))
        .filter_map(|name| name.find("oauth_").map(|start| &name[start..]))
        .peekable();
    if ours.peek().is_some() {
        return if ours.all(|name| SHOWN.contains(&name)) { Kind::Shown } else { Kind::Secret };
    }
    if SPOKEN.contains(&lower.trim_matches(|c| !is_part(c))) { Kind::Shown } else { Kind::Other }
}

/// A URL or path in this word up to the `?` of a query that is not empty.
fn address(word: &str) -> Option<&str> {
    let (before, query) = word.split_once('?')?;
    let is_address = before.contains("://") || before.contains('/');
    (query.contains('=') || is_address && !query.is_empty()).then_some(before)
}

/// Returns whether a text begins with a quote that is written as an escape.
fn begins_with_quote(text: &str) -> bool {
    let beginning: Vec<char> = text.chars().take(12).collect();
    matches!(escape(&beginning), Some((Escaped::Char('"' | '\'') | Escaped::Byte(b'"' | b'\''), _)))
}

fn masked_unless_empty(word: &str) -> String {
    if word.is_empty() { String::new() } else { MASK.to_owned() }
}

/// Characters that end a word. `=` does not: a key may end with it.
fn is_break(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(
            character,
            '"' | '\'' | '<' | '>' | '(' | ')' | '{' | '}' | '[' | ']' | ',' | '&' | ';'
        )
}
