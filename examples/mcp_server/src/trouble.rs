//! From an error to what the assistant and its user can do about it.

use rmcp::model::InputRequiredResult;
use tripod::{
    Error, ErrorClass,
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
        if !error.may_have_happened() {
            return Self::Trouble(format!("{} Nothing was changed.", explain(error)));
        }
        // Not that it failed or was refused, which nobody knows.
        let code = logged(error);
        let what = match code {
            Some(code) => format!("FatSecret answered the write with: {code}."),
            None => format!("The write's outcome is not known: {error}."),
        };
        // And not the advice to call again.
        Self::Trouble(match error.class() {
            ErrorClass::RetryLater => format!("{what} {OPEN}"),
            _ => format!("{what} {OPEN} {}", advice(error, code)),
        })
    }
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Trouble(explain(&error))
    }
}

impl From<std::io::Error> for Halt {
    fn from(error: std::io::Error) -> Self {
        Self::Trouble(unusable(&error))
    }
}

impl From<AmountError> for Halt {
    fn from(error: AmountError) -> Self {
        Self::Trouble(format!("The amounts cannot be calculated: {error}."))
    }
}

const OPEN: &str = "FatSecret may have carried out this write. Read the data before you write again, so that nothing \
    is written twice.";

/// For a file of the login. The error names it.
pub(crate) fn unusable(error: &std::io::Error) -> String {
    format!(
        "A file of the login cannot be used ({error}). The user has to make it usable for this program, or delete it \
         and connect again."
    )
}

fn code(error: &Error) -> Option<ErrorCode> {
    ApiError::of(error).and_then(ApiError::code)
}

/// Logs an error, and gives FatSecret's code if it has one.
fn logged(error: &Error) -> Option<ErrorCode> {
    let code = code(error);
    tracing::warn!(class = ?error.class(), code = code.map(ErrorCode::number), "a call failed");
    code
}

/// Says what happened, and who has to do what. tripod's errors hold no secrets.
fn explain(error: &Error) -> String {
    let code = logged(error);
    let what = match code {
        Some(code) => format!("FatSecret refused the call: {code}."),
        None => format!("The call failed: {error}."),
    };
    format!("{what} {}", advice(error, code))
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

/// Whether FatSecret refused the PIN: a wrong one, a late one, or one that was not approved yet.
pub(crate) fn is_wrong_pin(error: &Error) -> bool {
    error.may_be_wrong_verifier() || error.class() == ErrorClass::User
}
