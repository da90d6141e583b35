//! FatSecret's error codes, as a caller meets them: the one retry, the kind, the advice.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, StatusCode, header};
use tripod::{
    AccessToken, Dialect, Error, ErrorClass, Meaning, Place, Provider, Stage, SuccessRefusal,
};

use crate::all::*;

use crate::kind::Kind;
use crate::{
    cases::DAY,
    naive::encode,
    support::{
        DONE, HOST, NOW, SECRET, Script, TOKEN, Wire, client_of, key, read, said, silent, user,
        whole,
    },
};

const URL: &str = "https://platform.fatsecret.com/rest/server.api";

fn at(provider: Provider) -> (FatSecret<tripod::Session>, Script) {
    let script = Script::default();
    let session = client_of(provider, &script).session(AccessToken::new(TOKEN.0, TOKEN.1).unwrap());
    (FatSecret::new(session), script)
}

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

/// What the provider's dialect says holds for the typed calls as for the others.
#[tokio::test]
async fn the_dialect_says_what_a_code_means() {
    let provider = Provider::fatsecret();
    let dialect = provider.dialect().clone().with(Place::Code, "22", Meaning::RateLimited);
    let (typed, script) = at(provider.with_dialect(dialect));
    script.answer(200, refusal(22)).answer(200, refusal(22));
    let error = typed.food_entries(DAY).await.unwrap_err();
    let raw = typed.session().get(URL).send().await.unwrap().error_for_status().unwrap_err();
    for error in [error, raw] {
        assert_eq!(
            (error.class(), error.meaning()),
            (ErrorClass::RetryLater, Some(Meaning::RateLimited))
        );
        assert_eq!((error.problem(), error.is_retryable()), (Some("22"), true));
        assert!(!error.may_have_happened());
    }

    // A used nonce with a time far from ours is about the clock.
    let (typed, script) = at(Provider::fatsecret());
    let used = || {
        let reply = Response::builder().header(header::DATE, "Thu, 01 Jan 2026 02:00:00 GMT");
        reply.body(Bytes::from(refusal(7))).unwrap()
    };
    for _ in 0..2 {
        script.reply(used()).reply(Response::builder().body(refusal(7).into()).unwrap());
    }
    let error = typed.food_entries(DAY).await.unwrap_err();
    assert_eq!((error.problem(), error.meaning()), (Some("7"), Some(Meaning::Nonce)));
    let (typed, script) = at(Provider::fatsecret());
    script.reply(used()).reply({
        let reply = Response::builder().header(header::DATE, "Thu, 01 Jan 2026 09:00:00 GMT");
        reply.body(Bytes::from(refusal(7))).unwrap()
    });
    let error = typed.food_entries(DAY).await.unwrap_err();
    assert_eq!(*error.kind(), Kind::timestamp_refused(StatusCode::OK));
    assert_eq!(api(&error).code(), Some(ErrorCode::NonceInvalid));
}

/// A dialect of the caller's that knows the form of FatSecret's errors need not know its numbers.
#[tokio::test]
async fn what_a_dialect_leaves_open_is_said_by_fatsecrets_own_table() {
    let dialect = Dialect::new().with_success_refusal(SuccessRefusal::Error);
    let (typed, script) = at(Provider::fatsecret().with_dialect(dialect));
    script.answer(200, refusal(6)).answer(200, refusal(9)).answer(200, refusal(106));
    let error = typed.food_entries(DAY).await.unwrap_err();
    assert_eq!(*error.kind(), Kind::timestamp_refused(StatusCode::OK));
    let error = typed.food_entries(DAY).await.unwrap_err();
    assert_eq!((error.problem(), error.meaning()), (Some("9"), Some(Meaning::DeadToken)));
    assert_eq!(error.class(), ErrorClass::Reauthorize);
    let error = typed.food_entries(DAY).await.unwrap_err();
    assert_eq!((error.problem(), error.meaning()), (Some("106"), None));
}

