//! What the provider says when it refuses.
//!
//! It is said in the `WWW-Authenticate` challenge (RFC 5849 section 3.5.1 with the OAuth problem reporting
//! extension), in a form body, in JSON or XML, inside a web page, or as a plain sentence. Or nowhere.

// The trap: the text comes from outside and is not masked here, since the secrets are not known here.
// So `Problem` has no `Debug`, and whoever shows something of it masks it first.

mod base_string;
mod challenge;
mod envelope;
mod text;

use std::{borrow::Cow, fmt};

use http::{HeaderMap, StatusCode, header};

pub(crate) use self::base_string::base_string;
use self::{
    envelope::{Envelope, envelope, refusal, xml_error},
    text::{text_of, window},
};
use super::{
    dialect::{Dialect, Place, SuccessRefusal},
    redact::markup,
};
use crate::{error::meaning::Meaning, json::Value, signature::params::decode_pairs};

/// What is kept of one thing that was said.
const MOST_CHARS: usize = 1000;
/// What is kept of the message of an error object: more than an excerpt looks at, which thus knows that it is cut.
const MESSAGE_CHARS: usize = 5000;

/// What was asked for: the same reply means something else for another request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    Token,
    Resource,
}

/// What a reply says of a problem, as it stands there. Public only in name: a sealed trait of `flow` names it.
#[derive(Clone, Default)]
pub struct Problem {
    /// Whether the reply is a refusal, whatever its status.
    pub(crate) is_refusal: bool,
    pub(crate) meaning: Option<Meaning>,
    /// The machine's word or code; a sentence, if that stands in its place.
    pub(crate) word: Option<String>,
    /// The provider's error object, if its dialect has one.
    pub(crate) object: Option<Box<ErrorObject>>,
    pub(crate) fields: Fields,
}

/// A provider's error object, in JSON or XML.
#[derive(Clone)]
#[cfg_attr(not(feature = "fatsecret"), expect(dead_code, reason = "its typed calls read it"))]
pub(crate) struct ErrorObject {
    /// Its code, if it has one that is a number or a text.
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
}

/// Nothing of the text, which is not masked here.
impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem").field("is_refusal", &self.is_refusal).finish_non_exhaustive()
    }
}

/// The fields of the problem reporting extension.
#[derive(Clone, Default)]
pub(crate) struct Fields {
    pub(crate) advice: Option<String>,
    pub(crate) absent: Option<String>,
    pub(crate) rejected: Option<String>,
    pub(crate) versions: Option<String>,
    pub(crate) timestamps: Option<String>,
    /// Whether one of them stands in a header, where an excerpt of the body does not show it.
    pub(crate) in_header: bool,
}

impl Problem {
    pub(crate) fn read(
        dialect: &Dialect,
        asked: Asked,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Self {
        let is_success = status.is_success();
        if is_success && asked == Asked::Resource && dialect.success_refusal().is_none() {
            // Nearly every reply: there is nothing to read.
            return Self::default();
        }
        let understands_sentences =
            matches!(status.as_u16(), 400 | 401 | 403) || is_success && asked == Asked::Token;
        let mut reader = Reader { dialect, understands_sentences, problem: Self::default() };
        if status.is_redirection() {
            reader.problem.is_refusal = true;
            return reader.problem;
        }
        if is_success {
            let text = without_mark(std::str::from_utf8(body).unwrap_or_default());
            if asked == Asked::Token && has_token(text) {
                return reader.problem;
            }
            let form = dialect.success_refusal();
            let beginning = dialect.refusal_beginning().filter(|_| asked == Asked::Token);
            if let Some(refusal) = form.and_then(|form| refusal(form, text)) {
                // Where numbers say what is wrong, a sentence about it is for people only.
                let is_number = |code: &Cow<'_, str>| code.bytes().all(|b| b.is_ascii_digit());
                reader.understands_sentences |=
                    refusal.code.as_ref().is_some_and(|code| !is_number(code));
                reader.envelope(&refusal);
                reader.problem.is_refusal = true;
            } else if let Some(said) = beginning.and_then(|beginning| text.strip_prefix(beginning))
            {
                let sentence = sentence_of(said);
                reader.said(Place::Sentence, &sentence);
                reader.problem.word.get_or_insert(sentence);
                reader.problem.is_refusal = true;
            } else if asked == Asked::Token {
                reader.body(body);
                // Of what is no token, a sentence alone does not say that it is a refusal.
                reader.problem.is_refusal = reader.problem.meaning.is_some();
            }
        } else {
            reader.problem.is_refusal = true;
            reader.challenges(headers);
            reader.body(body);
        }
        reader.problem
    }

    /// The middle of the time that the provider accepts, if it says so.
    pub(crate) fn acceptable_time(&self) -> Option<u64> {
        let (from, to) = range(self.fields.timestamps.as_deref()?)?;
        Some(from + (to - from) / 2)
    }
}

/// `1795690500-1795691100`
pub(crate) fn range(text: &str) -> Option<(u64, u64)> {
    let (from, to) = text.trim().split_once('-')?;
    let (from, to) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
    (from <= to).then_some((from, to))
}

fn has_token(text: &str) -> bool {
    text.contains("oauth_token=") && text.contains("oauth_token_secret=")
}

/// The text without a byte order mark, which .NET puts before XML, and without the space around it.
pub(crate) fn without_mark(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('\u{feff}').unwrap_or(text).trim_start()
}

/// Passes on a short plain word and nothing else.
pub(crate) fn word(text: &str) -> Option<String> {
    let plain = (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    // A long word with digits may be a token that was put in the wrong place.
    let key_like = text.len() >= 16 && text.bytes().any(|byte| byte.is_ascii_digit());
    (plain && !key_like).then(|| text.to_owned())
}

struct Reader<'d> {
    dialect: &'d Dialect,
    understands_sentences: bool,
    problem: Problem,
}

impl Reader<'_> {
    /// Takes down something that was said. What was said first counts.
    fn said(&mut self, place: Place, text: &str) {
        let text = text.trim();
        if text.is_empty() || place == Place::Sentence && !self.understands_sentences {
            return;
        }
        let text = beginning(text);
        if self.problem.meaning.is_none() {
            self.problem.meaning = self.dialect.meaning(place, &text);
            // A sentence where a word should be.
            if self.problem.meaning.is_none() && text.contains(' ') && self.understands_sentences {
                self.problem.meaning = self.dialect.meaning(Place::Sentence, &text);
            }
        }
        if place != Place::Sentence {
            self.problem.word.get_or_insert(text);
        }
    }

