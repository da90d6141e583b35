//! The words of a shell command, as bash reads them.

// No library reads `$'…'`, which browsers write when they copy a request as a curl command. The trap: what a shell
// would replace or cut off must be an error, since the request that was sent is not the one that stands here.

/// Splits the first command of a text into words. What follows a `|`, a `;`, a `>` or a comment is left out.
pub(super) fn split(text: &str) -> Result<Vec<Vec<u8>>, String> {
    let mut reader = Reader { rest: text, words: Vec::new(), word: None };
    while reader.step()? {}
    reader.end_word();
    Ok(reader.words)
}

struct Reader<'t> {
    rest: &'t str,
    words: Vec<Vec<u8>>,
    /// The word that is being read; it may be empty, as `''` is.
    word: Option<Vec<u8>>,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let next = characters.next();
        self.rest = characters.as_str();
        next
    }

    fn push(&mut self, character: char) {
        let mut buffer = [0; 4];
        let bytes = character.encode_utf8(&mut buffer).as_bytes();
        self.word.get_or_insert_default().extend_from_slice(bytes);
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
    }

    /// Reads one character outside quotes, or what is in one pair of quotes. False at the command's end.
    fn step(&mut self) -> Result<bool, String> {
        let Some(character) = self.next() else { return Ok(false) };
        match character {
            '\\' => match self.next() {
                Some('\n') => {}
                Some('\r') if self.rest.starts_with('\n') => {
                    self.next();
                }
                Some(escaped) => self.push(escaped),
                None => return Err("the command ends with a backslash".to_owned()),
            },
            '\'' => self.single()?,
            '"' => self.double()?,
            '$' if self.rest.starts_with('\'') => {
                self.next();
                self.ansi()?;
            }
            '$' if self.rest.starts_with('"') => {
                self.next();
                self.double()?;
            }
            '$' => self.dollar()?,
            '`' => return Err(replaced("a command in backticks")),
            '\n' => {
                self.end_word();
                if self.words.is_empty() {
                    return Ok(true);
                }
                return if self.rest.trim_start().is_empty() {
                    Ok(false)
                } else {
                    Err("the text goes on after the end of the command; end each line but the last with a backslash, and paste one command".to_owned())
                };
            }
            ' ' | '\t' | '\r' => self.end_word(),
            '#' if self.word.is_none() => {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                self.rest = self.rest.get(end..).unwrap_or_default();
            }
            '|' | ';' => return Ok(false),
            '>' | '<' => {
                // The `2` of `2>/dev/null` is not a word.
                if self.word.as_ref().is_some_and(|word| word.iter().all(u8::is_ascii_digit)) {
                    self.word = None;
                }
                return Ok(false);
            }
            '&' if self.rest.is_empty() || self.rest.starts_with(['&', ' ', '\n', '>']) => {
                return Ok(false);
            }
            '&' => {
                return Err("a `&` is not in quotes, so a shell ends the command there; put the URL and the data in quotes".to_owned());
            }
            '(' | ')' => {
                return Err("a parenthesis is not in quotes, which a shell refuses".to_owned());
            }
            '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' => {
                return Err(
                    "the command has typographic quotes; replace them by ' or \"".to_owned()
                );
            }
            other => self.push(other),
        }
        Ok(true)
    }

    /// After a `$` that begins no quotes.
    fn dollar(&mut self) -> Result<(), String> {
        let name = self.rest.strip_prefix(['{', '(']).unwrap_or(self.rest);
        let is_braced = name.len() != self.rest.len();
        let name: String =
            name.chars().take_while(|one| one.is_ascii_alphanumeric() || *one == '_').collect();
        if is_braced || !name.is_empty() || self.rest.starts_with(['?', '$', '!', '@', '*', '#']) {
            let what = if is_braced && name.is_empty() || self.rest.starts_with('(') {
                "a command in `$(…)`".to_owned()
            } else {
                format!("the variable ${name}")
            };
            return Err(replaced(&what));
        }
        self.push('$');
        Ok(())
    }

    fn single(&mut self) -> Result<(), String> {
        let (quoted, rest) = self.rest.split_once('\'').ok_or_else(|| open("'"))?;
        self.word.get_or_insert_default().extend_from_slice(quoted.as_bytes());
        self.rest = rest;
        Ok(())
    }

    fn double(&mut self) -> Result<(), String> {
        self.word.get_or_insert_default();
        loop {
            match self.next().ok_or_else(|| open("\""))? {
                '"' => return Ok(()),
                '`' => return Err(replaced("a command in backticks")),
                '$' if self.rest.starts_with(['"', '\'']) => self.push('$'),
                '$' => self.dollar()?,
                '\\' => match self.next().ok_or_else(|| open("\""))? {
                    '\n' => {}
                    escaped @ ('$' | '`' | '"' | '\\') => self.push(escaped),
                    other => {
                        self.push('\\');
                        self.push(other);
                    }
                },
                other => self.push(other),
            }
        }
    }

    /// The quotes of `$'…'`, with the escapes of C.
    fn ansi(&mut self) -> Result<(), String> {
        self.word.get_or_insert_default();
        loop {
            match self.next().ok_or_else(|| open("$'"))? {
                '\'' => return Ok(()),
                '\\' => self.escape()?,
                other => self.push(other),
            }
        }
    }

    fn escape(&mut self) -> Result<(), String> {
        let escape = self.next().ok_or_else(|| open("$'"))?;
        let byte = match escape {
            'a' => 0x07,
            'b' => 0x08,
            'e' | 'E' => 0x1b,
            'f' => 0x0c,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'v' => 0x0b,
            '\\' | '\'' | '"' | '?' => {
                self.push(escape);
                return Ok(());
            }
            'x' | 'u' | 'U' => {
                let most = match escape {
                    'x' => 2,
                    'u' => 4,
                    _ => 8,
                };
                match (self.digits(most, 16), escape) {
                    (None, _) => {
                        self.push('\\');
                        self.push(escape);
                        return Ok(());
                    }
                    (Some(value), 'x') => low_byte(value),
                    (Some(value), _) => {
                        let value = self.with_low_half(value);
                        let character = char::from_u32(value).ok_or_else(|| {
                            format!("\\{escape}{value:04x} is half of a character; copy the command again")
                        })?;
                        self.push(character);
                        return Ok(());
                    }
                }
            }
            '0'..='7' => {
                // The digit was read as the escape.
                let first = escape.to_digit(8).unwrap_or_default();
                let before = self.rest.len();
                let more = self.digits(2, 8).unwrap_or_default();
                low_byte((0..before - self.rest.len()).fold(first, |value, _| value * 8) + more)
            }
            other => {
                self.push('\\');
                self.push(other);
                return Ok(());
            }
        };
        self.word.get_or_insert_default().push(byte);
        Ok(())
    }

    /// Chrome writes a character beyond U+FFFF as two halves, as JavaScript keeps it.
    fn with_low_half(&mut self, high: u32) -> u32 {
        let rest = self.rest.strip_prefix("\\u").and_then(|rest| rest.get(..4));
        let low = rest.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match low.filter(|low| (0xdc00..0xe000).contains(low)) {
            Some(low) if (0xd800..0xdc00).contains(&high) => {
                self.rest = self.rest.get(6..).unwrap_or_default();
                0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)
            }
            _ => high,
        }
    }

    /// Up to so many digits; none if there is not one.
    fn digits(&mut self, most: usize, radix: u32) -> Option<u32> {
        let is_digit = |one: &char| one.is_digit(radix);
        let digits: String = self.rest.chars().take(most).take_while(is_digit).collect();
        self.rest = self.rest.get(digits.len()..).unwrap_or_default();
        u32::from_str_radix(&digits, radix).ok()
    }
}

