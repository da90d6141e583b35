//! The web program as a child process, and a visitor with a cookie jar.
//!
//! A child process that nobody waits for stays behind, and a child whose output nobody reads stops when
//! the pipe is full. [`Site`] does both, and kills its child when it is dropped.
#![allow(dead_code, reason = "each of the tests that share this uses a part")]

use std::{
    collections::BTreeMap,
    error::Error,
    ffi::OsStr,
    fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use reqwest::{Method, StatusCode, header};
use tripod::transport::ReqwestTransport;
use tripod_sandbox::Sandbox;

pub(crate) type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Cargo builds it before it runs the tests.
const PROGRAM: &str = env!("CARGO_BIN_EXE_example-web-app");

pub(crate) const KEY: &str = "web-consumer";
pub(crate) const SECRET: &str = "web-consumer-secret";
/// 32 bytes; good for tests only.
pub(crate) const SEALING_KEY: &str = "dGVzdHMgb25seSB0ZXN0cyBvbmx5IHRlc3RzIG9ubHk=";

/// A sandbox that knows the consumer of [`Site`].
pub(crate) async fn sandbox() -> Outcome<Sandbox> {
    let sandbox =
        Sandbox::builder().consumer(KEY, SECRET).application("The diary example").capacity(4000);
    Ok(sandbox.start().await?)
}

/// Writes 50 g of bread into the diary of today, and into that of tomorrow: midnight may pass (in UTC) before the site
/// looks at the clock.
pub(crate) fn eat_bread(sandbox: &Sandbox) -> Outcome<()> {
    let today = jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    for day in [today, today.tomorrow()?] {
        sandbox.log_food(day, "breakfast", 3017, 30_172, 50.0)?;
    }
    Ok(())
}

/// Runs a test's future, for a harness without `#[tokio::test]`.
pub(crate) fn run(test: impl Future<Output = Outcome<()>>) -> Result<(), libtest_mimic::Failed> {
    // A bound on what hangs, and no measure of what is slow.
    let bounded = async { tokio::time::timeout(Duration::from_secs(300), test).await? };
    Ok(tokio::runtime::Runtime::new()?.block_on(bounded)?)
}

/// The program, running.
pub(crate) struct Site {
    child: Child,
    /// Such as `127.0.0.1:40123`.
    pub(crate) address: String,
    said: Arc<Mutex<String>>,
    readers: Vec<thread::JoinHandle<()>>,
    /// For its temporary files, which it cannot remove when it is killed.
    _folder: tempfile::TempDir,
}

impl Site {
    /// Starts it at a provider, with further arguments.
    pub(crate) fn start(provider: &str, arguments: &[&str]) -> Outcome<Self> {
        Self::start_in(provider, arguments, None)
    }

    /// The same, with one more variable in its environment.
    pub(crate) fn start_in(
        provider: &str,
        arguments: &[&str],
        variable: Option<(&str, &str)>,
    ) -> Outcome<Self> {
        Self::launch(
            Command::new(PROGRAM)
                .args(["--stop-with-stdin", "--provider", provider])
                .args(arguments)
                .env("TRIPOD_SEALING_KEY", SEALING_KEY)
                .env("FATSECRET_CONSUMER_KEY", KEY)
                .env("FATSECRET_CONSUMER_SECRET", SECRET)
                .envs(variable),
        )
    }

    /// Starts it with a store that outlives it and without a key. What it says.
    pub(crate) fn without_a_key(store: &str) -> Outcome<(bool, String)> {
        let output = Command::new(PROGRAM)
            .args(["--stop-with-stdin", "--sqlite", store])
            .env_remove("TRIPOD_SEALING_KEY")
            .stdin(Stdio::null())
            .output()?;
        Ok((output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
    }

    /// Starts it with one variable in its environment, which ends it. Whether it ended well, and what it says.
    pub(crate) fn with_only(variable: &str, value: &OsStr) -> Outcome<(bool, String)> {
        let output =
            Command::new(PROGRAM).env_clear().env(variable, value).stdin(Stdio::null()).output()?;
        Ok((output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned()))
    }

    /// Starts it where no file can grow beyond so many blocks of 512 bytes: to it, the disk is full then.
    #[cfg(unix)]
    pub(crate) fn with_small_disk(blocks: u32, provider: &str, store: &str) -> Outcome<Self> {
        // The signal would end it; ignored, the write fails, and a program that is started stays so.
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        Self::launch(
            Command::new("sh")
                .args(["-c", &limited])
                .arg(PROGRAM)
                .args(["--stop-with-stdin", "--provider", provider, "--sqlite", store])
                .env("TRIPOD_SEALING_KEY", SEALING_KEY)
                .env("FATSECRET_CONSUMER_KEY", KEY)
                .env("FATSECRET_CONSUMER_SECRET", SECRET),
        )
    }

    /// Starts it with arguments after which it ends by itself. Whether it ended well, and its output.
    pub(crate) fn says(arguments: &[&str]) -> Outcome<(bool, String)> {
        let output = Command::new(PROGRAM).args(arguments).stdin(Stdio::null()).output()?;
        let said = [output.stdout, output.stderr].concat();
        Ok((output.status.success(), String::from_utf8(said)?))
    }

    /// Starts it as a person would who has read nothing.
    pub(crate) fn alone() -> Outcome<Self> {
        Self::launch(
            Command::new(PROGRAM)
                .arg("--stop-with-stdin")
                .env_remove("TRIPOD_SEALING_KEY")
                .env_remove("FATSECRET_CONSUMER_KEY")
                .env_remove("FATSECRET_CONSUMER_SECRET"),
        )
    }

    fn launch(command: &mut Command) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        // Its standard input ends when this process does, and so does it.
        let mut child = command
            .env("TMPDIR", folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let said = Arc::<Mutex<String>>::default();
        let (tell, told) = mpsc::channel();
        let outputs: [Box<dyn std::io::Read + Send>; 2] = [
            Box::new(child.stdout.take().ok_or("no output")?),
            Box::new(child.stderr.take().ok_or("no output")?),
        ];
        let mut readers = Vec::new();
        for output in outputs {
            let (said, tell) = (Arc::clone(&said), tell.clone());
            readers.push(thread::spawn(move || {
                for line in BufReader::new(output).lines().map_while(Result::ok) {
                    if let Some(address) = line.strip_prefix("listening on http://") {
                        let _ = tell.send(address.to_owned());
                    }
                    let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                    said.push_str(&line);
                    said.push('\n');
                }
            }));
        }
        drop(tell);
        let address = told.recv_timeout(Duration::from_secs(60));
        let mut site = Self { child, address: String::new(), said, readers, _folder: folder };
        match address {
            Ok(address) => site.address = address,
            Err(_) => return Err(format!("the program does not listen: {}", site.said()).into()),
        }
        Ok(site)
    }

    /// What has been read so far of what it wrote.
    fn said(&self) -> String {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The most memory that it has had in use so far, in KiB; none where the system does not tell.
    pub(crate) fn memory(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().strip_suffix(" kB")?.parse().ok()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// SIGKILL: nothing in it runs any more.
    pub(crate) fn kill(&mut self) -> Outcome<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Ends its standard input, which tells it to end.
    pub(crate) fn ask_to_stop(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Tells it to end and waits for that. Whether it ended well.
    pub(crate) fn stop(mut self) -> Outcome<bool> {
        self.ask_to_stop();
        Ok(self.child.wait()?.success())
    }

    /// Tells it to end, and returns all that it wrote.
    pub(crate) fn end(mut self) -> Outcome<String> {
        self.ask_to_stop();
        self.child.wait()?;
        for reader in std::mem::take(&mut self.readers) {
            reader.join().map_err(|_| "a reader of its output has panicked")?;
        }
        Ok(self.said())
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Somebody with a browser that knows no script: it keeps cookies and follows nothing by itself.
#[derive(Clone)]
pub(crate) struct Visitor {
    pub(crate) http: reqwest::Client,
    /// What goes as `Host` and `Origin`, if it is not the address that is connected to.
    public: Option<String>,
    pub(crate) cookies: BTreeMap<String, String>,
    /// Cookies of other hosts, which go in front of ours.
    pub(crate) foreign: Option<&'static [u8]>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: header::HeaderMap,
    pub(crate) body: String,
}

impl Visitor {
    pub(crate) fn new(http: &reqwest::Client) -> Self {
        Self { http: http.clone(), public: None, cookies: BTreeMap::new(), foreign: None }
    }

    /// As behind something that takes requests for `https://host`.
    pub(crate) fn at(http: &reqwest::Client, host: &str) -> Self {
        Self { public: Some(host.to_owned()), ..Self::new(http) }
    }

    pub(crate) async fn get(&mut self, site: &str, path: &str) -> Outcome<Reply> {
        self.send(Method::GET, site, path, &[]).await
    }

    /// Sends a form without fields, as a page of the site's own.
    pub(crate) async fn post(&mut self, site: &str, path: &str) -> Outcome<Reply> {
        let origin = match &self.public {
            Some(host) => format!("https://{host}"),
            None => format!("http://{site}"),
        };
        self.send(Method::POST, site, path, &[("origin", &origin)]).await
    }

    pub(crate) async fn send(
        &mut self,
        method: Method,
        site: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Outcome<Reply> {
        let mut request = self.http.request(method, format!("http://{site}{path}"));
        if let Some(host) = &self.public {
            request = request.header(header::HOST, host);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let ours = self.cookies.iter().map(|(name, value)| format!("{name}={value}").into_bytes());
        let cookies: Vec<Vec<u8>> =
            self.foreign.map(<[u8]>::to_vec).into_iter().chain(ours).collect();
        if !cookies.is_empty() {
            let line = header::HeaderValue::from_bytes(&cookies.join(&b"; "[..]))?;
            request = request.header(header::COOKIE, line);
        }
        let reply = request.send().await?;
        let (status, headers) = (reply.status(), reply.headers().clone());
        let body = reply.text().await?;
        let reply = Reply { status, headers, body };
        for line in reply.set_cookies() {
            let (name, value) =
                line.split(';').next().and_then(|pair| pair.split_once('=')).ok_or("no cookie")?;
            if line.to_ascii_lowercase().contains("max-age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(reply)
    }

    /// Presses "Log in". Gives the provider's page to which the site sends the browser.
    pub(crate) async fn log_in(&mut self, site: &str) -> Outcome<String> {
        let reply = self.post(site, "/login").await?;
        reply.location().map(str::to_owned).ok_or_else(|| format!("no way on: {reply:?}").into())
    }

    /// The site's session cookie, if there is one.
    pub(crate) fn session(&self) -> Option<&str> {
        self.cookies
            .iter()
            .find(|(name, _)| name.ends_with("diary"))
            .map(|(_, value)| value.as_str())
    }
}

impl Reply {
    pub(crate) fn location(&self) -> Option<&str> {
        self.headers.get(header::LOCATION)?.to_str().ok()
    }

    pub(crate) fn set_cookies(&self) -> impl Iterator<Item = &str> {
        let lines = self.headers.get_all(header::SET_COOKIE).iter();
        lines.filter_map(|line| line.to_str().ok())
    }

    /// The page's heading.
    pub(crate) fn title(&self) -> &str {
        let start = self.body.split_once("<h1>").map_or("", |(_, rest)| rest);
        start.split_once("</h1>").map_or(start, |(title, _)| title)
    }

    #[track_caller]
    pub(crate) fn expect(&self, status: u16, title: &str) -> &Self {
        assert_eq!((self.status.as_u16(), self.title()), (status, title), "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn expect_redirect(&self, location: &str) -> &Self {
        assert_eq!((self.status.as_u16(), self.location()), (303, Some(location)), "{self:?}");
        self
    }
}

/// An HTTP client for visitors: no cookies and no redirects of its own.
pub(crate) fn http() -> Outcome<reqwest::Client> {
    let builder = ReqwestTransport::builder()?.redirect(reqwest::redirect::Policy::none());
    Ok(builder.timeout(Duration::from_secs(60)).build()?)
}

/// Path and query of a callback.
pub(crate) fn target(callback: Option<&str>) -> Outcome<String> {
    let callback = callback.ok_or("no callback")?;
    let (_, rest) = callback.split_once("://").ok_or("no URL")?;
    let (_, path) = rest.split_once('/').ok_or("no path")?;
    Ok(format!("/{path}"))
}

impl Visitor {
    /// A page elsewhere, without cookies.
    pub(crate) async fn http_get(&self, url: &str) -> Outcome<String> {
        Ok(self.http.get(url).send().await?.text().await?)
    }
}
