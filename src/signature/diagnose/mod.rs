//! Finds out why a signature is refused: which known mistakes produce exactly that signature.
//!
//! Pass to [`Diagnose::diagnose`] a request as it was sent, by this crate or by any other program, and the secrets that
//! should have signed it. It computes the signature with each known mistake, then with each pair of mistakes, and
//! returns those that produce the signature that was sent. [`Diagnosis`] also lists what providers refuse without
//! looking at the signature, such as a timestamp in milliseconds.
//!
//! ```
//! # fn main() -> Result<(), tripod::Error> {
//! use http::HeaderMap;
//! use tripod::signature::diagnose::{Diagnose, Mistake, Secrets, Sent, Verdict};
//!
//! // The signer has left the `&` out of the key, since there is no token.
//! let authorization = r#"OAuth oauth_consumer_key="key", oauth_nonce="n1", oauth_timestamp="1767225600",
//!     oauth_signature_method="HMAC-SHA1", oauth_signature="GqzabLu5cb1mDez%2FL5K9aelVPLc%3D""#;
//! let mut headers = HeaderMap::new();
//! headers.insert("Authorization", authorization.replace('\n', "").parse().unwrap());
//!
//! let sent = Sent { method: "GET", url: "https://api.example/1/me", headers: &headers, body: b"" };
//! let diagnosis = Diagnose::new(Secrets::new("secret")).at(1_767_225_610).diagnose(&sent)?;
//! let Verdict::Explained(found) = diagnosis.verdict() else { panic!("{diagnosis}") };
//! assert_eq!(found.sets(), [[Mistake::AmpersandMissing]]);
//! println!("{diagnosis}");
//! # Ok(())
//! # }
//! ```
//!
//! # What it cannot find out
//!
//! If two mistakes produce the same signature for a request, both are reported. A second request with other
//! parameters may show which one it is. RSA signatures cannot be computed from a secret, so for RSA only base
//! strings are compared. If the signature was made with a secret that you did not pass, the result is
//! [`Unknown`](Verdict::Unknown). If the secret that you pass is the wrong one with which the request was signed, the
//! result is [`Correct`](Verdict::Correct): only the provider knows which secret it has.

mod checks;
mod difference;
mod fields;
mod hidden;
mod hypothesis;
mod key;
mod mistake;
mod observed;
mod search;
mod sent;
#[cfg(test)]
mod tests;

use std::fmt;

use self::{
    hidden::Hidden,
    hypothesis::Subject,
    key::{Method, Named},
    search::Search,
    sent::Reading,
};
use crate::error::Error;

pub use self::{
    checks::Check, difference::Difference, key::Secrets, mistake::Mistake, search::NotCompared,
    sent::Sent,
};

/// Diagnoses refused signatures.
///
/// `Debug` shows no secret.
#[derive(Clone, Debug)]
#[must_use]
pub struct Diagnose {
    secrets: Secrets,
    public_origin: Option<String>,
    base_string: Option<String>,
    now: Option<i64>,
    most: usize,
}

impl Diagnose {
    /// Creates a diagnosis with the secrets that the request should have been signed with.
    pub fn new(secrets: Secrets) -> Self {
        Self { secrets, public_origin: None, base_string: None, now: None, most: 2 }
    }

    /// Names the origin that clients call, such as `https://api.example`, if the request was recorded behind a
    /// proxy and its URL has another.
    pub fn public_origin(mut self, origin: impl Into<String>) -> Self {
        self.public_origin = Some(origin.into());
        self
    }

    /// Compares with the base string that the provider says it has made; some send it in the reply.
    pub fn provider_base_string(mut self, text: impl Into<String>) -> Self {
        self.base_string = Some(text.into());
        self
    }

    /// Sets the time when the request was sent, in Unix seconds, to which its timestamp is compared. Without it
    /// the timestamp is only read.
    pub fn at(mut self, unix_seconds: i64) -> Self {
        self.now = Some(unix_seconds);
        self
    }

    /// Also searches for three mistakes at once, which takes some tens of times as long.
    pub fn with_triples(mut self) -> Self {
        self.most = 3;
        self
    }

    /// Searches for the mistakes that give the signature which was sent.
    ///
    /// For a request with ten parameters this takes some ten milliseconds in a release build.
    ///
    /// # Errors
    ///
    /// [`InvalidUrl`](crate::ErrorKind::InvalidUrl) if the URL or the public origin is not absolute;
    /// [`InvalidSetting`](crate::ErrorKind::InvalidSetting) if the request has no `oauth_signature`, or a body of
    /// more than 64 KiB.
    ///
    /// # Security
    ///
    /// The diagnosis shows no secret, token, verifier or signature. It shows names of parameters and, if the provider's
    /// base string is given, where it first differs: the URL without user information and query, or a value. A value
    /// is not shown if its name says that it grants access, or if it is one of the secrets, the token or the verifier
    /// under any name; nor is a part of the path that is one of these.
    pub fn diagnose(&self, request: &Sent<'_>) -> Result<Diagnosis, Error> {
        let reading = Reading::of(request)?;
        let mut checks = checks::failing(&reading, self.now);
        let named = Named::read(reading.get("oauth_signature_method").unwrap_or_default());
        let subject = Subject::new(reading, self.public_origin.as_deref())?;
        let observed = observed::readings(&subject.reading.signature);
        let length = observed.iter().find_map(|one| one.bytes.as_ref().map(Vec::len));
        let method = named.method(length);
        let search = Search {
            subject: &subject,
            secrets: &self.secrets,
            method: method.unwrap_or(Method::Plaintext),
            most: self.most,
        };
        let nothing = |reason| Verdict::Unknown {
            tried: 0,
            most: self.most,
            mistakes: Vec::new(),
            not_compared: Some(reason),
        };
        let verdict = if method.is_some() {
            let found = search.run(&observed);
            match (found.sets.first(), search.not_compared(&observed)) {
                (Some(set), _) if set.is_empty() => Verdict::Correct,
                (Some(_), _) => Verdict::Explained(Finding { sets: found.sets }),
                (None, Some(reason)) => nothing(reason),
                (None, None) => Verdict::Unknown {
                    tried: found.tried,
                    most: self.most,
                    mistakes: search.tried(&observed),
                    not_compared: None,
                },
            }
        } else if named == Named::Rsa || matches!(named, Named::Misspelled(..)) {
            nothing(NotCompared::Method)
        } else {
            nothing(NotCompared::Length)
        };
        let is_correct = verdict == Verdict::Correct;
        checks.extend(checks::beside(&subject.reading, self.secrets.has_token(), is_correct));
        let provider = self.base_string.as_deref().and_then(|theirs| {
            let hidden = Hidden::new(self.secrets.all().chain(subject.reading.granting()));
            let difference = difference::difference(theirs, &subject.base_string(&[]), &hidden)?;
            let sets = search.sets_of(theirs);
            let mistakes = (!sets.is_empty()).then_some(Finding { sets });
            Some(ProviderBaseString { difference, mistakes })
        });
        Ok(Diagnosis { verdict, checks, provider })
    }
}

