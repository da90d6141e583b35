//! The tools for exercise. A day always has 24 hours of activities; to log one moves minutes from another.

use jiff::civil::Date;
use rmcp::{
    handler::server::{tool::schema_for_output, wrapper::Parameters},
    model::CallToolResponse,
    tool, tool_router,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tripod::fatsecret::{
    Amount, ExerciseId, Total,
    exercise::{Exercise, ShiftExercise, ShiftFrom, ShiftTo},
};

use crate::{
    ask::Call,
    diary::OnDay,
    reply::{Outcome, Reply, answer},
    server::Server,
    trouble::Halt,
    values::{Day, Exact, Id, Whole, counted, shown},
};

/// FatSecret's id of resting.
const RESTING: u64 = 2;
/// FatSecret's id of whatever has a name of the user's own. Its name is required with it.
const OTHER: u64 = 0;

#[derive(Serialize, JsonSchema)]
struct ExerciseDay {
    date: Day,
    /// Energy spent on the whole day, in kilocalories.
    total_kcal: Exact,
    /// How the 24 hours were spent.
    activities: Vec<Share>,
    /// How many activities could not be read, and are missing here.
    unreadable_activities: Whole,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Share {
    activity_id: Id,
    name: String,
    minutes: Whole,
    /// Energy spent, in kilocalories.
    kcal: Exact,
    /// Whether this comes from the user's usual week, because nothing was logged on the day; left out if unknown.
    is_template: Option<bool>,
}

#[derive(Deserialize, JsonSchema)]
struct Named {
    /// Words that the names must have; all activities if left out.
    #[serde(default)]
    query: String,
}

#[derive(Serialize, JsonSchema)]
struct Activities {
    activities: Vec<Activity>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Activity {
    activity_id: Id,
    name: String,
}

#[derive(Deserialize, JsonSchema)]
struct NewExercise {
    /// The activity, from `activities`; 0 for one with a name of the user's own, which then needs `activity_name` and
    /// `kcal`.
    activity_id: Id,
    /// The name of activity 0, such as "Rowing". Only for activity 0.
    #[serde(default)]
    activity_name: Option<String>,
    /// The energy that was spent on activity 0, in kilocalories. Only for activity 0: FatSecret computes the others'.
    #[serde(default)]
    kcal: Option<Whole>,
    /// How many minutes, from 1 to 1440.
    #[schemars(range(min = 1, max = 1440))]
    minutes: Whole,
    /// The activity that the minutes are taken from; resting if left out.
    #[serde(default)]
    from_activity_id: Option<Id>,
    /// The name of the activity that the minutes are taken from, as it is in the day. Only if that is activity 0.
    #[serde(default)]
    from_activity_name: Option<String>,
    /// The day; today if left out.
    #[serde(default)]
    date: Option<Day>,
}

#[derive(Serialize, JsonSchema)]
struct ExerciseLogged {
    date: Day,
    /// What was done, in words.
    done: String,
}

#[tool_router(router = activity_tools, vis = "pub(crate)")]
impl Server {
    #[tool(
        description = "Read how a day's 24 hours were spent, and the energy of each activity.",
        output_schema = schema_for_output::<ExerciseDay>(),
        annotations(title = "Read a day's exercise", read_only_hint = true, open_world_hint = true)
    )]
    async fn exercise_day(&self, Parameters(on): Parameters<OnDay>) -> CallToolResponse {
        answer(self.read_exercise(Day::or_today(on.date)).await)
    }

    #[tool(
        description = "List the activities that FatSecret knows, with the ids that `log_exercise` needs.",
        output_schema = schema_for_output::<Activities>(),
        annotations(title = "List activities", read_only_hint = true, open_world_hint = true)
    )]
    async fn activities(&self, Parameters(named): Parameters<Named>) -> CallToolResponse {
        answer(self.list_activities(&named.query).await)
    }

    async fn read_exercise(&self, date: Date) -> Outcome<ExerciseDay> {
        let entries = self.account.user()?.exercise_entries(date).await?;
        let unreadable_activities = Whole::of(entries.omitted());
        let at_least = if entries.omitted() == 0 { "" } else { "at least " };
        let total: Total<Amount> = entries.iter().map(|entry| Some(entry.calories)).sum();
        let share = |entry: tripod::fatsecret::exercise::ExerciseEntry| Share {
            activity_id: Id(entry.id.get()),
            name: entry.name,
            minutes: Whole(entry.minutes),
            kcal: Exact(entry.calories),
            is_template: entry.is_template,
        };
        let activities: Vec<Share> = entries.into_iter().map(share).collect();
        let number = counted(activities.len(), "activity", "activities");
        let summary = format!("{date}: {number}, {at_least}{} kcal", total.value);
        let total_kcal = Exact(total.value);
        let day = ExerciseDay { date: Day(date), total_kcal, activities, unreadable_activities };
        Ok(Reply::of_fatsecret(summary, day))
    }

    async fn list_activities(&self, query: &str) -> Outcome<Activities> {
        let words = query.to_lowercase();
        let fits = |name: &str| {
            let name = name.to_lowercase();
            words.split_whitespace().all(|word| name.contains(word))
        };
        let all = self.account.user()?.exercises().await?;
        let activities: Vec<Activity> = all
            .into_iter()
            .filter(|activity| fits(&activity.name))
            .map(|activity| Activity { activity_id: Id(activity.id.get()), name: activity.name })
            .collect();
        Ok(Reply::of_fatsecret(
            counted(activities.len(), "activity", "activities"),
            Activities { activities },
        ))
    }
}

