//! The pages for everything that can go wrong: what happened, and what the user can do.
//!
//! The error itself goes into the program's log. Tripod's errors contain no secrets, but their texts are
//! for developers, so users get a text of ours.

use std::io::{self, Write as _};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tripod::{Error, ErrorClass, ErrorKind, SealError, Stage, TicketError};

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
    /// `Retry-After`, in seconds.
    wait: Option<&'static str>,
    cookies: Vec<String>,
}

impl Trouble {
    fn new(status: StatusCode, title: &'static str, text: &'static str, next: Next) -> Self {
        let wait = (status == StatusCode::SERVICE_UNAVAILABLE).then_some("5");
        Self { status, title, text, next, wait, cookies: Vec::new() }
    }

    /// The user withdrew the access at the provider.
    pub(crate) fn withdrawn() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "The access was withdrawn",
            "FatSecret no longer lets this site read your diary. Log in again to allow it.",
            Next::LogIn,
        )
    }

    /// The provider could not finish the request. The user can send the same request again.
    pub(crate) fn provider_away() -> Self {
        Self::new(
            StatusCode::BAD_GATEWAY,
            "FatSecret does not answer",
            "We could not reach FatSecret, or it is too busy. Nothing is lost: try again in a moment.",
            Next::Again,
        )
    }

    pub(crate) fn store_away() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "We cannot reach our storage",
            "This is our fault and not yours. Please try again in a moment.",
            Next::Again,
        )
    }

    /// More logins began than this program wants to keep.
    pub(crate) fn too_many_logins() -> Self {
        let mut trouble = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Too many people are logging in",
            "Please try again in a few minutes.",
            Next::LogIn,
        );
        trouble.wait = Some("60");
        trouble
    }

    /// Another request may be finishing this login, and too many requests wait for such.
    pub(crate) fn busy() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "Your login is not finished yet",
            "This site is very busy. Please try again in a moment.",
            Next::Again,
        )
    }

    /// Something failed that no user can change.
    pub(crate) fn ours(error: &dyn std::error::Error) -> Self {
        log(error);
        Self::unknown()
    }

    fn unknown() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong",
            "This is our fault and not yours. The error is in our log.",
            Next::Nothing,
        )
    }

    pub(crate) fn with_cookie(mut self, cookie: String) -> Response {
        self.cookies.push(cookie);
        self.into_response()
    }

    /// Replaces "Try again", which loads the same address: that does not work after a form.
    pub(crate) fn then(mut self, next: Next) -> Self {
        if self.next == Next::Again {
            self.next = next;
        }
        self
    }
}

impl From<&Error> for Trouble {
    fn from(error: &Error) -> Self {
        let trouble = of(error);
        let is_for_users = matches!(
            error.class(),
            ErrorClass::User | ErrorClass::Reauthorize | ErrorClass::RetryLater
        );
        if trouble.status.is_server_error() || !is_for_users {
            log(error);
        }
        trouble
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::from(&error)
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
        if let Some(seconds) = self.wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        response
    }
}

fn of(error: &Error) -> Trouble {
    let new = Trouble::new;
    match error.kind() {
        ErrorKind::Denied { .. } => new(
            StatusCode::OK,
            "You denied access",
            "This site got no access to your diary. If you pressed the wrong button, log in again.",
            Next::LogIn,
        ),
        ErrorKind::Ticket(TicketError::Missing) => new(
            StatusCode::FORBIDDEN,
            "This link belongs to another browser",
            "You have to finish a login in the browser in which you began it. If that is this browser, \
             the login took longer than 15 minutes, or this browser does not accept cookies. You can \
             begin again here.",
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
            "A part of its address is missing or was changed. Please begin again.",
            Next::LogIn,
        ),
        ErrorKind::Store { .. } => Trouble::store_away(),
        ErrorKind::Seal(_) => new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "We cannot read what we stored for you",
            "This is our fault and not yours. Please log in again.",
            Next::LogIn,
        ),
        // A wrong secret is not the user's to mend. FatSecret does not say in a way that programs can read that a request
        // token has expired, so other refusals are taken for that.
        ErrorKind::Rejected { .. }
            if error.stage() == Stage::AccessToken
                && !error.is_retryable()
                && error.class() != ErrorClass::Configuration =>
        {
            new(
                StatusCode::GONE,
                "FatSecret did not accept this login",
                "The login took too long, or it was finished already. Please begin again.",
                Next::LogIn,
            )
        }
        ErrorKind::TimestampRefused { .. } => Trouble::provider_away(),
        _ if error.is_retryable() => Trouble::provider_away(),
        _ => Trouble::unknown(),
    }
}

/// Writes an error and its sources into the program's log, which is its standard error.
pub(crate) fn log(error: &dyn std::error::Error) {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        line = format!("{line}: {error}");
        source = error.source();
    }
    // If nobody keeps the log, users get their answers all the same.
    let _ = writeln!(io::stderr(), "{line}");
}

pub(crate) async fn not_found() -> Response {
    let text = "The address may be incomplete, or the page does not exist any more.";
    pages::message(StatusCode::NOT_FOUND, "There is no such page", text, Next::Diary)
}

pub(crate) fn other_host(site: &Site) -> Response {
    let text = format!("This site is at {}", site.origin);
    pages::message(StatusCode::MISDIRECTED_REQUEST, "This is not our address", &text, Next::Nothing)
}

pub(crate) fn other_site() -> Response {
    let text =
        "Another site sent this form, so we did nothing. Please use the buttons of this site.";
    pages::message(StatusCode::FORBIDDEN, "Another site sent this", text, Next::Diary)
}
