//! The parameters of a call, read as strictly as FatSecret reads them.

// The trap: an empty value counts as a missing one, and a date is a whole number of days.

use std::str::FromStr;

use http::Method;
use serde_json::Value;

use crate::{
    data::{calendar::today, decimal::Decimal, error::DataError, limits::DAYS},
    naive::Pair,
    quote::quoted,
    received::{Received, find, is_oauth},
};

/// The longest name or comment, in characters.
const TEXT: usize = 255;

/// A call without its OAuth parameters.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about the call")]
pub(crate) struct Params {
    pub(super) verb: Method,
    pub(super) query: Vec<Pair>,
    pub(super) form: Vec<Pair>,
    /// The members of a JSON body that are no lists; those of an object in it are `object.member`.
    json: Vec<Pair>,
    /// Whether a body that should be JSON is an object.
    pub(super) is_json: bool,
    pub(super) body_length: usize,
    /// Whether the body is a form with anything in it.
    pub(super) has_form: bool,
    /// Whether the call carried an access token.
    pub(super) delegated: bool,
    /// The consumer key.
    pub(super) consumer: String,
    /// The day it is by the sandbox's clock.
    pub(super) today: i64,
    pub(super) version: u8,
    /// Whether the method was called by its path and not by its name.
    pub(super) by_path: bool,
    /// Whether the application may use what FatSecret sells apart.
    pub(super) premium: bool,
    /// Turns that shapes take which only a method can know of.
    pub(super) turn: u64,
}

fn plain_json(name: String, value: Value) -> Option<Pair> {
    match value {
        Value::String(text) => Some((name, text)),
        Value::Number(_) | Value::Bool(_) => Some((name, value.to_string())),
        _ => None,
    }
}

impl Params {
    pub(crate) fn of(received: &Received, delegated: bool, consumer: String, now: i64) -> Self {
        let plain = |pairs: &[Pair]| -> Vec<Pair> {
            pairs.iter().filter(|(name, _)| !is_oauth(name)).cloned().collect()
        };
        let body = match serde_json::from_slice(&received.body) {
            Ok(Value::Object(members)) => Some(members),
            _ => None,
        };
        let is_json = body.is_some();
        let mut json = Vec::new();
        for (name, value) in body.into_iter().flatten() {
            match value {
                Value::Object(members) => json.extend(
                    members
                        .into_iter()
                        .filter_map(|(inner, value)| plain_json(format!("{name}.{inner}"), value)),
                ),
                value => json.extend(plain_json(name, value)),
            }
        }
        Self {
            verb: received.verb.clone(),
            query: plain(&received.query),
            form: plain(&received.form),
            json,
            is_json,
            body_length: received.body.len(),
            has_form: received.is_form && !received.body.is_empty(),
            delegated,
            consumer,
            today: today(now),
            version: 1,
            by_path: false,
            premium: true,
            turn: 0,
        }
    }

