//! Where a trial's store comes from.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tempfile::TempDir;
use tripod::vault::store::{
    Key, MemoryStore, PostgresStore, RedisStore, SqliteStore, Store, StoreError,
};

#[derive(Clone)]
pub(crate) enum Backend {
    Memory,
    Sqlite,
    Postgres(String),
    Redis(String),
}

/// One trial's entries. Servers keep those of other trials and of earlier runs beside them.
pub(crate) struct Home {
    backend: Backend,
    folder: TempDir,
    prefix: String,
    pub(crate) store: Arc<dyn Store>,
}

impl Backend {
    /// The backend at the URL in the environment, or why there is none.
    pub(crate) fn of_url(
        name: &'static str,
        variable: &str,
        backend: impl FnOnce(String) -> Self,
    ) -> Result<Self, (&'static str, String)> {
        env::var(variable).map(backend).map_err(|_| (name, format!("{variable} is not set")))
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Sqlite => "sqlite",
            Self::Postgres(_) => "postgres",
            Self::Redis(_) => "redis",
        }
    }

    pub(crate) async fn home(&self) -> Home {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let folder = tempfile::tempdir().unwrap();
        let prefix = format!(
            "{}-{}-{}",
            std::process::id(),
            NUMBER.fetch_add(1, Ordering::SeqCst),
            folder.path().file_name().unwrap().to_str().unwrap().trim_start_matches('.'),
        );
        let store = self.open(&folder).await.unwrap();
        Home { backend: self.clone(), folder, prefix, store }
    }

    async fn open(&self, folder: &TempDir) -> Result<Arc<dyn Store>, StoreError> {
        Ok(match self {
            Self::Memory => Arc::new(MemoryStore::new()),
            Self::Sqlite => Arc::new(SqliteStore::open(folder.path().join("vault")).await?),
            Self::Postgres(url) => Arc::new(PostgresStore::connect(url).await?),
            Self::Redis(url) => Arc::new(RedisStore::connect(url).await?),
        })
    }
}

impl Home {
    /// A key that no other trial uses.
    pub(crate) fn key(&self, name: &str) -> Key {
        key(&format!("{}:{name}", self.prefix))
    }

    /// The same entries as another process has them.
    pub(crate) async fn another(&self) -> Arc<dyn Store> {
        match &self.backend {
            Backend::Memory => Arc::clone(&self.store),
            other => other.open(&self.folder).await.unwrap(),
        }
    }
}

/// A key that is valid.
pub(crate) fn key(name: &str) -> Key {
    Key::new(name).unwrap()
}

/// What an error and its causes say, in all ways.
pub(crate) fn texts(error: &dyn Error) -> String {
    let mut text = format!("{error:?} {error}");
    let mut next = error.source();
    while let Some(cause) = next {
        let _ = write!(text, " {cause:?} {cause}");
        next = cause.source();
    }
    text
}