/// Nobody can log in anew where there is no user.
#[tokio::test]
async fn without_a_user_no_new_login_is_asked_for() {
    let Wire { api: fatsecret, script, .. } = key();
    for (status, body) in [(200, refusal(9)), (401, "<html>Unauthorized</html>".to_owned())] {
        script.answer(status, body);
        let error = fatsecret.search_foods("x").await.unwrap_err();
        assert_eq!(error.class(), ErrorClass::Configuration, "{status}");
        assert!(!error.needs_reauthorization());
    }
    let Wire { api: fatsecret, script, .. } = user();
    script.answer(200, refusal(9));
    assert!(fatsecret.food_entries(DAY).await.unwrap_err().needs_reauthorization());
}

/// What a gateway or a proxy before FatSecret says is not lost.
#[tokio::test]
async fn a_gateways_words_and_its_pause_are_kept() {
    let Wire { api: fatsecret, script, .. } = user();
    let busy = Response::builder().status(503).header(header::RETRY_AFTER, "30");
    script.reply(busy.body("<html>Busy</html>".into()).unwrap());
    let error = fatsecret.food_entries(DAY).await.unwrap_err();
    assert_eq!((error.class(), error.is_retryable()), (ErrorClass::RetryLater, true));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));

    script.answer(401, "oauth_problem=consumer_key_unknown");
    let error = fatsecret.food_entries(DAY).await.unwrap_err();
    assert_eq!(error.problem(), Some("consumer_key_unknown"));
    assert_eq!(
        (error.class(), error.meaning()),
        (ErrorClass::Configuration, Some(Meaning::Consumer))
    );
}

/// A reply means the same to a typed call, to `decode`, and with any status.
#[tokio::test]
async fn a_reply_is_read_alike_wherever_it_comes_from() {
    let Wire { api: fatsecret, script, .. } = user();
    let doctype = br#"<?xml version="1.0"?><!DOCTYPE error><error><code>8</code></error>"#;
    let not_text = b"{\"error\":{\"code\":207,\"message\":\"\xe9\"}}";
    let copy = CopyFoodEntries::new(DAY, DAY);
    for status in [200, 400, 500] {
        for (body, code, is_answer) in [
            (&doctype[..], Some(ErrorCode::SignatureInvalid), false),
            (not_text, None, false),
            (br#"{"error":{"code":207}}"#, None, true),
            (br#"{"error":{"code":"x"}}"#, None, false),
            (b"\xef\xbb\xbf{\"error\":{\"code\":8}}", Some(ErrorCode::SignatureInvalid), false),
        ] {
            script.answer(status, body);
            let called = fatsecret.execute(&copy).await;
            script.sent();
            let decoded = copy.decode(StatusCode::from_u16(status).unwrap(), body);
            let shown = String::from_utf8_lossy(body);
            assert_eq!(
                (called.is_ok(), decoded.is_ok()),
                (is_answer, is_answer),
                "{status} {shown}"
            );
            if let (Err(called), Err(decoded)) = (called, decoded) {
                assert_eq!((api(&called).code(), decoded.code()), (code, code), "{status} {shown}");
                assert_eq!(api(&called).kind(), decoded.kind(), "{status} {shown}");
            }
        }
    }
}

/// An own endpoint's error does not quote the reply.
#[test]
fn what_serde_says_of_a_reply_is_not_repeated() {
    #[derive(Debug, serde::Deserialize)]
    struct Auth {
        #[expect(dead_code)]
        auth_secret: u64,
    }

    let read = |body: &str| Reply::new(StatusCode::OK, body.as_bytes()).json::<Auth>().unwrap_err();
    let error = read(r#"{"auth_secret":"open sesame"}"#);
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "a Data error of the JSON at line 1 column 28");
    assert!(!format!("{error:?} {error}").contains("invalid type"));
    for (body, looks_like) in [
        (r#"{"auth_secret":"x""#, "JSON that is cut off"),
        (r#"{"auth_secret":"x"}}"#, "not JSON"),
        (r#"{"auth_secret":"x"}"#, "JSON of another kind"),
    ] {
        let error = read(body);
        assert!(
            matches!(error.kind(), ApiErrorKind::NotAnAnswer { looks_like: l, .. } if *l == looks_like),
            "{body}: {error:?}"
        );
    }
}
