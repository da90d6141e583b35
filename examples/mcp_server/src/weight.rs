//! The tools for weights.

use jiff::civil::Date;
use rmcp::{
    handler::server::{tool::schema_for_output, wrapper::Parameters},
    model::CallToolResponse,
    tool, tool_router,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tripod::fatsecret::weight::UpdateWeight;

use crate::{
    ask::Call,
    diary::InMonth,
    reply::{Outcome, Reply, answer},
    server::Server,
    values::{Day, Exact, Whole, counted, one_line, shown},
};

#[derive(Serialize, JsonSchema)]
struct Weights {
    from: Day,
    to: Day,
    /// The weigh-ins, in the order of their days.
    days: Vec<Weighed>,
    /// How many weigh-ins could not be read, and are missing here.
    unreadable_days: Whole,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Weighed {
    date: Day,
    /// The weight in kilograms.
    kg: Exact,
    /// What the user wrote with it.
    comment: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
struct NewWeight {
    /// The weight in kilograms, such as "80.5". One pound is 0.45359237 kg.
    kg: Exact,
    /// The day, at most two days from today; today if left out.
    #[serde(default)]
    date: Option<Day>,
    /// A remark to keep with the weight.
    #[serde(default)]
    comment: Option<String>,
    /// The weight that the user wants to reach, in kilograms. Required with the first weight of an account.
    #[serde(default)]
    goal_kg: Option<Exact>,
    /// The user's height in centimetres. Required with the first weight of an account, and cannot be changed later.
    #[serde(default)]
    height_cm: Option<Exact>,
}

#[derive(Serialize, JsonSchema)]
struct WeightRecorded {
    date: Day,
    /// The weight in kilograms.
    kg: Exact,
}

#[tool_router(router = weight_tools, vis = "pub(crate)")]
impl Server {
    #[tool(
        description = "Read the weights of a month, in kilograms.",
        output_schema = schema_for_output::<Weights>(),
        annotations(title = "Read weights", read_only_hint = true, open_world_hint = true)
    )]
    async fn weights(&self, Parameters(month): Parameters<InMonth>) -> CallToolResponse {
        answer(self.read_weights(Day::or_today(month.date)).await)
    }

    async fn read_weights(&self, date: Date) -> Outcome<Weights> {
        let month = self.account.user()?.weights_month(date).await?;
        let unreadable_days = Whole::of(month.omitted());
        let month = month.into_inner();
        let mut days: Vec<Weighed> = month
            .days
            .into_iter()
            .map(|day| Weighed {
                date: Day(day.date),
                kg: Exact(day.weight_kg),
                comment: day.comment,
            })
            .collect();
        days.sort_by_key(|day| day.date.0);
        let number = counted(days.len(), "weight", "weights");
        let summary = format!("{} to {}: {number}", month.from, month.to);
        let weights = Weights { from: Day(month.from), to: Day(month.to), days, unreadable_days };
        Ok(Reply::of_fatsecret(summary, weights))
    }
}

#[tool_router(router = weight_writes, vis = "pub(crate)")]
impl Server {
    #[tool(
        description = "Record the user's weight, in kilograms. The user is asked for confirmation. FatSecret takes \
            days near today only, no day before the last weight, and deletes none.",
        output_schema = schema_for_output::<WeightRecorded>(),
        annotations(title = "Record a weight", read_only_hint = false, destructive_hint = true, idempotent_hint = true, open_world_hint = true)
    )]
    async fn record_weight(
        &self,
        call: Call,
        Parameters(new): Parameters<NewWeight>,
    ) -> CallToolResponse {
        answer(self.weigh(&call, new).await)
    }

    async fn weigh(&self, call: &Call, new: NewWeight) -> Outcome<WeightRecorded> {
        let user = self.account.user()?;
        let (kg, date) = (new.kg.positive("kg")?, Day::or_today(new.date));
        let mut weight = UpdateWeight::new(kg).with_date(date);
        let mut question = vec![format!("Record a weight of {kg} kg on {date}")];
        if let Some(goal) = new.goal_kg {
            let goal = goal.positive("goal_kg")?;
            weight = weight.with_goal(goal);
            question.push(format!("with a goal of {goal} kg"));
        }
        if let Some(height) = new.height_cm {
            let height = height.positive("height_cm")?;
            weight = weight.with_height(height);
            question.push(format!("with a height of {height} cm, which cannot be changed later"));
        }
        if let Some(comment) =
            new.comment.as_deref().map(one_line).filter(|comment| !comment.is_empty())
        {
            question.push(format!("with the comment \"{}\"", shown(&comment)));
            weight = weight.with_comment(comment);
        }
        call.confirm(&self.writes, &format!("{}?", question.join(", "))).await?;
        call.carry_out(user.update_weight(&weight)).await?;
        let summary = format!("Recorded {kg} kg on {date}");
        Ok(Reply::of_fatsecret(summary, WeightRecorded { date: Day(date), kg: Exact(kg) }))
    }
}
