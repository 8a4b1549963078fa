#!/usr/bin/env bash
# Every test: format, layers, then CTest (unit, golden, crash, install, end to end) on the dev build.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== checking format and layers"
tools/format.sh --check
tools/check_layers.py
tools/build.sh dev
tiers=()
for tier in scalar neon avx2 avxvnni avx512 amx; do
  SEMEME_ISA=$tier build/dev/sememe --version >/dev/null 2>&1 && tiers+=("$tier")
done
echo "== running the tests with $(build/dev/sememe --version); tiers tested: ${tiers[*]}"
ctest --preset dev -j 2
