//! A sandbox, a folder, and clients whose user answers questions.

use std::{
    fs,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use rmcp::{
    ClientHandler, ClientLifecycleMode, ClientServiceExt, ErrorData, RoleClient,
    model::{
        CallToolRequestParams, CallToolResult, ClientCapabilities, ClientConfig,
        ElicitRequestParams, ElicitResult, ElicitationAction, Implementation, ProtocolVersion,
    },
    service::{RequestContext, RunningService},
    transport::TokioChildProcess,
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    process::{ChildStderr, Command},
    sync::Semaphore,
};
use tripod_sandbox::Sandbox;

pub(crate) const TOKEN: &str = "access-token-of-the-test";
pub(crate) const TOKEN_SECRET: &str = "access-secret-of-the-test";
pub(crate) const CONSUMER_SECRET: &str = "consumer-secret-of-the-test";

/// Both ways in which the protocol begins: its versions up to 2025-11-25, and those since 2026-07-28.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Protocol {
    Initialize,
    Discover,
}

pub(crate) const BOTH: [Protocol; 2] = [Protocol::Initialize, Protocol::Discover];

/// The user in front of the client, who answers each question in the same way.
#[derive(Clone)]
pub(crate) struct Person {
    answer: Option<ElicitationAction>,
    heard: Arc<Mutex<Vec<String>>>,
    /// How many questions may be answered; each test but one has no limit.
    turns: Arc<Semaphore>,
}

impl Person {
    /// Of a client that cannot ask.
    pub(crate) fn unasked() -> Self {
        Self { answer: None, heard: Arc::default(), turns: Self::any_turns() }
    }

    pub(crate) fn who(answer: ElicitationAction) -> Self {
        Self { answer: Some(answer), heard: Arc::default(), turns: Self::any_turns() }
    }

    /// One who thinks, until `decide` is called.
    pub(crate) fn thinking(answer: ElicitationAction) -> Self {
        Self { answer: Some(answer), heard: Arc::default(), turns: Arc::new(Semaphore::new(0)) }
    }

    pub(crate) fn decide(&self) {
        self.turns.add_permits(1);
    }

    fn any_turns() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(Semaphore::MAX_PERMITS))
    }

    /// Takes the questions that were asked since the last time.
    pub(crate) fn heard(&self) -> Vec<String> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }
}

impl ClientHandler for Person {
    fn get_info(&self) -> ClientConfig {
        let capabilities = match self.answer {
            Some(_) => ClientCapabilities::builder().enable_elicitation().build(),
            None => ClientCapabilities::default(),
        };
        ClientConfig::new(capabilities, Implementation::new("test", "0"))
    }

    async fn create_elicitation(
        &self,
        request: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> Result<ElicitResult, ErrorData> {
        let ElicitRequestParams::FormElicitationParams { message, .. } = request else {
            return Err(ErrorData::internal_error("only forms are asked here", None));
        };
        self.heard.lock().unwrap().push(message);
        self.turns.acquire().await.unwrap().forget();
        Ok(ElicitResult::new(self.answer.clone().expect("this client cannot ask")))
    }
}

/// FatSecret, and the folder in which the server keeps its login.
pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) folder: TempDir,
}

pub(crate) type Client = RunningService<RoleClient, Person>;

impl World {
    pub(crate) async fn new() -> Self {
        let sandbox = Sandbox::builder()
            .consumer("consumer-key-of-the-test", CONSUMER_SECRET)
            .access_token(TOKEN, TOKEN_SECRET)
            .start()
            .await
            .unwrap();
        Self { sandbox, folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program();
        command
            .env("FATSECRET_CONSUMER_KEY", "consumer-key-of-the-test")
            .env("FATSECRET_CONSUMER_SECRET", CONSUMER_SECRET)
            .arg("--folder")
            .arg(self.folder.path())
            .args(["--origin", &self.sandbox.origin()])
            .args(arguments);
        command
    }

    pub(crate) async fn client(
        &self,
        protocol: Protocol,
        person: &Person,
        arguments: &[&str],
    ) -> Client {
        let process = TokioChildProcess::new(self.command(arguments)).unwrap();
        begin(protocol, person, process).await
    }

    /// The file in which the servers keep what has this name. There must be one.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        let files = fs::read_dir(self.folder.path()).unwrap().map(|file| file.unwrap().path());
        let is_named = |path: &PathBuf| {
            path.file_name().unwrap().to_str().unwrap().starts_with(&format!("{name}-"))
        };
        files.into_iter().find(is_named).unwrap()
    }

    /// A client whose server logs everything, and what it logs.
    pub(crate) async fn logged_client(&self, person: &Person) -> (Client, ChildStderr) {
        let process = TokioChildProcess::builder(self.command(&["--verbose"]))
            .stderr(std::process::Stdio::piped());
        let (process, stderr) = process.spawn().unwrap();
        (begin(Protocol::Initialize, person, process).await, stderr.unwrap())
    }

    /// A client with a connected account.
    pub(crate) async fn connected(&self, protocol: Protocol, person: &Person) -> Client {
        let client = self.client(protocol, person, &[]).await;
        let page = call(&client, "login", "{}").await.structured_content.unwrap()["page"].clone();
        let approval = self.sandbox.approve(page.as_str().unwrap()).unwrap();
        let pin = format!(r#"{{"pin":"{}"}}"#, approval.verifier().unwrap());
        assert!(data(&client, "login", &pin).await["is_connected"] == true);
        client
    }
}

/// The server without anything of this process's environment.
pub(crate) fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_example-mcp-server"));
    command.env_clear();
    command
}

pub(crate) async fn begin(
    protocol: Protocol,
    person: &Person,
    process: TokioChildProcess,
) -> Client {
    let lifecycle = match protocol {
        Protocol::Initialize => ClientLifecycleMode::Initialize,
        Protocol::Discover => ClientLifecycleMode::Discover {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
        },
    };
    person.clone().serve_with_lifecycle(process, lifecycle).await.unwrap()
}

pub(crate) fn params(tool: &str, arguments: &str) -> CallToolRequestParams {
    let arguments: Value = serde_json::from_str(arguments).unwrap();
    CallToolRequestParams::new(tool.to_owned())
        .with_arguments(arguments.as_object().unwrap().clone())
}

pub(crate) async fn call(client: &Client, tool: &str, arguments: &str) -> CallToolResult {
    client.call_tool(params(tool, arguments)).await.unwrap()
}

/// The data of a tool that did its work, which its schema describes and its text repeats.
#[track_caller]
pub(crate) fn data_of(result: &CallToolResult) -> Value {
    assert_ne!(result.is_error, Some(true), "{result:?}");
    let data = result.structured_content.clone().unwrap();
    let text = result.content.last().and_then(|block| block.as_text()).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&text.text).unwrap(), data);
    data
}

pub(crate) async fn data(client: &Client, tool: &str, arguments: &str) -> Value {
    data_of(&call(client, tool, arguments).await)
}

/// What a tool that did not do its work says.
pub(crate) async fn trouble(client: &Client, tool: &str, arguments: &str) -> String {
    let result = call(client, tool, arguments).await;
    assert_eq!((result.is_error, &result.structured_content), (Some(true), &None), "{result:?}");
    result.content[0].as_text().unwrap().text.clone()
}
