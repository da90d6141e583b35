//! What signing adds to a whole call: a session's signed GET beside the same unsigned GET with
//! reqwest alone, against a server on loopback, in turns, in one run.
//!
//! ```sh
//! cargo bench --bench session
//! ```
//!
//! Prints the medians, their ratio (the aim is at most 1.03) and the connections that each client
//! opened (the aim is one). The pairs are interleaved, so that noise falls on both alike.

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
use tripod::{AccessToken, Client, Consumer, Provider, transport::ReqwestTransport};

const WARM_UP: usize = 500;
const ROUNDS: usize = 5_000;
const BODY: &str = r#"{"food_entries":null}"#;

fn main() -> Result<(), Box<dyn Error>> {
    // The server has a thread of its own, so that it costs both clients the same.
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let origin = format!("http://{}", listener.local_addr()?);
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    std::thread::spawn(move || serve(listener, &counter));

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(compare(&origin, &connections))
}

async fn compare(origin: &str, connections: &AtomicUsize) -> Result<(), Box<dyn Error>> {
    let url = format!("{origin}/rest/server.api?method=food_entries.get.v2&format=json&date=20454");
    let plain = ReqwestTransport::builder()?.build()?;
    let client = Client::new(
        Provider::fatsecret_at(origin, origin)?,
        Consumer::new("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"),
    )?;
    let session = client.session(AccessToken::new("a".repeat(32), "b".repeat(32)));

    let mut unsigned = Vec::with_capacity(ROUNDS);
    let mut signed = Vec::with_capacity(ROUNDS);
    for round in 0..WARM_UP + ROUNDS {
        // Whoever goes second finds warmer caches, so they take turns at that as well.
        for turn in [round % 2, (round + 1) % 2] {
            let start = Instant::now();
            let (bytes, times) = if turn == 0 {
                (plain.get(&url).send().await?.bytes().await?, &mut unsigned)
            } else {
                (session.get(url.as_str()).send().await?.bytes().clone(), &mut signed)
            };
            let time = start.elapsed();
            if bytes.as_ref() != BODY.as_bytes() {
                return Err("the server answered something else".into());
            }
            if round >= WARM_UP {
                times.push(time);
            }
        }
    }
    let (unsigned, signed) = (median(unsigned), median(signed));
    println!("unsigned, reqwest alone   {:8.2} µs (median of {ROUNDS})", micros(unsigned));
    println!("signed, through a session {:8.2} µs", micros(signed));
    println!("ratio                     {:8.3}", signed.as_secs_f64() / unsigned.as_secs_f64());
    println!(
        "connections               {:8} (one for each client)",
        connections.load(Ordering::SeqCst)
    );
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn serve(listener: std::net::TcpListener, connections: &AtomicUsize) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return;
    };
    let _ = runtime.block_on(async {
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
