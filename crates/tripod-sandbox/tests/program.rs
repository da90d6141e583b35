//! The program as a process: what it prints, what it serves, how it ends.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper of a test fails by panicking, as the test does"
)]

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Lines, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStderr, Command, Output, Stdio},
};

use tripod::{
    AccessToken, Callback, Client, Consumer, Provider, Session,
    providers::{
        self,
        fatsecret::{DATA, HANDSHAKE},
    },
};

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tripod-sandbox"));
    command.args(arguments);
    for name in ["CONSUMER_KEY", "CONSUMER_SECRET"] {
        command.env_remove(format!("TRIPOD_SANDBOX_{name}"));
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn output(arguments: &[&str]) -> Output {
    program(arguments).output().unwrap()
}

/// A program that runs, and is killed if a test fails.
struct Running {
    child: Child,
    /// What it printed when it began.
    start: String,
    /// The variables that it told the reader to set.
    variables: HashMap<String, String>,
    log: Lines<BufReader<ChildStderr>>,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        Self::of(program(&[&["--port", "0"], arguments].concat()))
    }

    fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut start = String::new();
        let mut variables = HashMap::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        while variables.len() < 5 {
            // None: it ended before it had said everything.
            let line = lines.next().unwrap().unwrap();
            if let Some((name, value)) =
                line.trim().strip_prefix("export ").and_then(|pair| pair.split_once('='))
            {
                variables.insert(name.to_owned(), value.to_owned());
            }
            start += &(line + "\n");
        }
        let log = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, start, variables, log }
    }

    fn variable(&self, name: &str) -> &str {
        &self.variables[&format!("TRIPOD_SANDBOX_{name}")]
    }

    fn url(&self) -> &str {
        self.variable("URL")
    }

    /// A session made of nothing but the variables, as a reader's program would make it.
    fn session(&self) -> Session {
        let provider =
            Provider::fatsecret().moved_to(&[(HANDSHAKE, self.url()), (DATA, self.url())]).unwrap();
        let consumer =
            Consumer::new(self.variable("CONSUMER_KEY"), self.variable("CONSUMER_SECRET"));
        let token =
            AccessToken::new(self.variable("TOKEN"), self.variable("TOKEN_SECRET")).unwrap();
        Client::new(provider, consumer).unwrap().session(token)
    }

    /// Sends a request that is not signed, and gives the whole reply.
    fn get(&self, target: &str) -> String {
        self.send(&format!("GET {target} HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n\r\n"))
    }

    /// Sends a request as it is, but for `{host}`, and gives the whole reply.
    fn send(&self, request: &str) -> String {
        let host = self.url().strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        stream.write_all(request.replace("{host}", host).as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        reply
    }

    /// The next line of the log, without its time.
    fn logged(&mut self) -> String {
        let line = self.log.next().unwrap().unwrap();
        let (time, rest) = line.split_once(' ').unwrap();
        assert!(time.len() == 9 && time.ends_with('Z'), "{line}");
        rest.to_owned()
    }

    /// Asks the program to stop, and gives its exit code and the rest of its log.
    #[cfg(unix)]
    fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        let process = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &process]).status().unwrap().success());
        let status = self.child.wait().unwrap();
        let rest: Vec<String> = (&mut self.log).map(Result::unwrap).collect();
        (status.code(), rest.join("\n"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn it_says_how_to_reach_it_and_logs_each_request() {
    let mut running = Running::start(&[]);
    for part in ["/oauth/request_token\n", "/rest/server.api\n", "name      ada\n", "Ctrl-C"] {
        assert!(running.start.contains(part), "{part} is missing in {}", running.start);
    }
    let session = running.session();
    let url = format!("{}/rest/server.api", running.url());
    let reply = session.get(&url).query(&[("method", "echo")]).send().await.unwrap();
    assert!(reply.text().unwrap().contains("<user>ada</user>"));
    assert_eq!(running.logged(), "GET /rest/server.api echo 200");

    let reply = running.get("/oauth/request_token");
    assert!(reply.starts_with("HTTP/1.1 400 "), "{reply}");
    assert_eq!(
        running.logged(),
        "GET /oauth/request_token 400 refused: the parameter oauth_consumer_key is missing or empty"
    );
    running.get("/elsewhere?oauth_token=private");
    assert_eq!(running.logged(), "GET /elsewhere 404 refused: there is nothing at this path");
}

#[tokio::test]
async fn a_wrong_secret_is_explained_without_secrets_unless_asked_for() {
    for (options, lines) in [(&[][..], 1), (&["--base-strings"][..], 2)] {
        let mut running = Running::start(options);
        let right = running.session();
        let wrong = AccessToken::new(running.variable("TOKEN"), "another-secret").unwrap();
        let session = right.client().session(wrong);
        let url = format!("{}/rest/echo/v1", running.url());
        let reply = session.get(&url).send().await.unwrap();
        assert!(reply.text().unwrap().contains("<code>8</code>"));
        let mut seen = vec![running.logged()];
        assert!(
            seen[0].starts_with("GET /rest/echo/v1 200 refused: the signature is wrong"),
            "{}",
            seen[0]
        );
        assert!(!seen[0].contains("sandbox-token"));
        if lines == 2 {
            seen.push(running.log.next().unwrap().unwrap());
            assert!(seen[1].starts_with("          expected base string: GET&http%3A%2F%2F127.0."));
        }
        // Nothing else was written in between.
        running.get("/elsewhere");
        assert!(running.logged().starts_with("GET /elsewhere 404"));
        for line in &seen {
            assert!(!line.contains("secret") || line.contains("check the consumer secret"));
        }
    }
}

#[tokio::test]
async fn options_choose_credentials_data_and_faults() {
    let mut command = program(&["--port", "0", "--seed-year", "--grant", "a b", "c"]);
    command.args(["--user", "grace", "--fault", "status:503@data", "--tidy"]);
    command.env("TRIPOD_SANDBOX_CONSUMER_KEY", "my-key");
    let mut running = Running::of(command);
    assert_eq!(running.variable("CONSUMER_KEY"), "my-key");
    assert_eq!(running.variable("TOKEN"), "'a b'");
    running.variables.insert("TRIPOD_SANDBOX_TOKEN".to_owned(), "a b".to_owned());
    let session = running.session();
    let call = || {
        let url = format!("{}/rest/weight/month/v2", running.url());
        session.get(&url).query(&[("format", "json")]).send()
    };
    assert_eq!(call().await.unwrap().status(), 503);
    let month: serde_json::Value = call().await.unwrap().json().unwrap();
    assert!(month["month"]["from_date_int"].is_number(), "{month}");
    assert_eq!(running.logged(), "GET /rest/weight/month/v2 503 (injected: Status(503))");
    assert_eq!(running.logged(), "GET /rest/weight/month/v2 200");
}

#[test]
fn it_can_be_like_another_provider() {
    let mut running = Running::start(&["--like", "netsuite", "--site", "7654321"]);
    for part in [
        "with the habits of netsuite.\n",
        "/rest/requesttoken\n",
        "  https://7654321.restlets.api.netsuite.com\n",
    ] {
        assert!(running.start.contains(part), "{part} is missing in {}", running.start);
    }
    assert!(!running.start.contains("methods by name"));
    running.get("/rest/requesttoken");
    assert_eq!(
        running.logged(),
        "GET /rest/requesttoken 405 refused: this endpoint does not accept the HTTP method"
    );
    for (arguments, text) in [
        (["--like", "twitter"], "no persona has that name; there are: atlassian, discogs, etrade,"),
        (["--denial", "maybe"], "no denial has that form"),
    ] {
        let refused = output(&arguments);
        assert_eq!(refused.status.code(), Some(2));
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains(text), "{said}");
    }
    let refused = output(&["--port", "0", "--like", "netsuite", "--site", "https://a.example"]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(refused.stderr).unwrap(),
        "tripod-sandbox: the site must be an account, such as 1234567_SB1\n"
    );
}

/// E*TRADE's preset, moved to the program, with the page played as a browser does it.
#[tokio::test]
async fn a_preset_that_is_moved_to_the_program_goes_the_whole_way() {
    let running = Running::start(&["--like", "etrade"]);
    let url = running.url().to_owned();
    let moved = providers::etrade()
        .moved_to(&[("https://api.etrade.com", &url), ("https://us.etrade.com", &url)])
        .unwrap();
    let consumer =
        Consumer::new(running.variable("CONSUMER_KEY"), running.variable("CONSUMER_SECRET"));
    let client = Client::new(moved, consumer).unwrap();
    let issued = client.begin(Callback::out_of_band()).request_token().await.unwrap();

    let page = issued.authorization_url();
    let opened = running.get(page.strip_prefix(&url).unwrap());
    let between = |text: &str, start: &str, end: &str| {
        let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}"));
        rest.split_once(end).unwrap().0.to_owned()
    };
    let value = |name: &str| between(&opened, &format!("name=\"{name}\" value=\""), "\"");
    let encoded = |text: String| text.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D");
    let form = format!(
        "oauth_token={}&form={}&page.key={}&name=ada&password=lovelace&answer=allow",
        encoded(value("oauth_token")),
        value("form"),
        value("page.key"),
    );
    let cookie = between(&opened, "set-cookie: ", ";");
    let answer = running.send(&format!(
        "POST /e/t/etws/authorize HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n\
         Cookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\n\r\n{form}",
        form.len()
    ));
    let code = between(&answer, "<strong id=\"code\">", "<");
    let session = issued.authorize(&code).unwrap().exchange().await.unwrap();
    let reply = session.get(format!("{url}/v1/accounts/list")).send().await.unwrap();
    assert!(reply.text().unwrap().contains(r#""persona":"etrade""#));
    assert!(!session.renew().await.unwrap().pair_changed());
    assert!(session.revoke().await.is_ok());
}

#[cfg(unix)]
#[test]
fn it_ends_well_when_it_is_asked_to() {
    for signal in ["-INT", "-TERM"] {
        let mut running = Running::start(&["--generic"]);
        assert!(running.start.starts_with("A strict OAuth 1.0a provider for tests, which follows"));
        running.get("/rest/x");
        assert!(running.logged().contains(" 400 refused: the parameter oauth_consumer_key"));
        assert_eq!(running.stop(signal), (Some(0), String::new()));
    }
}

#[test]
fn a_port_that_is_taken_is_a_clear_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let output = output(&["--port", &port.to_string()]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        format!(
            "tripod-sandbox: port {port} of 127.0.0.1 is in use by another program. Choose another \
             port with --port, or any free port with --port 0.\n"
        )
    );
    assert_eq!(output.stdout, b"");
}

#[test]
fn help_has_examples_and_a_wrong_option_is_named() {
    let help = output(&["--help"]);
    assert!(help.status.success());
    let help = String::from_utf8(help.stdout).unwrap();
    for part in ["Examples:", "--grant <TOKEN> <SECRET>", "clock-jump", "lost-reply"] {
        assert!(help.contains(part), "{part} is missing in {help}");
    }
    let wrong = output(&["--fault", "cutoff"]);
    assert_eq!(wrong.status.code(), Some(2));
    let text = String::from_utf8(wrong.stderr).unwrap();
    assert!(text.contains("no fault has that name; --help lists them"), "{text}");
}
