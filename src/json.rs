//! JSON looked at without a tree: the members of an object, one after the other.

// A reply may have 16 MiB, and a tree of it many times that. Nothing here allocates by the size of the
// input, and nothing recurses by its depth. Values are not checked more than it takes to step over them.

use std::borrow::Cow;

/// Texts are read this far.
const TEXT_BYTES: usize = 8 * 1024;

/// The text of one value, from its first byte on.
#[derive(Clone, Copy)]
pub(crate) struct Value<'t>(&'t str);

impl<'t> Value<'t> {
    /// A whole document.
    pub(crate) fn document(text: &'t str) -> Self {
        Self(text.trim_ascii())
    }

    /// The members of these names, the last one where a name is repeated, and whether this is an object
    /// from its beginning to its end.
    pub(crate) fn members<const N: usize>(self, names: [&str; N]) -> ([Option<Self>; N], bool) {
        let mut found = [None; N];
        let is_whole = self.each_member(|name, value| {
            let at = names.iter().position(|wanted| is_text(name, wanted));
            if let Some(at) = at {
                found[at] = Some(value);
            }
        });
        (found, is_whole.is_some())
    }

    fn each_member(self, mut take: impl FnMut(&'t str, Self)) -> Option<()> {
        let mut rest = self.0.strip_prefix('{')?.trim_ascii_start();
        if let Some(rest) = rest.strip_prefix('}') {
            return rest.is_empty().then_some(());
        }
        loop {
            let (name, behind) = rest.split_at(string_end(rest.as_bytes())?);
            let value = behind.trim_ascii_start().strip_prefix(':')?.trim_ascii_start();
            let (value, behind) = value.split_at(value_end(value.as_bytes())?);
            take(&name[1..name.len() - 1], Self(value));
            rest = behind.trim_ascii_start();
            if let Some(rest) = rest.strip_prefix('}') {
                return rest.trim_ascii().is_empty().then_some(());
            }
            rest = rest.strip_prefix(',')?.trim_ascii_start();
        }
    }

    /// The members that are neither objects nor lists: strings decoded, what else there is as it is written. None if this
    /// is no object, or a string of it cannot be decoded.
    pub(crate) fn scalars(self) -> Option<Vec<(String, String)>> {
        let mut scalars = Some(Vec::new());
        self.each_member(|name, Self(value)| {
            if value.starts_with(['{', '[']) {
                return;
            }
            let inside = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
            let pair = decode_all(name).zip(inside.map_or(Some(value.into()), decode_all));
            let pair = pair.map(|(name, text)| (name.into_owned(), text.into_owned()));
            match (&mut scalars, pair) {
                (Some(found), Some(pair)) => found.push(pair),
                _ => scalars = None,
            }
        })?;
        scalars
    }

    /// The first items of a list, as many as are asked for.
    pub(crate) fn items(self, most: usize) -> Vec<Self> {
        let mut items = Vec::new();
        let mut rest = self.0.strip_prefix('[').unwrap_or_default().trim_ascii_start();
        while items.len() < most && !rest.starts_with(']') {
            let Some(end) = value_end(rest.as_bytes()) else { break };
            let (item, behind) = rest.split_at(end);
            items.push(Self(item));
            let Some(behind) = behind.trim_ascii_start().strip_prefix(',') else { break };
            rest = behind.trim_ascii_start();
        }
        items
    }

    /// Returns whether it is one of the spellings of "nothing": `null`, `""`, `{}` or `[]`.
    pub(crate) fn is_nothing(self) -> bool {
        let inside = |open, close| {
            let rest = self.0.strip_prefix(open)?;
            Some(rest.strip_suffix(close)?.trim_ascii().is_empty())
        };
        matches!(self.0, "null" | "\"\"")
            || inside('{', '}') == Some(true)
            || inside('[', ']') == Some(true)
    }

    /// A string, decoded, or the digits of a number. Of a long string, the beginning.
    pub(crate) fn text(self) -> Option<Cow<'t, str>> {
        match self.0.as_bytes().first()? {
            b'"' => {
                let inside = self.0.strip_prefix('"')?.strip_suffix('"')?;
                let end = (0..=inside.len().min(TEXT_BYTES))
                    .rev()
                    .find(|end| inside.is_char_boundary(*end))?;
                Some(decode(&inside[..end]))
            }
            b'-' | b'0'..=b'9' if self.0.len() <= 64 => Some(Cow::Borrowed(self.0)),
            _ => None,
        }
    }

