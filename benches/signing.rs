//! How long a signature takes, against the HMAC it must compute and against other libraries.
//!
//! `cargo run --release --manifest-path benches/peers/Cargo.toml`, and see `docs/performance.md`.
//!
//! Everything is measured in one run on the same requests, interleaved, and only ratios count. Shared
//! machines change their speed from one second to the next, and not for all code alike, so a canary of
//! plain integer work brackets every batch, and a batch counts only if both canaries are near the
//! quiet value.
//!
//! Words: `limit` is the HMAC of the same base string with the key kept, by the `hmac` and `sha1` crates;
//! `bare` the SHA-1 compressions in it alone. Both have no nonce, no clock, no encoding.
//!
//! `signing ROUNDS W1` measures one work only; `signing count NAME N W1` runs one case of a work N times, for `callgrind.sh`.

use std::{
    hint::black_box,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use hmac::{Hmac, KeyInit, Mac};
use oauth1_request::{self as oauth, request::ParameterList};
use secrecy::SecretString;
use sha1::{Sha1, block_api::compress};
use tripod::{
    AccessToken, Client, Consumer, Nonce, Provider, Session, Transmission,
    signature::{BaseUri, PreparedUri, SignatureMethod, Signer, Stamp, ToSign, encode_pairs_into},
    transport::{Limits, Transport, TransportFuture},
};

const KEY: &str = "0123456789abcdef0123456789abcdef";
const SECRET: &str = "fedcba9876543210fedcba9876543210";
const TOKEN: &str = "00112233445566778899aabbccddeeff";
const TOKEN_SECRET: &str = "ffeeddccbbaa99887766554433221100";
const API: &str = "https://platform.fatsecret.com/rest/server.api";
const REQUEST_TOKEN: &str = "https://authentication.fatsecret.com/oauth/request_token";
const REQUEST_TOKEN_ORIGIN: &str = "https://authentication.fatsecret.com";
const CALLBACK: &str = "https://app.example/callback?x=1";

/// One of the requests that are signed.
struct Work {
    name: &'static str,
    url: &'static str,
    uri: PreparedUri,
    token: bool,
    pairs: Vec<(String, String)>,
    protocol: &'static [(&'static str, &'static str)],
}

fn works() -> [Work; 5] {
    let numbered = |count: u32, name: &str, value: &dyn Fn(u32) -> String| {
        // Not in order: 7 has no factor in common with the counts.
        (0..count).map(|i| i * 7 % count).map(|i| (format!("{name}{i:04}"), value(i))).collect()
    };
    let uri = |url| PreparedUri::new(BaseUri::parse(url).unwrap());
    let api =
        |name, pairs| Work { name, url: API, uri: uri(API), token: true, pairs, protocol: &[] };
    let pair = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let long = |i: u32| format!("some value of usual length, {i}");
    let unicode = |i: u32| match i % 4 {
        0 => format!("Käse & Brötchen (50% weniger Fett), {i} Stück"),
        1 => format!("チーズケーキ {i}"),
        2 => format!("plain-value_{i}.{}", "x".repeat(20)),
        _ => format!("🧀+🍞={i}; naïve façade"),
    };
    [
        api(
            "W1 diary call",
            [("method", "food_entries.get.v2"), ("format", "json"), ("date", "20454")]
                .map(pair)
                .into(),
        ),
        Work {
            name: "W2 request token",
            url: REQUEST_TOKEN,
            uri: uri(REQUEST_TOKEN),
            token: false,
            pairs: Vec::new(),
            protocol: &[("oauth_callback", CALLBACK)],
        },
        api("W3 20 parameters", numbered(20, "champ_", &unicode)),
        api("W4 200 parameters", numbered(200, "parameter", &long)),
        api("W5 2000 parameters", numbered(2000, "parameter", &long)),
    ]
}

/// The time as a client takes it, from the system's clock.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn signer(work: &Work) -> Signer {
    let secret = SecretString::from(TOKEN_SECRET);
    let token = work.token.then_some((TOKEN, &secret));
    Signer::new(SignatureMethod::HmacSha1, &Consumer::new(KEY, SECRET), token)
}

