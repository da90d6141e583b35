//! A Redis of the trial's own, whose memory is full.

use std::{
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use libtest_mimic::Trial;
use tripod::vault::store::{Claim, RedisStore, Store as _, Taken};

use crate::backend::{key, texts};

const MINUTE: Option<Duration> = Some(Duration::from_secs(60));

pub(crate) fn trial() -> Trial {
    crate::trial("redis::a_full_server_lets_what_is_there_be_taken".into(), full)
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn full() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("redis");
    let child = Command::new("redis-server")
        .args(["--port", "0", "--save", "", "--maxmemory-policy", "noeviction", "--unixsocket"])
        .arg(&socket)
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut server = Server(child);
    let lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let mut lines = lines.map_while(Result::ok);
    assert!(lines.any(|line| line.contains("eady to accept connections")));

    let url = format!("unix://{}", socket.display());
    let store = RedisStore::connect(&url).await.unwrap();
    let (small, large) = (key("small"), key("large"));
    store.put(&small, b"flow".into(), MINUTE).await.unwrap();
    let mut other = redis::Client::open(url).unwrap().get_connection().unwrap();
    let mut entry = vec![0; 17];
    entry.resize(9_000_000, b'x');
    redis::cmd("SET").arg("tripod:1:large").arg(entry).exec(&mut other).unwrap();
    redis::cmd("CONFIG").arg(&["SET", "maxmemory", "1"]).exec(&mut other).unwrap();

    let refused = store.put(&key("more"), b"flow".into(), MINUTE).await.unwrap_err();
    assert!(!refused.is_retryable(), "{}", texts(&refused));
    let claim = Claim::new();
    for _ in 0..2 {
        assert_eq!(store.take(&small, &claim).await.unwrap(), Taken::Value(b"flow".to_vec()));
    }
    assert_eq!(store.take(&small, &Claim::new()).await.unwrap(), Taken::Already);
    // What others wrote is not read as a whole.
    let (got, taken) = (store.get(&large).await, store.take(&large, &claim).await);
    for error in [got.unwrap_err(), taken.unwrap_err()] {
        assert!(texts(&error).contains("larger than 64 KiB"), "{}", texts(&error));
    }
}
