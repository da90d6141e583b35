//! The pages: HTML without scripts, made with `maud`, which escapes every text.

use axum::{
    http::{StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use jiff::civil::Date;
use maud::{DOCTYPE, Markup, html};
use tripod::fatsecret::{Amount, Answer, Meal, Total, diary::FoodEntry, nutrition::EntryNutrition};

const STYLE: &str = include_str!("style.css");

pub(crate) async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, STYLE).into_response()
}

/// What a page offers to do next.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    LogIn,
    /// Loads the same address again.
    Again,
    Diary,
    Nothing,
}

pub(crate) fn page(status: StatusCode, title: &str, body: &Markup) -> Response {
    let html = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="stylesheet" href="/style.css";
            }
            body {
                main { (body) }
                footer {
                    // FatSecret's terms require this line wherever its data is shown.
                    p { "Powered by fatsecret" }
                }
            }
        }
    };
    (status, Html(html.into_string())).into_response()
}

/// Returns a page with a heading, a sentence or two, and what the user can do next.
pub(crate) fn message(status: StatusCode, title: &str, text: &str, next: Next) -> Response {
    let body = html! {
        h1 { (title) }
        p { (text) }
        @match next {
            Next::LogIn => (log_in()),
            Next::Again => p { a.button href="" { "Try again" } },
            Next::Diary => p { a.button href="/diary" { "Open your diary" } },
            Next::Nothing => {},
        }
    };
    page(status, title, &body)
}

pub(crate) fn welcome() -> Response {
    let body = html! {
        h1 { "Your food diary" }
        p {
            "Read what you ate, day by day, with the totals of each meal. "
            "Your diary is kept by FatSecret."
        }
        p {
            "You log in there and allow this site to read it. "
            "Only FatSecret sees your password, and you can withdraw the access at any time."
        }
        (log_in())
    };
    page(StatusCode::OK, "Your food diary", &body)
}

pub(crate) fn goodbye() -> Response {
    let text = "When you log out, this site deletes its access to your diary. You can also withdraw the \
                access in your settings at FatSecret.";
    message(StatusCode::OK, "You are logged out", text, Next::LogIn)
}

fn log_in() -> Markup {
    html! {
        form method="post" action="/login" {
            button { "Log in with FatSecret" }
        }
    }
}

pub(crate) fn diary(date: Date, today: Date, entries: &Answer<Vec<FoodEntry>>) -> Response {
    let title = match date {
        _ if date == today => "Today".to_owned(),
        _ if today.yesterday().is_ok_and(|yesterday| date == yesterday) => "Yesterday".to_owned(),
        _ => date.strftime("%A, %-d %B %Y").to_string(),
    };
    let body = html! {
        header {
            h1 { (title) }
            form method="post" action="/logout" { button.quiet { "Log out" } }
        }
        nav aria-label="Days" {
            @if let Ok(before) = date.yesterday() {
                a rel="prev" href={ "/diary?date=" (before) } { "← " (short(before)) }
            }
            form action="/diary" {
                label for="date" { "Day" }
                input id="date" name="date" type="date" value=(date) required;
                button.quiet { "Show" }
            }
            @if let Ok(after) = date.tomorrow() {
                a rel="next" href={ "/diary?date=" (after) } { (short(after)) " →" }
            }
        }
        @if entries.is_empty() {
            p.empty { "Nothing is written for this day." }
        } @else {
            table {
                caption { "What you ate, and what was in it" }
                thead {
                    tr {
                        th scope="col" { "Food" }
                        th scope="col" { "kcal" }
                        th scope="col" { abbr title="Carbohydrate, in grams" { "Carbs" } }
                        th scope="col" { abbr title="Protein, in grams" { "Prot." } }
                        th scope="col" { abbr title="Fat, in grams" { "Fat" } }
                    }
                }
                @for meal in meals(entries) {
                    (eaten_at(meal, entries))
                }
                tfoot {
                    tr { th scope="row" { "The day" } (sums(&entries.iter().collect::<Vec<_>>())) }
                }
            }
        }
        @if entries.omitted() > 0 {
            p.note { "Some entries of this day could not be read and are not in the totals." }
        }
    };
    page(StatusCode::OK, &format!("{title} · Your food diary"), &body)
}

/// The meals in the day's order, and behind them those that this program does not know.
fn meals(entries: &[FoodEntry]) -> Vec<&Meal> {
    let mut meals = vec![&Meal::Breakfast, &Meal::Lunch, &Meal::Dinner, &Meal::Other];
    for entry in entries {
        if !meals.contains(&&entry.meal) {
            meals.push(&entry.meal);
        }
    }
    meals
}

fn eaten_at(meal: &Meal, entries: &[FoodEntry]) -> Markup {
    let entries: Vec<&FoodEntry> = entries.iter().filter(|entry| entry.meal == *meal).collect();
    html! {
        @if !entries.is_empty() {
            tbody {
                tr.meal { th scope="rowgroup" { (meal) } (sums(&entries)) }
                @for entry in &entries {
                    tr {
                        th scope="row" {
                            (entry.name)
                            @if let Some(amount) = entry.amount_text() { ", " (amount) }
                        }
                        (sums(&[entry]))
                    }
                }
            }
        }
    }
}

/// Four cells. The sums are exact, because an `Amount` is a decimal number.
fn sums(entries: &[&FoodEntry]) -> Markup {
    let parts: [fn(&EntryNutrition) -> Option<Amount>; 4] =
        [|has| has.calories, |has| has.carbohydrate, |has| has.protein, |has| has.fat];
    html! {
        @for part in parts {
            @let total: Total<Amount> = entries.iter().map(|entry| part(&entry.nutrition)).sum();
            td { (rounded(total.value)) @if !total.is_complete { "+" } }
        }
    }
}

/// Rounds to at most one decimal place. Food data is not more precise than that.
fn rounded(amount: Amount) -> String {
    let text = format!("{amount:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

fn short(date: Date) -> String {
    date.strftime("%-d %b").to_string()
}
