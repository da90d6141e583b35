// What a connection is told beside what its URL says: limits, and when TLS is needed.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};

use crate::vault::store::deadline::CALL_LIMIT;

const CONNECT_LIMIT: Duration = Duration::from_secs(3);

/// What the URL does not say.
pub(super) fn prepared(mut config: Config) -> Config {
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(CONNECT_LIMIT);
    }
    if config.get_application_name().is_none() {
        config.application_name("tripod");
    }
    // The server ends what nobody waits for any more; otherwise each call that was given up at a lock
    // would keep a session there. What the URL says comes later, and wins.
    let options = config.get_options().unwrap_or_default();
    let options = format!("-c statement_timeout={} {options}", CALL_LIMIT.as_millis());
    config.options(options.trim_end());
    // `prefer`, which is the default, would go on in plain when someone on the way says that the
    // server has no TLS. On this machine there is no way, and often a certificate by nobody.
    if config.get_ssl_mode() == SslMode::Prefer {
        let local = is_local(&config);
        config.ssl_mode(if local { SslMode::Disable } else { SslMode::Require });
    }
    keep_localhost_here(&mut config);
    config
}

/// Connects `localhost` to this machine, whatever a resolver would say.
fn keep_localhost_here(config: &mut Config) {
    if !config.get_hostaddrs().is_empty() || !is_local(config) {
        return;
    }
    let v4 = IpAddr::from(Ipv4Addr::LOCALHOST);
    let address = |host: &Host| match host {
        Host::Tcp(name) => Some(name.parse().unwrap_or(v4)),
        #[cfg(unix)]
        Host::Unix(_) => None,
    };
    // There is an address for each host or for none. No socket file stands beside `localhost` here.
    let addresses: Option<Vec<IpAddr>> = config.get_hosts().iter().map(address).collect();
    let is_one_name = matches!(config.get_hosts(), [Host::Tcp(name)] if name == "localhost");
    if is_one_name && config.get_ports().len() < 2 {
        // First, since the last one's error is what is told, and servers listen on the other more often.
        config.host("localhost").hostaddr(Ipv6Addr::LOCALHOST.into());
    }
    for address in addresses.unwrap_or_default() {
        config.hostaddr(address);
    }
}

fn is_local(config: &Config) -> bool {
    let by_name = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    // An address, where there is one, is what is connected to.
    if config.get_hostaddrs().is_empty() {
        let hosts = config.get_hosts();
        // Beside a socket file, `localhost` cannot be given its address.
        let is_mixed = hosts.iter().any(|host| !matches!(host, Host::Tcp(_)))
            && hosts.iter().any(|host| matches!(host, Host::Tcp(name) if name == "localhost"));
        !is_mixed && hosts.iter().all(by_name)
    } else {
        config.get_hostaddrs().iter().all(IpAddr::is_loopback)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the server is told before anything else.
    #[track_caller]
    fn check(url: &str, expected: &str) {
        let config = prepared(url.parse().unwrap());
        assert_eq!(config.get_options(), Some(expected), "{url}");
    }

    #[test]
    fn the_server_ends_what_nobody_waits_for_unless_the_url_says_otherwise() {
        check("postgres://host/name", "-c statement_timeout=5000");
        check(
            "postgres://host/name?options=-c%20statement_timeout%3D9",
            "-c statement_timeout=5000 -c statement_timeout=9",
        );
    }

    /// Where a URL leads: the hosts, their addresses, and whether TLS is demanded.
    #[track_caller]
    fn check_way(url: &str, hosts: usize, addresses: &[&str], tls: bool) {
        let config = prepared(url.parse().unwrap());
        let expected: Vec<IpAddr> = addresses.iter().map(|text| text.parse().unwrap()).collect();
        assert_eq!(config.get_hosts().len(), hosts, "{url}");
        assert_eq!(config.get_hostaddrs(), expected, "{url}");
        assert_eq!(config.get_ssl_mode() == SslMode::Require, tls, "{url}");
    }

    #[test]
    fn localhost_is_this_machine_whatever_a_resolver_says() {
        check_way("postgres://localhost/d", 2, &["::1", "127.0.0.1"], false);
        check_way("postgres://localhost:7/d?sslmode=require", 2, &["::1", "127.0.0.1"], true);
        check_way("postgres://localhost:1,127.0.0.2:2/d", 2, &["127.0.0.1", "127.0.0.2"], false);
        check_way("postgres://127.0.0.1/d", 1, &["127.0.0.1"], false);
        check_way("postgres://db.example/d", 1, &[], true);
        check_way("postgres://localhost,db.example/d", 2, &[], true);
        check_way("postgres://localhost/d?hostaddr=192.0.2.1", 1, &["192.0.2.1"], true);
        #[cfg(unix)]
        {
            check_way("postgres://%2Fvar%2Frun/d", 1, &[], false);
            check_way("postgres://%2Fvar%2Frun,localhost/d", 2, &[], true);
        }
    }
}
