//! The user's data folder: the database of sealed sessions, the list of accounts, and perhaps the sealing key.

// The trap: two programs may log in at once. Whoever changes the list or makes a key holds the lock file.

pub(crate) mod index;
pub(crate) mod key;
pub(crate) mod session;

use std::{
    env,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use tripod::vault::store::{Key, SqliteStore, Store as _, StoreError, Value};

use crate::{
    fail::{Exit, Failure},
    store::index::Index,
};

/// The variable that names another folder.
pub(crate) const FOLDER: &str = "TRIPOD_DATA_DIR";

const DATABASE: &str = "sessions.sqlite";
const INDEX: &str = "tripod-cli:accounts";

/// The data folder, opened.
pub(crate) struct Data {
    folder: PathBuf,
    store: SqliteStore,
}

impl Data {
    /// Opens the folder, and makes it if there is none.
    pub(crate) async fn open() -> Result<Self, Failure> {
        let folder = folder()?;
        make(&folder).map_err(|error| refused("create the data folder", &folder, &error))?;
        Self::at(folder).await
    }

    /// Opens the folder, if anything was ever stored in it.
    pub(crate) async fn existing() -> Result<Option<Self>, Failure> {
        let folder = folder()?;
        let database = folder.join(DATABASE);
        // A folder that cannot be read is not an empty one: somebody may be logged in.
        let is_there = database
            .try_exists()
            .map_err(|error| refused("read the stored sessions", &database, &error))?;
        if is_there { Self::at(folder).await.map(Some) } else { Ok(None) }
    }

    async fn at(folder: PathBuf) -> Result<Self, Failure> {
        let store =
            SqliteStore::open(folder.join(DATABASE)).await.map_err(|error| failed(&error))?;
        Ok(Self { folder, store })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Waits until no other program changes the folder. The lock ends when the file is dropped.
    pub(crate) fn lock(&self) -> Result<File, Failure> {
        let path = self.folder.join("lock");
        let locked = File::create(&path).and_then(|file| file.lock().map(|()| file));
        locked.map_err(|error| refused("lock the data folder", &path, &error))
    }

    /// Reads the list of accounts.
    pub(crate) async fn index(&self) -> Result<Index, Failure> {
        match self.get(INDEX).await? {
            Some(bytes) => Index::read(&bytes),
            None => Ok(Index::default()),
        }
    }

    /// Writes the list of accounts. The caller holds the lock.
    pub(crate) async fn write_index(&self, index: &Index) -> Result<(), Failure> {
        self.put(INDEX, &index.write()?).await
    }

    pub(crate) async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, Failure> {
        let key = Key::new(name).map_err(|error| failed(&error))?;
        self.store.get(&key).await.map_err(|error| failed(&error))
    }

    pub(crate) async fn put(&self, name: &str, value: &[u8]) -> Result<(), Failure> {
        let key = Key::new(name).map_err(|error| failed(&error))?;
        let value = Value::new(value).map_err(|error| failed(&error))?;
        self.store.put(&key, value, None).await.map_err(|error| failed(&error))
    }

    pub(crate) async fn delete(&self, name: &str) -> Result<bool, Failure> {
        let key = Key::new(name).map_err(|error| failed(&error))?;
        self.store.delete(&key).await.map_err(|error| failed(&error))
    }
}

/// Where the data folder is, whether it exists or not.
pub(crate) fn folder() -> Result<PathBuf, Failure> {
    match env::var_os(FOLDER) {
        Some(folder) if !folder.is_empty() => Ok(folder.into()),
        _ => usual_folder().ok_or_else(|| {
            Failure::new(Exit::Store, "there is no home folder for the stored sessions")
                .with_advice(format!("Set {FOLDER} to a folder of your own."))
        }),
    }
}

/// The folder that the system means for the data of programs.
fn usual_folder() -> Option<PathBuf> {
    // Relative ones are to be ignored, as the XDG specification has it.
    let absolute = |path: PathBuf| path.is_absolute().then_some(path);
    let named = |variable| env::var_os(variable).map(PathBuf::from).and_then(absolute);
    let home = || env::home_dir().and_then(absolute);
    let base = if cfg!(windows) {
        named("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        home().map(|home| home.join("Library/Application Support"))
    } else {
        named("XDG_DATA_HOME").or_else(|| home().map(|home| home.join(".local/share")))
    };
    base.map(|base| base.join("tripod"))
}

/// Makes the folder so that only this user can look into it.
fn make(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn refused(doing: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::file(doing, path, error).with_exit(Exit::Store)
}

fn failed(error: &StoreError) -> Failure {
    Failure::new(Exit::Store, "the stored sessions cannot be read or written").with_cause(error)
}
