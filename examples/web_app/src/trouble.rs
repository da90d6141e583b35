//! What people read when something goes wrong, and what they can do about it.
//!
//! The program's log gets the error; people get a sentence of ours. An error of this crate holds no
//! secret, but its words are for those who run the program.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tripod::{Error, ErrorKind, SealError, Stage, TicketError};

use crate::{
    Site,
    pages::{self, Next},
};

/// A page that says what went wrong, and cookies to go with it.
pub(crate) struct Trouble {
    status: StatusCode,
    title: &'static str,
    text: &'static str,
    next: Next,
    cookies: Vec<String>,
}

impl Trouble {
    fn new(status: StatusCode, title: &'static str, text: &'static str, next: Next) -> Self {
        Self { status, title, text, next, cookies: Vec::new() }
    }

    /// The user took the access back.
    pub(crate) fn withdrawn() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "The access was taken back",
            "FatSecret no longer lets this site read your diary. Log in again to allow it.",
            Next::LogIn,
        )
    }

    /// What was begun was not ended, and can be begun again by the same request.
    pub(crate) fn provider_away() -> Self {
        Self::new(
            StatusCode::BAD_GATEWAY,
            "FatSecret does not answer",
            "We could not reach FatSecret, or it is too busy. Nothing is lost: try again in a moment.",
            Next::Again,
        )
    }

    pub(crate) fn with_cookie(mut self, cookie: String) -> Response {
        self.cookies.push(cookie);
        self.into_response()
    }

    /// After a form, there is no address to ask for again.
    pub(crate) fn then(mut self, next: Next) -> Self {
        if self.next == Next::Again {
            self.next = next;
        }
        self
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let trouble = of(&error);
        if trouble.status.is_server_error() {
            log(&error);
        }
        trouble
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = pages::message(self.status, self.title, self.text, self.next);
        for cookie in &self.cookies {
            if let Ok(cookie) = HeaderValue::try_from(cookie) {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
        }
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

fn of(error: &Error) -> Trouble {
    let new = Trouble::new;
    match error.kind() {
        ErrorKind::Denied { .. } => new(
            StatusCode::OK,
            "You said no",
            "This site got no access to your diary. If that was a slip, log in again.",
            Next::LogIn,
        ),
        ErrorKind::Ticket(TicketError::Missing) => new(
            StatusCode::FORBIDDEN,
            "This link belongs to another browser",
            "A login ends in the browser in which it began. If it began in this one, it took longer \
             than 15 minutes, or this browser keeps no cookies. Here you can begin again.",
            Next::LogIn,
        ),
        ErrorKind::Ticket(TicketError::Unknown)
        | ErrorKind::Seal(SealError::Expired)
        | ErrorKind::RequestTokenExpired => new(
            StatusCode::GONE,
            "That took too long",
            "A login has to be finished within 15 minutes. Please begin again.",
            Next::LogIn,
        ),
        ErrorKind::Ticket(TicketError::Used) => new(
            StatusCode::CONFLICT,
            "This link was used already",
            "A login link works once. Please begin again.",
            Next::LogIn,
        ),
        ErrorKind::Callback(_) => new(
            StatusCode::BAD_REQUEST,
            "This link is not complete",
            "It does not say which login it is for, or it was changed on the way. Please begin \
             again.",
            Next::LogIn,
        ),
        ErrorKind::Store { .. } => new(
            StatusCode::SERVICE_UNAVAILABLE,
            "We cannot reach our storage",
            "This is our fault and not yours. Please try again in a moment.",
            Next::Again,
        ),
        ErrorKind::Seal(_) => new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "We cannot read what we kept for you",
            "This is our fault and not yours. Please log in again.",
            Next::LogIn,
        ),
        ErrorKind::Rejected { .. }
            if error.stage() == Stage::AccessToken && !error.is_retryable() =>
        {
            new(
                StatusCode::GONE,
                "FatSecret did not accept this login",
                "It may have taken too long, or have been finished already. Please begin again.",
                Next::LogIn,
            )
        }
        ErrorKind::TimestampRefused { .. } => Trouble::provider_away(),
        _ if error.is_retryable() => Trouble::provider_away(),
        _ => new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong",
            "This is our fault and not yours, and we have made a note of it.",
            Next::Nothing,
        ),
    }
}

/// To where the program's log is; an error of this crate holds no secret.
pub(crate) fn log(error: &dyn std::error::Error) {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        line = format!("{line}: {error}");
        source = error.source();
    }
    eprintln!("{line}");
}

pub(crate) async fn not_found() -> Response {
    let text = "The address may be cut short, or the page has gone.";
    pages::message(StatusCode::NOT_FOUND, "There is no such page", text, Next::Diary)
}

pub(crate) fn other_host(site: &Site) -> Response {
    let text = format!("This site is at {}", site.origin);
    pages::message(StatusCode::MISDIRECTED_REQUEST, "That is not our address", &text, Next::Nothing)
}

pub(crate) fn other_site() -> Response {
    let text = "This was sent from another site's page, so nothing was done. Please use the buttons \
                of this site.";
    pages::message(StatusCode::FORBIDDEN, "That did not come from here", text, Next::Diary)
}
