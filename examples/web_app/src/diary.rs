//! One day of the diary.

use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use jiff::{Timestamp, civil::Date, civil::date, tz::TimeZone};
use serde::Deserialize;
use tripod::{Meaning, fatsecret::FatSecret};

use crate::{
    App,
    login::go,
    pages::{self, Next},
    session::SessionId,
    trouble::Trouble,
};

#[derive(Deserialize)]
pub(crate) struct Wanted {
    date: Option<String>,
}

pub(crate) async fn day(
    State(app): State<App>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let Some(id) = SessionId::from_headers(&app, &headers) else { return Ok(go("/", &[])) };
    let Some(session) = app.vault.load(id.as_user()).await? else {
        return Ok(go("/", &[SessionId::clear_cookie(&app)]));
    };
    // This is the day in UTC: only the browser knows the user's time zone.
    let today = Timestamp::now().to_zoned_datetime(TimeZone::UTC).date();
    let date = match wanted.date.as_deref() {
        None | Some("") => today,
        Some(text) => match text.parse::<Date>() {
            Ok(date) if is_in_diaries(date) => date,
            _ => return Ok(no_such_day()),
        },
    };
    match FatSecret::new(session).food_entries(date).await {
        Ok(entries) => Ok(pages::diary(date, today, &entries)),
        // The user withdrew the access, or the token has ended. A 401 without a word is no reason to forget a grant: it may
        // be a gateway's, or a mistake of this site's operator.
        Err(error) if error.meaning() == Some(Meaning::DeadToken) => {
            app.vault.forget(id.as_user()).await?;
            Ok(Trouble::withdrawn().with_cookie(SessionId::clear_cookie(&app)))
        }
        Err(error) => Err(error.into()),
    }
}

fn is_in_diaries(day: Date) -> bool {
    (date(2000, 1, 1)..=date(2100, 1, 1)).contains(&day)
}

fn no_such_day() -> Response {
    let text = "Write the day like 2026-07-28. It must be between the years 2000 and 2100.";
    pages::message(StatusCode::BAD_REQUEST, "There is no such day", text, Next::Diary)
}
