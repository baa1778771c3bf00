#!/bin/bash
# Runs each target of tests/fuzz for an hour, or so many seconds: files, texts and calls that nobody meant. A target that finds
# something says which input it was: MCAS_FUZZ_FROM=N begins there.
#   scripts/fuzz.sh [SECONDS] [TARGET]
set -u
cd "$(dirname "$0")/.."
seconds=${1:-3600} only=${2:-}
cargo test --release --locked --test fuzz --no-run || exit 1
targets=$(cargo test --release --locked --test fuzz -- --list 2> /dev/null | sed -n 's/: test$//p' | grep "any_" | grep "$only")
wrong=0
for target in $targets; do
    # Another part of the inputs every time, which is said.
    from=$(($(date +%s) % 1000000 * 1000))
    echo "$target, from input $from, $seconds s"
    MCAS_FUZZ_SECONDS=$seconds MCAS_FUZZ_FROM=$from cargo test --release --locked --test fuzz -- --exact "$target" > /tmp/fuzz.$$ 2>&1
    code=$?
    [ $code = 0 ] || { wrong=$((wrong + 1)); tail -40 /tmp/fuzz.$$; echo "$target: ended with $code"; }
done
rm -f /tmp/fuzz.$$
echo "$wrong targets found something"
[ $wrong = 0 ]
