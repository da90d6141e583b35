//! Two listeners on one port: `127.0.0.1` and `[::1]`.

// The trap: with `localhost` as host the browser may take either address, so a port of which only one
// half is ours could bring the user to another program.

use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr},
};

use tokio::net::TcpListener;

use crate::error::{Error, groups::ListenerError, kind::ErrorKind};

/// How many ports are tried until one is free on both addresses.
const TRIES: usize = 32;

/// The sockets, not yet served.
#[derive(Debug)]
pub(super) struct Listeners {
    pub(super) port: u16,
    pub(super) v4: TcpListener,
    /// None where there is no IPv6.
    pub(super) v6: Option<TcpListener>,
}

/// Listens on the first of these ports that is free on both addresses, and says which of them it is. Port 0 has the
/// system choose.
pub(super) async fn first_of(ports: &[u16]) -> Result<(usize, Listeners), Error> {
    for (at, port) in ports.iter().enumerate() {
        let tries = if *port == 0 { TRIES } else { 1 };
        match pair(std::iter::repeat_n(*port, tries), Ipv6Addr::LOCALHOST).await {
            Ok(listeners) => return Ok((at, listeners)),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => {
                return Err(
                    Error::setup(ErrorKind::Listener(ListenerError::NoPort)).with_source(error)
                );
            }
        }
    }
    let ports = ports.to_vec();
    Err(Error::setup(ErrorKind::Listener(ListenerError::PortsTaken { ports })))
}

pub(super) async fn listeners() -> Result<Listeners, Error> {
    // Port 0 has the system choose.
    match pair(std::iter::repeat_n(0, TRIES), Ipv6Addr::LOCALHOST).await {
        Ok(listeners) => Ok(listeners),
        Err(error) => {
            Err(Error::setup(ErrorKind::Listener(ListenerError::NoPort)).with_source(error))
        }
    }
}

async fn pair(ports: impl Iterator<Item = u16>, v6: Ipv6Addr) -> io::Result<Listeners> {
    let mut taken = io::Error::from(io::ErrorKind::AddrInUse);
    for port in ports {
        let first = match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => listener,
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                taken = error;
                continue;
            }
            Err(error) => return Err(error),
        };
        let port = first.local_addr()?.port();
        let second = match TcpListener::bind((v6, port)).await {
            Ok(listener) => Some(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                taken = error;
                continue;
            }
            // No IPv6, or not for us: then nobody else's browser reaches that half either.
            Err(_) => None,
        };
        return Ok(Listeners { port, v4: first, v6: second });
    }
    Err(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says that a test cannot run here. Fails where nothing may be skipped.
    fn no_ipv6() {
        println!("NOT RUN: there is no IPv6 here");
        let is_allowed = std::env::var("TRIPOD_TEST_ALL").as_deref() != Ok("1");
        assert!(is_allowed, "TRIPOD_TEST_ALL=1: nothing may be skipped");
    }

    /// A port of which the IPv6 half is taken; none where there is no IPv6.
    async fn half_taken() -> Option<(TcpListener, u16)> {
        for _ in 0..64 {
            let Ok(other) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await else {
                no_ipv6();
                return None;
            };
            let port = other.local_addr().unwrap().port();
            if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.is_ok() {
                return Some((other, port));
            }
        }
        panic!("no port is free on 127.0.0.1 and on [::1]");
    }

    #[tokio::test]
    async fn both_families_share_a_port() {
        let listeners = pair([0].into_iter(), Ipv6Addr::LOCALHOST).await.unwrap();
        assert_eq!(listeners.v4.local_addr().unwrap().port(), listeners.port);
        let Some(v6) = &listeners.v6 else {
            no_ipv6();
            return;
        };
        assert_eq!(v6.local_addr().unwrap().port(), listeners.port);
    }

    #[tokio::test]
    async fn another_port_is_tried_if_the_second_half_is_taken() {
        let Some((_other, port)) = half_taken().await else { return };
        let listeners = pair([port, 0].into_iter(), Ipv6Addr::LOCALHOST).await.unwrap();
        assert_ne!(listeners.port, port);
        assert!(listeners.v6.is_some());
    }

    #[tokio::test]
    async fn no_free_port_is_an_error() {
        let Some((_other, port)) = half_taken().await else { return };
        let error = pair([port, port].into_iter(), Ipv6Addr::LOCALHOST).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    }

    #[tokio::test]
    async fn the_first_registered_port_that_is_free_is_taken() {
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = other.local_addr().unwrap().port();
        let (at, listeners) = first_of(&[port, 0]).await.unwrap();
        assert_eq!(at, 1);
        assert_ne!(listeners.port, port);
        let error = first_of(&[port, port]).await.unwrap_err();
        let ports = vec![port, port];
        assert_eq!(*error.kind(), ErrorKind::Listener(ListenerError::PortsTaken { ports }));
        assert!(error.to_string().contains(&port.to_string()), "{error}");
    }

    #[tokio::test]
    async fn without_ipv6_it_goes_on_with_the_other() {
        // An address of the documentation's, which no machine has.
        let nowhere = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
        let listeners = pair([0].into_iter(), nowhere).await.unwrap();
        assert!(listeners.v6.is_none());
        assert_eq!(listeners.v4.local_addr().unwrap().port(), listeners.port);
    }
}
