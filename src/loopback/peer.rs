//! Whose program is at the other end of a connection on this machine.

// Every user of a machine can reach a port on its loopback interface. Linux lists each end of each TCP
// connection, with the user that made the socket, in `/proc/net/tcp` and `/proc/net/tcp6`. Both ends of
// ours are in there, so the two users can be compared without asking who we are.
//
// The traps: a socket whose program has closed it is listed under user 0 by older kernels, so user 0 is
// believed only of an open one; and the lists are not read at one moment, so an end that is missing is
// looked for twice.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    path::{Path, PathBuf},
};

use tokio::net::TcpStream;

/// The bound on one list in bytes: some 400,000 sockets.
const LONGEST: u64 = 64 << 20;
/// The bound on a line of it, several times what the kernel writes.
const LONGEST_LINE: u64 = 512;

/// The two ends of an accepted connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    ours: SocketAddr,
    theirs: SocketAddr,
}

impl Ends {
    pub(super) fn of(stream: &TcpStream) -> Option<Self> {
        let (ours, theirs) = (stream.local_addr().ok()?, stream.peer_addr().ok()?);
        Some(Self { ours: canonical(ours), theirs: canonical(theirs) })
    }

    /// Whether another user of this machine has made this connection. No where that cannot be told.
    pub(super) async fn are_of_two_users(self) -> bool {
        // The lists are made while they are read, which takes long on a machine with many sockets.
        let look = move || self.judge(Path::new("/proc/net"));
        // It fails only if the runtime is being shut down.
        let verdict = tokio::task::spawn_blocking(look).await.unwrap_or(Verdict::Gone);
        matches!(verdict, Verdict::Other | Verdict::Gone | Verdict::TooMany)
    }

    fn judge(self, folder: &Path) -> Verdict {
        let look = || self.look(folder).map_or_else(|verdict| verdict, Seen::verdict);
        match look() {
            Verdict::Elsewhere | Verdict::Gone => look(),
            verdict => verdict,
        }
    }

    /// Finds the two ends in the lists, or says why that cannot be.
    fn look(self, folder: &Path) -> Result<Seen, Verdict> {
        let mut seen = Seen::default();
        // A program may reach an IPv4 address through an IPv6 socket, which is in the other list.
        let names: &[&str] = if self.ours.is_ipv4() { &["tcp", "tcp6"] } else { &["tcp6"] };
        for name in names {
            let list: PathBuf = folder.join(name);
            match File::open(&list) {
                Ok(file) => seen.read(BufReader::new(file), self, LONGEST)?,
                // Where IPv6 is switched off there is no second list.
                Err(error) if error.kind() == io::ErrorKind::NotFound && *name != names[0] => {}
                Err(_) => return Err(Verdict::Unknown),
            }
            if seen.ours.is_some() && seen.theirs.is_some() {
                break;
            }
        }
        Ok(seen)
    }
}

/// What came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// The same user, or the superuser, from whom nothing is safe.
    Same,
    Other,
    /// The other end is not one of this system's: a container's host, or a forwarder outside.
    Elsewhere,
    /// The other end has closed: whoever it was does not wait for an answer.
    Gone,
    /// There are no lists here, or not as expected.
    Unknown,
    /// A list is longer than what is read of it; somebody may have made it so.
    TooMany,
}

/// An end as it is listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    local: SocketAddr,
    remote: SocketAddr,
    state: u8,
    uid: u32,
}

const ESTABLISHED: u8 = 1;
/// Before and after these two there is no socket of a program's, and the user says nothing.
const SYN_RECEIVED: u8 = 3;
const TIME_WAIT: u8 = 6;

impl Row {
    fn is_open(self) -> bool {
        self.state == ESTABLISHED
    }

    /// Reads a line. None if it is not one.
    fn parse(line: &str) -> Option<Self> {
        let mut fields = line.split_ascii_whitespace();
        let number = fields.next()?.strip_suffix(':')?;
        number.parse::<u64>().ok()?;
        let (local, remote) = (address(fields.next()?)?, address(fields.next()?)?);
        let state = u8::from_str_radix(exactly(fields.next()?, 2)?, 16).ok()?;
        // Three with the queues, the timer and the retransmissions.
        let uid = fields.nth(3)?.parse().ok()?;
        Some(Self { local, remote, state, uid })
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    ours: Option<Row>,
    theirs: Option<Row>,
}

impl Seen {
    fn read(&mut self, mut list: impl BufRead, ends: Ends, bound: u64) -> Result<(), Verdict> {
        let mut line = String::with_capacity(256);
        let (mut left, mut is_heading) = (bound, true);
        loop {
            line.clear();
            let read = (&mut list).take(LONGEST_LINE).read_line(&mut line);
            match read.map(|length| left.checked_sub(length as u64)) {
                Ok(_) if line.is_empty() => return Ok(()),
                Ok(Some(rest)) => left = rest,
                Ok(None) => return Err(Verdict::TooMany),
                Err(_) => return Err(Verdict::Unknown),
            }
            let line = line.strip_suffix('\n').ok_or(Verdict::Unknown)?;
            if is_heading {
                let names: Vec<&str> = line.split_ascii_whitespace().take(4).collect();
                let ["sl", "local_address", "rem_address" | "remote_address", "st"] = *names else {
                    return Err(Verdict::Unknown);
                };
                is_heading = false;
                continue;
            }
            let row = Row::parse(line).ok_or(Verdict::Unknown)?;
            if matches!(row.state, SYN_RECEIVED | TIME_WAIT) {
                continue;
            }
            if (row.local, row.remote) == (ends.ours, ends.theirs) {
                self.ours = Some(row);
            } else if (row.local, row.remote) == (ends.theirs, ends.ours) {
                self.theirs = Some(row);
            }
            if self.ours.is_some() && self.theirs.is_some() {
                return Ok(());
            }
        }
    }

    fn verdict(self) -> Verdict {
        match (self.ours, self.theirs) {
            (Some(_), Some(theirs)) if theirs.uid == 0 && theirs.is_open() => Verdict::Same,
            (Some(ours), Some(theirs)) if theirs.uid == ours.uid && theirs.uid != 0 => {
                Verdict::Same
            }
            (Some(_), Some(_)) => Verdict::Other,
            (Some(ours), None) if ours.is_open() => Verdict::Elsewhere,
            _ => Verdict::Gone,
        }
    }
}

/// Reads an address and a port as the kernel writes them.
fn address(text: &str) -> Option<SocketAddr> {
    let (address, port) = text.split_once(':')?;
    let port = u16::from_str_radix(exactly(port, 4)?, 16).ok()?;
    let address = match address.len() {
        8 => IpAddr::from(Ipv4Addr::from(word(address)?)),
        32 => {
            let mut bytes = [0; 16];
            for (index, part) in bytes.chunks_exact_mut(4).enumerate() {
                part.copy_from_slice(&word(address.get(8 * index..8 * (index + 1))?)?);
            }
            IpAddr::from(Ipv6Addr::from(bytes))
        }
        _ => return None,
    };
    Some(canonical(SocketAddr::new(address, port)))
}

/// Four bytes, written as the number that they are on this processor.
fn word(digits: &str) -> Option<[u8; 4]> {
    Some(u32::from_str_radix(exactly(digits, 8)?, 16).ok()?.to_ne_bytes())
}

/// So many hexadecimal digits; a sign, which the standard library would read, is none.
fn exactly(digits: &str, count: usize) -> Option<&str> {
    (digits.len() == count && digits.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(digits)
}

/// Without the IPv6 form of an IPv4 address, and without a scope.
fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

#[cfg(test)]
mod tests;
