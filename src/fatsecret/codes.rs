//! FatSecret's error codes: what they mean, what to do, and whether to try again.

// From FatSecret's own table, 39 codes; the advice on retries is ours. The trap: 11 and
// 12 both say "too many", and only 12 passes by waiting a moment.

use std::fmt;

use crate::{error::class::ErrorClass, protocol::dialect::class_in, providers::fatsecret::CLASSES};

/// Whether, and how, a refused request may be sent again.
///
/// FatSecret sends no `Retry-After` and no rate-limit headers, so this is the only information
/// about retries.
///
/// # Examples
///
/// ```
/// use tripod::fatsecret::{ApiError, Retry, endpoint::Endpoint, profile::GetProfile};
///
/// fn when(error: &ApiError) -> &'static str {
///     match error.retry() {
///         Retry::Backoff | Retry::Slower => "in a minute",
///         Retry::NextDay => "tomorrow",
///         Retry::IfRepeatable => "after a look at what was done",
///         _ => "never",
///     }
/// }
///
/// let body = br#"{"error":{"code":"12","message":"User is performing too many actions"}}"#;
/// let error = GetProfile::new().decode(http::StatusCode::OK, body).unwrap_err();
/// assert_eq!(when(&error), "in a minute");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Retry {
    /// The same request will be refused again.
    Never,
    /// Once, signed again with a new nonce and a corrected clock. The client does this by itself,
    /// except for code 6 without a `Date` in the reply, and for a provider that does not have
    /// FatSecret's description.
    SignAgain,
    /// At most three times, with growing pauses. For a write, check first whether it was done.
    Backoff,
    /// Only if the request is safe to repeat (`Request::is_repeatable`), because it may have been
    /// done.
    IfRepeatable,
    /// After half a minute, and slower from then on: 20 calls a minute have been enough. The
    /// feature `pacing` sees to both.
    Slower,
    /// After ten minutes; if it is refused again, on the next day: the calls of this day may be used up.
    NextDay,
}

macro_rules! codes {
    ($( $code:literal $name:ident $retry:ident $meaning:literal $advice:literal; )*) => {
        /// An error code of FatSecret, with [`meaning`](Self::meaning), [`advice`](Self::advice)
        /// and [`retry`](Self::retry).
        ///
        /// # Examples
        ///
        /// ```
        /// use tripod::fatsecret::{ErrorCode, Retry};
        ///
        /// let code = ErrorCode::from(12);
        /// assert_eq!(code, ErrorCode::TooManyActions);
        /// assert_eq!(code.retry(), Retry::Slower);
        /// assert_eq!(ErrorCode::from(11).retry(), Retry::NextDay);
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(
                #[doc = concat!(stringify!($code), ": ", $meaning, ". To do: ", $advice, ".")]
                $name,
            )*
            /// A code that was not in FatSecret's table when this version was written.
            Other(u32),
        }

        impl ErrorCode {
            /// The known codes, in the order of their numbers.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns the number.
            #[must_use]
            pub fn number(self) -> u32 {
                match self {
                    $( Self::$name => $code, )*
                    Self::Other(number) => number,
                }
            }

            /// Returns what the code means.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $( Self::$name => $meaning, )*
                    Self::Other(_) => "an error that is not in FatSecret's table",
                }
            }

            /// Returns what the program or its user should do.
            #[must_use]
            pub fn advice(self) -> &'static str {
                match self {
                    $( Self::$name => $advice, )*
                    Self::Other(_) => "read FatSecret's message",
                }
            }

            /// Returns whether to try again.
            #[must_use]
            pub fn retry(self) -> Retry {
                match self {
                    $( Self::$name => Retry::$retry, )*
                    Self::Other(_) => Retry::Never,
                }
            }
        }

        impl From<u32> for ErrorCode {
            fn from(number: u32) -> Self {
                match number {
                    $( $code => Self::$name, )*
                    other => Self::Other(other),
                }
            }
        }
    };
}

