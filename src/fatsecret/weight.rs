//! Weights: kilograms and centimetres, whatever the user likes to see.
//!
//! # Examples
//!
//! Here `fatsecret` is a `FatSecret<Session>`, and `today` is the user's day:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = tripod_sandbox::Sandbox::start().await?;
//! # let client = tripod::Client::new(sandbox.provider(), sandbox.consumer())?;
//! # let fatsecret = tripod::fatsecret::FatSecret::new(client.session(sandbox.grant()));
//! # let today = sandbox.today();
//! use tripod::fatsecret::weight::{HeightUnit, UpdateWeight, WeightDay, WeightUnit, WeightsMonth};
//!
//! let first = UpdateWeight::new("80.5".parse()?)
//!     .with_date(today)
//!     .with_goal(75.into())
//!     .with_height(180.into())
//!     .with_weight_unit(WeightUnit::Pound) // how the user likes to see it
//!     .with_height_unit(HeightUnit::Inch);
//! fatsecret.update_weight(&first).await?;
//!
//! let month: WeightsMonth = fatsecret.weights_month(today).await?.into_inner();
//! let weighed: &WeightDay = &month.days[0];
//! assert_eq!((weighed.date, weighed.weight_kg), (today, "80.5".parse()?));
//! # Ok(())
//! # }
//! ```

// All delegated. The trap: everything is kilograms and centimetres, whatever the user
// likes to see, and the first weigh-in needs a goal and a height.

use jiff::civil::Date;

use super::{amount::Amount, define::methods, wire::answer};

pub use super::words::{HeightUnit, WeightUnit};

answer! {
    /// A month of weights. Days without a weigh-in are left out.
    pub struct WeightsMonth from fields {
        /// The first day of the month.
        pub from: Date = fields.get("from_date_int")?,
        /// The last day of the month.
        pub to: Date = fields.get("to_date_int")?,
        /// The weigh-ins.
        #[serde(default)]
        pub days: Vec<WeightDay> = fields.items("day")?,
    }
}

answer! {
    /// One weigh-in.
    pub struct WeightDay from fields {
        /// The day, in the user's calendar.
        pub date: Date = fields.get("date_int")?,
        /// The weight, in kilograms.
        pub weight_kg: Amount = fields.get("weight_kg")?,
        /// What the user wrote with it.
        pub comment: Option<String> = fields.optional("weight_comment"),
    }
}

methods! {
    /// Weights.
    impl FatSecret;

    /// Reads the weights of a month: `weights.get_month` version 2.
    #[derive(Default)]
    pub struct GetWeightsMonth: Delegated -> WeightsMonth
        = read("weights.get_month", 2, GET "weight/month")
    {
        optional {
            /// Any day of the month that is wanted; this month if left out.
            with_date(date: Date),
        }
        reply(reply) { reply.get("month") }
    }
    calls {
        /// Reads the weights of a month, given by any day of it.
        weights_month(date: Date) = GetWeightsMonth::new().with_date(date);
    }

    /// Records a weight: `weight.update`. There is no way to delete one.
    ///
    /// FatSecret refuses with code 205 if the date is more than two days from today, and with 206
    /// if there is a later weight already. The first weigh-in needs [`with_goal`](Self::with_goal)
    /// and [`with_height`](Self::with_height).
    pub struct UpdateWeight: Delegated = write("weight.update", 1, POST "weight"; repeatable) {
        required {
            /// the weight, in kilograms.
            current_weight_kg: Amount,
        }
        optional {
            /// The day, in the user's calendar; FatSecret's today if left out.
            with_date(date: Date),
            /// The goal, in kilograms. Required with the first weigh-in.
            with_goal(goal_weight_kg: Amount),
            /// The height, in centimetres. Required with the first weigh-in, and cannot be changed
            /// later.
            with_height(current_height_cm: Amount),
            /// How the user likes to see weights; kilograms if left out.
            with_weight_unit(weight_type: WeightUnit),
            /// How the user likes to see heights; centimetres if left out.
            with_height_unit(height_type: HeightUnit),
            /// A comment, which [`WeightDay::comment`] returns later.
            with_comment(comment: String),
        }
    }
    calls {
        /// Records a weight. The first one needs a goal and a height.
        update_weight(weight: &UpdateWeight) = *weight;
    }
}
