//! Connecting an account, in two calls and over restarts.

use std::fs;

use rmcp::model::ElicitationAction;
use tokio::io::AsyncReadExt as _;
use tripod_sandbox::Sandbox;

use crate::support::{
    BOTH, CONSUMER_SECRET, Client, Person, Protocol, TOKEN, TOKEN_SECRET, World, begin, call, data,
    data_of, program, trouble,
};

#[tokio::test]
async fn a_wrong_pin_and_a_restart_do_not_lose_the_login() {
    for protocol in BOTH {
        let world = World::new().await;
        let client = world.client(protocol, &Person::unasked(), &[]).await;
        let begun = call(&client, "login", "{}").await;
        assert!(begun.content[0].as_text().unwrap().text.contains("Powered by fatsecret"));
        let begun = data_of(&begun);
        assert_eq!((&begun["is_connected"], &begun["minutes_left"]), (&false.into(), &14.into()));
        // Asked again, it is the same page.
        assert_eq!(data(&client, "login", "{}").await["page"], begun["page"]);

        let page = begun["page"].as_str().unwrap();
        let pin = world.sandbox.approve(page).unwrap().verifier().unwrap().to_owned();
        let text = trouble(&client, "login", r#"{"pin":"000000"}"#).await;
        assert!(text.contains("still open"), "{text}");
        client.cancel().await.unwrap();

        let client = world.client(protocol, &Person::unasked(), &[]).await;
        assert_eq!(data(&client, "status", "{}").await["waits_for_pin"], true);
        let done = data(&client, "login", &format!(r#"{{"pin":" {pin} "}}"#)).await;
        assert_eq!(
            (&done["is_connected"], &done["page"]),
            (&true.into(), &serde_json::Value::Null)
        );
        client.cancel().await.unwrap();

        // The login outlives the server.
        let client = world.client(protocol, &Person::unasked(), &[]).await;
        let status = data(&client, "status", "{}").await;
        assert_eq!(
            (&status["is_connected"], &status["waits_for_pin"]),
            (&true.into(), &false.into())
        );
        let day = data(&client, "diary_day", r#"{"date":"2026-01-01"}"#).await;
        assert_eq!(day["total"]["kcal"], "0");
    }
}

#[tokio::test]
async fn a_login_can_begin_again() {
    let world = World::new().await;
    let client = world.client(Protocol::Initialize, &Person::unasked(), &[]).await;
    assert!(trouble(&client, "login", r#"{"pin":"123"}"#).await.contains("No login waits"));
    let first = data(&client, "login", "{}").await;
    let second = data(&client, "login", r#"{"restart":true}"#).await;
    assert_ne!(first["page"], second["page"]);
    // A PIN that is no text is not repeated in the error.
    let text = trouble(&client, "login", r#"{"pin":["73501"]}"#).await;
    assert!(text.contains("must be text") && !text.contains("73501"), "{text}");
    // One that was sent as a number is.
    let page = second["page"].as_str().unwrap();
    let pin = world.sandbox.approve(page).unwrap().verifier().unwrap().to_owned();
    let pin = if pin.starts_with('0') { format!("\"{pin}\"") } else { pin };
    assert_eq!(data(&client, "login", &format!(r#"{{"pin":{pin}}}"#)).await["is_connected"], true);
}

#[tokio::test]
async fn logging_out_is_confirmed_and_forgets_the_login() {
    let world = World::new().await;
    let person = Person::who(ElicitationAction::Decline);
    let client = world.connected(Protocol::Initialize, &person).await;
    assert!(trouble(&client, "logout", "{}").await.contains("declined"));
    assert_eq!(data(&client, "status", "{}").await["is_connected"], true);
    client.cancel().await.unwrap();

    let person = Person::who(ElicitationAction::Accept);
    let client = world.client(Protocol::Initialize, &person, &[]).await;
    assert_eq!(data(&client, "logout", "{}").await["was_connected"], true);
    assert!(person.heard()[0].starts_with("Forget the stored FatSecret login?"));
    assert_eq!(data(&client, "status", "{}").await["is_connected"], false);
    assert_eq!(data(&client, "logout", "{}").await["was_connected"], false);
}

#[tokio::test]
async fn nothing_secret_is_logged_or_stored_in_clear() {
    let world = World::new().await;
    let person = Person::unasked();
    let (client, mut stderr) = world.logged_client(&person).await;
    let page = data(&client, "login", "{}").await["page"].as_str().unwrap().to_owned();
    let request_token = page.split_once("oauth_token=").unwrap().1.to_owned();
    let wrong = trouble(&client, "login", r#"{"pin":"4716305"}"#).await;
    let pin = world.sandbox.approve(&page).unwrap().verifier().unwrap().to_owned();
    let right = data(&client, "login", &format!(r#"{{"pin":"{pin}"}}"#)).await.to_string();
    data(&client, "diary_day", "{}").await;
    client.cancel().await.unwrap();

    let mut logged = String::new();
    stderr.read_to_string(&mut logged).await.unwrap();
    assert!(logged.contains("called"), "{logged}");
    let secrets = [&pin, "4716305", &request_token, TOKEN, TOKEN_SECRET, CONSUMER_SECRET];
    for secret in secrets {
        for text in [&logged, &wrong, &right] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
    let files: Vec<_> =
        fs::read_dir(world.folder.path()).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 2, "{files:?}");
    for file in files {
        let bytes = fs::read(&file).unwrap();
        for secret in secrets {
            assert!(
                !bytes.windows(secret.len()).any(|part| part == secret.as_bytes()),
                "{}",
                file.display()
            );
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                fs::metadata(&file).unwrap().permissions().mode() & 0o777,
                0o600,
                "{}",
                file.display()
            );
        }
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_usual_folder_is_this_users_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let home = tempfile::tempdir().unwrap();
    let mut command = program();
    command
        .env("HOME", home.path())
        .env("FATSECRET_CONSUMER_KEY", "key")
        .env("FATSECRET_CONSUMER_SECRET", CONSUMER_SECRET);
    let process = rmcp::transport::TokioChildProcess::new(command).unwrap();
    let client = begin(Protocol::Initialize, &Person::unasked(), process).await;
    let status = data(&client, "status", "{}").await;
    let folder = home.path().join(".local/state/fatsecret-mcp");
    assert_eq!(
        (&status["provider"], &status["kept_in"]),
        (&"fatsecret".into(), &folder.to_str().into())
    );
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(folder.clone()), mode(folder.join("sealing.key"))), (0o700, 0o600));
}

/// Two assistants can share a folder, each with a consumer of its own.
#[tokio::test]
async fn another_server_does_not_take_a_login_away() {
    let world = World::new().await;
    let person = Person::who(ElicitationAction::Accept);
    let client = world.client(Protocol::Initialize, &person, &[]).await;
    let page = data(&client, "login", "{}").await["page"].as_str().unwrap().to_owned();

    let another =
        Sandbox::builder().consumer("another-consumer-key", CONSUMER_SECRET).start().await.unwrap();
    let mut command = program();
    command
        .env("FATSECRET_CONSUMER_KEY", "another-consumer-key")
        .env("FATSECRET_CONSUMER_SECRET", CONSUMER_SECRET)
        .arg("--folder")
        .arg(world.folder.path())
        .args(["--origin", &another.origin()]);
    let process = rmcp::transport::TokioChildProcess::new(command).unwrap();
    let other = begin(Protocol::Initialize, &person, process).await;
    assert_eq!(data(&other, "status", "{}").await["waits_for_pin"], false);
    // The other one's whole login, between the two calls of the first.
    log_in(&another, &other).await;
    log_in_at(&world.sandbox, &client, &page).await;
    let is_connected = async |client| data(client, "status", "{}").await["is_connected"].clone();
    assert_eq!(
        (is_connected(&client).await, is_connected(&other).await),
        (true.into(), true.into())
    );
    data(&other, "diary_day", "{}").await;

    assert_eq!(data(&other, "logout", "{}").await["was_connected"], true);
    assert_eq!(
        (is_connected(&client).await, is_connected(&other).await),
        (true.into(), false.into())
    );
    data(&client, "diary_day", "{}").await;
    let text = trouble(&other, "diary_day", "{}").await;
    assert!(text.contains("No FatSecret account is connected"), "{text}");
}

async fn log_in(sandbox: &Sandbox, client: &Client) {
    let page = data(client, "login", "{}").await["page"].as_str().unwrap().to_owned();
    log_in_at(sandbox, client, &page).await;
}

async fn log_in_at(sandbox: &Sandbox, client: &Client, page: &str) {
    let pin = sandbox.approve(page).unwrap().verifier().unwrap().to_owned();
    data(client, "login", &format!(r#"{{"pin":"{pin}"}}"#)).await;
}

#[tokio::test]
async fn a_stored_login_is_replaced_only_if_the_user_wants_it() {
    for protocol in BOTH {
        let world = World::new().await;
        // A client that can ask its user asks, and says nothing of its own.
        let person = Person::who(ElicitationAction::Decline);
        let client = world.connected(protocol, &person).await;
        assert_eq!(person.heard(), [""; 0], "nothing is replaced by the first login");
        for arguments in ["{}", r#"{"replace":true}"#] {
            assert!(trouble(&client, "login", arguments).await.contains("declined"));
            assert!(person.heard()[0].contains("Replace its stored login"));
        }
        client.cancel().await.unwrap();
        let person = Person::who(ElicitationAction::Accept);
        let client = world.client(protocol, &person, &[]).await;
        log_in(&world.sandbox, &client).await;
        assert_eq!(person.heard().len(), 1);
        client.cancel().await.unwrap();
        // One that cannot has to say that its user wants it.
        let client = world.client(protocol, &Person::unasked(), &[]).await;
        for arguments in ["{}", r#"{"restart":true}"#] {
            let text = trouble(&client, "login", arguments).await;
            assert!(text.contains("again with `replace`"), "{text}");
        }
        assert_eq!(data(&client, "status", "{}").await["waits_for_pin"], false);
        let page = data(&client, "login", r#"{"replace":true}"#).await["page"].clone();
        assert_eq!(data(&client, "login", "{}").await["page"], page, "it has begun");
    }
}

#[tokio::test]
async fn status_answers_when_nothing_can_be_read() {
    let world = World::new().await;
    let client = world.connected(Protocol::Initialize, &Person::unasked()).await;
    let session = world.file("session");
    fs::write(&session, "damaged").unwrap();
    let status = data(&client, "status", "{}").await;
    assert_eq!(
        (&status["is_connected"], &status["kept_in"]),
        (&false.into(), &world.folder.path().to_str().into())
    );
    let text = status["trouble"].as_str().unwrap();
    assert!(text.contains("cannot be opened") && text.contains("Call `login`"), "{text}");
    let text = trouble(&client, "diary_day", "{}").await;
    assert!(text.contains("cannot be opened") && text.contains("Call `login`"), "{text}");

    // What is no file cannot be read at all.
    fs::remove_file(&session).unwrap();
    fs::create_dir(&session).unwrap();
    let pending = session.with_file_name(
        session.file_name().unwrap().to_str().unwrap().replacen("session", "pending", 1),
    );
    fs::create_dir(&pending).unwrap();
    let status = data(&client, "status", "{}").await;
    let text = status["trouble"].as_str().unwrap();
    for path in [&session, &pending] {
        assert!(text.contains(path.to_str().unwrap()), "{text}");
    }
    assert!(text.contains("delete it and connect again"), "{text}");
    let text = trouble(&client, "diary_day", "{}").await;
    assert!(text.contains(session.to_str().unwrap()), "{text}");
    // That is what helps.
    fs::remove_dir(&session).unwrap();
    fs::remove_dir(&pending).unwrap();
    log_in(&world.sandbox, &client).await;
    let status = data(&client, "status", "{}").await;
    assert_eq!((&status["is_connected"], status.get("trouble")), (&true.into(), None));
}
