//! A curl command, read as curl reads it: which request it sends.

// The trap: what cannot be read must be an error. A request that is only nearly the one that was sent would be
// diagnosed wrongly.

use tripod::http::{HeaderMap, HeaderValue, header};
use tripod::signature::percent_encode;

use super::{
    curl_options::{Data, Kind, long, long_name},
    recorded::{Recorded, add_header, is_absolute},
    words,
};

/// Whether a text is a curl command.
pub(super) fn is_command(text: &str) -> bool {
    let mut words = without_prompt(text).split_ascii_whitespace();
    let program = words.next().unwrap_or_default();
    let program = program.rsplit(['/', '\\']).next().unwrap_or_default();
    matches!(program, "curl" | "curl.exe") && words.next().is_some()
}

/// Reads a command. `file` reads the files that it sends.
pub(super) fn read(
    text: &str,
    file: &dyn Fn(&str) -> Result<Vec<u8>, String>,
) -> Result<Recorded, String> {
    let text = without_prompt(text);
    if is_for_cmd(text) {
        return Err(
            "the command is written for cmd.exe; in the browser, choose `Copy as cURL (bash)`"
                .to_owned(),
        );
    }
    let mut words = words::split(text)?.into_iter();
    words.next();
    let mut command = Command::new(file);
    let mut only_urls = false;
    while let Some(word) = words.next() {
        let word = text_of(word)?;
        let mut value = |name: &str| {
            words.next().ok_or_else(|| format!("nothing follows the option {name} of curl"))
        };
        if only_urls || word == "-" || !word.starts_with('-') {
            command.urls.push(word);
        } else if word == "--" {
            only_urls = true;
        } else if let Some(name) = word.strip_prefix("--") {
            let kind = long(name).ok_or_else(|| unknown(&word))?;
            let value = if kind.takes_value() { value(&word)? } else { Vec::new() };
            command.take(kind, value)?;
        } else {
            let letters = word.strip_prefix('-').unwrap_or_default();
            for (at, letter) in letters.char_indices() {
                let shown = format!("-{letter}");
                let kind = long_name(letter).and_then(long).ok_or_else(|| unknown(&shown))?;
                if !kind.takes_value() {
                    command.take(kind, Vec::new())?;
                    continue;
                }
                // The value is the rest of this word, or the next one.
                let rest = letters.get(at + letter.len_utf8()..).unwrap_or_default();
                let value = if rest.is_empty() { value(&shown)? } else { rest.into() };
                command.take(kind, value)?;
                break;
            }
        }
    }
    command.into_request()
}

/// Without the `$` of a shell that was copied along.
fn without_prompt(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix("$ ").unwrap_or(text).trim_start()
}

/// Whether a `^` escapes a quote or a line break, as in cmd.exe. Within quotes it is a character like any other.
fn is_for_cmd(text: &str) -> bool {
    let mut quote = None;
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (quote, character) {
            // Bash reads a backslash so everywhere but in plain single quotes.
            (None | Some('"' | '$'), '\\') => drop(characters.next()),
            (None, '^') if matches!(characters.peek(), Some('"' | '\r' | '\n')) => return true,
            (None, '\'') => quote = Some(if before == '$' { '$' } else { '\'' }),
            (None, '"') => quote = Some('"'),
            (Some('\'' | '$'), '\'') | (Some('"'), '"') => quote = None,
            _ => {}
        }
        before = character;
    }
    false
}

fn unknown(option: &str) -> String {
    format!(
        "the option {option} of curl is not known here; remove it if it does not change the request"
    )
}

fn text_of(word: Vec<u8>) -> Result<String, String> {
    String::from_utf8(word).map_err(|_| "a part of the command is not UTF-8".to_owned())
}

