//! Faults by their names on the command line.

use tripod_sandbox::{Denial, Endpoint, Fault};

const PLAIN: &[(&str, Fault)] = &[
    ("no-answer", Fault::NoAnswer),
    ("slow-body", Fault::SlowBody),
    ("cut-off", Fault::CutOff),
    ("hang-up", Fault::HangUp),
    ("lost-reply", Fault::LostReply),
    ("huge", Fault::Huge),
    ("gzip-bomb", Fault::GzipBomb),
    ("garbage-bytes", Fault::GarbageBytes),
    ("html-page", Fault::HtmlPage),
    ("json-reply", Fault::JsonReply),
    ("server-error", Fault::ServerError),
    ("redirect", Fault::Redirect),
    ("timestamp-refused", Fault::TimestampRefused),
    ("nonce-refused", Fault::NonceRefused),
    ("no-confirmation", Fault::NoConfirmation),
    ("confirmation-false", Fault::ConfirmationFalse),
    ("confirmation-capitalised", Fault::ConfirmationCapitalised),
    ("repeated-field", Fault::RepeatedField),
    ("no-secret", Fault::NoSecret),
    ("empty-token", Fault::EmptyToken),
    ("odd-reply", Fault::OddReply),
    ("other-token", Fault::OtherToken),
    ("no-token", Fault::NoToken),
    ("empty-verifier", Fault::EmptyVerifier),
    ("denied-token", Fault::Denied(Denial::DeniedToken)),
    ("denied-user-refused", Fault::Denied(Denial::UserRefused)),
    ("denied-no-verifier", Fault::Denied(Denial::NoVerifier)),
    ("denied-access-denied", Fault::Denied(Denial::AccessDenied)),
    ("denied-access-denied-with-token", Fault::Denied(Denial::AccessDeniedWithToken)),
    ("denied-empty-verifier", Fault::Denied(Denial::EmptyVerifier)),
    ("denied-verifier-says-denied", Fault::Denied(Denial::VerifierSaysDenied)),
    ("denied-nothing", Fault::Denied(Denial::Nothing)),
    ("denied-no-callback", Fault::Denied(Denial::NoCallback)),
];

const ENDPOINTS: &[(&str, Endpoint)] = &[
    ("request-token", Endpoint::RequestToken),
    ("authorize", Endpoint::Authorize),
    ("access-token", Endpoint::AccessToken),
    ("renewal", Endpoint::Renewal),
    ("revocation", Endpoint::Revocation),
    ("data", Endpoint::Data),
];

/// Reads the form of a denial.
pub(crate) fn parse_denial(text: &str) -> Result<Denial, String> {
    let name = format!("denied-{text}");
    match PLAIN.iter().find(|(known, _)| *known == name) {
        Some((_, Fault::Denied(denial))) => Ok(*denial),
        _ => Err("no denial has that form; --help lists them as faults".to_owned()),
    }
}

/// Reads a fault, and the endpoint that it is for if it is for one.
pub(crate) fn parse(text: &str) -> Result<(Option<Endpoint>, Fault), String> {
    let (text, endpoint) = match text.split_once('@') {
        Some((fault, endpoint)) => {
            let known = ENDPOINTS.iter().find(|(name, _)| *name == endpoint);
            let known = known.ok_or("the endpoint is one of: ".to_owned() + &names(ENDPOINTS))?;
            (fault, Some(known.1))
        }
        None => (text, None),
    };
    let Some((name, number)) = text.split_once(':') else {
        let known = PLAIN.iter().find(|(name, _)| *name == text);
        let known = known.ok_or("no fault has that name; --help lists them")?;
        return Ok((endpoint, known.1));
    };
    let number: i64 = number.parse().map_err(|_| format!("{name} takes a whole number"))?;
    let out_of_range = || format!("{number} is out of range for {name}");
    let fault = match name {
        "status" => u16::try_from(number)
            .ok()
            .filter(|status| (200..=599).contains(status))
            .map(Fault::Status),
        "api-error" => u32::try_from(number).ok().map(Fault::ApiError),
        "clock-jump" => Some(Fault::ClockJump(number)),
        _ => return Err("only status, api-error and clock-jump take a number".to_owned()),
    };
    Ok((endpoint, fault.ok_or_else(out_of_range)?))
}

pub(crate) fn help() -> String {
    format!(
        "Make the next request go wrong: NAME, NAME:NUMBER, or either with @ENDPOINT. It can be \
         given several times; each request takes the first fault that concerns it.\n\n\
         Names: {}.\nNames with a number: status, api-error, clock-jump.\nEndpoints: {}.",
        names(PLAIN),
        names(ENDPOINTS)
    )
}

fn names<T>(table: &[(&str, T)]) -> String {
    let names: Vec<&str> = table.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_have_names_numbers_and_places() {
        assert_eq!(parse("cut-off"), Ok((None, Fault::CutOff)));
        assert_eq!(parse("status:503@data"), Ok((Some(Endpoint::Data), Fault::Status(503))));
        assert_eq!(parse("clock-jump:-3600"), Ok((None, Fault::ClockJump(-3600))));
        assert_eq!(parse("api-error:11"), Ok((None, Fault::ApiError(11))));
        for bad in ["", "cutoff", "status", "status:7", "status:x", "huge:1", "huge@there"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
