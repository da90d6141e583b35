//! Many flows at once in one process: all wait for their users at the same time, all come back in another order, all
//! end in sessions that work. They are two thousand, and ten thousand with `TRIPOD_TEST_ALL=1`.
//!
//! A test binary of its own, since it wants the machine for itself. It prints what it measured; what
//! it asserts has no clock in it but one bound on the whole.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking, their helpers too")]

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use http::Response;
use tokio::{sync::Semaphore, task::JoinSet};
use tripod::{
    Callback, Client, Consumer, Error, ErrorKind, Failed, Flow, Nonce, PendingFlow, Provider,
    Session,
};
use tripod_sandbox::{Endpoint, Sandbox};

/// Calls in flight at the same time. Each needs a connection, and so two file descriptors here.
const CALLS: usize = 200;
/// No run may take longer; it takes a small part of it.
const LIMIT: Duration = Duration::from_secs(600);

fn flows() -> usize {
    if std::env::var("TRIPOD_TEST_ALL").is_ok_and(|all| all == "1") { 10_000 } else { 2_000 }
}

/// The memory of this process in bytes, where the system tells it.
fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// Takes a step until the provider has had its say. Between two seconds a request may be overtaken by
/// a later one, which FatSecret refuses; the step's own retry may meet the next second.
async fn insist<S, T, F>(mut flow: Flow<S>, step: impl Fn(Flow<S>) -> F) -> Flow<T>
where
    F: Future<Output = Result<Flow<T>, Failed<S>>>,
{
    loop {
        flow = match step(flow).await {
            Ok(next) => return next,
            Err(failed) => {
                let refused = matches!(failed.error().kind(), ErrorKind::TimestampRefused { .. });
                assert!(refused, "{:?}", failed.error());
                failed.into_flow()
            }
        };
    }
}

async fn echo(session: &Session, url: &str) -> Result<String, Error> {
    loop {
        let reply = session.get(url).query_pair("format", "json").send().await?;
        match reply.error_for_status() {
            Ok(reply) => return Ok(reply.text()?.to_owned()),
            Err(error) if matches!(error.kind(), ErrorKind::TimestampRefused { .. }) => {}
            Err(error) => return Err(error),
        }
    }
}

/// The timestamps in the order in which requests were signed never go back, and each nonce is once.
fn check_log(sandbox: &Sandbox, drawn: &[String], flows: usize) -> usize {
    let log = sandbox.log();
    assert_eq!(log.len(), drawn.len());
    let mut stamps = HashMap::new();
    for seen in &log {
        let nonce = seen.nonce.clone().unwrap();
        assert_eq!(stamps.insert(nonce, seen.timestamp.unwrap()), None, "a nonce came twice");
    }
    let in_order: Vec<u64> = drawn.iter().map(|nonce| stamps[nonce]).collect();
    assert!(in_order.is_sorted());
    let of = |endpoint| log.iter().filter(|seen| seen.endpoint == Some(endpoint)).count();
    for endpoint in [Endpoint::RequestToken, Endpoint::AccessToken, Endpoint::Data] {
        assert!(of(endpoint) >= flows);
    }
    log.len() - 3 * flows
}

/// One thread signs, so the order in which nonces are drawn is the order in which requests are signed.
#[tokio::test(flavor = "current_thread")]
async fn many_flows_at_once() {
    tokio::time::timeout(LIMIT, run()).await.unwrap();
}

