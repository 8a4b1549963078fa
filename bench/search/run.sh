#!/usr/bin/env bash
# Builds and measures; arguments go to first_search.py (--help lists them).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../prepare.sh"
build_program sememe_program sememe
exec "${PYTHON:-python3}" "$here/first_search.py" --program "$program" "$@"