    pub(crate) fn is_number(self) -> bool {
        self.0.starts_with(|c: char| c == '-' || c.is_ascii_digit())
    }
}

/// Steps over the members of an object, or the items of a list, in a text that is known to be JSON: it ends
/// where it cannot go on.
#[cfg(any(test, feature = "fatsecret"))]
pub(crate) struct Steps<'t>(&'t str);

#[cfg(any(test, feature = "fatsecret"))]
impl<'t> Steps<'t> {
    /// Over an object, if the text is one.
    pub(crate) fn of_object(text: &'t str) -> Option<Self> {
        text.strip_prefix('{').map(Self)
    }

    /// Over a list, if the text is one.
    pub(crate) fn of_list(text: &'t str) -> Option<Self> {
        text.strip_prefix('[').map(Self)
    }

    /// The next member: what stands between the quotes of its name, and its value.
    pub(crate) fn member(&mut self) -> Option<(&'t str, &'t str)> {
        let rest = self.0.trim_ascii_start();
        let (name, behind) = rest.split_at(string_end(rest.as_bytes())?);
        self.0 = behind.trim_ascii_start().strip_prefix(':')?;
        Some((&name[1..name.len() - 1], self.item()?))
    }

    /// The next item.
    pub(crate) fn item(&mut self) -> Option<&'t str> {
        let rest = self.0.trim_ascii_start();
        let (item, behind) = rest.split_at(value_end(rest.as_bytes())?);
        let behind = behind.trim_ascii_start();
        self.0 = behind.strip_prefix(',').unwrap_or(behind);
        Some(item)
    }
}

/// Returns whether a string's inside, which may have escapes, is this text.
fn is_text(inside: &str, text: &str) -> bool {
    // An escape takes six bytes at most for one of the text.
    inside.len() <= 6 * text.len() && decode(inside) == text
}

/// Where the value ends that `bytes` begin with.
fn value_end(bytes: &[u8]) -> Option<usize> {
    match bytes.first()? {
        b'"' => string_end(bytes),
        b'{' | b'[' => {
            let (mut at, mut depth) = (0, 0_usize);
            loop {
                match bytes.get(at)? {
                    b'"' => {
                        at += string_end(&bytes[at..])?;
                        continue;
                    }
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => {
                        depth -= 1;
                        if depth == 0 {
                            return Some(at + 1);
                        }
                    }
                    _ => {}
                }
                at += 1;
            }
        }
        _ => {
            let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
            let end = bytes.iter().position(|byte| !is_part(byte)).unwrap_or(bytes.len());
            (end > 0).then_some(end)
        }
    }
}

/// Where the string ends that `bytes` begin with, its quotes included.
fn string_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 1;
    if bytes.first() != Some(&b'"') {
        return None;
    }
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Undoes the escapes of a string; one that is none stays.
fn decode(inside: &str) -> Cow<'_, str> {
    if !inside.contains('\\') {
        return Cow::Borrowed(inside);
    }
    let mut out = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some((before, escaped)) = rest.split_once('\\') {
        out.push_str(before);
        let mut characters = escaped.chars();
        let character = match characters.next() {
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('u') => {
                let (character, length) = unicode(escaped);
                rest = &escaped[length..];
                out.push(character);
                continue;
            }
            Some(other) => other,
            None => '\u{fffd}',
        };
        out.push(character);
        rest = characters.as_str();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The same, where each escape must be one.
fn decode_all(inside: &str) -> Option<Cow<'_, str>> {
    const REPLACED: char = '\u{fffd}';
    Some(decode(inside)).filter(|text| inside.contains(REPLACED) || !text.contains(REPLACED))
}

