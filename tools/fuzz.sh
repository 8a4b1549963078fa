#!/usr/bin/env bash
# Runs every fuzzer under libFuzzer for FUZZ_SECONDS seconds each, starting from its corpus in fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh --fuzz
tools/build.sh fuzz
for program in $(find build/fuzz/src -name '*_fuzz' -type f -perm -u+x | sort); do
  name=$(basename "$program")
  work=build/fuzz/corpus/$name
  mkdir -p "$work"
  echo "== $name"
  log=build/fuzz/$name.log
  if ! "$program" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/$name-" "$work" "fuzz/corpus/$name" >"$log" 2>&1; then
    tail -40 "$log"
    echo "fuzz: $name failed; the input is build/fuzz/$name-*" >&2
    exit 1
  fi
  grep "stat::number_of_executed_units" "$log"
done
