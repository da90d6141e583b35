//! How long a diagnosis takes that compares everything: no known mistake, and no two, give the signature.
//!
//! ```sh
//! cargo bench --bench diagnose
//! ```

#![allow(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::{
    error::Error,
    hint::black_box,
    time::{Duration, Instant},
};

use http::{HeaderMap, HeaderValue};
use tripod::signature::diagnose::{Diagnose, Secrets, Sent, Verdict};

fn main() -> Result<(), Box<dyn Error>> {
    let mut headers = HeaderMap::new();
    let authorization = "OAuth oauth_consumer_key=\"0123456789abcdef\", oauth_token=\"00112233\", \
        oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"1767225600\", oauth_nonce=\"4572616e\", \
        oauth_version=\"1.0\", oauth_signature=\"bm90aGluZyB0aGF0IEkga25vd3M%3D\"";
    headers.insert("authorization", HeaderValue::from_static(authorization));
    // Ten parameters: six of OAuth's and four.
    let url = "https://api.example/rest/v2/search?q=caf%C3%A9+au+lait&page=2&lang=de&sort=name";
    let sent = Sent { method: "GET", url, headers: &headers, body: b"" };
    let secrets = Secrets::new("fedcba9876543210")
        .with_token("ffeeddccbbaa9988")
        .with_oauth2("00ff00ff00ff00ff")
        .with_request_token("0f0f0f0f0f0f0f0f");
    let pairs = Diagnose::new(secrets.clone());
    let triples = Diagnose::new(secrets).with_triples();
    for (name, doctor, rounds) in [("pairs", pairs, 20), ("triples", triples, 3)] {
        let mut best = Duration::MAX;
        let mut compared = 0;
        for _ in 0..rounds {
            let begin = Instant::now();
            let diagnosis = black_box(doctor.diagnose(black_box(&sent))?);
            best = best.min(begin.elapsed());
            if let Verdict::Unknown { tried, .. } = diagnosis.verdict() {
                compared = *tried;
            }
        }
        // A signature of another length than SHA-1's would be compared with none.
        assert!(compared > 0, "{name} compared nothing");
        println!("{name}: {compared} combinations compared in {:.1} ms", best.as_secs_f64() * 1e3);
    }
    Ok(())
}
