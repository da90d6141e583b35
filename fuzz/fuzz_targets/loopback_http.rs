//! Bytes to the listener that waits for the browser: one answer or none, bounded, and an end.
//!
//! The callback is at `/callback/0` on `127.0.0.1:1`. The first byte says in how large pieces the rest
//! comes. Time stands still unless there is nothing else to do, so whoever is silent is cut off at once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, duplex, split},
    runtime::Builder,
};
use tripod::loopback::serve_alone;

/// The largest page with its head.
const MOST: usize = 16 * 1024;

fuzz_target!(|input: &[u8]| {
    let Some((size, sent)) = input.split_first() else { return };
    let size = usize::from(*size).max(1) * 4;
    let runtime = Builder::new_current_thread().enable_time().start_paused(true).build();
    let (reply, arrived) = runtime.expect("a runtime without I/O").block_on(async {
        let (client, server) = duplex(1024);
        let (mut reader, mut writer) = split(client);
        let send = async {
            for piece in sent.chunks(size) {
                if writer.write_all(piece).await.is_err() {
                    return;
                }
            }
            let _ = writer.shutdown().await;
        };
        let mut reply = Vec::new();
        let ((), _, arrived) =
            tokio::join!(send, reader.read_to_end(&mut reply), serve_alone(server));
        (reply, arrived)
    });
    assert!(reply.len() <= MOST, "{}", reply.len());
    assert!(arrived <= 1, "{arrived} callbacks on one connection");
    let text = String::from_utf8_lossy(&reply);
    assert!(reply.is_empty() || text.starts_with("HTTP/1."), "{text}");
    let asked = String::from_utf8_lossy(sent);
    if arrived == 1 {
        assert!(asked.contains("/callback/0"), "{asked}");
        assert!(text.contains(" 303 "), "{text}");
    }
    // What came with the request is not given back.
    assert!(!text.contains("oauth_verifier"), "{text}");
});
