//! chromedriver as a child, and browsers with a profile of their own.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    str::FromStr,
    sync::mpsc,
    thread,
    time::Duration,
};

use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, KeyAction, KeyActions},
    elements::Element,
    wait::Wait,
    wd::{Capabilities, WebDriverCompatibleCommand},
};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::Url;
use serde_json::json;

use crate::site::Outcome;

/// How long a page may take to come.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is asked for.
const POLL: Duration = Duration::from_millis(20);

/// chromedriver on a free port.
pub(crate) struct Driver {
    child: Child,
    url: String,
    /// For its temporary files and the browsers' profiles.
    folder: tempfile::TempDir,
}

impl Driver {
    /// The error says what is not there.
    pub(crate) fn start() -> Outcome<Self> {
        let version = Command::new("chromium").arg("--version").stderr(Stdio::null()).output();
        if !version.is_ok_and(|output| output.status.success()) {
            return Err("there is no chromium".into());
        }
        let folder = tempfile::tempdir()?;
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| "there is no chromedriver")?;
        let output = child.stdout.take().ok_or("no output")?;
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let port = line
                    .strip_prefix("ChromeDriver was started successfully on port ")
                    .and_then(|rest| rest.trim_end_matches('.').parse::<u16>().ok());
                if let Some(port) = port {
                    let _ = tell.send(port);
                }
            }
        });
        let port = told.recv_timeout(Duration::from_secs(60));
        let mut driver = Self { child, url: String::new(), folder };
        driver.url =
            format!("http://127.0.0.1:{}", port.map_err(|_| "chromedriver names no port")?);
        Ok(driver)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It has no browser left: each is closed, or dropped with its runtime, before this.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A browser of its own, with nothing of another's.
pub(crate) struct Browser {
    pub(crate) client: Client,
    _profile: tempfile::TempDir,
}

impl Browser {
    pub(crate) async fn open(driver: &Driver) -> Outcome<Self> {
        Self::with_strategy(driver, "normal").await
    }

    /// One that takes commands while a page is on its way.
    pub(crate) async fn impatient(driver: &Driver) -> Outcome<Self> {
        Self::with_strategy(driver, "none").await
    }

    async fn with_strategy(driver: &Driver, strategy: &str) -> Outcome<Self> {
        let profile = tempfile::tempdir_in(driver.folder.path())?;
        let data = format!("--user-data-dir={}", profile.path().display());
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            // A page that goes back is loaded anew, as `no-store` asks.
            "--disable-features=BackForwardCache",
            "--window-size=1200,900",
            &data,
            // Otherwise the browser's own first page comes, which takes half a second.
            "about:blank",
        ];
        let options = json!({ "args": arguments });
        let capabilities = Capabilities::from_iter([
            ("goog:chromeOptions".to_owned(), options),
            ("pageLoadStrategy".to_owned(), strategy.into()),
        ]);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = builder.capabilities(capabilities).connect(&driver.url).await?;
        Ok(Self { client, _profile: profile })
    }

    pub(crate) async fn close(self) -> Outcome<()> {
        Ok(self.client.close().await?)
    }

    pub(crate) async fn goto(&self, url: &str) -> Outcome<()> {
        Ok(self.client.goto(url).await?)
    }

    fn wait(&self) -> Wait<'_> {
        self.client.wait().at_most(PATIENCE).every(POLL)
    }

    /// Waits for a page with this heading, and until all of that page is there: a key pressed before that
    /// goes to a page without the field that it is meant for.
    pub(crate) async fn heading(&self, text: &str) -> Outcome<()> {
        let path = format!("//h1[normalize-space(.)={}]", quoted(text));
        let found = self.wait().for_element(Locator::XPath(&path)).await;
        if let Err(error) = found {
            let url = self.client.current_url().await?;
            let source = self.client.source().await?;
            return Err(format!("no page {text:?} at {url}: {error}\n{source}").into());
        }
        let script = "const [done] = arguments; \
            document.readyState === 'complete' ? done() : addEventListener('load', () => done());";
        self.client.execute_async(script, Vec::new()).await?;
        Ok(())
    }

    pub(crate) async fn button(&self, text: &str) -> Outcome<Element> {
        let path =
            format!("//button[normalize-space(.)={0}] | //a[normalize-space(.)={0}]", quoted(text));
        let wait = self.wait();
        Ok(wait.for_element(Locator::XPath(&path)).await?)
    }

    pub(crate) async fn press(&self, text: &str) -> Outcome<()> {
        Ok(self.button(text).await?.click().await?)
    }

    pub(crate) async fn field(&self, id: &str) -> Outcome<Element> {
        Ok(self.wait().for_element(Locator::Id(id)).await?)
    }

    /// Fills the provider's form, without an answer.
    pub(crate) async fn identify(&self) -> Outcome<()> {
        self.heading("The diary example asks for access to your account").await?;
        self.field("name").await?.send_keys("ada").await?;
        Ok(self.field("password").await?.send_keys("lovelace").await?)
    }

    /// Types on the keyboard, wherever the focus is.
    pub(crate) async fn keys(&self, keys: &str) -> Outcome<()> {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for key in keys.chars() {
            actions =
                actions.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
        }
        Ok(self.client.perform_actions(actions).await?)
    }

    /// What has the focus: its text, or its name.
    pub(crate) async fn focus(&self) -> Outcome<String> {
        let script = "const e = document.activeElement; return e.name || e.textContent.trim();";
        let text = self.client.execute(script, Vec::new()).await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Makes the page's view so large, in pixels of CSS. A headless browser's window has a least
    /// width; the view has none.
    pub(crate) async fn view(&self, width: u32, height: u32, mobile: bool) -> Outcome<()> {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 2, "mobile": mobile,
        });
        self.client.issue_cmd(Emulate("setDeviceMetricsOverride", size)).await?;
        Ok(())
    }

    pub(crate) async fn dark(&self, dark: bool) -> Outcome<()> {
        let value = if dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.client.issue_cmd(Emulate("setEmulatedMedia", media)).await?;
        Ok(())
    }

    /// Into `target/tmp/screenshots`.
    pub(crate) async fn screenshot(&self, name: &str) -> Outcome<()> {
        let folder = Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/screenshots"));
        fs::create_dir_all(folder)?;
        Ok(fs::write(folder.join(format!("{name}.png")), self.client.screenshot().await?)?)
    }

    /// How much wider the page is than the window, in pixels.
    pub(crate) async fn overflow(&self) -> Outcome<i64> {
        let script = "const e = document.documentElement; return e.scrollWidth - e.clientWidth;";
        self.client.execute(script, Vec::new()).await?.as_i64().ok_or_else(|| "no width".into())
    }
}

/// chromedriver's own way to the browser's own protocol.
#[derive(Debug)]
struct Emulate(&'static str, serde_json::Value);

impl WebDriverCompatibleCommand for Emulate {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, <Url as FromStr>::Err> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        let body = json!({ "cmd": format!("Emulation.{}", self.0), "params": self.1 });
        (http::Method::POST, Some(body.to_string()))
    }
}

/// The path language has no escapes; the texts here have no double quote.
fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}
