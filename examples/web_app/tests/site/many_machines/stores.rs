//! The stores that two machines can share, and how to take them away for a while.

use std::{
    fmt,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

use crate::site::Outcome;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
    Redis,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Redis => "redis",
        })
    }
}

impl Kind {
    fn variable(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("TRIPOD_TEST_POSTGRES"),
            Self::Redis => Some("TRIPOD_TEST_REDIS"),
        }
    }

    /// The variable that would have to be set.
    pub(crate) fn missing(self) -> Option<&'static str> {
        self.variable().filter(|variable| std::env::var_os(variable).is_none())
    }
}

/// A store that both machines use. The folder goes with it.
pub(crate) struct Shared {
    pub(crate) kind: Kind,
    folder: tempfile::TempDir,
    /// In front of a server, so that it can be cut off.
    gate: Option<Gate>,
}

impl Shared {
    pub(crate) async fn new(kind: Kind) -> Outcome<Self> {
        let gate = match kind.variable() {
            Some(variable) => Some(Gate::new(&std::env::var(variable)?).await?),
            None => None,
        };
        Ok(Self { kind, folder: tempfile::tempdir()?, gate })
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("shared.db")
    }

    /// What the web program is told. A URL with a password goes into the environment.
    pub(crate) fn told(&self) -> Told<'_> {
        match (&self.gate, self.kind) {
            (Some(gate), Kind::Postgres) => Told::Variable("TRIPOD_POSTGRES", &gate.url),
            (Some(gate), _) => Told::Variable("TRIPOD_REDIS", &gate.url),
            (None, _) => Told::Argument("--sqlite", self.file().display().to_string()),
        }
    }

    /// Takes it away until the value is dropped.
    pub(crate) fn take_away(&self) -> Outcome<Away> {
        match &self.gate {
            Some(gate) => {
                gate.open.store(false, Ordering::SeqCst);
                let _ = gate.cut.send(());
                Ok(Away::Cut(Arc::clone(&gate.open)))
            }
            // Another process that holds the file's lock and does not give it back.
            None => Ok(Away::Locked(lock(self.file())?)),
        }
    }
}

/// By which way the web program learns where its store is.
pub(crate) enum Told<'a> {
    Argument(&'static str, String),
    Variable(&'static str, &'a str),
}

pub(crate) enum Away {
    Cut(Arc<AtomicBool>),
    Locked(Lock),
}

impl Drop for Away {
    fn drop(&mut self) {
        match self {
            Self::Cut(open) => open.store(true, Ordering::SeqCst),
            Self::Locked(lock) => drop(lock.execute_batch("ROLLBACK")),
        }
    }
}

pub(crate) type Lock = rusqlite::Connection;

fn lock(file: PathBuf) -> Outcome<Lock> {
    let connection = Lock::open(file)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.execute_batch("BEGIN IMMEDIATE")?;
    Ok(connection)
}

/// A door of our own to a server on this machine, which can be shut.
struct Gate {
    url: String,
    open: Arc<AtomicBool>,
    cut: watch::Sender<()>,
    task: JoinHandle<()>,
}

impl Gate {
    async fn new(url: &str) -> Outcome<Self> {
        let (host, port) = address(url)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let door = listener.local_addr()?;
        let open = Arc::new(AtomicBool::new(true));
        let (cut, cuts) = watch::channel(());
        let is_open = Arc::clone(&open);
        let server = format!("{host}:{port}");
        let task = tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let (server, mut cuts, is_open) =
                    (server.clone(), cuts.clone(), Arc::clone(&is_open));
                cuts.mark_unchanged();
                if !is_open.load(Ordering::SeqCst) {
                    continue;
                }
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(&server).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = cuts.changed() => {}
                    }
                });
            }
        });
        let ours = url.replacen(&format!("{host}:{port}"), &door.to_string(), 1);
        Ok(Self { url: ours, open, cut, task })
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Host and port, as they stand in a URL.
fn address(url: &str) -> Outcome<(String, u16)> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = host.rsplit_once(':').ok_or("a store's URL needs a port here")?;
    Ok((host.to_owned(), port.parse()?))
}