/// What was found out about a refused signature. `Display` writes it over several lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    verdict: Verdict,
    checks: Vec<Check>,
    provider: Option<ProviderBaseString>,
}

/// What the signature turned out to be.
///
/// # Examples
///
/// ```
/// use tripod::signature::diagnose::{Finding, Verdict};
///
/// fn cures(finding: &Finding) -> Vec<&'static str> {
///     finding.sets().iter().flatten().map(|mistake| mistake.cure()).collect()
/// }
///
/// fn advice(verdict: &Verdict) -> String {
///     match verdict {
///         Verdict::Correct => "The signature is right: look at the secrets, the token and the clock.".to_owned(),
///         Verdict::Explained(finding) => cures(finding).join("; or: "),
///         _ => "Look at the secrets: one of them is probably another one.".to_owned(),
///     }
/// }
///
/// assert!(advice(&Verdict::Correct).contains("the clock"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The signature is right for this request and these secrets. If the provider refuses it all the same, it may have
    /// another secret: a request that was signed with a wrong secret is correct for this secret. Copy both secrets again,
    /// and look at the consumer key and the token, the clock, a nonce that was used twice, and the URL that the provider
    /// sees.
    Correct,
    /// These mistakes give exactly this signature.
    Explained(Finding),
    /// No known mistake, and no two of them, gives it. The usual reason is another secret.
    #[non_exhaustive]
    Unknown {
        /// How many combinations of mistakes were compared with the signature.
        tried: usize,
        /// How many mistakes at once were tried.
        most: usize,
        /// The mistakes that were tried: those that this request and these secrets leave room for.
        mistakes: Vec<Mistake>,
        /// Why nothing was compared, if nothing was.
        not_compared: Option<NotCompared>,
    },
}

/// The smallest sets of mistakes that explain a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    sets: Vec<Vec<Mistake>>,
}

impl Finding {
    /// Sets of one size, each of which gives exactly this signature for this request. If there is more than one, the
    /// request cannot tell which of them was made.
    #[must_use]
    pub fn sets(&self) -> &[Vec<Mistake>] {
        &self.sets
    }
}

/// How the provider's base string differs from what the request should give.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderBaseString {
    /// The first difference.
    pub difference: Difference,
    /// The mistakes with which a signer would make the provider's base string of this request.
    pub mistakes: Option<Finding>,
}

impl Diagnosis {
    /// What the signature turned out to be.
    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// What providers refuse without looking at the signature.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// Returns how the provider's base string differs. None if none was given, or if it is the same.
    #[must_use]
    pub fn provider_base_string(&self) -> Option<&ProviderBaseString> {
        self.provider.as_ref()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, set) in self.sets.iter().enumerate() {
            let before = match (index, self.sets.len()) {
                (0, 1) => "",
                (0, _) => "one of these, which give the same signature for this request:\n- ",
                _ => "\n- ",
            };
            f.write_str(before)?;
            for (index, mistake) in set.iter().enumerate() {
                let before = if index == 0 { "the signer " } else { "\n  and " };
                write!(f, "{before}{mistake}: {}", mistake.cure())?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.verdict {
            Verdict::Correct => f.write_str(
                "the signature is correct for this request and these secrets; if the provider refuses it, the provider may have another secret, so copy both secrets again; look also at the consumer key and the token, the clock, the nonce, and the URL that the provider sees",
            )?,
            Verdict::Explained(finding) => finding.fmt(f)?,
            Verdict::Unknown { not_compared: Some(reason), .. } => {
                write!(f, "no signature was compared: {reason}")?;
            }
            Verdict::Unknown { tried, most, mistakes, .. } => {
                let mut about: Vec<&str> = mistakes.iter().map(|mistake| mistake.about()).collect();
                about.dedup();
                write!(
                    f,
                    "no known mistake gives this signature; it was probably made with another secret, or for another request ({tried} combinations were compared, of up to {most} mistakes, about {})",
                    about.join(", ")
                )?;
            }
        }
        for check in &self.checks {
            write!(f, "\nalso: {check}")?;
        }
        if let Some(provider) = &self.provider {
            write!(f, "\nthe provider's base string: {}", provider.difference)?;
            if let Some(mistakes) = &provider.mistakes {
                write!(f, "\nit is what would be made if {mistakes}")?;
            }
        }
        Ok(())
    }
}