    /// The first value of that name, of the query, or else the form, or else the JSON body.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
            .or_else(|| find(&self.form, name))
            .or_else(|| find(&self.json, name))
    }

    pub(crate) fn version(&self) -> u8 {
        self.version
    }

    pub(crate) fn wants_json(&self) -> bool {
        self.get("format") == Some("json")
    }

    fn given(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// A text, of any length.
    pub(super) fn whole_text(&self, name: &str) -> Result<&str, DataError> {
        self.given(name).ok_or_else(|| missing(name))
    }

    pub(super) fn text(&self, name: &str) -> Result<&str, DataError> {
        self.optional_text(name)?.ok_or_else(|| missing(name))
    }

    pub(super) fn optional_text(&self, name: &str) -> Result<Option<&str>, DataError> {
        match self.given(name) {
            Some(text) if text.chars().count() > TEXT => Err(too_long(name)),
            text => Ok(text),
        }
    }

    fn parsed<T: FromStr>(
        &self,
        name: &str,
        code: u32,
        kind: &str,
    ) -> Result<Option<T>, DataError> {
        self.given(name)
            .map(str::parse)
            .transpose()
            .map_err(|_| DataError::new(code, format!("Invalid {kind} value: {name}")))
    }

    pub(super) fn optional_int(&self, name: &str) -> Result<Option<i64>, DataError> {
        Ok(self.parsed::<i32>(name, 102, "integer")?.map(i64::from))
    }

    pub(super) fn int(&self, name: &str) -> Result<i64, DataError> {
        self.optional_int(name)?.ok_or_else(|| missing(name))
    }

    pub(super) fn optional_id(&self, name: &str) -> Result<Option<u64>, DataError> {
        match self.parsed::<i64>(name, 105, "long")? {
            Some(id) => u64::try_from(id).map(Some).map_err(|_| DataError::unknown_id(name, id)),
            None => Ok(None),
        }
    }

    pub(super) fn id(&self, name: &str) -> Result<u64, DataError> {
        self.optional_id(name)?.ok_or_else(|| missing(name))
    }

    /// A number that is not negative and at most 100 000.
    pub(super) fn optional_decimal(&self, name: &str) -> Result<Option<Decimal>, DataError> {
        let Some(text) = self.given(name) else { return Ok(None) };
        let number = Decimal::parse(text)
            .ok_or_else(|| DataError::new(104, format!("Invalid decimal value: {name}")))?;
        if number < Decimal::default() || number > Decimal::whole(100_000) {
            return Err(DataError::out_of_range(name));
        }
        Ok(Some(number))
    }

    /// The same, and not zero either.
    pub(super) fn optional_positive(&self, name: &str) -> Result<Option<Decimal>, DataError> {
        match self.optional_decimal(name)? {
            Some(number) if !number.is_positive() => Err(DataError::out_of_range(name)),
            number => Ok(number),
        }
    }

    pub(super) fn positive(&self, name: &str) -> Result<Decimal, DataError> {
        self.optional_positive(name)?.ok_or_else(|| missing(name))
    }

    /// A day; `name` is mostly `date`.
    pub(super) fn optional_day(&self, name: &str) -> Result<Option<i64>, DataError> {
        match self.optional_int(name)? {
            Some(day) if !DAYS.contains(&day) => Err(DataError::out_of_range(name)),
            day => Ok(day),
        }
    }

    /// The day that `date` names, or else today.
    pub(super) fn date(&self) -> Result<i64, DataError> {
        Ok(self.optional_day("date")?.unwrap_or(self.today))
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, DataError> {
        Ok(self.one_of(name, &["false", "true"])? == Some(1))
    }

    /// Which of the words it is, in any letter case.
    pub(super) fn one_of(&self, name: &str, words: &[&str]) -> Result<Option<usize>, DataError> {
        let Some(given) = self.given(name) else { return Ok(None) };
        match words.iter().position(|word| word.eq_ignore_ascii_case(given)) {
            Some(index) => Ok(Some(index)),
            None => Err(DataError::new(108, format!("Invalid type: {name} '{}'", quoted(given)))),
        }
    }

    /// The page and its size, which is 20 unless said otherwise.
    pub(super) fn page(&self) -> Result<(usize, usize), DataError> {
        let max = self.at_most("max_results", 20, 50)?;
        let page = self.optional_int("page_number")?.unwrap_or(0);
        let page = usize::try_from(page).map_err(|_| DataError::out_of_range("page_number"))?;
        Ok((page, max))
    }

    pub(super) fn at_most(&self, name: &str, default: i64, most: i64) -> Result<usize, DataError> {
        let number = self.optional_int(name)?.unwrap_or(default);
        usize::try_from(number)
            .ok()
            .filter(|_| (1..=most).contains(&number))
            .ok_or_else(|| DataError::out_of_range(name))
    }

    /// Refuses a region that is no country's two letters.
    pub(super) fn check_region(&self) -> Result<(), DataError> {
        match self.given("region") {
            Some(region)
                if region.len() != 2 || !region.bytes().all(|byte| byte.is_ascii_alphabetic()) =>
            {
                Err(DataError::new(208, format!("Invalid region: '{}'", quoted(region))))
            }
            _ => Ok(()),
        }
    }
}

pub(super) fn missing(name: &str) -> DataError {
    DataError::new(101, format!("Missing required parameter: {name}"))
}

pub(super) fn too_long(name: &str) -> DataError {
    DataError::new(109, format!("Character limit exceeded: {name}"))
}
