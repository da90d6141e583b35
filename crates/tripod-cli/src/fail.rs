//! What went wrong, in words, and the number that the program ends with.

// The trap: this text is copied into bug reports, so no secret, token or query string may get in here.

use std::{
    error::Error as StdError,
    fmt::{self, Write as _},
    io,
    process::ExitCode,
};

use anstyle::{AnsiColor, Style};
use tripod::{Error, ErrorClass, Failed, Stage};

/// The table of exit codes, for `--help`. The README has it too.
pub(crate) const TABLE: &str = "\
Exit codes:
  0  done
  1  something on this machine failed, such as a file that cannot be written
  2  the command line is wrong
  3  the user denied access, came back too late, or mistyped the code
  4  the network or the provider was not available; try again later
  5  the access token has ended or was revoked; log in again
  6  the setup is wrong: a key, a secret, a URL, or this machine's clock
  7  the provider refused the request or answered in an unexpected way
  8  the stored sessions cannot be read or written
  9  the request cannot be made in this way";

/// The number that the program ends with: one for each [`ErrorClass`], and two more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Something on this machine failed: a file, standard output.
    Other = 1,
    /// The command line is wrong. The same number as clap's.
    Usage = 2,
    User = 3,
    RetryLater = 4,
    Reauthorize = 5,
    Configuration = 6,
    Provider = 7,
    Store = 8,
    Bug = 9,
}

impl From<ErrorClass> for Exit {
    fn from(class: ErrorClass) -> Self {
        match class {
            ErrorClass::User => Self::User,
            ErrorClass::RetryLater => Self::RetryLater,
            ErrorClass::Reauthorize => Self::Reauthorize,
            ErrorClass::Configuration => Self::Configuration,
            ErrorClass::Provider => Self::Provider,
            ErrorClass::Store => Self::Store,
            ErrorClass::Bug => Self::Bug,
            _ => Self::Other,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The one error of this program.
///
/// Every `tripod::Error` becomes one by `?`, with the exit code of its class. Others are made with
/// [`Failure::new`].
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    causes: Vec<String>,
    advice: Option<String>,
    /// Where in the flow, if the library says so.
    stage: Option<Stage>,
    /// It was said, or nobody reads it any more.
    is_silent: bool,
}

impl Failure {
    /// Creates a failure. The message says what happened, without a full stop.
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            causes: Vec::new(),
            advice: None,
            stage: None,
            is_silent: false,
        }
    }

    /// Says what the user can do about it, in whole sentences.
    pub(crate) fn with_advice(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }

    /// Adds to what the user can do about it.
    pub(crate) fn with_more_advice(mut self, more: &str) -> Self {
        self.advice = Some(match self.advice.take() {
            Some(advice) => format!("{advice} {more}"),
            None => more.to_owned(),
        });
        self
    }

