use super::*;

/// 2026-01-01 00:00:00 UTC.
const NEW_YEAR: u64 = 1_767_225_600;

#[track_caller]
fn check(end: TokenEnd, granted_at: u64, ask: &Ask, expected: Option<u64>) {
    let life = TokenLife::new().with_end(end);
    let field = |name: &str| (name == "oauth_expires_in").then_some("120");
    assert_eq!(life.end(granted_at, field, ask), expected);
}

#[test]
fn an_end_is_worked_out_when_the_token_is_granted() {
    let ask = Ask::new();
    check(TokenEnd::After(Duration::from_secs(60)), NEW_YEAR, &ask, Some(NEW_YEAR + 60));
    let field = |name: &'static str, unit| TokenEnd::field(name, unit);
    check(field("oauth_expires_in", TimeUnit::SecondsLeft), NEW_YEAR, &ask, Some(NEW_YEAR + 120));
    check(field("oauth_expires_in", TimeUnit::UnixSeconds), NEW_YEAR, &ask, Some(120));
    check(field("oauth_expires_in", TimeUnit::UnixMilliseconds), NEW_YEAR, &ask, Some(0));
    check(field("edam_expires", TimeUnit::UnixMilliseconds), NEW_YEAR, &ask, None);
    check(TokenEnd::After(Duration::MAX), NEW_YEAR, &ask, None);
}

#[test]
fn a_revocations_url_is_filled_in_and_never_grows() {
    let url = |template: &str, token: &str, secret: &str| {
        let url = Revocation::unsigned(Call::delete(template)).url(token, secret);
        assert!(url.len() <= template.len() + 2 * token.len().max(secret.len()));
        url.to_string()
    };
    let long = "x".repeat(100);
    let both = "https://p.example/{token}/{secret}?a={x}";
    assert_eq!(url(both, "t", &long), format!("https://p.example/t/{long}?a={{x}}"));
    assert_eq!(
        url("https://p.example/{token}{token}", "{secret}", "s"),
        "https://p.example/{secret}{secret}"
    );
    assert_eq!(url("https://p.example/{", "t", "s"), "https://p.example/{");
    assert_eq!(url("https://p.example/", "t", "s"), "https://p.example/");
}

// E*TRADE's midnight in New York is 05:00 UTC in winter and 04:00 UTC in summer.
#[test]
fn a_daily_end_is_the_next_one() {
    let ask = Ask::new();
    // In the hour in between the token may end today or tomorrow.
    let midnight = TokenEnd::daily(4 * HOUR, 5 * HOUR);
    for (hour, end) in [(0, 4), (3, 4), (4, 5), (5, 28), (23, 28)] {
        let granted_at = NEW_YEAR + hour * 3600;
        check(midnight.clone(), granted_at, &ask, Some(NEW_YEAR + end * 3600));
    }
    check(midnight, NEW_YEAR + 5 * 3600 - 1, &ask, Some(NEW_YEAR + 5 * 3600));
    let without_summer = TokenEnd::daily(4 * HOUR, 4 * HOUR);
    for (hour, end) in [(3, 4), (4, 28), (5, 28)] {
        let granted_at = NEW_YEAR + hour * 3600;
        check(without_summer.clone(), granted_at, &ask, Some(NEW_YEAR + end * 3600));
    }
}

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn an_end_that_was_asked_for_is_known_by_its_word() {
    // As a program has them that reads a provider's description from a file.
    let values = [("1hour".to_owned(), Some(HOUR)), ("never".to_owned(), None)];
    let asked = TokenEnd::asked("expiration".to_owned(), values, Some(Duration::from_secs(30)));
    let with = |value| Ask::new().with_page_parameter("expiration", value);
    check(asked.clone(), NEW_YEAR, &with("1hour"), Some(NEW_YEAR + 3600));
    check(asked.clone(), NEW_YEAR, &with("never"), None);
    check(asked.clone(), NEW_YEAR, &with("1week"), None);
    check(asked, NEW_YEAR, &Ask::new(), Some(NEW_YEAR + 30));
}
