//! The parameters of `WWW-Authenticate` challenges (RFC 9110 section 11.6.1).

use std::borrow::Cow;

use crate::signature::params::decode_pairs;

/// Gives each parameter of the header: whether its challenge has the scheme `OAuth`, its name in lower case, and
/// its value, decoded as OAuth's own are.
pub(super) fn each_parameter(challenges: &str, mut take: impl FnMut(bool, &str, &str)) {
    let mut rest = challenges;
    let mut is_oauth = false;
    while let Some(name_end) = rest.find(['=', '"']) {
        let (before, after) = rest.split_at(name_end);
        if let Some(quoted) = after.strip_prefix('"') {
            rest = skip_quoted(quoted).1;
            continue;
        }
        // A space stands between a challenge's scheme and its first parameter, a comma before the other parameters.
        let mut words = before
            .trim_end()
            .rsplit(',')
            .next()
            .into_iter()
            .flat_map(|last| last.rsplit([' ', '\t']));
        let name = words.next().filter(|name| !name.is_empty());
        if let Some(scheme) = words.find(|word| !word.is_empty()) {
            is_oauth = scheme.eq_ignore_ascii_case("OAuth");
        }
        let after = after[1..].trim_start();
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => skip_quoted(quoted),
            None => after.split_at(after.find([',', ' ']).unwrap_or(after.len())),
        };
        if let Some(name) = name {
            take(is_oauth, &name.to_ascii_lowercase(), &decoded(&unquoted(value)));
        }
        rest = left;
    }
}

/// Splits behind the closing quote; a backslash quotes the next byte (RFC 9110 section 5.6.4).
fn skip_quoted(text: &str) -> (&str, &str) {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' if !escaped => return (&text[..at], &text[at + 1..]),
            b'\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    (text, "")
}

fn unquoted(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut characters = text.chars();
    let mut out = String::with_capacity(text.len());
    while let Some(character) = characters.next() {
        out.push(if character == '\\' { characters.next().unwrap_or('\\') } else { character });
    }
    Cow::Owned(out)
}

/// As a value of a form is decoded; what cannot be, stays.
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    let pair = format!("x={}", text.replace('&', "%26"));
    let decoded = decode_pairs(&pair).ok().and_then(|pairs| pairs.into_iter().next());
    decoded.map_or(Cow::Borrowed(text), |(_, value)| Cow::Owned(value.into_owned()))
}
