#!/usr/bin/env bash
# tools/build.sh PRESET: configures and builds a preset of CMakePresets.json.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=$1

log=build/$preset/configure.log
mkdir -p "build/$preset"
if ! cmake --preset "$preset" >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
echo "== building build/$preset"
cmake --build --preset "$preset"
