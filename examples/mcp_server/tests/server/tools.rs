//! Which tools a client sees.

use rmcp::{model::ElicitationAction, transport::TokioChildProcess};

use crate::support::{BOTH, Client, Person, Protocol, World, begin, call, data, program, trouble};

const READING: [&str; 10] = [
    "activities",
    "diary_day",
    "diary_month",
    "exercise_day",
    "find_barcode",
    "get_food",
    "login",
    "search_foods",
    "status",
    "weights",
];
const WRITING: [&str; 6] =
    ["delete_entry", "edit_entry", "log_exercise", "log_food", "logout", "record_weight"];

async fn names(client: &Client) -> Vec<String> {
    client.list_all_tools().await.unwrap().into_iter().map(|tool| tool.name.into_owned()).collect()
}

#[tokio::test]
async fn a_client_that_cannot_ask_sees_the_reading_tools() {
    let world = World::new().await;
    let all: Vec<&str> = READING.into_iter().chain(WRITING).collect();
    for protocol in BOTH {
        let client = world.client(protocol, &Person::unasked(), &[]).await;
        assert_eq!(names(&client).await, READING, "{protocol:?}");
        for tool in WRITING {
            let text = trouble(&client, tool, "{}").await;
            assert!(text.contains("--allow-writes"), "{text}");
        }
        let client = world.client(protocol, &Person::unasked(), &["--allow-writes"]).await;
        assert_eq!(names(&client).await, all, "{protocol:?}");
        let client = world.client(protocol, &Person::who(ElicitationAction::Accept), &[]).await;
        assert_eq!(names(&client).await, all, "{protocol:?}");
    }
}

#[tokio::test]
async fn tools_say_what_they_do() {
    let world = World::new().await;
    let client = world.client(Protocol::Initialize, &Person::unasked(), &["--allow-writes"]).await;
    for tool in client.list_all_tools().await.unwrap() {
        let hints = tool.annotations.clone().unwrap();
        let writes = WRITING.contains(&&*tool.name);
        assert_eq!(hints.read_only_hint, Some(!writes && tool.name != "login"), "{}", tool.name);
        assert!(!writes || hints.destructive_hint.is_some(), "{}", tool.name);
        assert!(tool.description.unwrap().ends_with('.') && hints.title.is_some(), "{}", tool.name);
        assert_eq!(tool.output_schema.clone().unwrap()["type"], "object", "{}", tool.name);
        // As portable as it can be: no format that JSON Schema does not have, one type each, nothing to look up.
        for schema in [tool.input_schema.clone(), tool.output_schema.unwrap()] {
            let schema = serde_json::to_string(&schema).unwrap();
            assert_eq!(
                schema.matches(r#""format":"#).count(),
                schema.matches(r#""format":"date""#).count(),
                "{schema}"
            );
            for less_portable in ["null", r#""type":["#, "$ref", "oneOf", "anyOf"] {
                assert!(!schema.contains(less_portable), "{less_portable}: {schema}");
            }
        }
        // Each argument is explained.
        for (name, property) in tool.input_schema["properties"].as_object().unwrap() {
            assert!(property.get("description").is_some(), "{} {name}", tool.name);
        }
    }
}

#[tokio::test]
async fn without_keys_there_is_a_sandbox() {
    let process = TokioChildProcess::new(program()).unwrap();
    let client = begin(Protocol::Discover, &Person::unasked(), process).await;
    let status = data(&client, "status", "{}").await;
    assert_eq!((&status["provider"], &status["is_connected"]), (&"sandbox".into(), &false.into()));
    // Foods can be found without a login.
    let found = data(&client, "search_foods", r#"{"query":"oatmeal"}"#).await;
    assert_eq!(found["foods"][0]["food_id"], "3001");
    let food = data(&client, "find_barcode", r#"{"barcode":"4006381 333931"}"#).await;
    assert_eq!(food["food"]["brand"], "Alpine Dairy");
    let none = data(&client, "find_barcode", r#"{"barcode":"4006381333900"}"#).await;
    assert_eq!(none, serde_json::json!({}));
    let said = call(&client, "search_foods", r#"{"query":"oatmeal"}"#).await;
    assert!(said.content[0].as_text().unwrap().text.contains("Powered by fatsecret"));
    assert!(trouble(&client, "diary_day", "{}").await.contains("Call `login`"));
    assert!(trouble(&client, "find_barcode", r#"{"barcode":"123"}"#).await.contains("no barcode"));
}

#[tokio::test]
async fn one_key_alone_is_a_mistake() {
    let output = program().env("FATSECRET_CONSUMER_KEY", "key").output().await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("FATSECRET_CONSUMER_SECRET"), "{said}");
    assert!(output.stdout.is_empty());
}

#[tokio::test]
async fn a_closed_standard_input_is_the_end() {
    let output = program().stdin(std::process::Stdio::null()).output().await.unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stdout.is_empty());
}
