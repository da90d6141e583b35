//! Escapes undone, layer by layer, so that a secret is found however it was written.
//!
//! Percent-encoding, JSON's and JavaScript's backslashes and HTML's entities are undone together, one
//! layer at a time. On each layer known secrets are looked for, without regard to letter case.

// The trap: a list of spellings is never complete. What is undone here needs no list.

use zeroize::Zeroizing;

pub(super) const MASK: &str = "***";

/// Escapes nested deeper than this are not undone; nothing of such a text is shown.
pub(super) const LAYERS: usize = 8;

/// Entities with a name that stand for characters which secrets or their separators have.
const ENTITIES: [(&str, char); 26] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", ' '),
    ("plus", '+'),
    ("sol", '/'),
    ("equals", '='),
    ("percnt", '%'),
    ("colon", ':'),
    ("semi", ';'),
    ("comma", ','),
    ("period", '.'),
    ("lowbar", '_'),
    ("hyphen", '-'),
    ("num", '#'),
    ("dollar", '$'),
    ("excl", '!'),
    ("quest", '?'),
    ("ast", '*'),
    ("commat", '@'),
    ("bsol", '\\'),
    ("verbar", '|'),
    ("lpar", '('),
    ("rpar", ')'),
];

/// What one escape stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escaped {
    /// A byte of UTF-8 text.
    Byte(u8),
    Char(char),
}

/// The escape that `text` begins with, and its length in characters.
pub(super) fn escape(text: &[char]) -> Option<(Escaped, usize)> {
    match text {
        // Of old ASP pages and of JavaScript's `escape`.
        ['%', 'u' | 'U', rest @ ..] => {
            hex(rest, 4).map(|code| (Escaped::Char(character(code)), 2 + 4))
        }
        ['%', rest @ ..] => {
            let byte = u8::try_from(hex(rest, 2)?).ok()?;
            Some((Escaped::Byte(byte), 1 + 2))
        }
        ['\\', 'u', rest @ ..] => {
            let high = hex(rest, 4)?;
            if let (0xd800..0xdc00, ['\\', 'u', rest @ ..]) = (high, &rest[4..]) {
                if let Some(low @ 0xdc00..0xe000) = hex(rest, 4) {
                    let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
                    return Some((Escaped::Char(character(code)), 12));
                }
            }
            Some((Escaped::Char(character(high)), 6))
        }
        ['\\', 'x', rest @ ..] => hex(rest, 2).map(|code| (Escaped::Char(character(code)), 4)),
        ['\\', escaped @ ('"' | '\'' | '/' | '\\'), ..] => Some((Escaped::Char(*escaped), 2)),
        ['&', '#', 'x' | 'X', rest @ ..] => numeric(rest, 16, 3),
        ['&', '#', rest @ ..] => numeric(rest, 10, 2),
        ['&', rest @ ..] => ENTITIES.iter().find_map(|(name, character)| {
            let end = name.len();
            let is_it = rest.get(end) == Some(&';') && name.chars().eq(rest[..end].iter().copied());
            is_it.then_some((Escaped::Char(*character), end + 2))
        }),
        _ => None,
    }
}

/// A numeric entity behind its first `before` characters. Browsers do not insist on the semicolon.
fn numeric(text: &[char], radix: u32, before: usize) -> Option<(Escaped, usize)> {
    let digits = text.iter().take(8).take_while(|c| c.is_digit(radix)).count();
    let code = number(&text[..digits], radix)?;
    let semicolon = usize::from(text.get(digits) == Some(&';'));
    Some((Escaped::Char(character(code)), before + digits + semicolon))
}

fn hex(text: &[char], digits: usize) -> Option<u32> {
    number(text.get(..digits)?, 16)
}

fn number(digits: &[char], radix: u32) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u32, |value, digit| {
        value.checked_mul(radix)?.checked_add(digit.to_digit(radix)?)
    })
}

fn character(code: u32) -> char {
    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Undoes one layer of the escapes whose first character `is_meant`. `None` if there is no escape in the text. The result is never longer.
pub(super) fn undo(text: &[char], is_meant: impl Fn(char) -> bool) -> Option<Vec<char>> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = Vec::new();
    let mut at = 0;
    let mut changed = false;
    loop {
        let found =
            text.get(at).filter(|first| is_meant(**first)).and_then(|_| escape(&text[at..]));
        if let Some((Escaped::Byte(byte), length)) = found {
            bytes.push(byte);
            at += length;
            continue;
        }
        // The bytes of one character stand in as many escapes.
        changed |= !bytes.is_empty();
        out.extend(String::from_utf8_lossy(&bytes).chars());
        bytes.clear();
        match (found, text.get(at)) {
            (Some((Escaped::Char(character), length)), _) => {
                changed = true;
                out.push(character);
                at += length;
            }
            (_, Some(character)) => {
                out.push(*character);
                at += 1;
            }
            (_, None) => return changed.then_some(out),
        }
    }
}

/// Secrets to be masked, each as it is and with its own escapes undone.
pub(super) struct Known(Zeroizing<Vec<Vec<char>>>);

