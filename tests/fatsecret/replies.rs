//! Replies that are no answer of FatSecret's, as a caller meets them; and fields that cannot be read.

use bytes::Bytes;
use http::{Response, StatusCode, header};
use tripod::{Error, ErrorKind, transport::TransportError};

use crate::all::*;
use crate::cases::all;

use crate::kind::Kind;
use crate::{
    cases::DAY,
    samples::TOAST,
    support::{Wire, said, silent, user, whole},
};

const URL: &str = "https://platform.fatsecret.com/rest/server.api";

fn toast() -> CreateFoodEntry {
    CreateFoodEntry::new(22.into(), "Toast", 33.into(), 1.into(), Meal::Lunch)
}

/// A reading call's error and a writing one's, with the same reply.
async fn both(status: u16, body: impl Into<Bytes>) -> [Error; 2] {
    let (wire, body) = (user(), body.into());
    wire.script.answer(status, body.clone()).answer(status, body);
    let read = wire.api.food_entries(DAY).await.unwrap_err();
    let write = wire.api.create_food_entry(&toast()).await.unwrap_err();
    assert_eq!(wire.script.sent().len(), 2);
    for error in [&read, &write] {
        assert_eq!(error.endpoint(), Some(URL));
        silent(&said(error));
    }
    assert_eq!(read.kind(), write.kind());
    [read, write]
}

#[tokio::test]
async fn a_gateways_page_is_told_from_a_refusal() {
    // A token as FatSecret makes them.
    let token = "0123456789abcdef0123456789abcdef";
    let page = format!("<!DOCTYPE html><html><body>Bad gateway {token}</body></html>");
    // Whether a read is worth another try, and whether a write is: it may have been done, except
    // where the gateway says that it is not there, or that there were too many.
    for (status, read_again, write_again) in [
        (502, true, false),
        (504, true, false),
        (500, true, false),
        (503, true, true),
        (429, true, true),
        (401, false, false),
        (404, false, false),
    ] {
        for body in [page.as_str(), "", "upstream is away", r#"{"message":"away"}"#] {
            let [read, write] = both(status, body.to_owned()).await;
            let code = StatusCode::from_u16(status).unwrap();
            assert_eq!(*read.kind(), Kind::rejected(code, None));
            assert_eq!(read.is_retryable(), read_again, "{status}");
            assert_eq!(write.is_retryable(), write_again, "{status}");
            assert_eq!(ApiError::of(&read).unwrap().code(), None);
            assert!(!said(&read).contains(token), "{}", said(&read));
        }
    }
    let [error, _] = both(502, "<html>Bad gateway</html>").await;
    assert_eq!(
        whole(&error),
        format!(
            "resource: the provider refused with HTTP 502 [{URL}]; the method was food_entries.get.v2: the reply \
             (HTTP 502) is an HTML page and no answer of FatSecret's; it began: \
             \"Bad gateway\""
        )
    );
}

