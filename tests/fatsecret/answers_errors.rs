//! Errors of FatSecret's, replies that are none of its own, and fields that cannot be read.

use crate::all::*;
use http::StatusCode;

use crate::samples::{SERVING, TOAST, food, refuse};

#[test]
fn an_optional_field_that_is_modelled_wrongly_does_not_fail_the_food() {
    let body = format!(r#"{{"food":{}}}"#, food(SERVING))
        .replace(r#"{"food_sub_category":["Bread","Toast"]}"#, r#""Bread""#);
    let answer = GetFood::new(22.into()).decode(StatusCode::OK, body.as_bytes()).unwrap();
    assert_eq!(answer.sub_categories, Vec::<String>::new());
    assert_eq!(answer.name, "Toast");
    let note = &answer.unreadable()[0];
    assert_eq!(note.path(), "food.food_sub_categories");
    assert_eq!(note.found(), Some("\"Bread\""));
}

#[test]
fn a_token_that_cannot_be_read_is_not_repeated() {
    for (body, path) in [
        (r#"{"profile":{"auth_token":["canary"],"auth_secret":"canary"}}"#, "profile.auth_token"),
        (
            r#"{"profile":{"auth_token":"canary","auth_secret":{"a":"canary"}}}"#,
            "profile.auth_secret",
        ),
        (r#"{"profile":{"auth_token":"canary","auth_secret":null}}"#, "profile.auth_secret"),
        (r#"{"profile":{"auth_token":"canary"}}"#, "profile.auth_secret"),
    ] {
        let error = refuse(&CreateProfile::new(), body);
        assert_eq!(error.field().unwrap().path(), path);
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    }
}

#[test]
fn errors_come_with_status_200_and_a_number_or_a_text() {
    for code in ["8", "\"8\""] {
        let body = format!(
            r#"{{"error":{{"code":{code},"message":"Invalid signature: oauth_signature 'abc='"}}}}"#
        );
        let error = refuse(&GetFoodEntries::new(), &body);
        assert_eq!(error.code(), Some(ErrorCode::SignatureInvalid));
        assert_eq!((error.status(), error.retry()), (StatusCode::OK, Retry::Never));
        let ApiErrorKind::Refused { message, .. } = error.kind() else { panic!("{error:?}") };
        assert_eq!(message, "Invalid signature: oauth_signature '***'");
        assert!(!format!("{error} {error:?}").contains("abc"), "{error:?}");
        assert_eq!(ErrorCode::in_body(body.as_bytes()), Some(ErrorCode::SignatureInvalid));
    }
    let error = refuse(&GetProfile::new(), r#"{"error":{"code":999}}"#);
    assert_eq!(error.code(), Some(ErrorCode::Other(999)));
}

#[test]
fn eleven_and_twelve_are_told_apart() {
    let of_code =
        |code: u32| refuse(&GetProfile::new(), &format!(r#"{{"error":{{"code":{code}}}}}"#));
    assert_eq!(of_code(11).retry(), Retry::NextDay);
    assert_eq!(of_code(12).retry(), Retry::Slower);
    assert_eq!(
        of_code(12).to_string(),
        "FatSecret refused: the user performs too many actions (error 12); send nothing for 30 seconds, and then at most 20 calls a minute"
    );
}

#[test]
fn errors_come_as_xml_too() {
    let body = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\" ?>\r\n<error xmlns=\"http://platform.fatsecret.com/api/1.0/\">\
        <code>2</code><message>Missing required oauth parameter: &apos;oauth_nonce&apos; &amp; more</message></error>";
    let error = refuse(&GetProfile::new(), body);
    assert_eq!(error.code(), Some(ErrorCode::OAuthParameterMissing));
    assert_eq!(ErrorCode::in_body(body.as_bytes()), Some(ErrorCode::OAuthParameterMissing));

    let data = "<food_entries xmlns=\"x\"><food_entry/></food_entries>";
    assert_eq!(looks_like(&refuse(&GetFoodEntries::new(), data)), "XML");
}

fn looks_like(error: &ApiError) -> &'static str {
    match error.kind() {
        ApiErrorKind::NotAnAnswer { looks_like, .. } => looks_like,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_no_answer_is_an_error_with_an_excerpt() {
    let token = "0123456789abcdef0123456789abcdef";
    let page = format!("<!DOCTYPE html><html><body><error><code>8</code> {token}</body></html>");
    for (status, body, expected, retry) in [
        (502, page.as_str(), "an HTML page", Retry::IfRepeatable),
        (503, page.as_str(), "an HTML page", Retry::Backoff),
        (429, "", "empty", Retry::Slower),
        (200, " ", "empty", Retry::Never),
        (200, "Service down", "not JSON", Retry::Never),
        (200, r#"{"food_entries":{"food_entry":["#, "JSON that is cut off", Retry::Never),
        (500, r#"{"food_entries":null}"#, "JSON of another kind", Retry::IfRepeatable),
        (401, r#"{"error":"no"}"#, "JSON of another kind", Retry::Never),
        (200, r#"{"error":"no"}"#, "JSON of another kind", Retry::Never),
        (500, "[]", "JSON of another kind", Retry::IfRepeatable),
    ] {
        let status = StatusCode::from_u16(status).unwrap();
        let error = GetFoodEntries::new().decode(status, body.as_bytes()).unwrap_err();
        assert_eq!((looks_like(&error), error.status(), error.retry()), (expected, status, retry));
        assert!(!format!("{error} {error:?}").contains(token));
        assert_eq!(error.code(), None);
    }
    let error = GetFoodEntries::new().decode(StatusCode::OK, b"\xff\xfe{").unwrap_err();
    assert_eq!(looks_like(&error), "not UTF-8");
    // An error of FatSecret's counts whatever the status.
    let refused = br#"{"error":{"code":"20","message":"Busy"}}"#;
    let error = GetFoodEntries::new().decode(StatusCode::SERVICE_UNAVAILABLE, refused).unwrap_err();
    assert_eq!((error.code(), error.retry()), (Some(ErrorCode::Unavailable), Retry::Backoff));
}

#[test]
fn a_required_field_is_named_with_its_place() {
    let odd = TOAST.replace("\"20454\"", "\"2026-01-01\"");
    let named = "the field food_entries.food_entry[1].date_int should be a whole number, and is \
        \"2026-01-01\"";
    let body = format!(r#"{{"food_entries":{{"food_entry":[{TOAST},{odd}]}}}}"#);
    let day = GetFoodEntries::new().decode(StatusCode::OK, body.as_bytes()).unwrap();
    assert_eq!((day.value.len(), day.omitted()), (1, 1));
    assert_eq!(day.unreadable()[0].to_string(), named);

    // Where nothing is left, it is not an empty day.
    let body = format!(r#"{{"food_entries":{{"food_entry":[{odd},{odd}]}}}}"#);
    let error = refuse(&GetFoodEntries::new(), &body);
    let named = named.replace("[1]", "[0]");
    assert_eq!(error.to_string(), format!("the answer cannot be read: {named}"));
    assert_eq!(error.retry(), Retry::Never);
}
