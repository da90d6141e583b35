//! FatSecret's habits in JSON, absorbed once.
//!
//! A number comes as a number or as text, a list as an array, as its only element, as `null`, `""`, `{}`
//! or not at all, and that at two levels; an answer type says only what it wants.

// The trap: an optional field of an odd type must not fail a call, and must not pass unseen
// either. It becomes `None` and a line in `Answer::unreadable`; only a required one is an error.
//
// A reply is checked to be JSON once, as a whole. After that, values are only stepped over: with a parser at each
// level of the answer, all of a reply was parsed six times.
//
// Nothing here recurses by the input: a value is parsed when a type asks for it, so the depth is
// that of the type, and numbers are read from their own text, never through `f64`. Nothing is kept that
// grows faster than the text: fields of an object and items of lists have limits.

use std::{borrow::Cow, fmt, str::FromStr};

use serde::de::IgnoredAny;

use crate::{
    json::Steps,
    protocol::redact::{excerpt_of, words::Source},
};

mod list;
mod notes;
pub(crate) mod outcome;
pub(crate) mod values;

use notes::{Notes, Read};
use outcome::{Answer, FieldError};

/// The most fields of one object. FatSecret's have up to 40.
const MOST_FIELDS: usize = 1_000;

/// Where a value is in the answer: a chain on the stack, made into text only for a report.
#[derive(Clone, Copy)]
enum At<'a> {
    Root,
    Key(&'a At<'a>, &'a str),
    Item(&'a At<'a>, usize),
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(Self::Root, key) => f.write_str(key),
            Self::Key(parent, key) => write!(f, "{parent}.{key}"),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// A type that can be read from a JSON value of FatSecret's.
///
/// Implemented for `String`, `bool`, `u32`, `u64`, [`Date`](jiff::civil::Date),
/// [`Amount`](super::Amount) and the ids; implement it for the types of an endpoint of your own, with [`Json::fields`].
///
/// # Errors
///
/// `from_json` gives [`Json::odd`] when the value cannot be read as this type.
pub(crate) trait FromJson: Sized {
    /// Reads the value.
    fn from_json(json: Json<'_>) -> Result<Self, FieldError>;
}

/// One value in an answer, and where it is.
#[derive(Clone, Copy)]
pub(crate) struct Json<'a> {
    /// Valid JSON without space around it.
    text: &'a str,
    at: At<'a>,
    notes: &'a Notes,
}

impl<'a> Json<'a> {
    /// The value as JSON text, for another decoder.
    #[must_use]
    pub(crate) fn as_str(&self) -> &'a str {
        self.text
    }

    /// The error that says that this value is not what was `expected`.
    #[must_use]
    pub(crate) fn odd(&self, expected: &'static str) -> FieldError {
        FieldError::new(
            self.at.to_string(),
            expected,
            Some(excerpt_of(Source::Refusal, self.text.as_bytes(), &[], 60)),
        )
    }

    /// The same for a secret: says only which kind of value is there.
    pub(crate) fn odd_secret(&self, expected: &'static str) -> FieldError {
        let kind = match self.text.as_bytes().first() {
            Some(b'{') => "an object",
            Some(b'[') => "a list",
            Some(b'"') => "a text",
            _ => "another value",
        };
        FieldError::new(self.at.to_string(), expected, Some(kind.to_owned()))
    }

    /// Returns whether this is one of the spellings of "nothing": `null`, `""`, `{}` or `[]`.
    #[must_use]
    pub(crate) fn is_nothing(&self) -> bool {
        match self.text.as_bytes() {
            b"null" | b"\"\"" => true,
            [b'{', inside @ .., b'}'] | [b'[', inside @ .., b']'] => inside.trim_ascii().is_empty(),
            _ => false,
        }
    }

    /// The text of a string, or the digits of a number; `None` for any other value.
    #[must_use]
    pub(crate) fn scalar(&self) -> Option<Cow<'a, str>> {
        match self.text.as_bytes().first()? {
            b'"' => match self.text.strip_prefix('"')?.strip_suffix('"')? {
                // Nearly always: a parser for each number would take long.
                plain if !plain.as_bytes().contains(&b'\\') => Some(Cow::Borrowed(plain)),
                _ => serde_json::from_str(self.text).ok().map(Cow::Owned),
            },
            b'-' | b'0'..=b'9' => Some(Cow::Borrowed(self.text)),
            _ => None,
        }
    }

    /// Reads a string or a number with `FromStr`.
    ///
    /// # Errors
    ///
    /// If it is neither, or `FromStr` refuses it.
    pub(crate) fn parsed<T: FromStr>(&self, expected: &'static str) -> Result<T, FieldError> {
        self.scalar().and_then(|text| text.trim().parse().ok()).ok_or_else(|| self.odd(expected))
    }

    /// The fields of an object.
    ///
    /// # Errors
    ///
    /// If the value is no object.
    pub(crate) fn fields(self) -> Result<Fields<'a>, FieldError> {
        let mut steps = Steps::of_object(self.text).ok_or_else(|| self.odd("an object"))?;
        // As many as an entry of the diary has, so that it does not grow step by step.
        let mut pairs = Vec::with_capacity(32);
        while let Some((name, text)) = steps.member() {
            if pairs.len() == MOST_FIELDS {
                return Err(self.odd("an object of at most 1,000 fields"));
            }
            pairs.push((unescaped(name), text));
        }
        Ok(Fields { json: self, pairs })
    }
}