async fn run() {
    let flows = flows();
    let begun = Instant::now();
    let sandbox = Arc::new(Sandbox::builder().capacity(8 * flows).start().await.unwrap());
    let drawn: Arc<Mutex<Vec<String>>> = Arc::default();
    let order = Arc::clone(&drawn);
    let client = Client::new(sandbox.provider(), sandbox.consumer())
        .unwrap()
        // Beyond the whole run's: a machine that is slow is no failure.
        .with_timeout(LIMIT)
        .with_nonces(move || {
            let nonce = Nonce::random();
            order.lock().unwrap().push(nonce.as_str().to_owned());
            nonce
        });
    let calls = Arc::new(Semaphore::new(CALLS));
    let before = memory();

    // All wait for their users.
    let mut tasks = JoinSet::new();
    for number in 0..flows {
        let (client, calls) = (client.clone(), Arc::clone(&calls));
        tasks.spawn(async move {
            let _turn = calls.acquire().await.unwrap();
            let callback =
                Callback::url(&format!("http://127.0.0.1:9/back?flow={number}")).unwrap();
            (
                number,
                insist(client.begin(callback), Flow::<tripod::Unauthorized>::request_token).await,
            )
        });
    }
    let mut pending: HashMap<String, (usize, PendingFlow)> = HashMap::with_capacity(flows);
    while let Some(joined) = tasks.join_next().await {
        let (number, issued): (usize, PendingFlow) = joined.unwrap();
        let token = issued.oauth_token().to_owned();
        assert!(pending.insert(token, (number, issued)).is_none(), "two flows have one token");
    }
    assert_eq!(pending.len(), flows);
    let waiting = memory();

    // The users answer, in the order of a hash map, and each callback finds the flow it belongs to.
    let pages: Vec<String> = pending.values().map(|(_, flow)| flow.authorization_url()).collect();
    let url = sandbox.data_url("echo/v1");
    let mut tasks = JoinSet::new();
    for page in pages {
        let approval = sandbox.approve(&page).unwrap();
        let callback = approval.callback_url().unwrap().to_owned();
        let token = callback.split("oauth_token=").nth(1).unwrap().split('&').next().unwrap();
        let (number, flow) = pending.remove(token).unwrap();
        assert!(callback.contains(&format!("flow={number}&")), "{callback} is not of {number}");
        let (calls, url) = (Arc::clone(&calls), url.clone());
        tasks.spawn(async move {
            let _turn = calls.acquire().await.unwrap();
            let flow = flow.receive_callback(&callback).unwrap();
            // Signed with this request token's secret and this verifier, or it would be refused.
            let session = insist(flow, Flow::<tripod::Authorized>::exchange).await;
            assert!(echo(&session, &url).await.unwrap().contains("\"user\":\"ada\""));
            session
        });
    }
    let mut sessions = Vec::with_capacity(flows);
    while let Some(session) = tasks.join_next().await {
        sessions.push(session.unwrap());
    }
    let tokens: HashSet<&str> =
        sessions.iter().map(|session| session.access_token().token()).collect();
    assert_eq!(tokens.len(), flows, "each session has a token of its own");
    let granted = memory();

    let again = check_log(&sandbox, &drawn.lock().unwrap(), flows);
    println!(
        "{flows} flows, {CALLS} calls at a time, {} connections, {again} requests sent again for \
         their timestamps, {:.1} s",
        sandbox.connections(),
        begun.elapsed().as_secs_f64()
    );
    if let (Some(before), Some(waiting), Some(granted)) = (before, waiting, granted) {
        let each = |after: u64| after.saturating_sub(before) / flows as u64;
        println!(
            "the process with the sandbox in it, in bytes per flow: {} while all wait, {} at the end",
            each(waiting),
            each(granted)
        );
    }
}

/// What a flow holds on the heap, without the sandbox's share, and beside its own size.
#[test]
fn what_a_flow_holds() {
    let client =
        Client::new(Provider::fatsecret(), Consumer::new("0123456789abcdef", "fedcba")).unwrap();
    let hex = "0123456789abcdef0123456789abcdef";
    let issued = Response::new(format!(
        "oauth_token={hex}&oauth_token_secret={hex}&oauth_callback_confirmed=true"
    ));
    // As long as the request token, and another one.
    let other: String = hex.chars().rev().collect();
    let granted = Response::new(format!("oauth_token={other}&oauth_token_secret={other}"));
    let begin = || client.begin(Callback::url("https://app.example/back?flow=12345").unwrap());
    let pending = || begin().build().unwrap().1.receive(&issued).unwrap();
    let session =
        || pending().authorize("1234567").unwrap().build().unwrap().1.receive(&granted).unwrap();
    drop(session());

    let held = |name: &str, size: usize, make: &mut dyn FnMut()| {
        let info = allocation_counter::measure(make);
        let bytes = usize::try_from(info.bytes_current).unwrap() / 100;
        println!("{name}: {size} bytes and {bytes} on the heap");
        bytes
    };
    let mut kept = (Vec::with_capacity(100), Vec::with_capacity(100));
    let waiting = held("a pending flow", size_of::<PendingFlow>(), &mut || {
        kept.0.extend((0..100).map(|_| pending()));
    });
    let granted = held("a session", size_of::<Session>(), &mut || {
        kept.1.extend((0..100).map(|_| session()));
    });
    assert!(waiting <= 256, "{waiting}");
    assert!(granted <= 4096, "{granted}");
}
