//! The HTTP side: one thread, one small runtime, one handler.
//!
//! A thread of its own, so that blocking clients and single-threaded tests cannot starve it, and so
//! that a drop closes every connection at once, also those that a fault keeps open.

use std::{future, io, sync::Arc, thread};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State, connect_info::Connected},
    response::Response,
    serve::{IncomingStream, Listener},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use crate::{answer::Shared, body, problem::Problem, wire::Broken};

/// How far a request's body is read beyond the limit, in bytes.
const BEYOND: usize = 64 << 20;

/// Runs the server on a thread of its own, until `stop` is dropped or sent.
pub(crate) fn spawn(
    shared: Arc<Shared>,
    listener: std::net::TcpListener,
    ready: impl FnOnce(io::Result<()>) + Send + 'static,
    stop: oneshot::Receiver<()>,
) -> io::Result<thread::JoinHandle<()>> {
    thread::Builder::new().name("tripod-sandbox".to_owned()).spawn(move || {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => {
                ready(Err(error));
                return;
            }
        };
        runtime.block_on(async move {
            let listener = match TcpListener::from_std(listener) {
                Ok(inner) => Counting { inner, shared: Arc::clone(&shared) },
                Err(error) => {
                    ready(Err(error));
                    return;
                }
            };
            let router = Router::new().fallback(handle).with_state(shared);
            let service = router.into_make_service_with_connect_info::<Connection>();
            tokio::spawn(axum::serve(listener, service).into_future());
            ready(Ok(()));
            let _ = stop.await;
        });
        // Dropping the runtime drops every connection.
    })
}

/// A listener that numbers its connections.
struct Counting {
    inner: TcpListener,
    shared: Arc<Shared>,
}

impl Listener for Counting {
    type Io = TcpStream;
    type Addr = u64;

    async fn accept(&mut self) -> (TcpStream, u64) {
        let (stream, _) = Listener::accept(&mut self.inner).await;
        let mut state = self.shared.lock();
        state.log.connections += 1;
        (stream, state.log.connections)
    }

    fn local_addr(&self) -> io::Result<u64> {
        Ok(0)
    }
}

/// The number of the connection that a request came on.
#[derive(Clone, Copy)]
struct Connection(u64);

impl Connected<IncomingStream<'_, Counting>> for Connection {
    fn connect_info(stream: IncomingStream<'_, Counting>) -> Self {
        Self(*stream.remote_addr())
    }
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let limit = shared.config.body_limit;
    let body = body::read(body, limit, limit.saturating_add(BEYOND)).await;
    let body = body.unwrap_or(Err(Problem::Unreadable("the body broke off")));
    match shared.answer(connection.0, "http", &parts, body) {
        Broken::Reply(response) => response,
        Broken::Never => future::pending().await,
    }
}
