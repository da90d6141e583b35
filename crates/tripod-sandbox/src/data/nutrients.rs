//! Amounts of nutrients.

// The trap: vitamins and minerals are per cent of a daily value in version 1 of `food.get`, and
// micrograms or milligrams from version 2 on.

use crate::data::{decimal::Decimal, error::DataError, node::Node, params::Params};

/// Nutrients in the order of FatSecret's lists, with the decimal places of each, and the daily
/// value of those that version 1 gives in per cent.
const NUTRIENTS: [(&str, u32, i64); 19] = [
    ("calories", 0, 0),
    ("carbohydrate", 2, 0),
    ("protein", 2, 0),
    ("fat", 2, 0),
    ("saturated_fat", 3, 0),
    ("polyunsaturated_fat", 3, 0),
    ("monounsaturated_fat", 3, 0),
    ("trans_fat", 3, 0),
    ("cholesterol", 0, 0),
    ("sodium", 0, 0),
    ("potassium", 0, 0),
    ("fiber", 1, 0),
    ("sugar", 2, 0),
    ("added_sugars", 2, 0),
    ("vitamin_d", 1, 20),
    ("vitamin_a", 0, 900),
    ("vitamin_c", 1, 90),
    ("calcium", 0, 1300),
    ("iron", 2, 18),
];

/// Amounts of nutrients; None: not known.
#[derive(Clone, Debug, Default)]
pub(super) struct Nutrients([Option<Decimal>; NUTRIENTS.len()]);

impl Nutrients {
    /// Puts values into their columns.
    pub(super) fn of(columns: &[usize], values: &[f64]) -> Self {
        let mut nutrients = Self::default();
        for (column, value) in columns.iter().zip(values) {
            if let Some(place) = nutrients.0.get_mut(*column) {
                *place = Some(Decimal::of(*value));
            }
        }
        nutrients
    }

    /// Reads what a call gives under the nutrients' names; version 1 gives per cent of some.
    pub(super) fn from_params(params: &Params) -> Result<Self, DataError> {
        let mut nutrients = Self::default();
        for ((name, _, daily), place) in NUTRIENTS.iter().zip(nutrients.0.iter_mut()) {
            *place = params.optional_decimal(name)?.map(|value| match *daily {
                daily if daily > 0 && params.version == 1 => {
                    value.times(Decimal::whole(daily), Decimal::whole(100))
                }
                _ => value,
            });
        }
        Ok(nutrients)
    }

    pub(super) fn times(&self, by: Decimal, per: Decimal) -> Self {
        Self(self.0.map(|value| value.map(|value| value.times(by, per))))
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        for (sum, other) in sum.0.iter_mut().zip(other.0) {
            *sum = match (*sum, other) {
                (Some(one), Some(other)) => Some(one.plus(other)),
                (one, other) => one.or(other),
            };
        }
        sum
    }

    pub(super) fn first(&self, index: usize) -> Decimal {
        self.0.get(index).copied().flatten().unwrap_or_default()
    }
}

/// The fields of what is known, for a method of that version.
pub(super) fn nutrient_fields(nutrients: &Nutrients, version: u8) -> Vec<(&'static str, Node)> {
    let known = NUTRIENTS.iter().zip(nutrients.0);
    known
        .filter_map(|((name, places, daily), value)| {
            let text = match (value?, *daily) {
                (value, daily) if daily > 0 && version == 1 => {
                    value.times(Decimal::whole(100), Decimal::whole(daily)).places(0)
                }
                (value, _) => value.places(*places),
            };
            Some((*name, Node::Number(text)))
        })
        .collect()
}
