//! What signing adds to a whole call: a session's signed GET beside the same unsigned GET with
//! reqwest alone, against a server on loopback, in turns, in one run.
//!
//! ```sh
//! cargo bench --bench session
//! cargo bench --bench session -- awake
//! ```
//!
//! With `awake` neither thread sleeps while it waits for the other, so that the time that a processor needs to
//! wake up is not in the figures.
//!
//! Prints the medians, their ratios to the first, and the connections that were opened: one for each
//! client. The calls are interleaved, so that noise falls on all alike.

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tripod::{
    AccessToken, Client, Consumer, Provider, Transmission,
    providers::fatsecret::{DATA, HANDSHAKE},
    transport::{Limits, ReqwestTransport, Transport as _},
};

const WARM_UP: usize = 100;
const ROUNDS: usize = 1_000;
const IN_A_ROW: usize = 8;
const PLACES: usize = 11;
const HEX: &str = "0123456789abcdef0123456789abcdef";
const LIMIT: Duration = Duration::from_secs(30);
const BODY: &str = r#"{"food_entries":null}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let awake = std::env::args().any(|argument| argument == "awake");
    // The server has a thread of its own, so that it costs both clients the same.
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let origin = format!("http://{}", listener.local_addr()?);
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    std::thread::spawn(move || serve(listener, &counter, awake));

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        stay_awake(awake);
        compare(&origin, &connections).await
    })
}

/// Gives the runtime something to do at all times.
fn stay_awake(awake: bool) {
    if awake {
        tokio::spawn(async {
            loop {
                tokio::task::yield_now().await;
            }
        });
    }
}

async fn compare(origin: &str, connections: &AtomicUsize) -> Result<(), Box<dyn Error>> {
    let url = format!("{origin}/rest/server.api?method=food_entries.get.v2&format=json&date=20454");
    let plain = ReqwestTransport::builder()?.build()?;
    let session = |transmission| {
        let provider = Provider::fatsecret().moved_to(&[(HANDSHAKE, origin), (DATA, origin)])?;
        let signing = provider.signing().clone().with_transmission(transmission);
        let provider = provider.with_signing(signing);
        let consumer = Consumer::new(HEX, HEX);
        let token = AccessToken::new(HEX, HEX)?;
        Ok::<_, tripod::Error>(Client::new(provider, consumer)?.session(token))
    };
    let in_header = session(Transmission::Header)?;
    let in_query = session(Transmission::Query)?;
    let (header_at, query_at) = (in_header.at(&url)?, in_query.at(&url)?);
    let transport = ReqwestTransport::new()?;
    let ready = http::Request::get(&url).body(bytes::Bytes::new())?;
    // As long as a signed one, to tell what the longer URL alone costs any client.
    let (signed, _) = in_query.get(url.as_str()).build()?;
    let longer = signed.uri().to_string();
    let (signed, _) = in_header.get(url.as_str()).build()?;
    let header = signed.headers().get(http::header::AUTHORIZATION).ok_or("no header")?;

    let names = [
        "unsigned, reqwest alone",
        "unsigned, with a time limit as a session has",
        "  and with a header as long as a signed one",
        "  and with a URL as long as a signed one",
        "unsigned, through the crate's transport",
        "signed in the header, through a session",
        "  and the URL read before",
        "signed in the query, through a session",
        "  and the URL read before",
    ];
    let mut times = names.map(|_| Vec::with_capacity(ROUNDS * IN_A_ROW));
    for round in 0..WARM_UP + ROUNDS {
        // A prime number of places, two of them empty, so that each step from 1 to 10 visits all, and each
        // case comes after each other one.
        let step = 1 + round / PLACES % (PLACES - 1);
        // Several of a kind in a row, as a program makes them: each but the first finds its own
        // code and tables in the processor's caches.
        for turn in 0..PLACES * IN_A_ROW {
            let case = (round + turn / IN_A_ROW * step) % PLACES;
            let start = Instant::now();
            let bytes = match case {
                0 => plain.get(&url).send().await?.bytes().await?,
                1 => plain.get(&url).timeout(LIMIT).send().await?.bytes().await?,
                2 => {
                    let call = plain.get(&url).timeout(LIMIT).header("authorization", header);
                    call.send().await?.bytes().await?
                }
                3 => plain.get(&longer).timeout(LIMIT).send().await?.bytes().await?,
                4 => transport.send(ready.clone(), Limits::RESOURCE).await?.into_body(),
                5 => in_header.get(url.as_str()).send().await?.bytes().clone(),
                6 => header_at.get("").send().await?.bytes().clone(),
                7 => in_query.get(url.as_str()).send().await?.bytes().clone(),
                8 => query_at.get("").send().await?.bytes().clone(),
                _ => continue,
            };
            let time = start.elapsed();
            if bytes.as_ref() != BODY.as_bytes() {
                return Err("the server answered something else".into());
            }
            if round >= WARM_UP {
                times[case].push(time);
            }
        }
    }
    let medians = times.map(median);
    println!("median of {} calls, in turns", ROUNDS * IN_A_ROW);
    for (name, time) in names.iter().zip(medians) {
        let ratio = time.as_secs_f64() / medians[0].as_secs_f64();
        println!("{name:42} {:8.2} µs {ratio:6.3}", time.as_secs_f64() * 1e6);
    }
    let mut alone = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        for _ in 0..IN_A_ROW {
            drop(std::hint::black_box(in_header.get(url.as_str()).build()?));
        }
        alone.push(start.elapsed());
    }
    let each = median(alone).as_secs_f64() / f64::from(u32::try_from(IN_A_ROW)?);
    println!("{:42} {:8.2} µs", "building and signing a request, alone", each * 1e6);
    println!("connections: {} for four clients", connections.load(Ordering::SeqCst));
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn serve(listener: std::net::TcpListener, connections: &AtomicUsize, awake: bool) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return;
    };
    let _ = runtime.block_on(async {
        stay_awake(awake);
        let listener = TcpListener::from_std(listener)?;
        loop {
            let (socket, _) = listener.accept().await?;
            connections.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(answer(socket));
        }
        #[expect(unreachable_code, reason = "names the block's type")]
        Ok::<(), std::io::Error>(())
    });
}

/// Answers each request head with the same reply, on one connection.
async fn answer(mut socket: TcpStream) -> std::io::Result<()> {
    socket.set_nodelay(true)?;
    let reply = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{BODY}",
        BODY.len()
    );
    let mut buffer = [0; 8192];
    let mut filled = 0;
    loop {
        let read = socket.read(buffer.get_mut(filled..).unwrap_or_default()).await?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        if buffer.get(..filled).is_some_and(|head| head.ends_with(b"\r\n\r\n")) {
            filled = 0;
            socket.write_all(reply.as_bytes()).await?;
        }
    }
}
