//! Accepting on two sockets, with a bound on how many connections there are.

// The trap: whoever opens many connections and says nothing must not keep the user's browser out. At
// the bound, the oldest connection that has not asked for anything yet makes room for the new one.

use std::{
    collections::VecDeque,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
    task::{AbortHandle, Id, JoinSet},
    time::{Sleep, sleep},
};

use super::{
    bind::Listeners,
    peer::Ends,
    serve::{Desk, Progress, connection},
};

/// Connections at a time. With the longest head, that is 2 MiB.
const CONNECTIONS: usize = 32;
/// How long the last page may take to get to the browser, once the listener is to close.
const LINGER: Duration = Duration::from_secs(2);
/// The pause when the system has no more sockets to give.
const EXHAUSTED: Duration = Duration::from_millis(50);

/// Serves until `stop` is dropped or sent, and then until the last page is out.
pub(super) async fn run(listeners: Listeners, desk: Desk, stop: oneshot::Receiver<()>) {
    let mut server = Server {
        listeners,
        desk,
        stop,
        open: VecDeque::new(),
        tasks: JoinSet::new(),
        pause: None,
        ends: None,
    };
    while !server.is_done() {
        match std::future::poll_fn(|context| server.poll_event(context)).await {
            Event::Accepted(stream) => server.accept(stream),
            Event::Exhausted => {
                server.evict();
                server.pause = Some(Box::pin(sleep(EXHAUSTED)));
            }
            Event::Ended(id) => server.ended(id),
            Event::Stopped => server.ends = Some(Box::pin(sleep(LINGER))),
            Event::OutOfTime => return,
        }
    }
}

enum Event {
    Accepted(TcpStream),
    /// No connection can be accepted at the moment.
    Exhausted,
    /// A connection is over.
    Ended(Id),
    /// The listener is to close.
    Stopped,
    /// It should have closed by now.
    OutOfTime,
}

struct Server {
    listeners: Listeners,
    desk: Desk,
    stop: oneshot::Receiver<()>,
    /// The connections, the oldest first.
    open: VecDeque<(AbortHandle, Arc<Progress>)>,
    /// Their tasks, which end with this.
    tasks: JoinSet<()>,
    pause: Option<Pin<Box<Sleep>>>,
    /// Set once the listener is to close.
    ends: Option<Pin<Box<Sleep>>>,
}

impl Server {
    fn is_done(&self) -> bool {
        let is_busy = || self.open.iter().any(|(_, progress)| progress.is_busy());
        self.ends.is_some() && !is_busy() && self.desk.shared.lock().owed.is_none()
    }

    fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<Event> {
        match &mut self.ends {
            None => {
                if Pin::new(&mut self.stop).poll(context).is_ready() {
                    return Poll::Ready(Event::Stopped);
                }
            }
            Some(ends) => {
                if ends.as_mut().poll(context).is_ready() {
                    return Poll::Ready(Event::OutOfTime);
                }
            }
        }
        if let Poll::Ready(Some(ended)) = self.tasks.poll_join_next_with_id(context) {
            let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
            return Poll::Ready(Event::Ended(id));
        }
        if let Some(pause) = &mut self.pause {
            if pause.as_mut().poll(context).is_pending() {
                return Poll::Pending;
            }
            self.pause = None;
        }
        let first = poll_accept(&self.listeners.v4, context);
        if first.is_ready() {
            return first;
        }
        match &self.listeners.v6 {
            Some(listener) => poll_accept(listener, context),
            None => Poll::Pending,
        }
    }

    fn accept(&mut self, stream: TcpStream) {
        if self.open.len() >= CONNECTIONS && !self.evict() {
            // All are being answered, which takes no time: this one would not have to wait long.
            return;
        }
        let progress = Arc::new(Progress::default());
        // It fails for a connection that is broken already.
        let Some(ends) = Ends::of(&stream) else { return };
        let serve = connection(stream, Some(ends), self.desk.clone(), Arc::clone(&progress));
        self.open.push_back((self.tasks.spawn(serve), progress));
    }

    /// Ends the oldest connection that has not asked for anything yet. Gives whether there was one.
    fn evict(&mut self) -> bool {
        let oldest = self.open.iter().position(|(_, progress)| !progress.is_busy());
        let Some((task, _)) = oldest.and_then(|at| self.open.remove(at)) else { return false };
        task.abort();
        true
    }

    fn ended(&mut self, id: Id) {
        let at = self.open.iter().position(|(task, _)| task.id() == id);
        // An evicted one is gone from the list already.
        let Some((_, progress)) = at.and_then(|at| self.open.remove(at)) else { return };
        let mut state = self.desk.shared.lock();
        if progress.page().is_some() && progress.page() == state.owed {
            state.owed = None;
        }
    }
}

fn poll_accept(listener: &TcpListener, context: &mut Context<'_>) -> Poll<Event> {
    loop {
        match listener.poll_accept(context) {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Ok((stream, _))) => return Poll::Ready(Event::Accepted(stream)),
            // A port scan that was gone before it was noticed.
            Poll::Ready(Err(error)) if is_gone(&error) => {}
            Poll::Ready(Err(_)) => return Poll::Ready(Event::Exhausted),
        }
    }
}

fn is_gone(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