/// The URL is read beforehand, as those of a provider's endpoints are.
fn with_stamp<R>(work: &Work, sign: impl FnOnce(&ToSign<'_, String, String>) -> R) -> R {
    let nonce = Nonce::random();
    sign(&ToSign {
        http_method: "POST",
        uri: work.uri.uri(),
        pairs: &work.pairs,
        protocol: work.protocol,
        stamp: Some(Stamp { timestamp: now(), nonce: nonce.as_str() }),
    })
}

/// Nothing is sent here.
struct NoTransport;

impl Transport for NoTransport {
    fn send(&self, _: http::Request<bytes::Bytes>, _: Limits) -> TransportFuture {
        unreachable!("nothing is sent")
    }
}

/// A session that signs in the header.
fn session() -> Session {
    let provider = Provider::fatsecret();
    let signing = provider.signing().clone().with_transmission(Transmission::Header);
    // A session signs for the API only, and here also the request token's URL.
    let provider = provider.with_signing(signing).with_resource_origin(REQUEST_TOKEN_ORIGIN).unwrap();
    let client = Client::from_transport(provider, Consumer::new(KEY, SECRET), NoTransport);
    client.session(AccessToken::new(TOKEN, TOKEN_SECRET).unwrap())
}

type Case<'w> = (&'static str, Box<dyn FnMut() -> usize + 'w>);

/// The base string of a work, from a signer that keeps it.
fn base_string(work: &Work) -> String {
    use std::sync::{Arc, Mutex};
    struct Keep(Arc<Mutex<String>>);
    impl tripod::signature::Sign for Keep {
        fn name(&self) -> &'static str {
            "HMAC-SHA1"
        }
        fn sign(
            &self,
            text: &str,
            _: &tripod::signature::SigningKey<'_>,
        ) -> Result<Vec<u8>, tripod::BoxError> {
            text.clone_into(&mut self.0.lock().unwrap());
            Ok(Vec::new())
        }
    }
    let kept = Arc::default();
    let secret = SecretString::from(TOKEN_SECRET);
    let token = work.token.then_some((TOKEN, &secret));
    let method = SignatureMethod::custom(Keep(Arc::clone(&kept)));
    let signer = Signer::new(method, &Consumer::new(KEY, SECRET), token);
    with_stamp(work, |request| signer.signature(request)).unwrap();
    kept.lock().unwrap().clone()
}