impl fmt::Debug for Json<'_> {
    /// Shows the place only: the value may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Json({})", self.at)
    }
}

/// The fields of an object in an answer. Unknown ones are ignored.
pub(crate) struct Fields<'a> {
    json: Json<'a>,
    /// Names and the texts of values.
    pairs: Vec<(Cow<'a, str>, &'a str)>,
}

impl Fields<'_> {
    /// The object itself.
    #[must_use]
    pub(crate) fn json(&self) -> Json<'_> {
        self.json
    }

    /// Returns whether the object has no fields at all.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// Returns whether the object has such a field, be it `null`.
    #[must_use]
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Returns whether one of the fields is an object or a list that is not empty.
    fn has_more_than_values(&self) -> bool {
        let json = |text| Json { text, ..self.json };
        let mut texts = self.pairs.iter().map(|(_, text)| *text);
        texts.any(|text| text.starts_with(['{', '[']) && !json(text).is_nothing())
    }

    fn find<'b>(&'b self, name: &str) -> Option<Json<'b>> {
        let (name, text) = self.pairs.iter().rev().find(|(key, _)| key == name)?;
        Some(Json { text, at: At::Key(&self.json.at, name), notes: self.json.notes })
    }

    /// The point of an answer, which FatSecret leaves out where there is nothing. A reply that has other fields instead is
    /// no answer to this call, and never "nothing".
    fn point(&self, name: &str) -> Result<Option<Json<'_>>, FieldError> {
        match self.find(name) {
            None if matches!(self.json.at, At::Root) && !self.is_empty() => {
                Err(self.missing(name, "there"))
            }
            found => Ok(found),
        }
    }

    fn missing(&self, name: &str, expected: &'static str) -> FieldError {
        FieldError::new(At::Key(&self.json.at, name).to_string(), expected, None)
    }

    /// A field that must be there.
    ///
    /// # Errors
    ///
    /// If it is missing, or cannot be read.
    pub(crate) fn get<T: FromJson>(&self, name: &str) -> Result<T, FieldError> {
        match self.find(name) {
            Some(json) => T::from_json(json),
            None => Err(self.missing(name, "there")),
        }
    }

    /// A field that may be missing, `null`, `""` or `{}`. If it is there and cannot be read, it is
    /// `None` too, and reported with the answer.
    #[must_use]
    pub(crate) fn optional<T: FromJson>(&self, name: &str) -> Option<T> {
        let json = self.find(name).filter(|json| !json.is_nothing())?;
        T::from_json(json).map_err(|error| json.notes.add(error)).ok()
    }

    /// A field that FatSecret always sends, and that an answer is still of use without. If it is missing
    /// or cannot be read, it is `None`, and reported with the answer.
    #[must_use]
    pub(crate) fn expected<T: FromJson>(&self, name: &str) -> Option<T> {
        let Some(json) = self.find(name).filter(|json| !json.is_nothing()) else {
            self.json.notes.add(self.missing(name, "there"));
            return None;
        };
        T::from_json(json).map_err(|error| json.notes.add(error)).ok()
    }

    /// The list `item` inside the wrapper `wrapper`, which may be empty in all of FatSecret's ways.
    ///
    /// An item that cannot be read is left out and reported with the answer
    /// ([`Answer::unreadable`], [`Answer::omitted`]).
    ///
    /// # Errors
    ///
    /// If the wrapper cannot be read, if none of the items can, if the first of them is of another
    /// type altogether, if the lists of the reply have more than 10,000 items, or if a whole reply has
    /// other fields and not this wrapper.
    pub(crate) fn list<T: FromJson>(
        &self,
        wrapper: &str,
        item: &str,
    ) -> Result<Vec<T>, FieldError> {
        self.list_of(wrapper, &[item])
    }

    /// The same for items that have one of several names.
    pub(crate) fn list_of<T: FromJson>(
        &self,
        wrapper: &str,
        items: &[&str],
    ) -> Result<Vec<T>, FieldError> {
        self.read_list(wrapper, items)?.required()
    }

    /// The list `name`, without a wrapper.
    ///
    /// # Errors
    ///
    /// The errors of [`list`](Self::list).
    pub(crate) fn items<T: FromJson>(&self, name: &str) -> Result<Vec<T>, FieldError> {
        self.point(name)?.map_or_else(|| Ok(Read::nothing()), Json::read_items)?.required()
    }

    /// Like [`list`](Self::list), for a list that is not the point of the answer: if it cannot be
    /// read, it is empty, and reported with the answer.
    #[must_use]
    pub(crate) fn optional_list<T: FromJson>(&self, wrapper: &str, item: &str) -> Vec<T> {
        match self.read_list(wrapper, &[item]) {
            Ok(read) => read.items,
            Err(error) => {
                self.json.notes.add(error);
                Vec::new()
            }
        }
    }

    fn read_list<T: FromJson>(&self, wrapper: &str, items: &[&str]) -> Result<Read<T>, FieldError> {
        let Some(json) = self.point(wrapper)?.filter(|json| !json.is_nothing()) else {
            return Ok(Read::nothing());
        };
        // Seen nowhere, but it can mean only one thing.
        if json.text.starts_with('[') {
            return json.read_items();
        }
        let fields = json.fields()?;
        if let Some(json) = items.iter().find_map(|item| fields.find(item)) {
            return json.read_items();
        }
        // Beside an empty list stand numbers. Something larger may be the list, under another name.
        if fields.has_more_than_values() {
            self.json.notes.add(fields.missing(items[0], "there"));
        }
        Ok(Read::nothing())
    }

    /// The id of what was created: `{"name":{"value":"1"}}`, or `{"name":"1"}`.
    ///
    /// # Errors
    ///
    /// If it is missing, or cannot be read.
    pub(crate) fn created<T: FromJson>(&self, name: &str) -> Result<T, FieldError> {
        match self.find(name) {
            Some(json) if json.text.starts_with('{') => json.fields()?.get("value"),
            Some(json) => T::from_json(json),
            None => Err(self.missing(name, "there")),
        }
    }

    /// The answer of a change: `{"success":{"value":"1"}}`.
    ///
    /// # Errors
    ///
    /// If it says anything else.
    pub(crate) fn success(&self) -> Result<(), FieldError> {
        if self.created("success")? {
            return Ok(());
        }
        Err(self
            .find("success")
            .map_or_else(|| self.missing("success", "there"), |json| json.odd("a success")))
    }

    /// The fields of an object in this one that must be there.
    ///
    /// # Errors
    ///
    /// If it is missing, or no object.
    pub(crate) fn object<'b>(&'b self, name: &'b str) -> Result<Fields<'b>, FieldError> {
        self.find(name).ok_or_else(|| self.missing(name, "there"))?.fields()
    }

    /// The fields of an object in this one, or none if it is missing, `null`, `""` or `{}`.
    ///
    /// # Errors
    ///
    /// If it is something else, or if a whole reply has other fields and not this one.
    pub(crate) fn object_or_none<'b>(
        &'b self,
        name: &'b str,
    ) -> Result<Option<Fields<'b>>, FieldError> {
        self.point(name)?.filter(|json| !json.is_nothing()).map(Json::fields).transpose()
    }
}

