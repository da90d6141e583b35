//! Weights.

// The trap: a weight can be written for the two days around today only, and never for a day before
// the last one that has one.

use crate::data::{
    account::{Account, Weights},
    calendar::month_of,
    decimal::Decimal,
    diary::month,
    error::DataError,
    limits::THINGS,
    node::Node,
    params::{Params, missing},
};

const WEIGHT_UNITS: [&str; 2] = ["Kg", "Lb"];
const HEIGHT_UNITS: [&str; 2] = ["Cm", "Inch"];

impl Weights {
    /// The weight on a day, which is the last one before it.
    pub(super) fn on(&self, day: i64) -> Option<Decimal> {
        self.days.range(..=day).next_back().map(|(_, (weight, _))| *weight)
    }

    /// Writes a weight, whatever day it is.
    pub(super) fn write(
        &mut self,
        day: i64,
        weight: Decimal,
        comment: Option<String>,
    ) -> Result<(), DataError> {
        if self.days.len() >= THINGS && !self.days.contains_key(&day) {
            return Err(DataError::full("weights"));
        }
        self.days.insert(day, (weight, comment));
        Ok(())
    }

    pub(super) fn profile(&self) -> Node {
        let mut fields = vec![
            ("weight_measure", Node::text(WEIGHT_UNITS[self.weight_unit % 2])),
            ("height_measure", Node::text(HEIGHT_UNITS[self.height_unit % 2])),
        ];
        if let Some((day, (weight, comment))) = self.days.last_key_value() {
            fields.push(("last_weight_kg", Node::Number(weight.places(4))));
            fields.push(("last_weight_date_int", Node::number(day)));
            if let Some(comment) = comment {
                fields.push(("last_weight_comment", Node::text(comment)));
            }
        }
        if let Some(goal) = self.goal {
            fields.push(("goal_weight_kg", Node::Number(goal.places(4))));
        }
        if let Some(height) = self.height {
            fields.push(("height_cm", Node::Number(height.places(2))));
        }
        Node::one("profile", Node::Object(fields))
    }
}

pub(super) fn update(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let weight = params.positive("current_weight_kg")?;
    let goal = params.optional_positive("goal_weight_kg")?;
    let height = params.optional_positive("current_height_cm")?;
    let weight_unit = params.one_of("weight_type", &WEIGHT_UNITS)?;
    let height_unit = params.one_of("height_type", &HEIGHT_UNITS)?;
    let comment = params.optional_text("comment")?;
    let day = params.date()?;
    if weight > Decimal::whole(1000) {
        return Err(DataError::out_of_range("current_weight_kg"));
    }
    if (day - params.today).abs() > 2 {
        return Err(DataError::new(205, "The date must be within 2 days of today"));
    }
    let weights = &mut account.weights;
    match weights.days.last_key_value() {
        Some((last, _)) if *last > day => {
            return Err(DataError::new(206, "The weight cannot be updated for an earlier date"));
        }
        Some(_) => {}
        None => {
            goal.ok_or_else(|| missing("goal_weight_kg"))?;
            weights.height = Some(height.ok_or_else(|| missing("current_height_cm"))?);
        }
    }
    weights.write(day, weight, comment.map(str::to_owned))?;
    weights.goal = goal.or(weights.goal);
    weights.weight_unit = weight_unit.unwrap_or(weights.weight_unit);
    weights.height_unit = height_unit.unwrap_or(weights.height_unit);
    Ok(Node::success())
}

pub(super) fn get_month(account: &mut Account, params: &Params) -> Result<Node, DataError> {
    let (from, to) = month_of(params.date()?);
    let days = account.weights.days.range(from..=to).map(|(day, (weight, comment))| {
        let mut fields =
            vec![("date_int", Node::number(day)), ("weight_kg", Node::Number(weight.places(4)))];
        if let Some(comment) = comment {
            fields.push(("weight_comment", Node::text(comment)));
        }
        Node::Object(fields)
    });
    Ok(month(from, to, days.collect()))
}

#[expect(clippy::unnecessary_wraps, reason = "the methods of the table share a signature")]
pub(super) fn profile(account: &mut Account, _: &Params) -> Result<Node, DataError> {
    Ok(account.weights.profile())
}