/// The character of `u002b`, or of a pair of such, and the length of its escape.
fn unicode(escaped: &str) -> (char, usize) {
    let code = |at: usize| u32::from_str_radix(escaped.get(at..at + 4)?, 16).ok();
    let Some(high) = code(1) else { return ('\u{fffd}', 1) };
    if let (0xd800..0xdc00, Some("\\u")) = (high, escaped.get(5..7)) {
        if let Some(low @ 0xdc00..0xe000) = code(7) {
            let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
            return (char::from_u32(code).unwrap_or('\u{fffd}'), 11);
        }
    }
    (char::from_u32(high).unwrap_or('\u{fffd}'), 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member<'t>(text: &'t str, name: &str) -> (Option<&'t str>, bool) {
        let ([found], is_whole) = Value::document(text).members([name]);
        (found.map(|value| value.0), is_whole)
    }

    #[test]
    fn members_are_found_wherever_they_stand() {
        let nested = "{\"a\":{\"error\":1},\"b\":[{\"error\":2},\"}\",\"\\\"]\"], \"error\" : 3 }";
        assert_eq!(member(nested, "error"), (Some("3"), true));
        assert_eq!(member("{\"error\":1,\"error\":2}", "error"), (Some("2"), true));
        assert_eq!(member(" {\"\\u0065rr\\u006Fr\":[1, 2]}\n", "error"), (Some("[1, 2]"), true));
        assert_eq!(member("{}", "error"), (None, true));
        let deep = format!("{{\"a\":{}{},\"error\":1}}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(member(&deep, "error"), (Some("1"), true));
    }

    #[test]
    fn steps_give_each_member_and_each_item() {
        let mut steps =
            Steps::of_object(r#"{ "a" : [1, {"b":"}"}] ,"c\"":"x,y" , "d":-1.5e3}"#).unwrap();
        assert_eq!(steps.member(), Some(("a", r#"[1, {"b":"}"}]"#)));
        assert_eq!(steps.member(), Some((r#"c\""#, "\"x,y\"")));
        assert_eq!(steps.member(), Some(("d", "-1.5e3")));
        assert_eq!((steps.member(), steps.member()), (None, None));

        let mut steps = Steps::of_list("[ [] , null,\"]\" ]").unwrap();
        let items: Vec<&str> = std::iter::from_fn(|| steps.item()).collect();
        assert_eq!(items, ["[]", "null", "\"]\""]);
        for empty in ["[]", "[ ]"] {
            assert_eq!(Steps::of_list(empty).unwrap().item(), None);
        }
        assert_eq!(Steps::of_object("{}").unwrap().member(), None);
        assert!(Steps::of_object("[]").is_none() && Steps::of_list("{}").is_none());
    }

    #[test]
    fn what_is_not_whole_is_told() {
        for text in [
            "",
            "[]",
            "1",
            "{",
            "{\"error\"",
            "{\"error\":",
            "{\"error\":}",
            "{error:1}",
            "{\"error\":1} x",
            "{\"error\":1",
            "{\"error\":{\"code\":6}",
            "{\"error\":\"a",
            "{\"error\":\"\\",
            "{\"error\":1;}",
        ] {
            assert!(!member(text, "error").1, "{text}");
        }
        assert_eq!(member("{\"error\":1,\"cut", "error"), (Some("1"), false));
    }

    #[test]
    fn texts_are_decoded_and_bounded() {
        let text = |json| Value::document(json).text().map(Cow::into_owned);
        assert_eq!(
            text("\"a\\\"\\\\\\/\\n\\u00e9\\ud83d\\ude00\\ud83d\"").unwrap(),
            "a\"\\/\né😀\u{fffd}"
        );
        assert_eq!(text("-1.5").as_deref(), Some("-1.5"));
        for none in ["null", "{}", "[1]", "true", ""] {
            assert_eq!(text(none), None, "{none}");
        }
        let long = format!("\"{}\"", "é".repeat(100_000));
        assert_eq!(text(&long).unwrap().len(), TEXT_BYTES);
    }
}
