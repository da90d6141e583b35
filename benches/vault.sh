#!/usr/bin/env bash
# What keeping costs, beside the same commands through the same drivers without the vault. Starts a PostgreSQL and a
# Redis of its own. Run it on a machine that does nothing else; it takes about three minutes once it is built.
#
#     bash benches/vault.sh
set -euo pipefail
cd "$(dirname "$0")/.."
cargo bench --locked --no-run --quiet -p tripod-tests --bench vault
exec crates/tripod-tests/services cargo bench --locked --quiet -p tripod-tests --bench vault