impl fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fields({})", self.json.at)
    }
}

/// Reads the answer's outermost object and gives its fields to `read`. `text` is any text.
pub(crate) fn read_object<T>(
    text: &str,
    read: impl FnOnce(&Fields<'_>) -> Result<T, FieldError>,
) -> Result<Result<Answer<T>, FieldError>, serde_json::Error> {
    serde_json::from_str::<IgnoredAny>(text)?;
    let notes = Notes::default();
    let json = Json { text: text.trim_ascii(), at: At::Root, notes: &notes };
    let value = json.fields().and_then(|fields| read(&fields));
    Ok(value.map(|value| Answer::noted(value, notes.take())))
}

/// A member's name without its escapes. One that is no text names nothing that anybody asks for.
fn unescaped(inside: &str) -> Cow<'_, str> {
    if !inside.as_bytes().contains(&b'\\') {
        return Cow::Borrowed(inside);
    }
    serde_json::from_str(&format!("\"{inside}\"")).map_or(Cow::Borrowed(inside), Cow::Owned)
}

/// Defines an answer: a plain struct, and how each field is read from an object's fields.
macro_rules! answer {
    (
        $(#[$meta:meta])*
        pub struct $name:ident from $fields:ident {
            $( $(#[$field_meta:meta])* pub $field:ident: $ty:ty = $value:expr, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[non_exhaustive]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: $ty, )*
        }

        impl $name {
            /// Reads it from fields that may have others among them.
            pub(in crate::fatsecret) fn from_fields(
                $fields: &$crate::fatsecret::wire::Fields<'_>,
            ) -> Result<Self, $crate::fatsecret::wire::outcome::FieldError> {
                Ok(Self { $( $field: $value, )* })
            }
        }

        impl $crate::fatsecret::testing::filler::Blank for $name {
            fn fill(filler: &mut $crate::fatsecret::testing::filler::Filler) -> Self {
                Self { $( $field: $crate::fatsecret::testing::filler::Blank::fill(filler), )* }
            }
        }

        impl $crate::fatsecret::wire::FromJson for $name {
            fn from_json(
                json: $crate::fatsecret::wire::Json<'_>,
            ) -> Result<Self, $crate::fatsecret::wire::outcome::FieldError> {
                Self::from_fields(&json.fields()?)
            }
        }
    };
}
pub(crate) use answer;

#[cfg(test)]
mod tests;
