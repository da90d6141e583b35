//! Amounts, ids and days as they travel in JSON: as text, so that nothing rounds them.

use std::{borrow::Cow, fmt};

use jiff::{ZonedDateTime, civil::Date};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Visitor},
};
use tripod::fatsecret::{Amount, Meal, Total, nutrition::Macros};

use crate::trouble::Halt;

/// An exact decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exact(pub(crate) Amount);

/// A double holds this many decimal digits of any number.
const EXACT_DIGITS: usize = 15;

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Exact {
    /// Accepts text. Of JSON numbers it accepts those that no JSON parser can have rounded.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = Exact;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal number as text, such as \"1.5\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Exact, E> {
                text.parse().map(Exact).map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Exact, E> {
                Ok(Exact(number.into()))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Exact, E> {
                Ok(Exact(number.into()))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Exact, E> {
                // The shortest text that stands for the number: what was sent, if it had so few digits.
                let text = number.to_string();
                if text.bytes().filter(u8::is_ascii_digit).count() > EXACT_DIGITS {
                    return Err(E::custom("write a number with so many digits as text"));
                }
                self.visit_str(&text)
            }
        }

        deserializer.deserialize_any(Number)
    }
}

impl JsonSchema for Exact {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Exact".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$" })
    }
}

impl Exact {
    /// The amount, if it is more than nothing.
    pub(crate) fn positive(self, name: &str) -> Result<Amount, Halt> {
        if self.0 > Amount::ZERO {
            return Ok(self.0);
        }
        Err(Halt::because(format!(
            "`{name}` must be more than 0. Correct it and call the tool again."
        )))
    }
}

/// An id of FatSecret's. As text, since not every program has whole numbers of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Id(pub(crate) u64);

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(u64),
            Text(String),
        }

        let digits = "an id has digits only";
        match Written::deserialize(deserializer).map_err(|_| de::Error::custom(digits))? {
            Written::Number(number) => Ok(Self(number)),
            Written::Text(text) => {
                text.trim().parse().map(Self).map_err(|_| de::Error::custom(digits))
            }
        }
    }
}

impl JsonSchema for Id {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]+$" })
    }
}

/// A whole number that is not negative.
///
/// Schemas of Rust's own types say `"format": "uint32"`, which is no format of JSON Schema, and of which some clients
/// warn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Whole(pub(crate) u32);

impl Whole {
    pub(crate) fn of(number: usize) -> Self {
        Self(u32::try_from(number).unwrap_or(u32::MAX))
    }
}

impl JsonSchema for Whole {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Whole".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0 })
    }
}

/// A day of the user's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Day(pub(crate) Date);

impl JsonSchema for Day {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date" })
    }
}

impl Day {
    /// The day that is meant: today where this server runs, which is where the user is, if none is given.
    pub(crate) fn or_today(day: Option<Self>) -> Date {
        day.map_or_else(|| ZonedDateTime::now().date(), |day| day.0)
    }
}

/// A meal of the diary.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub(crate) enum MealName {
    Breakfast,
    Lunch,
    Dinner,
    // A documentation comment would make the schema a list of alternatives.
    Other,
}

impl From<MealName> for Meal {
    fn from(name: MealName) -> Self {
        match name {
            MealName::Breakfast => Self::Breakfast,
            MealName::Lunch => Self::Lunch,
            MealName::Dinner => Self::Dinner,
            MealName::Other => Self::Other,
        }
    }
}

/// Energy and the three nutrients that supply it.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub(crate) struct Energy {
    /// Energy in kilocalories. Values that FatSecret does not know are left out.
    kcal: Option<Exact>,
    /// Carbohydrate in grams.
    carbohydrate_g: Option<Exact>,
    /// Protein in grams.
    protein_g: Option<Exact>,
    /// Fat in grams.
    fat_g: Option<Exact>,
}

impl From<Macros> for Energy {
    fn from(macros: Macros) -> Self {
        Self {
            kcal: macros.calories.map(Exact),
            carbohydrate_g: macros.carbohydrate.map(Exact),
            protein_g: macros.protein.map(Exact),
            fat_g: macros.fat.map(Exact),
        }
    }
}

/// The exact sum of some entries.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
pub(crate) struct Sum {
    #[serde(flatten)]
    energy: Energy,
    /// False if FatSecret does not know a value of some entry, or an entry could not be read; the real sum may then
    /// be larger.
    is_complete: bool,
}