fn low_byte(value: u32) -> u8 {
    u8::try_from(value & 0xff).unwrap_or_default()
}

fn open(quote: &str) -> String {
    format!("the quotes that begin with {quote} do not end; was the command cut off?")
}

fn replaced(what: &str) -> String {
    format!("a shell replaces {what}; paste the command with the text that was sent")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let words = split(text).unwrap();
        let words: Vec<_> = words.iter().map(|word| String::from_utf8_lossy(word)).collect();
        assert_eq!(words, expected, "{text}");
    }

    #[test]
    fn words_are_read_as_bash_reads_them() {
        check("", &[]);
        check("  curl\thttps://a.example/ ", &["curl", "https://a.example/"]);
        check("curl \\\n  -H 'a: b' \\\r\n  x\n", &["curl", "-H", "a: b", "x"]);
        check(r#"a'b c'"d e"f\ g"#, &["ab cd ef g"]);
        check("'' \"\" $''", &["", "", ""]);
        check(r#"'it'\''s' "a\"b\\c\d\$e""#, &["it's", r#"a"b\c\d$e"#]);
        check("\"a\\\nb\" 'a\\b\nc'", &["ab", "a\\b\nc"]);
        check("a$ b$% \"$\" 'a$b `c`'", &["a$", "b$%", "$", "a$b `c`"]);
        check("https://a.example/?a[]=*&", &["https://a.example/?a[]=*"]);
        check("a#b # c 'd\n", &["a#b"]);
    }

    #[test]
    fn the_quotes_that_browsers_write_are_read() {
        check(r"$'it\'s\n\t\\ \u00e9\x21\101\0' b", &["it's\n\t\\ é!A\0", "b"]);
        check(r"$'\U0001F600\e\q\xg\u' x$'\x41'y", &["😀\x1b\\q\\xg\\u", "xAy"]);
        check(r"$'\7\18\1234'", &["\x07\x018S4"]);
        assert_eq!(split(r"$'\xe9\377'").unwrap(), [[0xe9, 0xff]]);
        check(r"$'\ud83d\ude00!'", &["😀!"]);
        for half in [r"$'\ud83d'", r"$'\ude00'", r"$'\ud83d\u0041'"] {
            assert!(split(half).unwrap_err().contains("half of a character"), "{half}");
        }
    }

    #[test]
    fn what_follows_the_command_is_left_out() {
        check("curl x | jq .a", &["curl", "x"]);
        check("curl x 2>/dev/null", &["curl", "x"]);
        check("curl x > file", &["curl", "x"]);
        check("curl x; ls", &["curl", "x"]);
        check("curl x && ls", &["curl", "x"]);
        check("curl x &", &["curl", "x"]);
    }

    #[test]
    fn what_a_shell_would_change_is_an_error() {
        for (text, said) in [
            ("curl $URL", "the variable $URL"),
            ("curl \"Bearer ${TOKEN}\"", "the variable $TOKEN"),
            ("curl \"$(date)\"", "a command in `$(…)`"),
            ("curl `date`", "a command in backticks"),
            ("curl \"`date`\"", "a command in backticks"),
            ("curl https://a.example/?a=1&b=2", "a `&` is not in quotes"),
            ("curl a(b", "parenthesis"),
            ("curl 'a", "the quotes that begin with '"),
            ("curl \"a", "the quotes that begin with \""),
            ("curl $'a\\", "the quotes that begin with $'"),
            ("curl a\\", "ends with a backslash"),
            ("curl a\ncurl b", "goes on after the end"),
            ("curl \u{201c}a\u{201d}", "typographic quotes"),
        ] {
            let error = split(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn a_library_that_knows_no_dollar_quotes_reads_the_same() {
        for text in [
            r"a 'b c'  d\ e",
            r#""a 'b' \" \\ c" 'd "e"'"#,
            "a\\\nb c",
            r"'' x ''\'''",
            r#"curl -H "A: b" --data 'x=1&y=%20' https://a.example/?q=[1]*"#,
        ] {
            let words = split(text).unwrap();
            let words: Vec<_> =
                words.into_iter().map(|word| String::from_utf8(word).unwrap()).collect();
            assert_eq!(Some(words), shlex::split(text), "{text}");
        }
        for word in ["", "a b", "it's", "a\"b$c`d\\e", "x=1&y=2", "é ^{}~!#", "-", "a\nb"] {
            let quoted = shlex::try_quote(word).unwrap();
            assert_eq!(split(&quoted).unwrap(), [word.as_bytes()], "{quoted}");
        }
    }
}
