//! A provider, a listener, and clients that speak HTTP by hand.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tripod::{Client, PendingFlow, loopback::Loopback, transport::ReqwestTransport};
use tripod_sandbox::Sandbox;

/// A bound on broken tests; no test waits for it.
pub(crate) const BOUND: Duration = Duration::from_secs(30);

/// Says why a test cannot run here. Fails where nothing may be skipped.
#[track_caller]
pub(crate) fn not_run(why: &str) {
    println!("NOT RUN: {why}");
    let is_allowed = std::env::var("TRIPOD_TEST_ALL").as_deref() != Ok("1");
    assert!(is_allowed, "TRIPOD_TEST_ALL=1: nothing may be skipped");
}

/// A provider, and a listener whose flow waits for the user.
pub(crate) struct Scene {
    pub(crate) sandbox: Sandbox,
    pub(crate) client: Client,
    pub(crate) loopback: Loopback,
    pub(crate) issued: PendingFlow,
}

pub(crate) async fn scene() -> Scene {
    scene_at(Loopback::bind().await.unwrap()).await
}

pub(crate) async fn scene_at(loopback: Loopback) -> Scene {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::new(sandbox.provider(), sandbox.consumer()).unwrap();
    let issued = client.begin(loopback.callback()).request_token().await.unwrap();
    Scene { sandbox, client, loopback, issued }
}

impl Scene {
    /// Has the user say yes, and gives where their browser is sent.
    pub(crate) fn approve(&self) -> Url {
        Url::parse(approve(&self.sandbox, &self.issued))
    }

    /// Has the user say no.
    pub(crate) fn deny(&self) -> Url {
        let denied = self.sandbox.deny(&self.issued.authorization_url()).unwrap();
        Url::parse(denied.callback_url().unwrap())
    }

    /// The callback of another flow of the same program, approved by somebody.
    pub(crate) async fn approve_another(&self) -> Url {
        let other = self.client.begin(self.loopback.callback()).request_token().await.unwrap();
        Url::parse(approve(&self.sandbox, &other))
    }
}

pub(crate) fn approve(sandbox: &Sandbox, flow: &PendingFlow) -> String {
    let approval = sandbox.approve(&flow.authorization_url()).unwrap();
    approval.callback_url().unwrap().to_owned()
}

/// A URL in the two parts that a request needs.
#[derive(Clone, Debug)]
pub(crate) struct Url {
    pub(crate) authority: String,
    pub(crate) target: String,
}

impl Url {
    pub(crate) fn parse(url: impl AsRef<str>) -> Self {
        let rest = url.as_ref().strip_prefix("http://").unwrap();
        let at = rest.find('/').unwrap();
        Self { authority: rest[..at].to_owned(), target: rest[at..].to_owned() }
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    pub(crate) fn with_target(&self, target: impl Into<String>) -> Self {
        Self { target: target.into(), ..self.clone() }
    }

    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.authority).await.unwrap()
    }

    /// The request of a browser.
    pub(crate) fn request(&self) -> String {
        self.request_as("GET", &self.authority)
    }

    pub(crate) fn request_as(&self, method: &str, host: &str) -> String {
        let target = &self.target;
        format!("{method} {target} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n")
    }

    pub(crate) async fn get(&self) -> Reply {
        self.send(&self.request()).await
    }

    /// Sends bytes to the same place on a new connection.
    pub(crate) async fn send(&self, request: &str) -> Reply {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        read(&mut stream).await
    }

    /// Opens the callback and goes where it is redirected, as a browser does.
    pub(crate) async fn visit(&self) -> Reply {
        let redirect = self.get().await;
        assert_eq!(redirect.status, 303, "{}", redirect.text);
        let to = redirect.header("location").unwrap();
        self.with_target(to).get().await
    }
}

/// A reply, read to its end.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (head, _) = self.text.split_once("\r\n\r\n").unwrap();
        head.lines().skip(1).find_map(|line| {
            let (candidate, value) = line.split_once(':')?;
            candidate.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn body(&self) -> &str {
        self.text.split_once("\r\n\r\n").unwrap().1
    }

    pub(crate) fn title(&self) -> &str {
        self.body().split_once("<title>").unwrap().1.split_once("</title>").unwrap().0
    }
}

pub(crate) async fn read(stream: &mut TcpStream) -> Reply {
    let mut text = String::new();
    tokio::time::timeout(BOUND, stream.read_to_string(&mut text)).await.unwrap().unwrap();
    let status = text.get(9..12).unwrap_or_else(|| panic!("no reply: {text:?}"));
    Reply { status: status.parse().unwrap(), text }
}

/// Whether the other side has closed or reset the connection; waits for it.
pub(crate) async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut rest = Vec::new();
    match tokio::time::timeout(BOUND, stream.read_to_end(&mut rest)).await {
        Ok(Ok(_)) => rest.is_empty(),
        Ok(Err(_)) => true,
        Err(_) => false,
    }
}

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The user's browser: opens a page of the sandbox's, logs in, answers, and goes where it is sent.
/// Gives the address and the text of the page that it ends on.
pub(crate) async fn browse(page: String, answer: &'static str) -> Outcome<(String, String)> {
    let browser = ReqwestTransport::builder()?.build()?;
    let opened = browser.get(page).send().await?.error_for_status()?;
    let cookie = opened.headers().get("set-cookie").ok_or("no cookie")?.clone();
    let address = opened.url().as_str().split('?').next().unwrap().to_owned();
    let html = opened.text().await?;
    let hidden = |name: &str| {
        let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\""))?;
        Some(rest.split_once('"')?.0.to_owned())
    };
    let form = serde_urlencoded::to_string([
        ("oauth_token", hidden("oauth_token").ok_or("no form")?),
        ("form", hidden("form").ok_or("no form")?),
        ("name", "ada".to_owned()),
        ("password", PASSWORD.to_owned()),
        ("answer", answer.to_owned()),
    ])?;
    let end = browser
        .post(address)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("cookie", cookie)
        .body(form)
        .send()
        .await?;
    Ok((end.url().to_string(), end.text().await?))
}

/// The sandbox's default.
const PASSWORD: &str = "lovelace";