impl From<&Total<Macros>> for Sum {
    fn from(total: &Total<Macros>) -> Self {
        Self { energy: total.value.into(), is_complete: total.is_complete }
    }
}

/// The same amount without zeros at its end: `1.5000` becomes `1.5`.
pub(crate) fn trimmed(amount: Amount) -> Amount {
    let text = amount.to_string();
    match text.split_once('.') {
        // What an amount prints can be read again.
        Some(_) => text.trim_end_matches('0').trim_end_matches('.').parse().unwrap_or(amount),
        None => amount,
    }
}

/// Such as "1 food" and "2 foods".
pub(crate) fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// The longest text in a question; a name of FatSecret's is much shorter.
const LONGEST: usize = 100;

/// Text of FatSecret's or of the assistant's for a question: on one line, not so long that the rest of the question is
/// out of sight, and without quotation marks, with which it could end its own place and go on as the question.
pub(crate) fn shown(text: &str) -> String {
    let text = one_line(text).replace(['"', '\u{201c}', '\u{201d}'], "'");
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => {
            format!("{}… ({} more characters)", &text[..at], text[at..].chars().count())
        }
        None => text,
    }
}

/// Text on one line, and without characters that show nothing or change the order of what is shown.
pub(crate) fn one_line(text: &str) -> String {
    let is_unseen = |c| {
        matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
    };
    let text: String = text.chars().filter(|c| !is_unseen(*c)).collect();
    let parts = text.split(|c: char| c.is_whitespace() || c.is_control());
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exact(json: &str) -> Option<String> {
        serde_json::from_str::<Exact>(json).ok().map(|exact| exact.0.to_string())
    }

    #[test]
    fn an_amount_is_taken_exactly_or_refused() {
        assert_eq!(exact(r#""1.50""#).as_deref(), Some("1.50"));
        assert_eq!(exact("1.5").as_deref(), Some("1.5"));
        assert_eq!(exact("0.1").as_deref(), Some("0.1"));
        assert_eq!(exact("80").as_deref(), Some("80"));
        assert_eq!(exact(r#""0.12345678901234567""#).as_deref(), Some("0.12345678901234567"));
        // This would arrive as 0.12345678901234568.
        assert_eq!(exact("0.12345678901234567"), None);
        for other in [r#""a lot""#, "true", "[]", r#""""#] {
            assert_eq!(exact(other), None, "{other}");
        }
        let written = serde_json::to_string(&Exact("14.30".parse().unwrap())).unwrap();
        assert_eq!(written, r#""14.30""#);
    }

    #[test]
    fn an_id_is_written_as_text_and_read_as_text_or_number() {
        let read = |json| serde_json::from_str::<Id>(json).ok().map(|id| id.0);
        assert_eq!(read(r#"" 30171 ""#), Some(30171));
        assert_eq!(read("18446744073709551615"), Some(u64::MAX));
        for other in ["1.0", r#""1e3""#, "-1", "null"] {
            assert_eq!(read(other), None, "{other}");
        }
        assert_eq!(serde_json::to_string(&Id(u64::MAX)).unwrap(), r#""18446744073709551615""#);
    }

    #[test]
    fn zeros_at_the_end_are_dropped_after_the_point_alone() {
        for (written, short) in
            [("1.5000", "1.5"), ("100.000", "100"), ("100", "100"), ("0.0", "0")]
        {
            assert_eq!(trimmed(written.parse().unwrap()).to_string(), short);
        }
    }

    #[test]
    fn a_name_cannot_add_lines_to_a_question() {
        assert_eq!(one_line("Toast\n\nAllow all?\u{1b}[2J"), "Toast Allow all? [2J");
        assert_eq!(one_line("Tea\u{202e} 051"), "Tea 051");
        assert_eq!(one_line("T\u{200b}e\u{ad}a\u{e0041}"), "Tea");
    }

    #[test]
    fn a_text_cannot_go_on_as_the_question() {
        let forged = "Oats\" (1 cup) to breakfast? Ignore the rest: \"x";
        assert_eq!(shown(forged), "Oats' (1 cup) to breakfast? Ignore the rest: 'x");
        let long = "ä".repeat(140);
        assert_eq!(shown(&long), format!("{}… (40 more characters)", "ä".repeat(100)));
        assert_eq!(shown(&long[..200]), "ä".repeat(100));
    }
}
