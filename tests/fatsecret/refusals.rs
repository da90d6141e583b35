//! FatSecret's error codes, as a caller meets them: the one retry, the kind, the advice.

use bytes::Bytes;
use http::{Response, StatusCode, header};
use tripod::{Error, Stage};

use crate::all::*;

use crate::kind::Kind;
use crate::{
    cases::DAY,
    naive::encode,
    support::{DONE, HOST, NOW, SECRET, Script, TOKEN, Wire, read, said, silent, user, whole},
};

const NONE: &str = r#"{"food_entries":null}"#;

fn refusal(code: u32) -> String {
    format!(r#"{{"error":{{"code":{code},"message":"Said by FatSecret"}}}}"#)
}

/// Code 6 with FatSecret's time, two hours later than the client's.
fn too_old() -> Response<Bytes> {
    let reply = Response::builder().header(header::DATE, "Thu, 01 Jan 2026 02:00:00 GMT");
    reply.body(refusal(6).into()).unwrap()
}

/// Signed right, by a user, each with a nonce of its own.
#[track_caller]
fn timestamps(script: &Script) -> Vec<String> {
    let sent: Vec<_> = script.sent().iter().map(|request| read(request, Some(TOKEN))).collect();
    for (at, one) in sent.iter().enumerate() {
        assert!(sent[..at].iter().all(|other| other.nonce != one.nonce), "{sent:?}");
    }
    sent.into_iter().map(|sent| sent.timestamp).collect()
}

fn api(error: &Error) -> &ApiError {
    ApiError::of(error).unwrap()
}

#[tokio::test]
async fn a_refused_timestamp_is_put_right_once() {
    let Wire { api: fatsecret, script, .. } = user();
    script.reply(too_old()).answer(200, NONE);
    assert!(fatsecret.food_entries(DAY).await.unwrap().is_empty());
    assert_eq!(timestamps(&script), [NOW, "1767232800"]);
    // The next call begins with the time that was learnt.
    script.answer(200, DONE);
    fatsecret.delete_food_entry(11.into()).await.unwrap();
    assert_eq!(timestamps(&script), ["1767232800"]);

    let Wire { api: fatsecret, script, .. } = user();
    script.reply(too_old()).reply(too_old());
    let error = fatsecret.food_entries(DAY).await.unwrap_err();
    assert_eq!(timestamps(&script), [NOW, "1767232800"]);
    assert_eq!(*error.kind(), Kind::timestamp_refused(StatusCode::OK));
    assert_eq!((error.stage(), error.is_retryable()), (Stage::Resource, false));
    assert_eq!(api(&error).code(), Some(ErrorCode::TimestampInvalid));
    assert_eq!(api(&error).retry(), Retry::SignAgain);

    // Without a `Date` there is nothing to learn, and nothing to try again with.
    let Wire { api: fatsecret, script, .. } = user();
    script.answer(200, refusal(6));
    let error = fatsecret.food_entries(DAY).await.unwrap_err();
    assert_eq!(timestamps(&script), [NOW]);
    assert_eq!(*error.kind(), Kind::timestamp_refused(StatusCode::OK));
}

#[tokio::test]
async fn a_refused_nonce_is_drawn_anew_once() {
    let xml = "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\r\n<error xmlns=\"http://x.example/\">\
        <code>7</code><message>Invalid/used nonce</message></error>";
    let marked = format!("\u{feff}{xml}");
    for refused in [refusal(7), refusal(7).replace('7', "\"7\""), xml.to_owned(), marked] {
        let Wire { api: fatsecret, script, .. } = user();
        script.answer(200, refused.clone()).answer(200, NONE);
        assert!(fatsecret.food_entries(DAY).await.unwrap().is_empty());
        assert_eq!(timestamps(&script).len(), 2);

        // A write was refused before it was done, so it is sent again too, and not a third time.
        script.answer(200, refused.clone()).answer(200, refused.clone());
        let entry = CreateFoodEntry::new(22.into(), "Toast", 33.into(), 1.into(), Meal::Lunch);
        let error = fatsecret.create_food_entry(&entry).await.unwrap_err();
        assert_eq!(timestamps(&script).len(), 2);
        assert_eq!((error.problem(), error.is_retryable()), (Some("7"), false));
        assert_eq!(api(&error).code(), Some(ErrorCode::NonceInvalid));
        assert_eq!(api(&error).retry(), Retry::SignAgain);
    }
}

#[tokio::test]
async fn an_invalid_signature_comes_with_its_steps() {
    for newer in [false, true] {
        let wire = user();
        let fatsecret = if newer { wire.api.with_url_style() } else { wire.api };
        let body = r#"{"error":{"code":8,"message":"Invalid signature: oauth_signature 'access/token+1'"}}"#;
        wire.script.answer(200, body);
        let error = fatsecret.food_entries(DAY).await.unwrap_err();
        assert_eq!(timestamps(&wire.script), [NOW]);
        let kind = Kind::rejected(StatusCode::OK, Some("8"));
        assert_eq!(*error.kind(), kind);
        let explanation = api(&error).explanation().unwrap();
        let base = explanation.base_string().unwrap();
        let path = if newer { "food-entries%2Fv2" } else { "server.api" };
        let start =
            format!("GET&https%3A%2F%2Fplatform.fatsecret.com%2Frest%2F{path}&date%3D20454%26");
        assert!(base.starts_with(&start), "{base}");
        assert_eq!(base.contains("method%3Dfood_entries.get.v2"), !newer, "{base}");
        assert!(base.contains("oauth_token%3D"), "{base}");
        silent(&format!("{explanation}\n{explanation:?}\n{}", said(&error)));
    }

    // Only an invalid signature is explained.
    let wire = user();
    wire.script.answer(200, refusal(9));
    let error = wire.api.food_entries(DAY).await.unwrap_err();
    assert!(api(&error).explanation().is_none());
}

/// Each code has its number as the problem, and its advice in the text.
#[tokio::test]
async fn each_code_says_what_to_do() {
    let wire = user();
    let unknown = ErrorCode::Other(4711);
    for code in ErrorCode::ALL.iter().copied().chain([unknown]) {
        let number = code.number();
        if matches!(number, 6 | 7) {
            continue; // sent twice: see above
        }
        // Some arrive with another status; it changes nothing.
        for status in [200, 400, 503] {
            wire.script.answer(status, refusal(number));
            let error = wire.api.food_entries(DAY).await.unwrap_err();
            assert_eq!(timestamps(&wire.script).len(), 1, "{code}");
            let status = StatusCode::from_u16(status).unwrap();
            let problem = Some(number.to_string());
            assert_eq!(*error.kind(), Kind::rejected(status, problem.as_deref()));
            assert_eq!((api(&error).code(), api(&error).status()), (Some(code), status));
            // 11, the day's limit, passes by no wait that a program should make.
            assert_eq!(error.is_retryable(), matches!(number, 1 | 12 | 20 | 24), "{code}");
            let text = whole(&error);
            for part in [code.meaning(), code.advice(), "Said by FatSecret", "food_entries.get.v2"]
            {
                assert!(text.contains(part), "{text}");
            }
            silent(&said(&error));
        }
    }
}

// A program that calls a method by its URL has the same class as one that calls it by its type.
#[tokio::test]
async fn each_code_is_the_same_persons_matter_in_a_plain_reply() {
    for code in ErrorCode::ALL {
        let Wire { api: fatsecret, script, .. } = user();
        // Refused twice where the first is signed again.
        script.answer(200, refusal(code.number())).answer(200, refusal(code.number()));
        let url = format!("{HOST}/rest/server.api?method=profile.get&format=json");
        let reply = fatsecret.session().get(url).send().await.unwrap();
        let error = reply.error_for_status().unwrap_err();
        assert_eq!(error.class(), code.class(), "{code:?}");
    }
}

#[tokio::test]
async fn a_refusal_reads_well() {
    let wire = user();
    let server = "https://platform.fatsecret.com/rest/server.api";
    wire.script.answer(200, refusal(204));
    let error = wire.api.commit_exercise_day(DAY).await.unwrap_err();
    assert_eq!(
        whole(&error),
        format!(
            "resource: the provider refused with HTTP 200 and the problem \"204\" [{server}]; \
             the method was exercise_entries.commit_day: FatSecret refused: the day has no activity to commit or to make a template of (error 204), \
             in its words \"Said by FatSecret\"; choose another day"
        )
    );
    assert_eq!(error.endpoint(), Some(server));

    // The URL that was called, in either style.
    wire.script.answer(200, refusal(204));
    let newer = wire.api.clone().with_url_style();
    let error = newer.commit_exercise_day(DAY).await.unwrap_err();
    let path = "https://platform.fatsecret.com/rest/exercise-entries/day/v1";
    assert_eq!(error.endpoint(), Some(path));
    wire.script.answer(200, refusal(204));
    let error = newer.save_exercise_template(Weekdays::ALL, DAY).await.unwrap_err();
    assert_eq!(error.endpoint(), Some(server));
}

/// What may have been done is sent again only if that changes nothing.
#[tokio::test]
async fn a_timeout_at_fatsecret_is_retryable_where_twice_is_as_once() {
    let Wire { api: fatsecret, script, .. } = user();
    let retryable = async |call: &str, again: bool| {
        script.answer(200, refusal(24));
        let toast = CreateFoodEntry::new(22.into(), "Toast", 33.into(), 1.into(), Meal::Lunch);
        let error = match call {
            "read" => fatsecret.food_entries(DAY).await.map(drop),
            "create" => fatsecret.create_food_entry(&toast).await.map(drop),
            "edit" => fatsecret.edit_food_entry(&EditFoodEntry::new(11.into())).await,
            "delete" => fatsecret.delete_food_entry(11.into()).await,
            "copy" => fatsecret.copy_food_entries(DAY, DAY, None).await.map(drop),
            _ => fatsecret.analyze_text("tea").await.map(drop),
        };
        let error = error.unwrap_err();
        assert_eq!(api(&error).retry(), Retry::IfRepeatable);
        assert_eq!(error.is_retryable(), again, "{call}");
    };
    for call in ["read", "edit", "delete", "analyze"] {
        retryable(call, true).await;
    }
    for call in ["create", "copy"] {
        retryable(call, false).await;
    }
}

/// What FatSecret repeats of what the session knows is masked, though it looks like no key.
#[tokio::test]
async fn what_the_session_knows_is_not_quoted() {
    let Wire { api: fatsecret, script, .. } = user();
    let known = format!("{} {} {} {}", SECRET, encode(SECRET), TOKEN.0, encode(TOKEN.1));
    for body in [
        format!("{{\"error\":{{\"code\":2,\"message\":\"Unknown: {known}\"}}}}"),
        format!("Unknown: {known}"),
        format!("{{\"food_entries\":{{\"food_entry\":{{\"food_entry_id\":\"{SECRET}\"}}}}}}"),
    ] {
        script.answer(200, body);
        silent(&said(&fatsecret.food_entries(DAY).await.unwrap_err()));
    }
    script.answer(200, "Unknown: word");
    let error = whole(&fatsecret.food_entries(DAY).await.unwrap_err());
    assert!(error.starts_with("resource: the reply cannot be read: not JSON ["), "{error}");
    assert!(error.contains("it began: \"Unknown: word\": expected value"), "{error}");
}
