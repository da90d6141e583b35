//! A line between a client and a sandbox that breaks at a given byte of the next reply.
//!
//! It runs on a thread and a runtime of its own, since the client's time stands still.

// The trap: bytes that were written may be lost when the connection is reset, so a test must not rely on how
// much of a reply arrived before.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    thread,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{mpsc, oneshot},
};

/// What happens to a reply behind its first bytes, as many as are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Break {
    /// The connection is closed.
    Cut(usize),
    /// The connection is reset.
    Reset(usize),
    /// Nothing more comes, and the connection stays.
    Stall(usize),
    /// The last byte comes once more, then the rest, and the connection is closed, since a head may have
    /// become one that promises more.
    Stutter(usize),
    /// All of it comes once more, then the rest.
    Repeat(usize),
}

impl Break {
    /// Whether the connection ends with it.
    pub(crate) fn closes(self) -> bool {
        matches!(self, Self::Cut(_) | Self::Reset(_) | Self::Stutter(_))
    }
}

/// What a proxy and its connections know.
#[derive(Default)]
struct Line {
    next: Mutex<Option<Break>>,
    /// The length of the last reply.
    length: Mutex<usize>,
}

/// A running proxy; it ends when this is dropped.
pub(crate) struct Proxy {
    pub(crate) origin: String,
    line: Arc<Line>,
    broken: mpsc::UnboundedReceiver<()>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Proxy {
    /// Opens a port that leads to `upstream`, an origin.
    pub(crate) fn to(upstream: &str) -> Self {
        let upstream: SocketAddr = upstream.strip_prefix("http://").unwrap().parse().unwrap();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let (tell, broken) = mpsc::unbounded_channel();
        let line = Arc::new(Line::default());
        let shared = Arc::clone(&line);
        let thread = thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::spawn(async move {
                    while let Ok((client, _)) = listener.accept().await {
                        tokio::spawn(serve(client, upstream, Arc::clone(&shared), tell.clone()));
                    }
                });
                let _ = stopped.await;
            });
        });
        Self { origin, line, broken, stop: Some(stop), thread: Some(thread) }
    }

    /// Breaks the next reply.
    pub(crate) fn break_next(&self, how: Break) {
        *self.line.next.lock().unwrap() = Some(how);
    }

    /// The line is whole again; gives whether it had broken.
    pub(crate) fn heal(&self) -> bool {
        self.line.next.lock().unwrap().take().is_none()
    }

    /// The length of the last reply, head and body, as the sandbox sent it.
    pub(crate) fn length(&self) -> usize {
        *self.line.length.lock().unwrap()
    }

    /// Waits until a reply has stalled, or a connection is closed.
    pub(crate) async fn broken(&mut self) {
        self.broken.recv().await.unwrap();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.stop.take());
        self.thread.take().unwrap().join().unwrap();
    }
}

async fn serve(
    client: TcpStream,
    upstream: SocketAddr,
    line: Arc<Line>,
    tell: mpsc::UnboundedSender<()>,
) {
    let upstream = TcpStream::connect(upstream).await.unwrap();
    client.set_nodelay(true).unwrap();
    upstream.set_nodelay(true).unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_upstream, mut to_upstream) = upstream.into_split();
    let requests = tokio::spawn(async move {
        let _ = copy(&mut from_client, &mut to_upstream).await;
        (from_client, to_upstream)
    });
    let mut read = Vec::new();
    while let Some(reply) = whole_reply(&mut from_upstream, &mut read).await {
        *line.length.lock().unwrap() = reply.len();
        let broken = line.next.lock().unwrap().take();
        if broken.is_some_and(Break::closes) {
            // No further request gets through, and nobody else has the socket.
            requests.abort();
            let _ = requests.await;
            pass_on(&mut to_client, &reply, broken).await;
            if let Some(Break::Reset(_)) = broken {
                let _ = to_client.as_ref().set_zero_linger();
            }
            drop(to_client);
            let _ = tell.send(());
            return;
        }
        let sent = pass_on(&mut to_client, &reply, broken).await;
        if matches!(broken, Some(Break::Stall(at)) if at < reply.len()) {
            let _ = tell.send(());
            // The client gives up, by closing.
            let _ = requests.await;
            return;
        }
        if !sent {
            break;
        }
    }
    requests.abort();
}

/// Sends a reply, broken or not. Gives whether the client took it.
async fn pass_on(to: &mut OwnedWriteHalf, reply: &[u8], broken: Option<Break>) -> bool {
    let bytes = match broken {
        None => reply.to_vec(),
        Some(Break::Cut(at) | Break::Reset(at) | Break::Stall(at)) => reply[..at].to_vec(),
        Some(Break::Stutter(at)) => [&reply[..at], &reply[at - 1..]].concat(),
        Some(Break::Repeat(at)) => [&reply[..at], reply].concat(),
    };
    to.write_all(&bytes).await.is_ok()
}

/// Reads one reply, by its `Content-Length`. What was read beyond it stays in `read`.
async fn whole_reply(from: &mut OwnedReadHalf, read: &mut Vec<u8>) -> Option<Vec<u8>> {
    loop {
        if let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = std::str::from_utf8(&read[..end]).unwrap().to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
            let whole = end + 4 + length.unwrap().trim().parse::<usize>().unwrap();
            if read.len() >= whole {
                let rest = read.split_off(whole);
                return Some(std::mem::replace(read, rest));
            }
        }
        if from.read_buf(read).await.ok()? == 0 {
            return None;
        }
    }
}
