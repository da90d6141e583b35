//! Where the user may be sent back to: RFC 5849 section 2.1, and what a provider adds to it.

use crate::{config::Config, dialect::CallbackRule, problem::Problem};

/// Longest callback that is accepted.
const CALLBACK: usize = 2048;

/// Checks the callback of a request-token call, and gives the URL to go back to; `None` is out of band.
pub(crate) fn check_callback(
    config: &Config,
    given: Option<&str>,
) -> Result<Option<String>, Problem> {
    let dialect = config.dialect;
    let registered = &config.registered_callback;
    let given = match given.filter(|callback| !callback.is_empty()) {
        // Then the registration says where to go, if it does.
        None if dialect.callback_may_be_missing => return Ok(registered.clone()),
        None => return Err(Problem::Missing("oauth_callback")),
        Some(given) => given,
    };
    if given == "oob" {
        return match dialect.callback {
            CallbackRule::OutOfBandOnly | CallbackRule::Prefix => Ok(registered.clone()),
            _ if dialect.out_of_band && config.out_of_band => Ok(None),
            _ => Err(Problem::OutOfBand),
        };
    }
    if !is_absolute(given) {
        return Err(Problem::Callback);
    }
    if is_accepted(dialect.callback, registered.as_deref(), given) {
        Ok(Some(given.to_owned()))
    } else {
        Err(Problem::OtherCallback)
    }
}

/// Returns whether a provider accepts an absolute URL. With nothing registered it is as if this one were.
fn is_accepted(rule: CallbackRule, registered: Option<&str>, given: &str) -> bool {
    let fits = |fits: fn(&str, &str) -> bool| registered.is_none_or(|known| fits(known, given));
    match rule {
        CallbackRule::Any => true,
        CallbackRule::Exact => fits(|known, given| known == given),
        CallbackRule::ExactButLocalPort => fits(|known, given| {
            let is_local = |url: &str| url.starts_with("http://localhost");
            known == given
                || is_local(known) && is_local(given) && without_port(known) == without_port(given)
        }),
        CallbackRule::Origin => fits(|known, given| origin(known) == origin(given)),
        CallbackRule::Prefix => fits(|known, given| {
            let plain = |url: &str| url.replacen("https://", "http://", 1);
            let (known, given) = (plain(known), plain(given));
            if origin(&known).ends_with(":1") {
                without_port(&given).starts_with(&without_port(&known))
            } else {
                given.starts_with(&known)
            }
        }),
        CallbackRule::OutOfBandOnly => false,
        CallbackRule::LowerCaseScheme => {
            let scheme = given.split(':').next().unwrap_or_default();
            !scheme.contains(|letter: char| letter.is_ascii_uppercase())
        }
    }
}

/// Scheme, host and port.
fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find(['/', '?']).map_or(url.len(), |at| start + at);
    &url[..end]
}

/// The URL without its port, if that is a number or `*`.
fn without_port(url: &str) -> String {
    let origin = origin(url);
    match origin.rsplit_once(':') {
        Some((host, port)) if port == "*" || port.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{host}{}", &url[origin.len()..])
        }
        _ => url.to_owned(),
    }
}