codes! {
    1 Unknown Backoff "unknown error" "try again, at most three times, with growing pauses; one program reports it for a day without entries";
    2 OAuthParameterMissing Never "a required OAuth parameter is missing"
        "send the OAuth parameters where FatSecret looks for them: query, form or header";
    3 OAuthParameterUnsupported Never "an OAuth parameter is not supported"
        "take it out";
    4 SignatureMethodInvalid Never "the signature method is not supported"
        "sign with HMAC-SHA1";
    5 ConsumerKeyInvalid Never "the consumer key is invalid"
        "check the key in the developer console; it is the OAuth 1.0 Consumer Key that is wanted";
    6 TimestampInvalid SignAgain "the timestamp is invalid or expired"
        "set this machine's clock";
    7 NonceInvalid SignAgain "the nonce is invalid or was used before"
        "sign each request anew, as this crate does; look for a layer below it that sends a request twice";
    8 SignatureInvalid Never "the signature is invalid"
        "check that both keys are the OAuth 1.0 pair: the Consumer Secret is not the OAuth 2.0 Client Secret, and the two pairs do not mix; then check the token's secret, and compare what was signed with what was sent; if only writes are refused, change `FatSecret::with_form_writes`";
    9 AccessTokenInvalid Never "the access token is invalid"
        "the user has withdrawn it: begin a new flow";
    10 MethodUnknown Never "the method is unknown, or this application is not entitled to it"
        "check the name, then the plan: barcode, autocomplete and others must be switched on for the application";
    11 RequestLimitReached NextDay "the application's request limit is reached"
        "send nothing for ten minutes; if it is refused again, wait for the next day, or ask for a larger plan; the limit is shared by all users";
    12 TooManyActions Slower "the user performs too many actions"
        "send nothing for 30 seconds, and then at most 20 calls a minute";
    13 BearerTokenInvalid Never "the OAuth 2.0 token is invalid"
        "this crate sends none; look for a proxy that does";
    14 ScopeMissing Never "the OAuth 2.0 scope is missing"
        "the plan does not have this method";
    20 Unavailable Backoff "the system is temporarily unavailable"
        "try again later";
    21 AddressNotAllowed Never "the IP address is not allowed"
        "list it in the developer console; a change may take a day";
    22 RequestInvalid Never "the request is invalid"
        "read FatSecret's message";
    23 ApiNotFound Never "there is no such API"
        "check the path";
    24 TimedOut IfRepeatable "FatSecret ran out of time"
        "repeat a read; before repeating a write, look whether it was done";
    101 ParameterMissing Never "a required parameter is missing"
        "send it";
    102 IntegerInvalid Never "a parameter is not an integer"
        "send it as digits; dates are days since 1970-01-01";
    103 DoubleInvalid Never "a parameter is not a number"
        "send it as digits with a point";
    104 DecimalInvalid Never "a parameter is not a decimal number"
        "send it as digits with a point";
    105 LongInvalid Never "a parameter is not a long integer"
        "send it as digits";
    106 IdInvalid Never "an id is invalid"
        "it was deleted, belongs to another user or kind, or exists and your plan does not show it: a free plan sees the foods of the United States only";
    107 OutOfRange Never "a value is out of range"
        "read FatSecret's message for the range";
    108 TypeInvalid Never "a value is not one of those allowed"
        "read the method's page for the allowed words";
    109 TooLong Never "a text has too many characters"
        "shorten it";
    201 ActivityNotFound Never "there is no such activity"
        "take an id from the list of exercises";
    202 SameActivity Never "minutes cannot be shifted from an activity to itself"
        "name two activities";
    203 TooManyMinutes Never "the activity has fewer minutes than are to be shifted"
        "read the day first, and shift no more than is there";
    204 NothingToCommit Never "the day has no activity to commit or to make a template of"
        "choose another day";
    205 DateTooFar Never "the date must be within two days of today"
        "weigh in for a day near today, by the user's calendar";
    206 WeightDateEarlier Never "a weight cannot be written for a date before the last one"
        "write weights in the order of their dates";
    207 NothingToCopy Never "the day has no food entries to copy"
        "choose another day or meal";
    208 RegionInvalid Never "the region is invalid"
        "send an ISO 3166 code of two letters, such as US";
    209 ActivityFixed Never "the activity cannot be changed"
        "a connected tracker owns it";
    210 TemplatesNotAllowed Never "this user cannot have templates"
        "commit the single days";
    211 NoFoodDetected Never "no food was detected"
        "send a clearer text or picture";
}

impl ErrorCode {
    /// Returns who has to act. [`Error::class`](crate::Error::class) returns the same for a call that failed
    /// with this code.
    #[must_use]
    pub fn class(self) -> ErrorClass {
        class_in(&CLASSES, self.number()).unwrap_or(ErrorClass::Provider)
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (error {})", self.meaning(), self.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_codes_of_the_table() {
        let numbers: Vec<u32> = ErrorCode::ALL.iter().map(|code| code.number()).collect();
        let table = (1..=14).chain(20..=24).chain(101..=109).chain(201..=211);
        assert_eq!(numbers, table.collect::<Vec<u32>>());
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::from(code.number()), *code);
            assert!(!code.meaning().ends_with('.') && !code.advice().is_empty());
        }
        assert_eq!(ErrorCode::from(15), ErrorCode::Other(15));
        assert_eq!(ErrorCode::Other(15).number(), 15);
    }

    #[test]
    fn retries_are_those_of_the_table() {
        let retried: Vec<(u32, Retry)> = ErrorCode::ALL
            .iter()
            .filter(|code| code.retry() != Retry::Never)
            .map(|code| (code.number(), code.retry()))
            .collect();
        assert_eq!(
            retried,
            [
                (1, Retry::Backoff),
                (6, Retry::SignAgain),
                (7, Retry::SignAgain),
                (11, Retry::NextDay),
                (12, Retry::Slower),
                (20, Retry::Backoff),
                (24, Retry::IfRepeatable),
            ]
        );
    }
}
