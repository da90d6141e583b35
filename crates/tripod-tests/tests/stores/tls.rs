//! Both servers over TLS, with a certificate authority that only the environment names; so the work
//! is done by this program, started again in another environment.

use std::{
    env,
    process::{Command, ExitCode},
    time::Duration,
};

use libtest_mimic::Trial;
use tripod::vault::store::{Claim, PostgresStore, RedisStore, Store, Taken};

use crate::{backend::key, skipped};

const NAME: &str = "servers::tls_with_a_trusted_certificate";
const URLS: [&str; 2] = ["TRIPOD_TEST_POSTGRES_TLS", "TRIPOD_TEST_REDIS_TLS"];

pub(crate) fn trial() -> Trial {
    let Some(authority) = env::var_os("TRIPOD_TEST_CA") else {
        return skipped(NAME, "TRIPOD_TEST_CA is not set");
    };
    Trial::test(NAME, move || {
        let child = Command::new(env::current_exe()?)
            .env("TRIPOD_STORES_JOB", "tls")
            .env("SSL_CERT_FILE", authority)
            .env_remove("SSL_CERT_DIR")
            .output()?;
        let said = String::from_utf8_lossy(&child.stderr);
        assert!(child.status.success(), "{said}");
        Ok(())
    })
}

pub(crate) fn connect() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let [postgres, redis] = URLS.map(|name| env::var(name).unwrap());
        let stores: [Box<dyn Store>; 2] = [
            Box::new(PostgresStore::connect(&postgres).await.unwrap()),
            Box::new(RedisStore::connect(&redis).await.unwrap()),
        ];
        for store in stores {
            let key = key(&format!("tls:{}", std::process::id()));
            store.put(&key, b"sealed".into(), Some(Duration::from_secs(60))).await.unwrap();
            let taken = store.take(&key, &Claim::new()).await.unwrap();
            assert_eq!(taken, Taken::Value(b"sealed".to_vec()));
        }
    });
    ExitCode::SUCCESS
}
