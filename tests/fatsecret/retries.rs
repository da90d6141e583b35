//! Retries of FatSecret's methods: what its codes say, also under status 200. Tokio's clock is paused, so nobody waits.

use std::sync::atomic::{AtomicUsize, Ordering};

use tripod::{
    AccessToken, ErrorClass, Provider, Retries,
    fatsecret::{
        Answer, ApiError, ErrorCode, FatSecret, Meal, Reply,
        diary::{CreateFoodEntry, DeleteFoodEntry},
        endpoint::{Delegated, Endpoint, Request},
        recognition::AnalyzeText,
    },
    transport::TransportError,
};

use crate::{
    cases::DAY,
    support::{DONE, Script, TOKEN, client_of},
};

const NONE: &str = r#"{"food_entries":null}"#;

fn refusal(code: u32) -> String {
    format!(r#"{{"error":{{"code":{code},"message":"Said by FatSecret"}}}}"#)
}

fn toast() -> CreateFoodEntry {
    CreateFoodEntry::new(22.into(), "Toast", 33.into(), 1.into(), Meal::Lunch)
}

fn patient() -> (FatSecret<tripod::Session>, Script) {
    let script = Script::default();
    let client = client_of(Provider::fatsecret(), &script).with_retries(Retries::standard());
    let session = client.session(AccessToken::new(TOKEN.0, TOKEN.1).unwrap());
    (FatSecret::new(session), script)
}

#[tokio::test(start_paused = true)]
async fn a_read_is_repeated_after_codes_that_pass() {
    for code in [1, 12, 20, 24] {
        let (fatsecret, script) = patient();
        script.answer(200, refusal(code)).answer(200, NONE);
        assert!(fatsecret.food_entries(DAY).await.unwrap().is_empty(), "{code}");
        assert_eq!(script.sent().len(), 2, "{code}");
    }
    for code in [9, 11, 106, 8] {
        let (fatsecret, script) = patient();
        script.answer(200, refusal(code));
        fatsecret.food_entries(DAY).await.unwrap_err();
        assert_eq!(script.sent().len(), 1, "{code}");
    }
}

/// The same of requests that are not typed: a program of one's own, or `tripod post`.
#[tokio::test(start_paused = true)]
async fn a_raw_write_is_left_alone_where_the_code_leaves_open_what_was_done() {
    const URL: &str = "https://platform.fatsecret.com/rest/food-entries/v1";
    let (fatsecret, script) = patient();
    let session = fatsecret.session();
    for code in [1, 20, 24] {
        script.answer(200, refusal(code));
        let reply = session.post(URL).form_pair("food_id", "22").send().await.unwrap();
        let error = reply.error_for_status().unwrap_err();
        assert_eq!(error.class(), ErrorClass::RetryLater, "{code}");
        assert!(error.may_have_happened() && error.is_retryable(), "{error:?}");
        assert_eq!(script.sent().len(), 1, "{code}");

        script.answer(200, refusal(code)).answer(200, NONE);
        let reply = session.get(URL).send().await.unwrap();
        assert_eq!(reply.text().unwrap(), NONE, "{code}");
        assert_eq!(script.sent().len(), 2, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_is_repeated_only_if_it_cannot_have_happened() {
    let (fatsecret, script) = patient();
    script.answer(200, refusal(12)).answer(503, "").answer(200, DONE);
    fatsecret.delete_food_entry(11.into()).await.unwrap();
    assert_eq!(script.sent().len(), 3);

    // Although FatSecret would take a second deletion of the same entry, it would report that there is none.
    for code in [1, 20, 24] {
        script.answer(200, refusal(code));
        let error = fatsecret.execute(&DeleteFoodEntry::new(11.into())).await.unwrap_err();
        assert!(error.may_have_happened(), "{code}");
        assert_eq!(script.sent().len(), 1, "{code}");
    }
    // What FatSecret does not do twice is not said to be worth another try.
    for code in [1, 20, 24] {
        script.answer(200, refusal(code));
        let error = fatsecret.execute(&toast()).await.unwrap_err();
        assert!(error.may_have_happened() && !error.is_retryable(), "{error:?}");
        assert_eq!(script.sent().len(), 1, "{code}");
    }
    // A refusal for another reason did nothing.
    script.answer(200, refusal(101));
    let error = fatsecret.execute(&toast()).await.unwrap_err();
    assert!(!error.may_have_happened() && !error.is_retryable(), "{error:?}");
    script.sent();
    script.fail(TransportError::timeout());
    let error = fatsecret.execute(&DeleteFoodEntry::new(11.into())).await.unwrap_err();
    assert!(error.may_have_happened());
    assert_eq!(script.sent().len(), 1);

    // A POST that only reads.
    script.answer(500, "").answer(200, r#"{"food_response":[]}"#);
    assert!(fatsecret.execute(&AnalyzeText::new("toast")).await.unwrap().is_empty());
    assert_eq!(script.sent().len(), 2);
}

/// Counts the replies that it is given.
#[derive(Default)]
struct Counted(AtomicUsize);

impl Endpoint for Counted {
    type Access = Delegated;
    type Output = Option<ErrorCode>;

    fn request(&self) -> Request {
        Request::read("profile.get")
    }

    fn read(&self, reply: &Reply<'_>) -> Result<Answer<Self::Output>, ApiError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        reply.json::<serde_json::Value>().map(|_| Answer::from(reply.code()))
    }
}

#[tokio::test(start_paused = true)]
async fn each_reply_is_read_once() {
    for (refusals, last, code) in [
        (0, NONE.to_owned(), None),
        (0, refusal(106), Some(ErrorCode::IdInvalid)),
        (2, NONE.to_owned(), None),
        (2, refusal(20), Some(ErrorCode::Unavailable)),
    ] {
        let (fatsecret, script) = patient();
        let counted = Counted::default();
        for _ in 0..refusals {
            script.answer(200, refusal(20));
        }
        script.answer(200, last);
        let outcome = fatsecret.execute(&counted).await;
        let found = outcome.as_ref().map_err(|e| ApiError::of(e).and_then(ApiError::code));
        assert_eq!(outcome.is_ok(), code.is_none());
        assert_eq!(found.err().flatten(), code);
        assert_eq!(counted.0.into_inner(), refusals + 1);
        assert_eq!(script.sent().len(), refusals + 1);
    }
}

/// Takes "unknown error" for a day without entries, as one program reports it.
struct EmptyDay;

impl Endpoint for EmptyDay {
    type Access = Delegated;
    type Output = bool;

    fn request(&self) -> Request {
        Request::read("food_entries.get")
    }

    fn read(&self, reply: &Reply<'_>) -> Result<Answer<bool>, ApiError> {
        Ok(Answer::from(reply.code() == Some(ErrorCode::Unknown)))
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_endpoint_takes_for_an_answer_is_not_asked_for_again() {
    let (fatsecret, script) = patient();
    script.answer(200, refusal(1));
    assert!(fatsecret.execute(&EmptyDay).await.unwrap().value);
    assert_eq!(script.sent().len(), 1);
}