#[tool_router(router = activity_writes, vis = "pub(crate)")]
impl Server {
    #[tool(
        description = "Log minutes of an activity on a day. The user is asked for confirmation. The minutes are taken \
            from another activity, usually resting, because a day always has 24 hours.",
        output_schema = schema_for_output::<ExerciseLogged>(),
        annotations(title = "Log exercise", read_only_hint = false, destructive_hint = true, idempotent_hint = false, open_world_hint = true)
    )]
    async fn log_exercise(
        &self,
        call: Call,
        Parameters(new): Parameters<NewExercise>,
    ) -> CallToolResponse {
        answer(self.shift_minutes(&call, &new).await)
    }

    async fn shift_minutes(&self, call: &Call, new: &NewExercise) -> Outcome<ExerciseLogged> {
        if !(1..=1440).contains(&new.minutes.0) {
            return Err(Halt::because(
                "`minutes` must be from 1 to 1440. Correct it and call the tool again.",
            ));
        }
        let to_own = own_name(new.activity_id, new.activity_name.as_deref(), "activity_name")?;
        let kcal = match (&to_own, new.kcal) {
            (Some(_), Some(kcal)) => kcal.0,
            (Some(_), None) => return Err(wanted("kcal")),
            (None, Some(_)) => return Err(unwanted("kcal")),
            (None, None) => 0,
        };
        let from_id = new.from_activity_id.unwrap_or(Id(RESTING));
        let from_own = own_name(from_id, new.from_activity_name.as_deref(), "from_activity_name")?;
        let user = self.account.user()?;
        let date = Day::or_today(new.date);
        let all = if to_own.is_some() && from_own.is_some() {
            Vec::new()
        } else {
            user.exercises().await?.into_inner()
        };
        let (to, to_name) = if let Some(name) = to_own {
            let shown = format!("{} ({kcal} kcal)", quoted(&name));
            (ShiftTo::Custom { name, kcal }, shown)
        } else {
            let listed = activity(&all, new.activity_id)?;
            (ShiftTo::Listed(listed.id), quoted(&listed.name))
        };
        let (from, from_name) = if let Some(name) = from_own {
            let shown = quoted(&name);
            (ShiftFrom::Custom { name }, shown)
        } else {
            let listed = activity(&all, from_id)?;
            (ShiftFrom::Listed(listed.id), quoted(&listed.name))
        };
        let what =
            format!("{} minutes of {to_name} on {date}, taken from {from_name}", new.minutes.0);
        call.confirm(&self.writes, &format!("Log {what}?")).await?;

        let shift = ShiftExercise::new(from, to, new.minutes.0);
        call.carry_out(user.shift_exercise(&shift.with_date(date))).await?;
        let logged = ExerciseLogged { date: Day(date), done: format!("Logged {what}.") };
        Ok(Reply::of_fatsecret(format!("Logged {what}"), logged))
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", shown(name))
}

/// The name of an activity that is not of FatSecret's list. FatSecret tells those of a day apart by their names.
fn own_name(id: Id, name: Option<&str>, argument: &str) -> Result<Option<String>, Halt> {
    match (id.0, name.map(str::trim).filter(|name| !name.is_empty())) {
        (OTHER, Some(name)) => Ok(Some(name.to_owned())),
        (OTHER, None) => Err(wanted(argument)),
        (_, Some(_)) => Err(unwanted(argument)),
        (_, None) => Ok(None),
    }
}

fn wanted(argument: &str) -> Halt {
    Halt::because(format!(
        "Activity 0 is one with a name of the user's own, and FatSecret needs `{argument}` for it. Ask the user, and \
         call the tool again."
    ))
}

fn unwanted(argument: &str) -> Halt {
    Halt::because(format!(
        "`{argument}` is for activity 0 only. Leave it out, or use activity 0, and call the tool again."
    ))
}

fn activity(all: &[Exercise], id: Id) -> Result<&Exercise, Halt> {
    all.iter().find(|activity| activity.id == ExerciseId::from(id.0)).ok_or_else(|| {
        Halt::because(format!("FatSecret knows no activity {}. Choose one of `activities`.", id.0))
    })
}
