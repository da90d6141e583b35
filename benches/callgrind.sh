#!/bin/sh
# Counts instructions per signature, in all and outside SHA-1's compression function.
#
#   benches/callgrind.sh [WORK] [CASE ...]
#   benches/callgrind.sh check    W1 of ours, and whole requests; fails above the figures of docs/performance.md
#
# Needs valgrind, and the benchmark built with symbols:
#   cargo build --release --manifest-path benches/peers/Cargo.toml
# Valgrind has no SHA instructions, so the share of SHA-1 is that of its portable code; the number
# outside it is what counts. Everything is the difference of two runs, so setting up does not.
set -eu
cd "$(dirname "$0")/.."
binary=${BINARY:-${CARGO_TARGET_DIR:-benches/peers/target}/release/signing}
# Outside SHA-1, with one in a hundred for another build of the same compiler.
most='tripod-header-into 2657
tripod-header 2824
tripod-query-into 3328
request-plain 8568
request-prepared 5523
request-prepared-pairs 9592'
work=${1:-W1}
[ $# -gt 0 ] && shift
checked=
if [ "$work" = check ]; then
    work=W1
    checked=yes
    set -- tripod-header-into tripod-header tripod-query-into \
        request-plain request-prepared request-prepared-pairs
fi
[ $# -gt 0 ] || set -- limit tripod-header-into tripod-header tripod-query-into oauth1-request
out=$(mktemp)
trap 'rm -f "$out"' EXIT

# Prints the instructions of one run: in all, and in functions whose name has `sha1` and `compress`.
run() {
    valgrind --tool=callgrind --callgrind-out-file="$out" "$binary" count "$1" "$2" "$work" 2>/dev/null
    callgrind_annotate --auto=no --threshold=100 "$out" 2>/dev/null | awk '
        /PROGRAM TOTALS/ { gsub(",", "", $1); total = $1 }
        /[^_]sha1::.*compress/ { gsub(",", "", $1); sha += $1 }
        END { print total, sha }'
}

failed=
printf '%-22s %12s %14s\n' "$work" instructions "outside SHA-1"
for case in "$@"; do
    few=$(run "$case" 1000)
    many=$(run "$case" 3000)
    line=$(echo "$case $few $many" | awk '{
        total = ($4 - $2) / 2000; sha = ($5 - $3) / 2000
        printf "%-22s %12.0f %14.0f\n", $1, total, total - sha }')
    echo "$line"
    [ -z "$checked" ] || printf '%s\n%s\n' "$most" "$line" | awk -v name="$case" '
        $1 == name && NF == 2 { most = $2 }
        $1 == name && NF == 3 { outside = $3 }
        END { exit !(outside > 0 && outside <= most) }' || failed="$failed $case"
done
if [ -n "$failed" ]; then
    echo "more than docs/performance.md says:$failed" >&2
    exit 1
fi