struct Command<'f> {
    file: &'f dyn Fn(&str) -> Result<Vec<u8>, String>,
    urls: Vec<String>,
    method: Option<String>,
    headers: HeaderMap,
    /// Names whose default curl does not send, since the command gave them without a value.
    removed: Vec<String>,
    data: Option<Vec<u8>>,
    is_json: bool,
    /// The text parts of a multipart body.
    parts: Option<Vec<(String, String)>>,
    query: Vec<String>,
    upload: Option<String>,
    get: bool,
    head: bool,
    notes: Vec<String>,
}

impl<'f> Command<'f> {
    fn new(file: &'f dyn Fn(&str) -> Result<Vec<u8>, String>) -> Self {
        Self {
            file,
            urls: Vec::new(),
            method: None,
            headers: HeaderMap::new(),
            removed: Vec::new(),
            data: None,
            is_json: false,
            parts: None,
            query: Vec::new(),
            upload: None,
            get: false,
            head: false,
            notes: Vec::new(),
        }
    }

    fn take(&mut self, kind: Kind, value: Vec<u8>) -> Result<(), String> {
        match kind {
            Kind::Url => self.urls.push(text_of(value)?),
            Kind::Method => self.method = Some(text_of(value)?),
            Kind::Header => self.header(&text_of(value)?)?,
            Kind::Data(how) => self.data(how, value)?,
            Kind::UrlQuery => {
                let value = text_of(value)?;
                let piece = match value.strip_prefix('+') {
                    Some(raw) => raw.to_owned(),
                    None => self.url_encoded(&value)?,
                };
                self.query.push(piece);
            }
            Kind::Form => self.part(&text_of(value)?, true)?,
            Kind::FormText => self.part(&text_of(value)?, false)?,
            Kind::Get => self.get = true,
            Kind::Head => self.head = true,
            Kind::Upload => self.upload = Some(text_of(value)?),
            Kind::Ignored(_) => {}
            Kind::Noted(_, note) => self.notes.push(note.to_owned()),
            Kind::Refused(reason) => return Err(reason.to_owned()),
        }
        Ok(())
    }

    fn header(&mut self, line: &str) -> Result<(), String> {
        if line.starts_with('@') {
            return Err("-H @file is not supported; write the headers into the command".to_owned());
        }
        match (line.split_once(':'), line.strip_suffix(';')) {
            (Some((name, value)), _) if value.trim().is_empty() => {
                self.removed.push(name.trim().to_ascii_lowercase());
                Ok(())
            }
            (Some((name, value)), _) => {
                add_header(&mut self.headers, name.trim(), value.trim().as_bytes())
            }
            (None, Some(name)) => add_header(&mut self.headers, name.trim(), b""),
            (None, None) => Err("a header of the command is not `Name: value`".to_owned()),
        }
    }

    fn data(&mut self, how: Data, value: Vec<u8>) -> Result<(), String> {
        let from_file = value.strip_prefix(b"@").map(<[u8]>::to_vec);
        let piece = match (how, from_file) {
            (Data::Raw, _) | (Data::Plain | Data::Binary | Data::Json, None) => value,
            (Data::Plain, Some(name)) => {
                let mut content = (self.file)(&text_of(name)?)?;
                content.retain(|byte| !matches!(byte, b'\r' | b'\n' | 0));
                content
            }
            (Data::Binary | Data::Json, Some(name)) => (self.file)(&text_of(name)?)?,
            (Data::UrlEncoded, _) => self.url_encoded(&text_of(value)?)?.into_bytes(),
        };
        self.is_json |= how == Data::Json;
        match &mut self.data {
            None => self.data = Some(piece),
            Some(data) => {
                if how != Data::Json {
                    data.push(b'&');
                }
                data.extend(piece);
            }
        }
        Ok(())
    }

    /// `text`, `=text`, `name=text`, `@file` or `name@file`.
    fn url_encoded(&self, value: &str) -> Result<String, String> {
        let at = value.find(['=', '@']);
        let (name, mark, rest) = match at {
            None => ("", "=", value),
            Some(at) => {
                let (name, rest) = value.split_at(at);
                (name, rest.get(..1).unwrap_or_default(), rest.get(1..).unwrap_or_default())
            }
        };
        let content = match mark {
            "@" => text_of((self.file)(rest)?)?,
            _ => rest.to_owned(),
        };
        let content = percent_encode(&content);
        Ok(if name.is_empty() { content.into_owned() } else { format!("{name}={content}") })
    }