/// Returns whether it is an absolute URI (RFC 3986 section 4.3, so without fragment) that a browser may open.
pub(crate) fn is_absolute(callback: &str) -> bool {
    let Some((scheme, rest)) = callback.split_once(':') else { return false };
    let scheme_ok = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    // A browser would run or open these in the provider's page.
    let dangerous = ["javascript", "data", "vbscript", "file", "about", "blob"]
        .iter()
        .any(|bad| scheme.eq_ignore_ascii_case(bad));
    let web = ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    let authority = rest
        .strip_prefix("//")
        .is_some_and(|authority| !authority.is_empty() && !authority.starts_with(['/', '?']));
    let characters =
        rest.bytes().all(|byte| byte.is_ascii_graphic() && !b"#\"<>\\^`{|}".contains(&byte));
    scheme_ok
        && !dangerous
        && (authority || !web && !rest.is_empty())
        && characters
        && callback.len() <= CALLBACK
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialect::{Dialect, USUAL};

    #[test]
    fn callbacks_are_absolute_uris_or_out_of_band() {
        let config = Config::default();
        for good in [
            "oob",
            "http://127.0.0.1:8080/cb",
            "https://app.example/cb?user=7&a=%20",
            "myapp://done",
            "com.example.app:/oauth",
        ] {
            let back = (good != "oob").then(|| good.to_owned());
            assert_eq!(check_callback(&config, Some(good)), Ok(back), "{good}");
        }
        for bad in [
            "/cb",
            "app.example/cb",
            "OOB",
            "http:cb",
            "http:///cb",
            "https://app.example/cb#part",
            "https://app.example/a b",
            "https://app.example/\u{e9}",
            "javascript:alert(1)",
            "Data:text/html,x",
            "1http://app.example",
            "myapp:",
        ] {
            let problem = check_callback(&config, Some(bad)).unwrap_err();
            assert_eq!(problem, Problem::Callback, "{bad}");
        }
        let long = format!("https://app.example/{}", "a".repeat(CALLBACK));
        assert!(check_callback(&config, Some(&long)).is_err());
    }

    #[test]
    fn a_registered_callback_counts_as_the_provider_has_it() {
        let check = |rule, registered: &str, good: &[&str], bad: &[&str]| {
            for callback in good {
                assert!(is_accepted(rule, Some(registered), callback), "{rule:?} {callback}");
            }
            for callback in bad {
                assert!(!is_accepted(rule, Some(registered), callback), "{rule:?} {callback}");
            }
        };
        let there = "https://app.example/cb";
        let local = "http://localhost:1/cb";
        check(CallbackRule::Any, there, &["myapp:x"], &[]);
        check(
            CallbackRule::Exact,
            there,
            &[there],
            &["https://app.example/cb?x", "https://app.example/"],
        );
        check(
            CallbackRule::ExactButLocalPort,
            "http://localhost:*/cb",
            &["http://localhost/cb", "http://localhost:8123/cb"],
            &[
                "http://localhost:8123/other",
                "http://localhost:x/cb",
                "http://localhost.example/cb",
            ],
        );
        check(CallbackRule::ExactButLocalPort, there, &[there], &["https://app.example:1/cb"]);
        check(
            CallbackRule::Origin,
            there,
            &["https://app.example/any?x"],
            &["http://app.example/cb", "https://app.example.evil.example/"],
        );
        check(
            CallbackRule::Prefix,
            local,
            &["http://localhost:1/cb", "http://localhost:8123/cb?x", "https://localhost:8123/cb"],
            &["http://localhost:8123/other", "http://127.0.0.1:8123/cb"],
        );
        check(
            CallbackRule::Prefix,
            there,
            &["https://app.example/cb/x"],
            &["https://app.example:2/cb"],
        );
        check(CallbackRule::OutOfBandOnly, there, &[], &[there]);
        check(CallbackRule::LowerCaseScheme, there, &["myapp:x"], &["MyApp:x"]);
    }

    static EXACTLY: Dialect =
        Dialect { callback: CallbackRule::OutOfBandOnly, callback_may_be_missing: true, ..USUAL };

    #[test]
    fn out_of_band_may_lead_to_the_registered_callback() {
        let there = Some("https://app.example/cb".to_owned());
        let mut config = Config { registered_callback: there, ..Config::default() };
        assert_eq!(check_callback(&config, Some("oob")), Ok(None));
        assert_eq!(check_callback(&config, None), Err(Problem::Missing("oauth_callback")));
        config.out_of_band = false;
        assert_eq!(check_callback(&config, Some("oob")), Err(Problem::OutOfBand));
        config.dialect = &EXACTLY;
        for given in [Some("oob"), None] {
            assert_eq!(check_callback(&config, given), Ok(config.registered_callback.clone()));
        }
        assert_eq!(check_callback(&config, Some("http://a/")), Err(Problem::OtherCallback));
    }
}
