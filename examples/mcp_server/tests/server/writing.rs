//! Writes, and the questions before them.

use rmcp::{
    model::{CallToolRequest, CallToolResponse, ClientRequest, ElicitationAction},
    service::PeerRequestOptions,
};
use serde_json::json;

use crate::support::{BOTH, Client, Person, Protocol, World, data, data_of, params, trouble};

const BREAKFAST: &str = r#"{"food_id":"3017","serving_id":"30172","units":"62.5","meal":"breakfast","date":"2026-01-02"}"#;

async fn breakfast(client: &Client) -> serde_json::Value {
    data(client, "diary_day", r#"{"date":"2026-01-02"}"#).await
}

// Each test makes few calls for its user, because the eleventh would wait for its turn.

#[tokio::test]
async fn a_confirmed_write_is_done_exactly() {
    for protocol in BOTH {
        let world = World::new().await;
        let person = Person::who(ElicitationAction::Accept);
        let client = world.connected(protocol, &person).await;

        let logged = data(&client, "log_food", BREAKFAST).await;
        let question = "Add \"Whole Wheat Bread\" (62.5 g; the serving is \"100 g\", 154 kcal) to breakfast of 2026-01-02?";
        assert_eq!(person.heard(), [question], "{protocol:?}");
        let oatmeal = r#"{"food_id":3001,"servings":1.5,"meal":"breakfast","date":"2026-01-02"}"#;
        data(&client, "log_food", oatmeal).await;
        let question = "Add \"Oatmeal\" (1.5 cup, cooked; the serving is \"1 cup cooked\", 249 kcal) to breakfast of 2026-01-02?";
        assert_eq!(person.heard(), [question], "{protocol:?}");

        let day = breakfast(&client).await;
        let entries = &day["meals"][0]["entries"];
        assert_eq!(entries[0]["entry_id"], logged["entry_id"]);
        assert_eq!(
            (&entries[0]["units"], &entries[1]["units"]),
            (&json!("62.500"), &json!("1.500"))
        );
        let kcal = |entry: &serde_json::Value| {
            entry["nutrition"]["kcal"].as_str().unwrap().parse::<u32>().unwrap()
        };
        let sum = kcal(&entries[0]) + kcal(&entries[1]);
        assert_eq!(day["total"]["kcal"], sum.to_string());
        assert_eq!(
            (&day["total"]["is_complete"], &day["total"]),
            (&json!(true), &day["meals"][0]["total"])
        );
        let month = data(&client, "diary_month", r#"{"date":"2026-01-31"}"#).await;
        // Each food was read once, although it was needed before the question and after the answer.
        let calls = world.sandbox.log();
        let reads = calls
            .iter()
            .filter(|seen| seen.method.as_deref().is_some_and(|name| name.starts_with("food.get")));
        assert_eq!(reads.count(), 2);
        let days = month["days"].as_array().unwrap();
        assert_eq!((days.len(), &days[0]["date"]), (1, &json!("2026-01-02")));
    }
}

#[tokio::test]
async fn an_entry_is_changed_and_deleted_after_its_question() {
    for protocol in BOTH {
        let world = World::new().await;
        let person = Person::who(ElicitationAction::Accept);
        let client = world.connected(protocol, &person).await;
        let id = data(&client, "log_food", BREAKFAST).await["entry_id"].clone();
        person.heard();

        let edit = json!({ "entry_id": id, "units": "80.25", "meal": "lunch" });
        data(&client, "edit_entry", &edit.to_string()).await;
        let asked = person.heard();
        let changes = "in breakfast of 2026-01-02: the amount becomes 80.25 units instead of 62.5, the meal becomes lunch?";
        assert!(asked.len() == 1 && asked[0].ends_with(changes), "{asked:?}");
        let day = breakfast(&client).await;
        let meal = &day["meals"][0];
        assert_eq!(
            (&meal["meal"], &meal["entries"][0]["units"]),
            (&json!("lunch"), &json!("80.250"))
        );

        data(&client, "delete_entry", &json!({ "entry_id": id }).to_string()).await;
        assert!(person.heard()[0].starts_with("Delete \"Whole Wheat Bread\" ("));
        assert_eq!(breakfast(&client).await["meals"], json!([]));
    }
}

#[tokio::test]
async fn weights_and_exercise_are_confirmed_too() {
    let world = World::new().await;
    let person = Person::who(ElicitationAction::Accept);
    let client = world.connected(Protocol::Discover, &person).await;
    let today = world.sandbox.today();

    let text =
        trouble(&client, "record_weight", &json!({ "kg": "-1", "date": today }).to_string()).await;
    assert!(text.contains("must be more than 0"), "{text}");
    let first = json!({ "kg": "80.45", "date": today, "goal_kg": "75", "height_cm": "178.5", "comment": "after\nlunch" });
    data(&client, "record_weight", &first.to_string()).await;
    let question = format!(
        "Record a weight of 80.45 kg on {today}, with a goal of 75 kg, with a height of 178.5 cm, which cannot be \
         changed later, with the comment \"after lunch\"?"
    );
    assert_eq!(person.heard(), [question]);
    let weights = data(&client, "weights", &json!({ "date": today }).to_string()).await;
    assert_eq!(
        (&weights["days"][0]["kg"], &weights["days"][0]["comment"]),
        (&json!("80.4500"), &json!("after lunch"))
    );

    let running = data(&client, "activities", r#"{"query":"RUNNING"}"#).await;
    let id = &running["activities"][0]["activity_id"];
    data(
        &client,
        "log_exercise",
        &json!({ "activity_id": id, "minutes": 30, "date": today }).to_string(),
    )
    .await;
    assert!(person.heard()[0].starts_with("Log 30 minutes of \"Running"));
    let day = data(&client, "exercise_day", &json!({ "date": today }).to_string()).await;
    let activities = day["activities"].as_array().unwrap();
    assert!(
        activities.iter().any(|one| one["activity_id"] == *id && one["minutes"] == 30),
        "{day}"
    );
    assert_eq!(activities.iter().map(|one| one["minutes"].as_u64().unwrap()).sum::<u64>(), 1440);
}

/// Activity 0 is whatever has a name of the user's own.
#[tokio::test]
async fn exercise_with_a_name_of_the_users_own_needs_the_name_and_its_energy() {
    let world = World::new().await;
    let person = Person::who(ElicitationAction::Accept);
    let client = world.connected(Protocol::Initialize, &person).await;
    for (arguments, wanted) in [
        (r#"{"activity_id":0,"minutes":30}"#, "`activity_name`"),
        (r#"{"activity_id":"0","minutes":30,"activity_name":" "}"#, "`activity_name`"),
        (r#"{"activity_id":0,"minutes":30,"activity_name":"Rowing"}"#, "`kcal`"),
        (r#"{"activity_id":2,"minutes":30,"from_activity_id":0}"#, "`from_activity_name`"),
        (r#"{"activity_id":3,"minutes":30,"activity_name":"Rowing"}"#, "for activity 0 only"),
        (r#"{"activity_id":3,"minutes":30,"kcal":300}"#, "for activity 0 only"),
    ] {
        let text = trouble(&client, "log_exercise", arguments).await;
        assert!(text.contains(wanted), "{text}");
    }
    assert_eq!(person.heard(), [""; 0]);

    let rowing =
        r#"{"activity_id":0,"activity_name":"Rowing","kcal":300,"minutes":30,"date":"2026-01-02"}"#;
    data(&client, "log_exercise", rowing).await;
    let question = "Log 30 minutes of \"Rowing\" (300 kcal) on 2026-01-02, taken from \"Resting\"?";
    assert_eq!(person.heard(), [question]);
    let back = r#"{"activity_id":2,"from_activity_id":0,"from_activity_name":"Rowing","minutes":10,"date":"2026-01-02"}"#;
    data(&client, "log_exercise", back).await;
    let day = data(&client, "exercise_day", r#"{"date":"2026-01-02"}"#).await;
    let activities = day["activities"].as_array().unwrap();
    let rowing = activities.iter().find(|one| one["name"] == "Rowing").unwrap();
    assert_eq!(
        (&rowing["activity_id"], &rowing["minutes"], &rowing["kcal"]),
        (&json!("0"), &json!(20), &json!("200"))
    );
}

#[tokio::test]
async fn a_declined_write_is_not_done() {
    for protocol in BOTH {
        for (answer, said) in
            [(ElicitationAction::Decline, "declined"), (ElicitationAction::Cancel, "no answer")]
        {
            let world = World::new().await;
            let person = Person::who(answer);
            let client = world.connected(protocol, &person).await;
            let text = trouble(&client, "log_food", BREAKFAST).await;
            assert!(text.contains(said) && text.contains("Nothing was changed"), "{text}");
            assert_eq!(person.heard().len(), 1);
            assert_eq!(breakfast(&client).await["meals"], json!([]), "{protocol:?}");
        }
    }
}

#[tokio::test]
async fn a_server_that_may_write_does_not_ask_a_client_that_cannot() {
    let world = World::new().await;
    drop(world.connected(Protocol::Initialize, &Person::unasked()).await);
    let client = world.client(Protocol::Initialize, &Person::unasked(), &["--allow-writes"]).await;
    data(&client, "log_food", BREAKFAST).await;
    assert_eq!(breakfast(&client).await["meals"][0]["entries"].as_array().unwrap().len(), 1);
    client.cancel().await.unwrap();
    // One that can is asked all the same.
    let person = Person::who(ElicitationAction::Decline);
    let client = world.client(Protocol::Initialize, &person, &["--allow-writes"]).await;
    assert!(trouble(&client, "log_food", BREAKFAST).await.contains("declined"));
}

#[tokio::test]
async fn an_answer_counts_once_and_for_its_own_question() {
    let world = World::new().await;
    let client = world.connected(Protocol::Discover, &Person::who(ElicitationAction::Accept)).await;
    let ask = async |request| match client.call_tool_once(request).await.unwrap() {
        CallToolResponse::InputRequired(asked) => Ok(asked.request_state.unwrap()),
        CallToolResponse::Complete(result) => Err(data_of(&result)),
        other => panic!("{other:?}"),
    };
    let answered = |arguments: &str, state: &str| {
        let yes = [("confirm".to_owned(), json!({ "action": "accept", "content": {} }))];
        params("log_food", arguments).with_request_state(state).with_input_responses(yes.into())
    };
    let state = ask(params("log_food", BREAKFAST)).await.unwrap();
    // An answer without a question, and an answer to the question about another amount.
    ask(answered(BREAKFAST, "77")).await.unwrap();
    let more = BREAKFAST.replace("62.5", "625");
    ask(answered(&more, &state)).await.unwrap();
    // With that, the first question is used up.
    ask(answered(BREAKFAST, &state)).await.unwrap();
    assert_eq!(breakfast(&client).await["meals"], json!([]));

    let state = ask(params("log_food", BREAKFAST)).await.unwrap();
    ask(answered(BREAKFAST, &state)).await.unwrap_err();
    ask(answered(BREAKFAST, &state)).await.unwrap();
    assert_eq!(breakfast(&client).await["meals"][0]["entries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn arguments_that_cannot_be_are_refused_before_the_question() {
    let world = World::new().await;
    let person = Person::who(ElicitationAction::Accept);
    let client = world.connected(Protocol::Initialize, &person).await;
    for (arguments, said) in [
        (r#"{"food_id":"3017","meal":"lunch"}"#, "`servings` or `units`"),
        (r#"{"food_id":"3017","meal":"lunch","servings":"1","units":"1"}"#, "not both"),
        (r#"{"food_id":"3017","meal":"lunch","servings":"0"}"#, "more than 0"),
        (r#"{"food_id":"3017","meal":"lunch","servings":0.12345678901234567}"#, "as text"),
        (r#"{"food_id":"3017","meal":"brunch","servings":"1"}"#, "brunch"),
        (r#"{"food_id":"3017","serving_id":"0","meal":"lunch","servings":"1"}"#, "no such serving"),
        (r#"{"food_id":"1","meal":"lunch","servings":"1"}"#, "error 106"),
    ] {
        let text = trouble(&client, "log_food", arguments).await;
        assert!(text.contains(said), "{text}");
    }
    for tool in ["edit_entry", "delete_entry"] {
        let text = trouble(&client, tool, r#"{"entry_id":"9"}"#).await;
        assert!(text.contains("no such entry"), "{text}");
    }
    assert_eq!(person.heard(), [""; 0]);
}

#[tokio::test]
async fn a_cancelled_call_writes_nothing_even_if_the_user_says_yes_then() {
    let world = World::new().await;
    let person = Person::thinking(ElicitationAction::Accept);
    let client = world.connected(Protocol::Initialize, &person).await;
    let call = CallToolRequest::new(params("log_food", BREAKFAST));
    let options = PeerRequestOptions::no_options();
    let call = client.send_cancellable_request(ClientRequest::CallToolRequest(call), options);
    let call = call.await.unwrap();
    while person.heard().is_empty() {
        tokio::task::yield_now().await;
    }
    call.cancel(Some("the user pressed stop".to_owned())).await.unwrap();
    person.decide();
    assert_eq!(breakfast(&client).await["meals"], json!([]));
    let calls = world.sandbox.log();
    assert!(calls.iter().all(|seen| seen.method.as_deref() != Some("food_entry.create")));
}

#[tokio::test]
async fn an_empty_name_is_the_foods_own() {
    let world = World::new().await;
    let client =
        world.connected(Protocol::Initialize, &Person::who(ElicitationAction::Accept)).await;
    let unnamed = BREAKFAST.replacen('{', r#"{"name":"","#, 1);
    data(&client, "log_food", &unnamed).await;
    assert_eq!(breakfast(&client).await["meals"][0]["entries"][0]["name"], "Whole Wheat Bread");
}