    /// Takes a parameter of a challenge, a form or a JSON object, if its name says that it is about a
    /// problem.
    fn parameter(&mut self, name: &str, value: &str) {
        let fields = &mut self.problem.fields;
        let field = match name {
            "oauth_problem" | "error" => return self.said(Place::Word, value),
            "error_description" | "error_message" | "message" => {
                return self.said(Place::Sentence, value);
            }
            "oauth_problem_advice" => &mut fields.advice,
            "oauth_parameters_absent" => &mut fields.absent,
            "oauth_parameters_rejected" => &mut fields.rejected,
            "oauth_acceptable_versions" => &mut fields.versions,
            "oauth_acceptable_timestamps" => &mut fields.timestamps,
            _ => return,
        };
        field.get_or_insert_with(|| beginning(value.trim()));
    }

    fn challenges(&mut self, headers: &HeaderMap) {
        let challenges = headers.get_all(header::WWW_AUTHENTICATE).iter();
        for challenge in challenges.filter_map(|value| value.to_str().ok()) {
            challenge::each_parameter(challenge, |is_oauth, name, value| {
                // NetSuite says it in `error` and `error_description`. With another scheme they are about another token.
                if is_oauth || name.starts_with("oauth_") {
                    self.parameter(name, value);
                }
            });
        }
        let Fields { advice, absent, rejected, versions, timestamps, in_header } =
            &mut self.problem.fields;
        *in_header = [advice, absent, rejected, versions, timestamps].iter().any(|f| f.is_some());
    }

    fn body(&mut self, body: &[u8]) {
        let text = text_of(body);
        let text = without_mark(&text);
        if text.starts_with(['{', '[']) {
            self.json(text);
        } else if let Some(envelope) = envelope(text) {
            self.envelope(&envelope);
        } else if markup::is_html(text) {
            self.free_text(&markup::text_of(window(text)));
        } else if text.starts_with('<') {
            if let Some((code, message)) = xml_error(text, false) {
                self.said(code_place(code), code);
                self.said(Place::Sentence, message.unwrap_or_default());
            }
        } else if !self.form(window(text)) {
            self.free_text(window(text));
        }
        // Within a text of JSON or XML, or behind something that looks like a form.
        if self.problem.word.is_none() {
            self.named_problem(window(text));
        }
    }

    /// Whether the provider's errors are objects, for its typed calls.
    fn has_objects(&self) -> bool {
        self.dialect.success_refusal() == Some(SuccessRefusal::Error)
    }

    fn envelope(&mut self, envelope: &Envelope<'_>) {
        if self.has_objects() {
            self.problem.object = Some(Box::new(ErrorObject::of(envelope)));
        }
        if let Some(code) = &envelope.code {
            self.said(code_place(code), code);
        }
        self.said(Place::Word, envelope.word.as_deref().unwrap_or_default());
        self.said(Place::Sentence, envelope.message.as_deref().unwrap_or_default());
    }