#[tokio::test]
async fn what_looks_like_success_and_is_no_answer() {
    for (body, looks_like) in [
        ("<html>Log in</html>", "an HTML page"),
        ("<food_entries><food_entry/></food_entries>", "XML"),
        ("", "empty"),
        (" \r\n", "empty"),
        ("OK", "not JSON"),
        (r#"{"food_entries":{"food_entry":["#, "JSON that is cut off"),
        (r#"{"error":"no"}"#, "JSON of another kind"),
    ] {
        let [read, write] = both(200, body).await;
        assert_eq!(*read.kind(), Kind::malformed(looks_like));
        assert!(!read.is_retryable() && !write.is_retryable());
    }
    let [read, _] = both(200, &b"\xff\xfe{"[..]).await;
    assert_eq!(*read.kind(), Kind::malformed("not UTF-8"));
}

/// "The day has no entries" would be a dangerous misunderstanding.
#[test]
fn an_object_that_is_not_the_methods_own_is_never_an_empty_answer() {
    for case in all() {
        let error = case.foreign.expect_err(case.method);
        let ApiErrorKind::Field(field) = error.kind() else { panic!("{}: {error}", case.method) };
        assert_eq!(field.found(), None, "{}: {error}", case.method);
    }
}

/// An error of FatSecret's counts also as XML, with any status.
#[tokio::test]
async fn an_error_in_xml() {
    let xml = "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\r\n<error xmlns=\"http://x.example/\">\
        <code>20</code><message>Busy &amp; away</message></error>";
    for status in [200, 500] {
        let [read, write] = both(status, xml).await;
        assert_eq!(read.problem(), Some("20"));
        // FatSecret may have carried the write out before it became unavailable.
        assert!(read.is_retryable() && !write.is_retryable() && write.may_have_happened());
        assert!(whole(&read).contains("in its words \"Busy & away\""), "{read}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let Wire { api, script, .. } = user();
        let reply = Response::builder()
            .status(status)
            .header(header::LOCATION, "https://elsewhere.example/")
            .body(Bytes::from_static(b"{\"food_entries\":null}"))
            .unwrap();
        script.reply(reply);
        let error = api.food_entries(DAY).await.unwrap_err();
        assert_eq!(script.sent().len(), 1);
        let status = StatusCode::from_u16(status).unwrap();
        assert_eq!(*error.kind(), Kind::redirected(status));
        assert_eq!((error.endpoint(), error.is_retryable()), (Some(URL), false));
    }
    // Not modified since when? Nothing was kept.
    let [read, write] = both(304, "").await;
    assert!(!read.is_retryable() && !write.is_retryable());
}

/// A failure of the network is worth another try, unless the write may have been done.
#[tokio::test]
async fn no_reply_at_all() {
    for (failure, kind, read_again, write_again) in [
        (0, Kind::from(ErrorKind::Connect), true, true),
        (1, Kind::from(ErrorKind::Timeout), true, false),
        (2, Kind::from(ErrorKind::Interrupted), true, false),
        (3, Kind::too_large(7), false, false),
    ] {
        let fail = || match failure {
            0 => TransportError::connect("refused"),
            1 => TransportError::timeout(),
            2 => TransportError::interrupted("reset"),
            _ => TransportError::too_large(7),
        };
        let Wire { api, script, .. } = user();
        script.fail(fail()).fail(fail()).fail(fail());
        let read = api.food_entries(DAY).await.unwrap_err();
        let write = api.create_food_entry(&toast()).await.unwrap_err();
        let delete = api.delete_food_entry(11.into()).await.unwrap_err();
        for error in [&read, &write, &delete] {
            assert_eq!(*error.kind(), kind);
        }
        assert_eq!(read.is_retryable(), read_again, "{kind:?}");
        assert_eq!(write.is_retryable(), write_again, "{kind:?}");
        assert_eq!(delete.is_retryable(), read_again, "{kind:?}");
        assert!(ApiError::of(&read).is_none());
        silent(&said(&write));
    }
}

#[tokio::test]
async fn an_optional_field_that_cannot_be_read_is_listed() {
    let Wire { api, script, .. } = user();
    let odd = TOAST.replacen('{', r#"{"sodium":"salty","iron":[1],"#, 1);
    script.answer(200, format!(r#"{{"food_entries":{{"food_entry":[{TOAST},{odd}]}}}}"#));
    let day = api.food_entries(DAY).await.unwrap();
    assert_eq!(day.len(), 2);
    assert_eq!(day[0].nutrition, day[1].nutrition);
    let mut unreadable: Vec<&str> = day.unreadable().iter().map(FieldError::path).collect();
    unreadable.sort_unstable();
    assert_eq!(
        unreadable,
        ["food_entries.food_entry[1].iron", "food_entries.food_entry[1].sodium"]
    );
}

#[tokio::test]
async fn a_required_field_that_cannot_be_read_is_named() {
    let Wire { api, script, .. } = user();
    let odd = TOAST.replace("\"20454\"", "\"2026-01-01\"");
    script.answer(200, format!(r#"{{"food_entries":{{"food_entry":{odd}}}}}"#));
    let error = api.food_entries(DAY).await.unwrap_err();
    let reason = "a required field is missing or odd";
    assert_eq!(*error.kind(), Kind::malformed(reason));
    assert!(!error.is_retryable());
    let path = "food_entries.food_entry[0].date_int";
    assert_eq!(ApiError::of(&error).unwrap().field().unwrap().path(), path);
    let text = whole(&error);
    assert!(text.contains(path) && text.contains("\"2026-01-01\""), "{text}");
}
