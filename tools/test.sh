#!/usr/bin/env bash
# Every test: format, layers, then CTest (unit, golden, crash, install, end to end) on the dev build.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== checking format and layers"
tools/format.sh --check
tools/check_layers.py
tools/build.sh dev
echo "== running the tests with $(build/release/sememe --version)"
ctest --preset dev -j 2