    /// Reads form data, and gives whether it is such.
    fn form(&mut self, text: &str) -> bool {
        let is_name = |name: &str| {
            let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.[]".contains(&byte);
            !name.is_empty() && name.bytes().all(is_part)
        };
        if !text.split_once('=').is_some_and(|(name, _)| is_name(name)) {
            return false;
        }
        let Ok(pairs) = decode_pairs(text) else { return false };
        // The extension's own word counts, wherever it stands.
        let first = |name: &&str| pairs.iter().find(|pair| pair.0 == **name);
        if let Some((name, value)) = ["oauth_problem", "error"].iter().find_map(first) {
            self.parameter(name, value);
        }
        for (name, value) in &pairs {
            self.parameter(name, value);
        }
        true
    }

    /// Takes `oauth_problem=…`, wherever it stands.
    fn named_problem(&mut self, text: &str) {
        const NAME: &str = "oauth_problem=";
        if let Some((_, behind)) = text.split_once(NAME) {
            let is_end = |c: char| c.is_whitespace() || "&<>\"',;\\".contains(c);
            let value = behind.split(is_end).next().unwrap_or_default();
            let pair = format!("{NAME}{value}");
            for (name, value) in decode_pairs(&pair).unwrap_or_default() {
                self.parameter(&name, &value);
            }
        }
    }

    fn free_text(&mut self, text: &str) {
        self.named_problem(text);
        self.said(Place::Sentence, &sentence_of(text));
    }

    fn json(&mut self, text: &str) {
        const FIELDS: [&str; 6] = [
            "oauth_problem",
            "oauth_problem_advice",
            "oauth_parameters_absent",
            "oauth_parameters_rejected",
            "oauth_acceptable_versions",
            "oauth_acceptable_timestamps",
        ];
        const SENTENCES: [&str; 6] =
            ["message", "error_description", "developer_message", "info", "detail", "title"];
        let root = Value::document(text);
        let (fields, _) = root.members(FIELDS);
        for (name, value) in FIELDS.iter().zip(fields) {
            if let Some(value) = value.and_then(Value::text) {
                self.parameter(name, &value);
            }
        }
        let ([error, errors, code, meta], is_whole) =
            root.members(["error", "errors", "code", "meta"]);
        let (sentences, _) = root.members(SENTENCES);
        let mut found = Vec::new();
        if let Some(meta) = meta {
            found.extend(meta.members(["msg", "message", "description"]).0);
        }
        if let Some(error) = error {
            if is_whole && self.has_objects() {
                let object = Envelope::of(error).map(|found| ErrorObject::of(&found));
                self.problem.object = object.map(Box::new);
            }
            self.said(Place::Word, &error.text().unwrap_or_default());
            let ([code, reasons], _) = error.members(["code", "reason_stack"]);
            // The last reason is the nearest one.
            for reason in reasons.map(|reasons| reasons.items(16)).unwrap_or_default().iter().rev()
            {
                self.said(Place::Word, &reason.text().unwrap_or_default());
            }
            if let Some(code) = code.and_then(Value::text) {
                self.said(code_place(&code), &code);
            }
            found.extend(error.members(SENTENCES).0);
        }
        if let Some(first) = errors.and_then(|errors| errors.items(1).pop()) {
            let ([code], _) = first.members(["code"]);
            if let Some(text) = code.and_then(Value::text) {
                let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
                self.said(if is_number { Place::ListedCode } else { Place::Word }, &text);
            }
            found.extend(first.members(SENTENCES).0);
        }
        if let Some(code) = code.filter(|code| !code.is_number()).and_then(Value::text) {
            self.said(Place::Word, &code);
        }
        found.extend(sentences);
        for text in found.into_iter().flatten().filter_map(Value::text) {
            self.said(Place::Sentence, &text);
        }
    }
}

impl ErrorObject {
    /// The error object that is this text, whatever status it comes with.
    #[cfg(feature = "fatsecret")]
    pub(crate) fn in_text(text: &str) -> Option<Self> {
        envelope(text).map(|envelope| Self::of(&envelope))
    }

    fn of(envelope: &Envelope<'_>) -> Self {
        let message = envelope.message.as_deref();
        Self {
            code: envelope.code.as_deref().map(beginning),
            message: message.map(|message| message.chars().take(MESSAGE_CHARS).collect()),
        }
    }
}

fn sentence_of(text: &str) -> String {
    text.chars().take(300).collect()
}

fn code_place(code: &str) -> Place {
    if code.trim().bytes().all(|byte| byte.is_ascii_digit()) { Place::Code } else { Place::Word }
}

fn beginning(text: &str) -> String {
    text.chars().take(MOST_CHARS).collect()
}

#[cfg(test)]
mod memory;
#[cfg(test)]
mod tests;