fn cases(work: &Work) -> Vec<Case<'_>> {
    let text = base_string(work);
    let key = format!("{SECRET}&{}", if work.token { TOKEN_SECRET } else { "" });
    let kept = Hmac::<Sha1>::new_from_slice(key.as_bytes()).unwrap();
    let blocks = vec![[7_u8; 64]; (text.len() + 9).div_ceil(64)];

    let bare = move || {
        let mut state = [1, 2, 3, 4, 5];
        compress(&mut state, black_box(&blocks));
        compress(&mut state, black_box(&[[9; 64]]));
        state[0] as usize
    };
    let limit = move || {
        let mac = kept.clone().chain_update(black_box(&text)).finalize();
        usize::from(mac.into_bytes()[0])
    };
    let fresh = {
        let text = base_string(work);
        move || {
            let mac = Hmac::<Sha1>::new_from_slice(black_box(key.as_bytes())).unwrap();
            usize::from(mac.chain_update(black_box(&text)).finalize().into_bytes()[0])
        }
    };
    let (into, string, query) = (signer(work), signer(work), signer(work));
    let mut buffer = String::with_capacity(1 << 20);
    let header_into = move || {
        buffer.clear();
        with_stamp(work, |request| into.authorization_into(request, None, &mut buffer)).unwrap();
        black_box(&buffer).len()
    };
    let header = move || {
        let header = with_stamp(work, |request| string.authorization(request, None)).unwrap();
        black_box(header).len()
    };
    let url = signer(work);
    let from_url = move || {
        let uri = BaseUri::parse(black_box(work.url)).unwrap();
        let header =
            with_stamp(work, |request| url.authorization(&ToSign { uri, ..*request }, None));
        black_box(header.unwrap()).len()
    };
    let mut buffer = String::with_capacity(1 << 20);
    let query_into = move || {
        buffer.clear();
        with_stamp(work, |request| query.signed_query_into(request, &mut buffer)).unwrap();
        black_box(&buffer).len()
    };
    let anew = move || {
        let signer = signer(work);
        black_box(with_stamp(work, |request| signer.authorization(request, None)).unwrap()).len()
    };

    // Whole requests: from a URL's text, from an address that was prepared, and from it with pairs.
    let mut text = format!("{}?", work.url);
    encode_pairs_into(&work.pairs, &mut text);
    // No URL has as many parameters as W5.
    let is_url = text.len() < 60_000;
    if !is_url {
        text.truncate(work.url.len());
    }
    let (plain, whole, prepared) = (session(), session(), session());
    let whole = whole.at(&text).unwrap();
    let prepared = prepared.at(work.url).unwrap();
    let plain = move || black_box(plain.get(black_box(&text)).build().unwrap()).0.headers().len();
    let whole = move || black_box(whole.get("").build().unwrap()).0.headers().len();
    let with_pairs = move || {
        let request = work.pairs.iter().fold(prepared.get(""), |request, (name, value)| {
            request.query_pair(name.as_str(), value.as_str())
        });
        black_box(request.build().unwrap()).0.headers().len()
    };

    let oauth1_request = move || {
        let mut pairs: Vec<(&str, &str)> =
            work.pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
        pairs.sort_unstable();
        let list = ParameterList::from_sorted(pairs).unwrap();
        let client = oauth::Credentials::new(KEY, SECRET);
        let mut builder = oauth::Builder::new(client, oauth::HmacSha1::new());
        builder.version(true);
        if work.token {
            builder.token(oauth::Credentials::new(TOKEN, TOKEN_SECRET));
        }
        if !work.protocol.is_empty() {
            builder.callback(CALLBACK);
        }
        black_box(builder.authorize("POST", work.url, &list)).len()
    };
    let client = reqwest::Client::new();
    let reqwest_oauth1 = move || {
        use reqwest_oauth1::OAuthClientProvider as _;
        let mut secrets = reqwest_oauth1::Secrets::new(KEY, SECRET);
        if work.token {
            secrets = secrets.token(TOKEN, TOKEN_SECRET);
        }
        let mut request = client.clone().oauth1(secrets).post(work.url);
        if !work.protocol.is_empty() {
            request = request.form(&work.protocol.to_vec());
        }
        if !work.pairs.is_empty() {
            request = request.form(&work.pairs);
        }
        let request = request.generate_signature().unwrap().build().unwrap();
        black_box(request).headers().len()
    };
    let mut cases: Vec<Case> = vec![
        ("bare", Box::new(bare)),
        ("limit", Box::new(limit)),
        ("limit-fresh-key", Box::new(fresh)),
        ("tripod-header-into", Box::new(header_into)),
        ("tripod-header", Box::new(header)),
        ("tripod-query-into", Box::new(query_into)),
        ("tripod-header-from-url", Box::new(from_url)),
        ("tripod-nothing-kept", Box::new(anew)),
        ("request-plain", Box::new(plain)),
        ("request-prepared", Box::new(whole)),
        ("request-prepared-pairs", Box::new(with_pairs)),
        ("oauth1-request", Box::new(oauth1_request)),
        ("reqwest-oauth1", Box::new(reqwest_oauth1)),
    ];
    cases.retain(|(name, _)| is_url || !name.starts_with("request-"));
    cases
}

/// Integer work that needs all of the processor's ports, as signing does but for the hash.
fn canary() -> f64 {
    let begin = Instant::now();
    let mut lanes = [1_u32, 2, 3, 4, 5, 6, 7, 8];
    for round in 0..black_box(4000_u32) {
        for lane in &mut lanes {
            *lane = (lane.rotate_left(5) ^ round).wrapping_mul(0x9e37_79b1);
        }
    }
    black_box(lanes);
    begin.elapsed().as_secs_f64()
}

