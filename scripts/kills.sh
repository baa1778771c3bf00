#!/bin/bash
# Kills scripts/kills.rhai at random moments and lets it go on: every time to the same bits, with no folder that cannot be read.
# By turns: kill -9, SIGTERM, a disk that fills, a disk that becomes read-only; the last two where small disks can be mounted.
#   scripts/kills.sh [KILLS] [PROGRAM] [SEED]
set -u
kills=${1:-200} program=$(realpath "${2:-target/release/mcas}") RANDOM=${3:-1}
script=$(realpath "$(dirname "$0")/kills.rhai")
work=$(mktemp -d)
trap 'umount "$work/disk" 2> /dev/null; rm -rf "$work"' EXIT
go() { "$program" run --quiet "$script" --out "$1" 2> "$work/err"; }

begun=$(date +%s%N)
wanted=$(go "$work/whole") || { cat "$work/err"; exit 1; }
took=$((($(date +%s%N) - begun) / 1000000))
echo "never stopped: $wanted, $took ms"

mkdir "$work/disk"
mountable=yes
mount -t tmpfs -o size=8m tmpfs "$work/disk" 2> /dev/null && umount "$work/disk" || mountable=no
wrong=0
declare -A stopped
for ((k = 1; k <= kills; k++)); do
    how=$([ $mountable = yes ] && echo $((k % 4)) || echo $((k % 2)))
    out=$work/run
    rm -rf "$out"
    [ "$how" -ge 2 ] && mount -t tmpfs -o size=8m tmpfs "$work/disk" && out=$work/disk/run
    if [ "$how" = 2 ]; then
        # From 8 kB to 408 kB of room: some windows fit, or none.
        mkdir "$out"
        head -c $((8 * 1024 * 1024 - 1024 * (8 + RANDOM % 400))) /dev/zero > "$work/disk/filler"
    fi
    "$program" run --quiet "$script" --out "$out" > /dev/null 2>&1 &
    child=$!
    sleep "$(awk "BEGIN { print $((RANDOM % (took + 1))) / 1000 }")"
    case $how in
        0) kill -KILL $child 2> /dev/null ;;
        1) kill -TERM $child 2> /dev/null ;;
        3) mount -o remount,ro "$work/disk" 2> /dev/null ;;
    esac
    wait $child 2> /dev/null
    code=$?
    [ $code -gt 128 ] && [ $code -ne 137 ] && { echo "kill $k ($how): ended with $code"; wrong=$((wrong + 1)); }
    [ "$how" = 2 ] && rm -f "$work/disk/filler"
    [ "$how" = 3 ] && mount -o remount,rw "$work/disk"
    after=$(find "$out" -name 'window_*.mcas' 2> /dev/null | wc -l)
    stopped[$after]=$((${stopped[$after]:-0} + 1))
    got=$(go "$out")
    left=$(find "$out" -maxdepth 1 -name '.*' 2> /dev/null | wc -l)
    if [ "$got" != "$wanted" ] || [ "$left" != 0 ]; then
        echo "kill $k ($how), after $after windows: \"$got\", $left files left over"
        cat "$work/err"
        wrong=$((wrong + 1))
    fi
    [ "$how" -ge 2 ] && umount "$work/disk"
done
for after in "${!stopped[@]}"; do echo "stopped after $after windows: ${stopped[$after]} times"; done
echo "$kills kills, $wrong wrong"
[ $wrong = 0 ]
