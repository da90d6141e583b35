//! The line breaks at every byte of every reply that matters: cut, reset, silent, or with bytes that
//! come again. No step panics, hangs beyond its limit or takes half a reply for a whole one; the flow
//! comes back; and on the healed line it goes on, or the provider says why it would not have it.
//!
//! Time stands still, and a test moves it once the line is silent, so nothing here waits.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking, their helpers too")]

mod proxy;

use std::time::Duration;

use tripod::{
    Authorized, Callback, Client, Error, ErrorKind, Failed, Flow, PendingFlow, Provider,
    ReplyError, ResourceRequest, Session, Unauthorized,
    providers::fatsecret::{DATA, HANDSHAKE},
};
use tripod_sandbox::Sandbox;

use proxy::{Break, Proxy};

const LIMIT: Duration = Duration::from_secs(5);
/// Spoiled connections that a client may have kept.
const TRIES: usize = 3;

/// A sandbox, the line to it, and a client that knows only the line.
struct Place {
    sandbox: Sandbox,
    proxy: Proxy,
    client: Client,
}

impl Place {
    async fn new() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let proxy = Proxy::to(&sandbox.origin());
        let provider = Provider::fatsecret()
            .moved_to(&[(HANDSHAKE, &proxy.origin), (DATA, &proxy.origin)])
            .unwrap();
        let client = Client::new(provider, sandbox.consumer()).unwrap().with_timeout(LIMIT);
        Self { sandbox, proxy, client }
    }

    fn begin(&self) -> Flow<Unauthorized> {
        self.client.begin(Callback::out_of_band())
    }

    /// The user says yes.
    fn approve(&self, issued: PendingFlow) -> Result<Flow<Authorized>, String> {
        let page = self.sandbox.authorize_url()
            + issued.authorization_url().split_once("/oauth/authorize").unwrap().1;
        let approval = self.sandbox.approve(&page).map_err(|error| error.to_string())?;
        Ok(issued.authorize(approval.verifier().unwrap()).unwrap())
    }

    async fn authorized(&self) -> Flow<Authorized> {
        self.approve(self.issued(self.begin()).await).unwrap()
    }

    /// A request token over a whole line. A reset behind a whole reply may have spoiled the connection
    /// that the client kept; that too is told as a failure of the line, and the step may be tried again.
    async fn issued(&self, mut flow: Flow<Unauthorized>) -> PendingFlow {
        for _ in 0..TRIES {
            match flow.request_token().await {
                Ok(issued) => return issued,
                Err(failed) => {
                    assert!(failed.error().is_retryable(), "{failed}");
                    flow = failed.into_flow();
                }
            }
        }
        flow.request_token().await.unwrap()
    }

    fn question(&self, session: &Session) -> ResourceRequest {
        let url = format!("{}/rest/echo/v1", self.proxy.origin);
        session.get(url).query_pair("format", "json")
    }

    /// Asks the data host who is there, over a whole line as in [`Self::issued`]: the body of its answer.
    async fn echo(&self, session: &Session) -> Result<String, Error> {
        let ask = async || {
            let reply = self.question(session).send().await?;
            Ok(reply.error_for_status()?.text()?.to_owned())
        };
        for _ in 0..TRIES {
            match ask().await {
                Err(error) if Error::is_retryable(&error) => {}
                answer => return answer,
            }
        }
        ask().await
    }

    /// Takes a step over a line that breaks; lets the time limit pass if the line is silent.
    async fn broken<T>(&mut self, how: Break, step: impl Future<Output = T> + Unpin) -> T {
        self.proxy.break_next(how);
        let mut step = step;
        let outcome = if matches!(how, Break::Stall(_)) {
            tokio::select! {
                biased;
                outcome = &mut step => outcome,
                () = self.proxy.broken() => {
                    // Not a moment longer than the limit, in which the step has been for no time yet.
                    tokio::time::advance(LIMIT + Duration::from_millis(2)).await;
                    step.await
                }
            }
        } else {
            step.await
        };
        assert!(self.proxy.heal(), "{how:?} did not happen");
        if how.closes() {
            // A whole reply may come before the end of its connection. Let the client see that end, since a
            // request that is sent into it is lost, which is no matter of this test.
            self.proxy.broken().await;
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
        }
        outcome
    }
}