struct Batch {
    case: usize,
    per_call: f64,
    canary: f64,
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of calls"
)]
fn measure(cases: &mut [Case<'_>], rounds: usize) -> (Vec<f64>, Vec<usize>) {
    let batch = Duration::from_millis(2).as_secs_f64();
    let calls: Vec<usize> = cases
        .iter_mut()
        .map(|(_, case)| {
            let begin = Instant::now();
            let mut calls = 0;
            while begin.elapsed().as_secs_f64() < 5.0 * batch {
                black_box(case());
                calls += 1;
            }
            (calls / 5).max(1)
        })
        .collect();
    let mut batches = Vec::new();
    for round in 0..rounds {
        for turn in 0..cases.len() {
            let turn = if round % 2 == 0 { turn } else { cases.len() - 1 - turn };
            let case = (turn + round) % cases.len();
            let before = canary();
            let begin = Instant::now();
            for _ in 0..calls[case] {
                black_box(cases[case].1());
            }
            let per_call = begin.elapsed().as_secs_f64() / calls[case] as f64 * 1e9;
            batches.push(Batch { case, per_call, canary: before.max(canary()) });
        }
    }
    let mut canaries: Vec<f64> = batches.iter().map(|batch| batch.canary).collect();
    canaries.sort_by(f64::total_cmp);
    let quiet = canaries[(canaries.len() as f64 * 0.05) as usize] * 1.07;
    let times = |case| -> Vec<f64> {
        let good = |batch: &&Batch| batch.case == case && batch.canary <= quiet;
        batches.iter().filter(good).map(|batch| batch.per_call).collect()
    };
    let all: Vec<_> = (0..cases.len()).map(times).collect();
    let counts = all.iter().map(Vec::len).collect();
    (all.into_iter().map(median).collect(), counts)
}

/// Signatures per second of this many threads, each with its own work and one common signer.
fn threads(count: usize, run: &(dyn Fn() + Sync)) -> f64 {
    let time = Duration::from_millis(200);
    let total: u32 = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|_| {
                scope.spawn(move || {
                    let begin = Instant::now();
                    let mut calls = 0;
                    while begin.elapsed() < time {
                        for _ in 0..100 {
                            run();
                        }
                        calls += 100;
                    }
                    calls
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    f64::from(total) / time.as_secs_f64()
}

fn two_threads(work: &Work) {
    let signer = signer(work);
    let sign = || {
        black_box(with_stamp(work, |request| signer.authorization(request, None)).unwrap());
    };
    // What two processors of this machine give for work that shares nothing at all.
    let alone = || {
        let mut state = [1, 2, 3, 4, 5];
        compress(&mut state, black_box(&[[7; 64]; 30]));
        black_box(state);
    };
    let mut ratios = [Vec::new(), Vec::new()];
    for _ in 0..9 {
        ratios[0].push(threads(2, &sign) / threads(1, &sign));
        ratios[1].push(threads(2, &alone) / threads(1, &alone));
    }
    let [sign, alone] = ratios.map(median);
    println!("two threads against one: {sign:.2} signing, {alone:.2} for work that shares nothing");
}

fn main() {
    let works = works();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, name, count, work] = &*arguments {
        assert_eq!(command, "count");
        let work = works.iter().find(|known| known.name.starts_with(work)).unwrap();
        let mut cases = cases(work);
        let (_, case) = cases.iter_mut().find(|(case, _)| case == name).unwrap();
        for _ in 0..count.parse().unwrap() {
            black_box(case());
        }
        return;
    }
    let only = arguments.get(1).cloned().unwrap_or_default();
    let rounds = arguments.first().map_or(60, |rounds| rounds.parse().unwrap());
    println!(
        "ns per signature, median of the quiet batches; / limit; / bare; times as fast as oauth1-request"
    );
    for work in works.iter().filter(|work| work.name.starts_with(&only)) {
        let mut cases = cases(work);
        let (times, counts) = measure(&mut cases, rounds);
        println!("\n{}, base string of {} bytes", work.name, base_string(work).len());
        let time = |wanted| times[cases.iter().position(|(name, _)| *name == wanted).unwrap()];
        let (bare, limit, peer) = (time("bare"), time("limit"), time("oauth1-request"));
        for (index, (name, _)) in cases.iter().enumerate() {
            println!(
                "  {name:22} {:10.0} {:7.2} {:7.2} {:7.2}   {} batches",
                times[index],
                times[index] / limit,
                times[index] / bare,
                peer / times[index],
                counts[index],
            );
        }
    }
    two_threads(&works[0]);
}
