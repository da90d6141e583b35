// What a provider adds to a refusal. Everything here comes from outside: redacted and bounded before it is put in.

use std::{fmt, ops::RangeInclusive};

/// Details of a provider's error report, beside the word for the problem; see
/// [`Error::report`](super::Error::report).
///
/// Secrets are masked in it.
///
/// # Source
///
/// The OAuth Problem Reporting extension. The base string is not part of it; providers name its field
/// in many ways, or put it into a sentence.
///
/// # Examples
///
/// ```
/// # fn main() -> Result<(), tripod::Error> {
/// use tripod::{Callback, Client, Consumer, ProblemReport, Provider};
///
/// // The provider's reply to a request:
/// let body = "oauth_problem=parameter_absent&oauth_parameters_absent=oauth_nonce";
/// # let transport = tripod::transport::from_fn(move |_, _| async move {
/// #     let mut reply = http::Response::new(bytes::Bytes::from_static(body.as_bytes()));
/// #     *reply.status_mut() = http::StatusCode::BAD_REQUEST;
/// #     Ok(reply)
/// # });
/// # let client =
/// #     Client::from_transport(Provider::fatsecret(), Consumer::new("key", "secret"), transport);
/// let failed = client.begin(Callback::out_of_band()).request_token().wait().unwrap_err();
/// let report: Option<&ProblemReport> = failed.error().report();
/// assert_eq!(failed.error().problem(), Some("parameter_absent"));
/// assert_eq!(report.map(ProblemReport::parameters_absent), Some(&["oauth_nonce".to_owned()][..]));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProblemReport {
    pub(crate) advice: Option<String>,
    pub(crate) absent: Vec<String>,
    pub(crate) rejected: Vec<String>,
    pub(crate) versions: Option<String>,
    pub(crate) timestamps: Option<(u64, u64)>,
    pub(crate) base_string: Option<String>,
}

impl ProblemReport {
    /// Returns the provider's advice (`oauth_problem_advice`): at most 300 characters.
    #[must_use]
    pub fn advice(&self) -> Option<&str> {
        self.advice.as_deref()
    }

    /// Returns the names of the parameters that the provider misses (`oauth_parameters_absent`).
    #[must_use]
    pub fn parameters_absent(&self) -> &[String] {
        &self.absent
    }

    /// Returns the names of the parameters that the provider did not expect (`oauth_parameters_rejected`),
    /// without their values.
    #[must_use]
    pub fn parameters_rejected(&self) -> &[String] {
        &self.rejected
    }

    /// Returns the versions of OAuth that the provider accepts (`oauth_acceptable_versions`), such as `1.0-1.0`.
    #[must_use]
    pub fn acceptable_versions(&self) -> Option<&str> {
        self.versions.as_deref()
    }

    /// Returns the Unix times that the provider accepts (`oauth_acceptable_timestamps`).
    #[must_use]
    pub fn acceptable_timestamps(&self) -> Option<RangeInclusive<u64>> {
        self.timestamps.map(|(from, to)| from..=to)
    }

    /// Returns the signature base string as the provider computed it, if the reply contains one.
    ///
    /// Compare it with [`Explanation::base_string`](crate::signature::Explanation::base_string), which masks
    /// the same values in the same way. Timestamp and nonce differ, because the explanation belongs to
    /// another signature. Every other difference causes "invalid signature". If there is no difference, one
    /// of the secrets is wrong.
    #[must_use]
    pub fn base_string(&self) -> Option<&str> {
        self.base_string.as_deref()
    }
}

/// The fields of the extension that are there, one after the other.
impl fmt::Display for ProblemReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let timestamps = self.timestamps.map(|(from, to)| format!("{from}-{to}"));
        let (absent, rejected) = (self.absent.join(", "), self.rejected.join(", "));
        let mut before = "";
        for (name, value) in [
            ("absent parameters", absent.as_str()),
            ("rejected parameters", rejected.as_str()),
            ("acceptable versions", self.versions.as_deref().unwrap_or_default()),
            ("acceptable timestamps", timestamps.as_deref().unwrap_or_default()),
            ("advice", self.advice.as_deref().unwrap_or_default()),
        ] {
            if !value.is_empty() {
                write!(f, "{before}{name}: {value}")?;
                before = "; ";
            }
        }
        Ok(())
    }
}
