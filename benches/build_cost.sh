#!/usr/bin/env bash
# What each library costs a fresh program: crates in the tree, a clean release build, the binary.
#
#   bash benches/build_cost.sh            all cases (about ten minutes on two cores)
#   bash benches/build_cost.sh CASE...    some of them
#
# Wall and CPU seconds depend on the machine; compare them within one run only. "crates" counts
# distinct packages without the probe itself. Sources are downloaded before the clock starts.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

declare -A deps=(
  [empty]=''
  [tripod-none]="tripod = { path = \"$here\", default-features = false }"
  [tripod-default]="tripod = { path = \"$here\" }"
  [tripod-aws-lc]="tripod = { path = \"$here\", default-features = false, features = [\"rustls-aws-lc\", \"serde\", \"json\", \"tracing\", \"hmac-sha2\"] }"
  [tripod-native-tls]="tripod = { path = \"$here\", default-features = false, features = [\"native-tls\", \"serde\", \"json\", \"tracing\", \"hmac-sha2\"] }"
  [tripod-fatsecret]="tripod = { path = \"$here\", features = [\"fatsecret\"] }"
  [tripod-tower]="tripod = { path = \"$here\", features = [\"tower\"] }"
  [tripod-ureq]="tripod = { path = \"$here\", default-features = false, features = [\"ureq\"] }"
  [ureq-ring]='ureq = "3.5"'
  [reqwest-default]='reqwest = "0.13"'
  [reqwest-ring]='reqwest = { version = "0.13", default-features = false, features = ["rustls-no-provider"] }
rustls = { version = "0.23", default-features = false, features = ["ring", "std", "tls12"] }'
  [oauth1-request]='oauth1-request = "0.6"'
  [oauth1-request-no-derive]='oauth1-request = { version = "0.6", default-features = false, features = ["hmac-sha1"] }'
  [reqwest-oauth1]='reqwest-oauth1 = "0.3"'
)

# A program that uses what it depends on, so that the linker keeps it.
body() {
  case $1 in
    tripod-none) cat <<'R'
use tripod::{Consumer, signature::{BaseUri, SignatureMethod, Signer, Stamp, ToSign}};
fn main() {
    let signer = Signer::new(SignatureMethod::HmacSha1, &Consumer::new("k", "s"), None);
    let uri = BaseUri::parse("https://api.example/r").unwrap();
    let pairs = [("a", std::env::args().next().unwrap())];
    let stamp = Some(Stamp { timestamp: 1, nonce: "n" });
    let call = ToSign { http_method: "GET", uri, pairs: &pairs, protocol: &[], stamp };
    println!("{}", signer.authorization(&call, None).unwrap());
}
R
    ;;
    tripod-ureq) cat <<'R'
use tripod::{AccessToken, Client, Consumer, Provider, transport::UreqTransport};
fn main() {
    let (consumer, transport) = (Consumer::new("k", "s"), UreqTransport::new());
    let client = Client::from_transport(Provider::fatsecret(), consumer, transport);
    let call = client.session(AccessToken::new("t", "s").unwrap()).get("https://platform.fatsecret.com/rest/server.api");
    println!("{:?}", std::env::args().nth(1).map(|_| call.wait().is_ok()));
}
R
    ;;
    ureq-ring) cat <<'R'
fn main() {
    let call = ureq::get("https://platform.fatsecret.com/");
    println!("{:?}", std::env::args().nth(1).map(|_| call.call().is_ok()));
}
R
    ;;
    tripod-*) cat <<'R'
use tripod::{AccessToken, Client, Consumer, Provider};
fn main() {
    let client = Client::new(Provider::fatsecret(), Consumer::new("k", "s")).unwrap();
    let call = client.session(AccessToken::new("t", "s").unwrap()).get("https://platform.fatsecret.com/rest/server.api");
    let mut send = std::pin::pin!(call.send());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    println!("{:?}", send.as_mut().poll(&mut context).is_ready());
}
R
    ;;
    reqwest-default | reqwest-ring) cat <<'R'
fn main() {
    let call = reqwest::Client::builder().build().unwrap().get("https://platform.fatsecret.com/").send();
    let mut send = std::pin::pin!(call);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    println!("{:?}", std::future::Future::poll(send.as_mut(), &mut context).is_ready());
}
R
    ;;
    *) echo 'fn main() { println!("{:?}", std::env::args().next()); }' ;;
  esac
}

order=(empty tripod-none oauth1-request-no-derive oauth1-request tripod-default reqwest-ring reqwest-default tripod-aws-lc tripod-native-tls tripod-fatsecret tripod-tower tripod-ureq ureq-ring reqwest-oauth1)
[ $# -eq 0 ] || order=("$@")

printf '%-26s %7s %9s %9s %12s\n' case crates 'wall, s' 'cpu, s' 'stripped, KiB'
for case in "${order[@]}"; do
  crate=$work/$case
  mkdir -p "$crate/src"
  printf '[package]\nname = "probe"\nversion = "0.0.0"\nedition = "2024"\n[profile.release]\nstrip = true\n[dependencies]\n%s\n' "${deps[$case]}" >"$crate/Cargo.toml"
  body "$case" >"$crate/src/main.rs"
  (
    cd "$crate"
    export CARGO_TARGET_DIR=$crate/target
    cargo fetch --quiet
    crates=$(cargo tree --edges normal,build --prefix none --format '{p}' | sed 's/ (\*)$//; s/ (proc-macro)$//' | sort -u | grep -vc '^probe ' || true)
    TIMEFORMAT='%R %U %S'
    times=$({ time cargo build --release --quiet --offline 2>build.log; } 2>&1) || { cat build.log >&2; exit 1; }
    read -r wall user system <<<"$(tail -n 1 <<<"$times")"
    cpu=$(awk "BEGIN { print $user + $system }")
    size=$(($(stat -c %s target/release/probe) / 1024))
    printf '%-26s %7s %9s %9s %12s\n' "$case" "$crates" "$wall" "$cpu" "$size"
  )
  rm -rf "$crate"
done
