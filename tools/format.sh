#!/usr/bin/env bash
# tools/format.sh [--check]: formats all C++ sources, or names those that are not formatted and fails.
set -euo pipefail
cd "$(dirname "$0")/.."
mode=(-i)
[[ "${1:-}" == --check ]] && mode=(--dry-run --Werror)
git ls-files -z '*.cc' '*.h' | xargs -0 clang-format-19 "${mode[@]}"