    /// The same with another exit code.
    pub(crate) fn with_exit(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    /// Ends the program with this code. What there is to say was printed.
    pub(crate) fn said(exit: Exit) -> Self {
        Self { is_silent: true, ..Self::new(exit, "") }
    }

    /// Adds what caused it, and the causes of that.
    pub(crate) fn with_cause(mut self, cause: &dyn StdError) -> Self {
        self.causes.push(cause.to_string());
        self.causes.extend(sources(cause));
        self
    }

    /// A failure to write the program's output. If the reader has gone away (`tripod … | head`), the program ends
    /// without a word.
    pub(crate) fn output(error: &io::Error) -> Self {
        let is_silent = error.kind() == io::ErrorKind::BrokenPipe;
        let failure = Self::new(Exit::Other, "the output cannot be written").with_cause(error);
        Self { is_silent, ..failure }
    }

    /// A file that cannot be read or written. `doing` is such as "read the provider's file".
    pub(crate) fn file(doing: &str, path: &std::path::Path, error: &io::Error) -> Self {
        let message = format!("cannot {doing}: {}", path.display());
        Self::new(Exit::Other, message).with_cause(error)
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// Where in the flow it happened, if the library said so.
    pub(crate) fn stage(&self) -> Option<Stage> {
        self.stage
    }

    /// Prints it to standard error.
    pub(crate) fn print(&self) {
        if self.is_silent {
            return;
        }
        let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        let bold = Style::new().bold();
        let mut text = format!("{red}error{red:#}: {}\n", visible(&self.message));
        for cause in &self.causes {
            let _ = writeln!(text, "  caused by: {}", visible(cause));
        }
        if let Some(advice) = &self.advice {
            let _ = writeln!(text, "{bold}help{bold:#}: {}", visible(advice));
        }
        // If nobody can be told, the exit code still says it.
        let _ = io::Write::write_all(&mut anstream::stderr(), text.as_bytes());
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let class = error.class();
        let mut failure = Self::new(class.into(), error.to_string());
        failure.causes = sources(&error);
        failure.stage = Some(error.stage());
        failure.advice = match class {
            ErrorClass::RetryLater
                if error.may_have_happened() && error.stage() == Stage::Resource =>
            {
                Some(MAY_HAVE_HAPPENED.to_owned())
            }
            ErrorClass::RetryLater => Some(match error.retry_after() {
                Some(pause) => format!("Try again in {} seconds.", pause.as_secs().max(1)),
                None => "Check the network, and try again later.".to_owned(),
            }),
            ErrorClass::Reauthorize if error.stage() == Stage::AccessToken => {
                Some("Begin the login again.".to_owned())
            }
            ErrorClass::Reauthorize => Some(
                "Log in again with `tripod login PROVIDER --account NAME --replace`. `tripod status` lists the accounts.".to_owned(),
            ),
            _ => None,
        };
        failure
    }
}

const MAY_HAVE_HAPPENED: &str = "A request that changes something may have been carried out: look before you send it again. \
    Any other can be sent again later.";

impl<S> From<Failed<S>> for Failure {
    fn from(failed: Failed<S>) -> Self {
        failed.into_error().into()
    }
}

fn sources(error: &dyn StdError) -> Vec<String> {
    let mut sources = Vec::new();
    let mut next = error.source();
    while let Some(source) = next {
        let text = source.to_string();
        // Some libraries repeat what the cause says.
        if sources.last() != Some(&text) {
            sources.push(text);
        }
        next = source.source();
    }
    sources
}

/// Without control characters, with which a provider could write into the terminal. Line breaks stay.
pub(crate) fn visible(text: &str) -> String {
    let shown = |c: char| if c.is_control() && c != '\n' { '?' } else { c };
    text.chars().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_has_a_code_that_the_table_explains() {
        let classes = [
            ErrorClass::User,
            ErrorClass::RetryLater,
            ErrorClass::Reauthorize,
            ErrorClass::Configuration,
            ErrorClass::Provider,
            ErrorClass::Store,
            ErrorClass::Bug,
        ];
        let codes: Vec<u8> = classes.map(|class| Exit::from(class) as u8).to_vec();
        assert_eq!(codes, [3, 4, 5, 6, 7, 8, 9]);
        for code in 0..=9 {
            assert_eq!(
                TABLE.lines().filter(|line| line.starts_with(&format!("  {code}  "))).count(),
                1
            );
        }
    }

    #[test]
    fn an_error_of_the_library_keeps_its_class_and_its_words() {
        let error = tripod::AccessToken::new("", "").unwrap_err();
        let (words, failure) = (error.to_string(), Failure::from(error));
        assert_eq!((failure.to_string(), failure.exit()), (words, Exit::Configuration));
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        assert_eq!(visible("a\u{1b}[2Jb\nc\r"), "a?[2Jb\nc?");
    }

    #[test]
    fn a_reader_that_has_gone_away_is_told_nothing() {
        assert!(Failure::output(&io::ErrorKind::BrokenPipe.into()).is_silent);
        assert!(!Failure::output(&io::ErrorKind::StorageFull.into()).is_silent);
    }
}
