//! From an error to what the assistant and its user can do about it.

use rmcp::model::InputRequiredResult;
use tripod::{
    Error, ErrorClass, ErrorKind,
    fatsecret::{AmountError, ApiError, ErrorCode},
};

/// Why a tool did not do its work.
pub(crate) enum Halt {
    /// It failed. The text says what happened, and what to do next.
    Trouble(String),
    /// The user has to be asked first; the client then calls again (protocol 2026-07-28).
    Ask(Box<InputRequiredResult>),
}

impl Halt {
    pub(crate) fn because(text: impl Into<String>) -> Self {
        Self::Trouble(text.into())
    }

    /// For a failed write: says so if it may have been carried out.
    pub(crate) fn of_write(error: &Error) -> Self {
        let text = if !error.may_have_happened() {
            format!("{} Nothing was changed.", explain(error))
        } else if error.class() == ErrorClass::RetryLater {
            // Not the advice to call again.
            format!("{} {OPEN}", what(error))
        } else {
            format!("{} {OPEN}", explain(error))
        };
        Self::Trouble(text)
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Trouble(explain(&error))
    }
}

impl From<std::io::Error> for Halt {
    fn from(error: std::io::Error) -> Self {
        Self::Trouble(format!(
            "The files of the login cannot be used ({error}). The user has to look at the folder that `status` names."
        ))
    }
}

impl From<AmountError> for Halt {
    fn from(error: AmountError) -> Self {
        Self::Trouble(format!("The amounts cannot be calculated: {error}."))
    }
}

const OPEN: &str = "FatSecret may have carried out this write. Read the data before you write again, so that nothing \
    is written twice.";

fn code(error: &Error) -> Option<ErrorCode> {
    ApiError::of(error).and_then(ApiError::code)
}

/// Says what happened. tripod's errors hold no secrets.
fn what(error: &Error) -> String {
    let code = code(error);
    tracing::warn!(class = ?error.class(), code = code.map(ErrorCode::number), "a call failed");
    match code {
        Some(code) => format!("FatSecret refused the call: {code}."),
        None => format!("The call failed: {error}."),
    }
}

/// Says what happened, and who has to do what.
fn explain(error: &Error) -> String {
    format!("{} {}", what(error), advice(error, code(error)))
}

fn advice(error: &Error, code: Option<ErrorCode>) -> String {
    let hint = code.map(|code| format!(" What to do: {}.", code.advice())).unwrap_or_default();
    match error.class() {
        ErrorClass::RetryLater => match error.retry_after() {
            Some(pause) => {
                format!("Wait {} seconds, and then call the tool again.", pause.as_secs().max(1))
            }
            None => "Wait half a minute, and then call the tool again.".to_owned(),
        },
        ErrorClass::Reauthorize => {
            "The user has to approve again: call `login` without a PIN.".to_owned()
        }
        ErrorClass::User => format!("Tell the user.{hint}"),
        ErrorClass::Configuration => {
            format!(
                "Calling again does not help: whoever set up this server has to change something.{hint}"
            )
        }
        ErrorClass::Store => {
            "The stored login cannot be read. Call `login` to connect again.".to_owned()
        }
        // FatSecret's codes for parameters that it does not accept are of this class.
        ErrorClass::Bug if code.is_some() => {
            format!("Correct the arguments and call the tool again.{hint}")
        }
        ErrorClass::Provider => {
            format!("FatSecret's answer is not what its documentation says. Try again later.{hint}")
        }
        _ => "This is a mistake in the server. Please report it.".to_owned(),
    }
}

/// Whether FatSecret refused the PIN. It answers 400 to a wrong one, a late one, and one that was not approved yet.
pub(crate) fn is_wrong_pin(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Rejected { status, .. } if status.as_u16() == 400)
        || error.class() == ErrorClass::User
}