    /// A part of a multipart body; only text parts are kept, since no signature covers a file.
    fn part(&mut self, value: &str, is_marked: bool) -> Result<(), String> {
        let (name, content) = value
            .split_once('=')
            .ok_or_else(|| "a part of the multipart body is not `name=value`".to_owned())?;
        let parts = self.parts.get_or_insert_default();
        if !is_marked || !content.starts_with(['@', '<']) {
            let content = content.split(";type=").next().filter(|_| is_marked).unwrap_or(content);
            parts.push((name.to_owned(), content.to_owned()));
        }
        Ok(())
    }

    fn into_request(mut self) -> Result<Recorded, String> {
        let mut urls = std::mem::take(&mut self.urls);
        let url = match (urls.pop(), urls.is_empty()) {
            (Some(url), true) => url,
            (None, _) => return Err("the curl command has no URL".to_owned()),
            (Some(_), false) => {
                return Err("the curl command has several URLs; paste one request (are all values in quotes?)".to_owned());
            }
        };
        let mut url = self.absolute(url);
        let mut data = self.data.take();
        if self.get {
            let data = data.take().map(text_of).transpose()?;
            self.query.splice(0..0, data);
        }
        for piece in &self.query {
            append_query(&mut url, piece);
        }
        let default_method = if self.head {
            "HEAD"
        } else if self.upload.is_some() {
            "PUT"
        } else if data.is_some() || self.parts.is_some() {
            "POST"
        } else {
            "GET"
        };
        if let Some(name) = self.upload.as_deref().filter(|_| url.ends_with('/')) {
            url.push_str(name.rsplit('/').next().unwrap_or_default());
        }
        let method = self.method.take().unwrap_or_else(|| default_method.to_owned());
        let mut body = data.unwrap_or_default();
        let default_type = match &self.parts {
            Some(parts) => {
                // No signature covers the multipart text itself. What some signers sign by mistake is its text
                // parts, as if they were a form's; so these are what is diagnosed.
                body = form_of(parts).into_bytes();
                self.notes.push("the body is multipart, which is not signed; a few providers, such as Flickr, sign its text parts as if they were the fields of a form".to_owned());
                Some("multipart/form-data")
            }
            None if self.is_json => Some("application/json"),
            None if !body.is_empty() || default_method == "POST" => {
                Some("application/x-www-form-urlencoded")
            }
            None => None,
        };
        let is_set = self.headers.contains_key(header::CONTENT_TYPE)
            || self.removed.iter().any(|name| name == "content-type");
        if let Some(kind) = default_type.filter(|_| !is_set) {
            self.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        Ok(Recorded { method, url, headers: self.headers, body, notes: self.notes })
    }

    /// The URL with the scheme that curl takes if there is none.
    fn absolute(&mut self, url: String) -> String {
        if is_absolute(&url) {
            return url;
        }
        self.notes
            .push("the URL has no scheme, so curl sends the request over plain http".to_owned());
        format!("http://{url}")
    }
}

/// Adds to the query, before a fragment.
fn append_query(url: &mut String, piece: &str) {
    let end = url.find('#').unwrap_or(url.len());
    let before = url.get(..end).unwrap_or_default();
    let mark = match before.rsplit_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some((_, query)) if query.ends_with('&') => "",
        Some(_) => "&",
    };
    url.insert_str(end, &format!("{mark}{piece}"));
}

fn form_of(parts: &[(String, String)]) -> String {
    let pairs = parts
        .iter()
        .map(|(name, value)| format!("{}={}", percent_encode(name), percent_encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
#[path = "curl_tests.rs"]
mod tests;
