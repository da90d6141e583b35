//! What the sandbox remembers, in four parts that know nothing of each other.

use crate::{config::Config, data::host::DataHost, fault::Faults, log::Log, oauth::OauthServer};

pub(crate) struct State {
    pub(crate) oauth: OauthServer,
    pub(crate) data: DataHost,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
}

impl State {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            oauth: OauthServer::new(config),
            data: DataHost::new(config),
            faults: Faults::default(),
            log: Log::new(config.capacity),
        }
    }
}