/// Time stands, and does not run ahead while the client waits for the line, as it would with the
/// clock paused and nothing else to do: that there is blocking work keeps it.
fn test<F: Future>(run: impl FnOnce() -> F) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.unwrap().block_on(async {
        let (done, wait) = std::sync::mpsc::channel::<()>();
        let keeper = tokio::task::spawn_blocking(move || wait.recv().is_err());
        run().await;
        drop(done);
        assert!(keeper.await.unwrap());
    });
}

/// A failure of the line, of which its kind tells, and after which the same step may be tried again.
#[track_caller]
fn is_of_the_line(error: &Error, how: Break) {
    let expected = match how {
        Break::Stall(_) => [ErrorKind::Timeout, ErrorKind::Timeout],
        _ => [ErrorKind::Interrupted, ErrorKind::Connect],
    };
    assert!(expected.contains(error.kind()), "{how:?}: {error:?}");
    assert!(error.is_retryable(), "{how:?}: {error:?}");
}

/// What the provider says when a request token was spent already.
#[track_caller]
fn is_a_spent_token(error: &Error, how: Break) {
    assert!(matches!(error.kind(), ErrorKind::Rejected { .. }), "{how:?}: {error:?}");
    assert!(!error.is_retryable(), "{how:?}: {error:?}");
    let why = error.excerpt().unwrap();
    assert!(why.contains("token"), "{how:?}: {why}");
}

/// The breaks after which a reply is not whole, or damaged: at each byte.
fn at_each_byte(length: usize, how: fn(usize) -> Break) -> impl Iterator<Item = Break> {
    let first = usize::from(matches!(how(1), Break::Stutter(_) | Break::Repeat(_)));
    (first..=length).map(how)
}

fn at(how: Break) -> usize {
    match how {
        Break::Cut(at)
        | Break::Reset(at)
        | Break::Stall(at)
        | Break::Stutter(at)
        | Break::Repeat(at) => at,
    }
}

/// Goes to the end over a whole line.
async fn to_the_end(place: &Place, flow: Flow<Unauthorized>) {
    let issued = place.issued(flow).await;
    let session = place.approve(issued).unwrap().exchange().await.unwrap();
    assert!(place.echo(&session).await.unwrap().contains("\"user\":\"ada\""));
}

/// A broken line leaves no doubt: before the last byte there is no reply, behind it there is.
async fn every_step(how: fn(usize) -> Break) {
    let mut place = Place::new().await;

    drop(place.issued(place.begin()).await);
    let whole = place.proxy.length();
    for how in at_each_byte(whole, how) {
        let step = place.begin().request_token();
        match place.broken(how, step).await {
            Ok(issued) => {
                assert_eq!(at(how), whole);
                drop(place.approve(issued).unwrap());
            }
            Err(failed) => {
                line_broke(failed.error(), how, whole);
                to_the_end(&place, failed.into_flow()).await;
            }
        }
    }

    let session = place.authorized().await.exchange().await.unwrap();
    let whole = place.proxy.length();
    for how in at_each_byte(whole, how) {
        let step = place.authorized().await.exchange();
        match place.broken(how, step).await {
            Ok(session) => {
                assert_eq!(at(how), whole);
                assert!(place.echo(&session).await.unwrap().contains("\"user\":\"ada\""));
            }
            Err(failed) => {
                line_broke(failed.error(), how, whole);
                let failed: Failed<Authorized> = failed.into_flow().exchange().await.unwrap_err();
                is_a_spent_token(failed.error(), how);
            }
        }
    }

    let expected = place.echo(&session).await.unwrap();
    let whole = place.proxy.length();
    for how in at_each_byte(whole, how) {
        let sending = Box::pin(place.question(&session).send());
        match place.broken(how, sending).await {
            Ok(reply) => {
                assert_eq!(at(how), whole);
                assert_eq!(reply.text().unwrap().len(), expected.len());
            }
            Err(error) => line_broke(&error, how, whole),
        }
        assert_eq!(place.echo(&session).await.unwrap().len(), expected.len());
    }
}

