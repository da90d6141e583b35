//! What the assistant is told when a call fails.

use rmcp::model::ElicitationAction;
use tripod_sandbox::{Endpoint, Fault};

use crate::support::{Person, Protocol, TOKEN, World, data, trouble};

#[tokio::test]
async fn too_many_calls_begin_a_pause_for_all_tools() {
    let world = World::new().await;
    let client = world.connected(Protocol::Initialize, &Person::unasked()).await;
    world.sandbox.inject_at(Endpoint::Data, Fault::ApiError(12));
    let text = trouble(&client, "diary_day", "{}").await;
    assert!(text.contains("error 12") && text.contains("Wait 30 seconds"), "{text}");
    // Nothing more is sent.
    let sent = world.sandbox.requests();
    let text = trouble(&client, "weights", "{}").await;
    assert!(text.contains("Wait ") && text.contains(" seconds"), "{text}");
    assert_eq!(world.sandbox.requests(), sent);
}

#[tokio::test]
async fn a_withdrawn_access_leads_to_login() {
    let world = World::new().await;
    let client = world.connected(Protocol::Discover, &Person::unasked()).await;
    assert!(world.sandbox.revoke(TOKEN));
    let text = trouble(&client, "diary_day", "{}").await;
    assert!(text.contains("error 9") && text.contains("call `login`"), "{text}");
    // And that works.
    let page =
        data(&client, "login", r#"{"replace":true}"#).await["page"].as_str().unwrap().to_owned();
    let pin = world.sandbox.approve(&page).unwrap().verifier().unwrap().to_owned();
    data(&client, "login", &format!(r#"{{"pin":"{pin}"}}"#)).await;
    data(&client, "diary_day", "{}").await;
}

#[tokio::test]
async fn a_write_without_an_answer_is_told_from_a_refused_one() {
    let world = World::new().await;
    let client =
        world.connected(Protocol::Initialize, &Person::who(ElicitationAction::Accept)).await;
    let entry = r#"{"food_id":"3001","servings":"1","meal":"lunch","date":"2026-01-02"}"#;
    data(&client, "get_food", r#"{"food_id":"3001"}"#).await;
    // The food is kept, so the next call of FatSecret's is the write.
    world.sandbox.inject_at(Endpoint::Data, Fault::LostReply);
    let text = trouble(&client, "log_food", entry).await;
    assert!(text.contains("may have carried out this write"), "{text}");
    // Nobody knows that.
    assert!(!text.contains("failed") && !text.contains("Nothing was changed"), "{text}");
    world.sandbox.inject_at(Endpoint::Data, Fault::ApiError(10));
    let text = trouble(&client, "log_food", entry).await;
    assert!(text.contains("error 10") && text.contains("Nothing was changed"), "{text}");
    // FatSecret does not know itself what went wrong.
    world.sandbox.inject_at(Endpoint::Data, Fault::ApiError(1));
    let text = trouble(&client, "log_food", entry).await;
    assert!(text.contains("error 1") && text.contains("may have carried out this write"), "{text}");
    for wrong in ["call the tool again", "failed", "refused"] {
        assert!(!text.contains(wrong), "{text}");
    }
    let day = data(&client, "diary_day", r#"{"date":"2026-01-02"}"#).await;
    assert_eq!(day["meals"][0]["entries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_login_of_another_key_is_not_opened() {
    let world = World::new().await;
    drop(world.connected(Protocol::Initialize, &Person::unasked()).await);
    let mut command = world.command(&[]);
    command.env("FATSECRET_CONSUMER_KEY", "another-key");
    let process = rmcp::transport::TokioChildProcess::new(command).unwrap();
    let client = crate::support::begin(Protocol::Initialize, &Person::unasked(), process).await;
    let text = trouble(&client, "diary_day", "{}").await;
    assert!(text.contains("No FatSecret account is connected"), "{text}");
}
