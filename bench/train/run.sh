#!/usr/bin/env bash
# Builds sememe and races its training of word vectors; arguments go to race.py (--help lists them).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../prepare.sh"
build_program sememe_program sememe
exec "${PYTHON:-python3}" "$here/race.py" --sememe "$program" "$@"