/// A reset may overtake a whole reply; nothing else may fail behind it.
#[track_caller]
fn line_broke(error: &Error, how: Break, whole: usize) {
    assert!(at(how) < whole || matches!(how, Break::Reset(_)), "{how:?}: {error:?}");
    is_of_the_line(error, how);
}

#[test]
fn a_reply_that_is_cut_off() {
    test(|| every_step(Break::Cut));
}

#[test]
fn a_connection_that_is_reset() {
    test(|| every_step(Break::Reset));
}

#[test]
fn a_line_that_falls_silent() {
    test(|| every_step(Break::Stall));
}

/// Bytes that come again may damage what nothing guards, such as a token. Then the next step is
/// refused by the provider, and whoever goes on from where they were comes to the end.
async fn damaged(how: fn(usize) -> Break) {
    let mut place = Place::new().await;

    drop(place.issued(place.begin()).await);
    let whole = place.proxy.length();
    for how in at_each_byte(whole, how) {
        let step = place.begin().request_token();
        let flow = match place.broken(how, step).await {
            Ok(issued) => match place.approve(issued) {
                // The user is told that there is no such token.
                Err(_no_page) => place.begin(),
                Ok(authorized) => match authorized.exchange().await {
                    Ok(session) => {
                        let user = place.echo(&session).await.unwrap();
                        assert!(user.contains("\"user\":\"ada\""), "{how:?}: {user}");
                        continue;
                    }
                    Err(failed) => {
                        clear(failed.error(), how);
                        place.begin()
                    }
                },
            },
            Err(failed) => {
                clear(failed.error(), how);
                failed.into_flow()
            }
        };
        to_the_end(&place, flow).await;
    }

    let session = place.authorized().await.exchange().await.unwrap();
    let whole = place.proxy.length();
    for how in at_each_byte(whole, how) {
        let step = place.authorized().await.exchange();
        match place.broken(how, step).await {
            Ok(session) => match place.echo(&session).await {
                Ok(user) => assert!(user.contains("\"user\":\"ada\""), "{how:?}: {user}"),
                Err(error) => clear(&error, how),
            },
            Err(failed) => {
                clear(failed.error(), how);
                let failed: Failed<Authorized> = failed.into_flow().exchange().await.unwrap_err();
                is_a_spent_token(failed.error(), how);
            }
        }
    }

    let expected = place.echo(&session).await.unwrap();
    let whole = place.proxy.length();
    for how in at_each_byte(whole, how) {
        let sending = Box::pin(place.question(&session).send());
        if let Err(error) = place.broken(how, sending).await {
            clear(&error, how);
        }
        // Whatever came too much is not the reply to the next request.
        assert_eq!(place.echo(&session).await.unwrap().len(), expected.len());
    }
}

/// The error says what is wrong with the reply, or what the provider did not like.
#[track_caller]
fn clear(error: &Error, how: Break) {
    let is_clear = match error.kind() {
        ErrorKind::Interrupted
        | ErrorKind::Reply(
            ReplyError::Malformed { .. }
            | ReplyError::MissingField { .. }
            | ReplyError::NotHttp
            | ReplyError::RepeatedField { .. }
            | ReplyError::TooLarge { .. }
            | ReplyError::CallbackNotConfirmed,
        ) => true,
        ErrorKind::Rejected { problem, .. } => problem.is_some() || error.excerpt().is_some(),
        _ => false,
    };
    assert!(is_clear, "{how:?}: {error:?}");
}

#[test]
fn a_byte_that_comes_twice() {
    test(|| damaged(Break::Stutter));
}

#[test]
fn a_beginning_that_comes_twice() {
    test(|| damaged(Break::Repeat));
}