impl Known {
    pub(super) fn new(secrets: &[&str]) -> Self {
        let mut patterns = Zeroizing::new(Vec::new());
        for secret in secrets {
            let mut layer = Zeroizing::new(secret.chars().collect::<Vec<_>>());
            for _ in 0..LAYERS {
                if !layer.is_empty() {
                    patterns.push(layer.iter().copied().map(alike).collect());
                }
                match undo(&layer, |_| true) {
                    Some(next) => layer = Zeroizing::new(next),
                    None => break,
                }
            }
        }
        Self(patterns)
    }

    /// Masks the secrets in one layer of a text, and says whether there was one. In a text that is
    /// `cut`, the beginning of a secret at its end is masked too.
    fn mask(&self, text: &mut Vec<char>, cut: bool) -> bool {
        let compared: Vec<char> = text.iter().copied().map(alike).collect();
        let mut covered = vec![false; text.len()];
        for pattern in self.0.iter() {
            for at in 0..(compared.len() + 1).saturating_sub(pattern.len()) {
                if compared[at..].starts_with(pattern) {
                    covered[at..at + pattern.len()].fill(true);
                }
            }
            let end = compared.len().saturating_sub(pattern.len());
            if let Some(at) =
                (end..compared.len()).find(|at| cut && pattern.starts_with(&compared[*at..]))
            {
                covered[at..].fill(true);
            }
        }
        if !covered.contains(&true) {
            return false;
        }
        let mut out = Vec::with_capacity(text.len());
        for (at, character) in text.iter().enumerate() {
            match (covered[at], at > 0 && covered[at - 1]) {
                (false, _) => out.push(*character),
                (true, false) => out.extend(MASK.chars()),
                (true, true) => {}
            }
        }
        *text = out;
        true
    }
}

/// Characters that are taken for the same: a form writes a space as a plus.
fn alike(character: char) -> char {
    match character {
        '+' => ' ',
        _ => character.to_lowercase().next().unwrap_or(character),
    }
}

/// A text without its escapes.
pub(super) struct Opened {
    pub(super) text: String,
    /// Whether a known secret was in it.
    pub(super) found: bool,
}

/// Masks what is `known` and what `more` masks, on each layer of escapes. `more` is told which layer is
/// the first. `cut` says that the text goes on where it ends here.
pub(super) fn open(
    text: &str,
    known: &Known,
    cut: bool,
    more: impl Fn(&[char], bool) -> String,
) -> Opened {
    let mut layer: Vec<char> = text.chars().collect();
    let mut found = false;
    for number in 0..LAYERS {
        if cut {
            // What may be half of an escape.
            let end = layer.len().saturating_sub(16);
            let half = layer[end..].iter().position(|c| matches!(c, '%' | '&' | '\\'));
            layer.truncate(half.map_or(layer.len(), |half| end + half));
        }
        found |= known.mask(&mut layer, cut);
        layer = more(&layer, number == 0).chars().collect();
        match undo(&layer, |_| true) {
            Some(next) => layer = next,
            None => return Opened { text: layer.into_iter().collect(), found },
        }
    }
    Opened { text: MASK.to_owned(), found: true }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, secret: &str, expected: &str) {
        let opened = open(text, &Known::new(&[secret]), false, |layer, _| layer.iter().collect());
        assert_eq!(opened.text, expected);
        assert_eq!(opened.found, expected.contains(MASK), "{text}");
    }

    #[test]
    fn a_secret_is_found_however_it_is_written() {
        for written in [
            "s+/=",
            "S+/=",
            "s%2B%2F%3D",
            "s%2b%2f%3d",
            "s%252B%252F%253D",
            "s\\u002B\\/=",
            "s\\u002b\\u002F\\u003d",
            "s\\x2b/=",
            "s&#43;&#47;&#61;",
            "s&#x2B;&#X2f&#61",
            "s&plus;&sol;&equals;",
            "s&amp;#43;/=",
            "s%u002B/=",
            "s\\u0025\\u0032\\u0042/=",
            "%73%2B%2F%3D",
            "s /=",
        ] {
            check(&format!("saw {written}, no"), "s+/=", "saw ***, no");
        }
        check("saw aA+c", "a%41+c", "saw ***");
        check("saw a%41\\u002Bc", "a%41+c", "saw ***");
        check("saw a\\\\\\\"b", "a\\\"b", "saw ***");
        check("saw %C3%89t%C3%A9 and \\u00c9t\\u00E9", "été", "saw *** and ***");
        check("saw \\ud83d\\ude00x", "😀x", "saw ***");
        check("nothing here", "", "nothing here");
        check("", "secret", "");
    }

    #[test]
    fn what_is_no_escape_stays() {
        for text in
            ["100 %", "a % b", "&", "&c;", "&#;", "&#x;", "\\", "\\u12", "%u12", "%é", "R&D"]
        {
            check(text, "secret", text);
        }
        check("\\ud83d x &#xFFFFFFFF &#x110000; %FF", "y", "\u{fffd} x \u{fffd} \u{fffd} \u{fffd}");
        check("C:\\inetpub\\temp", "y", "C:\\inetpub\\temp");
    }

    #[test]
    fn escapes_without_end_are_not_shown() {
        check(&format!("a %{}41", "25".repeat(LAYERS - 2)), "secret", "a A");
        check(&format!("a %{}41", "25".repeat(LAYERS)), "secret", "***");
    }
}
